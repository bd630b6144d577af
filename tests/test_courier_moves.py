"""Of two couriers of a client the one that leaves and the one that joins are told apart."""

from __future__ import annotations

import re
from functools import cache

import pytest

from intel.model import Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.courier_moves import moves
from pipelines.flow import Analysis, Watchlist, analyse
from pipelines.text import fold

_COURIER = re.compile(
    r"顺丰|中通|圆通|申通|韵达|极兔|百世|德邦|\b(?:zto|yto|sto|sf express|j&t|yunda|deppon)\b"
)
_CLIENT = re.compile(r"淘宝|天猫|唯品会|拼多多|\b(?:tmall|taobao|vipshop|pinduoduo)\b")


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def read(text: str) -> Analysis:
    return analyse(f"简讯\n{text}", _watchlist())


def sides(sentence: str) -> dict[str, str]:
    folded = fold(sentence)
    couriers = [match.span() for match in _COURIER.finditer(folded)]
    found = moves(folded, couriers, [match.span() for match in _CLIENT.finditer(folded)])
    return {folded[slice(*couriers[number])]: side[0] for number, side in found.items()}


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("唯品会换掉中通，改用极兔", {"中通": "l", "极兔": "j"}),
        ("淘宝弃用韵达，改发圆通", {"韵达": "l", "圆通": "j"}),
        ("抖音停用申通，由顺丰接手华南线路", {"申通": "l", "顺丰": "j"}),
        ("拼多多的西北线路由百世转给极兔承运", {"百世": "l", "极兔": "j"}),
        ("淘宝把韵达的份额分流给圆通", {"韵达": "l", "圆通": "j"}),
        ("天猫用顺丰替换了圆通", {"顺丰": "j", "圆通": "l"}),
        ("中通接替韵达承运华东退货件", {"中通": "j", "韵达": "l"}),
        ("韵达在拼多多被申通取代", {"韵达": "l", "申通": "j"}),
        ("唯品会不再与申通合作，转投德邦", {"申通": "l", "德邦": "j"}),
        ("将百世踢出推荐名单，补入中通", {"百世": "l", "中通": "j"}),
        ("退货件改由极兔承接，原承运商申通退出", {"极兔": "j", "申通": "l"}),
        ("换掉韵达、百世后，新接入顺丰和德邦", {"韵达": "l", "百世": "l", "顺丰": "j", "德邦": "j"}),
        ("在换掉韵达后，保留圆通，新接入顺丰", {"韵达": "l", "顺丰": "j"}),
        ("淘寶將華南退貨件由韻達改交順豐", {"韵达": "l", "顺丰": "j"}),
        ("试用极兔一个月后换回中通", {"中通": "j"}),
        ("Vipshop dropped ZTO for J&T in South China", {"zto": "l", "j&t": "j"}),
        ("Tmall replaced YTO with SF Express", {"yto": "l", "sf express": "j"}),
        ("J&T took over from Yunda at Pinduoduo", {"j&t": "j", "yunda": "l"}),
        ("Pinduoduo switched returns from Yunda to STO", {"yunda": "l", "sto": "j"}),
        ("Taobao uses Deppon instead of ZTO for bulky goods", {"deppon": "j", "zto": "l"}),
        ("ZTO was replaced by YTO at Tmall", {"zto": "l", "yto": "j"}),
        ("Tmall added STO and stopped using Yunda", {"sto": "j", "yunda": "l"}),
    ],
)
def test_who_leaves_and_who_joins_is_told_by_the_words_around_the_names(
    sentence: str, told: dict[str, str]
) -> None:
    assert sides(sentence) == told


@pytest.mark.parametrize(
    "sentence",
    [
        "淘宝的包裹主要由中通和圆通承运",
        "唯品会对韵达不满，圆通表现稳定",
        "顺丰把包裹送到客户家里",
        "圆通与申通同日涨价",
        "Tmall ships with SF Express and YTO",
        "Pinduoduo pays ZTO and Yunda monthly",
    ],
)
def test_a_courier_of_whom_neither_is_said_is_on_neither_side(sentence: str) -> None:
    assert sides(sentence) == {}


def arguments(text: str, role: str) -> list[str]:
    (event,) = [one for one in read(text).events if one.type == "carrier_change"]
    return [one.who for one in event.filling(role)]


@pytest.mark.parametrize(
    ("text", "left", "joined"),
    [
        ("唯品会换掉中通，改用极兔。", ["zto"], ["jt"]),
        ("Vipshop dropped ZTO for J&T in South China.", ["zto"], ["jt"]),
        ("抖音电商屏蔽申通。", ["sto"], []),
        ("唯品会接入极兔。", [], ["jt"]),
    ],
)
def test_a_change_of_couriers_names_them_by_their_side_and_as_counterparties(
    text: str, left: list[str], joined: list[str]
) -> None:
    assert (arguments(text, "leaving"), arguments(text, "joining")) == (left, joined)
    assert set(arguments(text, "counterparty")) == {*left, *joined}


@pytest.mark.parametrize(
    ("text", "couriers"),
    [("唯品会换掉中通，改用极兔。", {("jt",)}), ("淘宝弃用韵达，改发圆通。", {("yto",)})],
)
def test_who_was_left_is_no_incumbent(text: str, couriers: set[tuple[str, ...]]) -> None:
    found = read(text).findings
    assert {one.couriers for one in found if one.topic == "incumbent_carriers"} == couriers
    assert all(
        "zto" in one.couriers or "yunda" in one.couriers for one in found if one.topic == "switching_intent"
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("唯品会不再与申通合作，转投德邦。", Status.ASSERTED),
        ("Tmall replaced YTO with SF Express on its overnight lines.", Status.ASSERTED),
        ("拼多多没有换掉韵达，也不会改用圆通。", Status.DENIED),
    ],
)
def test_a_change_is_denied_only_by_words_that_deny(text: str, status: Status) -> None:
    told = [one.status for one in read(text).events if one.type == "carrier_change"]
    assert told == [status]
