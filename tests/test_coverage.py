"""What is known of a question: its state, its score, and the verdict over all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from intel.config import CHINA
from intel.coverage import ENOUGH, Answer, State, coverage
from intel.questions import Question, all_questions
from intel.taxonomy import taxonomy
from intel.verdict import verdict
from intel.views import FindingView
from tests.making import found

DAY = date(2026, 11, 20)
QUESTION = next(one for one in all_questions() if one.id == "payment_behaviour.punctual")


def told(days_ago: int = 1, **changes: object) -> FindingView:
    at = datetime(2026, 11, 20, 9, tzinfo=CHINA) - timedelta(days=days_ago)
    plain = {"topic": "payment_behaviour", "event": None, "problem": "", "stance": "dissatisfied"}
    return found(**{**plain, "dated_at": at, "credibility": 3, **changes})


def answer(*findings: FindingView, day: date = DAY) -> Answer:
    [only] = coverage([QUESTION], findings, day)
    return only


def test_a_question_that_nothing_answers_is_unknown() -> None:
    assert answer().state is State.UNKNOWN
    assert answer(told(topic="order_cycle")).score == 0


def test_one_report_is_a_single_source_and_its_copies_do_not_change_that() -> None:
    one = answer(told(story=1))
    copied = answer(told(story=1), told(story=1, owner="another"), told(story=1, owner="third"))
    assert one.state is copied.state is State.SINGLE_SOURCE
    assert one.score == copied.score == 0.6 and len(copied.findings) == 1
    assert not one.answered and "只有" in one.why


def test_two_stories_of_one_owner_are_still_one_source() -> None:
    assert answer(told(story=1), told(story=2)).state is State.SINGLE_SOURCE


def test_independent_stories_corroborate_each_other() -> None:
    two = answer(told(story=1), told(story=2, owner="another"))
    assert two.state is State.CORROBORATED and two.score == 0.84 and two.answered


def test_one_source_of_the_best_kind_is_enough() -> None:
    sure = answer(told(credibility=2, reliability="A"))
    assert sure.state is State.SINGLE_SOURCE and sure.answered


def test_reports_that_nobody_believes_do_not_answer_however_many_they_are() -> None:
    rumours = [told(story=n, owner=str(n), credibility=5) for n in range(5)]
    assert answer(*rumours).state is State.CORROBORATED and not answer(*rumours).answered


def test_disputed_reports_contradict_unless_the_others_outweigh_them() -> None:
    disputed = told(story=1, disputed=True)
    others = [told(story=n, owner=str(n)) for n in range(2, 6)]
    assert answer(disputed, others[0]).state is State.CONTRADICTED
    assert not answer(disputed, others[0]).answered
    assert answer(disputed, *others).state is State.CORROBORATED


def test_reports_that_are_hardly_certain_corroborate_nothing_and_the_reason_says_so() -> None:
    sure, unsure = told(story=1), told(story=2, owner="another", certainty=0.28, credibility=4)
    third = replace(unsure, story=3, owner="third")
    one = answer(sure, unsure, third)
    assert one.state is State.SINGLE_SOURCE and not one.answered
    assert one.why.endswith("；另有 2 篇读得没有把握") and len(one.findings) == 3
    none = answer(unsure, third)
    assert none.state is State.SINGLE_SOURCE and none.why.endswith("；2 篇报道都读得没有把握，请核对原文")
    assert answer(sure, replace(unsure, certainty=0.3)).state is State.CORROBORATED
    denied = answer(sure, replace(unsure, disputed=True))
    assert denied.state is State.SINGLE_SOURCE and denied.score == 0.6


def test_of_a_story_the_surer_reading_answers() -> None:
    sure, unsure = told(story=1), told(story=1, certainty=0.28, credibility=2, reliability="A")
    assert answer(unsure, sure).findings == (sure,)


def test_the_verdict_says_that_a_report_read_with_little_certainty_may_be_confirmed() -> None:
    lack, other = (verdict([answer(told(certainty=certainty))], {}).lacks[0] for certainty in (0.28, 0.31))
    assert "intel review confirm" in lack.step and "intel review confirm" not in other.step


def test_what_is_older_than_its_freshness_is_stale_and_fresh_word_makes_it_good_again() -> None:
    old = told(days_ago=QUESTION.fresh + 1)
    stale = answer(old, told(days_ago=QUESTION.fresh + 9, owner="another", story=2))
    assert stale.state is State.STALE and 0 < stale.score < ENOUGH and not stale.answered
    assert answer(replace(old, dated_at=old.dated_at + timedelta(days=1))).state is State.SINGLE_SOURCE


def test_what_was_published_after_the_day_is_not_known_on_it() -> None:
    finding = told(days_ago=0)
    assert answer(finding).state is State.SINGLE_SOURCE
    assert answer(finding, day=DAY - timedelta(days=1)).state is State.UNKNOWN


@given(st.permutations([told(story=n, owner=str(n % 3), disputed=n == 4) for n in range(6)]))
def test_the_order_of_reading_does_not_matter(findings: list[FindingView]) -> None:
    assert answer(*findings) == answer(*sorted(findings, key=lambda one: one.id))


# The verdict


def answered(question: Question, score: float = 0.9) -> Answer:
    return Answer(question, State.CORROBORATED, score, "", ())


def test_enough_is_known_when_every_must_have_question_is_answered() -> None:
    given_answers = [answered(one) for one in all_questions()]
    decided = verdict(given_answers, taxonomy().criteria)
    assert decided.sufficient and not decided.lacks and "信息足够" in decided.sentence


def test_one_must_have_question_without_an_answer_is_enough_for_not_yet() -> None:
    must = [one.id for one in all_questions() if one.must]
    given_answers = [
        Answer(one, State.SINGLE_SOURCE, 0.6, "只有一家", ()) if one.id == must[3] else answered(one)
        for one in all_questions()
    ]
    decided = verdict(given_answers, taxonomy().criteria, client="淘宝")
    [lack] = decided.lacks
    assert not decided.sufficient and lack.question == must[3]
    assert "再有一家" in lack.step and "{" not in lack.text
    assert f"{len(must)} 个必答问题中 1 个" in decided.sentence


def test_a_nice_to_have_question_does_not_hold_the_verdict_up() -> None:
    given_answers = [
        answered(one) if one.must else Answer(one, State.UNKNOWN, 0.0, "", ()) for one in all_questions()
    ]
    assert verdict(given_answers, taxonomy().criteria).sufficient


def test_a_criterion_that_rests_on_nothing_can_be_judged_by_our_own_people() -> None:
    given_answers = [answered(one) for one in all_questions() if "capability" not in one.criteria]
    decided = verdict(given_answers, taxonomy().criteria)
    assert [lack.criterion for lack in decided.lacks] == ["capability"]
    assert verdict(given_answers, taxonomy().criteria, judged={"capability"}).sufficient
