"""The acts of those who run the service: who did what to users, sources, rules, jobs or data, and why.

An act is written in the transaction of what it tells, and never changed: triggers of the database refuse it.
It holds no secret: of a password or a key only that there is another one. Acts that concern accounts are
seen by who may see all of these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Index, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from intel import dialects
from intel.db import Base, read_only, table_of

_ROWS = 200  # that are read at once


class Action(StrEnum):
    """What was done; the first word says to what."""

    USER_ADDED = "user_added"
    USER_ROLE = "user_role"
    USER_PASSWORD = "user_password"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_LINK = "user_link"
    KEY_ISSUED = "key_issued"
    KEY_REVOKED = "key_revoked"
    TEAM_SET = "team_set"
    TEAM_REMOVED = "team_removed"
    ACCOUNT_SET = "account_set"
    SOURCE_ADDED = "source_added"
    SOURCE_REMOVED = "source_removed"
    SOURCE_PAUSED = "source_paused"
    SOURCE_RESUMED = "source_resumed"
    RULE_SET = "rule_set"
    RULE_DROPPED = "rule_dropped"
    MESSAGE_REPLAYED = "message_replayed"
    MESSAGE_DROPPED = "message_dropped"
    JOB_ASKED = "job_asked"
    JOB_RETRIED = "job_retried"
    JOB_CANCELLED = "job_cancelled"
    DATA_LET_GO = "data_let_go"
    DATA_FORGOTTEN = "data_forgotten"
    DATA_CLEARED = "data_cleared"
    DATA_RESTORED = "data_restored"


class ActRow(Base):
    """An act. Triggers refuse every change and deletion; it points to nothing, so that nothing can take it
    along. `accounts` are those that it concerns."""

    __tablename__ = "act"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    accounts: Mapped[list[str]]

    __table_args__ = (Index(None, "action", "subject"),)


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, why, and when (aware)."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to what: a user's or a source's name, a key's number; how it stood before and after."""

    action: Action
    subject: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    accounts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ActView:
    """An act as it was written down."""

    id: int
    at: datetime
    who: str
    why: str
    action: Action
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def note(transaction: Session | Connection, by: By, act: Act) -> None:
    """Write an act down in the transaction of what it tells."""
    values = {
        "at": by.at,
        "who": by.who,
        "why": by.why.strip(),
        "action": act.action.value,
        "subject": act.subject,
        "before": dict(act.before),
        "after": dict(act.after),
        "accounts": sorted(act.accounts),
    }
    transaction.execute(insert(ActRow).values(values))


def forget_source(session: Session, name: str) -> None:
    """Take the name of a forgotten source out of what was done to it and to its jobs."""
    connection = session.connection()
    itself = ActRow.action.startswith("source_") & (ActRow.subject == name)
    of_it = itself | ActRow.action.startswith("job_") & ActRow.subject.startswith(f"collect:{name}@")
    with dialects.of(connection).unguarded(connection):
        connection.execute(update(table_of(ActRow)).where(of_it).values(subject="", before={}, after={}))


class Acts:
    """Reads of one database's acts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def listed(
        self, most: int | None = None, before: int | None = None, accounts: Collection[str] | None = None
    ) -> Sequence[ActView]:
        """The acts, the newest first: before a number, so many, that concern none but these accounts."""
        query = select(ActRow).order_by(ActRow.id.desc()).execution_options(yield_per=_ROWS)
        if before is not None:
            query = query.where(ActRow.id < before)
        with Session(self._engine) as session:
            return list(islice(_seen(session.scalars(query), accounts), most))

    def last(self, of: str) -> Mapping[str, ActView]:
        """By subject, the last act of those that begin with a word: user, team."""
        newest = (
            select(func.max(ActRow.id)).where(ActRow.action.startswith(f"{of}_")).group_by(ActRow.subject)
        )
        with Session(self._engine) as session:
            rows = session.scalars(select(ActRow).where(ActRow.id.in_(newest)))
            return {row.subject: _view(row) for row in rows}


def _seen(rows: Iterator[ActRow], accounts: Collection[str] | None) -> Iterator[ActView]:
    for row in rows:
        if accounts is None or set(row.accounts) <= set(accounts):
            yield _view(row)


def _view(row: ActRow) -> ActView:
    return ActView(row.id, row.at, row.who, row.why, Action(row.action), row.subject, row.before, row.after)
