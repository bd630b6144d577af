import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from intel.commands import signals as signals_command
from intel.config import Settings
from intel.evidence import day
from intel.playing import WrongRole
from intel.signal_table import signal_table
from intel.signals import ClientMaterial, Signal, SwitchingSignals, combine
from intel.surges import Window, surges
from intel.taxonomy import taxonomy
from intel.views import EvidenceView
from tests.conftest import Kept
from tests.making import page, reading
from tests.telling import DAY, NOON, TAOBAO, told

TODAY = date(2026, 11, 12)
NAMES = {"yunda": "韵达", "jt": "极兔"}


def combined(
    *views: EvidenceView, as_of: date = TODAY, calls: tuple[EvidenceView, ...] = (), **more: object
) -> SwitchingSignals:
    since = min((day(view) for view in views), default=None)
    return combine(TAOBAO, ClientMaterial(views, calls, since=since, **more), NAMES, as_of)  # type: ignore[arg-type]


def signal(found: SwitchingSignals, name: str) -> Signal:
    return next(one for one in found.signals if one.id == name)


def change(quote: str = "淘宝停用韵达。", **changes: object) -> EvidenceView:
    values = {"kind": "event", "topic": "", "event": "carrier_change", "role": "subject"}
    return told(quote, **(values | {"status": "asserted", "credibility": 1} | changes))


def complaint(day: int, **changes: object) -> EvidenceView:
    values = {"stance": "dissatisfied", "problem": "disruption", "parties": ("yunda",)}
    return told(f"韵达爆仓，第{day}天。", days=day, **(values | changes))


# ---- the score


def test_without_any_evidence_the_score_is_unknown_and_not_zero() -> None:
    found = combined()
    assert (found.score, found.level, found.kind) == (None, "", "推断")
    assert all(one.points == 0 for one in found.signals)


def test_a_change_says_which_courier_was_left_and_which_was_taken() -> None:
    left = change("淘宝换掉韵达，改用极兔快递。", leaving=("yunda",), joining=("jt",))
    found = signal(combined(left, change("淘宝屏蔽韵达快递。", leaving=("yunda",), story=9)), "change")
    assert set(found.notes) == {"换下韵达，换上极兔", "换下韵达"}


def test_evidence_only_against_a_change_is_a_score_of_zero() -> None:
    denied = change("淘宝没有更换快递的计划。", status="denied")
    found = combined(denied)
    assert (found.score, found.level) == (0.0, "弱")
    assert [one.quote for one in signal(found, "change").against] == [denied.quote]


def test_points_are_weight_by_strength_by_age_by_agreement() -> None:
    found = combined(change(days=90), change("淘宝不再推荐韵达。", days=90))
    one = signal(found, "change")
    assert (one.weight, one.strength, one.age, one.agreement, one.points) == (20, 1.0, 0.5, 1.0, 10.0)
    assert found.score == 10.0


def test_a_doubtful_story_makes_a_weaker_signal_than_a_confirmed_one() -> None:
    strengths = [signal(combined(change(credibility=grade)), "change").strength for grade in range(1, 6)]
    assert strengths == sorted(strengths, reverse=True) and strengths[0] > strengths[-1]


def test_copies_of_a_story_do_not_strengthen_it() -> None:
    one = change(story=600)
    copy = one._replace(article=601, source_label="早报")
    assert signal(combined(one, copy), "change").points == signal(combined(one), "change").points


def test_evidence_against_lowers_the_points() -> None:
    denied = change("淘宝没有更换快递的计划。", status="denied", credibility=1)
    one = signal(combined(change(), denied), "change")
    assert one.agreement == 0.5
    assert one.points < signal(combined(change()), "change").points


def test_a_sentence_that_says_both_counts_against_only() -> None:
    both = told("现有合同到期可续签。", topic="order_cycle")
    one = signal(combined(both), "expiry")
    assert (one.stories, [quote.quote for quote in one.against]) == (0, [both.quote])


