"""Sums of events are numbers, and their times are ISO dates for a reader on the day of publication."""

from __future__ import annotations

from datetime import date

import pytest

from intel.model import Event, Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Watchlist, analyse, dated

WATCHLIST = Watchlist.of(load_accounts(ACCOUNTS_CSV))


def times(event: Event) -> dict[str, str]:
    return {one.text: one.value for one in event.arguments if one.role in ("date", "period")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("中通快递昨日宣布涨价。", {"昨日": "2026-11-24"}),
        ("中通快递上月营收130亿元，同比增长8%。", {"上月": "2026-10"}),
        ("中通快递12月1日起涨价。", {"12月1日": "2026-12-01"}),
        ("中通快递今年第三季度营收130亿元，同比增长8%。", {"今年第三季度": "2026-07/2026-09"}),
        ("中通快递2025年3月2日宣布涨价。", {"2025年3月2日": "2025-03-02"}),
        ("中通快递上周三宣布涨价。", {"上周三": "2026-11-18"}),
        ("中通快递下月起涨价。", {"下月": "2026-12"}),
        ("即日起，中通快递涨价。", {"即日起": "2026-11-25"}),
        (
            "ZTO Express will raise prices from December 1 through January 15.",
            {"December 1 through January 15": "2026-12-01/2027-01-15"},
        ),
        ("中通快递11月3日涨价。圆通速递同日停运。", {"同日": "2026-11-03"}),
        ("中通快递昨晚披露10月经营简报，当月营收130亿元，同比增长8%。", {"当月": "2026-10"}),
        ("10月全国快递业务量完成181亿件，同比增长7.9%。", {"10月": "2026-10"}),
        ("Chinese couriers handled 17.9 billion parcels last month, up 5.3%.", {"last month": "2026-10"}),
        ("圆通嘉兴中心定于12月29日18时至1月2日6时停运。", {"12月29日18时至1月2日": "2026-12-29/2027-01-02"}),
    ],
)
def test_times_of_events_are_dated_by_the_day_of_publication(text: str, told: dict[str, str]) -> None:
    analysis = analyse(f"\n{text}", WATCHLIST)
    found = [times(event) for event in dated(analysis, date(2026, 11, 25)).events]
    assert told.items() <= {text: value for one in found for text, value in one.items()}.items()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2019年11月，唯品会停掉自营的品骏快递，把包裹交给了顺丰。", Status.BACKGROUND),
        ("2021年深秋，百世快递把国内快递业务以约68亿元卖给了极兔。", Status.BACKGROUND),
        ("今年11月，唯品会停掉自营的品骏快递，把包裹交给了顺丰。", Status.ASSERTED),
        ("法院认定，中通快递自2025年3月起累计拖欠运费312万元。", Status.ASSERTED),
    ],
)
def test_what_happened_more_than_a_year_before_is_background(text: str, status: Status) -> None:
    found = dated(analyse(f"\n{text}", WATCHLIST), date(2026, 11, 25)).events
    assert {one.status for one in found} == {status}


def test_without_a_day_of_publication_only_what_the_text_dates_has_a_value() -> None:
    analysis = analyse("\n中通快递2025年3月2日宣布涨价0.5元。申通快递昨日宣布涨价。", WATCHLIST)
    found = [times(event) for event in dated(analysis, None).events]
    assert found == [{"2025年3月2日": "2025-03-02"}, {"昨日": ""}]


def told(text: str, role: str) -> list[tuple[list[str], list[str]]]:
    found = [event for event in analyse(f"\n{text}", WATCHLIST).events if event.filling(role)]
    return [([a.who for a in one.filling("subject")], [a.text for a in one.filling(role)]) for one in found]


def test_each_of_two_subjects_has_its_own_sum() -> None:
    text = "中通快递、申通快递分别被国家邮政局罚款5000元和1万元。"
    assert told(text, "amount") == [(["zto"], ["5000元"]), (["sto"], ["1万元"])]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("京东物流12月1日起上调续重价格，由每公斤2.5元调整为2.9元。", "2.9元"),
        ("圆通速递将派费从0.5元下调至0.4元。", "0.4元"),
        ("圆通速递将派费下调0.1元。", "0.1元"),
    ],
)
def test_the_sum_of_a_change_is_the_new_one(text: str, amount: str) -> None:
    assert [texts for _, texts in told(text, "amount")] == [[amount]]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("韵达股份宣布首席财务官陈砚因到龄退休，由姚立接任。", "姚立"),
        ("德邦快递任命周启元为首席执行官，接替贺铭。", "周启元"),
        ("德邦快递首席执行官贺铭辞职，周启元出任首席执行官。", "周启元"),
        ("韵达股份公告，副总裁林远因个人原因辞职。", "林远"),
    ],
)
def test_the_person_of_a_change_of_office_is_who_arrives(text: str, person: str) -> None:
    assert [texts for _, texts in told(text, "person")] == [[person]]


def test_sums_have_their_value() -> None:
    analysis = analyse("\n韵达快递被国家邮政局罚款5万元。", WATCHLIST)
    [event] = analysis.events
    assert [(one.text, one.value) for one in event.filling("amount")] == [("5万元", "50000 CNY")]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("淘宝采购负责人沈若川11月15日说，韵达的丢件让商家很不满意。", "淘宝采购负责人沈若川"),
        ("淘宝物流负责人陆知远6月12日在杭州举行的峰会上表示，韵达经常延误三天。", "淘宝物流负责人陆知远"),
        ("但一名在淘宝卖家纺的商家对记者说，韵达经常延误三天。", "一名在淘宝卖家纺的商家"),
        ("淘宝则表示，韵达经常延误三天，商家要求赔付。", "淘宝"),
        ("淘宝没有回应韵达经常延误三天、商家要求赔付的说法。", ""),
    ],
)
def test_who_says_a_finding_is_named_without_day_place_and_joining_words(text: str, who: str) -> None:
    found = analyse(f"淘宝商家抱怨韵达延误\n{text}", WATCHLIST).findings
    assert {one.speaker for one in found if one.account == "taobao"} == {who}


def test_a_finding_is_no_surer_than_the_event_that_it_tells() -> None:
    lines = (
        "淘宝与快递企业的框架合同将于2027年3月31日到期。",
        "淘宝7月起停用韵达，改由中通、圆通承运。",
        "淘宝日均发件5200万件。",
    )
    analysis = analyse("淘宝的快递\n" + "".join(lines), WATCHLIST)
    sure = {(one.start, one.type): one.certainty for one in analysis.events}
    assert analysis.findings and all(0 < one.certainty < 1 for one in analysis.findings)
    told = [(one.certainty, sure[one.start, one.event]) for one in analysis.findings if one.event]
    assert told and all(finding <= event for finding, event in told)
    assert any(finding == event for finding, event in told)
