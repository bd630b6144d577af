"""`intel jobs`: what is done by itself, what was done, what failed, and what comes next."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from intel import bootstrap, screen
from intel.bootstrap import Workspace
from intel.commands.options import AsJson, By, Why, acting
from intel.config import CHINA
from intel.jobs.kinds import BY_SOURCE, KINDS
from intel.jobs.schedule import plan
from intel.jobs.views import STATES, JobView, NoJob
from intel.query import unknown
from intel.rounds import listed_sources

if TYPE_CHECKING:
    from intel.jobs.desk import Desk

jobs_app = typer.Typer(
    no_args_is_help=True, help="What is done by itself, by `intel serve` and `intel worker`."
)


Job = Annotated[str, typer.Argument(metavar="JOB", help="Its id, as listed.")]


@jobs_app.command("list")
def jobs_list(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option(help="Only waiting, running, done, failed or cancelled ones.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    json: AsJson = False,
) -> None:
    """The last jobs: when they were asked for, how they stand, and what they did or why not."""
    if wrong := set(state or ()) - set(STATES.values()):
        raise NoJob(f"no state {sorted(wrong)[0]!r}; there are: {', '.join(dict.fromkeys(STATES.values()))}")
    with _desk(bootstrap.open_workspace(context.obj)) as at:
        found = at.listed(limit, state or ())
    if json:
        screen.print_json(found)
        return
    columns = ("job", "state", "started", "took", "what it did")
    rows = [(one.id, one.state, _shown(one.started_at), _took(one), one.told) for one in found]
    screen.table(
        columns,
        rows,
        "no such job; a worker does what is due, and what is asked for with: intel jobs run KIND",
    )


@jobs_app.command("show")
def jobs_show(context: typer.Context, job: Job) -> None:
    """One job, whole, as JSON."""
    with _desk(bootstrap.open_workspace(context.obj)) as at:
        screen.print_json(at.job(job))


@jobs_app.command("retry")
def jobs_retry(context: typer.Context, job: Job, by: By, why: Why = "") -> None:
    """Ask again for a job that failed or was cancelled."""
    with _desk(bootstrap.open_workspace(context.obj)) as at:
        screen.out.print(at.retry(job, acting(by, why)), markup=False)


@jobs_app.command("cancel")
def jobs_cancel(context: typer.Context, job: Job, by: By, why: Why = "") -> None:
    """End a job that waits or runs; what it has done stays."""
    with _desk(bootstrap.open_workspace(context.obj)) as at:
        at.cancel(job, acting(by, why))


@jobs_app.command("run")
def jobs_run(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind of job: see intel jobs schedule.")],
    by: By,
    source: Annotated[str, typer.Argument(metavar="[SOURCE]", help="Of which source, for collect.")] = "",
    why: Why = "",
) -> None:
    """Ask for a job now; a worker does it."""
    workspace = bootstrap.open_workspace(context.obj)
    if kind not in KINDS:
        raise NoJob(f"no kind of job {kind!r}; there are: {', '.join(KINDS)}")
    names = {one.name for one in listed_sources(workspace)}
    by_source = KINDS[kind].cron == BY_SOURCE
    if by_source != bool(source):
        raise NoJob(f"{kind} takes {'a source of the table' if by_source else 'no source'}")
    if source and source not in names:
        raise unknown("source", source, names, sorted(names))
    with _desk(workspace) as at:
        screen.out.print(at.ask(kind, source, acting(by, why)), markup=False)


@jobs_app.command("schedule")
def jobs_schedule(context: typer.Context, json: AsJson = False) -> None:
    """What is done by itself, and when next (China's time)."""
    workspace, now = bootstrap.open_workspace(context.obj), datetime.now(UTC)
    planned = [(one.next_due(now), one) for one in plan(workspace)]
    rows = sorted(planned, key=lambda row: (row[0], row[1].name))
    if json:
        screen.print_json([{"next": at, **asdict(one)} for at, one in rows])
        return
    columns = ("next", "kind", "source", "cron")
    screen.table(columns, [(_shown(at), one.kind, one.subject, one.cron) for at, one in rows])


def _desk(workspace: Workspace) -> AbstractContextManager[Desk]:
    from intel.jobs.desk import desk  # loads dbos, which other commands do without

    return desk(workspace)


def _shown(moment: datetime | None) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if moment else ""


def _took(one: JobView) -> str:
    if one.started_at is None or one.ended_at is None:
        return ""
    return f"{(one.ended_at - one.started_at).total_seconds():.0f} s"
