"""`intel accounts`: the organisations we watch, and the proposals of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.commands import proposals
from intel.commands.options import AccountName, AsJson, By, Why, acting, existing
from intel.taxonomy import load_accounts

app = typer.Typer(no_args_is_help=True, help="The organisations we watch.")
app.command("proposals")(proposals.proposals)
app.command("accept")(proposals.accept)
app.command("dismiss")(proposals.dismiss)


@app.command("list")
def accounts_list(context: typer.Context, json: AsJson = False) -> None:
    """Every account with how much is known of it."""
    views = bootstrap.open_workspace(context.obj).query.accounts()
    if json:
        screen.print_json(views)
        return
    columns = ("account", "name", "role", "articles", "findings", "newest")
    screen.table(
        columns,
        [(v.id, v.name, v.role, v.articles, v.findings, v.newest) for v in views],
        "no account is watched; add some with: intel accounts load FILE.csv",
    )


@app.command("show")
def accounts_show(context: typer.Context, name: AccountName, json: AsJson = False) -> None:
    """One account: its names, and how many findings answer each topic."""
    workspace = bootstrap.open_workspace(context.obj)
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


@app.command("load")
def accounts_load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns id,name,role,aliases.")],
    by: By,
    why: Why = "",
) -> None:
    """Add accounts from a CSV, or bring them up to date by id."""
    accounts = load_accounts(existing(file))
    count = bootstrap.open_workspace(context.obj).store.load_accounts(accounts, acting(by, why))
    screen.out.print(screen.hinting(f"{count} accounts loaded; read history with them: intel read --all"))
