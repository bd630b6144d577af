"""What the crawl must not do, whatever a site answers: reach inside, trespass, hurry, swell."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from intel.addresses import is_disguised, is_public
from intel.model import RunState
from spiders.gate import LONGEST_DELAY, PATIENCE, HostGate
from spiders.guard import Allowance
from spiders.retry_after import seconds_to_wait
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site, serving
from tests.test_spiders import XML, rss, with_articles

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOMB = bytes(40_000_000)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def inside() -> Iterator[Site]:
    """A service on loopback that the crawl is not allowed to reach."""
    with serving() as running:
        running.pages["/robots.txt"] = Answer(b"")
        running.pages["/secret"] = Answer(rss())
        yield running


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


# ---- addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "198.18.0.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
        "2001:0:4136:e378::", "2001:db8::1", "not an address", "",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808"],
)
def test_an_address_of_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0177.0.0.1",
        "１２７.0.0.1",
        "①②⑦.1",
        "127.0.0.1.",
    ],
)
def test_an_address_in_disguise_is_seen_through(host: str) -> None:
    assert is_disguised(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "163.com", "360.cn", "www.12306.cn", "0x.com", "::1"])
def test_a_plain_name_or_address_is_no_disguise(host: str) -> None:
    assert not is_disguised(host)


def test_an_allowance_covers_its_host_and_port_only() -> None:
    city = Allowance.parse("localhost:8760")
    assert city.covers("localhost", 8760) and city.covers("news.localhost", 8760)
    assert not city.covers("news.localhost", 8761)
    assert not city.covers("127.0.0.1", 8760)
    assert not city.covers("evil-localhost", 8760)


# ---- no way inside


def test_no_spelling_of_loopback_is_reached(site: Site, inside: Site, store: MemoryStore) -> None:
    hosts = ["127.0.0.1", "localhost", "inside.localhost", "2130706433", "0x7f.1", "017700000001", "127.1",
             "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "１２７.0.0.1"]  # fmt: skip
    sources = [
        source(site, f"http://{host}:{inside.port}/secret", "feed", f"s{number}")
        for number, host in enumerate(hosts)
    ]
    runs = collect(site, sources, store, at_once=11)
    assert not inside.hits
    assert {run.state for run in runs.values()} == {RunState.FAILED}
    assert runs["s0"].reason == "127.0.0.1 is a loopback address; only public ones are collected"
    assert "disguise" in runs["s3"].reason


def test_a_redirect_inside_is_not_followed(site: Site, inside: Site, store: MemoryStore) -> None:
    targets = {
        "/a": f"http://127.0.0.1:{inside.port}/secret",
        "/b": f"//site.localhost:{inside.port}/secret",
        "/c": "http://169.254.169.254/latest/meta-data/",
        "/d": "file:///etc/passwd",
    }
    for path, target in targets.items():
        site.pages[path] = Answer(status=302, headers={"Location": target})
    site.pages["/feed"] = Answer(rss(*targets), headers=XML)
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nAllow: /\n")
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert not inside.hits and not store.pages
    assert run.rejected == {"address_refused": 3, "http_302": 1}


def test_redirects_end(site: Site, store: MemoryStore) -> None:
    site.pages["/loop"] = Answer(status=302, headers={"Location": "/loop"})
    site.pages["/feed"] = Answer(rss("/loop"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.rejected == {"redirects": 1} and site.hits["/loop"] == 6


# ---- robots.txt


def test_robots_txt_is_obeyed_for_pages_and_for_the_source(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/robots.txt"] = Answer(b"User-agent: courier-intel\nDisallow: /a/2\nDisallow: /closed\n")
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2"), headers=XML)
    site.pages["/closed"] = Answer(rss("/a/3"), headers=XML)
    runs = collect(site, [source(site, "/feed", "feed"), source(site, "/closed", "feed", "closed")], store)
    assert store.paths == {"/a/1"} and runs["feed"].rejected == {"robots": 1}
    assert runs["closed"].reason == "robots.txt forbids" and site.hits["/closed"] == site.hits["/a/2"] == 0


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_robots_txt_that_answers_an_error_means_no(site: Site, store: MemoryStore, status: int) -> None:
    site.pages["/robots.txt"] = Answer(status=status)
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.reason == f"robots.txt unreachable: HTTP {status}"
    assert set(site.hits) == {"/robots.txt"}


def test_a_robots_txt_that_never_ends_means_no(site: Site, store: MemoryStore) -> None:
    site.pages["/robots.txt"] = Answer(endless)
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.reason == "robots.txt unreachable: answer too large" and set(site.hits) == {"/robots.txt"}


def test_a_refused_connection_is_said_so(site: Site, store: MemoryStore) -> None:
    with serving() as gone:
        pass
    allowed = frozenset({f"localhost:{gone.port}"})
    run = collect(site, [source(gone, "/feed", "feed")], store, allowed=allowed)["feed"]
    assert run.reason == "robots.txt unreachable: connection refused"


# ---- patience


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 08:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2020 08:01:00 GMT", 0.0),
        ("99999999999999999999", 999999999999.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("１２", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


def test_a_host_that_asks_for_a_moment_is_asked_again(site: Site, store: MemoryStore) -> None:
    def feed(headers: Mapping[str, str]) -> Answer:
        if site.hits["/feed"] == 1:
            return Answer(status=503, headers={"Retry-After": "1"})
        return Answer(rss("/a/1"), headers=XML)

    with_articles(site)
    site.pages["/feed"] = feed
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.state is RunState.OK and site.hits["/feed"] == 2


def test_a_host_that_asks_for_hours_is_left_alone(site: Site, store: MemoryStore) -> None:
    with_articles(site)
    site.pages["/a/2"] = Answer(status=429, headers={"Retry-After": "86400"})
    site.pages["/feed"] = Answer(rss("/a/2", "/a/1", "/a/3", "/a/4"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.state is RunState.FAILED and "asks to wait 86400 s" in run.reason
    assert site.hits["/a/2"] == 1


def test_the_gate_bounds_delays_and_the_sum_of_waits() -> None:
    async def ask() -> tuple[bool, bool, bool]:
        gate = HostGate()
        gate.slow_down("host", 10 * LONGEST_DELAY)
        return gate.hold("host", PATIENCE - 1), gate.hold("host", 2), gate.hold("other", PATIENCE + 1)

    assert asyncio.run(ask()) == (True, False, False)


# ---- size


def endless() -> Iterator[bytes]:
    while True:
        yield b"<p>more</p>" * 6000


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
    ],
)
def test_a_bomb_is_not_unpacked(
    site: Site, store: MemoryStore, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    site.pages["/bomb"] = Answer(pack(BOMB), headers={"Content-Encoding": encoding})
    site.pages["/feed"] = Answer(rss("/bomb"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.rejected == {"too_large": 1} and not store.pages


def test_an_endless_page_and_a_packed_sitemap_are_cut_off(site: Site, store: MemoryStore) -> None:
    site.pages["/endless"] = Answer(endless)
    site.pages["/feed"] = Answer(rss("/endless"), headers=XML)
    site.pages["/map.gz"] = Answer(gzip.compress(BOMB), headers={"Content-Type": "application/gzip"})
    runs = collect(site, [source(site, "/feed", "feed"), source(site, "/map.gz", "sitemap")], store)
    assert runs["feed"].rejected == {"too_large": 1}
    assert runs["sitemap"].reason.startswith("not a sitemap: cannot be unpacked")
