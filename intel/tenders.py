"""Procurement notices kept and read: an article's notice goes in with its reading, lists and expiries out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.orm import Session

from intel.db import ArticleRow, NoticeAccountRow, NoticeRow, PlaceRow, SourceRow, read_only
from intel.notice import Expiry, Notice, expiring, procurement_key


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice with the article it stands in."""

    article: int
    title: str
    url: str
    source_label: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class ExpiryView:
    """A contract that runs out, with the words that say so and where they stand."""

    end: date
    estimated: bool
    recurring: bool
    quote: str
    place: str
    notice: NoticeView


@cache
def _facts() -> TypeAdapter[Notice]:
    return TypeAdapter(Notice)


def keep_notice(session: Session, article_id: int, notice: Notice | None) -> None:
    """Keep an article's notice in place of any earlier one; None takes it away."""
    session.execute(delete(NoticeRow).where(NoticeRow.article_id == article_id))
    if notice is None:
        return
    session.execute(
        insert(NoticeRow).values(
            article_id=article_id,
            kind=notice.kind.value,
            procurement=procurement_key(notice.number.text) if notice.number else "",
            published=notice.published,
            deadline=notice.deadline.at if notice.deadline else None,
            ends=notice.term.end if notice.term else None,
            facts=_facts().dump_python(notice, mode="json"),
        )
    )
    for account in sorted(notice.accounts):
        session.execute(insert(NoticeAccountRow).values(article_id=article_id, account_id=account))


def keep_places(session: Session, article_id: int, pages: Sequence[tuple[int, int, str]]) -> None:
    """Keep where the parts of a document's text stand, in place of what was kept earlier."""
    session.execute(delete(PlaceRow).where(PlaceRow.article_id == article_id))
    rows = [{"article_id": article_id, "start": s, "end": e, "label": label} for s, e, label in pages]
    if rows:
        session.execute(insert(PlaceRow), rows)


class Tenders:
    """Reads of the notices of one database."""

    def __init__(self, engine: Engine | Connection) -> None:
        self._engine = read_only(engine)

    def notices(self, account: str | None = None) -> Sequence[NoticeView]:
        """The notices, newest first: all, or those in which an account buys or wins."""
        query = (
            select(NoticeRow, ArticleRow, SourceRow.label)
            .join(ArticleRow, ArticleRow.id == NoticeRow.article_id)
            .join(SourceRow, SourceRow.name == ArticleRow.source)
            .order_by(ArticleRow.dated_at.desc(), ArticleRow.id)
        )
        if account is not None:
            named = select(NoticeAccountRow.article_id).where(NoticeAccountRow.account_id == account)
            query = query.where(NoticeRow.article_id.in_(named))
        with Session(self._engine) as session:
            return [_view(row, article, label) for row, article, label in session.execute(query)]

    def expiring(self, today: date, within_days: int, account: str | None = None) -> Sequence[ExpiryView]:
        """Contracts that end within so many days, soonest first, of all notices or of an account's."""
        # A later notice of a procurement may not name the account, so chains are built from all.
        views = {id(view.notice): view for view in self.notices()}
        found = expiring((view.notice for view in views.values()), today, within_days)
        ours = {view.article for view in self.notices(account)} if account else None
        with Session(self._engine) as session:
            return [
                _expiry(session, one, views[id(one.notice)], views[id(one.told)].article)
                for one in found
                if ours is None or views[id(one.notice)].article in ours
            ]


def place(session: Session, article_id: int, start: int) -> str:
    """What to call the place of a document that a quote begins in; "" for a web page."""
    query = select(PlaceRow.label).where(
        PlaceRow.article_id == article_id, PlaceRow.start <= start, PlaceRow.end > start
    )
    return session.scalar(query) or ""


def _view(row: NoticeRow, article: ArticleRow, label: str) -> NoticeView:
    return NoticeView(article.id, article.title, article.url, label, _facts().validate_python(row.facts))


def _expiry(session: Session, found: Expiry, view: NoticeView, told: int) -> ExpiryView:
    article = session.get_one(ArticleRow, told)
    content = f"{article.title}\n{article.text}"
    quote = content[found.evidence.start : found.evidence.end]
    label = place(session, told, found.evidence.start)
    return ExpiryView(found.end, found.estimated, found.recurring, quote, label, view)
