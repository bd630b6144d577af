"""Running text of statistics to points: a measure's name, whose it is, for when, and its value.

In: one line of folded text and what the lines before it were about. Out: `Told` values with spans in
the line. A number is taken only where nothing but linking words stands between it and the name, period
or subject it goes with: what is not understood belongs to no series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from pipelines.series_periods import Period, periods, value, year_to
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
from pipelines.text import sentences


@dataclass(frozen=True, slots=True)
class Told:
    """A value of a series as a text tells it; `yoy` is growth over a year in percent."""

    series: Series
    subject: Subject
    period: str
    number: Number
    yoy: Decimal | None
    start: int
    end: int


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
class _Token:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _When(_Token):
    period: Period


@dataclass(frozen=True, slots=True)
class _Whose(_Token):
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class _Name(_Token):
    """A measure's name; no candidates: the name of a part that no series is kept of."""

    whole: tuple[Series, ...]
    bare: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class _Value(_Token):
    number: Number
    unit: str
    rough: bool


@dataclass(frozen=True, slots=True)
class _Growth(_Token):
    """A change. `percent` is None for one that is not a growth over a year in percent."""

    percent: Decimal | None
    basis: bool


@dataclass(frozen=True, slots=True)
class _Stop(_Token):
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
_JOINED = re.compile(r"\s?(?:[、,和及与/]|以及)?\s?")
_BRACKETS = re.compile(r"\([^()]{0,60}\)")
_CLAUSE = re.compile(r"[,;:，；：。!?\n|]")
_UP_TO = re.compile(r"\s?[至到]\s?")
_NOT_UNITS = re.compile(r"[年月日号时个家人名位倍成港美]|百分点|%")


def read(line: str, rules: Rules, context: Context, accounts: Sequence[_Whose] = ()) -> Iterator[Told]:
    """The values a line tells; brings the context up to date."""
    carried: list[_Name] = []
    for start, end in sentences(line):
        inside = [one for one in accounts if start <= one.start and one.end <= end]
        tokens = _tokens(line, start, end, rules, context, inside)
        # ；1—8月累计完成1290亿件: of what the sentence before it named.
        goes_on = bool(tokens) and isinstance(tokens[0], _When)
        reader = _Reader(line, rules, context, start, names=carried if goes_on else [])
        yield from reader.run(tokens)
        carried = reader.names


def account_token(start: int, end: int, account: str) -> _Whose:
    """An account named in the line."""
    return _Whose(start, end, Subject(ACCOUNT, account))


def subjects(line: str, rules: Rules, region: Subject | None) -> list[_Whose]:
    """The nation and the regions named in a line; `region` is what 全省 means."""
    found = [_Whose(m.start(), m.end(), WHOLE) for m in rules.nation.finditer(line)]
    found += [_Whose(m.start(), m.end(), region) for m in rules.whole_region.finditer(line)]
    for name, pattern in rules.regions.items():
        found += [_Whose(m.start(), m.end(), Subject(REGION, name)) for m in pattern.finditer(line)]
    return found


def names(line: str, rules: Rules) -> list[_Name]:
    """The measures named in a line, each by its longest name."""
    spans: dict[tuple[int, int], tuple[list[Series], list[Series]]] = {}
    for series in rules.series.values():
        for place, pattern in enumerate((series.names, series.bare)):
            for match in pattern.finditer(line) if pattern else ():
                spans.setdefault(match.span(), ([], []))[place].append(series)
    found: list[_Name] = []
    for (start, end), (whole, bare) in sorted(spans.items(), key=lambda span: (span[0][0], -span[0][1])):
        if not found or start >= found[-1].end:
            found.append(_Name(start, end, tuple(whole), tuple(bare)))
    return found


def _tokens(
    line: str, start: int, end: int, rules: Rules, context: Context, accounts: Sequence[_Whose]
) -> list[_Token]:
    """Everything of a sentence that is understood, in order; of overlapping ones the first, then longest."""
    piece = line[start:end]
    found: list[_Token] = [
        _When(period.start, period.end, period) for period in periods(piece, context.published)
    ]
    masked = _masked(piece, start, accounts)
    asides = [match.span() for match in _BRACKETS.finditer(piece)]
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
        found += [_Stop(m.start(), m.end(), why) for m in rules.words[why].finditer(piece)]
    placed = [replace(token, start=token.start + start, end=token.end + start) for token in found]
    kept: list[_Token] = []
    # Accounts first: 中国邮政 is not 中国.
    for token in sorted([*accounts, *placed], key=lambda token: (token.start, -token.end)):
        if not kept or token.start >= kept[-1].end:
            kept.append(token)
    return kept


