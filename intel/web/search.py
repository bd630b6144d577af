"""Search: articles that hold all words, with facets, and searches to come back to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field

from intel.api.access import Reader
from intel.bookmarks import Bookmarks, SavedSearch
from intel.config import CHINA
from intel.search import BadQuery
from intel.views import Hit
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import Asked, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LOOKED_AT, PAGE, FACETS = 300, 20, 10


class Wanted(BaseModel):
    """What is searched, and the facets chosen."""

    q: str = Field("", max_length=200)
    source: str = ""
    month: str = ""
    page: int = Field(1, ge=1)


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that hits share: how many do, and the address that chooses it, or drops it if chosen."""

    text: str
    count: int
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """What was found."""

    wanted: Wanted
    bad: bool
    hits: Sequence[Hit]
    count: int
    most: bool
    sources: Sequence[Facet]
    months: Sequence[Facet]
    saved: Sequence[SavedSearch]
    query: str
    later: str
    earlier: str


@router.get("/search")
def search(asked: Asked, who: Reader, wanted: Annotated[Wanted, Query()]) -> Response:
    """Articles that hold all words, the best first."""
    found, bad = _found(asked.desk.reading.query.search, wanted.q)
    if who.accounts is not None:  # field reports are seen from the files of their accounts only
        found = [one for one in found if one.url.startswith("http")]
    fitting = [one for one in found if _fits(one, wanted)]
    start = (wanted.page - 1) * PAGE
    view = SearchView(
        wanted=wanted,
        bad=bad,
        hits=fitting[start : start + PAGE],
        count=len(fitting),
        most=len(found) == LOOKED_AT,
        sources=_facets(found, wanted, "source", lambda hit: hit.source_label),
        months=sorted(_facets(found, wanted, "month", _month), key=lambda one: one.text, reverse=True),
        saved=Bookmarks(asked.desk.reading.engine).searches(who.user),
        query=link("", **_told(wanted) | {"page": ""}).removeprefix("?"),
        later=link("/search", **_told(wanted) | {"page": wanted.page - 1}) if wanted.page > 1 else "",
        earlier=link("/search", **_told(wanted) | {"page": wanted.page + 1})
        if len(fitting) > start + PAGE
        else "",
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
def forget(number: int, asked: Asked, who: Reader) -> Response:
    """Take a search away."""
    Bookmarks(asked.desk.workspace.engine).forget(who.user, number)
    return done("/search", "forgotten")


def _found(find: Callable[[str, int], Sequence[Hit]], text: str) -> tuple[Sequence[Hit], bool]:
    try:
        return (find(text, LOOKED_AT), False) if text.strip() else ((), False)
    except BadQuery:
        return (), True


def _facets(found: Iterable[Hit], wanted: Wanted, name: str, value: Callable[[Hit], str]) -> Sequence[Facet]:
    """The values of a facet among what the other facets leave."""
    told = _told(wanted) | {"page": ""}
    free = wanted.model_copy(update={name: ""})
    counted = Counter(value(one) for one in found if _fits(one, free))
    chosen = getattr(wanted, name)
    return [
        Facet(text, count, text == chosen, link("/search", **told | {name: "" if text == chosen else text}))
        for text, count in counted.most_common(FACETS)
    ]


def _fits(hit: Hit, wanted: Wanted) -> bool:
    return wanted.source in ("", hit.source_label) and wanted.month in ("", _month(hit))


def _month(hit: Hit) -> str:
    return f"{hit.dated_at.astimezone(CHINA):%Y-%m}"


def _told(wanted: Wanted) -> dict[str, object]:
    return wanted.model_dump(exclude_defaults=True)
