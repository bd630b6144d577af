"""What differs between SQLite, the default, and PostgreSQL. All other code is the same on both.

Either way a writer is alone from its first statement on and waits its turn, and a reader sees the database
as it was when it began.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    URL,
    BindParameter,
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from intel.refusal import CannotKeep

WAIT_SECONDS = 30  # for the writer before
READ_ONLY = "intel_read_only"
BY_STATEMENT = "intel_by_statement"
_STATEMENTS = "intel_statements"  # the engine that reads by statement beside one
LOOK = "intel_look"  # what is called once a writer is alone, and may refuse by raising
_WRITER = 0x696E74656C  # of the advisory lock: "intel"
# Tables that triggers keep from being changed.
_GUARDED: BindParameter[list[str]] = bindparam("tables", ["review", "act"], expanding=True)
TRUSTED = 1.0  # seconds for which a connection that was just used is taken to be there still
# What a driver calls it if a disk is full, broken or not to be written: SQLite by name, PostgreSQL by state.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "53100", "58030")
_INSTRUCTIONS = 10_000  # of SQLite's machine between two looks at the clock


class UnfitDatabase(RuntimeError):
    """A database that cannot keep what we keep as it was made; the message says how to make one."""


class Dialect(Protocol):
    """One kind of database."""

    def open(self, url: URL, statement_seconds: float | None) -> Engine:
        """An engine; a statement that takes longer than so many seconds is cut off."""

    def read_only(self, engine: Engine) -> Engine:
        """The same database, for transactions that read one state of it and keep no writer waiting."""

    def by_statement(self, engine: Engine) -> Engine:
        """The same database for reading, each statement by itself, of the state that it finds."""

    def allow_scratch(self, connection: Connection) -> None:
        """Let a reading transaction that has just begun make temporary tables and views."""

    def kept_in(self, connection: Connection) -> str:
        """The schema of the tables that are kept."""

    def require_fit(self, connection: Connection) -> None:
        """Raises UnfitDatabase where texts would be kept or ordered otherwise than the code relies on."""

    def unguarded(self, connection: Connection) -> Any:
        """A context in which the triggers that forbid changes are away, for this transaction."""

    def compact(self, engine: Engine, tables: list[str]) -> None:
        """Leave nothing of what was deleted in the database's files."""

    def number_on(self, connection: Connection, table: Table) -> None:
        """After rows came in with their numbers: the next one is numbered after them."""

    def problems(self, connection: Connection) -> Iterator[str]:
        """What the database says is wrong with itself."""


