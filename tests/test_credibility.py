"""A finding is believed for who else tells it; copies are nobody, denials and age count against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intel.credibility import (
    CONFIRMED,
    DOUBTFUL,
    IMPROBABLE,
    POSSIBLE,
    PROBABLE,
    UNJUDGED,
    Credibility,
    Denial,
    Statement,
    rate,
)
from tests.making import NOON

ONE = Statement(
    1, "carrier_problems", "service_disruption", "", ("yunda",), "disruption", 1, "甲报", "B", NOON
)
NOW = NOON + timedelta(days=10)


def rated(*others: Statement, denials: tuple[Denial, ...] = (), one: Statement = ONE) -> Credibility:
    return rate([one, *others], denials, NOW)[one.id]


def other(**changes: object) -> Statement:
    return replace(ONE, **{"id": 2, "story": 2, "owner": "乙报", **changes})  # type: ignore[arg-type]


def test_another_owner_s_story_of_the_same_event_confirms() -> None:
    found = rated(other())
    assert found.grade == CONFIRMED and "乙报" in found.why


def test_a_copy_of_the_report_is_no_witness() -> None:
    assert rated(other(story=1)).grade == POSSIBLE


def test_another_story_of_the_same_owner_is_no_witness() -> None:
    assert rated(other(owner="甲报")).grade == POSSIBLE


def test_one_witness_makes_what_a_weak_source_says_probable_and_two_confirm_it() -> None:
    weak = replace(ONE, reliability="D")
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
    found = rated(one=replace(ONE, reliability=reliability))
    assert found.grade == grade and reliability in found.why


def test_a_denial_makes_it_improbable_and_with_witnesses_doubtful() -> None:
    denial = (Denial("service_disruption", frozenset({"yunda"}), 9, "韵达", NOON + timedelta(days=1)),)
    assert rated(denials=denial).grade == IMPROBABLE
    found = rated(other(), denials=denial)
    assert found.grade == DOUBTFUL and "否认" in found.why


def test_the_contrary_makes_it_doubtful() -> None:
    unhappy = replace(ONE, event=None, stance="dissatisfied")
    found = rated(other(event=None, stance="satisfied"), one=unhappy)
    assert found.grade == DOUBTFUL and "相反" in found.why


def test_two_statements_that_share_only_their_topic_do_not_confirm_each_other() -> None:
    plain = replace(ONE, event=None, problem="", couriers=())
    assert rated(other(event=None, problem="", couriers=()), one=plain).grade == POSSIBLE


def test_the_same_stance_confirms() -> None:
    unhappy = replace(ONE, event=None, problem="", stance="dissatisfied")
    assert rated(other(event=None, problem="", stance="dissatisfied"), one=unhappy).grade == CONFIRMED


def test_what_is_old_is_a_grade_less_sure() -> None:
    old = replace(ONE, dated_at=NOW - timedelta(days=400))
    found = rated(one=old)
    assert found.grade == DOUBTFUL and "400" in found.why
