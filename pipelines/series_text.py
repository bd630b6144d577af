"""Running text of statistics to points: a measure's name, whose it is, for when, and its value.

In: one line of folded text and what the lines before it were about. Out: `Told` values with spans in
the line. A number is taken only where nothing but linking words stands between it and the name, period
or subject it goes with: what is not understood belongs to no series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.series_periods import value, year_to
from pipelines.series_rules import REGION, Number, Rules, Series, Subject
from pipelines.series_tokens import (
    BRACKETS,
    Context,
    Growth,
    Name,
    Stop,
    Token,
    Value,
    When,
    Whose,
    understood,
)
from pipelines.text import sentences

_JOINED = re.compile(r"\s?(?:[、,和及与/]|以及)?\s?")
_CLAUSE = re.compile(r"[,;:，；：。!?\n|]")
_UP_TO = re.compile(r"\s?[至到]\s?")


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


def read(line: str, rules: Rules, context: Context, accounts: Sequence[Whose] = ()) -> Iterator[Told]:
    """The values a line tells; brings the context up to date."""
    carried: list[Name] = []
    for start, end in sentences(line):
        inside = [one for one in accounts if start <= one.start and one.end <= end]
        tokens = understood(line, start, end, rules, context, inside)
        # ；1—8月累计完成1290亿件: of what the sentence before it named.
        goes_on = bool(tokens) and isinstance(tokens[0], When)
        reader = _Reader(line, rules, context, start, names=carried if goes_on else [])
        yield from reader.run(tokens)
        carried = reader.names


@dataclass(slots=True)
class _Reader:
    """Reads one sentence from left to right."""

    line: str
    rules: Rules
    context: Context
    start: int
    names: list[Name] = field(default_factory=list)
    whose: list[Whose] = field(default_factory=list)
    when: When | None = None
    tokens: Sequence[Token] = ()
    values: list[Value] = field(default_factory=list)
    changes: list[Growth] = field(default_factory=list)
    stopped: frozenset[str] = frozenset()
    spent: bool = False

    def run(self, tokens: Sequence[Token]) -> Iterator[Told]:
        """The values of the sentence."""
        self.tokens = tokens
        for token in tokens:
            if self.values and not self._continues(token):
                yield from self._settle()
            self._take(token)
        yield from self._settle()

    def _continues(self, token: Token) -> bool:
        """Whether a token still belongs to the values at hand: another of their list, or their growth."""
        if isinstance(token, Growth):
            return True
        listed = isinstance(token, Value) and not self.changes
        return listed and bool(_JOINED.fullmatch(self.line, self.values[-1].end, token.start))

    def _take(self, token: Token) -> None:
        match token:
            case Value():
                self.values.append(token)
            case Growth():
                self.changes.append(token)
            case Stop():
                self.stopped |= {token.why}
            case When():
                self._take_period(token)
            case Whose():
                self._take_subject(token)
            case Name():
                self._take_name(token)

    def _take_period(self, token: When) -> None:
        open_ended = not token.period.first and self.line.startswith("今年", token.start)
        if open_ended and self.when is not None:
            return  # 截至8月底，今年…
        self.when, self.context.period, self.spent = token, token.period, False
        self.stopped &= {"forecast"}

    def _take_subject(self, token: Whose) -> None:
        joined = self.whose and _JOINED.fullmatch(self.line, self.whose[-1].end, token.start)
        self.whose = [*self.whose, token] if joined and not self.spent else [token]
        self.context.subject, self.spent = token.subject, False
        if token.subject and token.subject.kind == REGION:
            self.context.region = token.subject

    def _take_name(self, token: Name) -> None:
        if not self._introduced(token):
            token = Name(token.start, token.end, (), ())
        joined = (
            self.names and not self.spent and _JOINED.fullmatch(self.line, self.names[-1].end, token.start)
        )
        self.names = [*self.names, token] if joined else [token]
        self.spent = False
        self.changes = []
        self.stopped &= {"forecast", "base"}

    def _introduced(self, name: Name) -> bool:
        """Whether only linking words stand before a name: else it is a part (农村地区快递业务量)."""
        start = max([t.end for t in self.tokens if t.end <= name.start], default=self.start)
        opening = [match.end() for match in _CLAUSE.finditer(self.line, start, name.start)]
        before = BRACKETS.sub("", self.line[max([start, *opening]) : name.start])
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

    def _linked(self, value: Value) -> bool:
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
        between = BRACKETS.sub("", "".join([*pieces, self.line[place : value.start]]))
        return bool(re.fullmatch(rf"(?:{self.rules.words['before_value'].pattern}){{0,8}}", between))

    def _paired(
        self,
        names: list[Name],
        whose: list[Subject | None],
        values: list[Value],
        changes: list[Growth],
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

    def _one(self, name: Name, subject: Subject | None, told: Value, change: Growth | None) -> Told | None:
        if told.rough:
            return None
        series = self._series(name, subject, told.unit)
        period = self._period(told.start)
        if series is None or subject is None or not period:
            return None
        end = max(told.end, change.end if change else 0)
        yoy = change.percent if change else None
        return Told(series, subject, period, told.number, yoy, self._from(name, told), end)

    def _series(self, name: Name, subject: Subject | None, unit: str | None) -> Series | None:
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

    def _from(self, name: Name, told: Value) -> int:
        starts = [name.start, *(one.start for one in self.whose[:1])]
        starts += [self.when.start] if self.when else []
        return min(start for start in starts if start >= self.start)

    def _growth_alone(self, changes: list[Growth]) -> Iterator[Told]:
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

    def _linked_growth(self, name: Name, change: Growth) -> bool:
        return change.start - name.end <= 3