def _masked(piece: str, start: int, accounts: Sequence[_Whose]) -> str:
    """A sentence without its accounts' names: the 快递 of 申通快递完成业务量 is not the measure's."""
    for one in accounts:
        piece = piece[: one.start - start] + "\0" * (one.end - one.start) + piece[one.end - start :]
    return piece


def _changes(piece: str) -> Iterator[_Growth]:
    for match in _CHANGE.finditer(piece):
        verb = match["rise"] or match["fall"]
        if not match["basis"] and not (verb and match["unit"]):
            continue
        yield _Growth(match.start(), match.end(), _percent(match), bool(match["basis"]))
        if "分别" not in match.group():
            continue
        place = match.end()
        while more := _MORE.match(piece, place):
            falls = bool(more["fall"]) or (not more["rise"] and bool(match["fall"]))
            percent = Decimal(more["number"].replace(",", ""))
            yield _Growth(more.start(), more.end(), -percent if falls else percent, bool(match["basis"]))
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


def _values(piece: str, rules: Rules) -> Iterator[_Value]:
    pattern = re.compile(_VALUE.format(number=NUMBER, scale=SCALE, unit=rules.written_unit))
    before, after = rules.words["roughly_before"], rules.words["roughly_after"]
    for match in pattern.finditer(piece):
        if not match["unit"] and _NOT_UNITS.match(piece, match.end()):
            continue
        unit = "百万分之" if match["million"] else match["unit"] or ""
        opening = re.search(rf"(?:{before.pattern})\s?$", piece[max(0, match.start() - 4) : match.start()])
        rough = bool(opening or after.match(piece, match.end()))
        yield _Value(match.start(), match.end(), number(match["number"], match["scale"] or ""), unit, rough)


