"""The table of sources, addresses and dates as the web writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from intel.config import PROJECT
from spiders.catalogue import BadSources, load_refused, load_sources, refuse_strangers
from spiders.listed import listed_date
from spiders.urls import BadUrl, canonical_url

ROW = """[[source]]
name = "one"
label = "一"
kind = "listing"
channel = "news"
url = "https://news.example/list"
owner = "某社"
reliability = "C"
lawful_basis = "公开网页"
schedule = "*/15 6-22 * * 1,3,5"
delay = 2
verified = "2026-11-20"
[source.options]
item = "ul li"
"""


def test_the_shipped_table_loads() -> None:
    sources = load_sources(PROJECT / "spiders" / "sources.toml")
    assert len(sources) >= 8 and len({source.name for source in sources}) == len(sources)


def test_a_row_becomes_a_source(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    table.write_text(ROW, encoding="utf-8")
    (source,) = load_sources(table)
    assert (source.name, source.kind, source.delay) == ("one", "listing", 2)
    assert source.options == {"item": "ul li"} and source.enabled and source.expected_minimum == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"listing"', '"gopher"', "source one: kind: 'gopher' is none of feed"),
        ('"news"', '"gossip"', "source one: channel: 'gossip' is none of"),
        ('"C"', '"G"', "source one: reliability:"),
        ("https://", "ftp://", "source one: url:"),
        ("https://", "https://me:secret@", "source one: url:"),
        ('"*/15 6-22', '"*/15 6-25', "source one: schedule:"),
        ("delay = 2", "delay = 0.1", "source one: delay:"),
        ("delay = 2", 'delay = "2"', "source one: delay:"),
        ("delay = 2", "dealy = 2", "source one: dealy: is no field"),
        ('owner = "某社"\n', "", "source one: owner: is missing"),
        ('owner = "某社"', 'owner = ""', "source one: owner: is empty"),
        ('name = "one"\n', "", "source number 1: name: is missing"),
        ('item = "ul li"', 'item = "ul >"', "source one: options.item:"),
        ('item = "ul li"', 'date = "span"', "source one: options.item: is missing"),
        ('item = "ul li"', 'item = "li"\nitme = "li"', "source one: options.itme: is no option"),
        ('item = "ul li"', 'item = "li"\npages = "3"', "source one: options.pages:"),
        ('item = "ul li"', 'item = "li"\npage_url = "https://x/2"', "source one: options.page_url:"),
        ('item = "ul li"', 'item = "li"\nformat = "json"\nlink = "]"', "source one: options.link:"),
        (
            'item = "ul li"',
            'item = "li"\nlink_url = "https://x/"',
            "source one: options.link_url: has no {link}",
        ),
        ('item = "ul li"', 'item = "li"\ndays = 9999999999', "source one: options.days:"),
        (
            'item = "ul li"',
            'format = "json"\nitem = "a[?b"',
            "source one: options.item: 'a[?b' is no selector",
        ),
        (
            '"*/15 6-22 * * 1,3,5"',
            '"0 0 30 2 *"',
            "source one: schedule: '0 0 30 2 *' is no cron line: minute",
        ),
        ("delay = 2", "javascript = true", "javascript: is no field; the fields are name,"),
        ("delay = 2", "javascript = true", "it is an option: write it below [source.options]"),
        ("delay = 2", 'delay = "2"', "delay: '2' is not a number"),
        ("news.example", "news example", "source one: url:"),
        ('"listing"', '"search"', "source one: url: has no place for {query}"),
        ("[[source]]", "[[sources]]", "sources: only [[source]] and [[refused]] rows"),
        ("[[source]]", "[source]", "source: is no list of rows; write [[source]] above each"),
        ("[[source]]", "[[source]", "not TOML"),
    ],
)
def test_a_bad_row_is_named_with_file_source_and_field(tmp_path: Path, old: str, new: str, says: str) -> None:
    table = tmp_path / "sources.toml"
    assert old in ROW
    table.write_text(ROW.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSources) as caught:
        load_sources(table)
    assert str(caught.value).startswith(str(table)) and says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        (
            "search",
            'item = "li"\nqueries = ["{alia} 快递"]',
            "options.queries: '{alia} 快递' is no text with places",
        ),
        ("search", 'item = "li"\nqueries = [3]', "options.queries: 3 is no text"),
        ("search", 'item = "li"', "options.queries: is missing; kind search needs it"),
        ("search", 'item = "li"\nqueries = []', "options.queries: is empty; nothing would be asked"),
        ("search", 'item = "li"\nqueries = [" "]', "options.queries: ' ' asks for nobody"),
        (
            "search",
            'item = "li"\nqueries = ["{word} 快递"]',
            "options.queries: '{word} 快递' asks for nobody",
        ),
        ("search", 'item = "li"\nqueries = ["快递"]\nmax_queries = 0', "options.max_queries: is below one"),
        ("sitemap", "include = [3]", "options.include: 3 is no pattern"),
        ("watch", 'account = "sto"\ntopic = "pric"', "options.topic: 'pric' is none of potential_demand"),
    ],
)
def test_options_of_a_kind_that_make_no_sense_are_named(
    tmp_path: Path, kind: str, options: str, says: str
) -> None:
    table = tmp_path / "sources.toml"
    row = (
        ROW.replace('"listing"', f'"{kind}"')
        .replace("/list", "/list?q={query}")
        .replace('item = "ul li"', options)
    )
    table.write_text(row, encoding="utf-8")
    with pytest.raises(BadSources) as caught:
        load_sources(table)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_the_mark_with_which_windows_editors_begin_a_file_is_passed_over(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    table.write_text(ROW, encoding="utf-8-sig")
    assert [one.name for one in load_sources(table)] == ["one"]


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    table.write_text(ROW + ROW, encoding="utf-8")
    with pytest.raises(BadSources, match="source one: name: stands twice"):
        load_sources(table)


def test_every_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    bad = ROW.replace('"one"', '"two"').replace('"C"', '"G"')
    nameless = ROW.replace('name = "one"\n', "")
    refused = '[[refused]]\nname = "shop"\nlabel = "商城"\nchannel = "platform"\nowner = "某"\n'
    table.write_text("# 来源\n" + ROW + bad + nameless + refused, encoding="utf-8")
    for load in (load_sources, load_refused):
        with pytest.raises(BadSources) as caught:
            load(table)
        assert str(caught.value).split("\n") == [
            f"{table}:16: source two: reliability: 'G' is no letter from A to F",
            f"{table}:30: source number 3: name: is missing",
            f"{table}:43: refused shop: reason: is missing",
        ]


def test_a_row_for_an_account_that_nobody_watches_is_named(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    watch = ROW.replace('"listing"', '"watch"').replace(
        'item = "ul li"', 'account = "sto"\ntopic = "competitor_landscape"'
    )
    table.write_text(watch + watch.replace('"one"', '"two"').replace('"sto"', '"stoo"'), encoding="utf-8")
    refuse_strangers(table, ())
    with pytest.raises(BadSources, match=r"source two: .*'stoo' is no account") as caught:
        refuse_strangers(table, {"stoo"})
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSources, match="cannot be read"):
        load_sources(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("listed", "identity"),
    [
        ("HTTPS://News.Example:443", "https://news.example/"),
        ("http://news.example./a#top", "http://news.example/a"),
        ("http://news.example/a?utm_source=x&id=2&spm=1.2&b=1&from=app", "http://news.example/a?id=2&b=1"),
        ("http://news.example/a?fromage=1&shared=2", "http://news.example/a?fromage=1&shared=2"),
        (" http://news.example:8080/新 闻 ", "http://news.example:8080/%E6%96%B0%20%E9%97%BB"),
        ("http://例子.example/", "http://xn--fsqu00a.example/"),
    ],
)
def test_one_page_has_one_identity(listed: str, identity: str) -> None:
    assert canonical_url(listed) == identity
    assert canonical_url(identity) == identity


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "javascript:void(0)",
        "mailto:a@b.example",
        "http://",
        "http://u:p@h.example/",
        "http://h:99999/",
        "http://two words.example/",
        "http://two%20words.example/",
        "http://news..example/",
    ],
)
def test_what_cannot_be_fetched_is_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        canonical_url(url)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Mon, 23 Nov 2026 08:00:00", "2026-11-23T08:00:00+08:00"),
        ("Mon, 23 Nov 2026 08:00:00 CST", "2026-11-23T08:00:00+08:00"),
        ("Mon, 23 Nov 2026 08:00:00 GMT", "2026-11-23T08:00:00+00:00"),
        ("Mon, 23 Nov 2026 08:00:00 -0500", "2026-11-23T08:00:00-05:00"),
        ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00+00:00"),
        ("2026-11-23", "2026-11-23T00:00:00+08:00"),
        ("2026-11-23 08:05", "2026-11-23T08:05:00+08:00"),
        ("2026年11月3日 8:05", "2026-11-03T08:05:00+08:00"),
        ("[2026/11/3]", "2026-11-03T00:00:00+08:00"),
        ("发布时间：2026.11.03", "2026-11-03T00:00:00+08:00"),
        ("1795399200", "2026-11-23T02:00:00+00:00"),
        ("1795399200000", "2026-11-23T02:00:00+00:00"),
        ("2026-13-45", None),
        ("11-23", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_a_listed_date_without_a_zone_is_chinas(text: str, iso: str | None) -> None:
    when = listed_date(text)
    assert (when.isoformat() if when else None) == iso
