"""Sums, counts, rates and times, with the value each stands for."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import Entity
from pipelines.entities import dated
from pipelines.measures import find
from pipelines.text import fold
from pipelines.timespans import resolve, timespans


def read(text: str) -> list[tuple[str, str, str]]:
    folded = fold(text)
    return [(found.kind, folded[found.start : found.end], found.value) for found in find(folded)]


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("营收12亿元", "12亿元", "1200000000 CNY"),
        ("出资人民币3,000万", "人民币3,000万", "30000000 CNY"),
        ("罚款三千万元", "三千万元", "30000000 CNY"),
        ("raised $1.2 billion", "$1.2 billion", "1200000000 USD"),
        ("paid RMB 300m", "rmb 300m", "300000000 CNY"),
        ("US$3.5bn deal", "us$3.5bn", "3500000000 USD"),
        ("单票收入2.11元/件", "2.11元/件", "2.11 CNY/件"),
        ("投入2-3亿元", "2-3亿元", "200000000..300000000 CNY"),
        ("投入3亿至5亿元", "3亿至5亿元", "300000000..500000000 CNY"),
        ("欠款数十亿元", "数十亿元", ""),
        ("补贴１０余万元", "10余万元", "100000 CNY"),
        ("融资4亿美元", "4亿美元", "400000000 USD"),
        ("每股0.35港元", "0.35港元", "0.35 HKD"),
        ("降了零点三元", "零点三元", "0.3 CNY"),
        ("罚款5000元至1.5万元", "5000元至1.5万元", "5000..15000 CNY"),
        ("罚款5000至1.5万元", "5000至1.5万元", "5000..15000 CNY"),
        ("罚款3万元至5万元", "3万元至5万元", "30000..50000 CNY"),
        ("罚款3至5万元", "3至5万元", "30000..50000 CNY"),
        ("以港幣3.2億元出售", "港币3.2亿元", "320000000 HKD"),
        ("新台幣18億元", "新台币18亿元", "1800000000 TWD"),
        ("澳門幣640萬元", "澳门币640万元", "6400000 MOP"),
        ("人民币3亿元", "人民币3亿元", "300000000 CNY"),
        ("HK$3.2亿元", "hk$3.2亿元", "320000000 HKD"),
        ("NT$18億元", "nt$18亿元", "1800000000 TWD"),
        ("借款3亿港币3年还清", "3亿港币", "300000000 HKD"),
        ("完成8000万美元B轮融资", "8000万美元", "80000000 USD"),
        ("完成5000万元A轮融资", "5000万元", "50000000 CNY"),
        ("was fined €2.2m.", "€2.2m", "2200000 EUR"),
        ("a £3 million deal", "£3 million", "3000000 GBP"),
        ("付了￥5.5", "¥5.5", "5.5 CNY"),
    ],
)
def test_money(text: str, span: str, value: str) -> None:
    assert read(text) == [("money", span, value)]


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("完成8.6亿件", "8.6亿件", "860000000 件"),
        ("产能3000万件/日", "3000万件/日", "30000000 件/日"),
        ("日均3000万件", "3000万件", "30000000 件/日"),
        ("裁减500名员工", "500名", "500 名"),
        ("占地3万平方米", "3万平方米", "30000 平方米"),
        ("关闭120个网点", "120个网点", "120 个网点"),
        ("拥有两架货机", "两架", "2 架"),
        ("部署200台AGV机器人", "200台", "200 台"),
        ("丢失10余万件", "10余万件", "100000 件"),
        ("handled 300 million parcels", "300 million parcels", "300000000 parcels"),
    ],
)
def test_quantities(text: str, span: str, value: str) -> None:
    assert read(text) == [("quantity", span, value)]


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("同比增长12.3%", "12.3%", "12.3 %"),
        ("同比下降3.2%", "3.2%", "-3.2 %"),
        ("下降0.8个百分点", "0.8个百分点", "-0.8 pp"),
        ("fell 3.2 percent", "3.2 percent", "-3.2 %"),
        ("近三成商家", "近三成", "30 %"),
        ("同比增长三成半", "三成半", "35 %"),
        ("下降两成三。", "两成三", "-23 %"),
        ("覆盖了八成五的订单", "八成五", "85 %"),
        ("八成四川商家", "八成", "80 %"),
        ("占三到四成半", "三到四成半", "30..45 %"),
        ("增长2.5成半", "2.5成半", "30 %"),
        ("超过百分之五", "百分之五", "5 %"),
        ("申诉率为百万分之二点三", "百万分之二点三", "0.00023 %"),
        ("增长两倍", "两倍", "2 倍"),
    ],
)
def test_rates(text: str, span: str, value: str) -> None:
    assert read(text) == [("rate", span, value)]


@pytest.mark.parametrize(
    "text",
    [
        "目前日均",
        "此前日均件量走低",
        "之前日均",
        "涨价前日均约四千万",
        "目前日处理能力提升",
        "目前天猫商家",
        "此前天津中心停摆",
        "大促前天猫补仓",
        "先后天津、武汉",
        "今后天气转冷",
        "日前宣布",
        "10天前日常巡检",
    ],
)
def test_a_word_that_ends_in_before_and_one_that_begins_with_day_are_no_time(text: str) -> None:
    assert not [span for _, span, _ in read(text) if "日" in span or "前天" in span or "后天" in span]


@pytest.mark.parametrize(
    "text", ["前日公布", "在前日的论坛", "前日均已恢复", "前日处理了投诉", "前天发布", "后天开标"]
)
def test_two_days_ago_and_in_two_days_are_times(text: str) -> None:
    assert [span[-1] for kind, span, _ in read(text) if kind == "date"] == ["日" if "前日" in text else "天"]


@pytest.mark.parametrize(
    ("text", "kind", "span", "value", "resolved"),
    [
        ("2026年11月12日", "date", "2026年11月12日", "2026-11-12", "2026-11-12"),
        ("公司11月12日公告", "date", "11月12日", "", "2026-11-12"),
        ("11日，公司公告", "date", "11日", "", "2026-11-11"),
        ("昨日公告", "date", "昨日", "", "2026-11-22"),
        ("on Nov 12, 2026", "date", "nov 12, 2026", "2026-11-12", "2026-11-12"),
        ("on 16 November.", "date", "16 november", "", "2026-11-16"),
        ("on 16 Nov. 2026", "date", "16 nov. 2026", "2026-11-16", "2026-11-16"),
        ("on Nov. 12", "date", "nov. 12", "", "2026-11-12"),
        ("on 3 May 2026", "date", "3 may 2026", "2026-05-03", "2026-05-03"),
        ("2026-11-12发布", "date", "2026-11-12", "2026-11-12", "2026-11-12"),
        ("二〇二六年五月三日", "date", "二〇二六年五月三日", "2026-05-03", "2026-05-03"),
        ("五月二十四日", "date", "五月二十四日", "", "2026-05-24"),
        ("2026年2月30日", "date", "2026年2月30日", "", ""),
        ("2026年1—8月", "period", "2026年1—8月", "2026-01/2026-08", "2026-01/2026-08"),
        ("2026年前三季度", "period", "2026年前三季度", "2026-01/2026-09", "2026-01/2026-09"),
        ("前三季度营收", "period", "前三季度", "", "2026-01/2026-09"),
        ("上半年", "period", "上半年", "", "2026-01/2026-06"),
        ("双11期间", "period", "双11期间", "", "2026-11"),
        ("618大促", "period", "618大促", "", "2026-06"),
        ("in Q3 2026", "period", "q3 2026", "2026-07/2026-09", "2026-07/2026-09"),
        ("去年全年", "period", "去年全年", "", "2025"),
        ("11月1日至16日", "period", "11月1日至16日", "", "2026-11-01/2026-11-16"),
        ("8月份", "period", "8月份", "", "2026-08"),
        ("上月", "period", "上月", "", "2026-10"),
        ("上周三签约", "date", "上周三", "", "2026-11-18"),
        ("周五公告", "date", "周五", "", "2026-11-20"),
        ("下周一起", "date", "下周一", "", "2026-11-30"),
        ("星期天停收", "date", "星期天", "", "2026-11-22"),
        ("said on Tuesday", "date", "tuesday", "", "2026-11-17"),
        ("last Friday", "date", "last friday", "", "2026-11-20"),
        ("上周通过验收", "period", "上周", "", "2026-11-16/2026-11-22"),
        ("年底前开通", "date", "年底", "", "2026-12"),
        ("去年底开通", "date", "去年底", "", "2025-12"),
        ("2027年底开通", "date", "2027年底", "2027-12", "2027-12"),
        ("公告称,2026年10月营收", "date", "2026年10月", "2026-10", "2026-10"),
        ("会上,15日开标", "date", "15日", "", "2026-11-15"),
        ("今(13)日公告", "date", "今(13)日", "", "2026-11-13"),
        ("前晚停收", "date", "前晚", "", "2026-11-21"),
        ("9号起停收", "date", "9号", "", "2026-11-09"),
        ("十月起换快递", "date", "十月", "", "2026-10"),
        ("10月中旬开仓", "date", "10月中旬", "", "2026-10"),
        ("本月底开仓", "date", "本月底", "", "2026-11"),
        ("截至9月30日止九个月", "period", "截至9月30日止九个月", "", "2026-01/2026-09"),
        (
            "截至2026年3月31日止年度",
            "period",
            "截至2026年3月31日止年度",
            "2025-04/2026-03",
            "2025-04/2026-03",
        ),
        ("in September.", "date", "september", "", "2026-09"),
        ("closed in may", "date", "may", "", "2026-05"),
        ("next week it opens", "period", "next week", "", "2026-11-30/2026-12-06"),
        ("the September quarter", "period", "september quarter", "", "2026-07/2026-09"),
        (
            "six months to June 30, 2026",
            "period",
            "six months to june 30, 2026",
            "2026-01/2026-06",
            "2026-01/2026-06",
        ),
        (
            "on 5-8 January 2027",
            "period",
            "5-8 january 2027",
            "2027-01-05/2027-01-08",
            "2027-01-05/2027-01-08",
        ),
        ("with immediate effect", "date", "with immediate effect", "", "2026-11-23"),
    ],
)
def test_times_are_absolute_or_resolved_from_the_publication(
    text: str, kind: str, span: str, value: str, resolved: str
) -> None:
    assert read(text) == [(kind, span, value)]
    assert resolve(span, date(2026, 11, 23)) == resolved


@pytest.mark.parametrize(
    "text",
    [
        "二元结构",
        "一家公司",
        "第一时间",
        "上千",
        "一成不变",
        "多元化",
        "618",
        "每周一",
        "每月10日出账",
        "每月10日和25日结算",
        "每年3月和9月各开一次口子",
        "每个月5号至10号对账",
        "周末",
        "周年庆",
        "9号楼",
        "11号线",
        "it may march on",
        "十月六日城",
        "当日达",
        "一周三次",
    ],
)
def test_what_only_looks_like_a_measure(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("11月3日签约,同日开仓", ["2026-11-03", "2026-11-03"]),
        ("12月1日报名,15日开标", ["2026-12-01", "2026-12-15"]),
        ("10月28日停收,30日恢复", ["2026-10-28", "2026-10-30"]),
        ("12月1日起实施。这是国家邮政局18日公布的", ["2026-12-01", "2026-11-18"]),
        ("10月简报:当月营收", ["2026-10", "2026-10"]),
        ("同日签约", [""]),
        ("当月营收", ["2026-11"]),
    ],
)
def test_what_was_told_before_says_which_day_or_month(text: str, told: list[str]) -> None:
    found = [Entity(one.kind, one.start, one.end, text[one.start : one.end]) for one in timespans(text)]
    assert [one.value for one in dated(found, date(2026, 11, 23))] == told


@given(st.text(alphabet="0123456789,.%年月日元万亿件一十百 $-至去双qrmb下降", max_size=60))
def test_spans_are_sorted_and_apart_in_any_text(text: str) -> None:
    found = find(fold(text))
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
