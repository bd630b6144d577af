"""Articles with what was read in them, and stories with all their copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from markupsafe import Markup

from intel.api.access import Reader
from intel.api.asked import Number
from intel.told import Copy, Place, Told, ToldArticle
from intel.views import FindingView
from intel.web.accounts import names
from intel.web.edge import PageRoute
from intel.web.site import Asked, highlighted

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article's text with the chosen finding marked, and what else was read in it."""

    article: ToldArticle
    title: Markup
    text: Markup
    chosen: Place | None
    findings: Sequence[tuple[Place, str]]
    rated: Mapping[int, FindingView]
    events: Sequence[tuple[Place, str]]
    mentions: Sequence[tuple[Place, str]]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story: its copies in the order they were published, and of whom they speak."""

    number: int
    copies: Sequence[Copy]
    owners: int


@router.get("/articles/{number}")
def article(number: Number, asked: Asked, who: Reader, finding: int = 0) -> Response:
    """An article, one finding in it highlighted."""
    sight = asked.sight(who)
    told = Told(asked.desk.reading.engine).article(sight.article(number))
    seen = [
        one
        for one in told.places
        if (sight.plays(one.id) if one.kind == "event" else who.may_see(one.account))
    ]
    chosen = next((one for one in seen if one.kind == "finding" and one.id == finding), None)
    head = len(told.title) + 1
    view = ArticlePage(
        article=told,
        title=highlighted(told.title, _spans(seen, chosen, 0, head)),
        text=highlighted(told.text, _spans(seen, chosen, head, len(told.content))),
        chosen=chosen,
        findings=_of(told, seen, "finding"),
        rated={one.id: one for one in asked.desk.reading.query.findings_in(told.id)},
        events=_of(told, seen, "event"),
        mentions=_of(told, seen, "mention"),
        names=names(asked),
    )
    return asked.show("article.html.jinja", view, who)


@router.get("/stories/{number}")
def story(number: Number, asked: Asked, who: Reader) -> Response:
    """All copies of a report that may be seen: who was first, and what each adds."""
    seen = asked.sight(who).story(number)
    copies = Told(asked.desk.reading.engine).copies([one.article for one in seen.articles])
    owners = len({one.article.owner for one in copies})
    return asked.show("story.html.jinja", StoryPage(number, copies, owners), who)


def _spans(places: Sequence[Place], chosen: Place | None, start: int, end: int) -> dict[tuple[int, int], str]:
    """What to mark of a part of the content: the chosen finding, else names and findings around them."""
    spans: dict[tuple[int, int], str] = {}
    for one in places:
        if one.kind == "event" or not start <= one.start < one.end <= end:
            continue
        within_chosen = chosen and one is not chosen and one.start < chosen.end and one.end > chosen.start
        if not within_chosen and (one.kind == "mention" or one.state == "kept"):
            spans.setdefault((one.start - start, one.end - start), one.kind)
    if chosen and start <= chosen.start < chosen.end <= end:
        spans[chosen.start - start, chosen.end - start] = "chosen"
    return spans


def _of(told: ToldArticle, places: Sequence[Place], kind: str) -> Sequence[tuple[Place, str]]:
    return [(one, told.content[one.start : one.end]) for one in places if one.kind == kind]
