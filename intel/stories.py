"""Which story an article belongs to: connected components of `same_report`, in any reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from intel.db import ArticleRow, ReportKeyRow, StoryRow
from pipelines.dedupe import CROWDED, Report, components, same_report


def open_story(session: Session) -> int:
    """The number of a new story."""
    story = StoryRow()
    session.add(story)
    session.flush()
    return story.id


def join(session: Session, article: ArticleRow) -> None:
    """Merge the article's story with those of its copies and rewrites; the oldest number stays."""
    candidates = _candidates(session, article.id)
    if not candidates:
        return
    reports = _reports(session, [article.id, *candidates])
    same = [number for number in candidates if same_report(reports[article.id], reports[number])]
    if same:
        told = set(session.scalars(select(ArticleRow.story_id).where(ArticleRow.id.in_(same))))
        _merge(session, told | {article.story_id})


def leave(session: Session, article: ArticleRow) -> None:
    """Give the article a story of its own; what it alone held together falls apart."""
    story = article.story_id
    article.story_id = open_story(session)
    session.flush()
    left = session.scalars(select(ArticleRow.id).where(ArticleRow.story_id == story)).all()
    first, *others = components(_reports(session, left)) or [()]
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
    rows = session.execute(select(ArticleRow.id, ArticleRow.report).where(ArticleRow.id.in_(articles)))
    return {number: Report.from_bytes(report) for number, report in rows}


def _merge(session: Session, told: set[int]) -> None:
    kept, *merged = sorted(told)
    if merged:
        session.execute(update(ArticleRow).where(ArticleRow.story_id.in_(merged)).values(story_id=kept))
        session.execute(delete(StoryRow).where(StoryRow.id.in_(merged)))


def _move(session: Session, articles: Iterable[int], story: int) -> None:
    session.execute(update(ArticleRow).where(ArticleRow.id.in_(articles)).values(story_id=story))
