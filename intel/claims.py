"""Messages taken out of the outbox to be delivered, by one process at a time and in order.

Of one account and destination only the oldest pending message may be claimed, and by one process, for as long
as its lease: so order is kept, and an account that is stuck holds up no other. What a claim ends with is only
written while the claim holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, Engine, func, select, update
from sqlalchemy.orm import Session

from intel.crm.connector import Message, Receipt
from intel.db import read_only
from intel.outbox import Entry, LinkRow, OutboxRow, State, entry


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to deliver, for as long as the lease; `attempt` counts from 1."""

    id: int
    token: str
    attempt: int
    message: Message


class Claims:
    """The outbox of one database, as those see it that deliver."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, destinations: Iterable[str], now: datetime, account: str | None = None) -> Sequence[Entry]:
        """The oldest message of each account and destination, where it can be delivered now."""
        oldest = select(func.min(OutboxRow.id)).where(OutboxRow.state == State.PENDING.value)
        oldest = oldest.group_by(OutboxRow.destination, OutboxRow.account)
        query = select(OutboxRow).where(
            OutboxRow.id.in_(oldest),
            OutboxRow.destination.in_(tuple(destinations)),
            OutboxRow.due_at <= now,
            (OutboxRow.claimed_until.is_(None)) | (OutboxRow.claimed_until <= now),
        )
        if account is not None:
            query = query.where(OutboxRow.account == account)
        with Session(read_only(self._engine)) as session:
            return [entry(row) for row in session.scalars(query.order_by(OutboxRow.id))]

    def claim(self, number: int, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a message to deliver it; None where another process was first."""
        token = uuid4().hex
        free = (OutboxRow.claimed_until.is_(None)) | (OutboxRow.claimed_until <= now)
        with Session(self._engine) as session, session.begin():
            taken = session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == number, OutboxRow.state == State.PENDING.value, free)
                .values(claim=token, claimed_until=now + lease, attempts=OutboxRow.attempts + 1)
                .execution_options(synchronize_session=False)
            )
            assert isinstance(taken, CursorResult)
            if not taken.rowcount:
                return None
            row = session.get_one(OutboxRow, number)
            links = select(LinkRow).where(
                LinkRow.destination == row.destination, LinkRow.account == row.account
            )
            message = Message(
                key=row.key,
                destination=row.destination,
                account=row.account,
                kind=row.kind,
                content=row.content,
                made_at=row.made_at,
                links={link.kind: link.external for link in session.scalars(links)},
            )
            return Claimed(number, token, row.attempts, message)

    def renew(self, claimed: Claimed, until: datetime) -> None:
        """Keep a message that is still being delivered; one that is no longer ours stays with who has it."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == claimed.id, OutboxRow.claim == claimed.token)
                .values(claimed_until=until)
                .execution_options(synchronize_session=False)
            )

    def delivered(self, claimed: Claimed, receipt: Receipt, now: datetime) -> None:
        """It took effect."""
        with Session(self._engine) as session, session.begin():
            ended = {"state": State.DELIVERED.value, "receipt": receipt.note, "error": "", "ended_at": now}
            if _ends(session, claimed, ended):
                for kind, external in receipt.links.items():
                    here = (claimed.message.destination, claimed.message.account)
                    session.merge(LinkRow(destination=here[0], account=here[1], kind=kind, external=external))

    def put_off(self, claimed: Claimed, why: str, until: datetime) -> None:
        """It is to be tried again."""
        with Session(self._engine) as session, session.begin():
            _ends(session, claimed, {"error": why, "due_at": until})

    def buried(self, claimed: Claimed, why: str, now: datetime) -> None:
        """It is given up: a person has to look at it."""
        with Session(self._engine) as session, session.begin():
            _ends(session, claimed, {"state": State.DEAD.value, "error": why, "ended_at": now})


def _ends(session: Session, claimed: Claimed, values: dict[str, Any]) -> bool:
    """End a claim, if it is still ours."""
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == claimed.id, OutboxRow.claim == claimed.token)
        .values(claim="", claimed_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)
