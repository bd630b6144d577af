"""What a crawl does at a site that means harm, counted in the hits that the site saw."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy.utils.reactor import install_reactor
from twisted.internet.address import IPv4Address

from intel.addresses import Address, why_closed
from intel.model import RunState
from spiders import guard
from spiders.gate import HostGate
from spiders.urls import canonical_url, is_trap
from tests import crawling
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site, serving
from tests.test_spiders import XML, listing, rss, urlset, with_articles

DAY = datetime(2026, 11, 20, tzinfo=UTC)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "hahahahahaha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


# ---- traps


def test_a_calendar_is_not_followed_for_ever(site: Site, store: MemoryStore) -> None:
    def month(number: int) -> Answer:
        link = f'<a class=next href="/calendar?m={number + 1}">下月</a>'
        return listing(f"/event?m={number}", after=link)

    for number in range(1, 60):
        site.pages[f"/calendar?m={number}"] = month(number)
        site.pages[f"/event?m={number}"] = Answer(b"<p>event</p>")
    calendar = source(site, "/calendar?m=1", "listing", item="li", next=".next", pages=4)
    collect(site, [calendar], store, max_pages=3)
    assert sum(count for path, count in site.hits.items() if path.startswith("/calendar")) <= 4
    assert sum(count for path, count in site.hits.items() if path.startswith("/event")) == 3


def test_a_session_id_makes_no_new_page(site: Site, store: MemoryStore) -> None:
    for number in range(4):
        paths = (
            f"/a/1?PHPSESSID={number}a",
            f"/a/1?sid={number}b",
            f"/a/1;jsessionid={number}c",
            f"/a/1?session_id={number}",
        )
        site.pages["/feed"] = Answer(rss(*paths), headers=XML)
        for path in paths:
            site.pages[path] = Answer(b"<p>article</p>")
        collect(site, [source(site, "/feed", "feed")], store)
    assert sum(count for path, count in site.hits.items() if path.startswith("/a/1")) == 1
    assert store.paths == {"/a/1"}


def test_addresses_that_grow_into_themselves_are_not_fetched(site: Site, store: MemoryStore) -> None:
    traps = ("/a/b/a/b", "/x/x/x/y", "/" + "d/" * 30, "/long?q=" + "x" * 3000)
    site.pages["/feed"] = Answer(rss(*traps), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.rejected == {"trap": 4} and set(site.hits) == {"/robots.txt", "/feed"}


@pytest.mark.parametrize(
    "path", ["/2026/11/11/news", "/news/news/1", "/a/b/a/c", "/zh/zh-cn/a", "/1/1/1234", ""]
)
def test_an_honest_address_is_no_trap(path: str) -> None:
    assert not is_trap(f"https://news.example{path}")


@pytest.mark.parametrize("query", ["id=7", "side=1&sidebar=2", "resid=3", "session=spring"])
def test_what_tells_pages_apart_stays_in_their_identity(query: str) -> None:
    assert canonical_url(f"https://news.example/a?{query}").endswith(query)


# ---- documents that attack their reader


def test_entities_are_neither_unfolded_nor_fetched(site: Site, inside: Site, store: MemoryStore) -> None:
    outside = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "http://127.0.0.1:{inside.port}/dtd">]>'
    item = "<item><title>t&j;</title><link>/a/1</link></item>"
    for name, head in (("laughs", LAUGHS), ("outside", outside)):
        feed = f'{head}<rss version="2.0"><channel><title>t</title>{item}</channel></rss>'
        site.pages[f"/{name}.rss"] = Answer(feed.encode(), headers=XML)
        urls = f"{head}<urlset><url><loc>{site.url}/a/2?&j;</loc></url></urlset>"
        site.pages[f"/{name}.xml"] = Answer(urls.encode(), headers=XML)
    with_articles(site, 2)
    sources = [
        source(site, f"/{name}.{ending}", kind, f"{name}-{kind}")
        for name in ("laughs", "outside")
        for ending, kind in (("rss", "feed"), ("xml", "sitemap"))
    ]
    runs = collect(site, sources, store)
    assert len(runs) == 4 and not inside.hits
    assert all("hahaha" not in (page.listed_title or "") + page.url for page in store.pages.values())


def test_a_meta_refresh_is_not_followed(site: Site, inside: Site, store: MemoryStore) -> None:
    for path, target in (("/a/1", f"http://127.0.0.1:{inside.port}/"), ("/a/2", "/elsewhere")):
        site.pages[path] = Answer(f'<meta http-equiv="refresh" content="0; url={target}"><p>x</p>'.encode())
    site.pages["/feed"] = Answer(rss("/a/1", "/a/2"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store)["feed"]
    assert run.new == 2 and not inside.hits and site.hits["/elsewhere"] == 0


def test_a_body_that_drips_is_ended_by_the_timeout(site: Site, store: MemoryStore) -> None:
    def drip() -> Iterator[bytes]:
        while True:
            yield b"<p>"
            time.sleep(0.1)

    site.pages["/drip"] = Answer(drip)
    site.pages["/feed"] = Answer(rss("/drip"), headers=XML)
    run = collect(site, [source(site, "/feed", "feed")], store, timeout=1.0)["feed"]
    assert run.rejected == {"timeout": 1} and not store.pages


# ---- names and certificates


PUBLIC, LOOPBACK = "127.0.0.2", "127.0.0.1"


class _Rebinding:
    """A resolver whose answer is another one every time, the last one from then on."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = answers
        self.asked = 0

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *rest: Any) -> Any:  # noqa: N802
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        receiver.resolutionBegan(None)
        for address in answer:
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


