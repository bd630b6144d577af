"""Who says a sentence is told as written, without the day, the place and the listeners, and never guessed."""

from __future__ import annotations

from functools import cache

import pytest

from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import accounts, entities
from pipelines.flow import Watchlist
from pipelines.speakers import speaker
from pipelines.viewpoints import see


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def speakers(text: str, title: str = "回访记录") -> list[str]:
    """The speaker of each sentence of a text, its title left out."""
    content = f"{title}\n{text}"
    found = entities.find(content, _watchlist().lexicon)
    seen = see(content, found, accounts.link(content, found), _watchlist().roles)
    return [speaker(seen, line, found) for line in seen.lines[1:]]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("沈若川11月15日说，淘宝对韵达的延误很不满。", "沈若川"),
        ("11月15日，沈若川告诉记者，淘宝对韵达的延误很不满。", "沈若川"),
        ("林知夏2026年10月在杭州表示，唯品会会减少压件。", "林知夏"),
        ("唯品会物流总监林知夏上周三在武汉表示，顺丰的破损率偏高。", "唯品会物流总监林知夏"),
        ("拼多多商家何女士近日向记者反映，极兔压件五天。", "拼多多商家何女士"),
        ("据淘宝卖家小陈介绍，中通揽收不及时。", "淘宝卖家小陈"),
        ("“申通压件。”一位淘宝店主在群里吐槽道，“响应也慢。”", "一位淘宝店主"),
        ("負責華南業務的淘寶經理昨日表示，韻達延誤。", "負責華南業務的淘寶經理"),
        ("On 15 November Shen Ruochuan, head of logistics at Vipshop, said SF was late.", "Shen Ruochuan"),
        ("Tmall merchants said on Monday that YTO was late.", "Tmall merchants"),
    ],
)
def test_a_speaker_is_told_without_when_where_and_to_whom(text: str, who: str) -> None:
    assert speakers(text)[-1] == who


@pytest.mark.parametrize(
    "text",
    [
        "抖音电商今年没收到过一起关于申通的投诉。",
        "唯品会关于顺丰的投诉上升。",
        "淘宝的申通件被重复称重。",
        "时间：11月15日，淘宝商家的韵达件延误。",
        "地点：义乌，圆通压件。",
        "据说拼多多的极兔件丢了不少。",
    ],
)
def test_a_sentence_that_nobody_is_heard_to_say_has_no_speaker(text: str) -> None:
    assert speakers(text) == [""]


def test_each_post_of_a_thread_has_its_own_speaker() -> None:
    text = "楼主：申通压件三天了。客服也不回。\n2楼 阿强：我家发韵达，天天丢件。\n义乌小王：圆通太贵。"
    assert speakers(text, "淘宝退货发什么快递") == ["楼主", "楼主", "2楼 阿强", "义乌小王"]


def test_a_poster_who_tells_who_they_are_is_the_speaker_of_the_post() -> None:
    told = speakers("我在义乌做拼多多日用品。韵达不肯送上楼。", "吐槽")
    assert told == ["我在义乌做拼多多日用品"] * 2
    assert speakers("I sell mugs on Taobao. ZTO lost two parcels.", "Rant")[-1] == "I sell mugs on Taobao"


def test_who_only_is_quoted_with_such_words_is_not_the_author() -> None:
    assert speakers("“我是做女装的。韵达丢件。”网上有这样一条。中通涨价。", "一周")[-1] == ""


def test_a_quotation_of_several_sentences_has_one_speaker() -> None:
    text = "淘宝商家王女士说：“韵达压件三天了。旺季一到就不来收件。电话也打不通。”中通没有受影响。"
    assert speakers(text) == ["淘宝商家王女士"] * 3 + [""]
