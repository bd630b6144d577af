"""A sentence of statistics to what is understood in it: periods, subjects, measures, values, changes.

In: a line of folded text and the span of a sentence. Out: tokens in order, none overlapping; what they tell
together is `pipelines.series_text`'s subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pipelines.series_periods import Period, periods
from pipelines.series_rules import (
    ACCOUNT,
    NUMBER,
    REGION,
    SCALE,
    WHOLE,
    Number,
    Rules,
    Series,
    Subject,
    number,
)


@dataclass(slots=True)
class Context:
    """What a text is about so far: `subject` and `period` hold until another is named.

    `titled` is what the title says, `year` the year it names.
    """

    published: date | None
    subject: Subject | None = None
    period: Period | None = None
    titled: Period | None = None
    year: int | None = None
    family: str = ""
    region: Subject | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a line that is understood."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class When(Token):
    """A period."""

    period: Period


@dataclass(frozen=True, slots=True)
class Whose(Token):
    """Whose the numbers are; None: 全省 where no region was named yet."""

    subject: Subject | None


@dataclass(frozen=True, slots=True)
class Name(Token):
    """A measure's name; no candidates: the name of a part that no series is kept of."""

    whole: tuple[Series, ...]
    bare: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Value(Token):
    """A number with its unit as written; `rough`: a word beside it says about."""

    number: Number
    unit: str
    rough: bool


@dataclass(frozen=True, slots=True)
class Growth(Token):
    """A change. `percent` is None for one that is not a growth over a year in percent."""

    percent: Decimal | None
    basis: bool


@dataclass(frozen=True, slots=True)
class Stop(Token):
    """A word that takes numbers out of the series; see [words] of the table."""

    why: str


_BASIS = (
    r"(?:同比|(?:比|较)?(?:上年|去年)(?:同期|同月)?|环比|(?:比|较)(?:上月|上季度?|前一月|20[0-9]{2}年)"
    r"|较(?:1|前)[-—至0-9一二三四五六七八九十个]{1,6}月)"
)
_RISE, _FALL = (
    "增长|增加|上升|上涨|提高|提升|回升|增|涨|升|扩大",
    "下降|下滑|减少|降低|回落|下跌|收窄|负增长|降|跌|减",
)
_CHANGE = re.compile(
    rf"(?P<basis>{_BASIS})?\s?(?:则|也|均|大幅|小幅|微|略|有所){{0,2}}(?:分别)?(?:(?P<flat>持平)|"
    rf"(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))?(?:了|约|近|超|率为|为|幅为|速为|:)?\s?"
    rf"(?P<sign>[-+]?)(?P<number>{NUMBER})(?P<scale>{SCALE})?\s?"
    r"(?P<unit>%|个百分点|倍|元/[件票单]|[元件票单分])?)"
)
_MORE = re.compile(
    rf"\s?[、,和及与]\s?(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))?(?P<number>{NUMBER})\s?(?P<unit>%)"
)
_VALUE = (
    r"(?P<million>百万分之)?(?<![0-9.a-z-])(?P<number>{number})\s?(?P<scale>{scale})?\s?(?P<unit>{unit})?"
    r"(?![0-9.])"
)
BRACKETS = re.compile(r"\([^()]{0,60}\)")
_NOT_UNITS = re.compile(r"[年月日号时个家人名位倍成港美]|百分点|%")


def account_token(start: int, end: int, account: str) -> Whose:
    """An account named in the line."""
    return Whose(start, end, Subject(ACCOUNT, account))


def subjects(line: str, rules: Rules, region: Subject | None) -> list[Whose]:
    """The nation and the regions named in a line; `region` is what 全省 means."""
    found = [Whose(m.start(), m.end(), WHOLE) for m in rules.nation.finditer(line)]
    found += [Whose(m.start(), m.end(), region) for m in rules.whole_region.finditer(line)]
    for name, pattern in rules.regions.items():
        found += [Whose(m.start(), m.end(), Subject(REGION, name)) for m in pattern.finditer(line)]
    return found


