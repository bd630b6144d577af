"""Series: statistics of the nation, its regions and watched accounts, with growth and contradictions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from intel.api.access import Reader
from intel.api.asked import Seen
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import missing
from intel.api.resource import Resource
from intel.series import PointView, SeriesView, period_order
from pipelines.series_rules import rules

router = Resource(tags=["series"])


@router.get("/series")
def list_series(_who: Reader, seen: Seen) -> list[SeriesView]:
    """Every series with how much of it is known, from when to when, and by whom."""
    return list(seen.series())


@router.get("/series/{series}/points")
def list_points(
    series: Annotated[str, Path(max_length=60, examples=["courier.price"])],
    _who: Reader,
    seen: Seen,
    subject: Annotated[
        str | None, Query(max_length=60, description="全国, a region, or an account's id.", examples=["全国"])
    ] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[PointView]:
    """The values of a series by subject and period, the most reliable source of each first."""
    if series not in rules().series:
        raise missing("series", series)
    return paged(seen.points(series, subject), limit, cursor, _key)


def _key(one: PointView) -> tuple[str | int | float, ...]:
    moment = one.dated_at.isoformat()
    return one.subject, *period_order(one.period), one.reliability, moment, one.url, one.start, one.value
