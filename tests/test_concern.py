"""A full reading is spent on what concerns a watched account or the trade; what is left out tells nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from intel.config import CHINA
from intel.gold import load
from intel.model import COUNTED, Account, Page
from pipelines.concern import concerning
from pipelines.flow import Watchlist, analyse, read, skim
from tests.test_city_extract import SITES, good

NOW = datetime(2026, 11, 24, 12, tzinfo=CHINA)


@pytest.fixture(scope="session")
def watchlist(accounts: tuple[Account, ...]) -> Watchlist:
    return Watchlist.of(accounts)


@pytest.mark.parametrize(
    "text",
    [
        "德邦昨日宣布涨价。",
        "周末去旧货市场淘宝的人多了。",
        "這兩天順豐的單號查不到。",
        "YTO said on Monday it would raise prices.",
        "10月起一批新规落地，寄递企业不得再把快件放在楼道。",
        "三家公司参加了县政府文件速递服务的投标。",
        "前三季度全国网上零售额同比增长7.2%。",
        "Parcel volumes rose 12% in October.",
    ],
)
def test_a_text_that_may_name_an_account_or_speaks_of_the_trade_concerns_us(
    text: str, watchlist: Watchlist
) -> None:
    assert text in concerning(f"今日要闻\n{text}", watchlist.lexicon)


@pytest.mark.parametrize(
    "text",
    [
        "某芯片公司完成3亿元B轮融资，创始人周启明卸任总经理。",
        "五一假期，阿里山迎来看云海的日子。",
        "方案昨日在市政府常务会议上获其中通过的委员联名支持。",
        "A storm closed schools along the coast on Tuesday.",
        "",
    ],
)
def test_another_text_does_not(text: str, watchlist: Watchlist) -> None:
    assert concerning(f"今日要闻\n{text}", watchlist.lexicon) == ""


def test_of_a_text_that_names_nobody_the_paragraphs_on_the_trade_are_read(watchlist: Watchlist) -> None:
    others, ours = "上海蓝鲸芯片有限公司昨日宣布完成3亿元B轮融资。", "10月起，寄递企业不得再把快件放在楼道。"
    content = f"今日要闻\n{others}\n{ours}\n{others}"
    part = concerning(content, watchlist.lexicon)
    assert part.split() == [ours]
    assert content.index(ours) == part.index(ours) and len(part) == len(content)
    skimmed = skim(content, watchlist)
    assert skimmed.lang == "zh" and skimmed.entities
    assert all(content[one.start : one.end] == one.text for one in skimmed.entities)
    assert "funding" not in {event.type for event in skimmed.events}
    assert "funding" in {event.type for event in analyse(content, watchlist).events}


@pytest.mark.parametrize("line", ["快递新规下月施行", "今日要闻\n客户提到了德邦。"])
def test_with_the_trade_in_its_title_or_a_watched_name_all_of_it_is_read(
    line: str, watchlist: Watchlist
) -> None:
    content = f"{line}\n某芯片公司完成3亿元B轮融资。"
    assert concerning(content, watchlist.lexicon) == content


def test_nothing_that_the_gold_marks_and_the_reading_finds_is_left_out(watchlist: Watchlist) -> None:
    texts = load(Path("tests/gold"))
    left_out = [one for one in texts if concerning(one.content, watchlist.lexicon) != one.content]
    assert left_out
    for one in left_out:
        found, skimmed = analyse(one.content, watchlist), skim(one.content, watchlist)
        assert not one.mentions and not found.mentions and not found.findings, one.id
        marked = {event.type for event in one.events}
        lost = {event.type for event in found.events if event.status in COUNTED}
        lost -= {event.type for event in skimmed.events}
        assert marked.isdisjoint(lost), one.id


def test_every_article_of_the_demo_city_is_read_in_full(watchlist: Watchlist) -> None:
    left_out = [
        article.title
        for site in SITES
        for _, article in good(site)
        if concerning(article.content, watchlist.lexicon) != article.content
    ]
    assert left_out == []


def test_a_page_that_concerns_nobody_is_kept_with_its_text_and_no_events(watchlist: Watchlist) -> None:
    said = "上海蓝鲸芯片有限公司昨日宣布完成3亿元B轮融资，资金将用于研发新一代车规芯片。"
    page = Page("https://example.org/1", "demo", NOW, article(said).encode(), "text/html; charset=utf-8")
    reading = read(page, watchlist, NOW)
    assert said in reading.article.text
    assert reading.keys and (reading.mentions, reading.events, reading.findings) == ((), (), ())
    # Asked for the same text, `intel analyse` tells all of it.
    assert [event.type for event in analyse(f"\n{said}", watchlist).events] == ["funding"]


def article(said: str) -> str:
    more = "公司成立于十年前，在三个城市设有实验室，员工大约四百人，此前的产品已经装上二十万辆汽车。"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (said, more, more.replace("十年", "数年")))
    return f"<html><head><title>芯片公司融资</title></head><body><h1>芯片公司融资</h1>{body}</body></html>"
