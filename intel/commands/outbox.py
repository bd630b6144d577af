"""`intel deliver` and `intel outbox`: messages into the CRM, and those that wait or were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.bootstrap import Workspace
from intel.claims import Claims
from intel.commands.options import AsJson, By, Why, acting
from intel.crm.connector import BadDestination
from intel.delivering import Delivering, Outcome
from intel.destinations import destinations
from intel.outbox import Entry, NoMessage, Outbox, State

outbox_app = typer.Typer(
    no_args_is_help=True, help="Messages that wait for their destination, and all others."
)

OnlyAccount = Annotated[
    str | None, typer.Option("--account", metavar="ACCOUNT", help="Only of this account.")
]
Number = Annotated[int, typer.Argument(metavar="MESSAGE", help="Its number.")]


def _now() -> datetime:
    return datetime.now(UTC)


def deliver(
    context: typer.Context,
    account: OnlyAccount = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be sent now.")] = False,
    json: AsJson = False,
) -> None:
    """Send what waits in the outbox and is due, once."""
    workspace = bootstrap.open_workspace(context.obj)
    known = destinations(workspace)
    if known.wrong and not known.connectors:
        raise BadDestination("; ".join(known.wrong))
    for wrong in known.wrong:
        screen.err.print(wrong, style="red", markup=False)
    connectors = known.connectors
    only = workspace.query.account(account).id if account else None
    if dry_run:
        _entries(Claims(workspace.engine).due(connectors, _now(), only), json)
        return
    outcomes = list(Delivering(workspace.engine, connectors, _now).due(only))
    if json:
        screen.print_json(outcomes)
    else:
        _outcomes(workspace, outcomes)
    if known.wrong or (outcomes and all(one.state is not State.DELIVERED for one in outcomes)):
        raise typer.Exit(1)


def _outcomes(workspace: Workspace, outcomes: Sequence[Outcome]) -> None:
    columns = ("message", "to", "account", "kind", "state", "note")
    rows = [(v.id, v.destination, v.account or "all", v.kind, v.state, v.note) for v in outcomes]
    screen.table(columns, rows)
    waiting = len(Outbox(workspace.engine).listed(State.PENDING))
    dead = len(Outbox(workspace.engine).listed(State.DEAD))
    screen.out.print(
        screen.hinting(f"{len(outcomes)} tried; {waiting} wait, {dead} are dead (intel outbox list)")
    )


@outbox_app.command("list")
def outbox_list(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only in this state.")] = None,
    account: OnlyAccount = None,
    json: AsJson = False,
) -> None:
    """The messages, the newest first."""
    workspace = bootstrap.open_workspace(context.obj)
    only = workspace.query.account(account).id if account else None
    _entries(Outbox(workspace.engine).listed(state, only), json)


@outbox_app.command("show")
def outbox_show(context: typer.Context, message: Number) -> None:
    """A message with all that it tells, as JSON."""
    entry, content = Outbox(bootstrap.open_workspace(context.obj).engine).shown(message)
    screen.print_json({"message": entry, "content": content})


@outbox_app.command("replay")
def outbox_replay(
    context: typer.Context,
    by: By,
    messages: Annotated[list[int] | None, typer.Argument(metavar="MESSAGE", help="Their numbers.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that are dead.")] = False,
    why: Why = "",
) -> None:
    """Deliver dead or delivered messages again; their effect stays one."""
    outbox = Outbox(bootstrap.open_workspace(context.obj).engine)
    numbers = [*(messages or ()), *(entry.id for entry in outbox.listed(State.DEAD) if dead)]
    if not numbers and not dead:
        raise NoMessage("which message? give its number, or --dead for all that are dead")
    for number in sorted(set(numbers)):
        entry = outbox.replay(number, acting(by, why))
        screen.out.print(f"message {entry.id}: {entry.state}")


@outbox_app.command("drop")
def outbox_drop(
    context: typer.Context,
    message: Number,
    why: Annotated[str, typer.Option("--why", help="Why it must not be delivered.")],
    by: By,
) -> None:
    """Never deliver a message; what it tells is deleted."""
    entry = Outbox(bootstrap.open_workspace(context.obj).engine).drop(message, acting(by, why))
    screen.out.print(f"message {entry.id}: {entry.state}")


def _entries(entries: Sequence[Entry], json: bool) -> None:
    if json:
        screen.print_json(entries)
        return
    columns = ("message", "to", "account", "kind", "state", "tries", "made", "due or ended", "note")
    screen.table(
        columns,
        [
            (
                one.id,
                one.destination,
                one.account or "all",
                one.kind,
                one.state,
                one.attempts,
                one.made_at,
                one.ended_at or one.due_at,
                one.error or one.receipt,
            )
            for one in entries
        ],
        "no message to show; a delivered briefing makes one: intel brief ACCOUNT --deliver",
    )
