"""The one place that knows dbos: a worker that does jobs, and a desk at which they are asked for and seen.

dbos keeps each job in its own tables and lets one worker have it. What it lacks is made here: moments that
were missed are made up once, not one by one; and jobs of a worker that is gone are put back into their queue
by any worker that lives.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from dbos import DBOS, DBOSConfig, EnqueueOptions, error
from sqlalchemy import make_url

from intel.bootstrap import Workspace
from intel.config import Settings
from intel.jobs.child import UNDONE
from intel.jobs.kinds import KINDS, QUEUES, Undone
from intel.jobs.schedule import Planned, plan
from intel.jobs.workers import Workers
from intel.parent import GRACE

APPLICATION = "intel"
# Of the jobs, not of the program: dbos gives jobs of another version to no worker.
VERSION = "1"
# Seconds before a job that broke is tried again. Not dbos's own retries: they hear of no cancel and no stop.
WAITS = (20.0, 80.0)
LOOK = 0.5  # seconds between two looks at a running job
KEEP = timedelta(days=30)  # that ended jobs stay listed
LINE = 300  # characters of an error that are kept

log = logging.getLogger(__name__)


class Stopped(BaseException):
    """A job that its worker left undone: dbos keeps an Exception as a job's end, but not this."""


class Broken(RuntimeError):
    """A job whose process broke: its last line on standard error."""


def jobs_url(settings: Settings) -> str:
    """Where dbos keeps its tables: beside a SQLite database, or in PostgreSQL in a schema of their own."""
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{settings.folder.absolute() / 'jobs.db'}"
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


# What a worker does


@DBOS.workflow(name="job", max_recovery_attempts=20)
def _job(kind: str, subject: str) -> str:
    return _work(kind, subject)


@DBOS.step(name="work")
def _work(kind: str, subject: str) -> str:
    return _worker.do(kind, subject)


