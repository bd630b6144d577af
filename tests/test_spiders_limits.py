"""Servers that lead inside, flood or stall: what reaches them, and how long their visitor stays."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import brotli  # type: ignore[import-untyped]
import pytest
from scrapy import Request
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from intel.model import RunState
from spiders.crawl import CrawlOptions
from spiders.handler import MOST_HEADERS
from spiders.robots import RULES_SIZE
from spiders.sitemap import MOST_SITEMAPS
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site
from tests.test_spiders import XML, rss, urlset, with_articles

BOMB = bytes(40_000_000)
OPEN = Answer(b"User-agent: *\nAllow: /\n")


# ---- no way inside, whoever asks


def spellings(port: int) -> list[str]:
    """Addresses of a port of this machine, as pages may write them."""
    hosts = (
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
        "017700000001", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "LOCALHOST", "localhost.",
        "user@127.0.0.1", "site.localhost@127.0.0.1", "127.0.0.1#@site.localhost",
    )  # fmt: skip
    plain = [f"http://{host}:{port}/inside" for host in hosts if "#" not in host]
    return [
        *plain,
        f"http://127.0.0.1:{port}\\@site.localhost/",
        f"http://127.0.0.1:{port}#@site.localhost/",
        f"//127.0.0.1:{port}/inside",
    ]


def test_no_link_of_a_page_leads_inside(site: Site, inside: Site, store: MemoryStore) -> None:
    links = spellings(inside.port)
    site.pages["/feed"] = Answer(rss(*links), headers=XML)
    items = "".join(f'<li><a href="{link}">题目</a></li>' for link in links)
    site.pages["/list"] = Answer(f"<ul>{items}</ul><a class=next href='{links[0]}'>下页</a>".encode())
    site.pages["/map"] = Answer(
        f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>".encode(), headers=XML
    )
    sources = [
        source(site, "/feed", "feed"),
        source(site, "/list", "listing", item="li", next=".next"),
        source(site, "/map", "sitemap"),
    ]
    runs = collect(site, sources, store, max_pages=1000)
    assert not inside.hits and not store.pages
    for run in runs.values():
        assert set(run.rejected) <= {"address_refused", "bad_url", "bad_request", "robots_unreachable"}
        assert run.rejected["address_refused"] >= 5


def test_no_sitemap_of_an_index_leads_inside(site: Site, inside: Site, store: MemoryStore) -> None:
    for number, link in enumerate(spellings(inside.port)):
        places = f"<sitemap><loc>{link}</loc></sitemap>"
        site.pages[f"/index/{number}"] = Answer(
            f"<sitemapindex>{places}</sitemapindex>".encode(), headers=XML
        )
    sources = [source(site, path, "sitemap", f"s{number}") for number, path in enumerate(site.pages)]
    collect(site, sources, store)
    assert not inside.hits and sum(site.hits.values()) > len(sources)


def test_no_redirect_leads_inside_however_it_is_spelt(site: Site, inside: Site, store: MemoryStore) -> None:
    for number, link in enumerate(spellings(inside.port)):
        target = link.encode("utf-8").decode("latin-1")  # as a server puts it on the wire
        site.pages[f"/r/{number}"] = Answer(status=302, headers={"Location": target})
        site.pages[f"/hop/{number}"] = Answer(status=301, headers={"Location": f"/r/{number}"})
    hops = [path for path in site.pages if path.startswith("/hop")]
    site.pages["/robots.txt"] = OPEN
    site.pages["/feed"] = Answer(rss(*hops), headers=XML)
    collect(site, [source(site, "/feed", "feed")], store)
    assert not inside.hits and not store.pages and site.hits["/r/3"] >= 1


@pytest.mark.parametrize("number", [0, 3, 8, 12, 15])
def test_robots_txt_does_not_lead_inside(site: Site, inside: Site, store: MemoryStore, number: int) -> None:
    link = spellings(inside.port)[number].replace("/inside", "/robots.txt")
    target = link.encode("utf-8").decode("latin-1")
    site.pages["/robots.txt"] = Answer(status=302, headers={"Location": target})
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.state is RunState.FAILED
    assert not inside.hits and site.hits["/feed"] == 0


# ---- robots.txt


def test_a_robots_txt_that_redirects_for_ever_means_no(site: Site, store: MemoryStore) -> None:
    site.pages["/robots.txt"] = Answer(status=302, headers={"Location": "/robots.txt"})
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.reason == "robots.txt unreachable: redirected too often"
    assert set(site.hits) == {"/robots.txt"} and site.hits["/robots.txt"] == 6


def test_a_robots_txt_that_does_not_come_means_no(site: Site, store: MemoryStore) -> None:
    def stalled() -> Iterator[bytes]:
        yield b"User-agent: *\n"
        time.sleep(30)

    site.pages["/robots.txt"] = Answer(stalled)
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store, timeout=1.0)["feed"]
    assert run.reason == "robots.txt unreachable: no answer in time" and set(site.hits) == {"/robots.txt"}


def test_a_long_robots_txt_is_obeyed_as_far_as_it_is_read(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    rules = b"User-agent: *\nDisallow: /a/2\n" + b"".join(
        b"Disallow: /*%d*a*a*a*$\n" % n for n in range(40_000)
    )
    assert len(rules) > RULES_SIZE
    site.pages["/robots.txt"] = Answer(rules + b"Disallow: /\n")
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert store.paths == {"/a/1"} and run.rejected == {"robots": 1} and site.hits["/a/2"] == 0


# ---- patience


@pytest.mark.parametrize(
    "header",
    [
        "9" * 400,
        "-5",
        "-99999999",
        "1e9",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 1900 00:00:00 GMT",
        "\xff",
    ],
)
def test_no_retry_after_makes_us_ask_more_than_twice_or_wait(
    site: Site, store: MemoryStore, header: str
) -> None:
    site.pages["/feed"] = Answer(status=503, headers={"Retry-After": header})
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.state is RunState.FAILED and 1 <= site.hits["/feed"] <= 2


@pytest.mark.parametrize("delay", ["nan", "-1", "0", "x", "1e400x"])
def test_a_crawl_delay_that_says_nothing_delays_nothing(site: Site, store: MemoryStore, delay: str) -> None:
    with_articles(site)
    site.pages["/robots.txt"] = Answer(f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.new == 2


# ---- size


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
        ("br, gzip", lambda body: gzip.compress(brotli.compress(body))),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("gzip, " * 20 + "gzip", gzip.compress),
    ],
)
def test_a_bomb_in_a_bomb_is_not_unpacked(
    site: Site, store: MemoryStore, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    site.pages["/bomb"] = Answer(pack(BOMB), headers={"Content-Encoding": encoding})
    site.pages["/feed"] = Answer(rss("/bomb"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.rejected == {"too_large": 1} and not store.pages


def test_an_index_of_sitemaps_without_end_is_left_after_some(site: Site, store: MemoryStore) -> None:
    count = 4 * MOST_SITEMAPS
    places = "".join(
        f"<sitemap><loc>{site.url}/s/{number}</loc><lastmod>{2000 + number}</lastmod></sitemap>"
        for number in range(count)
    )
    site.pages["/index"] = Answer(f"<sitemapindex>{places}</sitemapindex>".encode(), headers=XML)
    for number in range(count):
        site.pages[f"/s/{number}"] = urlset(site, f"/a/{number}")
    site.pages[f"/a/{count - 1}"] = Answer(b"<p>article</p>")
    run = collect(site, [source(site, "/index", "sitemap")], store)["sitemap"]
    asked = [path for path in site.hits if path.startswith("/s/")]
    assert len(asked) == MOST_SITEMAPS and f"/s/{count - 1}" in asked
    assert f"stopped at {MOST_SITEMAPS} sitemaps" in run.reason


# ---- servers that never come to the end of their headers


class Flood:
    """A server that sends `first`, then `part` again and again until its visitor leaves."""

    def __init__(self, first: bytes, part: bytes, pause: float) -> None:
        self.sent = 0
        self.visitors = 0
        self._first, self._part, self._pause = first, part, pause
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._socket.accept()
                self.visitors += 1
                threading.Thread(target=self._flood, args=(visitor,), daemon=True).start()

    def _flood(self, visitor: socket.socket) -> None:
        with visitor, suppress(OSError):
            visitor.recv(65536)
            visitor.sendall(self._first)
            while True:
                visitor.sendall(self._part)
                self.sent += len(self._part)
                time.sleep(self._pause)


@contextmanager
def flooding(first: bytes, part: bytes, pause: float = 0.0) -> Iterator[Flood]:
    flood = Flood(first, part, pause)
    try:
        yield flood
    finally:
        flood.close()


STATUS = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (STATUS, b"X-More: " + b"b" * 8000 + b"\r\n"),
        (STATUS + b"X-More: 1\r\n", b" " + b"c" * 8000 + b"\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 300),
        (STATUS + b"X-More: ", b"b" * 65000),
    ],
    ids=["headers", "continued header", "interim answers", "one line"],
)
def test_headers_without_end_are_hung_up_on(store: MemoryStore, first: bytes, part: bytes) -> None:
    with flooding(first, part) as flood:
        site = Site(flood.port)
        run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
        assert run.reason == "robots.txt unreachable: connection lost or answer is not HTTP"
        assert 1 <= flood.visitors <= 2
        # What lies in the buffers of the two sockets is sent but never read.
        assert flood.sent < flood.visitors * (MOST_HEADERS + 16 * 1024 * 1024)


@pytest.mark.parametrize("first", [b"", STATUS, STATUS + b"Content-Length: 9\r\n\r\n"])
def test_headers_and_bodies_that_drip_are_ended_by_the_timeout(store: MemoryStore, first: bytes) -> None:
    with flooding(first, b"X", pause=0.2) as flood:
        site = Site(flood.port)
        run = collect(site, [source(site, "/feed", "feed")], store, timeout=1.0)["feed"]
        assert run.reason == "robots.txt unreachable: no answer in time" and 1 <= flood.visitors <= 2


# ---- what a terminal shows


def test_a_page_that_could_not_be_had_is_told_by_the_account_and_not_by_a_traceback() -> None:
    settings = CrawlOptions().settings()
    words = load_object(settings["LOG_FORMATTER"])()
    failure = Failure(ConnectionError())  # type: ignore[no-untyped-call]
    told = words.download_error(failure, Request("http://news.example/"), None)
    assert told["level"] < logging.getLevelName(settings["LOG_LEVEL"])