def _crawl_with(resolver: _Rebinding, *args: Any) -> None:
    """A crawl for which 127.0.0.2 is a public address: the sandbox has no other network."""

    def closed(address: Address) -> str | None:
        return None if str(address) == PUBLIC else why_closed(address)

    guard.why_closed = closed  # type: ignore[attr-defined]
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    reactor.installNameResolver(resolver)
    crawling.run(*args)


@pytest.fixture
def rebound() -> Iterator[tuple[Site, Site]]:
    """The site that a name leads to first, and the service inside that it leads to then, on one port."""
    with serving() as inside, serving(PUBLIC, inside.port) as public:
        for site in (public, inside):
            for path in ("/robots.txt", "/secret"):
                body = rss() if path == "/secret" else b""
                site.pages[path] = Answer(body, headers={"Connection": "close"})
        yield public, inside


def test_a_name_that_changes_its_address_before_the_first_page_gains_nothing(
    rebound: tuple[Site, Site], store: MemoryStore
) -> None:
    public, inside = rebound
    target = partial(_crawl_with, _Rebinding((PUBLIC,), (LOOPBACK,)))
    row = source(public, f"http://rebind.example:{inside.port}/secret", "feed")
    run = collect(public, [row], store, target=target)["feed"]
    assert public.hits == {"/robots.txt": 1} and not inside.hits
    assert run.reason == "rebind.example is 127.0.0.1, a loopback address; only public ones are collected"


def test_a_name_that_leads_outside_and_inside_at_once_leads_outside(
    rebound: tuple[Site, Site], store: MemoryStore
) -> None:
    public, inside = rebound
    target = partial(_crawl_with, _Rebinding((LOOPBACK, PUBLIC)))
    row = source(public, f"http://rebind.example:{inside.port}/secret", "feed")
    collect(public, [row], store, target=target)
    assert public.hits == {"/robots.txt": 1, "/secret": 1} and not inside.hits


