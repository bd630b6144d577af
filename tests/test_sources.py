"""Every source of the shipped table against the page saved for it: saved page → expected entries and article.

The pages are written by us in the shape of the sites; they prove that row and kind fit that shape, not that
a site still has it: `intel sources check` does that.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from intel.config import CHINA, PROJECT
from intel.health import due_times
from intel.model import Page, Selectors, Source
from intel.taxonomy import taxonomy
from pipelines.extract import extract
from pipelines.item import STORE_SETTING
from spiders.base import PAGES_SETTING, REPORT_SETTING, SOURCE_SETTING
from spiders.catalogue import BadSources, load_refused, load_sources
from spiders.kinds import spider_of
from spiders.listed import Entry
from spiders.queries import Query
from spiders.search import QUERIES_SETTING
from spiders.urls import canonical_url
from tests.crawling import MemoryStore

TABLE = PROJECT / "spiders" / "sources.toml"
SAVED = PROJECT / "tests" / "sources"
SOURCES = load_sources(TABLE)
ENABLED = [source for source in SOURCES if source.enabled]
WITH_ARTICLE = [source for source in SOURCES if (SAVED / source.name / "article.html").exists()]
WITH_SELECTORS = [source for source in SOURCES if Selectors.of(source.options)]
ROWS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["source"]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
# The entry page of a source is one of these, by what the source serves.
TYPES = {
    "page.html": "text/html; charset=utf-8",
    "feed.xml": "application/rss+xml",
    "sitemap.xml": "application/xml",
    "list.json": "application/json; charset=utf-8",
}


@dataclass(frozen=True)
class Saved:
    """What is saved of a source: its entry page and what it should give."""

    body: bytes
    content_type: str
    expected: dict[str, Any]


def saved(source: Source) -> Saved:
    folder = SAVED / source.name
    entry_pages = [name for name in TYPES if (folder / name).exists()]
    assert len(entry_pages) == 1, f"{folder} needs one of {', '.join(TYPES)}"
    body = (folder / entry_pages[0]).read_bytes()
    return Saved(body, TYPES[entry_pages[0]], json.loads((folder / "expected.json").read_bytes()))


def listed(source: Source, page: Saved) -> list[Entry]:
    """The entries of which the source's spider asks for, or keeps, the pages when served the saved one."""
    crawler = Crawler(spider_of(source.kind))
    for name, value in (
        (SOURCE_SETTING, source),
        (STORE_SETTING, MemoryStore()),
        (REPORT_SETTING, lambda progress: None),
        (PAGES_SETTING, 1000),
        (QUERIES_SETTING, (Query("快递"),)),
    ):
        crawler.settings.set(name, value)
    spider = spider_of(source.kind).from_crawler(crawler)
    entries = []
    for request in spider.first():
        assert request.callback is not None
        for found in request.callback(answer(request, page), **request.cb_kwargs):
            if isinstance(found, Page):
                entries.append(Entry(found.url.partition("#")[0], found.listed_title, found.listed_at))
            elif "entry" in found.cb_kwargs:
                entries.append(found.cb_kwargs["entry"])
    return entries


def answer(request: Request, page: Saved) -> Response:
    headers = {"Content-Type": page.content_type}
    kind = responsetypes.from_mimetype(page.content_type.partition(";")[0])
    return kind(request.url, headers=headers, body=page.body, request=request)


def entry(expected: dict[str, Any]) -> Entry:
    at = datetime.fromisoformat(expected["at"]) if expected["at"] else None
    return Entry(expected["url"], expected["title"], at)


def told(found: Entry) -> tuple[str, str | None, datetime | None]:
    return found.url, found.title, found.at


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_saved_page_of_a_source_gives_the_entries_it_should(source: Source) -> None:
    page = saved(source)
    entries = listed(source, page)
    assert len(entries) == page.expected["entries"] >= source.expected_minimum
    assert told(entries[0]) == told(entry(page.expected["first"]))
    assert told(entries[-1]) == told(entry(page.expected["last"]))


@pytest.mark.parametrize("source", WITH_ARTICLE, ids=lambda source: source.name)
def test_the_saved_article_of_a_source_reads_as_it_should(source: Source) -> None:
    expected = saved(source).expected["article"]
    body = (SAVED / source.name / "article.html").read_bytes()
    page = Page(expected["url"], source.name, NOW, body, TYPES["page.html"])
    article = extract(page, NOW, Selectors.of(source.options))
    assert article.missed == () and article.title == expected["title"]
    assert article.published is not None
    assert article.published.at.astimezone(CHINA).date().isoformat() == expected["published"]
    assert article.text.startswith(expected["starts"])


