"""A finding is believed for who else tells it; copies are nobody, denials and age count against it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.credibility import (
    CONFIRMED,
    DOUBTFUL,
    IMPROBABLE,
    POSSIBLE,
    PROBABLE,
    UNJUDGED,
    UNSURE,
    Credibility,
    Denial,
    rate,
)
from intel.witnesses import NEAR, SURE_ENOUGH, Statement
from tests.making import NOON

ONE = Statement(
    1, "carrier_problems", "service_disruption", "", ("yunda",), "disruption", 1, "甲报", "B", NOON
)
NOW = NOON + timedelta(days=10)


def rated(*others: Statement, denials: tuple[Denial, ...] = (), one: Statement = ONE) -> Credibility:
    return rate([one, *others], denials, NOW)[one.id]


def other(**changes: object) -> Statement:
    return ONE._replace(**{"id": 2, "story": 2, "owner": "乙报", **changes})  # type: ignore[arg-type]


def test_another_owner_s_story_of_the_same_event_confirms() -> None:
    found = rated(other())
    assert found.grade == CONFIRMED and "乙报" in found.why


def test_who_says_that_nothing_changes_is_not_denied_by_a_denial_of_the_change() -> None:
    keeps = ONE._replace(topic="switching_intent", event="carrier_change", problem="", stance="lowers")
    denial = (Denial("carrier_change", frozenset({"yunda"}), keeps.story, keeps.owner, NOON),)
    assert rated(one=keeps, denials=denial) == rated(one=keeps)
    assert rated(one=keeps._replace(stance="raises"), denials=denial).grade == IMPROBABLE


def test_a_copy_of_the_report_is_no_witness() -> None:
    assert rated(other(story=1)).grade == POSSIBLE


def test_another_story_of_the_same_owner_is_no_witness() -> None:
    assert rated(other(owner="甲报")).grade == POSSIBLE


def test_one_witness_makes_what_a_weak_source_says_probable_and_two_confirm_it() -> None:
    weak = ONE._replace(reliability="D")
    assert rated(other(), one=weak).grade == PROBABLE
    assert rated(other(), other(id=3, story=3, owner="丙报"), one=weak).grade == CONFIRMED


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": "resources"},
        {"event": "price_change"},
        {"couriers": ("zto",)},
        {"dated_at": NOON - timedelta(days=90)},
    ],
)
def test_what_tells_of_something_else_is_no_witness(changes: dict[str, object]) -> None:
    assert rated(other(**changes)).grade == POSSIBLE


@pytest.mark.parametrize(
    ("reliability", "grade"),
    [("A", PROBABLE), ("B", POSSIBLE), ("C", POSSIBLE), ("D", DOUBTFUL), ("F", UNJUDGED)],
)
def test_alone_a_finding_is_worth_what_its_source_is(reliability: str, grade: int) -> None:
    found = rated(one=ONE._replace(reliability=reliability))
    assert found.grade == grade and reliability in found.why


def test_that_something_did_not_go_wrong_in_a_season_denies_no_season() -> None:
    season = ONE._replace(event="peak_season", problem="", couriers=())
    calm = (Denial("peak_season", frozenset(), 9, "财经快讯社", NOON),)
    assert rated(one=season, denials=calm) == rated(one=season)


def test_a_denial_makes_it_improbable_and_with_witnesses_doubtful() -> None:
    denial = (Denial("service_disruption", frozenset({"yunda"}), 9, "韵达", NOON + timedelta(days=1)),)
    assert rated(denials=denial).grade == IMPROBABLE
    found = rated(other(), denials=denial)
    assert found.grade == DOUBTFUL and "否认" in found.why


def test_what_is_hardly_certain_is_doubtful_alone_and_nobody_s_witness() -> None:
    unsure = {"certainty": SURE_ENOUGH - 0.01}
    alone = rated(one=ONE._replace(**unsure))  # type: ignore[arg-type]
    assert alone.grade == DOUBTFUL and UNSURE in alone.why and not alone.disputed
    assert rated(other(**unsure)) == rated()
    beside = rated(other(), one=ONE._replace(**unsure))  # type: ignore[arg-type]
    assert beside.grade == PROBABLE and UNSURE in beside.why
    assert rated(other(certainty=SURE_ENOUGH)).grade == CONFIRMED


def test_the_contrary_makes_it_doubtful() -> None:
    unhappy = ONE._replace(event=None, stance="dissatisfied")
    found = rated(other(event=None, stance="satisfied"), one=unhappy)
    assert found.grade == DOUBTFUL and "相反" in found.why


def test_two_statements_that_share_only_their_topic_do_not_confirm_each_other() -> None:
    plain = ONE._replace(event=None, problem="", couriers=())
    assert rated(other(event=None, problem="", couriers=()), one=plain).grade == POSSIBLE


def test_the_same_stance_confirms() -> None:
    unhappy = ONE._replace(event=None, problem="", stance="dissatisfied")
    assert rated(other(event=None, problem="", stance="dissatisfied"), one=unhappy).grade == CONFIRMED


def test_what_is_old_is_a_grade_less_sure() -> None:
    old = ONE._replace(dated_at=NOW - timedelta(days=400))
    found = rated(one=old)
    assert found.grade == DOUBTFUL and "400" in found.why


# ---- the same as comparing each finding with each other one


def agrees(one: Statement, other: Statement) -> bool:
    if one.stance and other.stance == OPPOSITE.get(one.stance):
        return False
    if one.event or other.event:
        return one.event == other.event and overlap(one, other)
    if one.problem and one.problem == other.problem:
        return bool(set(one.couriers) & set(other.couriers))
    return bool(one.stance) and one.stance == other.stance and overlap(one, other)


def overlap(one: Statement, other: Statement) -> bool:
    return not one.couriers or not other.couriers or bool(set(one.couriers) & set(other.couriers))


def told_alike(one: Statement, every: list[Statement]) -> set[str]:
    return {
        other.owner
        for other in every
        if other.story != one.story and other.owner != one.owner and agrees(one, other)
        if not other.hardly_certain
        if other.topic == one.topic and abs(other.dated_at - one.dated_at) <= NEAR
    }


OPPOSITE = {"raises": "lowers", "lowers": "raises"}
STATEMENTS = st.lists(
    st.builds(
        Statement,
        id=st.integers(),
        topic=st.sampled_from(["carrier_problems", "switching_intent"]),
        event=st.sampled_from([None, "penalty", "closure"]),
        stance=st.sampled_from(["", "raises", "lowers"]),
        couriers=st.sampled_from([(), ("sf",), ("yto",), ("sf", "yto")]),
        problem=st.sampled_from(["", "delay", "lost"]),
        story=st.integers(1, 6),
        owner=st.sampled_from(["甲", "乙", "丙", "丁", "戊"]),
        reliability=st.just("C"),
        dated_at=st.sampled_from([NOON + timedelta(days=day) for day in (0, 1, 44, 45, 46, 90, 91)]),
        confirmed=st.just(False),
        certainty=st.sampled_from([1.0, SURE_ENOUGH, SURE_ENOUGH - 0.01]),
    ),
    max_size=25,
    unique_by=lambda one: one.id,
)


@given(STATEMENTS)
def test_the_witnesses_are_those_that_comparing_all_pairs_finds(every: list[Statement]) -> None:
    rated = rate(every, (), NOON + timedelta(days=100))
    for one in every:
        witnesses, why = sorted(told_alike(one, every)), rated[one.id].why
        named = "、".join(witnesses[:3]) + ("等" if len(witnesses) > 3 else "")
        expected = f"另有 {len(witnesses)} 家独立来源印证（{named}）" if witnesses else "仅此一家"
        assert why.startswith(expected)
        opposite = [
            other._replace(stance=one.stance)
            for other in every
            if one.stance and other.stance == OPPOSITE[one.stance]
        ]
        alike = [other._replace(event=None, problem="") for other in opposite]
        contrary = sorted(told_alike(one._replace(event=None, problem=""), alike))
        assert (f"另有相反说法（{'、'.join(contrary)}）" in why) is bool(contrary)


@given(STATEMENTS)
def test_those_wanted_are_rated_as_among_all(every: list[Statement]) -> None:
    all_rated, wanted = rate(every, (), NOW), {one.id for one in every[:3]}
    assert rate(every, (), NOW, wanted) == {number: all_rated[number] for number in wanted}
