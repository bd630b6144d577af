"""A trigger that was learned, not listed, is made of whole words."""

from __future__ import annotations

from functools import cache
from itertools import accumulate

import pytest
import rjieba

from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Analysis, Watchlist, analyse
from pipelines.text import fold


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def read(text: str) -> Analysis:
    return analyse(f"快递简讯\n{text}", _watchlist())


@pytest.mark.parametrize(
    "text",
    [
        "淘宝弃用韵达，改发圆通。",
        "圆通把淘宝卖家的包裹丢了件两个，客服拖着不赔，投诉激增。",
        "极兔取代韵达成为拼多多云南线的承运商。",
        "快手电商将百世踢出推荐名单，补入中通。",
        "德邦快递的老掌门把位子让给了年轻人，自己去带孙子。",
        "中通快递在义乌又添一座分拣大楼，月底就能用上。",
        "顺丰小哥集体撂挑子，一栋写字楼的快件三天没人送。",
    ],
)
def test_a_learned_trigger_cuts_no_word(text: str) -> None:
    told = read(text).events
    assert told
    for event in told:
        ends = {0, *accumulate(len(word) for word in rjieba.Jieba().cut(fold(event.quote)))}
        start = event.quote.index(event.trigger)
        assert {start, start + len(event.trigger)} <= ends, event.trigger


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("Vipshop dropped ZTO for J&T in South China.", "dropped"),
        ("Pinduoduo dropped Yunda and switched to STO for its parcels.", "dropped"),
        ("唯品会在换掉韵达后，保留圆通，新接入顺丰。", "换掉"),
    ],
)
def test_a_learned_trigger_has_no_empty_words_around_it(text: str, trigger: str) -> None:
    told = [event.trigger for event in read(text).events if event.type == "carrier_change"]
    assert told == [trigger]
