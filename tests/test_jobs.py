"""What is done by itself: when, by whom, once, and what becomes of it when a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from dbos import DBOS
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intel import bootstrap, rounds
from intel.acts import Action, Acts, By
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.destinations import destinations
from intel.jobs.child import UNDONE
from intel.jobs.desk import desk
from intel.jobs.engine import jobs_url
from intel.jobs.kinds import BY_SOURCE, KINDS, QUEUES
from intel.jobs.schedule import LONGEST_JITTER, Planned, plan
from intel.jobs.views import JobView, NoJob
from intel.jobs.workers import Workers
from intel.parent import INTERRUPTED
from intel.pauses import Pause, Pauses
from intel.refusal import WrongState
from pipelines import forgotten
from spiders.city.server import start as running_city
from tests.conftest import Command, Kept
from tests.databases import Databases, migrated

BY = By("root", "例行", datetime(2026, 11, 26, 3, tzinfo=UTC))
NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)  # in China
TAKEOVER = 4  # seconds
LONGEST = 180  # seconds after which a job is taken for stuck
SOURCE, ITS_PAGES = "kuaidi-guancha", 50
T = TypeVar("T")
RESTING = """
[[source]]
name = "resting"
label = "Resting"
kind = "feed"
channel = "news"
url = "http://resting.example/feed"
owner = "nobody"
reliability = "C"
lawful_basis = "test"
expected_minimum = 1
delay = 1.0
enabled = false
"""


# ---- when


def test_a_job_is_due_at_the_last_moment_of_its_expression_in_china() -> None:
    daily = Planned("gaps", "", "20 6 * * *")
    assert daily.moment(NOON) == datetime(2026, 11, 25, 22, 20, tzinfo=UTC)
    assert daily.next_due(NOON) == datetime(2026, 11, 26, 22, 20, tzinfo=UTC)


def test_a_moment_that_has_just_come_counts() -> None:
    due = datetime(2026, 11, 25, 22, 20, tzinfo=UTC)
    assert Planned("gaps", "", "20 6 * * *").moment(due) == due
    assert Planned("gaps", "", "20 6 * * *").moment(due - timedelta(seconds=1)) == due - timedelta(days=1)


def test_sources_of_one_expression_start_apart_and_each_always_at_its_own_moment() -> None:
    names = [f"source-{number}" for number in range(20)]
    due = [Planned("collect", name, "30 6 * * *").next_due(NOON) for name in names]
    usual = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
    assert len(set(due)) > 15 and all(usual <= one <= usual + LONGEST_JITTER for one in due)
    later = [Planned("collect", name, "30 6 * * *").next_due(NOON + timedelta(days=1)) for name in names]
    assert later == [one + timedelta(days=1) for one in due]


def test_a_job_is_not_due_before_its_jitter_is_over() -> None:
    job = Planned("collect", "source-1", "30 6 * * *")
    due = job.next_due(NOON)
    assert job.moment(due - timedelta(seconds=61)) == job.moment(NOON)
    assert job.moment(due) == datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


def test_jitter_is_a_small_part_of_a_short_interval() -> None:
    for name in ("a", "b", "c"):
        due = Planned("collect", name, "*/10 * * * *").next_due(NOON)
        assert NOON <= due <= NOON + timedelta(minutes=11)
        assert due.minute % 10 * 60 + due.second <= 60


def test_a_moment_is_one_job_however_uneven_the_intervals_around_it() -> None:
    job, minute = Planned("collect", "source-1", "*/30 8-20 * * *"), timedelta(minutes=1)
    day = [job.moment(NOON + minute * number) for number in range(24 * 60)]
    assert len(set(day)) == 27 and all(one.minute in (0, 30) and not one.second for one in day)


def test_every_kind_has_a_queue_and_an_expression_or_those_of_the_sources() -> None:
    for name, kind in KINDS.items():
        assert kind.queue in QUEUES
        assert kind.cron == BY_SOURCE or Planned(name, "", kind.cron).next_due(NOON) > NOON


def test_what_is_planned_is_every_enabled_source_that_is_neither_paused_nor_forgotten(tmp_path: Path) -> None:
    workspace = demo(tmp_path)
    enabled = {one.name for one in rounds.listed_sources(workspace) if one.enabled}
    workspace.tombstones.bury(forgotten.SOURCE, "gu-zhang", "", BY)
    Pauses(workspace.engine).pause(Pause(SOURCE, "ops", "asked to", NOON))
    collected = {one.subject for one in plan(workspace) if one.kind == "collect"}
    assert collected == enabled - {SOURCE, "gu-zhang"}
    workspace.engine.dispose()


# ---- who


def test_a_worker_that_is_not_heard_of_is_not_among_the_living_and_one_that_left_neither(kept: Kept) -> None:
    workers = Workers(kept.engine, timedelta(seconds=30))
    for name in ("silent", "left", "living"):
        workers.beat(name, NOON)
    later = NOON + timedelta(seconds=31)
    workers.beat("living", later)
    workers.beat("left", later)
    workers.leave("left")
    assert [one.id for one in workers.living(later)] == ["living"]
    workers.bury(later)
    workers.beat("silent", later)
    assert {one.id: one.started_at for one in workers.living(later)} == {"silent": later, "living": NOON}


# ---- once, whoever is killed


def demo(home: Path, url: str = "", port: int = 1) -> Workspace:
    settings = Settings(home=home, demo=True, database_url=url, demo_port=port)
    return rounds.init(settings)


@dataclass
class Installation:
    """A home of the demo that collects one source, and its workers."""

    workspace: Workspace

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        settings = self.workspace.settings
        environment = os.environ | {
            "INTEL_HOME": str(settings.home),
            "INTEL_DATABASE_URL": settings.database_url,
            "INTEL_DEMO_PORT": str(settings.demo_port),
            "INTEL_TAKEOVER_SECONDS": str(TAKEOVER),
        }
        command = [sys.executable, "-m", "intel", "--demo", "worker", "--queue", "collect"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def job(self) -> JobView:
        """The job of the source."""
        with desk(self.workspace) as at:
            [job] = [one for one in at.listed(20) if one.kind == "collect"]
        return job

    def ended(self) -> JobView | None:
        """The same once it ended."""
        job = self.job()
        return job if job.ended_at else None

    def pages(self) -> int:
        return self.workspace.store.page_count(unread_only=False)


def until(look: Callable[[], T | None]) -> T:
    """What a look finds at last."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError("nothing came of it")


