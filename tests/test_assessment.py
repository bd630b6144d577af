"""The value assessment: ranges that evidence narrows, and what they suggest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from intel.assessment import (
    ASSESSMENT_TOML,
    Assessment,
    BadAssessment,
    Judgement,
    Score,
    Suggestion,
    assess,
    read_model,
)
from intel.config import CHINA
from intel.taxonomy import taxonomy
from intel.verdict import Verdict
from intel.views import FindingView
from tests.making import found

DAY = date(2026, 11, 20)
ENOUGH = Verdict(True, 17, 17, ())
NOT_YET = Verdict(False, 17, 3, ())


def wants_to_switch(story: int = 1, days_ago: int = 1, **changes: object) -> FindingView:
    at = datetime(2026, 11, 20, 9, tzinfo=CHINA) - timedelta(days=days_ago)
    plain = {"topic": "switching_intent", "event": None, "problem": "", "stance": "raises"}
    return found(**{**plain, "story": story, "dated_at": at, "credibility": 1, **changes})


def score(value: Assessment, criterion: str) -> Score:
    return next(one for one in value.scores if one.criterion == criterion)


def judged(low: float, high: float) -> list[Judgement]:
    return [Judgement(name, low, high, "看过", "李", DAY) for name in taxonomy().criteria]


def test_nothing_known_is_a_wide_open_range_and_never_a_number() -> None:
    value = assess([], ENOUGH, DAY)
    assert (value.low, value.high) == (0, 100)
    assert value.suggestion is Suggestion.COLLECT


def test_each_independent_report_narrows_the_range_and_a_copy_does_not() -> None:
    widths = [
        score(assess([wants_to_switch(story=n) for n in range(count)], ENOUGH, DAY), "share").width
        for count in (0, 1, 2, 5)
    ]
    assert widths == sorted(widths, reverse=True) and len(set(widths)) == 4
    copies = assess([wants_to_switch(), wants_to_switch(), wants_to_switch()], ENOUGH, DAY)
    assert score(copies, "share").width == widths[1]


SAYS = [
    ("deal_risk", "switching_intent", "总裁说，平台不会自建快递，路上的事交给伙伴。", "客户表示不自建物流"),
    (
        "deal_risk",
        "switching_intent",
        "The platform has no plan to build a carrier of its own.",
        "客户表示不自建物流",
    ),
    ("deal_risk", "switching_intent", "平台宣布在三省自建配送队伍。", "客户自建物流"),
    ("deal_risk", "switching_intent", "网传平台将自建快递。", None),
    ("difficulty", "switching_intent", "平台没有自建快递的计划。", None),
    ("difficulty", "resources", "平台自有干线车辆两千台。", "客户自有物流网络"),
    ("difficulty", "quality_handling", "The terms are defined in the contract.", None),
    ("payment_risk", "payment_behaviour", "平台一直按期付款。", "按期付款"),
    ("payment_risk", "payment_behaviour", "唯品会月结60天但从不拖。", "按期付款"),
    ("payment_risk", "payment_behaviour", "据传有一批运费晚到了十来天。", "有晚付的说法"),
    ("payment_risk", "payment_behaviour", "付款准不准时，没有人愿意讲。", None),
    ("payment_risk", "operating_stability", "公司否认裁员。", None),
    ("business_value", "potential_demand", "平台日均包裹2300万件。", "件量以百万计"),
    ("business_value", "potential_demand", "试点首日订单约12万件。", None),
    ("business_value", "potential_demand", "退货仓日处理能力390万件。", None),
    ("business_value", "potential_demand", "平台件量同比增长8%。", "件量增长"),
    ("business_value", "potential_demand", "平台件量增长放慢。", "件量下降或放慢"),
    ("business_value", "potential_demand", "退货上门的取件人手增加到4.1万人。", None),
    ("business_value", "decision_factors", "平台一再压价，降价才能续约。", "压价"),
    ("business_value", "decision_factors", "只靠低价进不了门，第一轮就会出局。", None),
    ("capability", "decision_factors", "只靠低价进不了门，第一轮就会出局。", "不以低价取胜"),
    ("capability", "decision_factors", "商家说选它就是因为便宜。", "以低价取胜"),
    ("capability", "decision_factors", "评标时质量占40分，最看重的是准时。", "看重质量与服务"),
    ("capability", "decision_factors", "标包 | 服务商 | 考核得分", None),
    (
        "capability",
        "delivery_performance",
        "平台要求次日达比例不低于70%。",
        "要求次日达、上门、时效，正是我方所长",
    ),
    ("capability", "quality_handling", "平台发布了服务质量问题处理规则。", None),
    ("share", "incumbent_carriers", "已有1300多家商家开启避让。", None),
    ("share", "incumbent_carriers", "包裹由五家快递分担。", "多家分担，可再加一家"),
    ("share", "incumbent_carriers", "由一家独家承运的时代将在年底结束。", None),
]


@pytest.mark.parametrize(("criterion", "topic", "quote", "label"), SAYS)
def test_a_sentence_counts_for_what_it_says_and_not_for_its_contrary(
    criterion: str, topic: str, quote: str, label: str | None
) -> None:
    told = wants_to_switch(topic=topic, stance="", quote=quote)
    reasons = score(assess([told], ENOUGH, DAY), criterion).reasons
    assert [one.label for one in reasons] == ([label] if label else [])


def test_an_old_or_doubtful_report_weighs_less() -> None:
    def width(finding: FindingView) -> float:
        return score(assess([finding], ENOUGH, DAY), "share").width

    assert width(wants_to_switch()) < width(wants_to_switch(days_ago=365))
    assert width(wants_to_switch()) < width(wants_to_switch(credibility=4))


def test_reasons_show_the_finding_and_reports_to_the_contrary_pull_the_other_way() -> None:
    willing = assess([wants_to_switch()], ENOUGH, DAY)
    [reason] = score(willing, "share").reasons
    assert reason.finding.stance == "raises" and reason.value > 50
    torn = assess([wants_to_switch(), wants_to_switch(story=2, stance="lowers")], ENOUGH, DAY)
    assert score(torn, "share").high < score(willing, "share").high


def test_what_is_published_later_does_not_count_on_a_day() -> None:
    value = assess([wants_to_switch(days_ago=0)], ENOUGH, DAY - timedelta(days=1))
    assert score(value, "share").width == 100


def test_our_own_judgement_narrows_what_evidence_leaves_open_and_a_later_one_replaces_it() -> None:
    own = [Judgement("capability", 60, 80, "旺季产能已核", "李", DAY)]
    assert (score(assess([], ENOUGH, DAY, judgements=own), "capability").low) == 60
    later = [*own, Judgement("capability", 20, 30, "夜班停了", "王", DAY)]
    assert score(assess([], ENOUGH, DAY, judgements=later), "capability").high == 30
    before = assess([], ENOUGH, DAY - timedelta(days=1), judgements=own)
    assert score(before, "capability").width == 100


def test_weights_are_the_accounts_own() -> None:
    only = dict.fromkeys(taxonomy().criteria, 0.0) | {"share": 3.0}
    value = assess([wants_to_switch()], ENOUGH, DAY, weights=only)
    assert (value.low, value.high) == (score(value, "share").low, score(value, "share").high)
    with pytest.raises(ValueError, match="above 0"):
        assess([], ENOUGH, DAY, weights=dict.fromkeys(taxonomy().criteria, 0.0))


@pytest.mark.parametrize(
    ("low", "high", "suggestion"),
    [
        (70, 90, Suggestion.INVEST),
        (45, 90, Suggestion.COLLECT),
        (10, 35, Suggestion.KEEP_LOW),
    ],
)
def test_the_suggestion_follows_the_whole_range(low: float, high: float, suggestion: Suggestion) -> None:
    assert assess([], ENOUGH, DAY, judgements=judged(low, high)).suggestion is suggestion


def test_while_too_little_is_known_nothing_but_collecting_is_suggested() -> None:
    value = assess([], NOT_YET, DAY, judgements=judged(90, 95))
    assert value.suggestion is Suggestion.COLLECT and "信息不足" in value.why


def test_what_is_too_difficult_is_dropped_however_valuable() -> None:
    own = [one if one.criterion != "difficulty" else replace(one, low=0, high=10) for one in judged(90, 95)]
    value = assess([], ENOUGH, DAY, judgements=own)
    assert value.suggestion is Suggestion.KEEP_LOW and "太难" in value.why


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('criterion = "share"', 'criterion = "luck"'), "no 'luck'"),
        (("value = 75", "value = 175"), "value"),
        (("half_life = 365", ""), "half_life"),
        (('stances = ["raises"]', 'stance = ["raises"]'), "stance"),
    ],
)
def test_an_indicator_that_cannot_be_taken_is_named(change: tuple[str, str], complaint: str) -> None:
    text = ASSESSMENT_TOML.read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(BadAssessment, match=complaint):
        read_model(text.replace(*change))
