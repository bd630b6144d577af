"""Search: articles that hold all words, with facets, and searches to come back to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_core import to_json

from intel.api.access import Reader
from intel.api.asked import Number
from intel.api.desk import Desk
from intel.bookmarks import Bookmarks, SavedSearch
from intel.query import UnknownName
from intel.search import MOST_CHARACTERS, BadQuery
from intel.search_query import Search
from intel.views import FacetCount, Facets, Hit, SearchFilter, SearchPage
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import Asked, Visit, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FACETS = 10  # values that are shown of each
_ANSWER = TypeAdapter(tuple[SearchPage, Facets])


class Wanted(BaseModel):
    """What is searched, the facets chosen, and after which page."""

    q: str = Field("", max_length=MOST_CHARACTERS)
    account: str = Field("", max_length=100)
    topic: str = Field("", max_length=100)
    event: str = Field("", max_length=100)
    source: str = Field("", max_length=100)
    channel: str = Field("", max_length=100)
    month: str = Field("", pattern=r"^((19|2\d)\d\d-(0[1-9]|1[0-2]))?$")
    after: str = Field("", max_length=500)


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that hits share: how many do, and the address that chooses it, or drops it if chosen."""

    text: str
    count: int
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was found; `facets` by the name of what they choose."""

    wanted: Wanted
    bad: bool
    hits: Sequence[Hit]
    count: int
    most: bool
    facets: Sequence[tuple[str, Sequence[Facet]]]
    saved: Sequence[SavedSearch]
    query: str
    later: str
    earlier: str


@router.get("/search")
def search(asked: Asked, who: Reader, wanted: Annotated[Wanted, Query()]) -> Response:
    """Articles that hold the words, the best first."""
    page, facets, bad = _found(asked.desk, wanted, who.accounts)
    told = wanted.model_dump(exclude_defaults=True)
    view = SearchView(
        wanted=wanted,
        bad=bad,
        hits=page.hits,
        count=page.total,
        most=not page.exact,
        facets=[(name, _facets(asked, told, name, counts)) for name, counts in _named(facets) if counts],
        saved=Bookmarks(asked.desk.reading.engine).searches(who.user),
        query=link("", **told | {"after": ""}).removeprefix("?"),
        later=link("/search", **told | {"after": ""}) if wanted.after else "",
        earlier=link("/search", **told | {"after": page.after}) if page.after else "",
    )
    return asked.show("search_part.html.jinja" if asked.htmx else "search.html.jinja", view, who)


@router.post("/searches")
def save(
    asked: Asked, who: Reader, name: Annotated[str, Form(max_length=80)],
    query: Annotated[str, Form(max_length=1000)],
) -> Response:  # fmt: skip
    """Keep a search."""
    kept = name.strip() or query[:80]
    Bookmarks(asked.desk.workspace.engine).save(who.user, kept, query.lstrip("?"), asked.desk.now())
    return done(f"/search?{query}", "saved")


@router.post("/searches/{number}/forget")
def forget(number: Number, asked: Asked, who: Reader) -> Response:
    """Take a search away."""
    Bookmarks(asked.desk.workspace.engine).forget(who.user, number)
    return done("/search", "forgotten")


def _found(
    desk: Desk, wanted: Wanted, readers: frozenset[str] | None
) -> tuple[SearchPage, Facets | None, bool]:
    nothing = SearchPage((), 0, True, None)
    if not wanted.q.strip():
        return nothing, None, False
    first, last = _days(wanted.month)
    chosen = SearchFilter(
        **{f"{name}s": (value,) for name in _CHOICES if (value := getattr(wanted, name))},
        since=first,
        until=last,
        readers=readers,
    )
    search, after = Search(desk.reading.engine), wanted.after or None

    def work() -> bytes:
        return to_json((search.page(wanted.q, chosen, after=after), search.facets(wanted.q, chosen)))

    try:
        asked = ("search page", wanted.q, chosen, after)
        kept = desk.kept.answer(asked, desk.reading.query.searched_version, work)
        return *_ANSWER.validate_json(kept), False
    except (BadQuery, UnknownName):
        return nothing, None, True


_CHOICES = ("account", "topic", "event", "source", "channel")
# Whose labels are in the words of the page's language; names stay as they are.
_TABLES = {"topic": "topics", "event": "events", "channel": "channels"}


def _named(facets: Facets | None) -> list[tuple[str, Sequence[FacetCount]]]:
    if facets is None:
        return []
    return [(name, getattr(facets, f"{name}s")) for name in (*_CHOICES, "month")]


def _facets(
    asked: Visit, told: dict[str, object], name: str, counts: Sequence[FacetCount]
) -> Sequence[Facet]:
    rest = told | {"after": ""}
    found = []
    for one in counts[:FACETS]:
        chosen = told.get(name) == one.id
        text = asked.words.short(_TABLES[name], one.id) if name in _TABLES else one.label
        found.append(
            Facet(text, one.articles, chosen, link("/search", **rest | {name: "" if chosen else one.id}))
        )
    return found


def _days(month: str) -> tuple[date | None, date | None]:
    """The first and last day of a month, neither for none."""
    if not month:
        return None, None
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])
