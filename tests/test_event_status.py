"""Consultations are announced rules, rules of a house are no policy, and rules on changing change nothing."""

from __future__ import annotations

from functools import cache

import pytest

from intel.model import COUNTED, Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.event_status import Told, settled
from pipelines.flow import Watchlist, analyse
from pipelines.text import fold


@cache
def _watchlist() -> Watchlist:
    return Watchlist.of(load_accounts(ACCOUNTS_CSV))


def statuses(text: str, kind: str) -> list[Status]:
    return [one.status for one in analyse(f"简讯\n{text}", _watchlist()).events if one.type == kind]


@pytest.mark.parametrize(
    "text",
    [
        "国家邮政局就《快递市场管理办法（修订征求意见稿）》公开征求意见，12月20日截止。",
        "市场监管总局12日发布《网络交易平台收费行为规范（征求意见稿）》，向社会公开征求意见。",
        "交通运输部起草了快递包装新规，现面向社会征求意见至1月15日。",
        "浙江省邮政管理局近日就末端投递服务规范向企业征求意见。",
        "商务部拟修订电商物流标准，目前正在公开征求意见。",
        "國家郵政局就快遞包裝管理辦法公開徵求意見。",
    ],
)
def test_an_authority_that_consults_on_its_rules_has_announced_a_policy(text: str) -> None:
    assert statuses(text, "policy") == [Status.ANNOUNCED]
    assert statuses(text, "tender") == []


def test_an_english_consultation_counts_too() -> None:
    text = "The State Post Bureau opened a public consultation on draft rules for parcel packaging."
    assert set(statuses(text, "policy")) <= COUNTED
    assert statuses(text, "policy")


@pytest.mark.parametrize(
    "text",
    [
        "唯品会就新的发货规则向商家征求意见。",
        "业内专家建议国家邮政局就快递包装新规公开征求意见。",
        "国家邮政局尚未就快递包装新规征求意见。",
    ],
)
def test_a_consultation_that_is_no_authoritys_or_not_yet_is_not_announced(text: str) -> None:
    assert not set(statuses(text, "policy")) & COUNTED


@pytest.mark.parametrize(
    "text",
    [
        "顺丰发布员工差旅报销新制度，12月起执行。",
        "京东出台新的采购管理制度，供应商须统一在线报名。",
        "申通修订了内部考勤制度，网点经理须每日打卡。",
        "圆通公布了新的员工晋升办法，下月施行。",
        "ZTO introduced an internal policy on overtime for hub staff.",
    ],
)
def test_what_a_company_rules_for_its_own_house_is_neither_policy_nor_product(text: str) -> None:
    assert statuses(text, "policy") == []
    assert statuses(text, "product_launch") == []


@pytest.mark.parametrize(
    "text",
    [
        "国家邮政局印发《快递末端服务规范》，自明年1月1日起施行。",
        "人力资源社会保障部出台快递员劳动报酬规定，要求企业公示绩效考核办法。",
    ],
)
def test_an_authoritys_rules_are_policy_whatever_they_are_on(text: str) -> None:
    assert set(statuses(text, "policy")) & COUNTED


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("根据淘宝规则,商家更换快递公司须提前三天报备", Status.HYPOTHETICAL),
        ("平台规则允许商家改用其他快递公司,每月限一次", Status.HYPOTHETICAL),
        ("the platform's rules say merchants may switch couriers once a month", Status.HYPOTHETICAL),
        ("唯品会换掉中通,改用极兔", Status.ASSERTED),
        ("淘宝允许商家屏蔽申通", Status.ASSERTED),
        ("唯品会更换承运商,新规则下月公布", Status.ASSERTED),
    ],
)
def test_a_rule_on_changing_couriers_is_no_change(sentence: str, status: Status) -> None:
    assert settled(Told("carrier_change", fold(sentence), ["淘宝"]), Status.ASSERTED) is status


def test_a_call_for_suppliers_stays_a_tender_though_it_asks_for_views() -> None:
    sentence = "招标人就采购需求公开征求意见,欢迎供应商反馈"
    assert settled(Told("tender", sentence, ["淘宝"]), Status.ASSERTED) is Status.ASSERTED


@pytest.mark.parametrize(
    "sentence",
    [
        "上周起，有自媒体称京东物流拟以约12亿元收购一家货代公司。",
        "市場消息指，極兔速遞計劃配股集資約20億港元。",
        "坊间盛传韵达华北网点已停工三天。",
        "Yunda has reportedly cut 400 jobs at its Shanghai head office.",
    ],
)
def test_hearsay_is_a_rumour_whatever_its_verb(sentence: str) -> None:
    told = Told("merger_acquisition", fold(sentence))
    assert settled(told, Status.ANNOUNCED) is Status.RUMOURED
    assert settled(told, Status.DENIED) is Status.DENIED


@pytest.mark.parametrize(
    "sentence",
    [
        "针对网传停工一事，韵达证实华北三个网点已停止揽收。",
        "近日有媒体报道极兔欠薪，极兔29日回应称共涉及37人。",
        "韵达称华北三个网点已停止揽收。",
    ],
)
def test_what_is_confirmed_or_answered_is_no_hearsay(sentence: str) -> None:
    assert settled(Told("layoff", fold(sentence)), Status.ASSERTED) is Status.ASSERTED
