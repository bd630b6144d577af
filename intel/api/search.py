"""Search: articles that hold a text, the best first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from intel.api.access import Reader
from intel.api.desk import AtDesk
from intel.api.paging import MOST
from intel.lists import Lists
from intel.views import Hit

router = APIRouter(tags=["search"])


@router.get("/search")
def search(
    q: Annotated[
        str,
        Query(min_length=1, max_length=200, description="Words that must all occur.", examples=["爆仓"]),
    ],
    who: Reader,
    desk: AtDesk,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
) -> list[Hit]:
    """Articles that hold all words of a text, each as a phrase."""
    if who.accounts is None:
        return list(desk.reading.query.search(q, limit))
    hits = desk.reading.query.search(q, MOST * 25)
    seen = Lists(desk.reading.engine).seen([hit.article for hit in hits], who.accounts)
    return [hit for hit in hits if hit.article in seen][:limit]
