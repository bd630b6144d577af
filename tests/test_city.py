"""The demo city: what each site serves, and that what is broken is broken as named."""

from __future__ import annotations

import gzip
import json
import socket
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import feedparser
import pytest
from bs4 import BeautifulSoup
from lxml import etree
from protego import Protego

from spiders.catalogue import load_sources
from spiders.city import content, faults
from spiders.city.content import City, CityContentError, Manuscript, Paragraph, Table, load
from spiders.city.server import LOOPBACK, Address, CityPortTaken, start

CITY = load()
SOURCES = tomllib.loads((content.FOLDER / "sources.toml").read_text(encoding="utf-8"))["source"]
LISTS = [row for row in SOURCES if row["kind"] == "listing" and "format" not in row["options"]]
GOOD = [m for manuscripts in CITY.manuscripts.values() for m in manuscripts if not m.fault]
BROKEN = {m.fault: m for manuscripts in CITY.manuscripts.values() for m in manuscripts if m.fault}

REVIEW = """
[[article]]
slug = "one"
title = "申通在南昌开通夜班"
published = 2026-05-06T07:00:00+08:00
body = '''
申通在南昌开通
夜班。

| 月份 | 件量 |
|---|---|
| 四月 | 31 |
'''
"""

LOST_REPRINT = """
[[article]]
slug = "reprint"
published = 2026-05-07
copy_of = "wuliu-shibao/nothing"
"""


class Answered:
    """A response read to its end."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        if self.headers.get("Content-Encoding") == "gzip":
            self.body = gzip.decompress(self.body)

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(
            self.body, "lxml", from_encoding="gb18030" if b"gb2312" in self.body else "utf-8"
        )


@pytest.fixture(scope="module")
def city() -> Iterator[Address]:
    with start(0, CITY) as address:
        yield address


def get(city: Address, host: str, path: str = "/", **headers: str) -> Answered:
    """Ask the city; header names are written with underscores."""
    connection = HTTPConnection(LOOPBACK, city.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": f"{host}:{city.port}", **named})
    try:
        return Answered(connection.getresponse())
    finally:
        connection.close()


def page(city: Address, manuscript: Manuscript) -> Answered:
    return get(city, f"{manuscript.site}.localhost", CITY.sites[manuscript.site].path(manuscript))


def paths_of(site: str) -> set[str]:
    """Of all that the site's lists show."""
    return {CITY.sites[site].path(one) for one in CITY.manuscripts[site] if not one.archived}


def locations(sitemap: bytes) -> list[str]:
    """What a sitemap or an index names."""
    return [element.text or "" for element in etree.fromstring(sitemap).iter("{*}loc")]


def local(urls: Iterable[str]) -> set[str]:
    """Addresses of the city without host and tracking parameters."""
    parts = [urlsplit(url.replace(faults.UTM, "")) for url in urls]
    return {part.path + (f"?{part.query}" if part.query else "") for part in parts}


@pytest.mark.parametrize("site", ["kuaidi-guancha", "dianshang-zaobao", "parcel-trade-review"])
def test_a_feed_lists_all_articles_of_its_site(city: Address, site: str) -> None:
    feed = feedparser.parse(get(city, f"{site}.localhost", CITY.sites[site].entry_path).body)
    assert not feed.bozo
    assert local(entry["link"] for entry in feed.entries) == paths_of(site)


def test_the_sitemap_index_names_gzipped_sitemaps_that_list_all_articles(city: Address) -> None:
    host = "caijing-kuaixun.localhost"
    nested = [get(city, host, urlsplit(url).path) for url in locations(get(city, host, "/sitemap.xml").body)]
    found = [url for answered in nested for url in locations(gzip.decompress(answered.body))]
    assert local(found) == paths_of("caijing-kuaixun")


@pytest.mark.parametrize(
    "source", [row for row in LISTS if "format" not in row["options"]], ids=lambda s: s["name"]
)
def test_a_list_pages_through_all_articles_with_the_selectors_of_its_source(
    city: Address, source: dict[str, object]
) -> None:
    site, options = str(source["name"]), source["options"]
    assert isinstance(options, dict)
    url, found = str(source["url"]), set()
    while url:
        parts = urlsplit(url)
        soup = get(city, f"{site}.localhost", parts.path + (f"?{parts.query}" if parts.query else "")).soup
        items = soup.select(options["item"])
        found |= {str(item.select(options.get("link", "a[href]"))[0]["href"]) for item in items}
        following = soup.select(options["next"])
        url = urljoin(url, str(following[0]["href"])) if following else ""
    assert found == paths_of(site)


