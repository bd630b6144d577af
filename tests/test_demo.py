"""`make run`'s work as a process of its own: undisturbed, twice, and killed at random moments."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.snapshot import snapshot

SOAK_KILLS = 20
LONGEST = 300  # seconds after which a run is taken for stuck


@dataclass(frozen=True)
class Demo:
    """A home folder and a port of its own for the demo."""

    home: Path
    port: int
    on_server: str = ""

    @property
    def url(self) -> str:
        return self.on_server or f"sqlite:///{self.database}"

    @property
    def database(self) -> Path:
        return self.home / "demo" / "intel.db"

    def start(self) -> subprocess.Popen[str]:
        environment = os.environ | {
            "INTEL_HOME": str(self.home),
            "INTEL_DEMO_PORT": str(self.port),
            "INTEL_DATABASE_URL": self.on_server,
            "COLUMNS": "120",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "intel", "demo"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def killed(self, after: float) -> None:
        """Run for some seconds, then no more."""
        process = self.start()
        time.sleep(after)
        process.kill()
        process.communicate()

    def pages(self) -> int:
        """How many pages are kept so far."""
        try:
            with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
                return int(connection.execute("SELECT count(*) FROM page").fetchone()[0])
        except sqlite3.OperationalError:  # not made yet
            return 0

    def run(self) -> str:
        """Run to the end; gives back what it printed."""
        process = self.start()
        out, err = process.communicate(timeout=LONGEST)
        assert process.returncode == 0, err
        return out


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing disturbed: what it printed and left, and how long it took."""

    demo: Demo
    printed: str
    left: dict[str, list[Any]]
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    demo = Demo(tmp_path_factory.mktemp("undisturbed"), free_port())
    began = time.monotonic()
    printed = demo.run()
    return Undisturbed(demo, printed, snapshot(demo.url), time.monotonic() - began)


def test_the_demo_prints_the_briefing_and_says_where_things_lie_and_what_is_next(
    undisturbed: Undisturbed,
) -> None:
    printed = undisturbed.printed
    assert "淘宝 · 情报简报" in printed and "演示数据" in printed
    assert str(undisturbed.demo.database) in printed.replace("\n", "")
    assert (undisturbed.demo.home / "demo" / "briefings" / "taobao.html").exists()
    assert "findings 淘宝" in printed


def test_the_demo_reads_at_least_120_articles_of_at_least_8_sites(undisturbed: Undisturbed) -> None:
    articles = undisturbed.left["article"]
    assert len(articles) >= 120
    assert len({article[1] for article in articles}) >= 8


def test_a_broken_source_is_reported_and_the_others_go_on(undisturbed: Undisturbed) -> None:
    assert "503" in undisturbed.printed
    assert "failed" in undisturbed.printed


def test_a_second_run_adds_nothing_twice(undisturbed: Undisturbed) -> None:
    undisturbed.demo.run()
    assert snapshot(undisturbed.demo.url) == undisturbed.left


def a_moment(undisturbed: Undisturbed, seed: int) -> float:
    """A random moment of a run."""
    return random.Random(seed).uniform(0, undisturbed.seconds)


def test_a_run_that_ctrl_c_stopped_keeps_what_was_fetched_and_killed_when_run_again_ends_as_if_undisturbed(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    demo = Demo(tmp_path, undisturbed.demo.port)
    process = demo.start()
    deadline = time.monotonic() + LONGEST
    while demo.pages() == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert 0 < demo.pages() < len(undisturbed.left["page"])
    demo.killed(a_moment(undisturbed, 3))  # an early one, for a short test
    demo.run()
    assert snapshot(demo.url) == undisturbed.left


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SOAK_KILLS))
def test_a_run_killed_at_a_random_moment_ends_as_if_undisturbed_when_run_again(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    demo = Demo(tmp_path, undisturbed.demo.port)
    demo.killed(a_moment(undisturbed, seed))
    demo.run()
    assert snapshot(demo.url) == undisturbed.left


@pytest.mark.parametrize("killed", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_a_run_on_postgresql_ends_with_what_one_on_sqlite_does(
    undisturbed: Undisturbed, tmp_path: Path, on_postgresql: Databases, killed: bool
) -> None:
    demo = Demo(tmp_path, undisturbed.demo.port, on_postgresql.url(tmp_path))
    if killed:
        demo.killed(undisturbed.seconds / 2)
    demo.run()
    assert snapshot(demo.url) == undisturbed.left
