"""`intel retain` and `intel personal`: what has been kept long enough, and what was never kept."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from intel import bootstrap, forgetting, keeping, retention, screen
from intel.commands.options import AsJson, By, acting
from intel.config import Settings
from intel.db import read_only


def retain(
    context: typer.Context,
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    json: AsJson = False,
) -> None:
    """Let go of what has been kept longer than its class is kept."""
    settings: Settings = context.obj
    engine = bootstrap.open_workspace(settings).engine
    days, act = retention.load_days(settings.retention), acting(by)
    found = retention.due(engine, days, act.at) if dry_run else list(retention.let_go(engine, days, act))
    if not dry_run and any(one.rows for one in found):
        forgetting.compact(engine)
    if json:
        screen.print_json(found)
        return
    would = "would go" if dry_run else "gone"
    screen.table(("class", "days", would), [(one.name, one.days or "for ever", one.rows) for one in found])


def personal(
    context: typer.Context,
    again: Annotated[
        bool, typer.Option("--again", help="First filter all kept pages by today's rules.")
    ] = False,
    json: AsJson = False,
) -> None:
    """How many private details were left out before pages were kept, by source and kind."""
    workspace = bootstrap.open_workspace(context.obj)
    if again:
        changed = workspace.store.filter_again()
        forgetting.compact(workspace.engine)
        screen.err.print(screen.hinting(f"{changed} pages changed; read them again with: intel read"))
    with Session(read_only(workspace.engine)) as session:
        rows = keeping.left_out_by_source(session)
    columns = ("source", "kind", "left out", "pages", "last page")
    if json:
        screen.print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    screen.table(
        columns,
        rows,
        "nothing was left out; what personal details pages bring is when they come: intel collect",
    )
