"""`intel sources list`, `health`, `check`, `pause`, `resume`: how sources did and answer now.

What a check found is kept, where there is a database, for the health view.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from intel import bootstrap, rounds, screen
from intel.commands import sources_add
from intel.commands.options import AsJson, By, OnlySources, Why, acting
from intel.config import Settings
from intel.health import SourceHealth
from intel.model import RunState, Source, SourceRun
from intel.pauses import Pause, Pauses
from intel.query import unknown

if TYPE_CHECKING:
    from spiders.check import CheckResult

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="As `intel sources list` names it.")]

app = typer.Typer(no_args_is_help=True, help="The table of sources.")
app.command("try")(sources_add.sources_try)
app.command("add")(sources_add.sources_add)
app.command("remove")(sources_add.sources_remove)


@app.command("list")
def sources_list(context: typer.Context, json: AsJson = False) -> None:
    """Every source with how its last run went."""
    views = bootstrap.open_workspace(context.obj).query.sources()
    if json:
        screen.print_json(views)
        return
    columns = ("source", "kind", "channel", "rating", "pages", "last run", "state", "why")
    screen.table(
        columns,
        [
            (v.name, v.kind, v.channel, v.reliability, v.pages, v.last_run, v.last_state, v.last_reason)
            for v in views
        ],
    )


@app.command("health")
def sources_health(context: typer.Context, json: AsJson = False) -> None:
    """Which sources fail, fell silent or changed their layout, and what to do."""
    found = rounds.health(bootstrap.open_workspace(context.obj), datetime.now(UTC))
    if json:
        screen.print_json(found)
        return
    _show_health(found)


@app.command("check")
def sources_check(context: typer.Context, source: OnlySources = None, json: AsJson = False) -> None:
    """Try sources against their sites, keeping no page: robots.txt, entries, dates, texts."""
    from spiders.check import check  # what fetches takes long to load
    from spiders.city.server import start as running_city
    from spiders.crawl import CrawlOptions

    settings: Settings = context.obj
    chosen, now = _chosen(settings, source or ()), datetime.now(UTC)
    with (
        running_city(settings.demo_port) if settings.demo else nullcontext(),
        screen.collecting(len(chosen), "checking") as tell,
    ):
        results = check(chosen, CrawlOptions.of(settings), now, progress=tell)
    _keep(settings, results, now)
    if json:
        screen.print_json(results)
    else:
        _show_check(results)
    screen.say_without_network(result.reason for result in results)
    if not all(result.ok for result in results):
        raise typer.Exit(1)


@app.command("pause")
def sources_pause(
    context: typer.Context,
    source: Name,
    why: Annotated[str, typer.Option(help="Why, for those who wonder later.")],
    by: By,
) -> None:
    """Ask a source no more until it is resumed, whatever the table of sources says."""
    workspace = bootstrap.open_workspace(context.obj)
    Pauses(workspace.engine).pause(Pause(source, by, why, datetime.now(UTC)))
    screen.out.print(
        screen.hinting(f"{source} is paused; let it go on with: intel sources resume {source}"), markup=False
    )


@app.command("resume")
def sources_resume(context: typer.Context, source: Name, by: By, why: Why = "") -> None:
    """Let a paused source go on, if the table of sources has it enabled."""
    workspace = bootstrap.open_workspace(context.obj)
    enabled = Pauses(workspace.engine).resume(source, rounds.all_sources(workspace), acting(by, why))
    state = "goes on" if enabled else "is not paused; the table of sources has it disabled"
    screen.out.print(f"{source} {state}", markup=False)


def _keep(settings: Settings, results: Sequence[CheckResult], now: datetime) -> None:
    try:
        workspace = bootstrap.open_workspace(settings)
    except bootstrap.NotReady as error:
        screen.err.print(f"not kept for the health view: {error}", markup=False)
        return
    workspace.store.load_sources(rounds.all_sources(workspace))
    workspace.store.keep_checks(one.kept(now) for one in results)


def _chosen(settings: Settings, names: Sequence[str]) -> Sequence[Source]:
    """The named sources, disabled ones too, or all that are enabled. Raises UnknownName."""
    table = {source.name: source for source in rounds.known_sources(settings)}
    for name in names:
        if name not in table:
            raise unknown("source", name, table, table)
    return [table[name] for name in dict.fromkeys(names)] or [one for one in table.values() if one.enabled]


def _show_health(found: Sequence[SourceHealth]) -> None:
    columns = ("source", "state", "listed", "expected", "last success", "last check", "last run")
    screen.table(columns, [_row(health) for health in found])
    for health in found:
        if health.what_to_do:
            why = health.why if health.why.endswith("?") else f"{health.why}."
            screen.out.print(f"{health.source}: {why} {screen.hinting(health.what_to_do)}", markup=False)


def _row(health: SourceHealth) -> Sequence[object]:
    return (
        health.source,
        health.state,
        health.listed,
        health.expected_minimum,
        health.last_success,
        health.check.checked_at if health.check else None,
        _counts(health.last) if health.last else None,
    )


def _counts(run: SourceRun) -> str:
    """The account of a run in one line: 8 requests, 5 pages, 5 new, …, 3 rejected (http_404 2, robots 1)."""
    rejected = ", ".join(f"{slug} {count}" for slug, count in sorted(run.rejected.items()))
    told = (
        f"{run.requests} requests, {run.pages} pages, {run.new} new, {run.known} known, "
        f"{sum(run.rejected.values())} rejected"
    )
    counts = f"{told}{f' ({rejected})' if rejected else ''}, {run.bytes:,} bytes, {run.errors} errors"
    began = f"{screen.shown(run.started_at)}: {run.reason}; so far "
    return f"{began if run.state is RunState.BEGUN else ''}{counts}"


def _show_check(results: Sequence[CheckResult]) -> None:
    columns = ("source", "ok", "robots", "listed", "expected", "newest", "problems")
    rows = [
        (r.source, "yes" if r.ok else "NO", r.robots, r.listed, r.expected_minimum, r.newest, _said(r))
        for r in results
    ]
    screen.table(columns, rows)


def _said(result: CheckResult) -> str:
    return "; ".join(result.problems)
