"""Watched pages against a real server on loopback: kept when they changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from intel.model import RunState
from spiders.catalogue import BadSources, load_sources
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site
from tests.test_spiders_catalogue import ROW


def prices(price: str = "12元", clock: str = "08:30:11") -> Answer:
    return Answer(
        f"<title>价目表</title><h1>价目表</h1><p>北京时间 {clock}</p><p>浏览 {clock[-2:]} 次</p>"
        f"<table><tr><td>首重</td><td>{price}</td></tr></table>".encode()
    )


def test_a_watched_page_is_kept_once_until_it_changes(site: Site, store: MemoryStore) -> None:
    watched = [source(site, "/prices", "watch")]
    site.pages["/prices"] = prices()
    first = collect(site, watched, store)["watch"]
    site.pages["/prices"] = prices(clock="17:02:59")
    second = collect(site, watched, store)["watch"]
    kept = [page.body for page in store.pages.values()]
    site.pages["/prices"] = prices("10元", "18:00:00")
    third = collect(site, watched, store)["watch"]
    assert [(run.new, run.known) for run in (first, second, third)] == [(1, 0), (0, 1), (1, 0)]
    assert {run.state for run in (first, second, third)} == {RunState.OK}
    [old] = kept
    assert b"08:30:11" in old
    assert [page.body for page in store.pages.values()] == [old, prices("10元", "18:00:00").body]


def test_several_pages_can_be_watched_by_one_source(site: Site, store: MemoryStore) -> None:
    site.pages["/prices"] = site.pages["/promises"] = prices()
    run = collect(site, [source(site, "/prices", "watch", pages=[f"{site.url}/promises"])], store)["watch"]
    assert run.new == 2 and store.paths == {"/prices", "/promises"}


def test_a_wall_in_place_of_the_page_is_not_kept_but_said(site: Site, store: MemoryStore) -> None:
    watched = [source(site, "/prices", "watch")]
    site.pages["/prices"] = prices()
    collect(site, watched, store)
    site.pages["/prices"] = Answer("<title>安全验证</title><p>请完成滑动验证后继续访问</p>".encode())
    run = collect(site, watched, store)["watch"]
    assert run.state is RunState.FAILED and run.rejected == {"consent_wall": 1}
    [kept] = store.pages.values()
    assert "首重".encode() in kept.body


def test_a_watched_page_that_is_gone_fails_the_source(site: Site, store: MemoryStore) -> None:
    run = collect(site, [source(site, "/prices", "watch")], store)["watch"]
    assert run.state is RunState.FAILED and run.reason == "no page could be had: HTTP 404 (1 of 1)"


def test_pages_of_a_row_must_be_addresses(tmp_path: Path) -> None:
    table = tmp_path / "sources.toml"
    row = ROW.replace('"listing"', '"watch"').replace('item = "ul li"', 'pages = ["ftp://a.example/"]')
    table.write_text(row, encoding="utf-8")
    with pytest.raises(BadSources, match=r"options\.pages: 'ftp://a.example/' is not an http"):
        load_sources(table)
