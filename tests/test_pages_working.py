"""The pages of work that is under way: a real worker collects from a site that holds its answers back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page

from intel import adding, rounds
from intel.added_sources import AddedSource, AddedSources
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.pauses import Pause, Pauses
from intel.users import UserRole, Users
from tests.asking import CHEAP, NOW, PASSWORD
from tests.browsing import Enter, chromium, entering, serving
from tests.hostile_server import Answer, Site
from tests.hostile_server import serving as hosting
from tests.making import root
from tests.trying import ENTRIES, furnish

LONGEST = 60_000  # milliseconds after which what a window waits for is taken for stuck
NAME = "live"
WORKER = (
    "import sys\nfrom intel import bootstrap\nfrom intel.config import Settings\n"
    "from intel.jobs.engine import Worker\n"
    "worker = Worker(bootstrap.open_workspace(Settings()), ['collect'])\n"
    "worker.start()\nsys.stdin.read()\nworker.stop()\n"
)


class Held:
    """The articles of a feed, each of which is answered when it is let go."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.feed = furnish(site, robots="User-agent: *\nDisallow:\n")
        self._gates = {path: Event() for _, path, _ in ENTRIES[:2]}
        for path, gate in self._gates.items():
            page = site.pages[path]
            assert isinstance(page, Answer)
            site.pages[path] = self._behind(gate, page)

    @staticmethod
    def _behind(gate: Event, page: Answer) -> Callable[[Mapping[str, str]], Answer]:
        def answered(_: Mapping[str, str]) -> Answer:
            gate.wait(LONGEST / 1000)
            return page

        return answered

    def let_one_go(self) -> None:
        """Answer the first of the articles that is asked for."""
        deadline = time.monotonic() + LONGEST / 1000
        while time.monotonic() < deadline:
            for path, _ in self._site.asked:
                if path in self._gates:
                    self._gates[path].set()
                    return
            time.sleep(0.05)
        raise AssertionError("no article is asked for")

    def all(self) -> None:
        """Hold nothing back."""
        for gate in self._gates.values():
            gate.set()

    def gone(self) -> None:
        """The feed is there no more."""
        self._site.pages["/feed.xml"] = Answer(b"nothing here", 404)


@pytest.fixture
def site() -> Iterator[Site]:
    with hosting() as running:
        yield running


@pytest.fixture
def held(site: Site) -> Iterator[Held]:
    made = Held(site)
    yield made
    made.all()


@pytest.fixture
def workspace(tmp_path: Path, site: Site, held: Held) -> Workspace:
    """An installation that collects one source."""
    settings = Settings(home=tmp_path, demo=True, demo_port=site.port)
    made = rounds.init(settings)
    for one in rounds.listed_sources(made):
        Pauses(made.engine).pause(Pause(one.name, "test", "one is enough", NOW))
    source = replace(adding.draft("feed", held.feed, ()), name=NAME, label="现场新闻", delay=0.0)
    AddedSources(made.engine).keep(AddedSource(source, "allowed", "operator", NOW))
    made.store.load_sources(rounds.all_sources(made))
    Users(made.engine, CHEAP).add("operator", UserRole.OPERATOR, PASSWORD, root(NOW))
    return made


@pytest.fixture
def worker(workspace: Workspace) -> Iterator[None]:
    """A process that does what is due."""
    environment = os.environ | workspace.settings.environment
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        yield
        process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def enter(browser: Browser, workspace: Workspace) -> Iterator[Enter]:
    with serving(workspace) as address, entering(browser, address) as entered:
        yield entered


def _comes(window: Page, text: str) -> None:
    """Wait for a text in what is live; the page itself must not be loaded anew for it."""
    window.evaluate("window.notReloaded = true")
    window.locator("#live", has_text=text).wait_for(timeout=LONGEST)
    assert window.evaluate("window.notReloaded")


@pytest.mark.usefixtures("worker")
def test_work_under_way_shows_how_far_it_is_by_itself_and_is_cancelled_and_fails_in_words(
    enter: Enter, held: Held
) -> None:
    window = enter("operator", viewport={"width": 360, "height": 800})
    while not window.locator("#live .state.running").count():
        window.goto("/jobs?kind=collect")  # before the worker has begun there is nothing that is live
    _comes(window, "已取 0 页")
    held.let_one_go()
    _comes(window, "已取 1 页")
    window.reload()
    assert "已取 1 页" in window.inner_text("#live")
    assert "工作进程" in window.inner_text("main") and "没有工作进程" not in window.inner_text("main")
    window.click("#live th a")
    assert "现场新闻" in window.inner_text("h1")
    assert window.locator(".head .state").inner_text() == "进行中"
    window.click("form[action='/jobs/cancel'] button")
    assert window.locator(".done").inner_text() == "已取消；做过的留下。"
    assert window.locator(".head .state").inner_text() == "已取消"
    held.all()
    held.gone()
    window.reload()
    assert window.locator("form[action='/jobs/cancel']").count() == 0
    window.click("form[action='/jobs/retry'] button")
    window.goto("/jobs?kind=collect")
    window.click("#live th a")
    _comes(window, "失败")  # the head with its state and its acts too
    assert window.locator("form[action='/jobs/cancel']").count() == 0
    window.click("#live a[href='/sources/live']")
    assert "现场新闻" in window.inner_text("h1")
    window.goto("/jobs?kind=collect")
    failed = window.locator("#live tr", has_text="失败")
    assert "HTTP 404" in failed.inner_text()
    assert failed.locator("form[action='/jobs/retry']").count() == 1
    assert window.locator("#live tr", has_text="已取消").count() == 1
