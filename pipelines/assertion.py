"""How a sentence asserts what its trigger says: folded sentence and trigger span in, Status out.

The cues of pipelines/assertion.toml read the text around the trigger at four widths, because 并未裁员
denies a layoff while 裁员后并未涨薪 does not.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from intel.model import Status
from pipelines.event_masks import ORG

CUES = Path(__file__).parent / "assertion.toml"
_CLAUSE = re.compile(r"[,:;。!?\n]")


class Reach(StrEnum):
    """Which part of the sentence a cue reads."""

    CLOSE = "close"
    LEAD = "lead"
    REST = "rest"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Cue:
    """`pattern` found within `reach` gives the trigger this status; one that is asked for has a `name`."""

    status: Status
    reach: Reach
    pattern: re.Pattern[str]
    name: str = ""


@cache
def cues() -> tuple[Cue, ...]:
    """The cues in the order of their strength."""
    with CUES.open("rb") as file:
        rows = tomllib.load(file)["cue"]
    return tuple(
        Cue(
            Status(row["status"]),
            Reach(row["reach"]),
            re.compile(f"(?:{'|'.join(row['any'])}){row.get('then', '')}".replace("{org}", ORG)),
            row.get("name", ""),
        )
        for row in rows
    )


def is_hearsay(sentence: str) -> bool:
    """Whether the folded sentence says that its author was only told."""
    return any(cue.pattern.search(sentence) for cue in cues() if cue.name == "hearsay")


@lru_cache(maxsize=1000)
def somewhere(sentence: str) -> frozenset[str]:
    """The statuses that some cue gives to what stands at the end, or at the start, of some clause."""
    stops = [0, *(stop.end() for stop in _CLAUSE.finditer(sentence)), len(sentence)]
    found = set()
    for start, end in pairwise(stops):
        clause = sentence[start:end]
        for cue in cues():
            if cue.status not in found and cue.pattern.search(clause):
                found.add(cue.status.value)
    return frozenset(found)


def status(sentence: str, start: int, end: int) -> Status:
    """How folded `sentence` asserts its trigger `sentence[start:end]`."""
    lead, rest = sentence[:start], sentence[end:]
    stops = [stop.end() for stop in _CLAUSE.finditer(rest)]
    parts = {
        Reach.LEAD: lead,
        Reach.CLOSE: _CLAUSE.split(lead)[-1],
        # With the mark that ends it: a question mark is a cue.
        Reach.REST: rest[: stops[1]] if len(stops) > 1 else rest,
        Reach.WHOLE: sentence,
    }
    for cue in cues():
        if cue.pattern.search(parts[cue.reach]):
            return cue.status
    return Status.ASSERTED
