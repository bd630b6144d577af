"""The account file through its commands: rules, weights, judgements, stages, days gone by."""

from __future__ import annotations

import json

import pytest

from intel.bootstrap import open_workspace
from intel.config import Settings
from tests.conftest import Command
from tests.making import NOON, SOURCES, page, reading
from tests.test_cli import refused


@pytest.fixture
def kept(intel: Command) -> Command:
    """One report on 淘宝's couriers is kept."""
    intel("init")
    store = open_workspace(Settings()).store
    store.load_sources(SOURCES)
    store.add_page(page())
    store.keep([(1, reading())])
    return intel


def answer(kept: Command, question: str, *arguments: str) -> dict[str, object]:
    said = kept("coverage", "淘宝", "--json", *arguments)
    assert said.code == 0, said.err
    found: list[dict[str, object]] = json.loads(said.out)["answers"]
    return next(one for one in found if one["question"] == question)


def test_coverage_says_what_is_known_with_its_quotes_and_that_it_is_not_enough(kept: Command) -> None:
    told = answer(kept, "carrier_problems.what")
    assert told["state"] == "single-source" and told["must"]
    said = kept("coverage", "淘宝", "--quotes", "--months", "2")
    assert (
        "“韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。” —— 2026-11-12 快递观察网（B3）"
        in said.out
    )
    assert "信息不足" in said.out and "{" not in said.out and "2026-09-30" in said.out


def test_as_of_a_day_before_the_report_nothing_was_known(kept: Command) -> None:
    day = f"{NOON:%Y-%m-%d}"
    assert answer(kept, "carrier_problems.what", "--as-of", day)["state"] == "single-source"
    assert answer(kept, "carrier_problems.what", "--as-of", "2026-11-11")["state"] == "unknown"
    assert answer(kept, "carrier_problems.what", "--as-of", "2028-01-01")["state"] == "stale"


def test_the_same_question_asked_twice_gets_the_same_answer(kept: Command) -> None:
    asked = ("coverage", "淘宝", "--json", "--as-of", "2026-11-20")
    assert kept(*asked).out == kept(*asked).out


def test_an_accounts_own_rule_for_a_question_counts_until_it_is_taken_back(kept: Command) -> None:
    question = "carrier_problems.what"
    kept("questions", "set", "淘宝", question, "--nice", "--fresh", "3", "--why", "旺季另算", "--by", "李敏")
    assert not answer(kept, question)["must"] and answer(kept, question)["state"] == "stale"
    assert "李敏: 旺季另算" in kept("questions", "list", "淘宝").out
    kept("questions", "set", "淘宝", question, "--why", "旺季过了", "--by", "李敏")
    assert answer(kept, question)["must"]
    assert refused(kept("questions", "set", "淘宝", "weather.rain", "--why", "x"), "weather.rain")


def test_a_judgement_of_our_own_people_is_shown_with_name_and_reason(kept: Command) -> None:
    given = ("--low", "60", "--high", "80", "--why", "夜班产能已核实", "--by", "李敏", "--on", "2026-11-20")
    assert kept("assess", "judge", "淘宝", "capability", *given).code == 0
    assert "本公司判断 60–80：夜班产能已核实（李敏，2026-11-20）" in kept("assess", "show", "淘宝").out
    assert "夜班产能" not in kept("assess", "show", "淘宝", "--as-of", "2026-11-19").out
    assert refused(kept("assess", "judge", "淘宝", "luck", *given), "luck", "capability")
    assert kept("assess", "judge", "淘宝", "share", "--low", "9", "--high", "1", "--why", "x").code == 2


def test_weights_are_kept_and_may_not_all_be_nothing(kept: Command) -> None:
    for name in ("share", "effort", "deal_risk", "business_value", "payment_risk", "capability"):
        assert kept("assess", "weigh", "淘宝", name, "0").code == 0
    assert kept("assess", "weigh", "淘宝", "difficulty", "0").code == 2
    shown = json.loads(kept("assess", "show", "淘宝", "--json").out)["assessment"]["scores"]
    assert [one["weight"] for one in shown] == [0, 0, 0, 0, 0, 0, 1]


def test_a_development_goes_through_its_stages_to_an_outcome_that_can_be_found(kept: Command) -> None:
    kept(
        "stage", "enter", "淘宝", "gather", "--on", "2026-09-01", "--until", "2026-10-01", "--budget", "5000"
    )
    listed = json.loads(kept("stage", "list", "--json").out)
    assert listed[0]["last"]["stage"] == "gather" and listed[0]["days_over"] > 0
    kept("stage", "enter", "淘宝", "relate", "--on", "2026-10-05", "--spent", "6200")
    assert {"5,000", "6,200", "1,200"} <= set(kept("stage", "list").out.split())
    assert json.loads(kept("stage", "list", "--json").out)[0]["over_budget"] == 1200
    assert refused(kept("stage", "enter", "淘宝", "assess", "--on", "2026-10-01"), "before the last step")
    assert refused(kept("stage", "close", "淘宝", "lost", "--why", " "), "reasons")
    assert kept("stage", "close", "淘宝", "lost", "--why", "账期谈不拢", "--by", "李敏").code == 0
    assert "账期谈不拢" in kept("stage", "list", "--search", "账期").out
    assert refused(kept("stage", "close", "淘宝", "won", "--why", "x"), "no development to end")


def test_a_development_that_begins_anew_has_a_budget_of_its_own(kept: Command) -> None:
    kept("stage", "enter", "淘宝", "select", "--on", "2026-03-01", "--budget", "5000", "--spent", "6000")
    kept("stage", "close", "淘宝", "lost", "--why", "账期谈不拢", "--on", "2026-04-01")
    ended = json.loads(kept("stage", "list", "--json").out)[0]
    assert (ended["budget"], ended["spent"], ended["over_budget"]) == (5000, 6000, 1000)
    kept("stage", "enter", "淘宝", "select", "--on", "2026-09-01")
    begun = json.loads(kept("stage", "list", "--json").out)[0]
    assert (begun["budget"], begun["spent"], begun["over_budget"]) == (None, None, 0)
    kept("stage", "enter", "淘宝", "gather", "--on", "2026-09-20", "--budget", "900")
    assert json.loads(kept("stage", "list", "--json").out)[0]["budget"] == 900


def test_an_ended_development_is_found_by_how_it_ended(kept: Command) -> None:
    kept("stage", "enter", "淘宝", "select", "--on", "2026-03-01")
    assert "淘宝：促成签约，未成" in kept("stage", "close", "淘宝", "lost", "--why", "账期").out
    for words in ("LOST", "未成", "账期"):
        assert "淘宝" in kept("stage", "list", "--search", words).out
    assert "no step tells of '成交'" in kept("stage", "list", "--search", "成交").out


def test_a_task_that_does_not_exist_is_named(kept: Command) -> None:
    assert refused(kept("tasks", "claim", "99"), "no task 99", "intel tasks list")