@pytest.fixture
def installation(tmp_path: Path, databases: Databases) -> Iterator[Installation]:
    url = databases.url(tmp_path) if databases.kind == "postgresql" else ""
    with running_city(0) as address:
        workspace = demo(tmp_path, url, address.port)
        for source in rounds.listed_sources(workspace):
            if source.name != SOURCE:
                Pauses(workspace.engine).pause(Pause(source.name, "test", "one is enough", NOON))
        yield Installation(workspace)
        workspace.engine.dispose()
        if url:
            databases.drop(url)


@pytest.mark.sqlite
def test_a_killed_worker_s_job_is_taken_over_by_the_next_and_done_once(installation: Installation) -> None:
    with installation.worker() as first:
        until(installation.pages)
        begun = installation.job()
        first.send_signal(signal.SIGKILL)
        first.wait()
    with installation.worker():
        ended = until(installation.ended)
    assert (begun.id, begun.state) == (ended.id, "running")
    assert (ended.kind, ended.subject, ended.state) == ("collect", SOURCE, "done")
    assert ended.worker != begun.worker
    assert installation.pages() == ITS_PAGES


@pytest.mark.postgresql
def test_of_two_workers_one_does_the_job_and_the_other_takes_it_over_when_that_is_killed(
    installation: Installation,
) -> None:
    with installation.worker() as one, installation.worker() as other:
        until(installation.pages)
        running = installation.job()
        workers = Workers(installation.workspace.engine, timedelta(seconds=TAKEOVER))
        pid = next(living.pid for living in workers.living(datetime.now(UTC)) if living.id == running.worker)
        next(process for process in (one, other) if process.pid == pid).send_signal(signal.SIGKILL)
        ended = until(installation.ended)
    assert (ended.id, ended.state) == (running.id, "done") and ended.worker != running.worker
    assert installation.pages() == ITS_PAGES


