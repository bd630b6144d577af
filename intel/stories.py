"""Which story an article belongs to: those that `pipelines.dedupe` tells apart, in any reading order.

What is read changes one family: those that it is related to become one, which is told apart into stories
anew. What analysts say comes before it: an article split off is alone whatever it resembles, and articles
that they merged are one story.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from intel.config import CHINA
from intel.db import ArticleRow, ReportKeyRow, StoryRow
from intel.review_word import Links
from pipelines import dedupe
from pipelines.dedupe import CROWDED, related
from pipelines.reports import Report

Happening = tuple[str, str]  # event type and subject
Numbered = dict[int, list[str]]  # stories by number, each as its articles' addresses
Part = tuple[int, ...]  # articles that are one story or one family, in order
Parting = Callable[[Mapping[int, Report]], list[Part]]


def open_story(session: Session, family: int | None = None) -> int:
    """The number of a new story, which has a family of its own unless it is told one."""
    story = StoryRow(family_id=_new_family(session) if family is None else family)
    session.add(story)
    session.flush()
    return story.id


def join(session: Session, article: ArticleRow, links: Links) -> None:
    """Make one family of the article's and those of what it is related to, and tell its stories apart."""
    candidates = _candidates(session, article, links)
    same = list(_merged_with(session, article, links))
    if candidates:
        told = reports(session, [article.id, *candidates])
        same += [number for number in candidates if related(told[article.id], told[number])]
    if same:
        stories = select(ArticleRow.story_id).where(ArticleRow.id.in_([article.id, *same]))
        joined = select(StoryRow.family_id).where(StoryRow.id.in_(stories)).distinct()
        family, *others = sorted(session.scalars(joined))
        session.execute(update(StoryRow).where(StoryRow.family_id.in_(others)).values(family_id=family))
        members = session.execute(_of_family(family)).all()
        urls = {article: url for article, url, _ in members}
        parts = parted(urls, reports(session, urls), links)
        _tell(session, {article: story for article, _, story in members}, parts, family)


def leave(session: Session, article: ArticleRow, links: Links) -> None:
    """Give the article a story and a family of its own; what it alone held together falls apart."""
    own = session.get_one(StoryRow, article.story_id)
    family = own.family_id
    members = session.execute(_of_family(family).where(ArticleRow.id != article.id)).all()
    if not members:  # it has one, and keeps its number
        return
    if any(story == own.id for _, _, story in members):
        article.story_id = open_story(session)
    else:
        own.family_id = _new_family(session)
    session.flush()
    urls = {other: url for other, url, _ in members}
    told = reports(session, urls)
    _tell(session, {other: story for other, _, story in members}, parted(urls, told, links), family)
    for part in parted(urls, told, links, dedupe.families)[1:]:
        stories = select(ArticleRow.story_id).where(ArticleRow.id.in_(part))
        session.execute(
            update(StoryRow).where(StoryRow.id.in_(stories)).values(family_id=_new_family(session))
        )


def _new_family(session: Session) -> int:
    """A number that no family has; one writes at a time."""
    return (session.scalar(select(func.max(StoryRow.family_id))) or 0) + 1


def _of_family(family: int) -> Select[int, str, int]:
    """The articles of a family, with their addresses and stories."""
    row = ArticleRow
    of = select(row.id, row.url, row.story_id).join(StoryRow, StoryRow.id == row.story_id)
    return of.where(StoryRow.family_id == family).order_by(row.id)


def _tell(session: Session, former: Mapping[int, int], parts: Sequence[Part], family: int) -> None:
    """Make these parts the stories of a family's articles, which had the `former` ones.

    A story's number goes where most of it goes; of several the oldest stays.
    """
    numbers: dict[Part, int] = {}
    for number, articles in sorted(_members(former).items()):
        numbers.setdefault(max(parts, key=lambda part: (len(articles & {*part}), -part[0])), number)
    for part in parts:
        number = numbers.get(part) or open_story(session, family)
        if moved := [article for article in part if former[article] != number]:
            _move(session, moved, number)
    gone = {*former.values()} - {*numbers.values()}
    session.execute(delete(StoryRow).where(StoryRow.id.in_(gone)))


def retell(
    session: Session, article: ArticleRow, before: Collection[Happening], since: Collection[Happening]
) -> bool:
    """Let an article's report be of its day and tell what happened as analysts corrected both.

    `before` and `since` are what reviews make of its events. Tells whether the report is another one now.
    """
    report = Report.from_bytes(article.report)
    told = corrected(report, article.published_at, before, since)
    if told == report:
        return False
    article.report = told.to_bytes()
    of_article = ReportKeyRow.article_id == article.id
    session.execute(delete(ReportKeyRow).where(of_article, ReportKeyRow.key.in_(report.keys)))
    if told.keys:
        rows = [{"article_id": article.id, "key": key} for key in sorted(told.keys)]
        session.execute(insert(ReportKeyRow), rows)
    session.flush()
    return True


def corrected(
    report: Report, at: datetime | None, before: Collection[Happening], since: Collection[Happening]
) -> Report:
    """A report as it is once its article is of a moment, and tells other events than before."""
    day = at.astimezone(CHINA).date() if at else None
    return replace(report, published=day, events=report.events.difference(before).union(since))


def join_again(session: Session, urls: Iterable[str], links: Links) -> None:
    """Work out anew the stories of articles after analysts said something else of them."""
    articles = session.scalars(
        select(ArticleRow).where(ArticleRow.url.in_(urls)).order_by(ArticleRow.id)
    ).all()
    for article in articles:
        leave(session, article, links)
        join(session, article, links)
        session.expire_all()


