"""Messages to the CRM: added in the transaction of what caused them, listed, replayed, dropped.

`intel.claims` takes them out to be delivered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Engine, Index, Integer, Row, Select, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intel.acts import Act, Action, By, note
from intel.crm.connector import Message
from intel.db import Base, by_statement, read_only
from intel.refusal import Refusal, WrongState


class State(StrEnum):
    """How far a message has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


class OutboxRow(Base):
    """A message; `error` says why its last try failed, or why it was dropped."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    destination: Mapped[str]
    account: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=State.PENDING.value)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claim: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    receipt: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("destination", "key"), Index(None, "state", "destination", "account"))


class LinkRow(Base):
    """What a destination calls a thing of an account: its number for the party, for the opportunity."""

    __tablename__ = "crm_link"
    destination: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    external: Mapped[str]


class ToldRow(Base):
    """The verdict and the gaps of an account that were told last, as a digest."""

    __tablename__ = "verdict_told"
    account: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in the outbox, as people see it."""

    id: int
    destination: str
    account: str
    kind: str
    state: State
    attempts: int
    made_at: datetime
    due_at: datetime
    ended_at: datetime | None
    error: str
    receipt: str
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a long list: with smaller numbers than `before`, at most `most`.

    `accounts` are those of which messages may be seen, None for all; on all of them are those of "".
    """

    destination: str = ""
    accounts: Collection[str] | None = None
    before: int | None = None
    most: int | None = None


WHOLE = Part()
_SHOWN = tuple(getattr(OutboxRow, one.name) for one in fields(Entry))  # not what they tell: that is long
_LATEST = (
    select(*_SHOWN, func.count().filter(OutboxRow.state == State.PENDING.value).over().label("waiting"))
    .where(OutboxRow.account == bindparam("account"))
    .order_by(OutboxRow.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


class NoMessage(Refusal, ValueError):
    """A message that does not exist."""


def enqueue(session: Session, message: Message) -> bool:
    """Add a message in the caller's transaction. False where that destination has had one of this key."""
    known = select(OutboxRow.id).where(
        OutboxRow.destination == message.destination, OutboxRow.key == message.key
    )
    if session.scalar(known) is not None:
        return False
    session.add(
        OutboxRow(
            key=message.key,
            destination=message.destination,
            account=message.account,
            kind=message.kind,
            content=dict(message.content),
            made_at=message.made_at,
            due_at=message.made_at,
        )
    )
    return True


def tell_verdict(session: Session, account: str, digest: str, now: datetime) -> bool:
    """Note what is told of an account's verdict now. False where that was told last already."""
    row = session.get(ToldRow, account)
    if row is not None and row.digest == digest:
        return False
    session.merge(ToldRow(account=account, digest=digest, at=now))
    return True


class Outbox:
    """The outbox of one database, as people see it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(
        self, state: State | None = None, account: str | None = None, part: Part = WHOLE
    ) -> Sequence[Entry]:
        """The messages, the newest first."""
        query = select(*_SHOWN).order_by(OutboxRow.id.desc())
        if state is not None:
            query = query.where(OutboxRow.state == state.value)
        if account is not None:
            query = query.where(OutboxRow.account == account)
        if part.destination:
            query = query.where(OutboxRow.destination == part.destination)
        if part.before is not None:
            query = query.where(OutboxRow.id < part.before)
        with by_statement(self._engine).connect() as connection:
            return [entry(row) for row in connection.execute(_seen(query, part.accounts).limit(part.most))]

    def latest(self, account: str, most: int) -> tuple[Sequence[Entry], int]:
        """The last messages on an account, the newest first, and how many of all on it wait."""
        with by_statement(self._engine).connect() as connection:
            rows = connection.execute(_LATEST, {"account": account, "most": most}).all()
        return [entry(row) for row in rows], rows[0].waiting if rows else 0

    def counts(self, accounts: Collection[str] | None = None) -> Mapping[State, int]:
        """How many messages there are in each state, of some accounts or of all."""
        query = _seen(select(OutboxRow.state, func.count()).group_by(OutboxRow.state), accounts)
        with by_statement(self._engine).connect() as connection:
            found = {State(state): int(count) for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in State}

    def shown(self, number: int) -> tuple[Entry, dict[str, Any]]:
        """A message with its content. Raises NoMessage."""
        with Session(read_only(self._engine)) as session:
            row = _row(session, number)
            return entry(row), row.content

    def replay(self, number: int, by: By) -> Entry:
        """Deliver a dead or delivered message again, from its first attempt. Raises NoMessage, WrongState."""
        with Session(self._engine) as session, session.begin():
            row = _row(session, number)
            if row.state not in (State.DEAD.value, State.DELIVERED.value):
                raise WrongState(
                    f"message {number} is {row.state}; only dead and delivered ones are replayed"
                )
            if not row.content:
                raise WrongState(f"what message {number} told is forgotten; it cannot be sent again")
            note(session, by, _act(Action.MESSAGE_REPLAYED, row))
            row.state, row.attempts, row.due_at = State.PENDING.value, 0, by.at
            row.error, row.claim, row.claimed_until, row.ended_at = "", "", None, None
            return entry(row)

    def drop(self, number: int, by: By) -> Entry:
        """Never deliver a message that is pending or dead; its content goes. Raises NoMessage, WrongState."""
        with Session(self._engine) as session, session.begin():
            row = _row(session, number)
            if row.state not in (State.DEAD.value, State.PENDING.value):
                raise WrongState(f"message {number} is {row.state}; only pending and dead ones are dropped")
            note(session, by, _act(Action.MESSAGE_DROPPED, row))
            withdraw(row, by.why, by.at)
            return entry(row)


def _act(action: Action, row: OutboxRow) -> Act:
    told = {"state": row.state, "destination": row.destination, "kind": row.kind}
    return Act(action, str(row.id), before=told, accounts=[row.account])


def _seen(query: _Query, accounts: Collection[str] | None) -> _Query:
    return query if accounts is None else query.where(OutboxRow.account.in_(accounts))


def withdraw(row: OutboxRow, why: str, now: datetime) -> None:
    """Empty a message that must not go out, and say why."""
    row.state, row.error, row.ended_at = State.DROPPED.value, why, now
    row.content, row.claim, row.claimed_until = {}, "", None


def empty(session: Session, find: Callable[[str], Iterable[object]], now: datetime) -> int:
    """Empty the messages in which something is found; those still to be sent are dropped. How many."""
    held = 0
    for row in session.scalars(select(OutboxRow)):
        if not any(True for _ in find(json.dumps(row.content, ensure_ascii=False))):
            continue
        held += 1
        if row.state in (State.PENDING.value, State.DEAD.value):
            withdraw(row, "what it told is forgotten", now)
        row.content = {}
    session.flush()
    return held


def _row(session: Session, number: int) -> OutboxRow:
    row = session.get(OutboxRow, number)
    if row is None:
        raise NoMessage(f"no message {number}; see: intel outbox list")
    return row


def entry(row: OutboxRow | Row[*tuple[Any, ...]]) -> Entry:
    """A row as people see it."""
    return Entry(
        id=row.id,
        destination=row.destination,
        account=row.account,
        kind=row.kind,
        state=State(row.state),
        attempts=row.attempts,
        made_at=row.made_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        error=row.error,
        receipt=row.receipt,
        key=row.key,
    )