class Worker:
    """Does jobs of some queues from `start` to `stop`, and sees to it that the planned ones are asked for."""

    def __init__(self, workspace: Workspace, queues: Sequence[str] = tuple(QUEUES)) -> None:
        self._workspace = workspace
        self._settings = workspace.settings
        self._takeover = timedelta(seconds=self._settings.takeover_seconds)
        self._workers = Workers(workspace.engine, self._takeover)
        self._queues = queues
        self._stopping = threading.Event()
        self._asked: set[str] = set()
        self._tidied: date | None = None
        self._said = datetime.now(UTC)  # when it last said that it lives
        self._judges = False
        self._clock = threading.Thread(target=self._tick, name="jobs", daemon=True)
        self.id = uuid.uuid4().hex[:12]

    def start(self) -> None:
        """Begin, in threads of this process."""
        global _worker
        _worker = self
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": jobs_url(self._settings),
            "executor_id": self.id,
            "application_version": VERSION,
            "log_level": "CRITICAL",  # it logs the traceback of every job that failed
        }
        DBOS(config=config)
        DBOS.listen_queues(list(self._queues))
        self._beat(datetime.now(UTC))
        DBOS.launch()
        for name, most in QUEUES.items():
            DBOS.register_queue(name, worker_concurrency=most, on_conflict="always_update")
        self._clock.start()

    def stop(self) -> None:
        """Let running jobs stop by themselves, then leave; what is undone is taken over at once."""
        self._stopping.set()
        self._clock.join()
        DBOS.destroy(workflow_completion_timeout_sec=int(GRACE))
        self._workers.leave(self.id)

    def do(self, kind: str, subject: str) -> str:
        """Do a job in a process of its own, again if that breaks. Raises Undone, Broken or Stopped."""
        cancelled = _cancelled(DBOS.workflow_id or "")
        for pause in (*WAITS, None):
            with _Child(kind, subject, self._settings) as child:
                while not child.ended() and not self._stopping.is_set() and not cancelled():
                    pass
            if self._stopping.is_set() and not child.done:
                raise Stopped
            if cancelled():
                raise Undone("cancelled")
            try:
                return child.told()
            except Broken:
                if pause is None:
                    raise
            self._pause(pause, cancelled)
        raise AssertionError("the last try has no pause")

    def _pause(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Wait before another try. Raises Stopped."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not cancelled():
            if self._stopping.wait(LOOK):
                raise Stopped

    def _tick(self) -> None:
        every = self._takeover.total_seconds() / 4
        while not self._stopping.is_set():
            now = datetime.now(UTC)
            for turn in (self._beat, self._take_over, self._ask, self._tidy):
                try:
                    turn(now)
                except Exception as trouble:  # noqa: BLE001
                    # The one edge of this thread: whatever a table or a database has wrong for now, the
                    # worker must go on saying that it lives, and try again.
                    log.error("jobs: %s: %s", type(trouble).__name__, trouble)
            self._stopping.wait(min(every, 5.0))

    def _beat(self, now: datetime) -> None:
        self._workers.beat(self.id, now)
        at = datetime.now(UTC)
        self._judges = at - self._said < self._takeover / 2
        self._said = at

    def _take_over(self, now: datetime) -> None:
        """Put back into their queues the jobs of workers that are gone.

        Who could not say himself that he lives, since one writer kept all waiting, judges nobody: the others
        need a turn first.
        """
        if not self._judges or datetime.now(UTC) - self._said > self._takeover / 2:
            return
        living = {one.id for one in self._workers.living(now)} | {self.id}
        running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        gone = {one.executor_id for one in running if one.executor_id} - living
        if gone:
            DBOS._recover_pending_workflows(sorted(gone))  # dbos itself has it for one's own jobs only
        self._workers.bury(now)

    def _ask(self, now: datetime) -> None:
        """Put into their queues the planned jobs whose moment has come and that are not asked for yet."""
        for one in plan(self._workspace):
            due = _due(one, now)
            if due in self._asked or not KINDS[one.kind].wanted(self._workspace):
                continue
            if DBOS.get_workflow_status(due) is None:
                try:
                    DBOS.enqueue_workflow_with_options(options(one, due), one.kind, one.subject)
                except error.DBOSQueueDeduplicatedError:
                    continue  # the one before is not done: asked again with the next beat
            self._asked.add(due)

    def _tidy(self, now: datetime) -> None:
        """Once a day strike jobs off the list that ended long ago."""
        if now.date() == self._tidied:
            return
        before = (now - KEEP).isoformat()
        old = DBOS.list_workflows(completed_before=before, load_input=False, load_output=False)
        last = {_due(one, now) for one in plan(self._workspace)}  # by which is known that it was done
        DBOS.delete_workflows([one.workflow_id for one in old if one.workflow_id not in last])
        self._asked.clear()
        self._tidied = now.date()


_worker: Worker


def _due(one: Planned, now: datetime) -> str:
    """What the job of the last moment is called, by its expression and whatever its jitter."""
    return f"{one.name}@{one.moment(now):%Y-%m-%dT%H:%MZ}"


def options(one: Planned, identifier: str) -> EnqueueOptions:
    """How a job is put into its queue."""
    return {
        "workflow_name": "job",
        "queue_name": KINDS[one.kind].queue,
        "workflow_id": identifier,
        "deduplication_id": one.name,  # one at a time, among all workers
        "app_version": VERSION,
    }


def _cancelled(identifier: str) -> Callable[[], bool]:
    def look() -> bool:
        status = DBOS.get_workflow_status(identifier)
        return status is not None and status.status == "CANCELLED"

    return look


class _Child:
    """The process of one job."""

    def __init__(self, kind: str, subject: str, settings: Settings) -> None:
        self._out, self._err = TemporaryFile(), TemporaryFile()  # noqa: SIM115 (closed in __exit__)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "intel.jobs.child", kind, subject],
            env=os.environ | settings.environment,
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,  # Ctrl-C is the worker's, which then asks the job to stop
        )

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._told = _last_line(self._out), _last_line(self._err)
        self._out.close()
        self._err.close()

    def ended(self) -> bool:
        """Whether it is done, after a short wait."""
        try:
            self._process.wait(LOOK)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def done(self) -> bool:
        """Whether it ended by itself, having done its job."""
        return self._process.returncode == 0

    def stop(self) -> None:
        """Ask it to stop, and end it if it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def told(self) -> str:
        """What it did, once the context is left. Raises Undone or Broken."""
        out, err = self._told
        if self._process.returncode == UNDONE:
            raise Undone(out)
        if self._process.returncode:
            raise Broken(err or f"its process ended with {self._process.returncode}")
        return out


def _last_line(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip()[:LINE] if lines else ""
