"""Sources tried against a site on loopback: what `intel sources check` says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import pytest

from intel.health import Health, History, assess
from intel.model import RunState, Source, SourceRun
from spiders.check import SAMPLES, CheckResult, check, judge
from spiders.crawl import CrawlOptions
from tests.crawling import PROCESSES, source
from tests.hostile_server import Answer, Site, serving

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TEXT = "公司在华中新建的分拨中心投运，配备三套自动分拣设备，承担周边四省的中转任务。" * 4
# Lists of a test site: how many entries, of which day.
LISTS = {
    "well": (6, "2026-11-23"),
    "few": (3, "2026-11-23"),
    "old": (6, "2019-11-23"),
    "ahead": (6, "2027-11-23"),
    "undated": (6, ""),
    "broken": (6, "2026-11-23"),
    "forbidden": (6, "2026-11-23"),
}

Tried = tuple[Mapping[str, CheckResult], Site]


def lists(name: str) -> Answer:
    count, day = LISTS[name]
    row = '<li><a href="/{}/{}">分拨中心投运 {}</a><span>{}</span></li>'
    items = "".join(row.format(name, number, number, day) for number in range(count))
    return Answer(f"<ul class=news>{items}</ul>".encode())


def article(day: str) -> Answer:
    html = f"<title>分拨中心投运</title><h1>分拨中心投运</h1><p>发布时间：{day}</p><p>{TEXT}</p><p>{TEXT}</p>"
    return Answer(html.encode())


def fill(site: Site) -> None:
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /forbidden")
    for name, (count, day) in LISTS.items():
        site.pages[f"/{name}"] = lists(name)
        for number in range(count):
            site.pages[f"/{name}/{number}"] = article(day)
    for number in range(SAMPLES):
        del site.pages[f"/broken/{number}"]
    site.pages["/redesigned"] = Answer(b"<div>all is new here</div>")
    site.pages["/find?q=%E5%BF%AB%E9%80%92"] = lists("well")


def rows(site: Site) -> list[Source]:
    names = (*LISTS, "redesigned", "missing")
    listings = [source(site, f"/{name}", "listing", name, item="ul li", date="span") for name in names]
    like = {"item": "ul li", "date": "span"}
    search = source(site, "/find?q={query}", "search", "search", **like, queries=["{alias}"])
    moved = source(site, "/well", "listing", "moved", **like, article={"body": "div.gone", "author": ".who"})
    quiet = source(site, "/old", "listing", "quiet", **like, days=30)
    return [replace(one, expected_minimum=5) for one in (*listings, search, moved, quiet)]


def _check(pipe: Connection, sources: Sequence[Source], options: CrawlOptions) -> None:
    pipe.send(check(sources, options, NOW))


@pytest.fixture(scope="module")
def tried() -> Iterator[Tried]:
    with serving() as site:
        fill(site)
        options = CrawlOptions(allowed=frozenset({f"localhost:{site.port}"}), timeout=3.0)
        ours, theirs = PROCESSES.Pipe()
        # The reactor cannot be started twice, so the check has a process of its own.
        process = PROCESSES.Process(target=_check, args=(theirs, rows(site), options))
        process.start()
        theirs.close()
        results: Sequence[CheckResult] = ours.recv()
        process.join()
        yield {result.source: result for result in results}, site


def test_a_source_that_answers_as_its_row_says_is_well(tried: Tried) -> None:
    result = tried[0]["well"]
    assert result.ok and result.problems == () and result.robots == "allowed"
    assert (result.listed, result.expected_minimum) == (6, 5)
    assert result.newest == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert [sample.title for sample in result.samples] == ["分拨中心投运"] * SAMPLES


def test_a_search_is_tried_with_one_query(tried: Tried) -> None:
    assert tried[0]["search"].ok and tried[0]["search"].listed == 6


def test_a_selector_of_authors_may_find_none(tried: Tried) -> None:
    assert len(tried[0]["moved"].problems) == 1 and tried[0]["moved"].samples[0].missed == ("body", "author")


def test_only_the_newest_entries_are_fetched(tried: Tried) -> None:
    hits = tried[1].hits
    assert [number for number in range(6) if hits[f"/old/{number}"]] == list(range(SAMPLES))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("few", "lists 3 pages, expected at least 5"),
        ("old", "the newest entry is of 2019-11-2"),
        ("ahead", "which is to come"),
        ("undated", "no entry has a date"),
        ("broken", f"{SAMPLES} of 6 pages were not had: http_404"),
        ("forbidden", "robots.txt forbids"),
        ("redesigned", "has the layout changed?"),
        ("missing", "HTTP 404"),
        ("moved", "article.body finds nothing on any page: has the layout changed?"),
        ("quiet", "lists nothing of the last 30 days"),
    ],
)
def test_what_is_wrong_with_a_source_is_said(tried: Tried, name: str, problem: str) -> None:
    result = tried[0][name]
    assert not result.ok and any(problem in said for said in result.problems)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("redesigned", Health.CHANGED_LAYOUT),
        ("missing", Health.FAILING),
        ("forbidden", Health.FAILING),
    ],
)
def test_health_understands_what_a_run_says_of_itself(tried: Tried, name: str, state: Health) -> None:
    result = tried[0][name]
    row = source(tried[1], f"/{name}", "listing")
    run = SourceRun(name, NOW, NOW, result.state, reason=result.reason)
    found = assess(row, History((run,), NOW, NOW, NOW), NOW)
    assert found.state is state and "{" not in found.what_to_do


def test_what_robots_forbids_is_not_fetched(tried: Tried) -> None:
    assert tried[0]["forbidden"].robots == "forbidden" and not tried[1].hits["/forbidden"]


def test_a_robots_txt_without_answer_is_told_from_one_that_forbids() -> None:
    row = Source("one", "一", "listing", "news", "https://news.example/", "某社", "C", "公开")
    run = SourceRun("one", NOW, NOW, RunState.FAILED, reason="robots.txt unreachable: HTTP 503")
    result = judge(row, run, (), NOW)
    assert (result.ok, result.robots) == (False, "unreachable")
