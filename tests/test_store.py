import os
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from intel import db, dialects
from intel.db import ArticleRow, FindingRow, PageRow, StoryRow
from intel.model import Account, NotAnArticle, Role, Validators
from intel.refusal import CannotKeep
from intel.search_query import Search
from intel.views import FindingFilter
from spiders.saved import IMPORT
from tests.conftest import Kept
from tests.making import NOON, SOURCES, TEXT, page, reading

ALL = FindingFilter()
FULL = "http://wire.localhost/full"


def rows(kept: Kept, table: type) -> int:
    with Session(kept.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_page_is_kept_once_and_its_url_is_known_from_then_on(kept: Kept) -> None:
    assert not kept.store.known(["http://wire.localhost/1"])
    assert kept.store.add_page(page())
    assert not kept.store.add_page(page())
    assert kept.store.known(["http://wire.localhost/1", "http://wire.localhost/2"]) == {page().url: NOON}
    assert rows(kept, PageRow) == 1


def test_a_kept_page_comes_back_as_it_was(kept: Kept) -> None:
    given = replace(page(), listed_title="标题", listed_at=NOON)
    kept.store.add_page(given)
    assert [found.page for found in kept.store.pages(0, 10, unread_only=True)] == [given]


def test_a_page_is_on_disk_when_add_page_returns_even_if_the_process_is_killed(kept: Kept) -> None:
    script = (
        "import os, signal\n"
        "from intel import db\nfrom intel.store import Store\nfrom tests.making import page\n"
        f"Store(db.open_engine('{kept.url}')).add_page(page())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode < 0
    assert kept.store.known([page().url])


def test_reading_a_page_again_doubles_nothing_and_keeps_the_article_number(kept: Kept) -> None:
    kept.store.add_page(page())
    kept.store.keep([(1, reading())])
    before = kept.query.findings("taobao", ALL)
    kept.store.keep([(1, reading())])
    after = kept.query.findings("taobao", ALL)
    assert [(f.article, f.quote) for f in after] == [(f.article, f.quote) for f in before]
    assert rows(kept, FindingRow) == rows(kept, ArticleRow) == rows(kept, StoryRow) == 1


def test_the_newest_page_of_a_url_is_the_one_that_counts(kept: Kept) -> None:
    kept.store.add_page(page(body="old"))
    kept.store.add_page(page(body="new"))
    kept.store.keep([(2, reading(title="新标题"))])
    kept.store.keep([(1, reading(title="旧标题"))])
    assert [finding.title for finding in kept.query.findings("taobao", ALL)] == ["新标题"]


def test_a_page_rejected_on_a_second_reading_leaves_nothing_of_the_first(kept: Kept) -> None:
    kept.store.add_page(page())
    kept.store.keep([(1, reading())])
    kept.store.keep([(1, NotAnArticle("index_page", "40 links"))])
    assert kept.query.findings("taobao", ALL) == []
    assert Search(kept.engine).page("爆仓").hits == ()
    assert rows(kept, StoryRow) == 0
    assert kept.query.kept().rejected == {"index_page": 1}


def test_copies_share_a_story_whatever_the_order_they_were_read_in(kept: Kept) -> None:
    other = "中国邮政航空一架货机在鄂州机场完成首次越洋飞行，机上装载跨境包裹九十吨，返程运回生鲜和图书。" * 2
    texts = [TEXT, TEXT + "\n（编辑：青禾）", other]
    for number, text in enumerate(texts, 1):
        kept.store.add_page(page(url=f"http://wire.localhost/{number}"))
        phrase = text[:20]
        kept.store.keep(
            [(number, reading(title=f"淘宝{number}", text=text, phrase=phrase, topic="market_outlook"))]
        )
    stories = {finding.title: finding.story for finding in kept.query.findings("taobao", ALL)}
    assert stories["淘宝1"] == stories["淘宝2"] != stories["淘宝3"]


def test_imported_pages_of_different_sites_are_independent_witnesses(kept: Kept) -> None:
    kept.store.load_sources((*SOURCES, IMPORT))
    sites = ("http://www.one.example/a", "http://one.example/b", "http://wire.localhost/9", "file:c.html")
    lines = (
        "本报走访义乌三家网点，见到淘宝包裹堆在门口，韵达员工说人手不够。",
        "一位开女装店的淘宝店主告诉我们，交给韵达的货四天没有动，买家纷纷退款。",
        "监管部门上周约谈了韵达，要求对淘宝商家反映的积压逐一答复。",
        "淘宝商家论坛里有人贴出韵达的道歉信，信中承认车辆调度出了差错。",
    )
    for number, (url, text) in enumerate(zip(sites, lines, strict=True), 1):
        kept.store.add_page(page(url=url, source="import"))
        kept.store.keep([(number, reading(title=f"淘宝{number}", text=text, phrase=text[:20]))])
    found = {one.url: one for one in kept.query.findings("taobao", ALL)}
    assert [found[url].owner for url in sites] == ["one.example", "one.example", "观察", "导入的页面"]
    assert {one.reliability for one in found.values()} == {"F"}
    assert "另有 3 家独立来源印证" not in found[sites[0]].why
    assert "观察" in found[sites[0]].why and "one.example" in found["file:c.html"].why


def test_a_story_falls_apart_when_what_held_it_together_is_read_as_something_else(kept: Kept) -> None:
    for number in (1, 2):
        kept.store.add_page(page(url=f"http://wire.localhost/{number}"))
        kept.store.keep([(number, reading())])
    assert kept.query.kept().stories == 1
    text = "淘宝发布新的商家服务标准，涉及发货时效、退货流程与客服响应，自下月一日起施行，试行期为六十天。"
    kept.store.keep([(2, reading(text=text, phrase=text[:10]))])
    assert kept.query.kept().stories == rows(kept, StoryRow) == 2


def test_accounts_are_brought_up_to_date_by_id_and_others_stay(kept: Kept) -> None:
    kept.store.load_accounts([Account("taobao", "淘宝", Role.CLIENT, ("淘宝网", "万能的淘宝"))])
    assert kept.query.account("万能的淘宝").id == "taobao"
    assert kept.query.account("拼多多").id == "pinduoduo"


def test_a_source_no_longer_in_the_table_is_disabled_but_kept(kept: Kept) -> None:
    kept.store.load_sources(SOURCES[:1])
    assert {view.name: view.enabled for view in kept.query.sources()} == {"wire": True, "forum": False}


def test_validators_survive_a_reload_of_the_table_of_sources(kept: Kept) -> None:
    kept.store.set_validators("wire", Validators('"7"', "yesterday"))
    kept.store.load_sources(SOURCES)
    assert kept.store.validators("wire") == Validators('"7"', "yesterday")


@pytest.mark.postgresql
def test_a_connection_that_was_left_alone_is_tried_before_it_is_used(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialects, "TRUSTED", 0.0)
    mine = select(func.pg_backend_pid())
    with kept.engine.connect() as connection:
        first = connection.scalar(mine)
    with kept.engine.connect() as connection:
        assert connection.scalar(mine) == first
    other = db.open_engine(kept.url)
    with other.connect() as connection:
        connection.execute(select(func.pg_terminate_backend(first, 5000)))
    other.dispose()
    with kept.engine.connect() as connection:
        assert connection.scalar(mine) != first


@pytest.mark.sqlite
def test_a_database_that_may_not_grow_says_so_and_keeps_what_it_had(kept: Kept) -> None:
    kept.store.add_page(page())
    with kept.engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar()
    kept.engine.dispose()
    event.listen(kept.engine, "connect", lambda driver, _: driver.execute(f"PRAGMA max_page_count={size}"))
    with pytest.raises(CannotKeep, match="database or disk is full; make room"):
        kept.store.add_page(page(url=FULL, body=os.urandom(100_000).hex()))
    assert kept.store.known([page().url]) and not kept.store.known([FULL])


@pytest.mark.postgresql
def test_a_server_that_may_not_write_says_so(kept: Kept) -> None:
    with kept.engine.connect() as connection, pytest.raises(CannotKeep, match="takes nothing more"):
        connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
        )
