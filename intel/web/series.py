"""Series: which there are, and each as a chart with the source of every value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from intel.api.access import Reader
from intel.quantities import ENGLISH
from intel.series import PointView, SeriesView, english, period_order
from intel.web.accounts import names
from intel.web.drawing import COLOURS, Numbers, Picture, lines
from intel.web.edge import PageRoute
from intel.web.language import Words
from intel.web.site import Asked

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SeriesListView:
    """All series of which something is known, and what they are called in English."""

    known: Sequence[SeriesView]
    english: dict[str, str]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series: a picture for each length of period, and its values with their sources."""

    series: SeriesView
    called: str
    unit: str
    subject: str
    subjects: Sequence[tuple[str, str]]
    pictures: Sequence[tuple[str, Picture]]
    points: Sequence[PointView]
    names: dict[str, str]


@router.get("/series")
def listed(asked: Asked, who: Reader) -> Response:
    """Every series of which a value is known."""
    known = [one for one in asked.sight(who).series() if one.points]
    view = SeriesListView(known, {one.id: english(one.id) for one in known})
    return asked.show("series.html.jinja", view, who)


@router.get("/series/{name}")
def one(name: str, asked: Asked, who: Reader, subject: str = "") -> Response:
    """A series, of one subject or all. Raises UnknownName."""
    every = asked.sight(who).points(name)
    points = [one for one in every if subject in ("", one.subject)]
    told = Counter(one.subject for one in every)
    called = names(asked)
    series = next(view for view in asked.sight(who).series() if view.id == name)
    view = SeriesPage(
        series=series,
        called=series.label if asked.words.chinese else english(name),
        unit=series.unit if asked.words.chinese else ENGLISH[series.unit].strip(),
        subject=subject,
        subjects=[(one, called.get(one, one)) for one, _ in told.most_common()],
        pictures=_pictures(points, called, asked.words),
        points=sorted(points, key=lambda p: (period_order(p.period), p.subject), reverse=True),
        names=called,
    )
    return asked.show("series_one.html.jinja", view, who)


def _pictures(points: Sequence[PointView], called: dict[str, str], words: Words) -> list[tuple[str, Picture]]:
    """Months with months, quarters with quarters: values of unlike periods are on no one scale."""
    kinds: dict[str, list[PointView]] = {}
    for point in points:
        kinds.setdefault(_kind(point.period), []).append(point)
    drawn = [(kind, _picture(of_it, called, words)) for kind, of_it in kinds.items()]
    return [(kind, picture) for kind, picture in drawn if picture is not None]


def _kind(period: str) -> str:
    _year, last, first = period_order(period)
    return {1: "month", 3: "quarter", 6: "half", 12: "year"}.get(last - first + 1, "span")


def _picture(points: Sequence[PointView], called: dict[str, str], words: Words) -> Picture | None:
    periods = sorted({point.period for point in points}, key=period_order)
    if len(periods) < 2:
        return None
    subjects = list(dict.fromkeys(point.subject for point in points))[:COLOURS]
    # The most reliable source of a period comes first, and is drawn.
    best = {(point.subject, point.period): point for point in reversed(points)}
    rows = [[best.get((subject, period)) for period in periods] for subject in subjects]
    return lines(
        Numbers(
            rows=[called.get(one, one) for one in subjects],
            columns=[period.removeprefix("20") for period in periods],
            values=[[point.value if point else None for point in row] for row in rows],
            titles=[
                [
                    f"{point.period} · {words.quantity(point.shown)} · {point.source_label}" if point else ""
                    for point in row
                ]
                for row in rows
            ],
            chinese=words.chinese,
        )
    )