@pytest.mark.soak
@pytest.mark.sqlite
def test_while_one_writer_keeps_all_waiting_nobody_is_taken_for_dead(installation: Installation) -> None:
    with installation.worker(), installation.worker():
        until(installation.pages)
        job = installation.job()
        with installation.workspace.engine.begin():  # the writer, alone
            time.sleep(3 * TAKEOVER)
        ended = until(installation.ended)
    assert (ended.worker, ended.state, installation.pages()) == (job.worker, "done", ITS_PAGES)


@pytest.mark.soak
@pytest.mark.sqlite
def test_a_running_job_that_is_cancelled_ends_at_once_and_is_not_tried_again(
    installation: Installation,
) -> None:
    with installation.worker():
        until(installation.pages)
        job, pages = installation.job(), installation.pages()
        with desk(installation.workspace) as at:
            at.cancel(job.id, BY)
            time.sleep(30)  # a job that broke would be tried again after 20
            assert at.job(job.id).state == "cancelled" and pages <= installation.pages() < ITS_PAGES
            again = at.retry(job.id, BY)
            assert until(lambda: at.job(again).ended_at) and at.job(again).state == "done"
    assert installation.pages() == ITS_PAGES


def test_a_destination_that_is_set_wrongly_is_told_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEL_CRM", "webhook,folder")
    found = destinations(demo(tmp_path))
    assert (tuple(found.connectors), found.wrong) == (("folder",), ("set INTEL_CRM_WEBHOOK_URL",))


