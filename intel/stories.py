"""Which story an article belongs to: connected components of `same_report`, in any reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from intel.config import CHINA
from intel.db import ArgumentRow, ArticleRow, EventRow, MentionRow, ReportKeyRow, StoryRow
from intel.model import COUNTED
from pipelines.dedupe import Fingerprint, Report, same_report

# A key that so many articles share says nothing (a template, a daily series): it is not followed.
CROWDED = 200


def open_story(session: Session) -> int:
    """The number of a new story."""
    story = StoryRow()
    session.add(story)
    session.flush()
    return story.id


def join(session: Session, article: ArticleRow) -> None:
    """Merge the article's story with those of its copies and rewrites; the oldest number stays."""
    report = _reports(session, [article.id])[article.id]
    candidates = _reports(session, _candidates(session, article.id))
    same = [number for number, other in candidates.items() if same_report(report, other)]
    if same:
        told = set(session.scalars(select(ArticleRow.story_id).where(ArticleRow.id.in_(same))))
        _merge(session, told | {article.story_id})


def leave(session: Session, article: ArticleRow) -> None:
    """Give the article a story of its own; what it alone held together falls apart."""
    story = article.story_id
    article.story_id = open_story(session)
    session.flush()
    left = session.scalars(select(ArticleRow.id).where(ArticleRow.story_id == story)).all()
    first, *others = _components(_reports(session, left)) or [()]
    if not first:
        session.execute(delete(StoryRow).where(StoryRow.id == story))
    for members in others:
        _move(session, members, open_story(session))


def _candidates(session: Session, article_id: int) -> Sequence[int]:
    mine = select(ReportKeyRow.key).where(ReportKeyRow.article_id == article_id)
    telling = (
        select(ReportKeyRow.key)
        .where(ReportKeyRow.key.in_(mine))
        .group_by(ReportKeyRow.key)
        .having(func.count() <= CROWDED)
    )
    others = select(ReportKeyRow.article_id).where(
        ReportKeyRow.key.in_(telling), ReportKeyRow.article_id != article_id
    )
    return session.scalars(others.distinct()).all()


def _reports(session: Session, articles: Sequence[int]) -> dict[int, Report]:
    if not articles:
        return {}
    accounts: dict[int, set[str]] = {number: set() for number in articles}
    events: dict[int, set[tuple[str, str]]] = {number: set() for number in articles}
    for number, named in session.execute(
        select(MentionRow.article_id, MentionRow.account_id).where(MentionRow.article_id.in_(articles))
    ):
        accounts[number].add(named)
    for number, kind, account, name in session.execute(
        select(EventRow.article_id, EventRow.type, ArgumentRow.account_id, ArgumentRow.text)
        .join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
        .where(EventRow.article_id.in_(articles), EventRow.status.in_(COUNTED), ArgumentRow.role == "subject")
    ):
        events[number].add((kind, account or name))
    rows = session.scalars(
        select(ArticleRow).where(ArticleRow.id.in_(articles)).options(undefer(ArticleRow.fingerprint))
    )
    return {
        row.id: Report(
            fingerprint=Fingerprint.from_bytes(row.fingerprint),
            published=row.published_at.astimezone(CHINA).date() if row.published_at else None,
            accounts=frozenset(accounts[row.id]),
            events=frozenset(events[row.id]),
        )
        for row in rows
    }


def _components(reports: dict[int, Report]) -> list[tuple[int, ...]]:
    waiting = set(reports)
    components = []
    while waiting:
        reached = {min(waiting)}
        edge = set(reached)
        while edge:
            waiting -= edge
            edge = {b for b in waiting if any(same_report(reports[a], reports[b]) for a in edge)}
            reached |= edge
        components.append(tuple(sorted(reached)))
    return components


def _merge(session: Session, told: set[int]) -> None:
    kept, *merged = sorted(told)
    if merged:
        session.execute(update(ArticleRow).where(ArticleRow.story_id.in_(merged)).values(story_id=kept))
        session.execute(delete(StoryRow).where(StoryRow.id.in_(merged)))


def _move(session: Session, articles: Iterable[int], story: int) -> None:
    session.execute(update(ArticleRow).where(ArticleRow.id.in_(articles)).values(story_id=story))
