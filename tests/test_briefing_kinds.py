"""What each kind of briefing puts first, and what is new since the last one delivered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from intel import bootstrap, gathering, reader, rounds
from intel.bootstrap import Workspace
from intel.brief import Document, Format, Kind, Lang, Material, Order, TopicState, compose, render
from intel.brief.choosing import weight
from intel.brief.rules import rules
from intel.brief.standing import standing
from intel.config import CHINA, Settings
from intel.delivered import DeliveredQuery
from intel.model import Account
from intel.query import UnknownName
from intel.taxonomy import taxonomy
from intel.views import FindingFilter
from tests.briefs import LABELS, NOW, ORDER, TAOBAO, YUNDA, briefing, found, material, written
from tests.making import NOON, WIRE, page, reading

DAY = timedelta(days=1)


def first_screen(document: Document) -> str:
    """What stands before the topics."""
    return written(document, Format.MD).partition("\n## 主题\n")[0]


def said(document: Document, heading: str) -> list[str]:
    """The quotes under a heading, in order."""
    text = re.split(r"^## ", written(document, Format.MD), flags=re.M)
    part = next(one for one in text if one.startswith(heading))
    return re.findall(r"“(.+)”\n", part)


# ---- before a visit


def test_the_first_screen_tells_each_report_once_and_newest_first() -> None:
    older = found(quote="淘宝启动2027年度物流招标。", event="tender", dated_at=NOW - 9 * DAY)
    again = replace(
        older, id=8888, quote="淘宝招标的评分权重已经调整。", topic="order_cycle", start=90, end=110
    )
    newer = found(quote="韵达在淘宝的华东线路爆仓。", dated_at=NOW - 2 * DAY)
    assert said(briefing(older, again, newer), "有什么变化") == [newer.quote, older.quote]


def test_what_the_next_step_depends_on_comes_before_what_is_merely_newer() -> None:
    tender = found(quote="淘宝启动2027年度物流招标。", event="tender", dated_at=NOW - 9 * DAY)
    prizes = [found(quote=f"淘宝获得第{n}个奖项。", event="award", dated_at=NOW - DAY) for n in range(9)]
    others = [
        found(quote=f"淘宝{kind}的消息。", event=kind, dated_at=NOW - DAY)
        for kind in ("earnings", "listing", "policy", "exhibition", "funding", "litigation")
    ]
    assert tender.quote in said(briefing(*prizes, *others, tender), "有什么变化")


def test_an_improbable_event_yields_to_a_credible_one() -> None:
    sure = [
        found(quote=f"淘宝{kind}。", event=kind, topic=topic, credibility=1)
        for kind, topic in (
            ("tender", "order_cycle"), ("carrier_change", "resources"), ("contract_award", "order_cycle"),
            ("partnership", "resources"), ("expansion", "resources"), ("penalty", "resources"),
        )
    ]  # fmt: skip
    doubtful = found(quote="淘宝解约的说法已被否认。", event="contract_end", credibility=5)
    assert doubtful.quote not in said(briefing(*sure, doubtful), "有什么变化")


def test_the_first_screen_leaves_out_what_is_read_with_little_certainty() -> None:
    doubtful = found(quote="淘宝订单自十月起全部使用隐私面单。", event="carrier_change", certainty=0.25)
    sure = found(quote="淘宝决定引入顺丰承运。", event="carrier_change", certainty=0.8, story=1)
    made = briefing(doubtful, sure)
    assert said(made, "有什么变化") == [sure.quote]
    assert doubtful.quote in written(made, Format.MD)
    assert "读得没有把握" in written(made, Format.MD)
    checked = replace(doubtful, certainty=1.0)
    assert doubtful.quote in said(briefing(checked, sure), "有什么变化")


def test_the_first_screen_leaves_out_what_names_the_account_neither_in_quote_nor_title() -> None:
    elsewhere = found(quote="公司预计日均上门取件240万件。", title="极兔旺季平稳", event="peak_season")
    titled = found(quote="活跃用户减少1.6%。", title="淘宝三季度用户减少", story=2, article=2)
    made = briefing(elsewhere, titled)
    assert said(made, "有什么变化") == [titled.quote]
    assert elsewhere.quote in written(made, Format.MD)


def test_of_a_report_the_event_is_told_rather_than_a_statement() -> None:
    told = {"story": 5, "article": 5, "title": "淘宝华中仓启用"}
    event = found(
        quote="公司公布了三处新仓的启用时间表和合计面积。", event="expansion", start=0, end=9, **told
    )
    statement = found(
        quote="一位供应商表示暂时还没有收到更换的通知。",
        event=None,
        topic="switching_intent",
        start=30,
        end=49,
        **told,
    )
    assert said(briefing(statement, event), "有什么变化") == [event.quote]


def test_a_title_that_names_the_account_helps_a_quote_less_than_its_own_words() -> None:
    account, quote = material().account, "局部更换的意愿强，整体更换的意愿弱，要看时效。"
    alone = standing(quote, account, rules(), "更换快递的意愿")
    titled = standing(quote, account, rules(), "淘宝会换快递吗")
    assert alone < titled < standing(f"淘宝{quote}", account, rules())


@pytest.mark.parametrize(
    ("passing", "whole"),
    [
        ("因6月爆仓而被部分淘宝商家停用的韵达，迎来转机。", "韵达达到恢复条件，淘宝商家可恢复使用。"),
        ("在淘宝五个标段全部落选后，市场担心韵达失去订单。", "在五个标段全部落选后，韵达失去淘宝订单。"),
    ],
)
def test_a_clause_in_passing_stands_behind_what_is_said_of_the_account(passing: str, whole: str) -> None:
    account = material().account
    assert standing(passing, account, rules()) < standing(whole, account, rules()) / 2


def test_of_two_quotes_the_surer_reading_is_told() -> None:
    then = NOW - 60 * DAY
    doubtful = found(quote="店铺体验分不低于4.6分才能报名淘宝试点。", certainty=0.31, dated_at=then)
    sure = found(quote="淘宝的申通件在网点积压了3天没有动。", certainty=0.9, dated_at=then)
    order = replace(ORDER, most=1)
    made = written(briefing(doubtful, sure, order=order), Format.MD)
    assert sure.quote in made and doubtful.quote not in made


def test_one_sort_of_event_does_not_fill_the_first_screen() -> None:
    made = briefing(*(found(quote=f"淘宝第{n}个招标公告。", event="tender") for n in range(9)))
    assert len(said(made, "有什么变化")) == rules().visit.same_event


def test_days_and_numbers_of_projects_are_no_figures_that_two_reports_share() -> None:
    award = found(
        quote="11月5日淘宝公示2027年度中标候选人，公示期3天。", event="contract_award", credibility=2
    )
    end = found(quote="淘宝合同（TB-WL-2026-003）将于2027年11月5日到期。", event="contract_end")
    assert said(briefing(award, end), "有什么变化") == [award.quote, end.quote]


def test_the_same_figures_stand_once_on_the_first_screen_whoever_tells_them() -> None:
    one = found(quote="拼多多与淘宝三季度净利润274亿元，同比下降6.5%。", event="earnings", credibility=2)
    other = found(quote="Net profit of Taobao fell 6.5% to RMB 27.4bn.", event=None, topic="resources")
    third = found(quote="淘宝三季度营收1186亿元，同比增长9.6%。", event=None, topic="resources")
    assert said(briefing(one, other, third), "有什么变化") == [one.quote, third.quote]
    more = found(
        quote="淘宝物流负责人说没有自建快递的计划。", event=None, story=other.story, start=90, end=108
    )
    assert said(briefing(one, other, more), "有什么变化") == [one.quote, more.quote]


@pytest.mark.parametrize(
    "quote",
    [
        "但圆通次之。",
        "淘宝排名 | 报价 | 淘宝得分 | 华东标段",
        "淘宝的合同按年签，",
        "短句。",
        "淘宝与快递企业的合同按年签订，续约看什么？",
        "本报杭州11月13日电（记者 某某）11月12日，淘宝进入发货最高峰。",
    ],
)
def test_a_quote_that_needs_its_surroundings_stands_behind_one_that_does_not(quote: str) -> None:
    assert standing(quote, TAOBAO, rules()) < standing(
        "淘宝与快递企业的合同按年签订，续约看考核。", TAOBAO, rules()
    )


def test_a_title_stands_behind_the_sentences_below_it() -> None:
    title = "淘宝启动2027年度物流招标"
    assert standing(title, TAOBAO, rules(), title) < standing(title, TAOBAO, rules(), "物流周报")


def test_the_head_of_a_table_is_no_quote_and_a_row_with_figures_is_one() -> None:
    head, row = "排名 | 候选人 | 投标报价", "一 | 中通 | 1.4亿元"
    text = written(briefing(found(quote=head), found(quote=row)), Format.MD)
    assert "候选人" not in text and "1.4亿元" in text and "1 条引文" in text


def test_under_a_topic_what_is_known_of_the_account_outlasts_what_is_merely_fresh() -> None:
    known = found(quote="淘宝约23%的包裹由极兔承运，居各家之首。", event=None, dated_at=NOW - 90 * DAY)
    loose = found(quote="快递板块本周上涨1.9%，中通领涨。", event=None, dated_at=NOW - 40 * DAY)
    text = written(briefing(known, loose, order=replace(ORDER, most=1)), Format.MD)
    assert known.quote in text and loose.quote not in text


def test_old_news_is_no_change_where_nothing_was_delivered() -> None:
    made = briefing(found(quote="去年的爆仓。", dated_at=NOW - 40 * DAY))
    assert said(made, "有什么变化（近 30 天）") == [] and "没有新内容" in first_screen(made)


def test_what_changed_since_a_day_is_all_that_the_day_and_later_ones_brought() -> None:
    order = replace(ORDER, since=date(2026, 9, 1))
    made = briefing(found(quote="淘宝九月爆仓两天。", dated_at=NOW - 60 * DAY), order=order)
    assert said(made, "有什么变化（自 2026-09-01 起）") == ["淘宝九月爆仓两天。"]


def test_what_changed_since_a_delivery_is_what_it_did_not_hold() -> None:
    old, late = (
        found(quote="淘宝上月爆仓两天。"),
        found(quote="淘宝旧闻今天才读到。", dated_at=NOW - 80 * DAY),
    )
    made = briefing(old, late, fresh=frozenset({late.id}), last=NOW - 5 * DAY)
    assert said(made, "有什么变化（自 2026-11-18 交付上一份简报起）") == [late.quote]


def test_what_happened_to_others_is_no_change_of_the_account() -> None:
    made = briefing(
        beside=[found(account="yunda", quote="韵达在别处爆仓两天。", topic="competitor_landscape")]
    )
    assert "没有新内容" in first_screen(made)
    assert "韵达在别处爆仓两天。" in written(made, Format.MD)


def test_unknown_topics_are_asked_about_first_of_all_topics() -> None:
    made = briefing(
        *(
            found(topic=t, event=None, dated_at=NOW - 50 * DAY)
            for t in LABELS["topics"]
            if t != "payment_behaviour"
        )
    )
    asks = first_screen(made).partition("## 问什么")[2]
    assert asks.strip().splitlines()[0].endswith("（付款周期与准时性：未知）")


def test_each_sort_of_news_is_asked_about_once() -> None:
    made = briefing(*(found(quote=f"淘宝第{n}个招标公告。", event="tender") for n in range(2)))
    assert first_screen(made).count("标段、资格要求、评分权重和截止时间如何？") == 1


def test_given_questions_and_states_take_the_place_of_our_own() -> None:
    given = [TopicState("payment_behaviour", "stale", ("账期从哪天起算？", "谁批准付款？"))]
    asks = first_screen(
        briefing(found(event=None, topic="resources", dated_at=NOW - 90 * DAY), coverage=given)
    )
    assert "- 账期从哪天起算？（付款周期与准时性：已过期）" in asks and "谁批准付款？" in asks


def test_a_topic_whose_reports_answer_no_key_question_is_unknown_although_it_was_told_of() -> None:
    given = [TopicState("quality_handling", "unknown", ("怎样赔付？",))]
    told = found(
        event=None,
        topic="quality_handling",
        quote="淘宝水果店两天里有三成订单被退款。",
        dated_at=NOW - 90 * DAY,
    )
    text = written(briefing(told, coverage=given), Format.MD)
    day = (NOW - 90 * DAY).date()
    assert f"- 怎样赔付？（质量问题处理程序：未知，最近的报道（{day}）没有回答）" in text
    assert "已知" not in text and "有引文的 1 个主题" in text


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("已过期", [{"dated_at": NOW - 300 * DAY}]),
        ("仅一家", [{}]),
        ("说法不一", [{"disputed": True}, {}]),
    ],
)
def test_a_topic_that_is_badly_covered_is_asked_about_with_its_state(
    state: str, changes: list[dict[str, object]]
) -> None:
    rest = [found(topic=t, event=None, source=s) for t in LABELS["topics"] for s in ("a", "b")]
    rest = [one for one in rest if one.topic != "switching_intent"]
    shown = [found(topic="switching_intent", event=None, **one) for one in changes]
    old = [replace(one, dated_at=min(one.dated_at, NOW - 50 * DAY)) for one in (*rest, *shown)]
    assert f"更换快递商的意愿与强度：{state}" in first_screen(briefing(*old))


def test_a_topic_told_by_several_recent_sources_is_not_asked_about() -> None:
    old = NOW - 50 * DAY
    findings = [
        found(topic=t, event=None, source=s, stance="", dated_at=old) for t in LABELS["topics"] for s in "ab"
    ]
    assert "各主题均有近期的多方来源。" in first_screen(briefing(*findings))


def test_every_event_type_and_topic_has_a_weight_of_its_own() -> None:
    assert rules().events.keys() == taxonomy().events.keys()
    assert rules().topics.keys() == taxonomy().topics.keys()
    assert weight(found(event="tender"), rules()) > weight(found(event="award"), rules())


# ---- weekly and flash


def both(*findings: object, kind: Kind, **changes: object) -> Document:
    """A briefing on two accounts."""
    of = {one.account: [] for one in findings}  # type: ignore[attr-defined, var-annotated]
    for one in findings:
        of[one.account].append(one)  # type: ignore[attr-defined]
    materials = [Material(account, of.get(account.id, [])) for account in (TAOBAO, YUNDA)]
    return compose(materials, replace(ORDER, kind=kind, **changes), LABELS)  # type: ignore[arg-type]


def test_the_weekly_digest_tells_the_week_by_account_and_names_the_quiet_ones() -> None:
    new, old = (
        found(quote="淘宝本周招标两个标段。"),
        found(quote="淘宝上月爆仓两天。", dated_at=NOW - 20 * DAY),
    )
    text = written(both(new, old, kind=Kind.WEEKLY), Format.MD)
    assert new.quote in text and old.quote not in text
    assert "**没有新消息的账户**：韵达" in text


def test_a_report_on_two_accounts_is_told_once_in_the_weekly_digest() -> None:
    one = found(quote="淘宝启动招标，韵达参加。", event="tender")
    other = replace(one, id=7777, account="yunda", topic="competitor_landscape", event=None)
    assert written(both(one, other, kind=Kind.WEEKLY), Format.MD).count(one.quote) == 1


def test_a_weekly_digest_without_news_says_so() -> None:
    assert "没有新内容。" in written(both(kind=Kind.WEEKLY), Format.MD)


def test_a_flash_tells_a_heavy_and_credible_event_and_no_light_one() -> None:
    heavy = found(quote="淘宝启动2027年度物流招标。", event="tender", credibility=2, dated_at=NOW - DAY)
    light = found(quote="淘宝获得年度奖项。", event="award", credibility=1, dated_at=NOW - DAY)
    text = written(both(heavy, light, kind=Kind.FLASH), Format.MD)
    assert "## 淘宝：招标、采购公告" in text and heavy.quote in text and light.quote not in text


def test_a_flash_has_no_event_that_is_old_or_not_believed() -> None:
    old = found(event="tender", credibility=1, dated_at=NOW - 9 * DAY)
    denied = found(event="tender", credibility=5, dated_at=NOW - DAY)
    assert "没有达到阈值的事件。" in written(both(old, denied, kind=Kind.FLASH), Format.MD)


def test_independent_witnesses_raise_an_event_over_the_threshold() -> None:
    yesterday = NOW - DAY
    one = found(
        quote="淘宝华东爆仓两天。",
        credibility=2,
        source_label="甲报",
        dated_at=yesterday,
        event="partnership",
    )
    others = [
        replace(one, id=n, story=n, article=n, quote=f"淘宝爆仓{n}起。", source_label=f"第{n}报")
        for n in (71, 72)
    ]
    assert one.quote not in written(both(one, kind=Kind.FLASH), Format.MD)
    assert one.quote in written(both(one, *others, kind=Kind.FLASH), Format.MD)
    copies = [replace(other, story=one.story) for other in others]
    assert "没有达到阈值" in written(both(one, *copies, kind=Kind.FLASH), Format.MD)


def test_a_flash_says_what_is_hardly_certain_and_counts_it_for_nobody() -> None:
    sure = found(quote="淘宝调整快递商。", event="carrier_change", credibility=3, dated_at=NOW - DAY)
    told = {"event": "carrier_change", "credibility": 4, "dated_at": NOW - DAY, "certainty": 0.28}
    doubtful = found(quote="淘宝换了面单。", source_label="甲报", **told)
    text = written(both(sure, doubtful, kind=Kind.FLASH), Format.MD)
    assert text.count("读得没有把握，请核对原文") == 1
    assert "没有达到阈值" in written(both(doubtful, kind=Kind.FLASH), Format.MD)
    light = replace(sure, event="partnership", credibility=2)
    others = [
        replace(
            doubtful,
            id=n,
            story=n,
            article=n,
            event="partnership",
            quote=f"淘宝合作{n}。",
            source_label=f"{n}报",
        )
        for n in (71, 72)
    ]
    assert "没有达到阈值" in written(both(light, *others, kind=Kind.FLASH), Format.MD)


def test_a_flash_has_no_change_that_will_not_come_or_is_told_in_passing() -> None:
    told = {"event": "carrier_change", "credibility": 3, "dated_at": NOW - DAY}
    stays = found(quote="淘宝没有自建快递的计划。", stance="lowers", **told)
    passing = found(quote="因被淘宝停用的韵达，迎来转机。", **told)
    assert "没有达到阈值" in written(both(stays, passing, kind=Kind.FLASH), Format.MD)


def test_that_nothing_will_change_is_not_asked_about_as_the_change() -> None:
    stays = found(
        quote="淘宝物流负责人说没有自建快递的计划。",
        event="carrier_change",
        topic="switching_intent",
        stance="lowers",
    )
    text = written(briefing(stays), Format.MD)
    assert "为什么调整快递商" not in text and f"更换快递商的意愿与强度：“{stays.quote}”" in text


def test_a_flash_covers_only_what_it_tells() -> None:
    heavy = found(event="tender", credibility=1, dated_at=NOW - DAY)
    light = found(event="award", dated_at=NOW - DAY)
    assert both(heavy, light, kind=Kind.FLASH).findings == (heavy.id,)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", Format)
def test_every_kind_can_be_written_in_every_format_with_nothing_to_tell(kind: Kind, form: Format) -> None:
    assert render(compose([material()], replace(ORDER, kind=kind, charts=True), LABELS), form)


# ---- what was delivered


SECOND = "商家反映，淘宝退货件的揽收时间由两小时延长到五小时，平台正在与快递企业协商改进办法。"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = bootstrap.init(Settings(home=tmp_path), [WIRE])
    yield made
    made.engine.dispose()


def tell(workspace: Workspace, number: int, **changes: object) -> None:
    """Keep an article on 淘宝 with one finding."""
    url = f"http://wire.localhost/{number}"
    workspace.store.add_page(replace(page(url), body=f"{number}".encode()))
    pages = workspace.store.pages(0, 100, unread_only=True)
    workspace.store.keep([(pages[-1].id, reading(**changes))])  # type: ignore[arg-type]


def ordered(workspace: Workspace, **changes: object) -> Document:
    order = replace(Order(datetime(2026, 11, 20, tzinfo=UTC)), **changes)  # type: ignore[arg-type]
    return rounds.brief(workspace, [workspace.query.account("淘宝")], order)


def deliver(workspace: Workspace, **changes: object) -> None:
    made = ordered(workspace, **changes)
    rounds.deliver(workspace, made, Format.MD, render(made, Format.MD))


def test_what_a_delivered_briefing_held_is_not_new_to_the_next(workspace: Workspace) -> None:
    tell(workspace, 1)
    assert "爆仓" in written(ordered(workspace, new=True), Format.MD)
    deliver(workspace)
    tell(workspace, 2, title="退货变慢", text=SECOND, phrase=SECOND)
    text = written(ordered(workspace, new=True), Format.MD)
    assert SECOND in text and "网点爆仓" not in text
    assert "只含上次交付后的新内容" in text


def test_a_briefing_that_was_not_delivered_leaves_all_new(workspace: Workspace) -> None:
    tell(workspace, 1)
    ordered(workspace)
    rounds.write_briefings(workspace)
    assert "网点爆仓" in written(ordered(workspace, new=True), Format.MD)
    assert DeliveredQuery(workspace.engine).listed() == []


def test_reading_again_makes_nothing_new(workspace: Workspace) -> None:
    tell(workspace, 1)
    deliver(workspace)
    part = "部分包裹延误三天以上，商家要求赔付。"  # as a better rule would cut it
    workspace.store.keep([(1, reading(phrase=part, topic="quality_handling"))])
    assert ordered(workspace, new=True).findings == ()


def test_a_copy_that_comes_later_is_not_new(workspace: Workspace) -> None:
    tell(workspace, 1)
    deliver(workspace)
    tell(workspace, 2, title="转载：双11包裹创新高")
    assert len(workspace.query.findings("taobao", FindingFilter())) == 2
    assert ordered(workspace, new=True).findings == ()


def test_new_bytes_at_a_known_address_are_read_for_what_is_new_in_them(workspace: Workspace) -> None:
    tell(workspace, 1)
    deliver(workspace)
    workspace.store.add_page(replace(page("http://wire.localhost/1"), body=b"longer", fetched_at=NOON + DAY))
    newer = workspace.store.pages(0, 100, unread_only=True)[-1]
    workspace.store.keep([(newer.id, reading(text=SECOND, phrase=SECOND, title="淘宝"))])
    assert SECOND in written(ordered(workspace, new=True), Format.MD)


def test_each_kind_has_deliveries_of_its_own(workspace: Workspace) -> None:
    tell(workspace, 1)
    deliver(workspace)
    since = date(2026, 11, 1)
    assert ordered(workspace, new=True, kind=Kind.WEEKLY, since=since).findings != ()
    deliver(workspace, kind=Kind.WEEKLY, since=since)
    assert ordered(workspace, new=True, kind=Kind.WEEKLY, since=since).findings == ()


def test_the_digest_of_all_accounts_has_deliveries_of_its_own(workspace: Workspace) -> None:
    tell(workspace, 1)
    order = Order(datetime(2026, 11, 14, tzinfo=UTC), kind=Kind.WEEKLY, new=True)
    everyone = workspace.query.watched()
    made = rounds.brief(workspace, everyone, order)
    assert made.account == "" and "网点爆仓" in written(made, Format.MD)
    rounds.deliver(workspace, made, Format.MD, render(made, Format.MD))
    assert "没有新内容" in written(rounds.brief(workspace, everyone, order), Format.MD)
    assert ordered(workspace, new=True, kind=Kind.WEEKLY).findings != ()


def test_delivered_briefings_are_listed_the_last_first_with_how_much_was_new(workspace: Workspace) -> None:
    tell(workspace, 1)
    deliver(workspace)
    deliver(workspace, kind=Kind.FLASH)
    deliver(workspace)
    views = DeliveredQuery(workspace.engine).listed()
    assert [view.kind for view in views] == ["before-visit", "flash", "before-visit"]
    assert [view.new > 0 for view in views] == [False, False, True]
    assert all(re.fullmatch("[0-9a-f]{64}", view.digest) for view in views)


def test_the_couriers_named_beside_a_client_are_heard_once_a_report(workspace: Workspace) -> None:
    body = (
        "本报讯 "
        + "淘宝双11期间，韵达在华东的多个网点爆仓，中通的线路运行基本正常，商家要求平台尽快协调。" * 3
    ).encode()
    html = (
        "<html><head><title>双11包裹</title></head><body><h1>双11包裹</h1><p>".encode()
        + body
        + b"</p></body></html>"
    )
    workspace.store.add_page(replace(page("http://wire.localhost/9"), body=html))
    reader.read_pages(workspace.store, workspace.query.watched())
    heard = gathering.voices(workspace, workspace.query.account("淘宝"))
    assert sorted(voice.courier for voice in heard) == ["yunda", "zto"]


def test_only_a_briefing_before_a_visit_wants_an_account(workspace: Workspace) -> None:
    assert len(gathering.chosen(workspace, None, Kind.WEEKLY)) == len(workspace.query.watched())
    assert [one.id for one in gathering.chosen(workspace, "手机淘宝", Kind.VISIT)] == ["taobao"]
    with pytest.raises(UnknownName, match="intel brief ACCOUNT"):
        gathering.chosen(workspace, None, Kind.VISIT)


def test_an_account_that_is_no_client_can_be_briefed_on(workspace: Workspace) -> None:
    yto: Account = workspace.query.account("圆通")
    order = Order(datetime.now(CHINA), lang=Lang.EN, charts=True)
    assert "Unknown topics: 15" in written(rounds.brief(workspace, [yto], order), Format.MD)


def test_what_is_asked_are_the_open_questions_of_the_account_s_file(workspace: Workspace) -> None:
    tell(workspace, 1)
    order = Order(datetime(2026, 11, 20, tzinfo=UTC))
    given = gathering.states(workspace, workspace.query.account("淘宝"), order)
    assert given and {one.topic for one in given} == LABELS["topics"].keys()
    state = {one.topic: one for one in given}
    assert (state["payment_behaviour"].state, state["carrier_problems"].state) == ("unknown", "single-source")
    first = next(one for one in given if one.state == "unknown")
    assert first.questions[0] in written(ordered(workspace), Format.MD)
    assert not [text for one in given for text in one.questions if "{" in text]
    english = gathering.states(workspace, workspace.query.account("淘宝"), replace(order, lang=Lang.EN))
    assert english and not re.search("[\u4e00-\u9fff]", "".join(english[0].questions).replace("淘宝", ""))
