"""The `intel` command: what a person or a script can do, and the exit codes.

0: done. 1: nothing of what was asked could be done. 2: the request itself was wrong, said in one line.
130: stopped with Ctrl-C.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from intel import (
    alerts_command,
    analysing,
    assess_command,
    bootstrap,
    briefings_command,
    compare_command,
    coverage_command,
    db_command,
    eval_command,
    field_command,
    forget_command,
    jobs_command,
    outbox_command,
    proposals_command,
    quarantine_command,
    retain_command,
    review_command,
    rounds,
    screen,
    search_command,
    series_command,
    serve_command,
    signals_command,
    sources_command,
    tasks_command,
    tenders_command,
    users_command,
)
from intel.account_file import WorkedGaps
from intel.alerts.book import RuleBook
from intel.bootstrap import NotReady, Workspace
from intel.brief import Format, Order, render
from intel.config import Settings
from intel.file_store import NoTask
from intel.gold import BadGold
from intel.model import Account, NotAnArticle, Page, Selectors, SourceRun
from intel.query import UnknownName
from intel.reader import ReadingCount
from intel.search import BadQuery
from intel.stages import NotInOrder
from intel.taxonomy import ACCOUNTS_CSV, BadAccounts, load_accounts
from intel.views import FindingFilter
from pipelines.extract import extract as extract_page
from pipelines.linear import BadModel
from spiders.catalogue import BadSources
from spiders.city.server import CityPortTaken
from spiders.city.server import start as running_city

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Collect public sources, link what they say to accounts, brief on what is known and what is not.",
)
sources_app = typer.Typer(no_args_is_help=True, help="The table of sources.")
accounts_app = typer.Typer(no_args_is_help=True, help="The organisations we watch.")
accounts_app.command("proposals")(proposals_command.proposals)
accounts_app.command("accept")(proposals_command.accept)
accounts_app.command("dismiss")(proposals_command.dismiss)
sources_app.command("health")(sources_command.sources_health)
sources_app.command("check")(sources_command.sources_check)
sources_app.command("pause")(sources_command.sources_pause)
sources_app.command("resume")(sources_command.sources_resume)
app.command("brief")(briefings_command.brief)
app.command("eval")(eval_command.evaluation)
app.command("compare")(compare_command.compare)
app.command("battlecard")(compare_command.battlecard_command)
app.command("signals")(signals_command.signals_command)
app.command("factors")(signals_command.factors_command)
app.command("search")(search_command.search)
app.command("coverage")(coverage_command.coverage)
app.command("gaps")(coverage_command.gaps)
app.add_typer(sources_app, name="sources")
app.add_typer(accounts_app, name="accounts")
app.add_typer(briefings_command.app, name="briefings")
app.add_typer(series_command.app, name="series")
app.add_typer(tenders_command.tenders_app, name="tenders")
app.add_typer(field_command.app, name="field")
app.add_typer(review_command.app, name="review")
app.command("audit")(review_command.audit)
app.add_typer(coverage_command.questions_app, name="questions")
app.add_typer(tasks_command.tasks_app, name="tasks")
app.add_typer(assess_command.assess_app, name="assess")
app.add_typer(assess_command.stage_app, name="stage")
app.add_typer(quarantine_command.quarantine_app, name="quarantine")
app.add_typer(forget_command.forget_app, name="forget")
app.add_typer(forget_command.export_app, name="export")
app.add_typer(users_command.users_app, name="users")
app.add_typer(users_command.keys_app, name="keys")
app.add_typer(users_command.teams_app, name="teams")
app.add_typer(jobs_command.jobs_app, name="jobs")
app.command()(serve_command.serve)
app.command()(serve_command.worker)
app.add_typer(alerts_command.alerts_app, name="alerts")
app.command()(outbox_command.deliver)
app.add_typer(outbox_command.outbox_app, name="outbox")
app.add_typer(db_command.app, name="db")
app.command()(retain_command.retain)
app.command()(retain_command.personal)


class BadRequest(ValueError):
    """What was asked cannot be; the message says what would be right."""


INTERRUPTED = 130  # as shells report Ctrl-C
DEMO_MOST = 1  # quotes of an event type on a topic: the whole briefing in a few screens

REFUSALS = (
    BadRequest,
    UnknownName,
    BadQuery,
    BadAccounts,
    BadSources,
    BadGold,
    BadModel,
    NotReady,
    NoTask,
    NotInOrder,
    CityPortTaken,
    *alerts_command.REFUSALS,
    *briefings_command.REFUSALS,
    *series_command.REFUSALS,
    *forget_command.REFUSALS,
    *proposals_command.REFUSALS,
    *quarantine_command.REFUSALS,
    *retain_command.REFUSALS,
    *compare_command.REFUSALS,
    *field_command.REFUSALS,
    *outbox_command.REFUSALS,
    *review_command.REFUSALS,
    *users_command.REFUSALS,
    *jobs_command.REFUSALS,
    *serve_command.REFUSALS,
    *db_command.REFUSALS,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Since = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From this day on.")]
Until = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Up to and with this day.")]
Name = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, name or alias: taobao, 淘宝, 手机淘宝.")]


def main() -> None:
    """Run the command; a refused request is one line on standard error and exit code 2."""
    try:
        app()
    except REFUSALS as refusal:
        _refuse(str(refusal))
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f"cannot use {error.filename}: {error.strerror}")


def _refuse(why: str) -> NoReturn:
    print(f"intel: {why}", file=sys.stderr)  # noqa: T201
    raise SystemExit(2) from None


@app.callback()
def start(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the database and briefings (INTEL_HOME).")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Work on the demo city's data.")] = False,
) -> None:
    """Collect public sources, link what they say to accounts, brief on what is known and what is not."""
    given: dict[str, Any] = {"demo": True} if demo else {}
    if home is not None:
        given["home"] = home
    try:
        context.obj = Settings(**given)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise BadRequest(f"INTEL_{str(wrong['loc'][0]).upper()}={wrong['input']}: {wrong['msg']}") from None


@app.command()
def init(context: typer.Context) -> None:
    """Make the database or bring it up to date, with taxonomy, watchlist and sources."""
    settings: Settings = context.obj
    workspace = _made(settings)
    workspace = bootstrap.init(settings, rounds.all_sources(settings), screen.tenths("articles indexed"))
    accounts, sources = workspace.query.watched(), workspace.query.sources()
    screen.out.print(f"{settings.shown_url}: {len(accounts)} accounts, {len(sources)} sources")


def _made(settings: Settings) -> Workspace:
    workspace = bootstrap.init(settings, rounds.all_sources(settings))
    RuleBook(workspace.engine).ship()
    return workspace


@sources_app.command("list")
def sources_list(context: typer.Context, json: AsJson = False) -> None:
    """Every source with how its last run went."""
    views = _workspace(context).query.sources()
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


@app.command()
def collect(
    context: typer.Context,
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; may be given several times.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Fetch new pages from the sources."""
    runs = _collected(_workspace(context), source or ())
    _report_runs(runs, json)
    if rounds.all_failed(runs):
        raise typer.Exit(1)