@dataclass(slots=True)
class _Reader:
    """Reads one sentence from left to right."""

    line: str
    rules: Rules
    context: Context
    start: int
    names: list[_Name] = field(default_factory=list)
    whose: list[_Whose] = field(default_factory=list)
    when: _When | None = None
    tokens: Sequence[_Token] = ()
    values: list[_Value] = field(default_factory=list)
    changes: list[_Growth] = field(default_factory=list)
    stopped: frozenset[str] = frozenset()
    spent: bool = False

    def run(self, tokens: Sequence[_Token]) -> Iterator[Told]:
        """The values of the sentence."""
        self.tokens = tokens
        for token in tokens:
            if self.values and not self._continues(token):
                yield from self._settle()
            self._take(token)
        yield from self._settle()

    def _continues(self, token: _Token) -> bool:
        """Whether a token still belongs to the values at hand: another of their list, or their growth."""
        if isinstance(token, _Growth):
            return True
        listed = isinstance(token, _Value) and not self.changes
        return listed and bool(_JOINED.fullmatch(self.line, self.values[-1].end, token.start))

    def _take(self, token: _Token) -> None:
        match token:
            case _Value():
                self.values.append(token)
            case _Growth():
                self.changes.append(token)
            case _Stop():
                self.stopped |= {token.why}
            case _When():
                self._take_period(token)
            case _Whose():
                self._take_subject(token)
            case _Name():
                self._take_name(token)

    def _take_period(self, token: _When) -> None:
        open_ended = not token.period.first and self.line.startswith("今年", token.start)
        if open_ended and self.when is not None:
            return  # 截至8月底，今年…
        self.when, self.context.period, self.spent = token, token.period, False
        self.stopped &= {"forecast"}

    def _take_subject(self, token: _Whose) -> None:
        joined = self.whose and _JOINED.fullmatch(self.line, self.whose[-1].end, token.start)
        self.whose = [*self.whose, token] if joined and not self.spent else [token]
        self.context.subject, self.spent = token.subject, False
        if token.subject and token.subject.kind == REGION:
            self.context.region = token.subject

    def _take_name(self, token: _Name) -> None:
        if not self._introduced(token):
            token = _Name(token.start, token.end, (), ())
        joined = (
            self.names and not self.spent and _JOINED.fullmatch(self.line, self.names[-1].end, token.start)
        )
        self.names = [*self.names, token] if joined else [token]
        self.spent = False
        self.changes = []
        self.stopped &= {"forecast", "base"}

    def _introduced(self, name: _Name) -> bool:
        """Whether only linking words stand before a name: else it is a part (农村地区快递业务量)."""
        start = max([t.end for t in self.tokens if t.end <= name.start], default=self.start)
        opening = [match.end() for match in _CLAUSE.finditer(self.line, start, name.start)]
        before = _BRACKETS.sub("", self.line[max([start, *opening]) : name.start])
        return bool(re.fullmatch(rf"(?:{self.rules.words['before_name'].pattern}){{0,6}}", before))

    # ---- values

    def _settle(self) -> Iterator[Told]:
        values, changes, self.values, self.changes = self.values, self.changes, [], []
        names, whose = self.names, self._whose()
        if not values or not names or self.spent or self.stopped:
            yield from self._growth_alone(changes) if not values else ()
            return
        self.spent = True
        if not self._linked(values[0]):
            return
        before = [change for change in changes if change.end <= values[0].start]
        if before and _UP_TO.fullmatch(self.line, before[-1].end, values[0].start):
            changes = before[-1:]
        else:
            changes = [change for change in changes if change.start >= values[-1].end]
        yield from self._paired(names, whose, values, changes)

    def _whose(self) -> list[Subject | None]:
        if self.whose:
            return [one.subject for one in self.whose]
        return [self.context.subject]

    def _linked(self, value: _Value) -> bool:
        """Whether only linking words, periods, subjects and growth stand between the name and its value."""
        since = max(
            self.names[-1].end, self.whose[-1].end if self.whose else 0, self.when.end if self.when else 0
        )
        since = min(since, value.start)
        pieces, place = [], since
        for token in self.tokens:
            if since <= token.start < value.start:
                pieces.append(self.line[place : token.start])
                place = token.end
        between = _BRACKETS.sub("", "".join([*pieces, self.line[place : value.start]]))
        return bool(re.fullmatch(rf"(?:{self.rules.words['before_value'].pattern}){{0,8}}", between))

    def _paired(
        self,
        names: list[_Name],
        whose: list[Subject | None],
        values: list[_Value],
        changes: list[_Growth],
    ) -> Iterator[Told]:
        count = len(values)
        if count == 1:
            names, whose = names[-1:], whose[-1:]
        if len(names) not in (1, count) or len(whose) not in (1, count):
            return
        aligned = changes if len(changes) == count else changes[:1] if count == 1 else []
        for place, told in enumerate(values):
            name = names[place % len(names)]
            subject = whose[place % len(whose)]
            change = aligned[place] if aligned else None
            one = self._one(name, subject, told, change)
            if one is not None:
                yield one

    def _one(self, name: _Name, subject: Subject | None, told: _Value, change: _Growth | None) -> Told | None:
        if told.rough:
            return None
        series = self._series(name, subject, told.unit)
        period = self._period(told.start)
        if series is None or subject is None or not period:
            return None
        end = max(told.end, change.end if change else 0)
        yoy = change.percent if change else None
        return Told(series, subject, period, told.number, yoy, self._from(name, told), end)

    def _series(self, name: _Name, subject: Subject | None, unit: str | None) -> Series | None:
        """The one series of a name for a kind of subject and a written unit (None: any)."""
        if subject is None:
            return None
        whole = [one for one in name.whole if subject.kind in one.kinds]
        bare = [one for one in name.bare if subject.kind in one.kinds and one.family == self.context.family]
        fitting = [one for one in whole or bare if unit is None or unit in self.rules.units[one.unit]]
        if len(fitting) != 1:
            return None
        self.context.family = fitting[0].family
        return fitting[0]

    def _period(self, at: int) -> str:
        period = self.when.period if self.when else self.context.period or self.context.titled
        if period is None:
            return ""
        since = max(self.when.end if self.when else 0, self.start)
        cumulative = "累计" in self.line[since:at]
        if cumulative and period.is_month:
            if not period.until and self.when is not None:
                return ""  # 8月累计: of the month or of the year so far?
            period = year_to(period)
        elif period.until and period.is_month and not cumulative:
            return ""
        return value(period, self.context.year, self.context.published)

    def _from(self, name: _Name, told: _Value) -> int:
        starts = [name.start, *(one.start for one in self.whose[:1])]
        starts += [self.when.start] if self.when else []
        return min(start for start in starts if start >= self.start)

    def _growth_alone(self, changes: list[_Growth]) -> Iterator[Told]:
        """快递业务量同比增长12.4%: a point of the series of growth."""
        told = [change for change in changes if change.percent is not None and change.basis]
        if len(told) != 1 or len(self.names) != 1 or self.spent or self.stopped:
            return
        [change], [name], subject = told, self.names, self._whose()[-1]
        series = self._series(name, subject, None)
        period = self._period(change.start)
        if not (series and series.growth and subject and period) or not self._linked_growth(name, change):
            return
        self.spent = True
        percent = change.percent
        assert percent is not None
        step = Number(percent, Decimal(1).scaleb(int(percent.as_tuple().exponent)))
        start = min(name.start, self.when.start if self.when else name.start)
        yield Told(self.rules.series[series.growth], subject, period, step, None, start, change.end)

    def _linked_growth(self, name: _Name, change: _Growth) -> bool:
        return change.start - name.end <= 3
