"""How far back a source is read: entries of every kind that are too old are not asked for, but counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intel.config import CHINA
from intel.health import Health, History, assess
from intel.model import RunState, Source
from spiders.catalogue import BadSources, load_sources
from spiders.queries import Query
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site
from tests.test_spiders import XML, with_articles
from tests.test_spiders_catalogue import ROW

DAYS = 7
TODAY = datetime.now(CHINA).date()
QUERIES = {"search": [Query("x")]}
Made = Callable[[Site, dict[str, int]], Source]


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def items(ages: dict[str, int]) -> Answer:
    rows = (f'<li><a href="{path}">快递</a><i>{day(ago)}</i></li>' for path, ago in ages.items())
    return Answer(f"<ul>{''.join(rows)}</ul>".encode())


def listed(kind: str, path: str = "/list") -> Made:
    """A list in HTML, as several kinds of source read it."""

    def made(site: Site, ages: dict[str, int]) -> Source:
        site.pages[path.replace("{query}", "x")] = items(ages)
        made = source(site, path, kind, item="li", date="i", days=DAYS)
        any_type = {"types": ["any"]} if kind == "document" else {}
        return replace(made, options={**made.options, **any_type})

    return made


def feed(site: Site, ages: dict[str, int]) -> Source:
    entries = "".join(
        f"<item><title>t</title><link>{path}</link><pubDate>{day(ago)}T08:00:00+08:00</pubDate></item>"
        for path, ago in ages.items()
    )
    body = f'<rss version="2.0"><channel>{entries}</channel></rss>'
    site.pages["/feed"] = Answer(body.encode(), headers=XML)
    return source(site, "/feed", "feed", days=DAYS)


def urlset(ages: dict[str, int], base: str) -> Answer:
    place = "<url><loc>{}</loc><lastmod>{}</lastmod></url>"
    places = "".join(place.format(base + path, day(ago)) for path, ago in ages.items())
    return Answer(f"<urlset>{places}</urlset>".encode(), headers=XML)


def sitemap(site: Site, ages: dict[str, int]) -> Source:
    site.pages["/map"] = urlset(ages, site.url)
    return source(site, "/map", "sitemap", days=DAYS)


def announcements(ages: dict[str, int], *, more: bool = False) -> Answer:
    now = datetime.now(UTC)
    rows = [
        {
            "announcementTitle": "公告",
            "announcementTime": int((now - timedelta(days=ago)).timestamp() * 1000),
            "adjunctUrl": path,
        }
        for path, ago in ages.items()
    ]
    body = json.dumps({"announcements": rows, "hasMore": more})
    return Answer(body.encode(), headers={"Content-Type": "application/json"})


def filing(site: Site, ages: dict[str, int]) -> Source:
    site.pages["/query?pageNum=1"] = announcements(ages)
    return source(site, "/query", "filing", days=DAYS)


KINDS: dict[str, Made] = {
    "feed": feed,
    "sitemap": sitemap,
    "filing": filing,
    "search": listed("search", "/s?q={query}"),
    **{kind: listed(kind) for kind in ("listing", "document", "tender", "statistics")},
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_that_is_too_old_is_not_asked_for_but_counted(
    site: Site, store: MemoryStore, kind: str
) -> None:
    with_articles(site)
    made = KINDS[kind](site, {"/a/1": 1, "/a/2": DAYS, "/a/3": DAYS + 1, "/a/4": 400})
    run = collect(site, [made], store, queries=QUERIES)[kind]
    assert store.paths == {"/a/1", "/a/2"} and site.hits["/a/3"] == site.hits["/a/4"] == 0
    assert (run.state, run.new, run.rejected) == (RunState.OK, 2, {"too_old": 2})
    assert store.complete == {kind: True}


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_with_nothing_of_late_is_well_and_asks_for_nothing(
    site: Site, store: MemoryStore, kind: str
) -> None:
    with_articles(site)
    made = KINDS[kind](site, {f"/a/{number}": 30 for number in range(1, 7)})
    run = collect(site, [made], store, queries=QUERIES)[kind]
    assert (run.state, run.pages, run.rejected) == (RunState.OK, 0, {"too_old": 6})
    now = datetime.now(UTC)
    assert assess(made, History((run,), now, now, now), now).state is Health.OK


def test_an_old_entry_that_is_kept_counts_as_known(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    young = listed("listing")(site, {"/a/1": 1})
    collect(site, [young], store)
    site.pages["/list"] = items({"/a/1": 40, "/a/2": 40})
    run = collect(site, [young], store)["listing"]
    assert (run.known, run.rejected) == (1, {"too_old": 1})


def test_an_entry_without_a_date_is_never_too_old(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/list"] = Answer(b'<li><a href="/a/1">x</a></li>')
    run = collect(site, [source(site, "/list", "listing", item="li", days=1)], store)["listing"]
    assert run.new == 1 and not run.rejected


def test_an_old_page_that_changed_is_asked_for_again(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    news = f"<news><publication_date>{day(300)}</publication_date></news>"
    place = f"<url><loc>{site.url}/a/1</loc><lastmod>{day(0)}</lastmod>{news}</url>"
    site.pages["/map"] = Answer(f"<urlset>{place}</urlset>".encode(), headers=XML)
    run = collect(site, [source(site, "/map", "sitemap", days=DAYS)], store)["sitemap"]
    assert run.new == 1 and not run.rejected


def test_a_sitemap_that_did_not_change_since_is_not_asked_for(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    maps = "".join(
        f"<sitemap><loc>{site.url}/map/{ago}</loc><lastmod>{day(ago)}</lastmod></sitemap>" for ago in (1, 60)
    )
    site.pages["/index"] = Answer(f"<sitemapindex>{maps}</sitemapindex>".encode(), headers=XML)
    site.pages["/map/1"] = urlset({"/a/1": 1}, site.url)
    collect(site, [source(site, "/index", "sitemap", days=DAYS)], store)
    assert store.paths == {"/a/1"} and site.hits["/map/60"] == 0


def test_an_old_announcement_ends_the_pages_of_an_endpoint(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    for page, ago in ((1, 1), (2, 30), (3, 60)):
        site.pages[f"/query?pageNum={page}"] = announcements({f"/a/{page}": ago}, more=True)
    collect(site, [source(site, "/query", "filing", days=DAYS)], store)
    assert store.paths == {"/a/1"}
    assert [site.hits[f"/query?pageNum={page}"] for page in (1, 2, 3)] == [1, 1, 0]


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing", "statistics", "filing"])
def test_an_age_of_less_than_a_day_is_refused(tmp_path: Path, kind: str) -> None:
    table = tmp_path / "sources.toml"
    item = 'item = "ul li"' if kind in ("listing", "statistics") else ""
    row = ROW.replace('"listing"', f'"{kind}"').replace('item = "ul li"', f"{item}\ndays = 0")
    table.write_text(row, encoding="utf-8")
    with pytest.raises(BadSources, match=r"options\.days: is not from 1 to 36500"):
        load_sources(table)
