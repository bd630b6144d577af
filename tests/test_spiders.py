"""The spiders against a real server on loopback."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from intel.model import RunState, Validators
from tests.crawling import Ending, MemoryStore, collect, source
from tests.hostile_server import Answer, Site

XML = {"Content-Type": "application/xml"}


def rss(*paths: str, date: str = "") -> bytes:
    items = "".join(
        f"<item><title>题目 {path}</title><link>{path}</link><pubDate>{date}</pubDate></item>"
        for path in paths
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    )


def listing(*paths: str, after: str = "") -> Answer:
    items = "".join(f'<li><a href="{path}">题目</a><span>2026-11-20</span></li>' for path in paths)
    return Answer(f"<ul class=news>{items}</ul>{after}".encode())


def urlset(site: Site, *paths: str) -> Answer:
    return Answer(
        f"<urlset>{''.join(f'<url><loc>{site.url}{path}</loc></url>' for path in paths)}</urlset>".encode(),
        headers=XML,
    )


def index(site: Site, *paths: str) -> Answer:
    maps = "".join(f"<sitemap><loc>{site.url}{path}</loc></sitemap>" for path in paths)
    return Answer(f"<sitemapindex>{maps}</sitemapindex>".encode(), headers=XML)


def with_articles(site: Site, count: int = 9) -> None:
    for number in range(1, count + 1):
        site.pages[f"/a/{number}"] = Answer(f"<p>文章 {number}</p>".encode())


# ---- feeds


def test_a_feed_entry_is_kept_with_its_title_and_a_zoneless_date_in_china(
    site: Site, store: MemoryStore
) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss("/a/1", date="Mon, 23 Nov 2026 08:00:00"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    page = store.pages[f"{site.url}/a/1"]
    assert (run.state, run.new, run.requests) == (RunState.OK, 1, 3)
    assert page.listed_title == "题目 /a/1"
    assert page.listed_at is not None and page.listed_at.isoformat() == "2026-11-23T08:00:00+08:00"
    assert page.body == "<p>文章 1</p>".encode()


def test_atom_rdf_and_json_feeds_are_read(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/atom"] = Answer(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>1</title>'
        b'<link href="/a/1"/><updated>2026-11-20T10:00:00Z</updated></entry></feed>'
    )
    site.pages["/rdf"] = Answer(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        b"<item><title>2</title><link>/a/2</link></item></rdf:RDF>"
    )
    items = [{"id": "3", "url": "/a/3", "title": "3", "date_published": "2026-11-20T10:00:00"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    site.pages["/json"] = Answer(json.dumps(feed).encode(), headers={"Content-Type": "application/feed+json"})
    collect(site, [source(site, f"/{kind}", "feed", kind) for kind in ("atom", "rdf", "json")], store)
    assert store.paths == {"/a/1", "/a/2", "/a/3"}


def test_what_is_no_feed_fails_and_a_feed_without_entries_is_empty(site: Site, store: MemoryStore) -> None:
    site.pages["/empty"] = Answer(rss(), headers=XML)
    site.pages["/page"] = Answer(b"<!DOCTYPE html><html><body>we have moved</body></html>")
    site.pages["/torn"] = Answer(rss("/a/1")[:60], headers=XML)
    site.pages["/odd"] = Answer(b'{"error": 1}')
    names = ("empty", "page", "torn", "odd", "gone")
    runs = collect(site, [source(site, f"/{name}", "feed", name) for name in names], store)
    assert runs["empty"].state is RunState.EMPTY
    assert {runs[name].state for name in names[1:]} == {RunState.FAILED}
    assert runs["page"].reason == "not a feed: an HTML page"
    assert runs["torn"].reason.startswith("not a feed: ")
    assert runs["gone"].reason == "HTTP 404"


def test_an_unchanged_feed_is_not_modified(site: Site, store: MemoryStore) -> None:
    def feed(headers: Mapping[str, str]) -> Answer:
        unchanged = headers.get("If-None-Match") == '"v1"'
        return Answer(status=304) if unchanged else Answer(rss("/a/1"), headers={**XML, "ETag": '"v1"'})

    with_articles(site)
    site.pages["/feed"] = feed
    first = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    second = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert (first.state, second.state) == (RunState.OK, RunState.NOT_MODIFIED)
    assert site.hits["/a/1"] == 1


def test_validators_wait_until_every_entry_is_had(site: Site, store: MemoryStore) -> None:
    with_articles(site, 1)
    site.pages["/a/2"] = Answer(status=500)
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2"), headers={**XML, "ETag": '"v1"'})
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert store.known_validators == {} and run.rejected == {"http_500": 1}
    with_articles(site, 2)
    collect(site, [source(site, "/feed", "feed")], store)
    assert store.known_validators == {"feed": Validators('"v1"', None)}
    assert store.paths == {"/a/1", "/a/2"}


def test_an_error_page_is_counted_and_never_kept(site: Site, store: MemoryStore) -> None:
    with_articles(site, 1)
    site.pages["/feed"] = Answer(rss("/a/1", "/gone", "mailto:a@b.example"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert store.paths == {"/a/1"}
    assert run.rejected == {"http_404": 1, "bad_url": 1}


# ---- listings


def test_a_listing_is_followed_page_by_page(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/list"] = listing("/a/1", "/a/2", after='<a class=next href="/list?2">more</a>')
    site.pages["/list?2"] = listing("/a/3")
    options = {"item": "ul.news li", "date": "span", "next": "a.next"}
    run = collect(site, [source(site, "/list", "listing", **options)], store)["listing"]
    assert (run.state, run.new) == (RunState.OK, 3)
    listed_at = store.pages[f"{site.url}/a/1"].listed_at
    assert listed_at is not None and listed_at.isoformat() == "2026-11-20T00:00:00+08:00"


def test_a_page_template_stops_at_the_page_limit_and_at_a_page_served_again(
    site: Site, store: MemoryStore
) -> None:
    with_articles(site)
    for page in range(1, 9):
        site.pages[f"/list/{page}"] = listing(f"/a/{page}")
        site.pages[f"/same/{page}"] = listing("/a/1")
    listed = source(site, "/list/1", "listing", "far", item="li", page_url=site.url + "/list/{page}", pages=3)
    round_ = source(
        site, "/same/1", "listing", "round", item="li", page_url=site.url + "/same/{page}", pages=8
    )
    collect(site, [listed, round_], store)
    assert sum(site.hits[f"/list/{page}"] for page in range(1, 9)) == 3
    assert sum(site.hits[f"/same/{page}"] for page in range(1, 9)) == 2


def test_a_listing_stops_at_a_page_on_which_everything_is_known(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    for page in (1, 2, 3):
        site.pages[f"/list/{page}"] = listing(f"/a/{page}")
    listed = source(site, "/list/1", "listing", item="li", page_url=site.url + "/list/{page}", pages=3)
    collect(site, [listed], store)
    run = collect(site, [listed], store)["listing"]
    assert (run.known, run.new, run.requests) == (1, 0, 2)
    assert site.hits["/list/2"] == 1 and site.hits["/a/1"] == 1


def test_a_page_with_no_document_does_not_end_a_list_of_documents(site: Site, store: MemoryStore) -> None:
    site.pages["/a/1.pdf"] = site.pages["/a/2.pdf"] = Answer(
        b"%PDF-1.7", headers={"Content-Type": "application/pdf"}
    )
    for page, path in enumerate(("/a/1.pdf", "/about.html", "/a/2.pdf"), 1):
        site.pages[f"/list/{page}"] = listing(path)
    listed = source(site, "/list/1", "document", item="li", page_url=site.url + "/list/{page}", pages=3)
    collect(site, [listed], store)
    assert store.paths == {"/a/1.pdf", "/a/2.pdf"} and site.hits["/about.html"] == 0


def test_a_page_of_other_notices_does_not_end_a_notice_board(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    for page, title in enumerate(("食堂食材采购", "快递服务采购", "办公家具采购"), 1):
        site.pages[f"/list/{page}"] = Answer(f'<li><a href="/a/{page}">{title}</a></li>'.encode())
    url = site.url + "/list/{page}"
    board = source(site, "/list/1", "tender", item="li", words=["courier"], page_url=url, pages=3)
    collect(site, [board], store)
    assert store.paths == {"/a/2"}
    assert [site.hits[f"/list/{page}"] for page in (1, 2, 3)] == [1, 1, 1]


def test_entries_older_than_the_given_days_are_not_fetched_and_end_the_list(
    site: Site, store: MemoryStore
) -> None:
    with_articles(site)
    today = datetime.now(UTC).date()
    for page, days in enumerate((1, 400, 401), 1):
        day = today - timedelta(days=days)
        site.pages[f"/list/{page}"] = Answer(f'<li><a href="/a/{page}">x</a><i>{day}</i></li>'.encode())
    url = site.url + "/list/{page}"
    listed = source(site, "/list/1", "listing", item="li", date="i::text", page_url=url, pages=3, days=365)
    collect(site, [listed], store)
    assert store.paths == {"/a/1"}
    assert site.hits["/list/2"] == 1 and site.hits["/list/3"] == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_listing_cut_short_finds_the_older_entries_next_time(
    site: Site, store: MemoryStore, number: int
) -> None:
    with_articles(site)
    pages = {1: ("/a/1", "/a/2"), 2: ("/a/3", "/a/4"), 3: ("/a/5", "/a/6")}
    listed = source(site, "/list/1", "listing", item="li", page_url=site.url + "/list/{page}", pages=3)
    for page, paths in pages.items():
        site.pages[f"/list/{page}"] = listing(*paths)
    collect(site, [listed], store, Ending(after=2, number=number))
    kept = set(store.pages)
    assert len(kept) < 6 and store.complete == {"listing": False}
    # The worst case for a cut-off: all of the newest page is kept, something older is not.
    for path in pages[1]:
        store.pages.setdefault(site.url + path, next(iter(store.pages.values())))
    run = collect(site, [listed], store)["listing"]
    assert store.paths == {path for paths in pages.values() for path in paths}
    assert run.state is RunState.OK and store.complete == {"listing": True}
    assert max(site.hits[path] for path in ("/a/3", "/a/4", "/a/5", "/a/6")) == 1


def test_ctrl_c_is_recorded_as_interrupted(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/list"] = listing(*(f"/a/{number}" for number in range(1, 10)))
    sources = [source(site, "/list", "listing", f"s{number}", item="li") for number in range(3)]
    runs = collect(site, sources, store, Ending(after=1, number=signal.SIGINT), at_once=1)
    assert [run.state for run in runs.values()] == [RunState.INTERRUPTED] * 3
    assert store.pages and len(store.pages) < 9


def test_a_listing_whose_layout_changed_fails(site: Site, store: MemoryStore) -> None:
    site.pages["/list"] = Answer(b"<div>new design</div>")
    run = collect(site, [source(site, "/list", "listing", item="ul.news li")], store)["listing"]
    assert run.state is RunState.FAILED
    assert run.reason == "no entry fits 'ul.news li': has the layout changed?"


def test_a_json_listing_is_read_by_jmespath(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    rows = [{"id": 1, "name": "一", "at": 1795399200}, {"id": 2, "name": "二", "at": "2026-11-20 10:00"}]
    answers = {"/api": {"data": {"list": rows}}, "/none": {"data": {"list": []}}, "/bad": {"code": 500}}
    for path, answer in answers.items():
        site.pages[path] = Answer(json.dumps(answer).encode(), headers={"Content-Type": "application/json"})
    options = {"format": "json", "item": "data.list", "link": "id", "title": "name", "date": "at"}
    sources = [
        source(site, path, "listing", path, link_url=site.url + "/a/{link}", **options) for path in answers
    ]
    runs = collect(site, sources, store)
    assert store.paths == {"/a/1", "/a/2"} and store.pages[f"{site.url}/a/2"].listed_title == "二"
    assert runs["/none"].state is RunState.EMPTY
    assert runs["/bad"].state is RunState.FAILED


# ---- sitemaps


def test_nested_gzipped_and_looping_sitemaps_are_read(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/sitemap.xml"] = index(site, "/two.xml", "/three.xml.gz", "/sitemap.xml")
    site.pages["/two.xml"] = index(site, "/sitemap.xml", "/four.xml")
    three = urlset(site, "/a/1", "/a/2", "/about")
    assert isinstance(three.body, bytes)
    site.pages["/three.xml.gz"] = Answer(
        gzip.compress(three.body), headers={"Content-Type": "application/gzip"}
    )
    site.pages["/four.xml"] = urlset(site, "/a/3")
    run = collect(site, [source(site, "/sitemap.xml", "sitemap", include=["/a/"])], store)["sitemap"]
    assert store.paths == {"/a/1", "/a/2", "/a/3"}
    assert run.state is RunState.OK and site.hits["/sitemap.xml"] == 1


def test_sitemaps_nested_too_deep_or_no_sitemap_at_all_fail(site: Site, store: MemoryStore) -> None:
    for depth in range(9):
        site.pages[f"/deep/{depth}"] = index(site, f"/deep/{depth + 1}")
    site.pages["/page"] = Answer(b"<html><body>hello</body></html>")
    site.pages["/none"] = urlset(site)
    names = ("deep/0", "page", "none")
    runs = collect(site, [source(site, f"/{name}", "sitemap", name) for name in names], store)
    assert runs["deep/0"].reason == "sitemap indexes nested deeper than 3" and site.hits["/deep/3"] == 0
    assert runs["page"].reason == "not a sitemap: html at the top"
    assert runs["none"].state is RunState.EMPTY


def test_a_news_sitemap_gives_title_and_date(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/news.xml"] = Answer(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{site.url}/a/1</loc><news:news>'
        f"<news:publication_date>2026-11-20</news:publication_date><news:title>快讯</news:title>"
        f"</news:news></url></urlset>".encode(),
        headers=XML,
    )
    collect(site, [source(site, "/news.xml", "sitemap")], store)
    page = store.pages[f"{site.url}/a/1"]
    assert page.listed_title == "快讯"
    assert page.listed_at is not None and page.listed_at.isoformat() == "2026-11-20T00:00:00+08:00"


# ---- all kinds


def test_known_pages_are_not_fetched_again_whatever_their_tracking(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    collect(site, [source(site, "/feed", "feed")], store)
    site.pages["/feed"] = Answer(rss("/a/1?utm_source=x&amp;spm=1#top", "/a/1", "/a/2"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert (run.known, run.new) == (1, 1)
    assert site.hits["/a/1"] == 1


def test_the_page_limit_of_a_run_leaves_the_rest_for_the_next(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss(*(f"/a/{n}" for n in range(1, 10))), headers={**XML, "ETag": '"v1"'})
    run = collect(site, [source(site, "/feed", "feed")], store, max_pages=5)["feed"]
    assert run.new == 5 and store.known_validators == {}
    collect(site, [source(site, "/feed", "feed")], store, max_pages=5)
    assert len(store.pages) == 9 and "feed" in store.known_validators


def test_a_spider_that_crashes_fails_alone(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    site.pages["/other"] = Answer(rss("/a/2"), headers=XML)
    store.crashing = frozenset({f"{site.url}/a/1"})
    sources = [source(site, "/feed", "feed", "bad"), source(site, "/other", "feed", "good")]
    runs = collect(site, sources, store)
    assert runs["bad"].reason == "crashed: ArithmeticError: the store is out of order"
    assert (runs["bad"].state, runs["good"].state) == (RunState.FAILED, RunState.OK)


def test_two_sources_of_one_host_take_turns_and_nothing_listens(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2", "/a/3"), headers=XML)
    site.pages["/other"] = Answer(rss("/a/4", "/a/5", "/a/6"), headers=XML)
    collect(site, [source(site, "/feed", "feed", "x"), source(site, "/other", "feed", "y")], store)
    assert len(store.pages) == 6
    assert site.busiest == 1
    assert store.listening == 0


def test_we_say_who_we_are_and_take_no_cookies(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/feed"] = Answer(rss("/a/1"), headers={**XML, "Set-Cookie": "a=b"})
    collect(site, [source(site, "/feed", "feed")], store, contact="mailto:intel@courier.example")
    agents = {headers["User-Agent"] for _, headers in site.asked}
    assert len(agents) == 1 and "(+mailto:intel@courier.example)" in agents.pop()
    assert not any("Cookie" in headers or "Referer" in headers for _, headers in site.asked)
