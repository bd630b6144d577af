"""The events that a change of a watched page tells, with the account whose page it is and the new figures.

In: the account of the change and the events found in it. Out: the events, each of somebody, and one more
for every altered price of which none was told: a price list says 首重12元, and never that it was raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from intel.model import Argument, Event, Status
from pipelines.change import ALTERED, FIGURES, sides

PRICE_CHANGE = "price_change"
RULE = "price_change.changed_line"
_HOW_MUCH = frozenset({"amount", "rate"})
# What stands around the number of a sum of money or a rate: 12元, ¥12, 12 yuan, 0.5元/票, 3%.
_CURRENCY = re.compile(r"\s{0,2}(?:元|块|圆|yuan|rmb|cny|usd|hkd|港元|美元)", re.I)
_SIGN = re.compile(r"(?:[¥￥$]|rmb|cny|usd|hkd)\s{0,2}$", re.I)
_PER = re.compile(r"\s?/\s?(?:票|单|件|公斤|千克|kg|斤|吨|天|月|年|箱|立方米?)", re.I)
_RATE = re.compile(r"\s?(?:%|％|‰|个?百分点)")
# Sums that are no price: what is paid when something went wrong, and what a company has.
_NO_PRICE = re.compile(
    r"赔|罚|保证金|押金|奖|限额|上限|保额|最高保价|收入|营收|利润|资本|市值|融资|fine|claim|liab|revenue",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number that changed, as it is now: where it stands in the content, and what it says with its unit."""

    start: int
    text: str
    money: bool


@dataclass(frozen=True, slots=True)
class _Altered:
    """A line of which only numbers changed: its place in the content, label left out, and those numbers."""

    start: int
    end: int
    figures: tuple[_Figure, ...]


def of_account(content: str, account: str, events: Iterable[Event]) -> tuple[Event, ...]:
    """The events of a change, in text order; those that name no subject happened to `account`."""
    altered = tuple(_altered_lines(content))
    told = [_with_subject(_as_it_is_now(event, altered), account) for event in events]
    priced = {event.start for event in told if event.type == PRICE_CHANGE}
    silent = (line for line in altered if not any(line.start <= start < line.end for start in priced))
    prices = (_price(content, line) for line in silent)
    told += [_with_subject(event, account) for event in prices if event]
    return tuple(sorted(told, key=lambda event: (event.start, event.type)))


def _altered_lines(content: str) -> Iterator[_Altered]:
    start = 0
    for line in content.split("\n"):
        if one := sides(line):
            after = start + len(line) - len(one.after)
            figures = tuple(_changed(one.before, one.after, after))
            yield _Altered(start + len(ALTERED), start + len(line), figures)
        start += len(line) + 1


def _changed(before: str, after: str, at: int) -> Iterator[_Figure]:
    """The numbers that differ, with their units; `at` is where the new version begins."""
    for old, new in zip(FIGURES.finditer(before), FIGURES.finditer(after), strict=True):
        if old.group() != new.group():
            sign, unit = _SIGN.search(after, 0, new.start()), _CURRENCY.match(after, new.end())
            end = (unit or _RATE.match(after, new.end()) or new).end()
            per = _PER.match(after, end) if unit else None
            start = sign.start() if sign else new.start()
            yield _Figure(at + start, after[start : per.end() if per else end], bool(sign or unit))


def _with_subject(event: Event, account: str) -> Event:
    """The event with the account for its subject where its sentence names none."""
    if event.filling("subject"):
        return event
    # The page is the account's; no word of the line says so.
    unsaid = Argument("subject", "", event.start, event.start, account)
    return replace(event, arguments=(unsaid, *event.arguments))


def _as_it_is_now(event: Event, altered: Iterable[_Altered]) -> Event:
    """The event with new figures for those that the line says were."""
    line = next((one for one in altered if one.start <= event.start < one.end), None)
    if line is None:
        return event
    kept = list(dict.fromkeys(_now(one, line) for one in event.arguments))
    figure = _price_in(line)
    if figure and event.type == PRICE_CHANGE and not any(one.role in _HOW_MUCH for one in kept):
        kept.append(_amount(figure))
    return replace(event, arguments=tuple(kept))


def _now(argument: Argument, line: _Altered) -> Argument:
    """An argument out of the old version of a line as the new version has it."""
    if argument.account or not FIGURES.search(argument.text) or argument.start < line.start:
        return argument
    unit = FIGURES.sub("", argument.text)
    figure = next((one for one in line.figures if FIGURES.sub("", one.text) == unit), None)
    if figure is None:
        return argument
    return replace(_amount(figure), role=argument.role)


def _price_in(line: _Altered) -> _Figure | None:
    return next((one for one in line.figures if one.money), None)


def _amount(figure: _Figure) -> Argument:
    return Argument("amount", figure.text, figure.start, figure.start + len(figure.text))


def _price(content: str, line: _Altered) -> Event | None:
    """The change of price that a line tells, None if no sum of money changed or it is no price."""
    quote, figure = content[line.start : line.end], _price_in(line)
    if figure is None or _NO_PRICE.search(quote):
        return None
    amount = _amount(figure)
    return Event(
        PRICE_CHANGE, figure.text, line.start, line.end, quote, Status.ASSERTED, RULE, arguments=(amount,)
    )
