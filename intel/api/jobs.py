"""Jobs: what runs, waits, is done or failed; an operator asks again for one, or ends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Path, Query

from intel.api.access import Operator
from intel.api.asked import UNSAID, Acting, Seen
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, page, part
from intel.api.resource import Resource
from intel.jobs.views import JobView, NoJobs

if TYPE_CHECKING:
    from intel.jobs.desk import Desk as JobDesk

router = Resource(tags=["jobs"])
JobName = Annotated[
    str, Path(max_length=200, description="Its id.", examples=["collect:wire@2026-11-20T06:30Z"])
]
State = Annotated[
    Literal["waiting", "running", "done", "failed", "cancelled"] | None, Query(description="Only in it.")
]
Kind = Annotated[
    str | None,
    Query(max_length=40, description="Only of it: `intel jobs schedule`.", examples=["read"]),
]
_FIRST = datetime.fromtimestamp(0, UTC)  # no job is older


@contextmanager
def at_desk(desk: Desk) -> Iterator[JobDesk]:
    """Where jobs are seen and asked for. Raises NoJobs where no worker has ever run."""
    from intel.jobs.desk import desk as of  # loads dbos, which all else does without

    with of(desk.workspace) as at:
        yield at


@router.get("/jobs")
def list_jobs(
    _who: Operator,
    desk: AtDesk,
    state: State = None,
    kind: Kind = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[JobView]:
    """The jobs of the last 30 days, those asked for last first; none where no worker has ever run."""
    asked = part(limit, cursor, (datetime, str))
    last = (max(datetime.fromisoformat(asked.after[0]), _FIRST), asked.after[1]) if asked.after else None
    try:
        with at_desk(desk) as at:
            found = at.after(limit, state or "", kind or "", last)
    except NoJobs:
        found = []
    return page(found, limit, lambda one: (one.asked_at.isoformat(), one.id))


@router.get("/jobs/{job}")
def get_job(job: JobName, _who: Operator, desk: AtDesk) -> JobView:
    """One job: how it stands, and what it did or why not."""
    with at_desk(desk) as at:
        return at.job(job)


@router.post("/jobs/{job}/retry", status_code=201)
def retry_job(job: JobName, _who: Operator, seen: Seen, desk: AtDesk, acting: Acting = UNSAID) -> JobView:
    """Ask again for a job that failed or was cancelled; the answer is the new one."""
    with at_desk(desk) as at:
        return at.job(at.retry(job, seen.by(acting.why)))


@router.post("/jobs/{job}/cancel")
def cancel_job(job: JobName, _who: Operator, seen: Seen, desk: AtDesk, acting: Acting = UNSAID) -> JobView:
    """End a job that waits or runs; what it has done stays."""
    with at_desk(desk) as at:
        at.cancel(job, seen.by(acting.why))
        return at.job(job)
