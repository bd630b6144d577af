"""Fixtures that several test modules share."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intel import db
from intel.cli import main
from intel.model import Account
from intel.query import Query
from intel.store import Store
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from tests.crawling import MemoryStore, Said
from tests.databases import KINDS, Databases, Postgres, running
from tests.hostile_server import Site, serving
from tests.making import SOURCES


def pytest_configure() -> None:
    """The processes that tests start keep the byte code of our modules: else each compiles 200 of them."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores, since tests wait: for a host's turn, for a worker taken for dead, for a limit."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def accounts() -> tuple[Account, ...]:
    """The shipped watchlist."""
    return load_accounts(ACCOUNTS_CSV)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started when the first test of a worker needs it, in less than a second."""
    with running() as server:
        yield server


def _databases(kind: str, request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Databases:
    return Databases(kind, factory.mktemp(kind), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def on_sqlite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases in files."""
    return _databases("sqlite", request, tmp_path_factory)


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases on the server."""
    return _databases("postgresql", request, tmp_path_factory)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `databases`, or what is built on it, runs on both, unless marked for one."""
    if "databases" in metafunc.fixturenames:
        alone = [kind for kind in KINDS if any(metafunc.definition.iter_markers(kind))]
        metafunc.parametrize("databases", alone or KINDS, indirect=True)


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of the kind that this run of the test is on."""
    made = request.getfixturevalue(f"on_{request.param}")
    assert isinstance(made, Databases)
    return made


class Kept:
    """A fresh database with taxonomy, watchlist and two sources in it."""

    def __init__(self, url: str, file: Path) -> None:
        self.url = url
        self.file = file  # of SQLite
        self.engine = db.open_engine(url)
        self.store, self.query = Store(self.engine), Query(self.engine)


def stocked(url: str) -> None:
    """Fill a database with the newest schema, taxonomy, watchlist and two sources."""
    engine = db.open_engine(url)
    db.upgrade(engine)
    store = Store(engine)
    store.load_taxonomy(taxonomy())
    store.load_accounts(load_accounts(ACCOUNTS_CSV))
    store.load_sources(SOURCES)
    engine.dispose()


@pytest.fixture
def kept(tmp_path: Path, databases: Databases) -> Iterator[Kept]:
    """A fresh database."""
    database = Kept(databases.url(tmp_path, stocked), tmp_path / "intel.db")
    yield database
    database.engine.dispose()
    databases.drop(database.url)


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