def test_fewer_stories_than_the_minimum_make_no_points(monkeypatch: pytest.MonkeyPatch) -> None:
    table = signal_table()
    strict = replace(table, signals=tuple(replace(one, minimum=2) for one in table.signals))
    monkeypatch.setattr("intel.signals.signal_table", lambda: strict)
    one = signal(combined(change()), "change")
    assert (one.points, one.stories, one.minimum, len(one.evidence)) == (0, 1, 2, 1)
    assert signal(combined(change(), change("淘宝不再推荐韵达。")), "change").points > 0


def test_the_score_ends_at_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    table = signal_table()
    heavy = replace(table, signals=tuple(replace(one, weight=500) for one in table.signals))
    monkeypatch.setattr("intel.signals.signal_table", lambda: heavy)
    assert combined(change(), change("淘宝不再推荐韵达。")).score == 100.0


def test_what_a_client_denies_to_build_itself_speaks_against_it() -> None:
    found = combined(change("淘宝不会自建快递。", status="denied"))
    assert (signal(found, "self_built").stories, len(signal(found, "self_built").against)) == (0, 1)


@pytest.mark.parametrize(
    "quote", ["网传淘宝停用韵达。", "三年前，淘宝停用韵达快递。", "淘宝停用韵达的消息不属实。"]
)
def test_hearsay_history_and_denial_are_no_sign_that_a_client_wants_to_change(quote: str) -> None:
    assert signal(combined(told(quote, topic="switching_intent", stance="raises")), "intent").stories == 0


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("intent", told("淘宝考虑引入第二家快递。", topic="switching_intent", stance="raises")),
        ("change", change()),
        ("self_built", change("淘宝宣布自建物流。")),
        ("warehouse", told("淘宝华中仓搬迁至武汉。", topic="resources")),
        ("price", told("韵达上调淘宝件价格。", topic="carrier_problems")),
        ("payment", told("淘宝拖欠运费。", topic="payment_behaviour")),
        ("tender", told("淘宝新一轮招标明年启动。", topic="procurement_process")),
        ("expiry", told("淘宝合同下月到期。", topic="order_cycle")),
    ],
)
def test_each_signal_is_raised_by_a_sentence(name: str, view: EvidenceView) -> None:
    assert signal(combined(view), name).points > 0


def test_an_open_call_is_a_signal_that_says_until_when() -> None:
    call = told("淘宝快递服务招标公告", kind="notice", until=TODAY + timedelta(days=10), credibility=2)
    one = signal(combined(calls=(call,)), "tender")
    assert one.points > 0 and one.notes == ("2026-11-22 截止",)


def test_a_contract_counts_more_the_nearer_its_end() -> None:
    ends = [
        told("至期满。", kind="notice", until=TODAY + timedelta(days=days), days=300, credibility=2)
        for days in (10, 150, 200)
    ]
    points = [signal(combined(expiring=(end,)), "expiry").points for end in ends]
    assert points[0] > points[1] > points[2] == 0


def test_every_rule_names_topics_events_and_words_that_exist() -> None:
    for one in signal_table().signals:
        assert one.source in ("told", "calls", "expiring", "surge") and one.weight > 0 and one.full > 0
        for rule in (*one.asked, *one.against):
            assert rule.topics <= taxonomy().topics.keys() and rule.events <= taxonomy().events.keys()
    assert sorted(signal_table().belief) == [1, 2, 3, 4, 5, 6]


def test_the_order_in_which_sentences_come_changes_nothing() -> None:
    views = (change(), change("淘宝不再推荐韵达。"), told("淘宝拖欠运费。", topic="payment_behaviour"))
    assert len({repr(combined(*order)) for order in permutations(views)}) == 1


def test_the_manual_shows_each_signal_with_its_weight_and_half_life() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "battlecard.md").read_text("utf-8")
    for one in signal_table().signals:
        assert f"| {one.label} | {one.weight:g} | {one.half_life:g} days |" in manual


def test_no_signal_looks_back_further_than_a_year() -> None:
    asked = [rule for one in signal_table().signals for rule in (*one.asked, *one.against)]
    assert max(rule.within or 1000 for rule in asked) == 365