@pytest.mark.parametrize("source", WITH_SELECTORS, ids=lambda source: source.name)
def test_the_selectors_of_a_source_were_tried_on_a_saved_article(source: Source) -> None:
    assert source in WITH_ARTICLE


def test_nothing_is_saved_for_a_source_that_is_not_in_the_table() -> None:
    assert {folder.name for folder in SAVED.iterdir()} == {source.name for source in SOURCES}


def test_there_are_forty_sources_over_all_channels() -> None:
    refused = load_refused(TABLE)
    covered = {source.channel for source in ENABLED}
    # Staff hand in what they see in the market; the table says so among what is not crawled.
    assert {one.channel for one in refused if one.name == "field-reports"} == {"field"}
    assert len(ENABLED) >= 40 and covered | {"field"} == set(taxonomy().channels)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_a_row_says_what_was_verified_and_whether_terms_were_read(row: dict[str, Any]) -> None:
    day_or_not = ("20", "not verified: ")
    assert row["verified"].startswith(day_or_not) and row["terms_reviewed"]
    assert row["delay"] >= 5
    assert row.get("enabled", True) == ("disabled" not in row["verified"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_a_row_has_a_schedule_of_its_own_and_says_what_it_expects(row: dict[str, Any]) -> None:
    assert {"schedule", "expected_minimum"} <= row.keys() and row["expected_minimum"] >= 0
    due = list(islice(due_times(row["schedule"], NOW), 60))
    gaps = [later - earlier for later, earlier in pairwise(due)]
    assert min(gaps) >= timedelta(hours=2) and max(gaps) <= timedelta(days=31)


def test_no_page_is_a_source_twice() -> None:
    forms = Counter((canonical_url(source.url), str(source.options)) for source in SOURCES)
    assert set(forms.values()) == {1}


def test_schedules_are_spread() -> None:
    starts = Counter(source.schedule for source in ENABLED)
    assert max(starts.values()) == 1


def test_what_is_not_collected_has_a_reason_and_another_way() -> None:
    refused = load_refused(TABLE)
    assert len(refused) >= 15 and all(one.reason and one.instead for one in refused)
    assert {one.name for one in refused}.isdisjoint(source.name for source in SOURCES)


def test_what_is_offered_instead_is_switched_on() -> None:
    off = {source.name for source in SOURCES if not source.enabled}
    named = {word for one in load_refused(TABLE) for word in re.findall(r"[a-z0-9-]+", one.instead)}
    assert not named & off


@pytest.mark.parametrize(
    "word",
    [
        "裁判文书",
        "天眼查",
        "企查查",
        "微信公众号",
        "搜狗微信",
        "微博",
        "小红书",
        "抖音",
        "知乎",
        "淘宝",
        "京东",
        "拼多多",
    ],
)
def test_what_stands_behind_a_login_or_a_captcha_is_refused_by_name(word: str) -> None:
    (one,) = (one for one in load_refused(TABLE) if word in one.label and "门户" not in one.label)
    assert re.search("login|CAPTCHA|check", one.reason)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('reason = "码"\n', "", "refused shop: reason: is missing"),
        ('channel = "platform"', 'channel = "gossip"', "refused shop: channel: 'gossip' is none of"),
        ('name = "shop"', 'name = "Shop"', "refused Shop: name:"),
        ('reason = "', 'because = "', "refused shop: because: is no field"),
    ],
)
def test_a_bad_row_of_what_is_refused_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    row = '[[refused]]\nname = "shop"\nlabel = "商城"\nchannel = "platform"\nowner = "某"\nreason = "码"\n'
    table = tmp_path / "sources.toml"
    table.write_text(TABLE.read_text(encoding="utf-8") + row.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSources) as caught:
        load_refused(table)
    assert says in str(caught.value)


def test_terms_are_reviewed_on_a_day_or_not_yet(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    text = TABLE.read_text(encoding="utf-8")
    table.write_text(text.replace('= "not yet"', '= "2026-11-20"', 1), encoding="utf-8")
    assert load_sources(table)[0].terms_reviewed == "2026-11-20"
    table.write_text(text.replace('= "not yet"', '= "last week"', 1), encoding="utf-8")
    with pytest.raises(BadSources, match="terms_reviewed: 'last week' is no day"):
        load_sources(table)


def test_saved_pages_name_no_place_that_is_not_public() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAVED.rglob("*.*"))]
    assert not any(str(Path.home()) in text for text in texts)
