"""Lists too long to be had at once: events, stories, findings page by page, and which articles may be seen.

A page goes on after the last row of the page before, by the values that the rows are ordered by; so a row
that comes in between neither repeats nor hides another. `accounts` are those whose files may be seen, None
for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    false,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from intel.days import begin_of, end_of
from intel.db import (
    ArgumentRow,
    ArticleRow,
    EventRow,
    FindingRow,
    MentionRow,
    NoticeAccountRow,
    SourceRow,
    quoted,
    read_only,
)
from intel.query import UnknownName, place
from intel.ratings import reliability
from intel.views import ArgumentView, EventFilter, EventView, StoryView, Telling

Accounts = Collection[str] | None


@dataclass(frozen=True, slots=True)
class Part:
    """So many rows after the one with these values; None begins at the first."""

    limit: int
    after: Sequence[Any] | None = None


class Lists:
    """Reads of one database, page by page."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def events(self, chosen: EventFilter, part: Part, accounts: Accounts) -> Sequence[EventView]:
        """Events, the newest first, then by number."""
        query = _events(chosen).where(_playing(accounts))
        if part.after is not None:
            at, number = datetime.fromisoformat(part.after[0]), int(part.after[1])
            earlier = and_(ArticleRow.dated_at == at, EventRow.id < number)
            query = query.where(or_(ArticleRow.dated_at < at, earlier))
        return self._read(query.order_by(ArticleRow.dated_at.desc(), EventRow.id.desc()).limit(part.limit))

    def event(self, number: int, accounts: Accounts) -> EventView:
        """One event. Raises UnknownName."""
        found = self._read(_events(EventFilter()).where(EventRow.id == number, _playing(accounts)))
        if not found:
            raise UnknownName(f"no event {number}")
        return found[0]

    def _read(self, query: Select[Any]) -> Sequence[EventView]:
        with Session(self._engine) as session:
            rows = [dict(row) for row in session.execute(query).mappings()]
            parts = _arguments(session, [row["id"] for row in rows])
        return [EventView(**row, arguments=tuple(parts.get(row["id"], ()))) for row in rows]

    def stories(self, account: str | None, part: Part, accounts: Accounts) -> Sequence[StoryView]:
        """Stories that tell of an account, or all, the newest first."""
        seen = [seen_by(accounts), seen_by(None if account is None else [account])]
        query = select(ArticleRow.story_id).where(*seen).distinct()
        if part.after is not None:
            query = query.where(ArticleRow.story_id < int(part.after[0]))
        with Session(self._engine) as session:
            ids = session.scalars(query.order_by(ArticleRow.story_id.desc()).limit(part.limit)).all()
            return _stories(session, ids, accounts)

    def story(self, number: int, accounts: Accounts) -> StoryView:
        """One story. Raises UnknownName."""
        with Session(self._engine) as session:
            found = _stories(session, [number], accounts)
        if not found:
            raise UnknownName(f"no story {number}")
        return found[0]

    def seen(self, articles: Collection[int], accounts: Accounts) -> frozenset[int]:
        """Those of some articles that may be seen."""
        query = select(ArticleRow.id).where(ArticleRow.id.in_(articles), seen_by(accounts))
        with Session(self._engine) as session:
            return frozenset(session.scalars(query))

    def mentioned(self, number: int) -> str | None:
        """The account that a mention names, if there is one of this number."""
        with Session(self._engine) as session:
            return session.scalar(select(MentionRow.account_id).where(MentionRow.id == number))

    def plays(self, event: int, accounts: Accounts) -> bool:
        """Whether one of the accounts plays a part in an event."""
        with Session(self._engine) as session:
            return (
                session.scalar(select(EventRow.id).where(EventRow.id == event, _playing(accounts)))
                is not None
            )


def seen_by(accounts: Accounts) -> ColumnElement[bool]:
    """Of articles, those that name one of the accounts or tell something of it."""
    if accounts is None:
        return true()
    if not accounts:
        return false()
    telling = union(
        *(
            select(row.article_id).where(row.account_id.in_(accounts))
            for row in (MentionRow, FindingRow, NoticeAccountRow)
        )
    )
    return ArticleRow.id.in_(telling)


def _playing(accounts: Accounts) -> ColumnElement[bool]:
    """Of events, those in which one of the accounts plays a part."""
    if accounts is None:
        return true()
    return EventRow.id.in_(select(ArgumentRow.event_id).where(ArgumentRow.account_id.in_(accounts)))


def _events(chosen: EventFilter) -> Select[Any]:
    columns = (
        *(EventRow.id, EventRow.type, EventRow.trigger, EventRow.status, EventRow.rule),
        *(EventRow.start, EventRow.end, place(EventRow).label("place")),
        quoted(EventRow).label("quote"),
        *(ArticleRow.dated_at, ArticleRow.title, ArticleRow.url, ArticleRow.source),
        *(ArticleRow.id.label("article"), ArticleRow.story_id.label("story")),
        *(SourceRow.label.label("source_label"), SourceRow.channel, reliability()),
    )
    query = (
        select(*columns)
        .join(ArticleRow, ArticleRow.id == EventRow.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
    )
    if chosen.account is not None:
        query = query.where(_playing([chosen.account]))
    if chosen.type is not None:
        query = query.where(EventRow.type == chosen.type)
    if chosen.status is not None:
        query = query.where(EventRow.status == chosen.status)
    if chosen.since is not None:
        query = query.where(ArticleRow.dated_at >= begin_of(chosen.since))
    if chosen.until is not None:
        query = query.where(ArticleRow.dated_at <= end_of(chosen.until))
    return query


def _arguments(session: Session, events: Sequence[int]) -> Mapping[int, list[ArgumentView]]:
    query = (
        select(ArgumentRow)
        .where(ArgumentRow.event_id.in_(events))
        .order_by(ArgumentRow.start, ArgumentRow.id)
    )
    found: dict[int, list[ArgumentView]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.event_id].append(ArgumentView(row.role, row.text, row.account_id))
    return found


def _stories(session: Session, ids: Sequence[int], accounts: Accounts) -> Sequence[StoryView]:
    """The stories of these numbers, in that order, as far as they may be seen."""
    query = (
        select(ArticleRow, SourceRow.label, reliability())
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .where(ArticleRow.story_id.in_(ids), seen_by(accounts))
        .order_by(ArticleRow.dated_at, ArticleRow.id)
    )
    told: dict[int, list[Telling]] = defaultdict(list)
    for one, label, letter in session.execute(query):
        told[one.story_id].append(Telling(one.id, one.title, one.url, label, letter, one.dated_at))
    return [StoryView(number, tuple(told[number])) for number in ids if number in told]
