"""A site on loopback driven from well to ill and back: what `intel sources health` says each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from intel.commands.sources import _row
from intel.health import Health, SourceHealth, assess
from intel.health_query import Histories
from intel.model import Source, SourceCheck
from tests.conftest import Kept
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site, serving
from tests.test_spiders import XML, rss, with_articles

DAY = timedelta(days=1)
# It is about what a source answers: no second time on PostgreSQL.
pytestmark = pytest.mark.sqlite
PATHS = tuple(f"/a/{number}" for number in range(1, 7))


class Watched:
    """A daily feed on a test site, and the database its runs are kept in."""

    def __init__(self, site: Site, kept: Kept) -> None:
        self.site, self.kept = site, kept
        with_articles(site, 40)
        feed = source(site, "/feed", "feed")
        self.source: Source = replace(feed, schedule="30 6 * * *", expected_minimum=5)
        kept.store.load_sources([self.source])
        self.pages = MemoryStore()

    def run(self, answer: Answer) -> SourceHealth:
        """Let the feed answer so, crawl it once, and say how it does."""
        self.site.pages["/feed"] = answer
        (run,) = collect(self.site, [self.source], self.pages).values()
        self.kept.store.add_run(run)
        return self.health()

    def health(self, later: timedelta = timedelta()) -> SourceHealth:
        histories: Mapping = Histories(self.kept.engine).all()  # type: ignore[type-arg]
        return assess(self.source, histories[self.source.name], datetime.now(UTC) + later)


@pytest.fixture
def watched(kept: Kept) -> Iterator[Watched]:
    with serving() as site:
        yield Watched(site, kept)


def feed(*paths: str) -> Answer:
    return Answer(rss(*paths), headers=XML)


def test_a_source_that_goes_from_well_to_ill_and_back_is_told_each_time(watched: Watched) -> None:
    assert watched.run(feed(*PATHS)).state is Health.OK
    redesigned = watched.run(Answer(b"<html><body>We have a new look!</body></html>"))
    assert redesigned.state is Health.CHANGED_LAYOUT and "mend the selectors" in redesigned.what_to_do
    nothing = watched.run(feed())
    assert nothing.state is Health.SILENT and "listed 0 pages, expected at least 5" in nothing.why
    broken = watched.run(Answer(status=503))
    assert broken.state is Health.FAILING and "tried again by itself" in broken.what_to_do
    assert watched.run(feed(*PATHS)).state is Health.OK
    assert watched.health(3 * DAY).state is Health.SILENT
    assert "is the scheduler running?" in watched.health(3 * DAY).what_to_do


def test_a_source_that_lists_less_than_it_should_is_silent(watched: Watched) -> None:
    few = watched.run(feed(*PATHS[:3]))
    assert (few.state, few.listed, few.expected_minimum) == (Health.SILENT, 3, 5)


def test_a_304_clears_no_failure(watched: Watched) -> None:
    watched.run(feed(*PATHS))
    watched.run(Answer(status=500))
    still = watched.run(Answer(status=304))
    assert still.state is Health.FAILING and still.last is not None and still.last.state == "not_modified"


def test_all_that_a_run_did_is_kept_and_shown(watched: Watched) -> None:
    watched.site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /closed")
    watched.run(feed(*PATHS[:2]))
    last = watched.run(feed(*PATHS, "/gone", "/closed/1")).last
    assert last is not None
    assert (last.requests, last.pages, last.new, last.known) == (7, 4, 4, 2)
    assert last.rejected == {"http_404": 1, "robots": 1} and last.errors == 1 and last.bytes > 500
    shown = _row(watched.health())
    assert shown[2:4] == (8, 5) and isinstance(shown[4], datetime)
    counts = f"7 requests, 4 pages, 4 new, 2 known, 2 rejected (http_404 1, robots 1), {last.bytes:,} bytes"
    assert shown[6] == f"{counts}, 1 errors"


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        ("lists 3 pages, expected at least 5", Health.SILENT),
        ("no entry fits 'li': has the layout changed?", Health.CHANGED_LAYOUT),
        ("no entry has a date", Health.CHANGED_LAYOUT),
        ("the newest entry is of 2019-11-22", Health.SILENT),
        ("robots.txt forbids", Health.FAILING),
        ("HTTP 404", Health.FAILING),
    ],
)
def test_a_check_that_found_something_is_believed_until_the_next_run(
    watched: Watched, problem: str, state: Health
) -> None:
    watched.run(feed(*PATHS))
    now = datetime.now(UTC)
    watched.kept.store.keep_checks([SourceCheck("feed", now, "allowed", 3, (problem,))])
    checked = watched.health()
    assert checked.state is state and problem in checked.why and "{" not in checked.what_to_do
    assert watched.run(feed(*PATHS)).state is Health.OK


def test_a_check_that_found_nothing_clears_no_failure(watched: Watched) -> None:
    watched.run(Answer(status=500))
    watched.kept.store.keep_checks([SourceCheck("feed", datetime.now(UTC), "allowed", 6)])
    assert watched.health().state is Health.FAILING


def test_a_check_comes_before_any_run(watched: Watched) -> None:
    problems = ("HTTP 404", "1 of 3 pages were not had: http_404")
    check = SourceCheck("feed", datetime.now(UTC), "allowed", 0, problems)
    watched.kept.store.keep_checks([check])
    found = watched.health()
    assert found.state is Health.FAILING and found.last is None and found.check == check
    assert json.dumps(found.check.problems) == json.dumps(problems)
