"""Gaps to work: what is not yet known becomes a task for the spiders, then, after dry runs, for a person.

Pure functions: coverage and the tasks there are in, tasks to open and tasks that ended out. A question has
one task at a time. Ways are tried in order (SPIDER_WAYS, then a person); one that came to nothing is not
tried again for `rest` days, and when all have been tried nothing is opened: that is the stop rule. The budget
is how many tasks may be open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from intel.coverage import Answer, State
from intel.questions import Way
from intel.refusal import Refusal

SEARCH, WATCH, REREAD = "search", "watch", "reread"
SPIDER_WAYS = (WATCH, REREAD, SEARCH)


class TaskState(StrEnum):
    """How a task stands. EXPIRED: the spiders tried often enough and found nothing new."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    DROPPED = "dropped"
    EXPIRED = "expired"


UNDER_WAY = frozenset({TaskState.OPEN, TaskState.CLAIMED})


class BadTask(Refusal, ValueError):
    """What cannot be done with a task; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work on one question of one account.

    `way` is search, watch or reread for the spiders, a `Way` for a person. `words` are what to search, the
    addresses to watch, or whom and what to ask. `score` is the answer's when last looked at; `runs` counts
    runs since it last rose. `id` is 0 until kept.
    """

    account: str
    question: str
    way: str
    words: tuple[str, ...]
    score: float
    opened_on: date
    due_on: date | None = None
    state: TaskState = TaskState.OPEN
    runs: int = 0
    by: str = ""
    note: str = ""
    closed_on: date | None = None
    id: int = 0

    @property
    def for_person(self) -> bool:
        """Whether a person has to do it."""
        return self.way not in SPIDER_WAYS

    def closed(self, state: TaskState, day: date, note: str, by: str = "") -> Task:
        """The task as it ended. Raises BadTask."""
        if not note.strip():
            raise BadTask("a task that ends needs a note: what came of it, or why nobody should do it")
        return replace(self, state=state, closed_on=day, note=note, by=by or self.by)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be asked for at once, and when to stop."""

    spiders: int = 12  # tasks open for the spiders, an account
    persons: int = 3  # tasks open for people, an account: an account developer makes two visits a week
    dry_runs: Mapping[str, int] = field(default_factory=lambda: {SEARCH: 3, WATCH: 5, REREAD: 1})
    rest: timedelta = timedelta(days=90)
    term: timedelta = timedelta(days=14)  # a person's time for a task


@dataclass(frozen=True, slots=True)
class Means:
    """What can be tried for one question: search words, addresses, and kept articles (their addresses)."""

    search: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()

    def of(self, way: str) -> tuple[str, ...]:
        """What to do that way; nothing where it cannot be gone."""
        return {SEARCH: self.search, WATCH: self.watch, REREAD: self.reread}[way]


@dataclass(frozen=True, slots=True)
class Worked:
    """What a round really did: the channels whose searches answered, the tasks whose pages were looked at.

    A search that could not be reached has not looked; what is kept is read again in every round.
    """

    searched: frozenset[str] = frozenset()
    rechecked: frozenset[int] = frozenset()

    def on(self, task: Task, channels: Collection[str]) -> bool:
        """Whether the round worked on a task, whose question those channels can answer."""
        if task.way == SEARCH:
            return not self.searched.isdisjoint(channels)
        return task.way == REREAD or task.id in self.rechecked


def gaps(answers: Iterable[Answer]) -> list[Answer]:
    """The questions without an answer to build on, the most pressing first.

    Must-have questions come first; of the others only those of which nothing (or nothing fresh) is known.
    """
    open_answers = [
        answer
        for answer in answers
        if not answer.answered and (answer.question.must or answer.state in (State.UNKNOWN, State.STALE))
    ]
    return sorted(open_answers, key=lambda one: (not one.question.must, one.score))


def opened(
    account: str,
    answers: Iterable[Answer],
    tasks: Sequence[Task],
    means: Callable[[Answer], Means],
    day: date,
    budget: Budget | None = None,
) -> list[Task]:
    """The tasks to open for one account, from its coverage and all the tasks it has and had.

    `means` says what the spiders can do for a question. Only must-have questions go to a person.
    """
    budget = budget or Budget()
    busy = {one.question for one in tasks if one.state in UNDER_WAY}
    left = {
        person: most - sum(1 for one in tasks if one.state in UNDER_WAY and one.for_person is person)
        for person, most in ((False, budget.spiders), (True, budget.persons))
    }
    new: list[Task] = []
    for answer in gaps(answers):
        if answer.question.id in busy:
            continue
        task = _next(answer, tasks, means(answer), day, budget)
        if task is not None and left[task.for_person] > 0:
            left[task.for_person] -= 1
            new.append(replace(task, account=account))
    return new


def _next(answer: Answer, tasks: Iterable[Task], means: Means, day: date, budget: Budget) -> Task | None:
    """The next way to try for a question, of no account yet, or None once all are spent."""
    question = answer.question
    spent = {
        one.way
        for one in tasks
        if one.question == question.id and one.closed_on and day - one.closed_on < budget.rest
    }
    for way in SPIDER_WAYS:
        words = means.of(way)
        if words and way not in spent:
            return Task("", question.id, way, words, answer.score, day)
    if not question.must or question.ask.way in spent:
        return None
    words = (question.ask.whom, question.text)
    return Task("", question.id, question.ask.way, words, answer.score, day, day + budget.term)


def settled(
    answers: Iterable[Answer],
    tasks: Iterable[Task],
    worked: Worked,
    day: date,
    budget: Budget | None = None,
) -> list[Task]:
    """The tasks under way that a round changed: done where the question is answered, expired after dry runs.

    A round in which the answer got better was not dry.
    """
    budget = budget or Budget()
    known = {answer.question.id: answer for answer in answers}
    changed = []
    for task in tasks:
        answer = known.get(task.question)
        if task.state not in UNDER_WAY:
            continue
        if answer is None:
            changed.append(task.closed(TaskState.DROPPED, day, "这个问题不再需要回答"))
        elif answer.answered:
            changed.append(task.closed(TaskState.DONE, day, answer.why))
        elif worked.on(task, answer.question.channels):
            changed.append(_after_run(task, answer, day, budget))
    return changed


def _after_run(task: Task, answer: Answer, day: date, budget: Budget) -> Task:
    if answer.score > task.score:
        return replace(task, runs=0, score=answer.score)
    runs = task.runs + 1
    if runs >= budget.dry_runs[task.way]:
        ended = task.closed(TaskState.EXPIRED, day, f"{runs} 次运行没有新结果")
        return replace(ended, runs=runs)
    return replace(task, runs=runs)


def whom_and_what(task: Task, client: str) -> str:
    """A person's task in words: whom to ask, and what."""
    whom, what = (word.replace("{client}", client) for word in task.words)
    return f"{WAY_LABELS[task.way]}{whom}：{what}"


WAY_LABELS: Mapping[str, str] = {
    SEARCH: "检索",
    WATCH: "复查",
    REREAD: "重读",
    Way.CALL: "致电",
    Way.VISIT: "拜访",
    Way.EXHIBITION: "展会上问",
    Way.OLD_CUSTOMER: "问老客户：",
}
