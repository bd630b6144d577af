"""A backup: all rows of a database in one file, the same from SQLite and PostgreSQL, for either to restore.

A ZIP file with a member TABLE.jsonl for each table, a row a line in the order of the primary key, and
manifest.json: the schema's version, and of each table its columns, number of rows and SHA-256. What can be
worked out again, the search index, is not in it. Writing takes one snapshot and keeps nobody waiting;
restoring is one transaction: all or nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import JSON, Connection, Date, DateTime, Engine, LargeBinary, MetaData, Table, insert, select

from intel import db, dialects, search_index
from intel.acts import Act, Action, By, note
from intel.refusal import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
ROWS = 1000  # that are read or written at once
# What a database makes of its rows by itself: begins of names of tables.
NOT_KEPT = (*search_index.TABLES, "account_version")
_LONGEST_MANIFEST = 1 << 20


class BadBackup(Refusal, ValueError):
    """A file that cannot be restored; the message says why."""


class NotEmpty(Refusal, RuntimeError):
    """A file that is there, or a database that holds rows already."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One table of a backup."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `version` is the schema's."""

    format: int
    version: str
    taken_at: str
    tables: tuple[Contents, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.rows for table in self.tables)


Progress = Callable[[str, int], None]
"""Told a table and how many of its rows are done."""


def write(engine: Engine, target: Path, progress: Progress = lambda table, rows: None) -> Manifest:
    """Write a backup of the database as it is now. The file is whole or not there, and only its owner's.

    Raises NotEmpty where there is one.
    """
    if target.exists():
        raise NotEmpty(f"{target} exists; give another name, or remove it first")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with db.read_only(engine).connect() as connection:
                manifest = _write(connection, file, progress)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(connection: Connection, file: BinaryIO, progress: Progress) -> Manifest:
    version = db.version(connection)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        tables = []
        for table in _tables(connection):
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                tables.append(_write_table(connection, table, member, progress))
        manifest = Manifest(FORMAT, version, datetime.now(UTC).isoformat(), tuple(tables))
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    return manifest


def _write_table(connection: Connection, table: Table, member: Any, progress: Progress) -> Contents:
    digest, count = hashlib.sha256(), 0
    columns = tuple(sorted(column.name for column in table.columns))
    query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
    for rows in connection.execution_options(yield_per=ROWS).execute(query).partitions():
        lines = b"".join(_line(row) for row in rows)
        digest.update(lines)
        member.write(lines)
        count += len(rows)
        progress(table.name, count)
    return Contents(table.name, columns, count, digest.hexdigest())


def _line(row: Sequence[Any]) -> bytes:
    return json.dumps(list(row), ensure_ascii=False, default=_told, separators=(",", ":")).encode() + b"\n"


def _told(value: object) -> str:
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return moment.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"no way to write down {type(value).__name__}")


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself. Raises BadBackup."""
    with _opened(source) as archive:
        return _manifest(archive)


def verify(source: Path) -> Manifest:
    """Read all of a backup and compare it with its checksums. Raises BadBackup."""
    with _opened(source) as archive:
        manifest = _manifest(archive)
        for contents in manifest.tables:
            for _ in _lines(archive, contents):
                pass
    return manifest


def restore(
    engine: Engine,
    source: Path,
    by: By,
    *,
    replace: bool = False,
    progress: Progress = lambda table, rows: None,
) -> Manifest:
    """Fill the database from a backup and bring it to the newest schema; all or nothing.

    The act of it is the one row that is not the backup's.

    Raises BadBackup for a file that is damaged or of a newer release, NotEmpty for a database that holds
    rows, unless they are to be replaced.
    """
    with _opened(source) as archive, engine.begin() as connection:
        manifest = _manifest(archive)
        if not db.knows(manifest.version):
            raise BadBackup(
                f"{source} is of version {manifest.version}; this release does not know it: update it first"
            )
        if not replace and (name := _first_with_rows(connection)):
            raise NotEmpty(f"the database is not empty: {name} has rows; to replace all of it: --replace")
        _clear(connection)
        db.upgrade_over(connection, manifest.version)
        with dialects.of(connection).unguarded(connection):
            _fill(connection, archive, manifest, progress)
        db.upgrade_over(connection)
        search_index.rebuild(connection, db.quiet)
        told = {"taken_at": manifest.taken_at, "version": manifest.version, "replaced": replace}
        note(connection, by, Act(Action.DATA_RESTORED, source.name, after=told))
    return manifest


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, progress: Progress) -> None:
    backed_up = {contents.name: contents for contents in manifest.tables}
    tables = _tables(connection)
    if unknown := sorted(set(backed_up) ^ {table.name for table in tables}):
        raise BadBackup(f"a backup of version {manifest.version} cannot hold these tables: {unknown}")
    for table in reversed(tables):  # what a migration put in
        connection.execute(table.delete())
    for table in tables:
        contents = backed_up[table.name]
        read = [_reader(table, name) for name in contents.columns]
        lines, done = _lines(archive, contents), 0
        while some := list(islice(lines, ROWS)):
            rows = [
                {
                    name: convert(value)
                    for name, convert, value in zip(contents.columns, read, json.loads(line), strict=True)
                }
                for line in some
            ]
            connection.execute(insert(table), rows)
            done += len(rows)
            progress(table.name, done)
        dialects.of(connection).number_on(connection, table)


def _reader(table: Table, name: str) -> Callable[[Any], Any]:
    """How a value of a column comes back from JSON."""
    if name not in table.columns:
        raise BadBackup(f"{table.name} has no column {name}")
    kind = table.columns[name].type
    if isinstance(kind, JSON):
        kind.none_as_null = True
        return lambda value: value
    for one, convert in _CONVERSIONS.items():
        if isinstance(kind, one):
            return lambda value: None if value is None else convert(value)
    return lambda value: value


_CONVERSIONS: Mapping[type[Any], Callable[[str], Any]] = {
    DateTime: lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC),
    Date: date.fromisoformat,
    LargeBinary: base64.b64decode,
}


def _lines(archive: zipfile.ZipFile, contents: Contents) -> Iterator[bytes]:
    """The rows of a table; raises BadBackup at the end where they are not what was written."""
    digest, count = hashlib.sha256(), 0
    with archive.open(f"{contents.name}.jsonl") as member:
        for line in member:
            digest.update(line)
            count += 1
            yield line
    if (count, digest.hexdigest()) != (contents.rows, contents.sha256):
        raise BadBackup(f"{archive.filename}: {contents.name} is not what was written: the checksum differs")


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise BadBackup(f"{archive.filename} is no backup")
    told = json.loads(archive.read(MANIFEST))
    if told["format"] != FORMAT:
        raise BadBackup(f"{archive.filename} is of format {told['format']}; this release reads {FORMAT}")
    tables = tuple(
        Contents(one["name"], tuple(one["columns"]), one["rows"], one["sha256"]) for one in told["tables"]
    )
    return Manifest(FORMAT, told["version"], told["taken_at"], tables)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise BadBackup(f"{source} is damaged or no backup: {error}") from error


def _tables(connection: Connection) -> list[Table]:
    """The tables to back up, those first that others point to."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(("alembic_", *NOT_KEPT)))
    return metadata.sorted_tables


def _first_with_rows(connection: Connection) -> str | None:
    for table in _tables(connection):
        if connection.execute(select(*table.primary_key.columns).limit(1)).first():
            return table.name
    return None


def _clear(connection: Connection) -> None:
    """Drop all tables."""
    search_index.drop(connection)
    metadata = MetaData()
    metadata.reflect(connection)
    metadata.drop_all(connection)