def names(line: str, rules: Rules) -> list[Name]:
    """The measures named in a line, each by its longest name."""
    spans: dict[tuple[int, int], tuple[list[Series], list[Series]]] = {}
    for series in rules.series.values():
        for place, pattern in enumerate((series.names, series.bare)):
            for match in pattern.finditer(line) if pattern else ():
                spans.setdefault(match.span(), ([], []))[place].append(series)
    found: list[Name] = []
    for (start, end), (whole, bare) in sorted(spans.items(), key=lambda span: (span[0][0], -span[0][1])):
        if not found or start >= found[-1].end:
            found.append(Name(start, end, tuple(whole), tuple(bare)))
    return found


def understood(
    line: str, start: int, end: int, rules: Rules, context: Context, accounts: Sequence[Whose]
) -> list[Token]:
    """Everything of a sentence that is understood, in order; of overlapping ones the first, then longest."""
    piece = line[start:end]
    found: list[Token] = [
        When(period.start, period.end, period) for period in periods(piece, context.published)
    ]
    masked = _masked(piece, start, accounts)
    asides = [match.span() for match in BRACKETS.finditer(piece)]
    found += [
        token
        for token in (*subjects(piece, rules, context.region), *names(masked, rules))
        if not any(left < token.start and token.end < right for left, right in asides)
    ]
    # (不含邮政集团包裹业务) says what is left out, not whose the number is.
    accounts = [
        one
        for one in accounts
        if not any(left < one.start - start and one.end - start < right for left, right in asides)
    ]
    found += _changes(piece)
    found += _values(piece, rules)
    for why in ("forecast", "base", "part"):
        found += [Stop(m.start(), m.end(), why) for m in rules.words[why].finditer(piece)]
    placed = [replace(token, start=token.start + start, end=token.end + start) for token in found]
    kept: list[Token] = []
    # Accounts first: 中国邮政 is not 中国.
    for token in sorted([*accounts, *placed], key=lambda token: (token.start, -token.end)):
        if not kept or token.start >= kept[-1].end:
            kept.append(token)
    return kept


def _masked(piece: str, start: int, accounts: Sequence[Whose]) -> str:
    """A sentence without its accounts' names: the 快递 of 申通快递完成业务量 is not the measure's."""
    for one in accounts:
        piece = piece[: one.start - start] + "\0" * (one.end - one.start) + piece[one.end - start :]
    return piece


def _changes(piece: str) -> Iterator[Growth]:
    for match in _CHANGE.finditer(piece):
        verb = match["rise"] or match["fall"]
        if not match["basis"] and not (verb and match["unit"]):
            continue
        yield Growth(match.start(), match.end(), _percent(match), bool(match["basis"]))
        if "分别" not in match.group():
            continue
        place = match.end()
        while more := _MORE.match(piece, place):
            falls = bool(more["fall"]) or (not more["rise"] and bool(match["fall"]))
            percent = Decimal(more["number"].replace(",", ""))
            yield Growth(more.start(), more.end(), -percent if falls else percent, bool(match["basis"]))
            place = more.end()


def _percent(match: re.Match[str]) -> Decimal | None:
    """The growth over a year, in percent; None for one over a month, in points or in units."""
    basis = match["basis"] or ""
    if basis and not re.search("同比|上年|去年", basis):
        return None
    if match["flat"]:
        return Decimal(0)
    if match["unit"] not in ("%", "倍"):
        return None
    percent = Decimal(match["number"].replace(",", "")) * (100 if match["unit"] == "倍" else 1)
    return -percent if match["fall"] or match["sign"] == "-" else percent


def _values(piece: str, rules: Rules) -> Iterator[Value]:
    pattern = re.compile(_VALUE.format(number=NUMBER, scale=SCALE, unit=rules.written_unit))
    before, after = rules.words["roughly_before"], rules.words["roughly_after"]
    for match in pattern.finditer(piece):
        if not match["unit"] and _NOT_UNITS.match(piece, match.end()):
            continue
        unit = "百万分之" if match["million"] else match["unit"] or ""
        opening = re.search(rf"(?:{before.pattern})\s?$", piece[max(0, match.start() - 4) : match.start()])
        rough = bool(opening or after.match(piece, match.end()))
        yield Value(match.start(), match.end(), number(match["number"], match["scale"] or ""), unit, rough)
