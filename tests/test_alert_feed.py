"""An account's Atom feed: well-formed whatever pages say, and the same entry for the same report."""

from datetime import timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from intel.alerts.atom import atom, etag
from intel.db import ArticleRow
from tests.alerting import NOON, Alerts, alerts  # noqa: F401 (a fixture)
from tests.making import page

ADDRESS = "https://intel.example.com/accounts/taobao/feed"


def feed(alerts: Alerts, hours: float = 1) -> bytes:  # noqa: F811
    account = alerts.workspace.query.account("taobao")
    return atom(alerts.workspace, account, NOON + timedelta(hours=hours), ADDRESS)


def entries(body: bytes) -> list[feedparser.FeedParserDict]:
    read = feedparser.parse(body)
    assert not read.bozo, read.get("bozo_exception")
    return list(read.entries)


def test_a_feed_tells_each_report_with_quote_source_day_rating_and_link(alerts: Alerts) -> None:  # noqa: F811
    alerts.report(1)
    [entry] = entries(feed(alerts))
    assert entry.title == "淘宝 · 爆仓、延误、停运、网点停摆、罢工：义乌爆仓"
    assert entry.link == "http://wire.localhost/1"
    assert "“淘宝义乌1号仓库爆仓，18万件包裹延误4天。”" in entry.summary
    assert "快递观察网 · 2026-11-12 · B3" in entry.summary
    assert entry.updated == "2026-11-12T04:00:00+00:00"
    read = feedparser.parse(feed(alerts)).feed
    assert (read.title, read.author) == ("淘宝 · 情报", "courier-intel")
    assert [link.href for link in read.links if link.rel == "self"] == [ADDRESS]


def test_a_feed_of_an_account_without_news_is_a_feed(alerts: Alerts) -> None:  # noqa: F811
    assert entries(feed(alerts)) == []
    assert feedparser.parse(feed(alerts)).feed.updated


def test_the_same_news_is_the_same_bytes_and_validator(alerts: Alerts) -> None:  # noqa: F811
    alerts.report(1)
    first = feed(alerts)
    assert feed(alerts, hours=30) == first
    alerts.report(2, hours=2)
    assert etag(feed(alerts, hours=30)) != etag(first)
    assert etag(first).startswith('"')


def test_an_entry_keeps_its_id_when_a_copy_comes_and_when_it_is_read_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.report(1)
    [before] = entries(feed(alerts))
    alerts.report(2, of=1, source="forum", hours=-5)
    alerts.kept.store.read_again(["http://wire.localhost/1"])
    quote = "淘宝义乌1号仓库爆仓，18万件包裹延误4天。"
    text = f"义乌快讯 {quote}义乌的商家1家要求赔付18元。义乌的商家1家要求赔付18元。"
    alerts.read("换了标题", text, quote, NOON)
    [after] = entries(feed(alerts))
    assert after.id == before.id


def test_a_merged_story_keeps_the_id_of_the_one_that_came_first(alerts: Alerts) -> None:  # noqa: F811
    alerts.report(1)
    [before] = entries(feed(alerts))
    alerts.report(2, hours=1)
    with Session(alerts.kept.engine) as session, session.begin():
        session.execute(update(ArticleRow).values(story_id=1))
    [after] = entries(feed(alerts))
    assert after.id == before.id


@pytest.mark.parametrize(
    "hostile", ["]]></title><script>alert(1)</script>", "坏\x08字\x0c符\ufffe", "<b>&amp;&nbsp;"]
)
def test_a_feed_is_well_formed_whatever_a_page_says(alerts: Alerts, hostile: str) -> None:  # noqa: F811
    assert alerts.kept.store.add_page(page('http://wire.localhost/1?a=<b>&c="d"'))
    quote = f"淘宝{hostile}仓库爆仓。"
    alerts.read(f"标题{hostile}", f"杭州快讯 {quote}", quote, NOON)
    body = feed(alerts)
    ElementTree.fromstring(body)
    [entry] = entries(body)
    assert "<script" not in body.decode()
    assert entry.link.startswith("http://wire.localhost/1?a=%3Cb%3E")
