"""A sentence with its names in; which couriers leave a client by it and which join, out.

换掉中通，改用极兔 and dropped ZTO for J&T name two couriers, of whom to a client one is the other's opposite.
The words stand in courier_moves.toml; who is on neither side of them is on neither.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "courier_moves.toml"
LEAVING, JOINING = "leaving", "joining"
# What masks a courier's name, and anybody else's.
_COURIER, _OTHER = "\ue0fd", "\ue0fe"
_NAME = rf"[“\"]?{_COURIER}+[”\"]?"
_LIST = rf"{_NAME}(?:\s?(?:[、/]|[和与及]|以及|, (?:and )?|and|&)\s?{_NAME}){{0,5}}"
_GAP = re.compile(r"…(\d{1,2})")
_SLOT = re.compile(r"\{([a-z_]+)\}")


def moves(
    folded: str, couriers: Sequence[tuple[int, int]], others: Iterable[tuple[int, int]]
) -> Mapping[int, str]:
    """Which of the couriers (spans in a folded sentence) leave or join, by number; `others` are names too."""
    letters = list(folded)
    for mask, spans in ((_OTHER, others), (_COURIER, couriers)):
        for start, end in spans:
            letters[start:end] = mask * (end - start)
    masked = "".join(letters)
    found: dict[int, str] = {}
    for side, (first, last) in (
        (side, match.span(side))
        for frame in _frames()
        for match in frame.finditer(masked)
        for side in match.groupdict()
    ):
        for number, (start, _) in enumerate(couriers):
            if first <= start < last:
                found.setdefault(number, side)
    return found


@cache
def _frames() -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    sides = {side: f"(?P<{side}>{_LIST})" for side in (LEAVING, JOINING)}
    words = {**table["words"], **sides}
    frames = (*table["frames"]["both"], *table["frames"]["one"])
    return tuple(
        re.compile(_SLOT.sub(lambda slot: words[slot[1]], _GAP.sub(rf"[^,。;{_COURIER}]{{0,\1}}", frame)))
        for frame in frames
    )
