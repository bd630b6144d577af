"""One round of work on a workspace: collect, read, brief; each part shows progress and can stand alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from intel import account_file, bootstrap, gathering, screen, tasks, telling
from intel.account_file import WorkedGaps
from intel.added_sources import AddedSources
from intel.bootstrap import Workspace
from intel.brief import Document, Format, Kind, Order, compose, render
from intel.config import CHINA, Settings
from intel.db import Tell, quiet
from intel.delivered import DeliveredQuery, Delivery
from intel.field import FIELD
from intel.health import SourceHealth, assess_all
from intel.health_query import Histories
from intel.model import Account, Page, Role, RunState, Source, SourceRun
from intel.pauses import Pauses
from intel.query import unknown
from intel.views import FindingFilter
from spiders import saved
from spiders.catalogue import ACCOUNT, load_sources, refuse_strangers
from spiders.city.server import PORT
from spiders.queries import Query, plan
from spiders.rows import SearchRow

if TYPE_CHECKING:
    from intel.reader import ReadingCount

# What comes in without being collected.
BESIDE = (saved.IMPORT, FIELD)
# Quotes that a written briefing shows: of one event type on one topic, or of one account.
MOST = {Kind.VISIT: 3, Kind.WEEKLY: 5, Kind.FLASH: 4}


def all_sources(workspace: Workspace) -> tuple[Source, ...]:
    """The sources that are watched, and the sources of imported pages and field reports."""
    return (*listed_sources(workspace), *BESIDE)


def init(settings: Settings, tell: Tell = quiet) -> Workspace:
    """Make the database or bring it up to date, with the sources of this installation. Raises BadSources."""
    workspace = bootstrap.init(settings, (*table_sources(settings), *BESIDE), tell)
    listed_sources(workspace)
    return workspace


def listed_sources(workspace: Workspace) -> tuple[Source, ...]:
    """The table of sources of this installation, and what users added to it; none that is forgotten.

    Raises BadSources, also for a row whose account is not on the watchlist.
    """
    table = table_sources(workspace.settings)
    if strangers := unwatched(workspace, table):
        refuse_strangers(workspace.settings.sources_table, strangers)
    forgotten = workspace.store.redaction().forgotten
    known = AddedSources(workspace.engine).beside(table)
    return tuple(one for one in known if not forgotten.source(one.name))


def unwatched(workspace: Workspace, sources: Iterable[Source]) -> set[str]:
    """The accounts that rows of sources name and the watchlist does not know."""
    named = {str(one.options[ACCOUNT]) for one in sources if ACCOUNT in one.options}
    return workspace.query.unwatched(named) if named else set()


def known_sources(settings: Settings) -> tuple[Source, ...]:
    """The sources that are watched; where there is no database yet, those of the table."""
    try:
        return listed_sources(bootstrap.open_workspace(settings))
    except bootstrap.NotReady:
        return table_sources(settings)


def table_sources(settings: Settings) -> tuple[Source, ...]:
    """The table of sources of this installation. Raises BadSources."""
    table = load_sources(settings.sources_table)
    if not settings.demo:
        return table
    # The demo's table is written for the city's usual port.
    usual, actual = f":{PORT}/", f":{settings.demo_port}/"
    return tuple(replace(source, url=source.url.replace(usual, actual)) for source in table)


def listing_sources(workspace: Workspace) -> list[str]:
    """The names of the enabled sources that list what is new; searches answer only what is asked."""
    return [one.name for one in listed_sources(workspace) if one.enabled and one.kind != SearchRow.kind]


def health(workspace: Workspace, now: datetime) -> Sequence[SourceHealth]:
    """How each enabled source does, the worst first."""
    return assess_all(listed_sources(workspace), Histories(workspace.engine).all(), now)


def collect(workspace: Workspace, names: Sequence[str] = ()) -> tuple[SourceRun, ...]:
    """Crawl the named sources, or all that are enabled and not paused, and what open tasks ask for.

    Raises UnknownName.
    """
    from spiders.crawl import CrawlOptions, crawl  # what fetches takes long to load

    table = {source.name: source for source in listed_sources(workspace)}
    for name in names:
        if name not in table:
            raise unknown("source", name, table, table)
    paused = Pauses(workspace.engine).names()
    chosen = [table[name] for name in names] or [
        source for source in table.values() if source.enabled and source.name not in paused
    ]
    under_way = workspace.files.tasks(under_way=True)
    extra = [] if names else account_file.rechecks(under_way, workspace)
    workspace.store.load_sources((*all_sources(workspace), *extra))
    chosen += extra
    queries = searches(workspace, chosen, datetime.now(CHINA).date())
    options = replace(CrawlOptions.of(workspace.settings), queries=queries)
    with screen.collecting(len(chosen)) as tell:
        return crawl(chosen, workspace.store, options, tell)


def searches(workspace: Workspace, sources: Iterable[Source], day: date) -> dict[str, Sequence[Query]]:
    """What to ask the sources that are sites' own searches, on a day: what open tasks want, then the rest."""
    searching = [source for source in sources if source.kind == SearchRow.kind]
    if not searching:
        return {}
    turn = day.toordinal()
    wanted: dict[str, list[tuple[Account, Sequence[str]]]] = {source.name: [] for source in searching}
    rest: list[tuple[Account, Sequence[str]]] = []
    for account in workspace.query.watched():
        if account.role not in (Role.CLIENT, Role.COMPETITOR):
            continue
        found = account_file.evidence(workspace, account, day)
        answers = account_file.answers_of(workspace, account, found, day)
        under_way = workspace.files.tasks(account.id, under_way=True)
        rest.append((account, account_file.words_of_gaps(answers, turn)))
        for source in searching:
            words = account_file.words_of_tasks(answers, under_way, source.channel, turn)
            wanted[source.name].append((account, words))
    return {
        source.name: tuple(
            dict.fromkeys((*plan(source, wanted[source.name], turn), *plan(source, rest, turn)))
        )
        for source in searching
    }