def renumber(session: Session, stories: Mapping[int, frozenset[str]]) -> None:
    """Give stories of exactly these articles (addresses) their former numbers, as far as these are free."""
    found = {number: _told_by(session, urls) for number, urls in stories.items()}
    moving = {number: articles for number, articles in found.items() if articles}
    for number, articles in moving.items():  # out of each other's way first: two may have changed places
        _move_all(session, articles, -number)
    for number, articles in moving.items():
        free = session.get(StoryRow, number) is None
        _move_all(session, articles, number if free else open_story(session))
    session.expire_all()


def numbers(session: Session) -> dict[int, int]:
    """The number of each article's story."""
    return dict(session.execute(select(ArticleRow.id, ArticleRow.story_id)).all())


def regrouped(session: Session, former: Mapping[int, int]) -> Numbered:
    """The stories that are no longer what they were when these were the `numbers`, as they were then."""
    before, now = _members(former), _members(numbers(session))
    gone = {number: articles for number, articles in before.items() if now.get(number) != articles}
    rows = session.execute(
        select(ArticleRow.id, ArticleRow.url).where(ArticleRow.id.in_(set().union(*gone.values())))
    )
    urls = dict(rows.all())
    return {number: [urls[one] for one in sorted(articles)] for number, articles in gone.items()}


def _members(told: Mapping[int, int]) -> dict[int, set[int]]:
    members: dict[int, set[int]] = {}
    for article, number in told.items():
        members.setdefault(number, set()).add(article)
    return members


def _told_by(session: Session, urls: frozenset[str]) -> list[int]:
    """The articles of these addresses if they are one story and all of it."""
    rows = session.execute(select(ArticleRow.id, ArticleRow.story_id).where(ArticleRow.url.in_(urls))).all()
    told = {story for _, story in rows}
    whole = select(func.count()).select_from(ArticleRow).where(ArticleRow.story_id.in_(told))
    alone = len(told) == 1 and len(rows) == len(urls) == session.scalar(whole)
    return [article for article, _ in rows] if alone else []


def _move_all(session: Session, articles: Sequence[int], number: int) -> None:
    """Give a whole story another number."""
    former = session.scalar(select(ArticleRow.story_id).where(ArticleRow.id == articles[0]))
    if session.get(StoryRow, number) is None:
        session.add(StoryRow(id=number, family_id=session.get_one(StoryRow, former).family_id))
        session.flush()
    _move(session, articles, number)
    session.execute(delete(StoryRow).where(StoryRow.id == former))
    session.expire_all()


def sharing(session: Session, article: int, report: Report) -> Sequence[int]:
    """The articles that share a telling key with an article's report, as it is or was."""
    return _sharing(session, article, report.keys)


def _sharing(session: Session, article: int, keys: Collection[str] | Select[Any]) -> Sequence[int]:
    telling = (
        select(ReportKeyRow.key)
        .where(ReportKeyRow.key.in_(keys))
        .group_by(ReportKeyRow.key)
        .having(func.count() <= CROWDED)
    )
    others = select(ReportKeyRow.article_id).where(
        ReportKeyRow.key.in_(telling), ReportKeyRow.article_id != article
    )
    return session.scalars(others.distinct()).all()


def _candidates(session: Session, article: ArticleRow, links: Links) -> Sequence[int]:
    """The articles that share a telling key; none with what stands alone."""
    if article.url in links.alone:
        return ()
    mine = select(ReportKeyRow.key).where(ReportKeyRow.article_id == article.id)
    found = _sharing(session, article.id, mine)
    if not links.alone or not found:
        return found
    urls = session.execute(select(ArticleRow.id, ArticleRow.url).where(ArticleRow.id.in_(found)))
    return [number for number, url in urls if url not in links.alone]


def _merged_with(session: Session, article: ArticleRow, links: Links) -> Sequence[int]:
    """The articles that an analyst merged with this one."""
    urls = frozenset[str]().union(*(group for group in links.together if article.url in group))
    if not urls:
        return ()
    found = select(ArticleRow.id).where(ArticleRow.url.in_(urls), ArticleRow.id != article.id)
    return session.scalars(found).all()


def parted(
    urls: Mapping[int, str], told: Mapping[int, Report], links: Links, part: Parting = dedupe.stories
) -> list[Part]:
    """The stories among articles, or their families, by what they tell and what analysts say of them."""
    alone = [number for number, url in urls.items() if url in links.alone]
    others = {number: told[number] for number in urls if number not in alone}
    parts = [set(each) for each in part(others)]
    parts += [{number} for number in alone]
    for group in links.together:
        linked = {number for number, url in urls.items() if url in group}
        touched = [each for each in parts if each & linked]
        if len(touched) > 1:
            parts = [each for each in parts if each not in touched] + [set().union(*touched)]
    return sorted(tuple(sorted(each)) for each in parts)


def reports(session: Session, articles: Collection[int]) -> dict[int, Report]:
    """What is kept of articles to know copies and rewrites of them by."""
    rows = session.execute(select(ArticleRow.id, ArticleRow.report).where(ArticleRow.id.in_(articles)))
    return {number: Report.from_bytes(report) for number, report in rows}


def _move(session: Session, articles: Iterable[int], story: int) -> None:
    session.execute(update(ArticleRow).where(ArticleRow.id.in_(list(articles))).values(story_id=story))
