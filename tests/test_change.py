"""What counts as a change of a watched page, and how it reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intel.model import NotAnArticle, Page
from pipelines.change import Alteration, difference, visible
from pipelines.noise import key
from pipelines.watched import changed, whole

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PRICES = """<html><head><title>运费价目表_远山速递</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/about">关于</a></div>
<h1>运费价目表</h1><p>以下价格适用于省内寄件，重量不足一公斤按一公斤计算。</p>
<table><tr><th>目的地</th><th>首重</th><th>续重</th></tr>
<tr><td>江苏</td><td>12元</td><td>2元</td></tr><tr><td>浙江</td><td>13元</td><td>3元</td></tr>
<tr><td>安徽</td><td>13元</td><td>3元</td></tr></table>
<ul><li>18:00前下单，当日揽收</li><li>破损三倍运费赔付</li></ul>
<div class="recommend"><a href="/1">秋季活动</a><a href="/2">招商加盟</a></div>
<p>更新时间：2026-11-20 08:30:11</p><p>浏览次数：1,204 次</p><p>您是第 88213 位访客</p>
<input type="hidden" name="csrf" value="a81b"><p>请求编号：7f3a9c21d0e84b56</p></body></html>"""


def page(html: str) -> Page:
    return Page("https://yuanshan.example/prices", "prices", NOW, html.encode(), "text/html; charset=utf-8")


def edited(*edits: tuple[str, str]) -> Page:
    html = PRICES
    for old, new in edits:
        assert old in html
        html = html.replace(old, new)
    return page(html)


def reason(after: Page, before: Page) -> str:
    with pytest.raises(NotAnArticle) as refusal:
        changed(after, before)
    return refusal.value.reason


# ---- noise


@pytest.mark.parametrize(
    "edits",
    [
        [("2026-11-20 08:30:11", "2026-11-24 09:12:45")],
        [("1,204 次", "1,377 次"), ("第 88213 位", "第 88310 位")],
        [("7f3a9c21d0e84b56", "0c1d2e3f4a5b6c7d"), ('value="a81b"', 'value="99ff"')],
        [('<a href="/1">秋季活动</a><a href="/2">招商加盟</a>', '<a href="/3">冬季活动</a>')],
        [("<li>18:00前下单，当日揽收</li><li>破损三倍运费赔付</li>",
          "<li>破损三倍运费赔付</li><li>18:00前下单，当日揽收</li>")],
        [("<p>以下价格适用于省内寄件，重量不足一公斤按一公斤计算。</p>",
          "<p>以下价格适用于省内寄件，</p><p>重量不足一公斤按一公斤计算。</p>")],
        [("首重", " 首重 "), ("，当日", ",当日")],
        [("<h1>", "<p>当前在线 31 人</p><p>今天是2026年11月24日 星期二</p><p>广告</p><h1>")],
        [("<h1>", "<!-- served by node 7 --><script>var t = 1732</script><h1>")],
    ],
    ids=["clock", "counters", "ids", "recommended", "order", "line breaks", "spacing", "new noise", "unseen"],
)  # fmt: skip
def test_noise_is_no_change(edits: list[tuple[str, str]]) -> None:
    assert reason(edited(*edits), page(PRICES)) == "unchanged"


@pytest.mark.parametrize(
    "line",
    ["当前时间 10:32:11", "更新于 2026年11月24日", "阅读(3215)", "120次下载", "北京 多云 3~12℃", "3分钟前",
     "2026-11-24", "距活动结束还有 3天 4时 5分 6秒", "Last updated: 2026-11-24", "1,204 views",
     "当前时间 2026-11-24 08:30:11.677208", "系统时间：2026-11-24T08:30:11.677Z",
     "更新时间：2026-11-24T08:30:11+08:00", "页面生成于 2026-11-24 08:30:11", "数据截至2026年11月24日8时30分",
     "Tue Nov 24 2026 08:30:11 GMT+0800 (中国标准时间)", "Server time: Tue, 24 Nov 2026 08:30:11 GMT",
     "Last updated: November 24, 2026", "Updated Nov 24, 2026 8:30 AM",
     "Generated on 2026-11-24 08:30:11 UTC",
     "二〇二六年十一月二十四日 星期二", "本站已运行 1234 天 5 小时 33 分 12 秒", "PV: 23423 UV: 3432",
     "您好，游客 请登录", "股价 41.20 涨跌幅 +0.5%",
     "版权所有 © 2010-2026 远山速递", "Request ID: 7f3a-11", "10.1.2.3", ""],
)  # fmt: skip
def test_a_line_that_is_only_noise_says_nothing(line: str) -> None:
    assert key(line) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("首重 12元", "首重 10元"),
        ("18:00前下单，当日揽收", "20:00前下单，当日揽收"),
        ("2小时前揽收", "1小时前揽收"),
        ("自2026年11月1日起执行", "自2026年12月1日起执行"),
        ("截至2026年10月，全国网点 11800 个", "截至2026年11月，全国网点 12000 个"),
        ("每周派送 3 次", "每周派送 5 次"),
        ("同比 -5%", "同比 5%"),
        ("周一至周五 9:00-18:00", "周一至周日 9:00-18:00"),
        ("9:00-18:00", "8:00-18:00"),
        ("09:00:00-18:00", "09:00:00-20:00"),
        ("From Nov 1, 2026: 12 yuan", "From Dec 1, 2026: 12 yuan"),
        ("Mon to Fri, 9:00-18:00", "Mon to Sat, 9:00-18:00"),
        ("Delivery on Sat", "Delivery on Sun"),
        ("招聘 3 人", "招聘 8 人"),
        ("冷链 2~8℃ 全程控温", "冷链 0~4℃ 全程控温"),
        ("客服响应时间 30秒", "客服响应时间 60秒"),
        ("服务客户 12000 家", "服务客户 13000 家"),
    ],
)
def test_a_figure_of_the_offer_is_no_noise(before: str, after: str) -> None:
    assert key(before) and key(after) and key(before) != key(after)


# ---- what changed


def test_a_price_that_changed_reads_old_to_new() -> None:
    article = changed(edited(("<td>浙江</td><td>13元</td>", "<td>浙江</td><td>11元</td>")), page(PRICES))
    assert article.title == "运费价目表"
    assert article.text == "改为：浙江 | 13元 | 3元 → 浙江 | 11元 | 3元"


def test_what_came_and_what_went_is_quoted_verbatim() -> None:
    after = edited(
        ("<li>破损三倍运费赔付</li>", "<li>江浙沪次日达，晚到免运费</li>"),
        ("<tr><td>安徽</td><td>13元</td><td>3元</td></tr>", ""),
    )
    lines = changed(after, page(PRICES)).text.split("\n")
    assert lines == ["新增：江浙沪次日达，晚到免运费", "删除：安徽 | 13元 | 3元", "删除：破损三倍运费赔付"]
    old, new = whole(page(PRICES)).text, whole(after).text
    assert all(line.partition("：")[2] in (old if line.startswith("删除") else new) for line in lines)


def test_other_words_are_not_left_beside_the_new_ones() -> None:
    change = difference(["本店快递由顺丰承运，全国包邮"], ["本店快递由中通承运，全国包邮"])
    assert change is not None
    assert change.text == "改为：本店快递由中通承运，全国包邮\n删除：本店快递由顺丰承运，全国包邮"


def test_only_lines_that_are_alike_are_paired() -> None:
    change = difference(["合作伙伴：青禾电商", "首重 12元"], ["诚聘华东大客户经理两名", "首重 10元"])
    assert change is not None
    assert change.altered == (Alteration("首重 12元", "首重 10元"),)
    assert (change.added, change.removed) == (("诚聘华东大客户经理两名",), ("合作伙伴：青禾电商",))


def test_rows_with_the_same_figures_are_told_apart_by_what_they_are_about() -> None:
    before = ["江苏 | 12元", "浙江 | 13元", "安徽 | 14元"]
    change = difference(before, ["安徽 | 15元", "浙江 | 13元", "江苏 | 11元"])
    assert change is not None
    assert {(one.before, one.after) for one in change.altered} == {
        ("江苏 | 12元", "江苏 | 11元"), ("安徽 | 14元", "安徽 | 15元"),
    }  # fmt: skip


def test_a_new_page_is_listed_up_to_a_limit_and_the_rest_is_counted() -> None:
    change = difference(
        [f"第{n}条旧的服务条款内容" for n in range(300)], [f"产品甲{n}型报价" for n in range(300)]
    )
    assert change is not None
    lines = change.text.split("\n")
    assert len(lines) == 201 and lines[-1].startswith("（另有 ")


def test_visible_lines_are_verbatim_and_without_noise() -> None:
    assert visible("首重  12元\n更新时间：2026-11-24\n首重 12元\n次日达") == ("首重  12元", "次日达")


# ---- in place of the page


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<title>404</title><p>抱歉，您访问的页面不存在</p>", "error_page"),
        ("<title>安全验证</title><p>请完成滑动验证后继续访问</p>", "consent_wall"),
        ("<p></p>", "no_text"),
        ("%PDF-1.7 x", "not_html"),
    ],
)
def test_an_error_or_a_wall_is_no_change(html: str, says: str) -> None:
    assert reason(page(html), page(PRICES)) == says


def test_a_list_of_links_can_be_watched() -> None:
    jobs = "<title>诚聘英才</title><ul>{}</ul>"
    one, two = '<li><a href="/j/1">大客户经理（杭州）</a></li>', '<li><a href="/j/2">干线规划工程师</a></li>'
    assert changed(page(jobs.format(one + two)), page(jobs.format(one))).text == "新增：干线规划工程师"
