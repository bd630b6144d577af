"""The one place that wires things together: settings in, a ready workspace out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from intel import db, dialects, past, readers
from intel.added_sources import AddedSources
from intel.config import Settings
from intel.days import end_of
from intel.file_store import FileStore
from intel.model import Source
from intel.query import Query
from intel.readers import Readers
from intel.refusal import Refusal
from intel.store import Store
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from intel.tombstones import LostKey, Tombstones


class NotReady(Refusal, RuntimeError):
    """A database that cannot be worked with as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A database that is ready to work with."""

    settings: Settings
    engine: Engine
    store: Store
    query: Query
    files: FileStore
    tombstones: Tombstones

    @property
    def briefings(self) -> Path:
        """The folder of written briefings."""
        return self.settings.folder / "briefings"

    def seen_by(self, accounts: Readers) -> Workspace:
        """The same for reading, as who may see the files of these accounts (None: all) sees it."""
        return self if accounts is None else self._read_by(readers.seen_by(self.engine, accounts))

    def known_then(self, only: bool = True) -> Workspace:
        """The same for reading, with answers as of a past day from what had been read by that day `only`."""
        return self._read_by(past.known_then(self.engine)) if only else self

    @contextmanager
    def gone_back(self, day: date) -> Iterator[Workspace]:
        """The same for the reads of one answer, of which those as of the end of a day see one state."""
        with past.gone_back(self.engine, end_of(day)) as engine:
            yield self._read_by(engine)

    def _read_by(self, engine: Engine) -> Workspace:
        return replace(self, engine=engine, query=Query(engine), files=FileStore(engine))


def init(settings: Settings, sources: Iterable[Source], tell: db.Tell = db.quiet) -> Workspace:
    """Make the database or bring it up to date, and load what it starts with.

    The shipped watchlist is loaded where there are no accounts yet; later edits are never undone.
    `tell` hears how many of how many articles were indexed anew, where that is needed.
    """
    engine = opened(settings)
    with usable(settings):
        _version(engine)
        db.upgrade(engine, tell=tell)
    workspace = _workspace(settings, engine)
    workspace.store.load_taxonomy(taxonomy())
    workspace.store.load_sources(AddedSources(engine).beside(sources))
    if not workspace.query.watched():
        workspace.store.load_accounts(load_accounts(ACCOUNTS_CSV))
    _require_forgotten(workspace)
    return workspace


def open_workspace(settings: Settings, *, restored: bool = False) -> Workspace:
    """Open the database as it is. Raises NotReady where there is none, or one of another version.

    Also where it still holds what was forgotten, a restored backup, unless `restored` says so.
    """
    engine = existing(settings)
    with usable(settings):
        current = _version(engine) == db.newest()
    if not current:
        raise NotReady("the database is of another version; update it with: intel init")
    workspace = _workspace(settings, engine)
    if not restored:
        _require_forgotten(workspace)
    return workspace


def existing(settings: Settings) -> Engine:
    """The database, whatever its version. Raises NotReady where there is none."""
    engine = opened(settings)
    file = db.sqlite_file(engine)
    if file is not None and not file.exists():
        raise NotReady(f"no database at {file}; make one with: intel init")
    return engine


def upgrade(settings: Settings) -> tuple[str, str]:
    """Bring the schema up to date; gives back its versions before ("" for none) and now."""
    engine = opened(settings)
    with usable(settings):
        before = _version(engine)
        db.upgrade(engine)
    return before, db.newest()


def _version(engine: Engine) -> str:
    """The version of the schema, "" for none. Raises NotReady for one that only a newer release knows."""
    with db.read_only(engine).connect() as connection:
        version = db.version(connection)
    if version and not db.knows(version):
        raise NotReady(
            f"the database is of a newer release (schema {version}; this one knows up to {db.newest()}): "
            "install that release, or restore a backup of before: intel db restore"
        )
    return version


def _workspace(settings: Settings, engine: Engine) -> Workspace:
    tombstones = Tombstones(engine, settings.folder)
    try:
        tombstones.sync()
        tombstones.redaction()
    except LostKey as error:
        raise NotReady(str(error)) from error
    return Workspace(
        settings, engine, Store(engine, tombstones.redaction), Query(engine), FileStore(engine), tombstones
    )


def _require_forgotten(workspace: Workspace) -> None:
    """A database that is older than a forgetting, or in the middle of one, is not to be looked into."""
    if pending := workspace.tombstones.pending():
        raise NotReady(
            f"this database still holds what was forgotten ({pending}), as a restored backup does; "
            "clear it with: intel forget apply"
        )


@contextmanager
def usable(settings: Settings) -> Iterator[None]:
    """A block of work with the database; raises NotReady where it cannot be done with this one."""
    try:
        yield
    except dialects.UnfitDatabase as error:
        raise NotReady(str(error)) from error
    except DBAPIError as error:
        raise NotReady(
            f"cannot work with the database {settings.shown_url!r}: {error.orig}{_unwritable(settings)}"
        ) from error


def _unwritable(settings: Settings) -> str:
    """That SQLite has to write beside its file, where it may not."""
    file = make_url(settings.url).database
    if file is None or not (folder := Path(file).parent).is_dir() or os.access(folder, os.W_OK):
        return ""
    return f"; {folder} cannot be written"


def opened(settings: Settings) -> Engine:
    """An engine for the database, which need not exist. Raises NotReady for a URL that is none."""
    try:
        return db.open_engine(settings.url)
    except (ArgumentError, OSError) as error:
        raise NotReady(f"cannot open the database {settings.shown_url!r}: {error}") from error