@app.command("import")
def import_pages(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Folder or file: .html, .jsonl (url, html), .warc, .warc.gz")],
    json: AsJson = False,
) -> None:
    """Keep and read pages that were saved elsewhere."""
    if not path.exists():
        raise BadRequest(f"no file or folder {path}")
    workspace = _workspace(context)
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


@app.command()
def read(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--all", help="Read all kept pages again (replay).")] = False,
    json: AsJson = False,
) -> None:
    """Read the pages not yet read: articles, accounts, events, findings."""
    workspace = _workspace(context)
    count = rounds.read(workspace, again=again)
    if json:
        screen.print_json(workspace.query.kept())
    else:
        _report_reading(workspace, count)


@app.command()
def run(
    context: typer.Context,
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; may be given several times.")
    ] = None,
) -> None:
    """Collect, read, work on the gaps and write the clients' briefings, once."""
    workspace = _workspace(context)
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


@accounts_app.command("list")
def accounts_list(context: typer.Context, json: AsJson = False) -> None:
    """Every account with how much is known of it."""
    views = _workspace(context).query.accounts()
    if json:
        screen.print_json(views)
        return
    columns = ("account", "name", "role", "articles", "findings", "newest")
    screen.table(columns, [(v.id, v.name, v.role, v.articles, v.findings, v.newest) for v in views])


@accounts_app.command("show")
def accounts_show(context: typer.Context, name: Name, json: AsJson = False) -> None:
    """One account: its names, and how many findings answer each topic."""
    workspace = _workspace(context)
    account = workspace.query.account(name)
    view = workspace.query.account_view(account)
    topics = workspace.query.topic_counts(account.id)
    if json:
        screen.print_json({"account": view, "topics": topics})
        return
    screen.out.print(f"{view.name} ({view.id}), {view.role}; {', '.join(view.aliases) or 'no aliases'}")
    screen.out.print(
        f"{view.articles} articles, {view.findings} findings, newest {screen.shown(view.newest)}"
    )
    labels = workspace.query.labels("topics")
    screen.table(
        ("topic", "findings", "label"), [(t, topics.get(t, 0), label) for t, label in labels.items()]
    )


@accounts_app.command("load")
def accounts_load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns id,name,role,aliases.")],
) -> None:
    """Add accounts from a CSV, or bring them up to date by id."""
    accounts = load_accounts(_existing(file))
    count = _workspace(context).store.load_accounts(accounts)
    screen.out.print(f"{count} accounts loaded; read history with them: intel read --all")


