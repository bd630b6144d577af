"""`intel init`, `collect`, `import`, `read`, `run`, `demo`, `city`: pages in, findings and briefings out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intel import bootstrap, rounds, screen
from intel.account_file import WorkedGaps
from intel.alerts.book import RuleBook
from intel.bootstrap import Workspace
from intel.brief import Format, Order, render
from intel.commands.options import AsJson, OnlySources
from intel.config import Settings
from intel.db import Tell, quiet
from intel.model import SourceRun
from intel.refusal import Refusal
from spiders.city.server import start as running_city

if TYPE_CHECKING:
    from intel.reader import ReadingCount

DEMO_MOST = 1  # quotes of an event type on a topic: the whole briefing in a few screens


class NothingThere(Refusal, ValueError):
    """A file or folder to import that does not exist."""


def init(context: typer.Context) -> None:
    """Make the database or bring it up to date, with taxonomy, watchlist and sources."""
    settings: Settings = context.obj
    workspace = _made(settings, screen.tenths("articles indexed"))
    accounts, sources = workspace.query.watched(), workspace.query.sources()
    screen.out.print(f"{settings.shown_url}: {len(accounts)} accounts, {len(sources)} sources")


def _made(settings: Settings, tell: Tell = quiet) -> Workspace:
    workspace = rounds.init(settings, tell)
    RuleBook(workspace.engine).ship()
    return workspace


def collect(
    context: typer.Context,
    source: OnlySources = None,
    json: AsJson = False,
) -> None:
    """Fetch new pages from the sources."""
    runs = _collected(bootstrap.open_workspace(context.obj), source or ())
    _report_runs(runs, json)
    if rounds.all_failed(runs):
        raise typer.Exit(1)


def import_pages(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Folder or file: .html, .jsonl (url, html), .warc, .warc.gz")],
    json: AsJson = False,
) -> None:
    """Keep and read pages that were saved elsewhere."""
    if not path.exists():
        raise NothingThere(f"no file or folder {path}")
    workspace = bootstrap.open_workspace(context.obj)
    count, bad = rounds.bring_in(workspace, path)
    for one in bad:
        screen.err.print(f"{one.where}: {one.reason}", style="red", markup=False)
    reading = rounds.read(workspace)
    done = {
        "new": count["new"],
        "known": count["known"],
        "bad": len(bad),
        "articles": reading.read,
        "rejected": dict(reading.rejected),
    }
    if json:
        screen.print_json(done)
    else:
        screen.out.print(f"{count['new']} new pages, {count['known']} known, {len(bad)} bad inputs")
        _report_reading(workspace, reading)
    if bad and not count:
        raise typer.Exit(1)


def read(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--all", help="Read all kept pages again (replay).")] = False,
    json: AsJson = False,
) -> None:
    """Read the pages not yet read: articles, accounts, events, findings."""
    workspace = bootstrap.open_workspace(context.obj)
    count = rounds.read(workspace, again=again)
    if json:
        screen.print_json(workspace.query.kept())
    else:
        _report_reading(workspace, count)


def run(
    context: typer.Context,
    source: OnlySources = None,
) -> None:
    """Collect, read, work on the gaps and write the clients' briefings, once."""
    workspace = bootstrap.open_workspace(context.obj)
    runs = _collected(workspace, source or ())
    reading = rounds.read(workspace)
    worked = rounds.work_gaps(workspace, runs)
    written = rounds.write_briefings(workspace)
    _report_runs(runs)
    _report_reading(workspace, reading)
    _report_gaps(worked)
    screen.out.print(f"{len(written)} briefings in {workspace.briefings}")
    if rounds.all_failed(runs):
        raise typer.Exit(1)


def demo(context: typer.Context) -> None:
    """Show the whole way on the demo city: collect, read, brief on 淘宝; the gaps are left to `intel run`."""
    settings: Settings = context.obj.for_demo()
    workspace = _made(settings)
    runs = _collected(workspace, rounds.listing_sources(workspace))
    reading = rounds.read(workspace)
    worked = rounds.work_gaps(workspace, runs)
    rounds.write_briefings(workspace)
    taobao = workspace.query.account("taobao")
    order = Order(datetime.now(UTC), most=DEMO_MOST, demo=True)
    sys.stdout.write(render(rounds.brief(workspace, [taobao], order), Format.MD).decode())
    _report_runs(runs)
    _report_reading(workspace, reading)
    _report_gaps(worked)
    screen.next_steps(settings, workspace.briefings / f"{taobao.id}.html")
    if rounds.all_failed(runs):
        raise typer.Exit(1)


def city(context: typer.Context) -> None:
    """Serve the demo city until Ctrl-C, so that the links of its briefings can be followed."""
    settings: Settings = context.obj.for_demo()
    with running_city(settings.demo_port):
        screen.out.print(f"http://localhost:{settings.demo_port}/ until Ctrl-C")
        threading.Event().wait()


def _collected(workspace: Workspace, names: Sequence[str] = ()) -> Sequence[SourceRun]:
    """The runs of a crawl; one that was stopped with Ctrl-C ends the command."""
    with _city(workspace.settings):
        runs = rounds.collect(workspace, names)
    if rounds.interrupted(runs):
        raise KeyboardInterrupt
    return runs


def _city(settings: Settings) -> AbstractContextManager[object]:
    return running_city(settings.demo_port) if settings.demo else nullcontext()


def _report_runs(runs: Sequence[SourceRun], json: bool = False) -> None:
    if json:
        screen.print_json(runs)
        return
    rows = [(r.source, r.state, r.pages, r.new, r.known, screen.counts(r.rejected)) for r in runs]
    screen.table(("source", "state", "pages", "new", "known", "rejected"), rows)
    for run in runs:
        if run.reason:
            screen.out.print(f"{run.source}: {run.reason}", style="red", markup=False)
    screen.say_without_network(run.reason for run in runs)


def _report_reading(workspace: Workspace, count: ReadingCount) -> None:
    for (source, name), pages in sorted(count.missed.items()):
        screen.out.print(
            f"{source}: article.{name} found nothing on {pages} pages; read without it", markup=False
        )
    kept = workspace.query.kept()
    screen.out.print(
        f"{kept.pages} pages kept, {kept.articles} articles in {kept.stories} stories, "
        f"{kept.findings} findings; no article in {sum(kept.rejected.values())}"
        + (f" ({screen.counts(kept.rejected)})" if kept.rejected else "")
    )


def _report_gaps(worked: WorkedGaps) -> None:
    people = sum(1 for one in worked.opened if one.for_person)
    screen.out.print(
        f"gaps: {len(worked.answered)} tasks answered, {len(worked.given_up)} given up after dry runs, "
        f"{len(worked.opened)} opened, {people} of them for people "
        + screen.hinting("(intel gaps, intel tasks list)")
    )
