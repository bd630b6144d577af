"""Fixtures that several test modules share."""

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from intel import db
from intel.cli import main
from intel.model import Account
from intel.query import Query
from intel.store import Store
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from tests.crawling import MemoryStore
from tests.hostile_server import Site, serving
from tests.making import SOURCES


@pytest.fixture(scope="session")
def accounts() -> tuple[Account, ...]:
    """The shipped watchlist."""
    return load_accounts(ACCOUNTS_CSV)


class Kept:
    """A fresh database with taxonomy, watchlist and two sources in it."""

    def __init__(self, file: Path, accounts: tuple[Account, ...]) -> None:
        self.file = file
        self.engine = db.open_engine(f"sqlite:///{file}")
        db.upgrade(self.engine)
        self.store, self.query = Store(self.engine), Query(self.engine)
        self.store.load_taxonomy(taxonomy())
        self.store.load_accounts(accounts)
        self.store.load_sources(SOURCES)


@pytest.fixture
def kept(tmp_path: Path, accounts: tuple[Account, ...]) -> Iterator[Kept]:
    """A fresh SQLite database."""
    database = Kept(tmp_path / "intel.db", accounts)
    yield database
    database.engine.dispose()


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback that a test fills; `collect` may reach it."""
    with serving() as running:
        yield running


@pytest.fixture
def inside() -> Iterator[Site]:
    """A service on loopback that the crawl is not allowed to reach."""
    with serving() as running:
        yield running


@pytest.fixture
def store() -> MemoryStore:
    """An empty store in memory."""
    return MemoryStore()


@pytest.fixture(scope="session")
def known_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a database with something of every kind in it; tests work on copies."""
    from tests.asking import known  # the API takes a while to load, and few tests ask it

    home = tmp_path_factory.mktemp("known")
    known(home)
    return home


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def intel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process, on a home folder of its own."""
    monkeypatch.setenv("INTEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["intel", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return run
