"""Points of series kept with their article, and read back as series with sources and contradictions.

In: `pipelines.series.Point`s of an article, in the store's transaction. Out: `SeriesView` for what there
is, `PointView`s of one series: the most reliable source of a period first, with what contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from intel.db import ArticleRow, SeriesPointRow, SourceRow, quoted, read_only
from intel.model import Point
from intel.query import unknown
from pipelines.series_rules import rules

_SCALES = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<first>\d\d)/\d{4}-(?P<last>\d\d)|-(?P<part>\d\d|Q\d|H\d))?")
_MONTHS = {f"Q{quarter}": (quarter * 3 - 2, quarter * 3) for quarter in range(1, 5)}
_MONTHS |= {"H1": (1, 6), "H2": (7, 12)} | {f"{month:02d}": (month, month) for month in range(1, 13)}


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series of the table with how much of it is known; `sources` are the labels of who told it."""

    id: str
    label: str
    measure: str
    unit: str
    points: int
    subjects: tuple[str, ...]
    first: str | None
    last: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointView:
    """A value with its source. `contradicted`: another source tells another value for the period."""

    series: str
    subject: str
    period: str
    value: float
    step: float
    unit: str
    yoy: float | None
    quote: str
    dated_at: datetime
    title: str
    url: str
    source: str
    source_label: str
    reliability: str
    article: int
    story: int
    start: int
    end: int
    contradicted: bool = False

    @property
    def shown(self) -> str:
        """The value as a person writes it: 165.3亿件."""
        size, scale = next(((size, name) for size, name in _SCALES if self.value >= size), (1.0, ""))
        if scale == "万亿":  # 15018.3亿元 is how it is told
            size, scale = 1e8, "亿"
        decimals = max(0, len(f"{self.step / size:.8f}".rstrip("0").partition(".")[2]))
        return f"{self.value / size:.{decimals}f}{scale}{self.unit}"


def keep(session: Session, article_id: int, points: Iterable[Point]) -> None:
    """Keep an article's points in place of those kept of it before."""
    session.execute(delete(SeriesPointRow).where(SeriesPointRow.article_id == article_id))
    rows = [_row(point) | {"article_id": article_id} for point in points]
    if rows:
        session.execute(insert(SeriesPointRow), rows)


def _row(point: Point) -> dict[str, Any]:
    numbers = {
        "value": float(point.value),
        "step": float(point.step),
        "yoy": None if point.yoy is None else float(point.yoy),
    }
    return asdict(point) | numbers


class SeriesQuery:
    """Reads of the series of one database."""

    def __init__(self, engine: Engine | Connection) -> None:
        self._engine = read_only(engine)

    def listed(self, hidden: Collection[str] = ()) -> Sequence[SeriesView]:
        """Every series of the table, in its order, those without a point included.

        Values of the `hidden` subjects are not counted.
        """
        query = (
            select(SeriesPointRow.series, SeriesPointRow.subject, SeriesPointRow.period, SourceRow.label)
            .join(ArticleRow, ArticleRow.id == SeriesPointRow.article_id)
            .join(SourceRow, SourceRow.name == ArticleRow.source)
        )
        with Session(self._engine) as session:
            rows = [
                (row.series, row.subject, row.period, row.label)
                for row in session.execute(query)
                if row.subject not in hidden
            ]
        return [_series_view(series, rows) for series in rules().series]

    def subjects(self, series: str) -> Sequence[str]:
        """Whose values of a series there are. Raises UnknownName."""
        query = (
            select(SeriesPointRow.subject)
            .where(SeriesPointRow.series == known(series))
            .group_by(SeriesPointRow.subject)
            .order_by(func.count().desc(), SeriesPointRow.subject)
        )
        with Session(self._engine) as session:
            return session.scalars(query).all()

    def points(self, series: str, subject: str | None = None) -> Sequence[PointView]:
        """A series in order of subject and period, the most reliable source of each first.

        Copies of one report count once. Raises UnknownName.
        """
        query = _columns().where(SeriesPointRow.series == known(series))
        if subject is not None:
            query = query.where(SeriesPointRow.subject == subject)
        with Session(self._engine) as session:
            found = [PointView(**row) for row in session.execute(query).mappings()]
        found.sort(
            key=lambda p: (p.subject, period_order(p.period), p.reliability, p.dated_at, p.url, p.start)
        )
        told = groupby(found, key=lambda point: (point.subject, point.period))
        return [one for _, points in told for one in _weighed(list(points))]


def known(series: str) -> str:
    """The identifier, if the table has it. Raises UnknownName."""
    table = rules().series
    if series not in table:
        raise unknown("series", series, table, table)
    return series


def english(series: str) -> str:
    """What a series of the table is called in English."""
    return rules().series[series].en


def period_order(period: str) -> tuple[int, int, int]:
    """Year, last month and first month: what a period is sorted and drawn by."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"no period {period!r}")
    first, last = _MONTHS.get(match["part"] or "", (int(match["first"] or 1), int(match["last"] or 12)))
    return int(match["year"]), last, first


def _series_view(series: str, rows: Sequence[tuple[str, str, str, str]]) -> SeriesView:
    of_it = [row for row in rows if row[0] == series]
    periods = sorted({row[2] for row in of_it}, key=period_order)
    rule = rules().series[series]
    return SeriesView(
        id=series,
        label=rule.label,
        measure=rule.measure,
        unit=rule.unit,
        points=len({row[1:3] for row in of_it}),
        subjects=tuple(sorted({row[1] for row in of_it})),
        first=periods[0] if periods else None,
        last=periods[-1] if periods else None,
        sources=tuple(sorted({row[3] for row in of_it})),
    )


def _weighed(points: list[PointView]) -> list[PointView]:
    """The values told for one period, a copy of a report once, marked where they contradict each other."""
    once = list({(point.story, point.value): point for point in reversed(points)}.values())[::-1]
    return [replace(point, contradicted=any(differs(point, other) for other in once)) for point in once]


def differs(one: PointView, other: PointView) -> bool:
    """Whether two values are further apart than rounding makes them: 165.3亿 and 165.28亿 are one."""
    return abs(one.value - other.value) > (one.step + other.step) / 2 * 1.000001


def _columns() -> Select[Any]:
    row = SeriesPointRow
    return (
        select(
            row.series,
            row.subject,
            row.period,
            row.value,
            row.step,
            row.unit,
            row.yoy,
            quoted(row).label("quote"),
            ArticleRow.dated_at,
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.source,
            SourceRow.label.label("source_label"),
            SourceRow.reliability,
            ArticleRow.id.label("article"),
            ArticleRow.story_id.label("story"),
            row.start,
            row.end,
        )
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
    )
