"""What came in since somebody looked: nothing is missed, nothing is told of accounts that are not his."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from intel import arrivals, bookmarks, readings
from intel.arrivals import Arrivals
from intel.bookmarks import Bookmarks
from intel.db import ArticleRow
from intel.model import KeptPage, NotAnArticle, Page
from intel.reader import read_one
from intel.users import UserRole, Users
from tests.asking import CHEAP
from tests.conftest import Kept
from tests.making import root

LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def page(number: int, told: str = "淘宝商家投诉韵达华东多个网点爆仓，部分包裹延误三天以上") -> Page:
    """A page that was fetched long ago."""
    text = f"<h1>第{number}号消息：{told}</h1><p>{told}，商家要求赔付{number}万元。</p>"
    body = f"<html><body><article>{text}</article></body></html>"
    return Page(f"http://wire.localhost/{number}", "wire", LONG_AGO, body.encode(), "text/html")


def read(kept: Kept, pages: Sequence[KeptPage] = ()) -> None:
    """Read what was not read yet, or these pages again."""
    for one in pages or kept.store.pages(0, 99, unread_only=True):
        assert not isinstance(read_one(kept.store, kept.query.watched(), one), NotAnArticle)


def came(kept: Kept, moment: datetime, *accounts: str) -> list[tuple[str, str]]:
    """The accounts and addresses of what came in."""
    news = Arrivals(kept.engine).since(moment, accounts or None, shown=99).news
    return sorted((one.account, two.url[-1]) for one in news for two in one.newest)


def seen(kept: Kept) -> datetime:
    """Up to when the reader has seen what came in."""
    found = Bookmarks(kept.engine).seen("wang")
    assert found is not None
    return found


def marked(kept: Kept, up_to: datetime) -> None:
    """The reader marks all that a page showed as seen."""
    Bookmarks(kept.engine).see("wang", up_to)


@pytest.fixture(autouse=True)
def wang(kept: Kept) -> None:
    """A reader."""
    Users(kept.engine, CHEAP).add("wang", UserRole.VIEWER, "", root(LONG_AGO))


def test_what_is_read_long_after_it_was_fetched_comes_in_when_it_is_read(kept: Kept) -> None:
    kept.store.add_page(page(1))
    kept.store.add_page(page(2))
    first, second = kept.store.pages(0, 99, unread_only=True)
    read(kept, [first])
    marked(kept, Arrivals(kept.engine).since(BEGINNING).up_to)
    assert came(kept, seen(kept)) == []
    read(kept, [second])
    assert came(kept, seen(kept), "taobao") == [("taobao", "2")]


def test_what_comes_in_between_the_page_and_the_mark_is_news_afterwards(kept: Kept) -> None:
    kept.store.add_page(page(1))
    read(kept)
    shown = Arrivals(kept.engine).since(BEGINNING).up_to
    kept.store.add_page(page(2))
    read(kept)
    marked(kept, shown)
    assert came(kept, seen(kept), "taobao") == [("taobao", "2")]


def test_an_older_page_takes_nothing_back_and_nobody_has_seen_what_is_to_come(kept: Kept) -> None:
    kept.store.add_page(page(1))
    read(kept)
    shown = Arrivals(kept.engine).since(BEGINNING).up_to
    marked(kept, shown)
    marked(kept, BEGINNING)
    assert seen(kept) == shown
    marked(kept, datetime.now(UTC) + timedelta(days=999))
    assert seen(kept) == shown


def test_the_same_bytes_read_again_are_no_news_and_other_bytes_are(kept: Kept) -> None:
    kept.store.add_page(page(1))
    read(kept)
    marked(kept, Arrivals(kept.engine).since(BEGINNING).up_to)
    read(kept, kept.store.pages(0, 99, unread_only=False))
    assert came(kept, seen(kept)) == []
    changed = page(1, "淘宝宣布引入第二家快递商，韵达份额下降")
    kept.store.add_page(replace(changed, fetched_at=LONG_AGO + timedelta(hours=1)))
    read(kept)
    assert came(kept, seen(kept), "taobao") == [("taobao", "1")]


def test_a_machine_whose_clock_is_behind_hides_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.store.add_page(page(1))
    read(kept)
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    with Session(kept.engine) as session, session.begin():
        session.execute(update(ArticleRow).values(read_at=ahead))
    marked(kept, Arrivals(kept.engine).since(BEGINNING).up_to)
    assert seen(kept) == ahead
    kept.store.add_page(page(2))
    read(kept)
    assert came(kept, seen(kept), "taobao") == [("taobao", "2")]
    with Session(kept.engine) as session:
        assert readings._moment(session) > ahead


def test_what_others_may_see_leaves_room_for_what_the_reader_may_see(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "MOST", 2)
    kept.store.add_page(page(1, "拼多多与极兔续签了2027年度物流合同"))
    for number in (2, 3, 4):
        kept.store.add_page(page(number))
    read(kept)
    assert ("pinduoduo", "1") in came(kept, BEGINNING, "pinduoduo")


def test_searches_are_each_reader_s_own_and_the_oldest_go(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    Users(kept.engine, CHEAP).add("li", UserRole.VIEWER, "", root(LONG_AGO))
    monkeypatch.setattr(bookmarks, "MOST", 2)
    mine = Bookmarks(kept.engine)
    for number, name in enumerate(("甲", "乙", "甲", "丙")):
        mine.save("wang", name, f"q={number}", LONG_AGO + timedelta(minutes=number))
    assert [(one.name, one.query) for one in mine.searches("wang")] == [("丙", "q=3"), ("甲", "q=2")]
    mine.forget("li", mine.searches("wang")[0].id)
    assert len(mine.searches("wang")) == 2
    mine.forget("wang", mine.searches("wang")[0].id)
    assert [one.name for one in mine.searches("wang")] == ["甲"]
    assert mine.searches("li") == []