def test_a_name_that_changes_its_address_under_a_script_gains_nothing(
    rebound: tuple[Site, Site], store: MemoryStore
) -> None:
    public, inside = rebound
    script = "<script>fetch('/secret').catch(() => 0)</script>"
    public.pages["/list"] = Answer(f"<p>价格</p>{script}".encode(), headers={"Connection": "close"})
    target = partial(_crawl_with, _Rebinding((PUBLIC,), (PUBLIC,), (LOOPBACK,)))
    row = source(public, f"http://rebind.example:{inside.port}/list", "watch", javascript=True)
    run = collect(public, [row], store, target=target)["watch"]
    assert public.hits == {"/robots.txt": 1, "/list": 1} and not inside.hits
    assert run.new == 1 and "parts of pages not had: address_refused 1" in run.reason


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "site.localhost")])
    names = [x509.DNSName("site.localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(DAY).not_valid_after(DAY + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "site.pem"
    file.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, store: MemoryStore) -> None:
    with serving(tls=_self_signed(tmp_path)) as site:
        with_articles(site)
        site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
        url = f"https://site.localhost:{site.port}/feed"
        run = collect(site, [source(site, url, "feed")], store)["feed"]
    assert not site.hits and run.state is RunState.FAILED
    assert run.reason == "robots.txt unreachable: TLS certificate or handshake refused"


# ---- patience


def test_a_crawl_delay_holds_its_host_and_no_other(site: Site, store: MemoryStore) -> None:
    def robots(headers: Mapping[str, str]) -> Answer:
        return Answer(b"User-agent: *\nCrawl-delay: 2\n" if "slow" in headers["Host"] else b"")

    with_articles(site)
    site.pages["/robots.txt"] = robots
    site.pages["/feed"] = Answer(rss("/a/1"), headers=XML)
    site.pages["/quick"] = Answer(rss("/a/2", "/a/3", "/a/4"), headers=XML)
    slow = source(site, f"http://slow.localhost:{site.port}/feed", "feed", "slow")
    collect(site, [slow, source(site, "/quick", "feed", "quick")], store)
    order = [headers["Host"].partition(".")[0] for path, headers in site.asked if path != "/robots.txt"]
    assert order == ["site"] * 4 + ["slow"] * 2


def test_a_crawl_delay_that_is_no_number_is_none() -> None:
    gate = HostGate()
    gate.slow_down("host", float("nan"))
    gate.slow_down("host", -5)
    assert gate._delays == {}


# ---- fetched again


def test_a_page_that_changed_since_is_fetched_again_once(site: Site, store: MemoryStore) -> None:
    def mapped(lastmod: str) -> Answer:
        places = f"<url><loc>{site.url}/a/1</loc><lastmod>{lastmod}</lastmod></url>"
        return Answer(f"<urlset>{places}</urlset>".encode(), headers=XML)

    with_articles(site)
    site.pages["/map"] = mapped("2026-01-01T00:00:00Z")
    collect(site, [source(site, "/map", "sitemap")], store)
    kept = store.pages[f"{site.url}/a/1"]
    store.pages[kept.url] = type(kept)(kept.url, kept.source, DAY - timedelta(days=3650), b"older")
    for _ in range(3):
        collect(site, [source(site, "/map", "sitemap")], store)
    site.pages["/map"] = mapped("2199-01-01T00:00:00Z")
    collect(site, [source(site, "/map", "sitemap")], store)
    assert site.hits["/a/1"] == 2


def test_a_sitemap_that_stamps_all_its_pages_says_nothing_of_them(site: Site, store: MemoryStore) -> None:
    with_articles(site, 12)
    paths = [f"/a/{number}" for number in range(1, 13)]
    site.pages["/map"] = urlset(site, *paths)
    collect(site, [source(site, "/map", "sitemap")], store)
    for url, page in store.pages.items():
        store.pages[url] = type(page)(url, page.source, DAY - timedelta(days=3650), page.body)
    body = urlset(site, *paths).body
    assert isinstance(body, bytes)
    site.pages["/map"] = Answer(body.replace(b"</loc>", b"</loc><lastmod>2026-01-01</lastmod>"), headers=XML)
    run = collect(site, [source(site, "/map", "sitemap")], store)["sitemap"]
    assert run.known == 12 and site.hits["/a/7"] == 1
