"""Rules of alerts: what is told, when, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intel.alert_tables import AlertSeenRow
from intel.alerts.pace import digest_due, quiet
from intel.alerts.rule import BadRule, defaults, rule
from intel.alerts.triggers import TRIGGERS
from intel.channels import channel, destination
from intel.channels.recipients import load_recipients
from intel.config import CHINA
from intel.credibility import UNSURE
from intel.db import ArticleRow, StoryRow
from intel.delivering import Delivering
from intel.model import RunState, SourceRun
from intel.outbox import Outbox
from tests.alerting import NOON, Alerts, alerts  # noqa: F401 (a fixture)
from tests.making import page, root
from tests.receivers import receiving, wecom

# ---- rules


def test_the_shipped_rules_cover_every_kind_and_tell_nobody_yet(alerts: Alerts) -> None:  # noqa: F811
    alerts.book.ship()
    kept = alerts.book.rules()
    assert {one.kind for one in kept} == set(TRIGGERS)
    assert not any(one.recipients for one in kept)
    assert sorted(kept, key=lambda one: one.name) == sorted(defaults(), key=lambda one: one.name)


def test_a_rule_that_was_dropped_is_not_shipped_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.book.ship()
    alerts.book.drop("week", root(NOON))
    alerts.book.ship()
    assert "week" not in {one.name for one in alerts.book.rules()}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"kind": "mood"}, "kind is event, state, signals, source, not 'mood'"),
        ({"quiet": "22-8"}, "quiet is like 22:00-08:00"),
        ({"quiet": "22:00"}, "quiet is like 22:00-08:00"),
        ({"at": "24:30"}, "at is a time like 08:30, not '24:30'"),
        ({"zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"cap": 0}, "cap is 1 to 100"),
        ({"name": "two words"}, "one word"),
        ({"colour": "red"}, "a rule has no colour"),
    ],
)
def test_a_rule_that_cannot_be_says_why(fields: dict[str, object], fault: str) -> None:
    with pytest.raises(BadRule, match=fault):
        rule({"name": "one", "kind": "event", **fields})


@pytest.mark.parametrize(
    ("hour", "minute", "silent"), [(21, 59, False), (22, 0, True), (3, 0, True), (7, 59, True), (8, 0, False)]
)
def test_quiet_hours_span_midnight_in_the_rule_s_zone(hour: int, minute: int, silent: bool) -> None:
    moment = datetime(2026, 11, 12, hour, minute, tzinfo=CHINA)
    assert quiet(rule({"name": "one", "kind": "event"}), moment) is silent
    abroad = rule({"name": "one", "kind": "event", "zone": "UTC", "quiet": "14:00-00:00"})
    assert quiet(abroad, moment) is (moment.hour in (22, 23, *range(8)))


def test_a_weekly_digest_is_due_on_monday_morning_and_once() -> None:
    weekly = rule({"name": "one", "kind": "event", "digest": "weekly", "at": "08:30"})
    monday = datetime(2026, 11, 16, 8, 30, tzinfo=CHINA)
    assert not digest_due(weekly, NOON, monday - timedelta(minutes=1))
    assert digest_due(weekly, NOON, monday)
    assert digest_due(weekly, NOON, monday + timedelta(days=2))
    assert not digest_due(weekly, monday, monday + timedelta(days=6))


# ---- events


def test_a_report_above_the_threshold_is_told_with_its_proof(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    assert alerts.run().sent == {"news": 1}
    [one] = alerts.sent()
    assert (one.title, one.form, one.lines) == ("淘宝 · 爆仓、延误、停运、网点停摆、罢工", "single", 1)


def test_an_alert_stands_in_the_outbox_with_its_proof_and_is_delivered_once(
    alerts: Alerts,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alerts.rule()
    alerts.report(1)
    alerts.run()
    [entry] = Outbox(alerts.kept.engine).listed()
    assert (entry.destination, entry.account, entry.kind) == ("alert:team", "taobao", "alert")
    with receiving(wecom) as robot:
        monkeypatch.setenv("TEAM_ROBOT", f"{robot.address}/send?key=robot-key")
        service = robot.address.removeprefix("http://")
        file = alerts.workspace.settings.recipients
        file.write_text(file.read_text().replace("localhost:80", service))
        later = NOON + timedelta(minutes=1)
        ways = {destination(name): channel(one) for name, one in load_recipients(file).items()}
        delivering = Delivering(alerts.kept.engine, ways, lambda: later)
        assert [outcome.note for outcome in delivering.due()] == ["sent"]
        assert list(delivering.due()) == []
    [asked] = robot.asked
    told = asked.json["markdown"]["content"]
    assert "“淘宝义乌1号仓库爆仓，18万件包裹延误4天。”" in told
    assert "快递观察网 · 2026-11-12 · B3 · [原文](http://wire.localhost/1)" in told


def test_what_is_hardly_certain_weighs_little_and_is_told_only_with_these_words(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1, certainty=0.28)
    alerts.report(2, certainty=0.28)
    assert alerts.run().sent == {"news": 0}
    alerts.rule("all", threshold=1.0)
    assert alerts.run().sent == {"news": 0, "all": 1}
    [entry] = Outbox(alerts.kept.engine).listed()
    _, content = Outbox(alerts.kept.engine).shown(entry.id)
    assert [(one["note"], one["rating"]) for one in content["lines"]] == [(UNSURE, "B4")] * 2


@pytest.mark.parametrize(
    "fields", [{"threshold": 9.0}, {"accounts": ["jd"]}, {"events": ["tender"]}, {"recipients": []}]
)
def test_what_a_rule_does_not_ask_for_is_not_told(alerts: Alerts, fields: dict[str, Any]) -> None:  # noqa: F811
    alerts.rule(**fields)
    alerts.report(1)
    alerts.run()
    assert alerts.sent() == []


def test_what_was_published_long_ago_is_no_news(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(days=2)
    alerts.report(1, hours=-24 * 4)
    alerts.run()
    assert alerts.sent() == []


def test_reports_of_one_event_at_one_account_are_one_message(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    for number in range(1, 7):
        alerts.report(number)
    alerts.run()
    [one] = alerts.sent()
    assert one.lines == 4  # and the other two are counted


# ---- never twice


def test_a_report_is_told_once_however_often_the_rules_are_looked_at(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    for hours in range(3):
        alerts.run(hours)
    assert len(alerts.sent()) == 1


def test_a_copy_that_comes_later_is_not_told(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(threshold=1.0)
    alerts.report(1)
    alerts.run()
    alerts.report(2, of=1, source="forum", hours=1)
    alerts.run(1)
    assert len(alerts.sent()) == 1


def test_another_report_of_the_same_event_is_news(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    alerts.run()
    alerts.report(2, hours=1)
    alerts.run(1)
    assert len(alerts.sent()) == 2


def test_stories_that_are_merged_later_are_not_told_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    alerts.run()
    alerts.report(2, hours=1)  # not told yet, and then known to be the same story as one that was
    with Session(alerts.kept.engine) as session, session.begin():
        first = session.scalars(select(ArticleRow.story_id).order_by(ArticleRow.id)).first()
        session.execute(update(ArticleRow).values(story_id=first))
    alerts.run(2)
    assert len(alerts.sent()) == 1


def test_a_story_that_falls_apart_is_not_told_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(threshold=1.0)
    alerts.report(1)
    alerts.report(2, of=1, source="forum")
    alerts.run()
    with Session(alerts.kept.engine) as session, session.begin():
        second = session.scalars(select(ArticleRow).order_by(ArticleRow.id)).all()[-1]
        own = StoryRow(family_id=99)
        session.add(own)
        session.flush()
        second.story_id = own.id
    alerts.run(1)
    assert len(alerts.sent()) == 1


def test_reading_history_again_tells_nothing_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    alerts.run()
    alerts.kept.store.read_again(["http://wire.localhost/1"])
    quote = "淘宝义乌1号仓库爆仓，18万件包裹延误4天。"
    alerts.read("读法改了", f"新的读法 {quote}义乌的商家要求赔付。", quote, NOON)
    alerts.run(1)
    assert len(alerts.sent()) == 1


def test_two_rules_do_not_tell_one_recipient_the_same(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule("a")
    alerts.rule("b", recipients=["team", "boss"])
    alerts.report(1)
    alerts.run()
    assert [one.rule for one in alerts.sent("team")] == ["a"]
    assert [one.rule for one in alerts.sent("boss")] == ["b"]


def test_what_was_told_stays_told_when_its_rule_is_dropped(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule("a")
    alerts.report(1)
    alerts.run()
    alerts.book.drop("a", root(NOON))
    alerts.rule("b")
    alerts.run(1)
    assert len(alerts.sent()) == 1


def test_of_processes_that_look_at_once_only_one_tells(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule()
    alerts.report(1)
    with ThreadPoolExecutor(4) as many:
        outcomes = list(many.map(lambda _: alerts.run(), range(4)))
    assert sorted(outcome.sent["news"] for outcome in outcomes) == [0, 0, 0, 1]


# ---- when


def test_in_quiet_hours_it_waits_for_the_morning(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(quiet="22:00-08:00")
    alerts.report(1, hours=11)
    assert alerts.run(11).waiting == 1  # 23:00
    assert alerts.sent() == []
    alerts.run(20)  # 08:00
    assert len(alerts.sent()) == 1


def test_what_is_urgent_breaks_through_quiet_hours_and_digests(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule("night", quiet="22:00-08:00", urgent=6.0)
    alerts.rule("weekly", recipients=["boss"], digest="weekly", urgent=6.0)
    alerts.report(1, hours=11)
    alerts.run(11)
    assert [one.form for one in (*alerts.sent("team"), *alerts.sent("boss"))] == ["single", "single"]


def test_a_daily_digest_gathers_what_came_since_the_last_one(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(digest="daily", at="08:30")
    alerts.report(1)
    alerts.run(1)
    assert alerts.sent() == []
    alerts.run(20.5)
    alerts.run(21)
    [one] = alerts.sent()
    assert (one.form, one.title) == ("digest", "情报汇总 · 1 项")
    alerts.run(44.5)
    assert len(alerts.sent()) == 1  # a day without news has no digest


def test_a_flood_becomes_a_digest_and_then_waits_for_the_next_day(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(cap=3)
    for number in range(1, 4):
        alerts.report(number, hours=number)
        alerts.run(number)
    alerts.report(4, hours=4)
    alerts.report(5, hours=5)
    assert alerts.run(5).waiting == 1
    assert [one.form for one in alerts.sent()] == ["single", "single", "single"]
    alerts.run(12.5)  # past midnight
    assert [one.form for one in alerts.sent()] == ["single", "single", "single", "single"]


# ---- states


def test_a_question_that_becomes_corroborated_is_told_and_what_was_known_before_is_not(
    alerts: Alerts,  # noqa: F811
) -> None:
    alerts.rule(kind="state", threshold=0.0, topics=["carrier_problems"], accounts=["taobao"])
    alerts.report(1)
    alerts.run()
    assert alerts.sent() == []  # how things stood when the rule was made
    alerts.report(2, hours=1, source="forum")
    alerts.run(1)
    titles = [one.title for one in alerts.sent()]
    assert titles and all(title.endswith("：仅一家 → 已印证") for title in titles)
    alerts.run(2)
    assert [one.title for one in alerts.sent()] == titles


def test_a_state_that_comes_back_by_the_same_reports_is_not_told_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(kind="state", threshold=0.0, topics=["carrier_problems"], accounts=["taobao"], cap=100)
    alerts.run()
    alerts.report(1)
    alerts.run(1)
    told = len(alerts.sent())
    assert told
    [first] = alerts.kept.store.pages(0, 1, unread_only=False)
    quote = "淘宝说别的事情。"
    alerts.kept.store.read_again([first.page.url])
    with Session(alerts.kept.engine) as session, session.begin():
        session.execute(update(ArticleRow).values(dated_at=NOON - timedelta(days=900)))
    alerts.read("无关", f"无关的文章。{quote}", quote, NOON + timedelta(days=400))  # from the day's future
    alerts.run(2)
    with Session(alerts.kept.engine) as session:
        seen = set(session.scalars(select(AlertSeenRow.state)))
    assert seen == {"unknown"}
    alerts.kept.store.read_again([first.page.url])
    alerts.read(
        "义乌爆仓",
        "淘宝义乌1号仓库爆仓，18万件包裹延误4天。",
        "淘宝义乌1号仓库爆仓，18万件包裹延误4天。",
        NOON,
    )
    alerts.run(3)
    assert len(alerts.sent()) == told


# ---- scores and sources


def test_a_score_that_reaches_the_threshold_is_told_once(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(kind="signals", threshold=1.0, accounts=["taobao"])
    alerts.run()
    assert alerts.sent() == []
    assert alerts.kept.store.add_page(page("http://wire.localhost/1"))
    quote = "淘宝称对现有快递商的时效不满，正在考虑更换快递服务商。"
    alerts.read(
        "淘宝", f"杭州快讯 {quote}", quote, NOON, topic="switching_intent", stance="raises", event=None
    )
    alerts.run(1)
    alerts.run(2)
    [one] = alerts.sent()
    assert one.title.startswith("淘宝 · 更换快递商的信号")
    assert one.title.endswith("：低于 1 → 达到 1")


def _run(hours: float, state: RunState = RunState.OK, reason: str = "") -> SourceRun:
    at = NOON + timedelta(hours=hours)
    counts = {"requests": 3, "pages": 2, "new": 2, "known": 0, "bytes": 9, "errors": 0}
    return SourceRun("wire", at, at, state, reason=reason, **counts)  # type: ignore[arg-type]


def test_a_source_that_fails_is_told_to_operators_until_it_is_well_again(alerts: Alerts) -> None:  # noqa: F811
    alerts.rule(kind="source", threshold=0.0)
    store = alerts.kept.store
    store.add_run(_run(-2))
    alerts.run(-1)
    assert [one.title for one in alerts.sent()] == []
    store.add_run(_run(0, RunState.FAILED, "HTTP 404"))
    alerts.run(1)
    alerts.run(2)
    assert [one.title for one in alerts.sent()] == ["来源 快递观察网：正常 → 采集失败"]
    store.add_run(_run(3))
    alerts.run(4)
    store.add_run(_run(5, RunState.FAILED, "HTTP 404"))
    alerts.run(6)
    assert len(alerts.sent()) == 2
