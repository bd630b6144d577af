"""`intel accounts proposals|accept|dismiss`: organisations that recur beside accounts, and what they are."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.acts import By
from intel.commands.options import AsJson
from intel.model import Account, Role
from intel.proposals import BadProposal, Proposals

Organisation = Annotated[str, typer.Argument(metavar="NAME", help="As `intel accounts proposals` writes it.")]
Who = Annotated[str, typer.Option("--by", help="Who decides; if not given, who is logged in.")]
Why = Annotated[str, typer.Option(help="The reason, kept with the decision.")]


def proposals(
    context: typer.Context,
    least: Annotated[int, typer.Option(min=1, help="In how many stories at least.")] = 2,
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    decided: Annotated[bool, typer.Option("--decided", help="What was decided instead.")] = False,
    json: AsJson = False,
) -> None:
    """Organisations that nobody watches but that recur beside watched accounts."""
    found = Proposals(bootstrap.open_workspace(context.obj).engine)
    if decided:
        rows = found.decided()
        if json:
            screen.print_json(rows)
            return
        columns = ("name", "decision", "account", "by", "why", "at")
        screen.table(
            columns,
            [(r.name, r.decision, r.account or "", r.who, r.why, r.at) for r in rows],
            "nothing was decided yet; decide with: intel accounts accept NAME, or dismiss NAME",
        )
        return
    waiting = found.waiting(least, most)
    if json:
        screen.print_json(waiting)
        return
    screen.table(
        ("name", "stories", "beside", "holds", "as in"),
        [
            (
                one.name,
                one.stories,
                ", ".join(f"{account} {count}" for account, count in one.beside.items()),
                ", ".join(one.holds),
                " / ".join(sentence.quote.strip() for sentence in one.sentences),
            )
            for one in waiting
        ],
        "no organisation recurs that nobody watches; what is read is looked through for them: intel read",
    )


def accept(
    context: typer.Context,
    name: Organisation,
    why: Why,
    of: Annotated[str, typer.Option(metavar="ACCOUNT", help="It is another name of this account.")] = "",
    new: Annotated[str, typer.Option(metavar="ID", help="It is a new account with this id.")] = "",
    role: Annotated[Role, typer.Option(help="What the new account is to us.")] = Role.PARTNER,
    who: Who = "",
) -> None:
    """Take a proposed organisation for another name of an account, or for an account of its own."""
    if bool(of) == bool(new):
        raise BadProposal("say either whose name it is (--of ACCOUNT) or its own id (--new ID)")
    workspace = bootstrap.open_workspace(context.obj)
    if of:
        Proposals(workspace.engine).accept_alias(name, workspace.query.account(of).id, _by(who, why))
    else:
        Proposals(workspace.engine).accept_account(Account(new, name, role), _by(who, why))
    screen.out.print(screen.hinting(f"{name}: accepted; read history with it: intel read --all"))


def dismiss(context: typer.Context, name: Organisation, why: Why, who: Who = "") -> None:
    """Ask about a proposed organisation no more."""
    Proposals(bootstrap.open_workspace(context.obj).engine).dismiss(name, _by(who, why))
    screen.out.print(f"{name}: dismissed")


def _by(who: str, why: str) -> By:
    return By(who or getpass.getuser(), why, datetime.now(UTC))
