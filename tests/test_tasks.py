"""Gaps become tasks: which way is tried when, what ends a task, and where it stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from intel.coverage import Answer, State
from intel.questions import all_questions
from intel.tasks import REREAD, SEARCH, WATCH, Budget, Means, Task, TaskState, Worked, gaps, opened, settled

DAY = date(2026, 11, 20)
MUST = next(one for one in all_questions() if one.id == "payment_behaviour.punctual")
NICE = next(one for one in all_questions() if one.id == "resources.money")
EVERYTHING = Means(search=("拖欠",), watch=("http://a/1",), reread=("http://a/2",))
SEARCHED = Worked(searched=frozenset(MUST.channels))


def known(state: State, score: float = 0.0, question: object = MUST) -> Answer:
    return Answer(question, state, score, "两家来源", ())  # type: ignore[arg-type]


UNKNOWN = known(State.UNKNOWN)


def open_for(
    answers: list[Answer], tasks: list[Task], means: Means = EVERYTHING, **budget: int
) -> list[Task]:
    return opened("taobao", answers, tasks, lambda answer: means, DAY, Budget(**budget))  # type: ignore[arg-type]


def a_task(way: str = SEARCH, **changes: object) -> Task:
    return replace(Task("taobao", MUST.id, way, ("拖欠",), 0.0, DAY, id=7), **changes)  # type: ignore[arg-type]


def test_must_have_questions_come_first_and_answered_ones_are_no_gap() -> None:
    answers = [
        known(State.UNKNOWN, question=NICE),
        known(State.SINGLE_SOURCE, 0.6),
        known(State.CORROBORATED, 0.9, all_questions()[0]),
        known(State.SINGLE_SOURCE, 0.6, all_questions()[3]),
    ]
    assert [one.question for one in gaps(answers)] == [MUST, NICE]


def test_the_spiders_try_every_way_they_have_before_a_person_is_asked() -> None:
    tried: list[Task] = []
    ways = []
    while new := open_for([UNKNOWN], tried):
        ways.append(new[0].way)
        tried.append(new[0].closed(TaskState.EXPIRED, DAY, "三次没有新结果"))
    assert ways == [WATCH, REREAD, SEARCH, MUST.ask.way]


def test_ways_that_cannot_be_gone_are_left_out() -> None:
    [task] = open_for([UNKNOWN], [], Means())
    assert task.for_person and task.due_on == DAY + timedelta(days=14) and MUST.text in task.words


def test_what_is_only_nice_to_know_is_not_worth_a_persons_time() -> None:
    assert open_for([known(State.UNKNOWN, question=NICE)], [], Means()) == []


def test_a_question_has_one_task_at_a_time() -> None:
    assert open_for([UNKNOWN], [a_task()]) == []
    assert open_for([UNKNOWN], [a_task(state=TaskState.CLAIMED)]) == []


def test_what_came_to_nothing_rests_and_is_tried_again_later() -> None:
    person = a_task(MUST.ask.way).closed(TaskState.DROPPED, DAY - timedelta(days=89), "不在")
    assert open_for([UNKNOWN], [person], Means()) == []
    earlier = replace(person, closed_on=DAY - timedelta(days=90))
    assert len(open_for([UNKNOWN], [earlier], Means())) == 1


def test_the_budget_bounds_what_is_open_for_spiders_and_for_people() -> None:
    answers = [known(State.UNKNOWN, question=one) for one in all_questions() if one.must]
    assert len(open_for(answers, [], spiders=4)) == 4
    assert len(open_for(answers, [], Means(), persons=2)) == 2
    assert len(open_for(answers, [a_task(question="x.y")], spiders=4)) == 3


def test_a_task_is_done_when_its_question_is_answered() -> None:
    [ended] = settled([known(State.CORROBORATED, 0.9)], [a_task()], Worked(), DAY)
    assert ended.state is TaskState.DONE and ended.closed_on == DAY


def test_dry_runs_end_a_search_and_one_that_did_not_run_is_no_dry_run() -> None:
    task = a_task()
    for _ in range(2):
        assert settled([UNKNOWN], [task], Worked(searched=frozenset({"exhibition"})), DAY) == []
        [task] = settled([UNKNOWN], [task], SEARCHED, DAY)
        assert task.state is TaskState.OPEN
    [task] = settled([UNKNOWN], [task], SEARCHED, DAY)
    assert task.state is TaskState.EXPIRED and task.runs == 3


def test_a_run_that_made_the_answer_better_was_not_dry() -> None:
    [task] = settled([known(State.SINGLE_SOURCE, 0.6)], [a_task(runs=2)], SEARCHED, DAY)
    assert (task.state, task.runs, task.score) == (TaskState.OPEN, 0, 0.6)


def test_only_pages_that_were_looked_at_count_as_looked_at() -> None:
    watching = a_task(WATCH)
    assert settled([UNKNOWN], [watching], Worked(rechecked=frozenset({8})), DAY) == []
    [task] = settled([UNKNOWN], [watching], Worked(rechecked=frozenset({7})), DAY)
    assert task.runs == 1


def test_a_persons_task_waits_for_its_person_and_a_question_taken_away_ends_its_task() -> None:
    person = a_task(MUST.ask.way)
    assert settled([UNKNOWN], [person], SEARCHED, DAY) == []
    [dropped] = settled([], [person], SEARCHED, DAY)
    assert dropped.state is TaskState.DROPPED
