"""`intel forget` and `intel export`: a person, an address or a source out of all that is kept, for good."""

from __future__ import annotations

import secrets
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from intel import acts, bootstrap, forgetting, rounds, screen
from intel.bootstrap import Workspace
from intel.commands.options import By, Why, acting
from intel.held import held
from intel.jobs.views import NoJobs
from intel.query import unknown
from intel.refusal import Refusal
from intel.tombstones import scope_of
from pipelines.flow import Watchlist
from pipelines.forgotten import LONGEST, PERSON, SOURCE, URL, Forgotten, digest, normal_name

forget_app = typer.Typer(
    no_args_is_help=True, help="Delete what names a person, or came from somewhere, for good."
)
export_app = typer.Typer(no_args_is_help=True, help="Write down all that is held.")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The full name, or - to read it from standard input.")
]
Organisation = Annotated[
    str, typer.Option(help="Only in texts that also name this organisation: for a name that others have too.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


class BadName(Refusal, ValueError):
    """A name that cannot be forgotten or exported; the message says why."""


@forget_app.command("person")
def forget_person(
    context: typer.Context,
    name: Name,
    by: By,
    organisation: Organisation = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    why: Why = "",
) -> None:
    """Take a person's name out of everything, and keep it out."""
    workspace = bootstrap.open_workspace(context.obj)
    found = _full_name(name)
    _forget(workspace, (PERSON, found, organisation.strip()), (dry_run, yes), acting(by, why))


@forget_app.command("url")
def forget_url(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a page; all versions go.")],
    by: By,
    dry_run: DryRun = False,
    yes: Yes = False,
    why: Why = "",
) -> None:
    """Delete all that came from an address, and never fetch it again."""
    _forget(bootstrap.open_workspace(context.obj), (URL, url, ""), (dry_run, yes), acting(by, why))


@forget_app.command("source")
def forget_source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="A name in the table of sources.")],
    by: By,
    dry_run: DryRun = False,
    yes: Yes = False,
    why: Why = "",
) -> None:
    """Delete all that came from a source, and never collect it again."""
    workspace = bootstrap.open_workspace(context.obj)
    known = [source.name for source in workspace.query.sources()]
    if name not in known:
        raise unknown("source", name, known, known)
    _forget(workspace, (SOURCE, name, ""), (dry_run, yes), acting(by, why))


@forget_app.command("apply")
def forget_apply(context: typer.Context, by: By) -> None:
    """Clear a database of all that was forgotten: after a backup was restored, or a forgetting cut off."""
    workspace = bootstrap.open_workspace(context.obj, restored=True)
    forgotten = workspace.tombstones.redaction().forgotten
    _told(_clearing(workspace).of(forgotten) + _struck(workspace, forgotten), "gone")
    workspace.tombstones.settle(acting(by))


@export_app.command("person")
def export_person(
    context: typer.Context,
    name: Name,
    organisation: Organisation = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
) -> None:
    """All that is held of a person, as JSON: for the person's own request."""
    workspace = bootstrap.open_workspace(context.obj)
    found = _full_name(name)
    person = _alone(secrets.token_bytes(32), PERSON, found, _scope(workspace, organisation))
    told = {"person": found, "at": datetime.now(UTC), **held(workspace.engine, workspace.briefings, person)}
    if output is None:
        screen.print_json(told)
    else:
        screen.out.print(str(rounds.write(output, screen.as_json(told))))


def _full_name(name: str) -> str:
    found = (sys.stdin.readline() if name == "-" else name).strip()
    if len(normal_name(found)) < 2 or not any(character.isalpha() for character in found):
        raise BadName("give the full name: one character would be found in every text")
    normal = normal_name(found)
    if not normal.isascii() and "·" not in normal and len(normal) > LONGEST:
        raise BadName(f"a Chinese name of more than {LONGEST} characters needs the dots between its parts: ·")
    if normal.isascii() and " " not in normal:
        raise BadName("give the full name: a given name or family name alone is many people's")
    return found


def _scope(workspace: Workspace, organisation: str) -> frozenset[str]:
    names = {
        folded: frozenset(map(normal_name, account.names))
        for account in workspace.query.watched()
        for folded in map(normal_name, (account.id, *account.names))
    }
    return scope_of(organisation, names)


def _alone(key: bytes, kind: str, value: str, scope: frozenset[str]) -> Forgotten:
    """The one that is forgotten now, by name: faster than by digest."""
    made = digest(key, kind, value)
    if kind == PERSON:
        return Forgotten(key, {made: scope}, plain=(value,), plain_only=True)
    one = frozenset({made})
    return Forgotten(key, addresses=one) if kind == URL else Forgotten(key, sources=one)


def _forget(workspace: Workspace, what: tuple[str, str, str], how: tuple[bool, bool], by: acts.By) -> None:
    kind, value, organisation = what
    dry_run, yes = how
    scope = _scope(workspace, organisation)
    if not yes or dry_run:
        trial = _alone(secrets.token_bytes(32), kind, value, scope)
        _told(_clearing(workspace, dry_run=True).of(trial), "would go")
        if dry_run:
            return
        typer.confirm("Forget this for good? Deleted text does not come back", abort=True, err=True)
    workspace.tombstones.bury(kind, value, organisation, by)
    stones = workspace.tombstones.redaction().forgotten
    one = _alone(stones.key, kind, value, scope)
    _told(_clearing(workspace).of(one) + _struck(workspace, one), "gone")
    workspace.tombstones.settle(by)


def _clearing(workspace: Workspace, *, dry_run: bool = False) -> forgetting.Clearing:
    watchlist = Watchlist.of(workspace.query.watched())
    return forgetting.Clearing(workspace.engine, watchlist, workspace.briefings, dry_run)


def _struck(workspace: Workspace, forgotten: Forgotten) -> Counter[str]:
    """The jobs of forgotten sources struck off the list, where there is one."""
    if not forgotten.sources:
        return Counter()
    from intel.jobs.desk import desk  # loads dbos, which other commands do without

    try:
        with desk(workspace) as at:
            return Counter(job=at.strike(forgotten.source))
    except NoJobs:
        return Counter()


def _told(count: Counter[str], what: str) -> None:
    screen.table(("of", what), sorted((name, rows) for name, rows in count.items() if rows))
    if not count.total():
        screen.out.print("nothing of it is held")