def test_the_json_list_names_all_articles_of_the_newsroom(city: Address) -> None:
    document = json.loads(get(city, "jitu-newsroom.localhost", "/api/news.json").body)
    assert {row["link"] for row in document["data"]["list"]} == paths_of("jitu-newsroom")


def test_every_good_article_is_served_with_its_title_and_all_its_paragraphs(city: Address) -> None:
    for manuscript in GOOD:
        site = CITY.sites[manuscript.site]
        text = page(city, manuscript).body.decode(site.charset)
        seen = BeautifulSoup(text, "lxml").get_text()
        paragraphs = [block.text for block in manuscript.blocks if isinstance(block, Paragraph)]
        assert [part for part in (manuscript.title, *paragraphs) if part not in seen] == []


def test_every_page_of_a_layout_says_that_it_is_fiction(city: Address) -> None:
    for site in CITY.sites.values():
        text = get(city, f"{site.name}.localhost").body.decode(site.charset)
        assert "fictional" in text if site.lang == "en" else "虚构" in text


def test_a_feed_answers_304_to_its_own_etag(city: Address) -> None:
    host, path = "kuaidi-guancha.localhost", "/rss.xml"
    etag = get(city, host, path).headers["ETag"]
    again = get(city, host, path, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")


def test_a_feed_answers_304_to_its_own_last_modified(city: Address) -> None:
    host, path = "dianshang-zaobao.localhost", "/feed/atom"
    modified = get(city, host, path).headers["Last-Modified"]
    assert get(city, host, path, If_Modified_Since=modified).status == 304


def test_another_etag_outweighs_a_fitting_date(city: Address) -> None:
    host, path = "kuaidi-guancha.localhost", "/rss.xml"
    modified = get(city, host, path).headers["Last-Modified"]
    assert get(city, host, path, If_None_Match='"old"', If_Modified_Since=modified).status == 200


def test_pages_are_packed_only_for_clients_that_can_unpack(city: Address) -> None:
    packed = get(city, "kuaidi-guancha.localhost", Accept_Encoding="gzip")
    plain = get(city, "kuaidi-guancha.localhost")
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert packed.body == plain.body


def test_the_old_newspaper_serves_gb18030_that_only_its_meta_names(city: Address) -> None:
    answered = get(city, "wuliu-shibao.localhost", "/html/list_1.htm")
    assert answered.headers["Content-Type"] == "text/html"
    assert "charset=gb2312" in answered.body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        answered.body.decode("utf-8")


def test_every_site_has_robots_rules_that_allow_its_source(city: Address) -> None:
    for source in SOURCES:
        rules = Protego.parse(get(city, f"{source['name']}.localhost", "/robots.txt").body.decode())
        assert rules.can_fetch(source["url"], "anybody")


def test_the_platform_closes_its_back_office_and_links_to_it(city: Address) -> None:
    host = "taobao-gonggao.localhost"
    rules = Protego.parse(get(city, host, "/robots.txt").body.decode())
    assert not rules.can_fetch(f"http://{host}/admin/login", "anybody")
    assert get(city, host).soup.select("a[href='/admin/login']")


def test_the_front_page_lists_all_sites_and_says_that_all_is_fiction(city: Address) -> None:
    text = get(city, "localhost").body.decode()
    assert "全部虚构" in text
    assert [site.label for site in CITY.sites.values() if site.label not in text] == []


def test_the_city_tells_its_digest(city: Address) -> None:
    assert json.loads(get(city, "localhost", "/-/city").body) == {"city": CITY.digest}


def test_what_the_city_does_not_have_is_a_404(city: Address) -> None:
    assert get(city, "kuaidi-guancha.localhost", "/nowhere").status == 404
    assert get(city, "elsewhere.localhost").status == 404


def test_a_second_start_of_the_same_city_uses_the_first(city: Address) -> None:
    with start(city.port, CITY) as second:
        assert second == city
    assert get(city, "localhost").status == 200


def test_another_city_may_not_have_the_port(city: Address) -> None:
    other = City(CITY.sites, CITY.manuscripts, digest="another")
    with pytest.raises(CityPortTaken, match=str(city.port)), start(city.port, other):
        pass


def test_a_port_that_some_other_program_has_is_named_with_what_to_do() -> None:
    with socket.create_server((LOOPBACK, 0)) as other, pytest.raises(CityPortTaken, match="INTEL_DEMO_PORT"):
        start_and_end(other.getsockname()[1])


def start_and_end(port: int) -> None:
    with start(port, CITY):
        pass


def test_the_city_is_the_same_on_every_reading() -> None:
    assert load() == CITY


def test_every_fault_has_a_page_that_shows_it() -> None:
    assert set(BROKEN) == set(faults.FAULTS)


@pytest.mark.parametrize(("fault", "status"), [("not_found", 404), ("server_error", 500)])
def test_an_error_page_has_its_status(city: Address, fault: str, status: int) -> None:
    assert page(city, BROKEN[fault]).status == status


def test_an_empty_body_is_empty_with_status_200(city: Address) -> None:
    answered = page(city, BROKEN["empty_body"])
    assert (answered.status, answered.body) == (200, b"")


@pytest.mark.parametrize(
    ("fault", "words"),
    [("soft_404", "不存在"), ("captcha_wall", "安全验证"), ("consent_wall", "Accept all")],
)
def test_a_wall_or_soft_error_is_served_as_if_all_were_well(city: Address, fault: str, words: str) -> None:
    answered = page(city, BROKEN[fault])
    assert answered.status == 200 and words in answered.body.decode()


def test_an_index_page_stands_where_an_article_should(city: Address) -> None:
    assert len(page(city, BROKEN["index_page"]).soup.select(".newslist a")) >= 10


@pytest.mark.parametrize(
    ("fault", "label", "really"),
    [("utf8_labelled_gb2312", "gb2312", "utf-8"), ("gb18030_labelled_utf8", "utf-8", "gb18030")],
)
def test_a_mislabelled_page_is_in_another_charset(city: Address, fault: str, label: str, really: str) -> None:
    answered = page(city, BROKEN[fault])
    assert answered.headers.get_content_charset() == label
    assert BROKEN[fault].title in answered.body.decode(really)
    with pytest.raises(UnicodeDecodeError):
        answered.body.decode(label)


def test_a_truncated_page_ends_inside_a_character(city: Address) -> None:
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        page(city, BROKEN["truncated"]).body.decode("utf-8")


def test_tag_soup_never_closes_its_paragraphs_and_tables(city: Address) -> None:
    text = page(city, BROKEN["tag_soup"]).body.decode("gb18030")
    assert "<p>" in text and "</p>" not in text and "</table>" not in text


def test_an_undated_page_is_dated_neither_itself_nor_in_the_feed(city: Address) -> None:
    manuscript = BROKEN["undated"]
    text = page(city, manuscript).body.decode()
    assert "<time" not in text and "published_time" not in text
    feed = feedparser.parse(get(city, "dianshang-zaobao.localhost", "/feed/atom").body)
    assert [e.get("published") for e in feed.entries if e["title"] == manuscript.title] == [None]


def test_a_page_from_the_future_gives_a_date_to_come(city: Address) -> None:
    assert BROKEN["future_date"].published > datetime.now(UTC)
    assert "2036-11-20" in page(city, BROKEN["future_date"]).body.decode()


def test_a_redirect_loop_comes_back_to_where_it_began(city: Address) -> None:
    host, path = "maijia-luntan.localhost", CITY.sites["maijia-luntan"].path(BROKEN["redirect_loop"])
    first = get(city, host, path).headers["Location"]
    assert get(city, host, first).headers["Location"] == path


def test_a_withdrawn_report_redirects_to_the_front_page(city: Address) -> None:
    answered = page(city, BROKEN["redirect_home"])
    assert (answered.status, answered.headers["Location"]) == (302, "/")


def test_what_calls_itself_a_pdf_is_none(city: Address) -> None:
    answered = page(city, BROKEN["not_a_pdf"])
    assert answered.headers["Content-Type"] == "application/pdf"
    assert not answered.body.startswith(b"%PDF")


def test_a_page_of_hidden_text_shows_little(city: Address) -> None:
    soup = page(city, BROKEN["hidden_text"]).soup
    hidden = soup.select(".post-body p[style*='display:none']")
    shown = soup.select_one(".post-body p:not([style])")
    assert shown is not None
    assert len(shown.get_text()) < 60 < len("".join(paragraph.get_text() for paragraph in hidden))


def test_a_tracked_address_serves_the_very_same_page(city: Address) -> None:
    host, path = "dianshang-zaobao.localhost", CITY.sites["dianshang-zaobao"].path(BROKEN["duplicate_utm"])
    assert get(city, host, path + faults.UTM).body == get(city, host, path).body


def test_a_minified_page_is_one_long_line(city: Address) -> None:
    body = page(city, BROKEN["one_line"]).body
    assert len(body) > 300_000
    assert body.count(b"\n") == 0


def test_the_broken_site_answers_503(city: Address) -> None:
    assert get(city, "gu-zhang.localhost", "/rss.xml").status == 503


def test_every_source_points_at_what_a_site_serves_as_its_entry() -> None:
    entries = {f"http://{site.name}.localhost:8760{site.list_path(1)}" for site in CITY.sites.values()}
    searches = {
        f"http://{site.name}.localhost:8760{site.search_path}{{query}}"
        for site in CITY.sites.values()
        if site.search_path
    }
    assert {source.url for source in load_sources(content.FOLDER / "sources.toml")} == entries | searches


@pytest.mark.parametrize(
    "site", [site for site in CITY.sites.values() if site.search_path], ids=lambda site: site.name
)
def test_a_search_finds_what_holds_all_words_the_archive_too_and_says_where_it_finds_nothing(
    city: Address, site: content.Site
) -> None:
    [archived] = [one for one in CITY.manuscripts[site.name] if one.archived]
    host, wanted = f"{site.name}.localhost", site.path(archived)
    assert get(city, host, wanted).status == 200
    found = get(city, host, f"{site.search_path}{quote('唯品会 增长')}")
    assert wanted in {str(link["href"]) for link in found.soup.select("main a, ol.pubs a")}
    assert not found.soup.select(".no-results")
    for query in ("唯品会 没有这个词", ""):
        nothing = get(city, host, f"{site.search_path}{quote(query)}")
        assert nothing.status == 200 and nothing.soup.select(".no-results")


def test_a_body_falls_into_paragraphs_and_tables(tmp_path: Path) -> None:
    (tmp_path / "wuliu-shibao.toml").write_text(REVIEW, encoding="utf-8")
    (one,) = [m for m in load(tmp_path).manuscripts["wuliu-shibao"] if not m.fault]
    assert one.blocks == (
        Paragraph("申通在南昌开通夜班。"),
        Table(("月份", "件量"), (("四月", "31"),)),
    )


def test_a_reprint_takes_title_and_body_and_credits_the_original_site(tmp_path: Path) -> None:
    (tmp_path / "wuliu-shibao.toml").write_text(REVIEW, encoding="utf-8")
    copy = '[[article]]\nslug = "copy"\npublished = 2026-05-07\ncopy_of = "wuliu-shibao/one"\n'
    (tmp_path / "kuaidi-guancha.toml").write_text(copy, encoding="utf-8")
    city = load(tmp_path)
    (original,) = [m for m in city.manuscripts["wuliu-shibao"] if not m.fault]
    (reprint,) = [m for m in city.manuscripts["kuaidi-guancha"] if not m.fault]
    assert (reprint.title, reprint.blocks) == (original.title, original.blocks)
    assert reprint.credit == "现代物流时报" and not reprint.timed


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("nowhere", REVIEW, "there is no site nowhere"),
        ("wuliu-shibao", REVIEW * 2, "used twice"),
        ("wuliu-shibao", REVIEW.replace("2026-05", "2019-05"), "published must lie within"),
        ("wuliu-shibao", REVIEW.replace('"one"', '"一"'), "slug must be ASCII"),
        ("wuliu-shibao", REVIEW + 'subtitle = "x"', "subtitle"),
        ("wuliu-shibao", REVIEW.replace("title =", "section ="), "give a title and a body"),
        (
            "wuliu-shibao",
            '[[article]]\nslug = "c"\npublished = 2026-05-07\ncopy_of = "a/b"',
            "names no original",
        ),
        ("wuliu-shibao", "[[article", "wuliu-shibao.toml"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, file: str, text: str, complaint: str) -> None:
    (tmp_path / f"{file}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CityContentError, match=complaint):
        load(tmp_path)