def test_a_job_tells_why_it_could_not_be_done(tmp_path: Path) -> None:
    demo(tmp_path).engine.dispose()
    given = {"INTEL_HOME": str(tmp_path), "INTEL_DEMO": "1", "INTEL_CRM": "odd"}
    command = [sys.executable, "-m", "intel.jobs.child", "deliver", ""]
    with subprocess.Popen(
        command, env=os.environ | given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.read() == "INTEL_CRM names 'odd'; there are folder, tryton, webhook\n"
    assert child.returncode == UNDONE


def test_a_job_that_does_not_stop_by_itself_is_ended_before_it_is_taken_over() -> None:
    program = (
        "import signal, time\nfrom intel.parent import end_with_it\nend_with_it(0.2)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('begun', flush=True)\ntime.sleep(600)\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as alone:
        assert alone.stdin is not None and alone.stdout is not None
        assert alone.stdout.readline() == "begun\n"
        alone.stdin.close()  # as when its worker is killed
        assert alone.wait(LONGEST) == INTERRUPTED


@pytest.mark.sqlite
def test_a_worker_lives_on_while_a_table_is_broken(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    table.write_text(RESTING)
    settings = Settings(home=tmp_path, sources=table)
    workspace = bootstrap.init(settings, ())
    workers = Workers(workspace.engine, timedelta(seconds=TAKEOVER))
    given = {
        "INTEL_HOME": str(tmp_path),
        "INTEL_SOURCES": str(table),
        "INTEL_TAKEOVER_SECONDS": str(TAKEOVER),
    }
    command = [sys.executable, "-m", "intel", "worker", "--queue", "collect"]
    with subprocess.Popen(command, env=os.environ | given, stderr=subprocess.PIPE, text=True) as worker:
        until(lambda: workers.living(datetime.now(UTC)))
        table.write_text("[[source")
        time.sleep(TAKEOVER + 2)  # long enough to be taken for dead
        assert [one.pid for one in workers.living(datetime.now(UTC))] == [worker.pid]
        worker.terminate()
        _, said = worker.communicate(timeout=LONGEST)
    assert "jobs: BadSources" in said
    workspace.engine.dispose()


@pytest.mark.soak
@pytest.mark.sqlite
def test_a_worker_that_is_told_to_stop_leaves_its_job_to_the_next(installation: Installation) -> None:
    with installation.worker() as first:
        until(installation.pages)
        first.send_signal(signal.SIGTERM)
        assert first.wait(LONGEST) == 0
    left, pages = installation.job(), installation.pages()
    assert left.state == "running" and 0 < pages < ITS_PAGES
    with installation.worker():
        ended = until(installation.ended)
    assert (ended.id, ended.state, installation.pages()) == (left.id, "done", ITS_PAGES)


# ---- as a person asks


@pytest.fixture
def asking(tmp_path: Path, databases: Databases) -> Iterator[Workspace]:
    """A workspace on either database in which nothing works, but something has."""
    url = databases.url(tmp_path, migrated)
    workspace = bootstrap.init(Settings(home=tmp_path, database_url=url), ())
    DBOS.migrate(jobs_url(workspace.settings))
    yield workspace
    workspace.engine.dispose()
    databases.drop(url)


def test_a_job_is_asked_for_once_cancelled_and_asked_for_again_and_all_is_written_down(
    asking: Workspace,
) -> None:
    with desk(asking) as at:
        asked = at.ask("collect", "ebrun", BY)
        assert (at.job(asked).state, at.job(asked).subject) == ("waiting", "ebrun")
        with pytest.raises(WrongState, match="waits or runs already"):
            at.ask("collect", "ebrun", BY)
        with pytest.raises(WrongState, match="is waiting"):
            at.retry(asked, BY)
        at.cancel(asked, BY)
        assert at.job(asked).state == "cancelled"
        with pytest.raises(WrongState, match="nothing to cancel"):
            at.cancel(asked, BY)
        again = at.retry(asked, BY)
        assert [one.id for one in at.listed(10, ["waiting"])] == [again] != [asked]
        with pytest.raises(NoJob, match="no job 'x'"):
            at.job("x")
    acts = Acts(asking.engine).listed()
    assert [(one.action, one.subject, one.before, one.after) for one in acts] == [
        (Action.JOB_RETRIED, asked, {"state": "cancelled"}, {"job": again}),
        (Action.JOB_CANCELLED, asked, {"state": "waiting"}, {}),
        (Action.JOB_ASKED, asked, {}, {}),
    ]
    assert {(one.who, one.why, one.at) for one in acts} == {(BY.who, BY.why, BY.at)}


def test_what_cannot_be_written_down_is_not_done_to_a_job(asking: Workspace) -> None:
    with desk(asking) as at:
        waiting, other = (at.ask("collect", name, BY) for name in ("ebrun", "cifnews"))
        at.cancel(other, BY)
        with asking.engine.begin() as connection:
            connection.execute(text("ALTER TABLE act RENAME TO elsewhere"))
        for deed in (
            lambda: at.ask("read", "", BY),
            lambda: at.cancel(waiting, BY),
            lambda: at.retry(other, BY),
        ):
            with pytest.raises(DBAPIError):
                deed()
        assert {one.id: one.state for one in at.listed(10)} == {waiting: "waiting", other: "cancelled"}


def test_without_a_worker_ever_it_says_how_to_start_one(
    intel: Command, tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    if databases.kind == "postgresql":
        monkeypatch.setenv("INTEL_DATABASE_URL", databases.url(tmp_path))
    intel("init")
    said = intel("jobs", "list")
    assert (said.code, said.err) == (2, "intel: no worker has run here yet; start one with: intel serve\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("jobs", "run", "dance"), "no kind of job 'dance'; there are: collect, read"),
        (("jobs", "run", "collect"), "collect takes a source of the table"),
        (("jobs", "run", "collect", "nowhere"), "no source 'nowhere'; known: "),
        (("jobs", "run", "collect", "ebrum"), "no source 'ebrum'; did you mean ebrun"),
        (("jobs", "run", "read", "ebrun"), "read takes no source"),
        (("jobs", "list", "--state", "odd"), "no state 'odd'; there are: waiting, running"),
        (("worker", "--queue", "odd"), "no queue 'odd'; there are: collect, work, send"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(intel: Command, arguments: tuple[str, ...], part: str) -> None:
    intel("init")
    said = intel(*arguments)
    assert said.code == 2 and part in said.err and said.err.count("\n") == 1


def test_a_port_that_is_taken_is_said_before_anything_is_made(intel: Command, tmp_path: Path) -> None:
    with running_city(0) as address:
        said = intel("serve", "--port", str(address.port))
    assert said.code == 2 and f"cannot listen on 127.0.0.1:{address.port}" in said.err
    assert not (tmp_path / "home").exists()


def test_the_schedule_says_when_each_is_next_due(intel: Command) -> None:
    intel("--demo", "init")
    rows = json.loads(intel("--demo", "jobs", "schedule", "--json").out)
    assert {row["kind"] for row in rows} == set(KINDS)
    assert [row["next"] for row in rows] == sorted(row["next"] for row in rows)
