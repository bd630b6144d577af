"""`intel sources try`, `add`, `remove`: a source is tried as a crawl would, then collected by schedule."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from intel import adding, bootstrap, screen
from intel.commands.options import AsJson, By, Why, acting
from intel.config import CHINA, Settings
from intel.model import Source

if TYPE_CHECKING:
    from spiders.check import CheckResult

Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The feed, the sitemap, the first list page.")
]
Kind = Annotated[str, typer.Option(help="How it lists its pages: feed, sitemap, listing …")]
Options = Annotated[
    list[str] | None, typer.Option("--option", help="An option of its kind, NAME=VALUE; may be repeated.")
]


def sources_try(
    context: typer.Context,
    address: Address,
    kind: Kind = "feed",
    option: Options = None,
    json: AsJson = False,
) -> None:
    """Try a place that is not collected yet: what it lists, how the newest of it reads. Keeps nothing."""
    result = _tried(context.obj, adding.draft(kind, address, option or ()))
    _show(result, json)
    if not result.ok:
        raise typer.Exit(1)


def sources_add(
    context: typer.Context,
    address: Address,
    name: Annotated[str, typer.Option(help="Stable identifier: small letters, digits, - and _.")],
    label: Annotated[str, typer.Option(help="What readers see.")],
    channel: Annotated[str, typer.Option(help="What sort of place it is.")],
    owner: Annotated[str, typer.Option(help="Who runs it.")],
    reliability: Annotated[str, typer.Option(help="A to F.")],
    lawful_basis: Annotated[str, typer.Option(help="Why it may be collected: what was checked, and when.")],
    by: By,
    kind: Kind = "feed",
    option: Options = None,
    schedule: Annotated[str, typer.Option(help="When, as a cron line in China's time.")] = "30 6 * * *",
    expected_minimum: Annotated[int, typer.Option(help="How many pages it lists at least.")] = 1,
    terms_read: Annotated[
        bool, typer.Option("--terms-read", help="You read the owner's terms today.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Add it even if the try found problems.")] = False,
) -> None:
    """Try a source and, if all is well, collect it from now on; it stands beside the table of sources."""
    workspace, now = bootstrap.open_workspace(context.obj), datetime.now(UTC)
    said = {
        "name": name,
        "label": label,
        "channel": channel,
        "owner": owner,
        "reliability": reliability,
        "lawful_basis": lawful_basis,
        "schedule": schedule,
        "expected_minimum": expected_minimum,
    }
    if terms_read:
        said["terms_reviewed"] = now.astimezone(CHINA).date().isoformat()
    source = adding.completed(adding.draft(kind, address, option or ()), said)
    adding.require_new(workspace, source)
    result = _tried(context.obj, source)
    _show(result, json=False)
    if not (result.ok or anyway):
        screen.err.print("not added; mend it, or say --anyway", markup=False)
        raise typer.Exit(1)
    adding.add(workspace, source, result, by, now)
    hint = f"intel collect --source {source.name}"
    screen.out.print(f"added {source.name}; collect it now with: {hint}", markup=False)


def sources_remove(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="One that was added, not one of the table.")
    ],
    by: By,
    why: Why = "",
) -> None:
    """Collect an added source no more; the pages it brought in stay."""
    adding.remove(bootstrap.open_workspace(context.obj), source, acting(by, why))
    screen.out.print(f"removed {source}", markup=False)


def _tried(settings: Settings, source: Source) -> CheckResult:
    from intel.trying import try_source  # what fetches takes long to load
    from spiders.city.server import start as running_city

    with running_city(settings.demo_port) if settings.demo else nullcontext(), screen.collecting(1) as tell:
        return try_source(settings, source, tell)


def _show(result: CheckResult, json: bool) -> None:
    if json:
        screen.print_json(result)
        return
    screen.table(("date", "title", "begins with, or why it was not had"), [*_rows(result)])
    rejected = ", ".join(f"{slug} {count}" for slug, count in sorted(result.rejected.items()))
    screen.out.print(f"{result.listed} listed; rejected: {rejected or 'none'}; robots.txt: {result.robots}")
    for link in result.terms:
        screen.out.print(f"read the owner's terms: {link}", markup=False)
    for problem in result.problems:
        screen.out.print(f"problem: {problem}", markup=False)


def _rows(result: CheckResult) -> Sequence[Sequence[Any]]:
    newest = sorted(result.samples, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return [(one.at, one.title or one.url, one.problem or one.text) for one in newest]
