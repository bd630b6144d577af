"""The table of key questions, and which findings answer which question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intel.model import Account, Role
from intel.questions import BadQuestions, Override, all_questions, questions_of, read_questions
from intel.taxonomy import taxonomy
from tests.making import found

TAOBAO = Account("taobao", "淘宝", Role.CLIENT)
ZTO = Account("zto", "中通", Role.COMPETITOR)
BY_ID = {one.id: one for one in all_questions()}
ROW = """
[payment_behaviour.period]
text = "{client}的账期多长？"
english = "How long are {client}'s terms?"
fresh = 90
criteria = ["payment_risk"]
words = ["账期"]
channels = ["tender"]
search = ["账期"]
ask = { way = "call", whom = "财务" }
"""


def test_every_topic_has_two_to_five_questions_one_of_them_or_more_for_each_criterion() -> None:
    counts = {topic: sum(one.topic == topic for one in all_questions()) for topic in taxonomy().topics}
    assert all(2 <= count <= 5 for count in counts.values()), counts
    fed = {criterion for one in all_questions() if one.must for criterion in one.criteria}
    assert fed == set(taxonomy().criteria)


def test_every_question_speaks_of_the_client_in_both_languages() -> None:
    for one in all_questions():
        assert one.put_to(TAOBAO) != one.text or "{client}" not in one.text
        assert "{" not in one.put_to(TAOBAO) + one.put_in_english(TAOBAO)
        assert one.english.endswith("?") and one.text.endswith("？")


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        ("potential_demand.volume", {"quote": "淘宝日均发货约4800万单。"}),
        ("potential_demand.volume", {"quote": "Taobao ships 52 million parcels a day."}),
        ("payment_behaviour.period", {"quote": "淘寶給快遞的賬期是月結60天。"}),
        ("carrier_problems.what", {"quote": "韵达爆仓。", "problem": "disruption"}),
        ("switching_intent.wish", {"quote": "打算引入一家。", "stance": "raises"}),
        ("order_cycle.contract", {"quote": "三家中标。", "event": "contract_award"}),
    ],
)
def test_a_finding_answers_by_event_problem_stance_or_word(question: str, changes: dict[str, str]) -> None:
    plain = {"event": None, "problem": "", "stance": ""}
    finding = found(topic=question.partition(".")[0], **{**plain, **changes})
    assert BY_ID[question].answered_by(finding)


def test_a_finding_of_another_topic_or_without_the_figure_asked_for_answers_nothing() -> None:
    volume = BY_ID["potential_demand.volume"]
    finding = found(topic="potential_demand", event=None, quote="淘宝日均发货很多。", stance="", problem="")
    assert not volume.answered_by(finding)
    right = replace(finding, quote="淘宝日均发货4800万单。")
    assert volume.answered_by(right) and not volume.answered_by(replace(right, topic="order_cycle"))


def test_an_account_may_have_rules_of_its_own() -> None:
    rules = [
        Override("taobao", "payment_behaviour.period", must=False, fresh=30),
        Override("taobao", "market_outlook.rules", skipped=True),
        Override("jd", "potential_demand.volume", skipped=True),
    ]
    asked = {one.id: one for one in questions_of(TAOBAO, rules)}
    assert (asked["payment_behaviour.period"].must, asked["payment_behaviour.period"].fresh) == (False, 30)
    assert "market_outlook.rules" not in asked and "potential_demand.volume" in asked
    assert len(asked) == len(questions_of(TAOBAO)) - 1


def test_a_courier_is_asked_only_about_the_topics_that_are_kept_of_couriers() -> None:
    topics = {one.topic for one in questions_of(ZTO)}
    assert "competitor_landscape" in topics and "switching_intent" not in topics


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("fresh = 90", "fresh = 0"), "payment_behaviour.period: fresh"),
        (('"payment_risk"', '"luck"'), "no criterion 'luck'"),
        (('"tender"', '"radio"'), "no channel 'radio'"),
        (("words =", 'events = ["party"]\nwords ='), "no event 'party'"),
        (("words =", 'problems = ["mood"]\nwords ='), "no problem 'mood'"),
        (('"call"', '"spy"'), "payment_behaviour.period: ask.way"),
        (("payment_behaviour", "gossip"), "no topic 'gossip'"),
        (("text =", "texxt ="), "payment_behaviour.period"),
        (("[payment", "payment"), "topics.toml"),
    ],
)
def test_a_question_that_cannot_be_taken_is_named(change: tuple[str, str], complaint: str) -> None:
    assert read_questions(ROW)[0].id == "payment_behaviour.period"
    with pytest.raises(BadQuestions, match=complaint):
        read_questions(ROW.replace(*change))
