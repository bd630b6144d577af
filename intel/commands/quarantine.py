"""`intel quarantine`: pages that mark themselves as confidential, and the decision on each."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from intel import bootstrap, keeping, rounds, screen
from intel.commands.options import AsJson
from intel.db import read_only

quarantine_app = typer.Typer(no_args_is_help=True, help="Pages that mark themselves as confidential.")


Pages = Annotated[
    list[int], typer.Argument(metavar="PAGE...", help="Numbers that `intel quarantine list` shows.")
]
Why = Annotated[str, typer.Option(help="The reason, kept with the decision.")]
By = Annotated[str, typer.Option(help="Who decides; if not given, who is logged in.")]


@quarantine_app.command("list")
def quarantine_list(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    json: AsJson = False,
) -> None:
    """Pages that wait for a decision, with the line that marks each."""
    workspace = bootstrap.open_workspace(context.obj)
    with Session(read_only(workspace.engine)) as session:
        held = keeping.in_quarantine(session, decided=every)
    if json:
        screen.print_json(held)
        return
    columns = ("page", "found", "source", "marker", "decision", "by", "why", "url")
    screen.table(
        columns,
        [(h.page, h.found_at, h.source, h.marker, h.decision, h.decided_by, h.why, h.url) for h in held],
        "no page waits for a decision; what calls itself confidential comes here when it is read: intel read",
    )


@quarantine_app.command("release")
def quarantine_release(context: typer.Context, pages: Pages, why: Why, by: By = "") -> None:
    """Let pages be read: they are public after all."""
    workspace = _decided(context, pages, keeping.Decision(keeping.RELEASED, by or getpass.getuser(), why))
    count = rounds.read(workspace)
    screen.out.print(f"{len(pages)} released, {count.read} articles read")


@quarantine_app.command("drop")
def quarantine_drop(context: typer.Context, pages: Pages, why: Why, by: By = "") -> None:
    """Drop what pages hold; their addresses stay, so that the same bytes are not kept again."""
    _decided(context, pages, keeping.Decision(keeping.DROPPED, by or getpass.getuser(), why))
    screen.out.print(f"{len(pages)} dropped")


def _decided(context: typer.Context, pages: list[int], decision: keeping.Decision) -> bootstrap.Workspace:
    workspace = bootstrap.open_workspace(context.obj)
    with Session(workspace.engine) as session, session.begin():
        for page in dict.fromkeys(pages):
            keeping.decide(session, page, decision, datetime.now(UTC))
    return workspace
