"""Folded text and the accounts it names in; which it turns on, and which it names in passing, out.

A text speaks of most accounts that it names. In passing it names one in a clause of comparison or
background (此前在, 包括, 上次), as a label (在淘宝买的), as one of a row of which nothing is said
(圆通等快递停运), in a line on the author or publisher, or at most twice in a text on something else:
neither its title nor its first sentence has an account or a word of the trade.

A text *turns on* an account that its title names; where the title names none, that its first sentence
speaks of; and one it comes back to (three times, and a third as often as the most named).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Named = tuple[int, int, str]
"""Where a text names an account: start, end, account id."""

_TABLE = Path(__file__).parent / "linking.toml"
_NEAR = 40
_LISTED = 3
_TIMES = 3
_LINE = 120
_STOP = re.compile(r"[。！？!?;\n]")
_LISTING = re.compile(r"[\u3400-\u9fff]{0,4}[、,/和与及\s]{1,3}(?:and )?(?:以及)?")


@dataclass(frozen=True, slots=True)
class Rules:
    """[about] and [trade] of linking.toml, ready to use."""

    trade: re.Pattern[str]
    clause: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    footer: re.Pattern[str]
    background: re.Pattern[str]


@cache
def rules() -> Rules:
    """The table shipped with the product."""
    about = _table()["about"]
    return Rules(
        trade=joined(map(re.escape, trade_words())),
        clause=joined(about["clause"]),
        before=re.compile(f"(?:{joined(about['before']).pattern})$"),
        after=joined(about["after"]),
        footer=joined(about["footers"]),
        background=joined(about["background"]),
    )


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def trade_words() -> Sequence[str]:
    """The words of the trade, folded."""
    words: Sequence[str] = _table()["trade"]["words"]
    return words


def joined(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that matches where any of them does."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def in_passing(folded: str, named: Sequence[Named]) -> frozenset[int]:
    """The starts of those that the text names in passing; `named` is in text order."""
    off_topic = 0 < len(named) < _TIMES and _is_off_topic(folded, named[0][0])
    return frozenset(start for start, end, _ in named if off_topic or _is_label(folded, start, end))


def _is_off_topic(folded: str, first: int) -> bool:
    """Whether the text opens with neither an account (the first stands at `first`) nor its trade."""
    stop = _STOP.search(folded, folded.find("\n") + 1)
    end = stop.start() if stop else len(folded)
    return first >= end and rules().trade.search(folded, 0, end) is None


def _is_label(folded: str, start: int, end: int) -> bool:
    """Whether the words around the name say that it is named in passing."""
    table = rules()
    clause = _clause(folded, 0, start)
    return bool(
        table.clause.search(clause)
        or table.before.search(clause)
        or table.after.match(folded, end)
        or _is_footer(folded, start)
    )


def turned_on(folded: str, named: Sequence[Named]) -> frozenset[str]:
    """The accounts a text turns on; `named` is in text order."""
    title_end = folded.find("\n")
    titled = frozenset(account for _, end, account in named if end <= title_end)
    listed = _listed(folded, named)
    body = [
        one for one in named if one[0] > title_end and one[0] not in listed and not _is_footer(folded, one[0])
    ]
    counts = Counter(account for _, _, account in body)
    most = max(counts.values(), default=0)
    returning = frozenset(account for account, count in counts.items() if count >= max(_TIMES, most / 3))
    return titled | returning if titled else returning | _leading(folded, title_end + 1, body)


def _leading(folded: str, first: int, body: Iterable[Named]) -> frozenset[str]:
    """The accounts that the first sentence of the body speaks of, those named in the background left out."""
    stop = _STOP.search(folded, first)
    last = stop.start() if stop else len(folded)
    return frozenset(
        account
        for start, _, account in body
        if start < last and not rules().background.search(_clause(folded, first, start))
    )


def _clause(folded: str, first: int, last: int) -> str:
    """What stands before `last` in its clause."""
    return re.split(r"[,，。！？!?;\n]", folded[max(first, last - _NEAR) : last])[-1]


def _listed(folded: str, named: Sequence[Named]) -> frozenset[int]:
    """The starts of names in an enumeration of at least three, away from the head of a sentence."""
    found: set[int] = set()
    run: list[Named] = []
    for one in named:
        if run and not _LISTING.fullmatch(folded[run[-1][1] : one[0]][:8]):
            found |= _enumeration(folded, run)
            run = []
        run.append(one)
    return frozenset(found | _enumeration(folded, run))


def _enumeration(folded: str, run: Sequence[Named]) -> set[int]:
    """The run if it is a list in passing; 中通、圆通、申通同日涨价 has it for its subject."""
    if len(run) < _LISTED or _STOP.match(folded, max(0, run[0][0] - 1)) or run[0][0] == 0:
        return set()
    return {start for start, _, _ in run}


def _is_footer(folded: str, at: int) -> bool:
    """Whether the name stands in a line that tells of the author or the publisher."""
    start = folded.rfind("\n", max(0, at - _LINE), at) + 1
    return bool(rules().footer.match(folded, start))
