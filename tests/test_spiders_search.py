"""A site's own search: which queries are asked, and which results are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from intel.model import Account, Role, RunState, Source
from spiders.catalogue import BadSources, load_sources
from spiders.queries import MOST, Query, plan, queries
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site
from tests.test_spiders import with_articles
from tests.test_spiders_catalogue import ROW

QINGHE = Account("qinghe", "青禾商城", Role.CLIENT, ("青禾", "Qinghe"))
YUANSHAN = Account("yuanshan", "远山速递", Role.COMPETITOR)


@pytest.fixture
def site(site: Site) -> Site:
    """A site with the articles that results lead to."""
    with_articles(site)
    return site


def results(*entries: tuple[str, str], after: str = "") -> Answer:
    items = "".join(f'<li><a href="{path}">{title}</a><p>摘要</p></li>' for path, title in entries)
    return Answer(f"<ul>{items}</ul>{after}".encode())


def search(site: Site, url: str = "/s?q={query}", **options: Any) -> Source:
    return source(site, url, "search", item="li", **options)


def path(query: str, charset: str = "utf-8") -> str:
    return f"/s?q={quote(query.encode(charset), safe='')}"


# ---- the queries


def test_queries_are_the_names_in_the_templates_with_every_word_each_once() -> None:
    texts = [
        query.text for query in queries(YUANSHAN, ["招标", "赔付"], ["{alias} {word}", "{alias} 快递", "x"])
    ]
    assert texts == ["远山速递 招标", "远山速递 赔付", "远山速递 快递"]


def test_queries_are_bounded_and_begin_with_the_name() -> None:
    found = queries(QINGHE, map(str, range(100)), ["{alias} {word}"])
    assert len(found) == MOST and found[0] == Query("青禾商城 0", QINGHE.names)


def test_a_plan_asks_for_every_account_before_it_asks_again_and_goes_on_another_day() -> None:
    row = Source(
        "s", "s", "search", "news", "u", "o", "B", "l", options={"queries": ["{alias}"], "max_queries": 1}
    )
    today, tomorrow = (
        plan(row, [(QINGHE, []), (YUANSHAN, [])], 0),
        plan(row, [(QINGHE, []), (YUANSHAN, [])], 1),
    )
    assert [query.text for query in today] == ["青禾商城", "远山速递", "青禾", "Qinghe"]
    assert [query.text for query in tomorrow] == ["远山速递", "青禾商城", "青禾", "Qinghe"]
    assert plan(row, [], 3) == ()


# ---- asking


def test_results_that_name_the_account_are_kept(site: Site, store: MemoryStore) -> None:
    site.pages[path("青禾 快递")] = results(
        ("/a/1", "青禾换快递了"), ("/a/2", "别家的消息"), ("/a/3", "ＱＩＮＧＨＥ news")
    )
    asked = {"search": [Query("青禾 快递", QINGHE.names)]}
    run = collect(site, [search(site)], store, queries=asked)["search"]
    assert store.paths == {"/a/1", "/a/3"} and run.new == 2
    assert run.reason == "1 results named nobody who was asked for"


def test_a_name_in_the_snippet_is_enough_and_the_filter_can_be_off(site: Site, store: MemoryStore) -> None:
    site.pages[path("青禾")] = Answer(
        '<li><a href="/a/1">消息</a><p>青禾商城昨日公告</p></li><li><a href="/a/2">其他</a></li>'.encode()
    )
    asked = [Query("青禾", QINGHE.names)]
    collect(site, [search(site)], store, queries={"search": asked})
    assert store.paths == {"/a/1"}
    collect(site, [search(site, named=False)], store, queries={"search": asked})
    assert store.paths == {"/a/1", "/a/2"}


def test_a_query_is_written_in_the_charset_of_the_site(site: Site, store: MemoryStore) -> None:
    site.pages[path("青禾", "gb18030")] = results(("/a/1", "青禾"))
    collect(site, [search(site, charset="gb18030")], store, queries={"search": [Query("青禾")]})
    assert store.paths == {"/a/1"}


def test_a_query_that_the_charset_cannot_write_is_counted(site: Site, store: MemoryStore) -> None:
    run = collect(site, [search(site, charset="latin-1")], store, queries={"search": [Query("青禾")]})[
        "search"
    ]
    assert run.rejected == {"unwritable_query": 1} and not site.hits


def test_no_more_queries_than_the_budget_and_no_known_result_again(site: Site, store: MemoryStore) -> None:
    asked = [Query(f"q{number}") for number in range(9)]
    for query in asked:
        site.pages[path(query.text)] = results(("/a/1", "一"))
    for _ in range(2):
        run = collect(site, [search(site, max_queries=4)], store, queries={"search": asked})["search"]
    assert sum(count for url, count in site.hits.items() if url.startswith("/s?")) == 8
    assert site.hits["/a/1"] == 1 and (run.state, run.known) == (RunState.OK, 1)


def test_further_pages_come_from_the_address_or_a_link(site: Site, store: MemoryStore) -> None:
    for page in (1, 2, 3):
        site.pages[f"/p?q=x&p={page}"] = results((f"/a/{page}", "一"))
    site.pages["/s?q=x"] = results(("/a/4", "四"), after='<a rel="next" href="/more">下一页</a>')
    site.pages["/more"] = results(("/a/5", "五"))
    numbered = search(site, "/p?q={query}&p={page}", pages=2)
    linked = source(site, "/s?q={query}", "search", "linked", item="li", pages=2, next="a[rel=next]")
    collect(site, [numbered, linked], store, queries={"search": [Query("x")], "linked": [Query("x")]})
    assert store.paths == {"/a/1", "/a/2", "/a/4", "/a/5"} and site.hits["/p?q=x&p=3"] == 0


def test_a_row_can_have_standing_queries_and_json_results(site: Site, store: MemoryStore) -> None:
    rows = [{"url": "/a/1", "title": "快递招标", "brief": "青禾"}]
    answer = Answer(json.dumps({"rows": rows}).encode(), headers={"Content-Type": "application/json"})
    site.pages[path("快递 招标")] = answer
    row = source(
        site, "/s?q={query}", "search", format="json", item="rows", snippet="brief",
        queries=["快递 招标", "{alias} 快递"],
    )  # fmt: skip
    collect(site, [row], store)
    assert store.paths == {"/a/1"} and len(site.hits) == 3


# ---- nothing found


def test_nothing_found_is_empty(site: Site, store: MemoryStore) -> None:
    site.pages[path("青禾")] = Answer("<p class=none>没有找到相关结果</p>".encode())
    run = collect(site, [search(site, nothing=".none")], store, queries={"search": [Query("青禾")]})["search"]
    assert (run.state, run.reason) == (RunState.EMPTY, "")


def test_a_search_that_never_finds_anything_has_changed_its_layout(site: Site, store: MemoryStore) -> None:
    asked = [Query(name) for name in ("a", "b", "c")]
    for query in asked:
        site.pages[path(query.text)] = Answer(b"<div class=new-design></div>")
    run = collect(site, [search(site)], store, queries={"search": asked})["search"]
    assert run.state is RunState.FAILED and "has the layout changed?" in run.reason


def test_a_search_without_queries_says_so(site: Site, store: MemoryStore) -> None:
    run = collect(site, [search(site)], store)["search"]
    assert (run.state, run.reason, run.requests) == (RunState.EMPTY, "no queries were given", 0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('charset = "klingon"', r"options\.charset: unknown encoding"),
        ('nothing = "p >"', r"options\.nothing: "),
        ("pages = 1000", r"options\.pages: is not from 1 to 100"),
        ('page_url = "x"', r"options\.page_url: is no option of kind search"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(tmp_path: Path, options: str, says: str) -> None:
    table = tmp_path / "sources.toml"
    row = ROW.replace('"listing"', '"search"').replace("/list", "/s?q={query}")
    table.write_text(f'{row}queries = ["{{alias}}"]\n{options}\n', encoding="utf-8")
    with pytest.raises(BadSources, match=says):
        load_sources(table)
