"""Series: statistics of the nation, its regions and watched accounts, with growth and contradictions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from intel.api.access import Principal, Reader
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import missing
from intel.series import PointView, SeriesQuery, SeriesView, period_order
from pipelines.series_rules import rules

router = APIRouter(tags=["series"])


@router.get("/series")
def list_series(who: Reader, desk: AtDesk) -> list[SeriesView]:
    """Every series with how much of it is known, from when to when, and by whom."""
    return list(SeriesQuery(desk.reading.engine).listed(_hidden(desk, who)))


@router.get("/series/{series}/points")
def list_points(
    series: Annotated[str, Path(max_length=60, examples=["courier.price"])],
    who: Reader,
    desk: AtDesk,
    subject: Annotated[
        str | None, Query(max_length=60, description="全国, a region, or an account's id.", examples=["全国"])
    ] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[PointView]:
    """The values of a series by subject and period, the most reliable source of each first."""
    if series not in rules().series:
        raise missing("series", series)
    hidden = _hidden(desk, who)
    told = SeriesQuery(desk.reading.engine).points(series, subject)
    return paged([one for one in told if one.subject not in hidden], limit, cursor, _key)


def _key(one: PointView) -> tuple[str | int | float, ...]:
    moment = one.dated_at.isoformat()
    return one.subject, *period_order(one.period), one.reliability, moment, one.url, one.start, one.value


def _hidden(desk: Desk, who: Principal) -> frozenset[str]:
    """The accounts whose values may not be seen; those of the nation and its regions are everybody's."""
    if who.accounts is None:
        return frozenset()
    return frozenset(one.id for one in desk.reading.query.watched()) - who.accounts
