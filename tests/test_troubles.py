"""A trouble named to say that there was none is no problem, no evidence and no event; one that was is."""

from __future__ import annotations

from functools import cache

import pytest

from intel.model import COUNTED
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Analysis, Watchlist, analyse
from pipelines.text import fold
from pipelines.troubles import none_happened, problem, surely_happened


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def read(text: str, title: str = "快递简讯") -> Analysis:
    return analyse(f"{title}\n{text}", _watchlist())


ABSENT = [
    "中通从不丢件",
    "从来没丢过一件货",
    "今年双11没有出现爆仓、积压和停运",
    "全网无爆仓，无积压",
    "旺季零投诉",
    "丢件为零",
    "破损率降至0",
    "全年客户投诉数为0",
    "未发生一起因天气造成的大面积延误",
    "韻達今年沒有丟過一件貨",
    "沒有一家商家投訴",
    "再也没有丢件",
    "很少延误，几乎不破损",
    "这个月没人投诉",
    "未出现延误或破损的情况",
    "没有收到任何买家的投诉",
    "既不压件，也不加价",
    "虚假签收从未发生",
    "丢件的情况极少。",
    "杜绝了虚假签收",
    "No parcels were lost",
    "no delays were reported",
    "ZTO has never lost a parcel",
    "The season passed without any major delays or backlogs",
    "Complaints were zero",
    "merchants reported no lost, damaged or delayed parcels",
    "YTO did not lose any parcels",
    "there were hardly any complaints",
]
PRESENT = [
    ("圆通没有一天不丢件", "lost"),
    ("韵达没少丢件", "lost"),
    ("不是丢件就是破损", "lost"),
    ("不止一次丢件", "lost"),
    ("没有处理丢件", "lost"),
    ("没有丢件赔付", "lost"),
    ("不能保证不丢件", "lost"),
    ("动不动就丢件", "lost"),
    ("丢了两票还不认", "lost"),
    ("难以避免爆仓", "disruption"),
    ("未能避免积压", "disruption"),
    ("不可能不爆仓", "disruption"),
    ("爆仓没有缓解", "disruption"),
    ("很难不延误", "delay"),
    ("无故延误三天", "delay"),
    ("没有人处理投诉", "complaint"),
    ("10起投诉", "complaint"),
    ("投诉没减少", "complaint"),
    ("没有投诉电话", "complaint"),
    ("no one answered complaints about delays", "delay"),
    ("not only delayed but damaged", "damaged"),
    ("ZTO lost 300 parcels", "lost"),
]


@pytest.mark.parametrize("sentence", ABSENT)
def test_a_trouble_that_did_not_happen_is_no_problem(sentence: str) -> None:
    folded = fold(sentence)
    assert (none_happened(folded), problem(folded)) == (True, "")


@pytest.mark.parametrize(("sentence", "told"), PRESENT)
def test_a_denial_of_something_else_leaves_the_trouble(sentence: str, told: str) -> None:
    folded = fold(sentence)
    assert (none_happened(folded), problem(folded)) == (False, told)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("申通把我们的货压在网点三天", "held"),
        ("旺季压着两百多票货不发", "held"),
        ("快递员不肯送上楼", "not_to_door"),
        ("大件只肯放到楼下", "not_to_door"),
        ("They refuse to carry parcels upstairs", "not_to_door"),
        ("业务员不回消息", "response"),
        ("异常件的处理太慢，半天没人理", "response"),
        ("the account manager did not reply for a week", "response"),
        ("报价太贵", "price"),
        ("同一条线路比别家贵两毛", "price"),
        ("their rates are too expensive", "price"),
        ("没收到货却显示已签收", "false_delivery"),
        ("玻璃杯摔得粉碎，压扁了三箱", "damaged"),
        ("parcels arrived two days late", "delay"),
    ],
)
def test_a_problem_is_told_by_how_people_say_it(sentence: str, told: str) -> None:
    assert problem(fold(sentence)) == told


@pytest.mark.parametrize(
    "sentence",
    ["响应一点也不慢", "价格不贵", "小哥从不拒绝送上楼", "压价很厉害", "可贵的是服务", "丢单最多的一个月"],
)
def test_other_words_are_none_of_these_problems(sentence: str) -> None:
    assert problem(fold(sentence)) == ""


def test_only_what_did_go_wrong_is_the_problem_of_a_sentence_that_tells_both() -> None:
    assert problem(fold("申通压件三天，但从不丢件")) == "held"


@pytest.mark.parametrize(
    "text",
    [
        "淘宝商家说，合作的中通从不丢件。",
        "快手电商的商家表示韵达很少延误，基本不丢件。",
        "京东云仓的商家告诉记者，圆通揽收及时，未出现延误或破损的情况。",
        "抖音電商的賣家說，申通今年沒有丟過一件貨。",
        "Tmall merchants said ZTO has never lost a parcel and complaints were zero.",
    ],
)
def test_a_client_that_names_no_trouble_has_no_problem_with_its_courier(text: str) -> None:
    found = read(text).findings
    assert "carrier_problems" not in {one.topic for one in found}
    assert {one.stance for one in found} <= {"", "satisfied", "lowers"}
    assert {one.problem for one in found} <= {""}


@pytest.mark.parametrize(
    "text",
    [
        "天猫商家抱怨韵达不是丢件就是破损。",
        "淘宝商家称圆通没有一天不丢件。",
        "拼多多卖家说，申通压件三天，但从不丢件。",
        "Tmall merchants said ZTO lost 300 parcels and did not answer complaints.",
    ],
)
def test_a_client_that_does_name_one_has(text: str) -> None:
    read_topics = {one.topic for one in read(text).findings}
    assert "carrier_problems" in read_topics


@pytest.mark.parametrize(
    "text",
    ["今年双11韵达全网无爆仓、无积压、无停运。", "唯品会表示，顺丰今年承运的订单零投诉、零破损。"],
)
def test_what_did_not_go_wrong_is_no_event(text: str) -> None:
    told = [one for one in read(text).events if one.type in ("service_disruption", "service_quality")]
    assert not [one for one in told if one.status in COUNTED]


@pytest.mark.parametrize(
    "text",
    ["圆通义乌分拨爆仓，没有任何人出面解释。", "圆通武汉中心爆仓，公司没有回应。"],
)
def test_a_denial_of_something_else_leaves_the_event(text: str) -> None:
    told = [one for one in read(text).events if one.type == "service_disruption"]
    assert [one.status in COUNTED for one in told] == [True]


def test_a_rumour_of_trouble_does_not_surely_happen() -> None:
    assert not surely_happened(fold("部分微信群流传“极兔明天起全市停运”的消息"))
    assert not surely_happened(fold("申通否认虚假签收"))
    assert surely_happened(fold("申通压件三天，客服没有道歉"))