class Sqlite:
    """One file; write-ahead log, full synchronisation, foreign keys on."""

    def open(self, url: URL, statement_seconds: float | None) -> Engine:
        """The file's folder is made."""
        engine = create_engine(url)
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", self._set_pragmas)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "handle_error", _tell_full)
        if statement_seconds is not None:
            _cut_off(engine, statement_seconds)
        return engine

    def read_only(self, engine: Engine) -> Engine:
        """Its transactions take no write lock."""
        return engine if _reads(engine) else engine.execution_options(**{READ_ONLY: True})

    def by_statement(self, engine: Engine) -> Engine:
        """No statement begins a transaction."""
        return engine.execution_options(**{BY_STATEMENT: True})

    def allow_scratch(self, connection: Connection) -> None:
        """Temporary tables are no change of the file."""

    def kept_in(self, connection: Connection) -> str:
        """The file that was opened."""
        return "main"

    def require_fit(self, connection: Connection) -> None:
        """SQLite compares bytes unless it is told otherwise."""

    @contextmanager
    def unguarded(self, connection: Connection) -> Iterator[None]:
        """Triggers cannot be switched off: they are dropped and made again."""
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables")
        triggers = connection.execute(query.bindparams(_GUARDED)).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, made in triggers:
            connection.exec_driver_sql(made)

    def compact(self, engine: Engine, tables: list[str]) -> None:
        """Index merged, file and log rewritten."""
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO article_search(article_search) VALUES ('optimize')")
        driver = engine.raw_connection()  # VACUUM is for outside of any transaction
        try:
            cursor = driver.cursor()
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(statement)
                cursor.fetchall()
            cursor.close()
        finally:
            driver.close()

    def number_on(self, connection: Connection, table: Table) -> None:
        """SQLite looks for the greatest number itself."""

    def problems(self, connection: Connection) -> Iterator[str]:
        """Pages of the file, and references that lead nowhere."""
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        yield from (f"integrity: {line}" for line in found if line != "ok")
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"{table} {row} points to a {parent} that is not there"

    @staticmethod
    def _begin(connection: Connection) -> None:
        # A writer takes the lock at once: one that read first could not wait for it (SQLITE_BUSY at once).
        options = connection.get_execution_options()
        if options.get(BY_STATEMENT):
            return
        if options.get(READ_ONLY):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        options.get(LOOK, _nothing)()

    @staticmethod
    def _set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # None: the driver leaves BEGIN to _begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        # secure_delete: what is deleted or forgotten is overwritten, not left in free pages.
        for pragma in (
            "journal_mode=WAL",
            f"busy_timeout={WAIT_SECONDS * 1000}",
            "foreign_keys=ON",
            "synchronous=FULL",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


class Postgresql:
    """A server's database, through psycopg."""

    def open(self, url: URL, statement_seconds: float | None) -> Engine:
        """A pool of connections, each tried before it is used again, since servers restart."""
        settings = {"timezone": "UTC", "lock_timeout": f"{WAIT_SECONDS}s", "jit": "off"}
        if statement_seconds is not None:
            settings["statement_timeout"] = f"{round(statement_seconds * 1000)}ms"
        told = [str(url.query["options"])] if "options" in url.query else []
        make = partial(
            create_engine,
            url.set(drivername="postgresql+psycopg"),
            max_overflow=20,
            connect_args={
                "application_name": "intel",
                "connect_timeout": 10,
                "options": " ".join([*(f"-c {name}={value}" for name, value in settings.items()), *told]),
            },
        )
        engine = make(pool_size=5)
        # Connections of its own: to set one right for a statement and back costs as much as the statement.
        statements = make(pool_size=10, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
        engine.update_execution_options(**{_STATEMENTS: statements})
        event.listen(engine, "engine_disposed", lambda _: statements.dispose())
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "handle_error", _tell_full)
        _try_again(engine)
        _try_again(statements)
        return engine

    def read_only(self, engine: Engine) -> Engine:
        """Its transactions see one snapshot."""
        if _reads(engine):
            return engine
        return engine.execution_options(
            **{READ_ONLY: True}, isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def by_statement(self, engine: Engine) -> Engine:
        """Nothing is sent to the server but the statements."""
        statements = engine.get_execution_options()[_STATEMENTS]
        assert isinstance(statements, Engine)
        return statements

    def allow_scratch(self, connection: Connection) -> None:
        """A read-only transaction makes no temporary tables either; before any query it can change."""
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")

    def kept_in(self, connection: Connection) -> str:
        """The first of the search path that there is."""
        return str(connection.scalar(select(func.current_schema())))

    def require_fit(self, connection: Connection) -> None:
        """UTF-8, ordered by code point as SQLite does: ranges of addresses depend on it."""
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        by_code = connection.exec_driver_sql("SELECT 'B' < 'a' AND 'a#' < 'a$' AND 'a$' < 'a/'").scalar()
        if encoding != "UTF8" or not by_code:
            raise UnfitDatabase(
                "the database does not order texts by code point in UTF-8; make one with: "
                "CREATE DATABASE intel TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )

    @contextmanager
    def unguarded(self, connection: Connection) -> Iterator[None]:
        """Triggers are switched off where there are any; a rollback brings them back too."""
        query = text(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class "
            "WHERE relname IN :tables AND relnamespace = current_schema()::regnamespace)"
        )
        tables = list(connection.execute(query.bindparams(_GUARDED)).scalars())
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def compact(self, engine: Engine, tables: list[str]) -> None:
        """Tables and indexes rewritten; the server's log keeps what it had until it is recycled."""
        names = ", ".join(f'"{table}"' for table in tables)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"VACUUM (FULL) {names}")

    def number_on(self, connection: Connection, table: Table) -> None:
        """Sequences do not see the numbers of rows."""
        for column in table.primary_key.columns:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            if connection.scalar(select(sequence)) is not None:
                last = select(func.coalesce(func.max(column), 0)).scalar_subquery()
                connection.execute(select(func.setval(sequence, last + 1, False)))

    def problems(self, connection: Connection) -> Iterator[str]:
        """Indexes that are not whole, references not checked, pages whose checksums were wrong."""
        queries = {
            "index {} is not whole": "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid",
            "reference {} was never checked": "SELECT conname FROM pg_constraint WHERE NOT convalidated",
            "{} pages had a wrong checksum": "SELECT checksum_failures FROM pg_stat_database "
            "WHERE datname = current_database() AND checksum_failures > 0",
        }
        for said, query in queries.items():
            yield from (said.format(found) for found in connection.exec_driver_sql(query).scalars())

    @staticmethod
    def _begin(connection: Connection) -> None:
        # One writer at a time, as on SQLite: what it read first still holds when it writes.
        options = connection.get_execution_options()
        if not options.get(READ_ONLY):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
            options.get(LOOK, _nothing)()


DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "postgresql": Postgresql()}


def of(database: Engine | Connection) -> Dialect:
    """The kind of an open database."""
    return DIALECTS[database.dialect.name]


def _reads(engine: Engine) -> bool:
    return bool(engine.get_execution_options().get(READ_ONLY))


def _nothing() -> None:
    """What most writers look at first."""


def _tell_full(context: ExceptionContext) -> None:
    error = context.original_exception
    named = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    if named.startswith(_FULL):
        raise CannotKeep(
            f"the database takes nothing more: {error}; make room, then give the same command again: "
            "what was kept stays"
        ) from error


def _try_again(engine: Engine) -> None:
    """Try connections that were left alone for a while; each try is a way to the server and back."""

    def left(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["left"] = time.monotonic()

    def taken(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - float(record.info.get("left", "inf")) < TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise InvalidatePoolError from None

    event.listen(engine, "checkin", left)
    event.listen(engine, "checkout", taken)


@dataclass(slots=True)
class _Limit:
    """When a connection's statement is cut off, of the clock that only goes on."""

    at: float = inf


def _cut_off(engine: Engine, seconds: float) -> None:
    """End statements of SQLite after so many seconds; it looks at the clock between instructions."""

    def watch(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        limit = record.info["limit"] = _Limit()
        connection.set_progress_handler(lambda: time.monotonic() > limit.at, _INSTRUCTIONS)

    def start(connection: Connection, *_: Any) -> None:
        connection.info["limit"].at = time.monotonic() + seconds

    event.listen(engine, "connect", watch)
    event.listen(engine, "before_cursor_execute", start)