def work_gaps(workspace: Workspace, runs: Iterable[SourceRun]) -> WorkedGaps:
    """End the tasks that a round answered or tried in vain, and open those for what is still not known.

    Which clients' verdict or gaps changed goes into the outbox.
    """
    worked = account_file.work_gaps(workspace, listed_sources(workspace), runs, account_file.today())
    telling.of_verdicts(workspace, datetime.now(UTC))
    return worked


def interrupted(runs: Sequence[SourceRun]) -> bool:
    """Whether a person stopped the crawl."""
    return any(run.state is RunState.INTERRUPTED for run in runs)


def all_failed(runs: Sequence[SourceRun]) -> bool:
    """Whether nothing of what was asked of the sources could be done."""
    return bool(runs) and all(run.state is RunState.FAILED for run in runs)


def bring_in(workspace: Workspace, path: Path) -> tuple[Counter[str], list[saved.BadInput]]:
    """Keep the saved pages of a file or folder. Counts "new" and "known"; bad inputs are named."""
    workspace.store.load_sources(all_sources(workspace))
    count: Counter[str] = Counter()
    bad = []
    for found in saved.pages(path):
        if isinstance(found, Page):
            count["new" if workspace.store.add_page(found) else "known"] += 1
        else:
            bad.append(found)
    return count, bad


def read(workspace: Workspace, *, again: bool = False) -> ReadingCount:
    """Read the pages not yet read and those that open tasks want read again, or all of them.

    The table of sources is taken as it is now: its selectors say where an article's parts stand.
    """
    from intel import reader  # the steps take long to load, and many a command reads nothing

    workspace.store.load_sources(all_sources(workspace))
    under_way = workspace.files.tasks(under_way=True)
    workspace.store.read_again({url for one in under_way if one.way == tasks.REREAD for url in one.words})
    total = workspace.store.page_count(unread_only=not again)
    with screen.progress("reading", total) as show:
        return reader.read_pages(
            workspace.store,
            workspace.query.watched(),
            again=again,
            progress=lambda count: show(count.total, f"{count.read} articles"),
        )


def handed_on(workspace: Workspace, accounts: Sequence[Account]) -> Workspace:
    """The workspace as a briefing that leaves us quotes it: of field reports those on its one account.

    Whoever may see an account's record may read it there, and need not see what was reported on another.
    """
    return workspace.seen_by([one.id for one in accounts] if len(accounts) == 1 else [])


def brief(workspace: Workspace, accounts: Sequence[Account], order: Order) -> Document:
    """The briefing that is ordered on accounts, as of now. One before a visit is on one account."""
    return compose(gathering.gather(workspace, accounts, order), order, gathering.labels(workspace))


def deliver(workspace: Workspace, document: Document, form: Format, body: bytes) -> None:
    """Remember a briefing as delivered, and put it into the outbox: what it rests on is no longer new."""
    covered = set(document.findings)
    accounts = [document.account] if document.account else [one.id for one in workspace.query.watched()]
    findings = [
        one
        for account in accounts
        for told in (
            workspace.query.findings(account, FindingFilter()),
            workspace.query.beside(account, FindingFilter()) if document.account else (),
        )
        for one in told
        if one.id in covered
    ]
    keys = DeliveredQuery(workspace.engine).keys(findings).values()
    workspace.store.keep_briefing(
        Delivery(
            account=document.account,
            kind=document.kind.value,
            written_at=document.written_at,
            format=form.value,
            digest=hashlib.sha256(body).hexdigest(),
            delivered_at=datetime.now(UTC),
            keys=frozenset(key for told in keys for key in told),
        ),
        telling.of_briefing(workspace, document, form, body),
    )


def write_briefings(workspace: Workspace) -> list[Path]:
    """Write the HTML briefing of every client; gives back the files.

    They stand for whoever comes to look and are written anew each round, so they do not count as delivered.
    """
    order = Order(datetime.now(UTC), most=MOST[Kind.VISIT], charts=True, demo=workspace.settings.demo)
    clients = [account for account in workspace.query.watched() if account.role is Role.CLIENT]
    return [
        write(
            workspace.briefings / f"{account.id}.html",
            render(brief(handed_on(workspace, [account]), [account], order), Format.HTML),
        )
        for account in clients
    ]


def write(path: Path, body: str | bytes) -> Path:
    """Write a file whole or not at all, making its folder."""
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(body.encode() if isinstance(body, str) else body)
    return partial.replace(path)
