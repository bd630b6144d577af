"""Where jobs are seen, asked for, asked for again and ended, whether a worker runs or not.

In: a workspace. Out: `JobView`s as dbos keeps the jobs. What a person does to a job is an act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbos import DBOSClient, WorkflowStatus, error
from psycopg.errors import UndefinedTable
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.bootstrap import Workspace
from intel.jobs.engine import APPLICATION, LINE, jobs_url, options
from intel.jobs.schedule import Planned
from intel.jobs.views import STATES, JobView, NoJob, NoJobs
from intel.refusal import WrongState

NOBODY = "no worker has run here yet; start one with: intel serve"
_MOMENT = timedelta(milliseconds=1)  # as exactly as dbos keeps time, which it cuts off to


class Desk:
    """Jobs as anyone sees and asks for them, whether a worker runs or not."""

    def __init__(self, client: DBOSClient, engine: Engine) -> None:
        self._client = client
        self._engine = engine

    def listed(self, limit: int, states: Sequence[str] = (), kind: str = "", skip: int = 0) -> list[JobView]:
        """The last jobs, the newest first: of a kind or of all, without so many of them."""
        status = [one for one, state in STATES.items() if state in states] or None
        prefix = f"{kind}:" if kind else None
        found = self._client.list_workflows(
            name="job", status=status, workflow_id_prefix=prefix, limit=limit, offset=skip, sort_desc=True
        )
        return [_view(one) for one in found]

    def after(self, limit: int, state: str, kind: str, last: tuple[datetime, str] | None) -> list[JobView]:
        """The jobs after one, by when they were asked for and id, the newest first; one more than `limit`
        tells whether there are others."""

        def of(begin: datetime | None, end: datetime | None, most: int | None = None) -> list[JobView]:
            found = self._client.list_workflows(
                name="job",
                status=[one for one, named in STATES.items() if state == named] or None,
                workflow_id_prefix=f"{kind}:" if kind else None,
                start_time=(begin + _MOMENT / 2).isoformat() if begin else None,
                end_time=(end + _MOMENT / 2).isoformat() if end else None,
                limit=most,
                sort_desc=True,
            )
            return sorted(map(_view, found), key=lambda one: (-one.asked_at.timestamp(), one.id))

        began = [one for one in of(last[0], last[0]) if one.id > last[1]] if last else []
        rest = of(None, last[0] - _MOMENT if last else None, limit + 1)
        if len(rest) > limit:  # of those asked for at one moment with the last, dbos gave any
            edge = rest[-1].asked_at
            rest = [*(one for one in rest if one.asked_at > edge), *of(edge, edge)]
        return [*began, *rest]

    def job(self, identifier: str) -> JobView:
        """One job. Raises NoJob."""
        found = self._client.list_workflows(name="job", workflow_ids=[identifier])
        if not found:
            raise NoJob(f"no job {identifier!r}; see: intel jobs list")
        return _view(found[0])

    def ask(self, kind: str, subject: str, by: By) -> str:
        """Ask for a job now; gives back its id. Raises WrongState where one of it waits or runs."""
        one = Planned(kind, subject, "")
        identifier = _identifier(one)
        with self._noted(by, Act(Action.JOB_ASKED, identifier)):
            self._enqueue(one, identifier)
        return identifier

    def retry(self, identifier: str, by: By) -> str:
        """Ask again for a job that failed or was cancelled; gives back the new one's id.

        Raises NoJob, WrongState.
        """
        job = self.job(identifier)
        if job.state not in ("failed", "cancelled"):
            raise WrongState(
                f"job {identifier!r} is {job.state}; only what failed or was cancelled is tried again"
            )
        one = Planned(job.kind, job.subject, "")
        again = _identifier(one)
        with self._noted(by, Act(Action.JOB_RETRIED, identifier, {"state": job.state}, {"job": again})):
            self._enqueue(one, again)
        return again

    def cancel(self, identifier: str, by: By) -> None:
        """End a job that waits or runs. Raises NoJob, WrongState."""
        job = self.job(identifier)
        if job.state not in ("waiting", "running"):
            raise WrongState(f"job {identifier!r} is {job.state}; there is nothing to cancel")
        with self._noted(by, Act(Action.JOB_CANCELLED, identifier, {"state": job.state})):
            self._client.cancel_workflow(identifier)

    def strike(self, forgotten: Callable[[str], bool]) -> int:
        """Strike the jobs of forgotten sources off the list; how many."""
        kept = self._client.list_workflows(
            name="job", workflow_id_prefix="collect:", load_input=False, load_output=False
        )
        gone = [one.workflow_id for one in kept if forgotten(_source(one.workflow_id))]
        self._client.delete_workflows(gone)
        return len(gone)

    def _enqueue(self, one: Planned, identifier: str) -> None:
        try:
            self._client.enqueue(options(one, identifier), one.kind, one.subject)
        except error.DBOSQueueDeduplicatedError:
            raise WrongState(f"{one.name} waits or runs already; see: intel jobs list") from None

    @contextmanager
    def _noted(self, by: By, act: Act) -> Iterator[None]:
        """What is done inside, written down: what cannot be written down is not done.

        dbos has a transaction of its own: only a kill between its end and that of the act loses the act.
        """
        with Session(self._engine) as session, session.begin():
            note(session, by, act)
            yield


@contextmanager
def desk(workspace: Workspace) -> Iterator[Desk]:
    """The desk of an installation. Raises NoJobs where no worker has ever run."""
    kept = jobs_url(workspace.settings)
    url = make_url(kept)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise NoJobs(NOBODY)
    client = DBOSClient(system_database_url=kept, application_name=APPLICATION)
    try:
        yield Desk(client, workspace.engine)
    except ProgrammingError as trouble:
        if isinstance(trouble.orig, UndefinedTable):
            raise NoJobs(NOBODY) from None
        raise
    finally:
        client.destroy()


def _source(identifier: str) -> str:
    return identifier.partition(":")[2].partition("@")[0]


def _identifier(one: Planned) -> str:
    return f"{one.name}@{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _view(one: WorkflowStatus) -> JobView:
    kind, subject = one.input["args"] if one.input else ("", "")
    told = str(one.output or "") if one.error is None else str(one.error)
    return JobView(
        id=one.workflow_id,
        kind=kind,
        subject=subject,
        state=STATES[one.status],
        asked_at=_moment(one.created_at) or datetime.fromtimestamp(0, UTC),
        started_at=_moment(one.dequeued_at),
        ended_at=_moment(one.completed_at),
        worker=one.executor_id or "",
        told=" ".join(told.split())[:LINE],
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
