"""`intel extract`, `intel analyse`: what is read out of a saved page, or texts; nothing is kept."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from intel import analysing, bootstrap, rounds, screen
from intel.bootstrap import NotReady
from intel.commands.options import AsJson, existing
from intel.config import Settings
from intel.model import Account, NotAnArticle, Page, Selectors
from intel.refusal import Refusal
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.extract import extract as extract_page


class NoSuchSource(Refusal, ValueError):
    """A source that is not in the table."""


def extract(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A saved page.")],
    url: Annotated[str, typer.Option(help="Where the page came from.")] = "",
    of: Annotated[str, typer.Option("--source", help="Read it with the selectors of this source.")] = "",
    json: AsJson = False,
) -> None:
    """What is read out of one saved page: title, author, date with its evidence, body."""
    selectors = _selectors(context.obj, of) if of else None
    source = existing(file)
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


def analyse(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help='JSON lines {"id", "title", "text"}.')],
) -> None:
    """Tag texts: accounts, events and topics, one JSON line for each."""
    lines = sys.stdin.buffer if file == "-" else existing(Path(file)).open("rb")
    bad = analysing.analyse_lines(lines, sys.stdout, _watched(context.obj))
    for where, reason in bad:
        screen.err.print(f"{file}:{where}: {reason}", style="red", markup=False)
    if bad:
        raise typer.Exit(1)


def _watched(settings: Settings) -> tuple[Account, ...]:
    """The watchlist of the database, where there is one, else the shipped one."""
    try:
        return bootstrap.open_workspace(settings).query.watched()
    except NotReady:
        return load_accounts(ACCOUNTS_CSV)


def _selectors(settings: Settings, name: str) -> Selectors | None:
    """The selectors of a source of the table."""
    known = (*rounds.known_sources(settings), *rounds.BESIDE)
    found = [one for one in known if one.name == name]
    if not found:
        raise NoSuchSource(f"no source {name!r} in the table")
    return Selectors.of(found[0].options)
