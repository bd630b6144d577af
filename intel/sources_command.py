"""`intel sources health` and `intel sources check`: how the sources did, and how they answer now."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated

import typer

from intel import bootstrap, rounds, screen
from intel.config import Settings
from intel.health import SourceHealth, assess_all
from intel.health_query import Histories
from intel.model import Source
from intel.query import unknown
from spiders.check import CheckResult, check
from spiders.city.server import start as running_city
from spiders.crawl import CrawlOptions

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Chosen = Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")]


def sources_health(context: typer.Context, json: AsJson = False) -> None:
    """Which sources fail, fell silent or changed their layout, and what to do."""
    settings: Settings = context.obj
    histories = Histories(bootstrap.open_workspace(settings).engine).all()
    found = assess_all(rounds.listed_sources(settings), histories, datetime.now(UTC))
    if json:
        screen.print_json(found)
        return
    _show_health(found)


def sources_check(context: typer.Context, source: Chosen = None, json: AsJson = False) -> None:
    """Try sources against their sites, storing nothing: robots.txt, entries, dates, texts."""
    settings: Settings = context.obj
    with running_city(settings.demo_port) if settings.demo else nullcontext():
        results = check(_chosen(settings, source or ()), _options(settings), datetime.now(UTC))
    if json:
        screen.print_json(results)
    else:
        _show_check(results)
    if not any(result.ok for result in results):
        raise typer.Exit(1)


def _chosen(settings: Settings, names: Sequence[str]) -> Sequence[Source]:
    """The named sources, disabled ones too, or all that are enabled. Raises UnknownName."""
    table = {source.name: source for source in rounds.listed_sources(settings)}
    for name in names:
        if name not in table:
            raise unknown("source", name, table, table)
    return [table[name] for name in dict.fromkeys(names)] or [one for one in table.values() if one.enabled]


def _options(settings: Settings) -> CrawlOptions:
    return CrawlOptions(
        contact=settings.contact,
        allowed=frozenset({f"localhost:{settings.demo_port}"} if settings.demo else ()),
        log_level=settings.log_level,
    )


def _show_health(found: Sequence[SourceHealth]) -> None:
    columns = ("source", "state", "requests", "pages", "new", "listed", "expected", "last success", "why")
    screen.table(columns, [_row(health) for health in found])
    for health in found:
        if health.what_to_do:
            screen.out.print(f"{health.source}: {health.what_to_do}", markup=False)


def _row(health: SourceHealth) -> Sequence[object]:
    last = health.last
    counts = (last.requests, last.pages, last.new) if last else (0, 0, 0)
    return (
        health.source,
        health.state,
        *counts,
        health.listed,
        health.expected_minimum,
        health.last_success,
        health.why,
    )


def _show_check(results: Sequence[CheckResult]) -> None:
    columns = ("source", "ok", "robots", "listed", "expected", "newest", "problems")
    rows = [
        (r.source, "yes" if r.ok else "NO", r.robots, r.listed, r.expected_minimum, r.newest, _said(r))
        for r in results
    ]
    screen.table(columns, rows)


def _said(result: CheckResult) -> str:
    return "; ".join(result.problems)
