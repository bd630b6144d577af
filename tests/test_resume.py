"""A crawl into a real database: killed and run again, and what a 304 does not forgive."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from intel import db
from intel.health import UNHEARD, Health, assess
from intel.health_query import Histories
from intel.model import Page, RunState, Source, SourceRun
from intel.refusal import CannotKeep
from intel.store import Store
from spiders import base
from spiders.crawl import CrawlOptions, crawl
from tests.conftest import Kept
from tests.crawling import PROCESSES, source
from tests.hostile_server import Answer, Site, serving
from tests.test_spiders import XML, listing, rss, with_articles

BEAT = timedelta(seconds=0.05)
ARTICLES = [f"/a/{number}" for number in range(1, 10)]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        with_articles(running)
        yield running


class _Dying(Store):
    """A store whose process is killed with -9 right after so many pages were kept.

    The first account of how far a run is, after that of its beginning, can't be written.
    """

    left = 0
    told = 0

    def add_run(self, run: SourceRun) -> None:
        self.told += 1
        if self.told == 2 and run.state is RunState.BEGUN:
            raise TimeoutError("the database is locked")
        super().add_run(run)

    def add_page(self, page: Page) -> bool:
        new = super().add_page(page)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return new


def run(url: str, row: Source, port: int, dies_after: int = 0, room: int = 0) -> int:
    """Crawl in a process of its own; gives back its exit code, 1 where the database takes no more.

    `room` is how many pages of SQLite's file it may grow by; 0 is as much as it wants.
    """
    process = PROCESSES.Process(target=_run, args=(url, row, port, dies_after, room))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def _run(url: str, row: Source, port: int, dies_after: int, room: int) -> None:
    base.HEARTBEAT = BEAT  # type: ignore[attr-defined]
    engine = db.open_engine(url)
    if room:
        event.listen(engine, "connect", lambda driver, _: _bounded(driver, room))
    store = _Dying(engine)
    store.left = dies_after
    try:
        crawl([row], store, CrawlOptions(allowed=frozenset({f"localhost:{port}"}), timeout=3.0))
    except CannotKeep:
        sys.exit(1)


def _bounded(driver: Any, room: int) -> None:
    [size] = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count={size + room}")


def test_a_crawl_killed_with_9_goes_on_without_fetching_again_what_is_kept(site: Site, kept: Kept) -> None:
    for number in (1, 2, 3):
        site.pages[f"/list/{number}"] = listing(*ARTICLES[3 * number - 3 : 3 * number])
    row = source(site, "/list/1", "listing", item="li", page_url=f"{site.url}/list/{{page}}", pages=3)
    kept.store.load_sources([row])
    assert run(kept.url, row, site.port, dies_after=4) == -signal.SIGKILL
    had = [path for path in ARTICLES if kept.store.known([site.url + path])]
    assert len(had) == 4
    history = Histories(kept.engine).all()[row.name]
    assert [one.state for one in history.runs] == [RunState.BEGUN]
    found = assess(row, history, datetime.now(UTC))
    assert found.state is Health.NEVER_RUN and "killed before its end; the next run goes on" in found.why
    found = assess(row, history, datetime.now(UTC) + UNHEARD)
    assert found.state is Health.FAILING and "was killed before its end" in found.why
    assert run(kept.url, row, site.port) == 0
    assert all(kept.store.known([site.url + path]) for path in ARTICLES)
    assert {path: site.hits[path] for path in had} == dict.fromkeys(had, 1)
    assert run(kept.url, row, site.port) == 0
    states = [one.state for one in Histories(kept.engine).all()[row.name].runs]
    assert states == [RunState.OK, RunState.OK, RunState.BEGUN]
    # What was under way when the process died is all that may have been asked for twice.
    assert sum(site.hits[path] for path in ARTICLES) <= len(ARTICLES) + 1


@pytest.mark.sqlite
def test_a_run_that_was_killed_leaves_how_far_it_had_come_though_one_account_failed(
    site: Site, kept: Kept
) -> None:
    def slow(headers: Mapping[str, str]) -> Answer:
        time.sleep(40 * BEAT.total_seconds())  # below the time-out
        return Answer(b"<p>article</p>")

    site.pages[ARTICLES[2]] = slow
    site.pages["/list"] = listing(*ARTICLES[:3])
    row = source(site, "/list", "listing", item="li")
    kept.store.load_sources([row])
    before = datetime.now(UTC)
    assert run(kept.url, row, site.port, dies_after=3) == -signal.SIGKILL
    [left] = Histories(kept.engine).all()[row.name].runs
    assert (left.state, left.pages, left.new) == (RunState.BEGUN, 2, 2)
    assert left.started_at < left.finished_at and before < left.finished_at


@pytest.mark.sqlite
def test_a_crawl_into_a_full_disk_ends_at_once_and_goes_on_when_there_is_room(
    site: Site, kept: Kept, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in ARTICLES:
        site.pages[path] = Answer(f"<p>{os.urandom(6000).hex()}".encode())
    site.pages["/list"] = listing(*ARTICLES)
    row = source(site, "/list", "listing", item="li")
    kept.store.load_sources([row])
    kept.engine.dispose()
    assert run(kept.url, row, site.port, room=8) == 1
    had = [path for path in ARTICLES if kept.store.known([site.url + path])]
    assert 0 < len(had) < len(ARTICLES) - 2
    assert sum(site.hits[path] for path in ARTICLES) <= len(had) + 2
    assert "Traceback" not in capfd.readouterr().err
    assert run(kept.url, row, site.port) == 0
    assert all(kept.store.known([site.url + path]) for path in ARTICLES)
    assert {path: site.hits[path] for path in had} == dict.fromkeys(had, 1)


@pytest.mark.sqlite
def test_empty_not_modified_and_failed_are_told_apart_and_a_304_forgives_nothing(
    site: Site, kept: Kept
) -> None:
    row = source(site, "/feed", "feed")
    kept.store.load_sources([row])
    full = Answer(rss("/a/1"), headers={**XML, "ETag": '"v1"'})
    for answer in (Answer(rss(), headers=XML), full, Answer(status=500), Answer(status=304)):
        site.pages["/feed"] = answer
        run(kept.url, row, site.port)
    history = Histories(kept.engine).all()[row.name]
    states = [one.state for one in reversed(history.runs)]
    assert states == [RunState.EMPTY, RunState.OK, RunState.FAILED, RunState.NOT_MODIFIED]
    assert site.asked[-1][1]["If-None-Match"] == '"v1"'
    found = assess(row, history, datetime.now(UTC))
    assert (found.state, found.failures) == (Health.FAILING, 1)
    site.pages["/feed"] = full
    run(kept.url, row, site.port)
    assert assess(row, Histories(kept.engine).all()[row.name], datetime.now(UTC)).state is Health.OK