# ---- surges

WINDOW = Window(recent=30, history=180, minimum=2, times=2.0)
LONG_AGO = TODAY - timedelta(days=300)


def couriers(*views: EvidenceView, since: date | None = LONG_AGO) -> list[str]:
    return [one.courier for one in surges(views, since, TODAY, WINDOW)]


def test_more_complaints_than_usual_on_one_courier_are_a_surge_and_say_so() -> None:
    history = told("淘宝的旧事。", days=300)
    one = signal(combined(complaint(1), complaint(5), complaint(100), history), "surge")
    assert one.notes == ("韵达 × 淘宝：近 30 天 2 篇独立报道，此前平均每 30 天 0.2 篇",)
    assert len(one.evidence) == 2 and one.points > 0


def test_as_many_complaints_as_ever_are_no_surge() -> None:
    assert couriers(complaint(1), complaint(5), *(complaint(day) for day in range(31, 210, 15))) == []


def test_one_complaint_is_no_surge() -> None:
    assert couriers(complaint(1)) == []


def test_copies_of_one_complaint_are_no_surge() -> None:
    one = complaint(1, story=500)
    assert couriers(one, one._replace(article=501), one._replace(article=502)) == []


def test_an_old_story_told_again_is_no_new_complaint() -> None:
    again = complaint(2, story=510, reliability="A")
    assert couriers(complaint(1), complaint(40, story=510), again) == []


def test_without_a_history_nothing_can_be_called_more_than_usual() -> None:
    assert couriers(complaint(1), complaint(5), since=TODAY - timedelta(days=40)) == []
    assert couriers(complaint(1), complaint(5), since=None) == []


def test_complaints_are_counted_for_each_courier_apart() -> None:
    assert couriers(complaint(1), complaint(2, parties=("jt",)), complaint(3, parties=("jt",))) == ["jt"]


def test_what_came_after_the_day_is_not_counted() -> None:
    assert couriers(complaint(1), complaint(-3)) == []


# ---- the command

QUOTE = "淘宝停用[b]韵达[/b]，商家改发中通。"


@pytest.fixture
def known(kept: Kept) -> Kept:
    kept.store.add_page(page())
    made = reading("淘宝", QUOTE, topic="switching_intent", phrase=QUOTE)
    finding = replace(made.findings[0], stance="raises", event=None)
    kept.store.keep([(1, replace(made, findings=(finding,), events=()))])
    return kept


def ran(known: Kept, *words: str) -> str:
    app = typer.Typer()
    app.command()(signals_command.signals_command)
    settings = Settings(database_url=known.url)
    result = CliRunner().invoke(app, words, obj=settings, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_explains_a_client_s_score_with_quotes(known: Kept) -> None:
    shown = ran(known, "淘宝", "--as-of", str(DAY))
    assert "/ 100" in shown and "推断" in shown and f"“{QUOTE}”" in shown
    assert "weight × strength × age × agreement" in shown


def test_the_command_lists_all_clients_with_unknown_for_those_it_knows_nothing_of(known: Kept) -> None:
    lines = {line.split()[0]: line.split()[1] for line in ran(known, "--as-of", str(DAY)).splitlines()[1:]}
    assert lines["唯品会"] == "未知" and float(lines["淘宝"]) > 0
    assert not {"顺丰", "极兔"} & lines.keys()


def test_before_a_report_was_published_it_is_not_known(known: Kept) -> None:
    before = json.loads(ran(known, "淘宝", "--json", "--as-of", str(NOON.date() - timedelta(days=1))))
    assert before["score"] is None
    assert json.loads(ran(known, "淘宝", "--json", "--as-of", str(NOON.date())))["score"] > 0


def test_the_command_refuses_a_courier(known: Kept) -> None:
    with pytest.raises(WrongRole, match="no client"):
        ran(known, "极兔")


def test_the_command_refuses_what_is_no_day(known: Kept) -> None:
    with pytest.raises(AssertionError, match="does not match the format"):
        ran(known, "淘宝", "--as-of", "gestern")
