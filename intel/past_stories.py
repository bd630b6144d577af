"""Which stories articles were at a moment: what reviews, and readings, of later joined or parted is undone.

In: what was different then. Out: the articles that had another story, with its number where that is known; a
story of which no review kept the number has that of an article, negative.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from intel import stories
from intel.db import ArticleRow, StoryRow
from intel.model import Review
from intel.review_force import stories_before
from intel.review_word import Links
from intel.stories import Part
from pipelines.dedupe import related
from pipelines.reports import Report


@dataclass(frozen=True, slots=True)
class Moved:
    """What was different: `links` as they were said, `reports` that told other days or events, the reviews
    that `turned`, and all `later` ones from the last one back. Nothing was read after `read_until`.
    """

    links: Links
    reports: Mapping[int, Report]
    turned: Sequence[Review]
    later: Sequence[Review]
    read_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Told:
    """An article by its address, and its story as it is now."""

    url: str
    story: int


def moved(session: Session, then: Moved) -> Mapping[int, int]:
    """The story of each article that had another one then."""
    groups = _groups(session, then)
    now = {article: told for group in groups for article, told in group.items()}
    parts = [part for group in groups for part in _parts(session, then, group)]
    numbers = _numbered(parts, now, _kept(then.later, now))
    return {one: number for part, number in numbers.items() for one in part if now[one].story != number}


def _groups(session: Session, then: Moved) -> list[dict[int, _Told]]:
    """Articles to be told apart anew: all that reviews concern as one, else each family that grew later."""
    concerned = set(session.scalars(_families().where(ArticleRow.id.in_(_concerned(session, then)))))
    groups: dict[int, dict[int, _Told]] = {}
    for article, url, story, family in _members(session, then, concerned):
        groups.setdefault(0 if family in concerned else family, {})[article] = _Told(url, story)
    return list(groups.values())


def _families() -> Select[int]:
    """The families of articles."""
    return select(StoryRow.family_id).join(ArticleRow, ArticleRow.story_id == StoryRow.id)


def _members(session: Session, then: Moved, concerned: Collection[int]) -> Iterable[Row[int, str, int, int]]:
    """What was read of the families that are concerned or that grew since."""
    row, family = ArticleRow, StoryRow.family_id
    query = select(row.id, row.url, row.story_id, family).join(StoryRow, StoryRow.id == row.story_id)
    if then.read_until is None:
        return session.execute(query.where(family.in_(concerned)))
    grown = _families().where(row.read_at > then.read_until)
    either = family.in_(concerned) | family.in_(grown)
    return session.execute(query.where(either, row.read_at <= then.read_until))


def _concerned(session: Session, then: Moved) -> set[int]:
    """The articles that turned reviews are about, with those that they were one report with.

    And those that a later review regrouped: an article may have left a story and come back since.
    """
    about = {url for review in then.turned for url in _articles_of(review)}
    about |= {url for review in then.later for told in stories_before(review).values() for url in told}
    about |= {url for group in then.links.together if group & about for url in group}
    found = set(session.scalars(select(ArticleRow.id).where(ArticleRow.url.in_(about))))
    for number in sorted(found | then.reports.keys()):
        report = _reports(session, then, [number])[number]
        others = _reports(session, then, stories.sharing(session, number, report))
        found |= {number} | {one for one, other in others.items() if related(report, other)}
    return found


def _articles_of(review: Review) -> Iterator[str]:
    """The articles that a merge or a split is about; what other reviews regroup tells their reports."""
    if "articles" in review.target:
        yield from review.target["articles"]
    elif "alone" in review.after:
        yield review.target["url"]


def _reports(session: Session, then: Moved, articles: Collection[int]) -> dict[int, Report]:
    told = stories.reports(session, articles)
    return told | {one: then.reports[one] for one in articles if one in then.reports}


def _parts(session: Session, then: Moved, group: Mapping[int, _Told]) -> Sequence[Part]:
    if len(group) == 1:
        return [tuple(group)]
    urls = {article: told.url for article, told in group.items()}
    return stories.parted(urls, _reports(session, then, group.keys()), then.links)


def _kept(later: Iterable[Review], now: Mapping[int, _Told]) -> Mapping[Part, int]:
    """The numbers that reviews kept of stories; of several that of the earliest review."""
    articles = {told.url: article for article, told in now.items()}
    return {
        tuple(sorted(articles[url] for url in told)): story
        for review in later
        for story, told in stories_before(review).items()
        if told <= articles.keys()
    }


def _numbered(
    parts: Iterable[Part], now: Mapping[int, _Told], kept: Mapping[Part, int]
) -> Mapping[Part, int]:
    """A number for each story, no two the same: the one kept of it, else that of its first article now."""
    parts = list(parts)
    found = {part: kept[part] for part in parts if part in kept}
    taken = set(found.values())
    for part in parts:
        if part not in found:
            number = now[part[0]].story
            found[part] = -part[0] if number in taken else number
            taken.add(found[part])
    return found
