"""Couriers side by side: the lines of comparison.toml, each cell with value, period, source and quote.

In: points of series and sentences of each courier. Out: a `Comparison`. A line of a series compares the
latest period that enough couriers share; who told no value for it keeps his own latest, marked as not
comparable. A cell without evidence says 未知, never 0; sources that tell another value are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from intel.brief import UNKNOWN, Evidence
from intel.comparison_lines import Line, lines
from intel.config import CHINA
from intel.credibility import rate
from intel.evidence import witnesses
from intel.model import Account
from intel.seeking import fitting, sought
from intel.series import PointView, differs, period_order
from intel.views import EvidenceView, Sought
from intel.witnesses import NEAR, Statement

STORIES = "篇独立报道"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as one source tells it."""

    value: float
    shown: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of a courier on a line. `value` is None, and `shown` 未知, where nothing is.

    `unit` and `period` are the series'; a count of stories has the days it looks back as its period.
    `comparable`: the period is the one the line compares. `differing` are other values for the period.
    """

    courier: str
    value: float | None
    shown: str
    unit: str
    period: str
    comparable: bool
    evidence: tuple[Evidence, ...]
    differing: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line with a cell for each courier; `period` is the one compared, "" where none is shared."""

    id: str
    label: str
    en: str
    better: str
    period: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Couriers side by side as of a day; `couriers` are ids in the order of the cells."""

    as_of: date
    couriers: tuple[str, ...]
    names: Mapping[str, str]
    lines: tuple[ComparedLine, ...]

    def cell(self, line: str, courier: str) -> Cell:
        """One cell. Raises KeyError where there is none."""
        cells = {(one.id, cell.courier): cell for one in self.lines for cell in one.cells}
        return cells[line, courier]


@dataclass(frozen=True, slots=True)
class Material:
    """What couriers are compared by: points by series, and sentences by courier."""

    points: Mapping[str, Sequence[PointView]]
    told: Mapping[str, Sequence[EvidenceView]]


def sought_of(courier: Account, as_of: date) -> Sought:
    """The sentences of a courier that may count on one of the lines as of a day.

    Also those that are a little older than any line looks back: what is told again is as old as that.
    """
    longest = max(line.within for line in lines()) + NEAR.days
    rules = (replace(rule, within=longest) for line in lines() for rule in line.rules)
    return sought(rules, {"courier": courier}, as_of)


def compare(couriers: Sequence[Account], material: Material, as_of: date) -> Comparison:
    """The couriers side by side as of the end of a day (China's time)."""
    return Comparison(
        as_of=as_of,
        couriers=tuple(courier.id for courier in couriers),
        names={courier.id: courier.name for courier in couriers},
        lines=tuple(
            _measured(line, couriers, material.points.get(line.series, ()), as_of)
            if line.series
            else _counted(line, couriers, material.told, as_of)
            for line in lines()
        ),
    )


def only(made: Comparison, couriers: Collection[str]) -> Comparison:
    """The comparison of some of its couriers."""
    lines = (
        replace(line, cells=tuple(cell for cell in line.cells if cell.courier in couriers))
        for line in made.lines
    )
    kept = tuple(courier for courier in made.couriers if courier in couriers)
    return replace(made, couriers=kept, lines=tuple(lines))


def _counted(
    line: Line, couriers: Sequence[Account], told: Mapping[str, Sequence[EvidenceView]], as_of: date
) -> ComparedLine:
    cells = []
    since = as_of - timedelta(days=line.within)
    for courier in couriers:
        found = fitting(line.rules, told.get(courier.id, ()), {"courier": courier}, as_of)
        quotes = tuple(one for one in witnesses(found) if since < one.day <= as_of)
        shown = f"{len(quotes)}{STORIES}" if quotes else UNKNOWN
        value = float(len(quotes)) if quotes else None
        period = f"{since + timedelta(days=1)}/{as_of}"
        cells.append(Cell(courier.id, value, shown, STORIES, period, bool(quotes), quotes))
    period = f"{since + timedelta(days=1)}/{as_of}"
    return ComparedLine(line.id, line.label, line.en, line.better, period, tuple(cells))


def _measured(
    line: Line, couriers: Sequence[Account], points: Sequence[PointView], as_of: date
) -> ComparedLine:
    end = datetime.combine(as_of + timedelta(days=1), time(), CHINA)
    known = {
        courier.id: [
            point
            for point in points
            if point.subject == courier.id
            and point.dated_at < end
            and not (line.growth and point.yoy is None)
        ]
        for courier in couriers
    }
    shared = _shared_period(known)
    cells = tuple(_cell(line, courier.id, known[courier.id], shared, end) for courier in couriers)
    return ComparedLine(line.id, line.label, line.en, line.better, shared, cells)


def _shared_period(known: Mapping[str, Sequence[PointView]]) -> str:
    """The latest of the periods that at least half as many couriers share as the one most share."""
    told: dict[str, set[str]] = {}
    for courier, points in known.items():
        for point in points:
            told.setdefault(point.period, set()).add(courier)
    most = max((len(couriers) for couriers in told.values()), default=0)
    shared = [period for period, couriers in told.items() if len(couriers) >= max(2, most / 2)]
    # Of two that end in the same month the one more couriers share, then the longer one.
    return max(shared, key=lambda p: (period_order(p)[:2], len(told[p]), -period_order(p)[2]), default="")


def _cell(line: Line, courier: str, points: Sequence[PointView], shared: str, now: datetime) -> Cell:
    latest = max((point.period for point in points), key=period_order, default="")
    period = shared if any(point.period == shared for point in points) else latest
    told = [point for point in points if point.period == period]
    if not told:
        return Cell(courier, None, UNKNOWN, "", "", False, ())
    rated = _rated(told, line.growth, now)
    values = [
        Value(_value(p, line.growth), _shown(p, line.growth), e) for p, e in zip(told, rated, strict=True)
    ]
    first, agreeing, differing = told[0], [values[0].evidence], []
    for point, value in zip(told[1:], values[1:], strict=True):
        if _apart(first, point, line.growth):
            differing.append(value)
        else:
            agreeing.append(value.evidence)
    unit = "%" if line.growth else first.unit
    return Cell(
        courier,
        values[0].value,
        values[0].shown,
        unit,
        period,
        period == shared,
        tuple(agreeing),
        tuple(differing),
    )


def _value(point: PointView, growth: bool) -> float:
    return (point.yoy or 0.0) if growth else point.value


def _shown(point: PointView, growth: bool) -> str:
    return f"{point.yoy:+g}%" if growth else point.shown


def _apart(one: PointView, other: PointView, growth: bool) -> bool:
    return one.yoy != other.yoy if growth else differs(one, other)


def _rated(points: Sequence[PointView], growth: bool, now: datetime) -> list[Evidence]:
    """Each point as evidence: other sources of its value confirm it, those of another speak against it."""
    statements = [
        Statement(
            id=number,
            topic="",
            event=None if _apart(points[0], point, growth) else "same",
            stance="lowers" if _apart(points[0], point, growth) else "raises",
            couriers=(),
            problem="",
            story=point.story,
            owner=point.source_label,
            reliability=point.reliability,
            dated_at=point.dated_at,
        )
        for number, point in enumerate(points)
    ]
    rated = rate(statements, (), now)
    return [
        Evidence(
            quote=point.quote,
            place=None,
            day=point.dated_at.astimezone(CHINA).date(),
            title=point.title,
            url=point.url,
            source=point.source_label,
            reliability=point.reliability,
            credibility=rated[number].grade,
            why=rated[number].why,
            copies=(),
            story=point.story,
        )
        for number, point in enumerate(points)
    ]