@app.command()
def findings(
    context: typer.Context,
    name: Name,
    since: Since = None,
    until: Until = None,
    event: Annotated[str | None, typer.Option(help="Only findings of this event type.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only findings on this topic.")] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Those that an analyst rejected.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    json: AsJson = False,
) -> None:
    """What is known of an account: quotes, newest first."""
    query = _workspace(context).query
    account = query.account(name)
    chosen = FindingFilter(
        since=_day(since),
        until=_day(until),
        event=query.known("events", event) if event else None,
        topic=query.known("topics", topic) if topic else None,
        rejected=rejected,
    )
    views = query.findings(account.id, chosen, limit)
    if json:
        screen.print_json(views)
        return
    screen.findings(views)


@app.command()
def extract(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A saved page.")],
    url: Annotated[str, typer.Option(help="Where the page came from.")] = "",
    of: Annotated[str, typer.Option("--source", help="Read it with the selectors of this source.")] = "",
    json: AsJson = False,
) -> None:
    """What is read out of one saved page: title, author, date with its evidence, body."""
    selectors = _selectors(context.obj, of) if of else None
    source = _existing(file)
    fetched_at = datetime.fromtimestamp(source.stat().st_mtime, UTC)
    page = Page(url or source.resolve().as_uri(), "import", fetched_at, source.read_bytes(), "text/html")
    try:
        article = extract_page(page, fetched_at, selectors)
    except NotAnArticle as refusal:
        if json:
            screen.print_json({"url": page.url, "rejected": refusal.reason, "detail": refusal.detail})
        else:
            screen.err.print(f"{file}: no article: {refusal}", markup=False)
        raise typer.Exit(1) from None
    screen.article(article, json)


@app.command()
def analyse(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help='JSON lines {"id", "title", "text"}.')],
) -> None:
    """Tag texts: accounts, events and topics, one JSON line for each."""
    lines = sys.stdin.buffer if file == "-" else _existing(Path(file)).open("rb")
    bad = analysing.analyse_lines(lines, sys.stdout, _watched(context.obj))
    for where, reason in bad:
        screen.err.print(f"{file}:{where}: {reason}", style="red", markup=False)
    if bad:
        raise typer.Exit(1)


@app.command()
def demo(context: typer.Context) -> None:
    """Show the whole way on the demo city: collect, read, brief on 淘宝; the gaps are left to `intel run`."""
    settings: Settings = context.obj.for_demo()
    workspace = _made(settings)
    runs = _collected(workspace, rounds.listing_sources(settings))
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


@app.command()
def city(context: typer.Context) -> None:
    """Serve the demo city until Ctrl-C, so that the links of its briefings can be followed."""
    settings: Settings = context.obj.for_demo()
    with running_city(settings.demo_port):
        screen.out.print(f"http://localhost:{settings.demo_port}/ until Ctrl-C")
        threading.Event().wait()


def _workspace(context: typer.Context) -> Workspace:
    return bootstrap.open_workspace(context.obj)


def _collected(workspace: Workspace, names: Sequence[str] = ()) -> Sequence[SourceRun]:
    """The runs of a crawl; one that was stopped with Ctrl-C ends the command."""
    with _city(workspace.settings):
        runs = rounds.collect(workspace, names)
    if rounds.interrupted(runs):
        screen.err.print("interrupted; what was fetched is kept, and the same command goes on from there")
        raise typer.Exit(INTERRUPTED)
    return runs


def _city(settings: Settings) -> AbstractContextManager[object]:
    return running_city(settings.demo_port) if settings.demo else nullcontext()


def _watched(settings: Settings) -> tuple[Account, ...]:
    """The watchlist of the database, where there is one, else the shipped one."""
    try:
        return bootstrap.open_workspace(settings).query.watched()
    except NotReady:
        return load_accounts(ACCOUNTS_CSV)


def _selectors(settings: Settings, name: str) -> Selectors | None:
    """The selectors of a source of the table."""
    found = [one for one in rounds.all_sources(settings) if one.name == name]
    if not found:
        raise BadRequest(f"no source {name!r} in the table")
    return Selectors.of(found[0].options)


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise BadRequest(f"no file {file}")
    return file


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRequest(f"no such day {text!r}; write it like 2026-11-20") from None


def _report_runs(runs: Sequence[SourceRun], json: bool = False) -> None:
    if json:
        screen.print_json(runs)
        return
    rows = [(r.source, r.state, r.pages, r.new, r.known, screen.counts(r.rejected)) for r in runs]
    screen.table(("source", "state", "pages", "new", "known", "rejected"), rows)
    for run in runs:
        if run.reason:
            screen.out.print(f"{run.source}: {run.reason}", style="red", markup=False)


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
        f"{len(worked.opened)} opened, {people} of them for people (intel gaps, intel tasks list)"
    )
