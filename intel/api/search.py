"""Search: articles that hold a text, the best first, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic_core import to_json

from intel.api.access import Reader
from intel.api.desk import AtDesk, Desk
from intel.api.paging import MOST
from intel.api.resource import Resource
from intel.search import MOST_CHARACTERS
from intel.search_query import Search
from intel.views import Facets, SearchFilter, SearchPage

router = Resource(tags=["search"])

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=MOST_CHARACTERS,
        description='Words and "phrases" that must all occur; -word for what must not, OR for either.',
        examples=["爆仓"],
    ),
]
Some = Annotated[list[str], Query(max_length=20)]


async def _chosen(
    who: Reader,
    account: Some = [],  # noqa: B006 (FastAPI copies defaults)
    event: Some = [],  # noqa: B006
    topic: Some = [],  # noqa: B006
    source: Some = [],  # noqa: B006
    channel: Some = [],  # noqa: B006
    since: date | None = None,
    until: date | None = None,
) -> SearchFilter:
    return SearchFilter(
        accounts=tuple(account),
        events=tuple(event),
        topics=tuple(topic),
        sources=tuple(source),
        channels=tuple(channel),
        since=since,
        until=until,
        readers=who.accounts,
    )


Chosen = Annotated[SearchFilter, Depends(_chosen)]


@router.get("/search", response_model=SearchPage)
def search(
    q: Words,
    chosen: Chosen,
    desk: AtDesk,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
    after: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Articles that hold a text, the best first; `after` of a page asks for the one that follows."""
    searched = Search(desk.reading.engine)
    return _kept(desk, (q, chosen, limit, after), lambda: searched.page(q, chosen, limit, after))


@router.get("/search/facets", response_model=Facets)
def facets(q: Words, chosen: Chosen, desk: AtDesk) -> Response:
    """What the newest matches are about: accounts, topics, events, sources, channels, months."""
    return _kept(desk, ("facets", q, chosen), lambda: Search(desk.reading.engine).facets(q, chosen))


def _kept(desk: Desk, asked: Hashable, work: Callable[[], object]) -> Response:
    """An answer as JSON, worked out once until the index changes."""
    version = desk.reading.query.searched_version
    body = desk.kept.answer(("search", asked), version, lambda: to_json(work()))
    return Response(body, media_type="application/json")
