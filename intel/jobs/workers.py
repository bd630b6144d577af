"""Which workers live: each says so again and again; one that has not for long is taken for dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from intel.db import WorkerRow, read_only


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker: where it runs, since when, and when it last said that it lives."""

    id: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


class Workers:
    """The workers of one database. A worker is dead when it was not seen for `takeover`."""

    def __init__(self, engine: Engine, takeover: timedelta) -> None:
        self._engine = engine
        self._takeover = takeover

    def beat(self, worker: str, now: datetime) -> None:
        """That a worker of this process lives."""
        with Session(self._engine) as session, session.begin():
            seen = session.execute(update(WorkerRow).where(WorkerRow.id == worker).values(seen_at=now))
            if not seen.rowcount:  # type: ignore[attr-defined]  # of an update, a CursorResult
                host, pid = socket.gethostname(), os.getpid()
                session.add(WorkerRow(id=worker, host=host, pid=pid, started_at=now, seen_at=now))

    def leave(self, worker: str) -> None:
        """That a worker ends: what it leaves undone may be taken over at once."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(WorkerRow).where(WorkerRow.id == worker))

    def bury(self, now: datetime) -> None:
        """Strike the dead off the list."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now - self._takeover))

    def living(self, now: datetime) -> Sequence[WorkerView]:
        """Those seen lately, the oldest first."""
        lately = select(WorkerRow).where(WorkerRow.seen_at >= now - self._takeover)
        with Session(read_only(self._engine)) as session:
            return [
                WorkerView(row.id, row.host, row.pid, row.started_at, row.seen_at)
                for row in session.scalars(lately.order_by(WorkerRow.started_at, WorkerRow.id))
            ]
