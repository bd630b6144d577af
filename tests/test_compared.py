"""Couriers set beside each other are evidence about the one client a text is about; a meeting is none."""

from __future__ import annotations

from functools import cache

import pytest

from intel.model import Finding
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Watchlist, analyse
from pipelines.meetings import only_met
from pipelines.text import fold


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def landscape(text: str) -> list[Finding]:
    found = analyse(f"快递简讯\n{text}", _watchlist()).findings
    return [one for one in found if one.topic == "competitor_landscape" and one.rule.endswith("compared")]


def test_a_comparison_is_told_of_the_client_too() -> None:
    text = "唯品会的包裹主要由顺丰承运，退货也交给它。谈到同行，对方觉得圆通便宜但慢，中通折中，顺丰最稳。"
    [one] = landscape(text)
    assert (one.account, one.quote) == ("vipshop", "谈到同行，对方觉得圆通便宜但慢，中通折中，顺丰最稳。")
    assert {"yto", "zto", "sf"} == set(one.couriers)


@pytest.mark.parametrize(
    "text",
    [
        # Nobody's client.
        "谈到同行，专家觉得圆通便宜但慢，中通折中，顺丰最稳。",
        # Two clients: of which does it speak?
        "唯品会的包裹主要由顺丰承运。拼多多的包裹主要由极兔承运。圆通便宜但慢，中通折中，顺丰最稳。",
        # Only listed.
        "拼多多的包裹主要由极兔承运。中通、圆通和韵达的义乌网点11月1日起同步上调电商件价格，每票涨0.3元。",
    ],
)
def test_what_compares_nobody_for_a_client(text: str) -> None:
    assert landscape(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "周三下午见了唯品会物流部的贺经理，谈了一个半小时。",
        "10:40来电，快手电商履约侧俞经理。",
        "Met the logistics manager of Vipshop on Tuesday for an hour.",
    ],
)
def test_a_meeting_says_nothing_of_who_decides(text: str) -> None:
    assert only_met(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "见了唯品会物流部的贺经理，选哪家快递由她拍板。",
        "拜访京东采购部，岑经理表示明年只留两家。",
        "唯品会任命贺岚为物流部总经理。",
        "Met Vipshop's Grace Lin, who has the last word on carriers.",
    ],
)
def test_what_a_person_decides_or_says_does(text: str) -> None:
    assert not only_met(fold(text))
