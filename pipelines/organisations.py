"""Folded text and listed names in; registered names around them, and organisations in no list, out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from intel.model import Entity
from pipelines.names import names

_HAN = "[\u3400-\u9fff]"
# A free word inside a registered name holds none of these: they are the grammar of a sentence.
_GRAMMAR = "子分母两家与和及是在的向对为由称以等将被让给到从比或并了有不也都这那该其据因拟又再就已未曾则于至"
_PAREN = r"(?:[(][\u3400-\u9fff]{2,6}[)])?"


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _tail() -> re.Pattern[str]:
    """What follows the alias in a registered name: a free word, trades, a place in brackets, the form."""
    legal = names().legal
    trades = _any(legal.trades)
    forms = _any(form for form in legal.suffixes if form != "公司")
    free = rf"(?:(?!{trades}|{forms})[^\W0-9a-z_{_GRAMMAR}])"
    return re.compile(
        rf"(?:(?P<free>{free}{{1,4}}){_PAREN}(?:{trades}){{0,7}}{_PAREN}(?:{trades}){{0,3}}(?:{forms})"
        rf"|{_PAREN}(?:{trades}){{0,7}}{_PAREN}(?:{trades}){{0,3}}(?:{forms}|公司))"
    )


@cache
def _place_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(names().places)})(?:省|市|县|区)?$")


def registered(folded: str, named: Sequence[Entity]) -> list[Entity]:
    """The names with their registered form around them, where the text gives it.

    A watched name followed by a trade of another kind (顺丰源农业科技有限公司) loses its accounts.
    """
    grown: list[Entity] = []
    for entity in named:
        if grown and entity.start < grown[-1].end:
            continue
        longer = _grown(folded, entity) if entity.kind == "org" else entity
        while grown and longer.start < grown[-1].end:
            grown.pop()
        grown.append(longer)
    return grown


def _grown(folded: str, entity: Entity) -> Entity:
    tail = _tail().match(folded, entity.end, entity.end + 40)
    if tail is None:
        return entity
    left = _place_before().search(folded[max(0, entity.start - 6) : entity.start])
    start = entity.start - len(left.group()) if left else entity.start
    if not tail["free"] or not entity.accounts:
        return replace(entity, start=start, end=tail.end())
    owned = any(trade in tail.group() for trade in names().legal.courier_trades) or left or _platform(entity)
    return replace(entity, start=start, end=tail.end(), accounts=entity.accounts if owned else ())


def _platform(entity: Entity) -> bool:
    """Whether nobody but the account trades under the name, whatever follows it."""
    return not set(entity.accounts) <= {"sf", "yto", "zto", "sto", "yunda", "jt", "best", "deppon"}


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_any(names().legal.endings)})(?:(?:股份)?有限公司)?(?:{_HAN}{{2,4}}(?:分行|支行|分公司))?"
    )


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(names().legal.openers)}|[{_GRAMMAR}])")


@cache
def _first_place() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(names().places)})")


def unlisted(folded: str, named: Sequence[Entity]) -> list[Entity]:
    """Organisations told by the ending of their name; the beginning is the last word that opens one."""
    starts = [entity.start for entity in named]
    found: list[Entity] = []
    for ending in _ending().finditer(folded):
        floor = found[-1].end if found else 0
        before = bisect_left(starts, ending.start()) - 1
        if before >= 0 and named[before].kind == "org":
            floor = max(floor, named[before].end)
        start = _beginning(folded, max(floor, ending.start() - 18), ending.start())
        if ending.start() - start >= 2:
            found.append(Entity("org", start, ending.end(), ""))
    return found


def _beginning(folded: str, floor: int, end: int) -> int:
    """Where the name that runs up to `end` begins, not before `floor`."""
    start = end
    while start > floor and (_is_part(folded[start - 1])):
        start -= 1
    openers = list(_opener().finditer(folded, start, end))
    if openers:
        start = openers[-1].end()
    place = _first_place().search(folded, start, end)
    return place.start() if place and place.start() - start <= 6 else start


def _is_part(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character in "()"
