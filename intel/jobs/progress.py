"""How far a job that runs has come, by what it has kept so far: whoever does it, on whichever machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intel.db import PageRow, read_only
from intel.jobs.views import JobView
from intel.outbox import OutboxRow, State


@dataclass(frozen=True, slots=True)
class Progress:
    """So many are done, or are left to do: what of, says `of`, pages or messages."""

    of: str
    count: int
    left: bool = False


def progress(engine: Engine, job: JobView) -> Progress | None:
    """How far a job is; None for one that does not run or leaves no trace while it does."""
    count = _COUNTS.get(job.kind) if job.state == "running" else None
    if count is None:
        return None
    with Session(read_only(engine)) as session:
        return count(session, job)


def _collected(session: Session, job: JobView) -> Progress:
    since = job.started_at or job.asked_at
    query = select(func.count()).where(PageRow.source == job.subject, PageRow.fetched_at >= since)
    return Progress("pages", session.scalar(query) or 0)


def _unread(session: Session, _: JobView) -> Progress:
    query = select(func.count()).where(PageRow.state == "new")
    return Progress("pages", session.scalar(query) or 0, left=True)


def _waiting(session: Session, _: JobView) -> Progress:
    query = select(func.count()).where(OutboxRow.state == State.PENDING.value)
    return Progress("messages", session.scalar(query) or 0, left=True)


_COUNTS: Mapping[str, Callable[[Session, JobView], Progress]] = {
    "collect": _collected,
    "read": _unread,
    "deliver": _waiting,
}
