"""`intel db`: the schema brought up to date, the database checked, backed up and restored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intel import backup, bootstrap, checking, db, screen, search_index
from intel.backup import Manifest
from intel.commands.options import AsJson, By, Why, acting

app = typer.Typer(no_args_is_help=True, help="The database: schema, check, backup, restore.")


BackupFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)]


@app.command("upgrade")
def upgrade(context: typer.Context) -> None:
    """Bring the schema up to date; all or nothing, so it can be run again after it was interrupted."""
    before, now = bootstrap.upgrade(context.obj)
    screen.out.print(f"schema {now}, as before" if before == now else f"schema {before or 'none'} → {now}")


@app.command("check")
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--backup", metavar="FILE", help="Check a backup instead of the database.")
    ] = None,
    reindex: Annotated[bool, typer.Option("--reindex", help="First make the search index anew.")] = False,
    json: AsJson = False,
) -> None:
    """Say what is wrong with the database, or with a backup; exit code 1 where something is."""
    if file is not None:
        _show(backup.verify(_existing(file)), json)
        return
    engine = bootstrap.existing(context.obj)
    if reindex:
        with bootstrap.usable(context.obj), engine.begin() as connection:
            search_index.rebuild(connection, db.quiet)
    found = list(checking.problems(engine))
    if json:
        screen.print_json(found)
    else:
        screen.out.print(screen.hinting("\n".join(found)) or "nothing wrong", markup=False)
    if found:
        raise typer.Exit(1)


@app.command("backup")
def write_backup(context: typer.Context, file: BackupFile, json: AsJson = False) -> None:
    """Write all rows to one file, as they are now, while others read and write on."""
    engine = bootstrap.existing(context.obj)
    with bootstrap.usable(context.obj), screen.counting("backing up") as tell:
        written = backup.write(engine, file, tell)
    _show(written, json)


@app.command("restore")
def restore(
    context: typer.Context,
    file: BackupFile,
    by: By,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also into a database that holds rows: they are deleted.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Fill the database from a backup of either kind of database; all or nothing."""
    if replace and not yes:
        typer.confirm("Delete everything that is in the database now?", abort=True, err=True)
    engine = bootstrap.opened(context.obj)
    with bootstrap.usable(context.obj), screen.counting("restoring") as tell:
        restored = backup.restore(engine, _existing(file), acting(by, why), replace=replace, progress=tell)
    _show(restored, json)
    bootstrap.open_workspace(context.obj)  # tells what is still to be done: to clear it of who is forgotten


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise backup.BadBackup(f"no file {file}")
    return file


def _show(manifest: Manifest, json: bool) -> None:
    if json:
        screen.print_json(manifest)
        return
    rows = [(table.name, table.rows, table.sha256[:16]) for table in manifest.tables]
    screen.table(("table", "rows", "sha256"), rows)
    screen.out.print(f"{manifest.rows} rows of schema {manifest.version}, {manifest.taken_at[:19]}Z")
