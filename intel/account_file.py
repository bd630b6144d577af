"""One account's file as it stands on a day: coverage, verdict, assessment, gaps and their tasks.

Reads the workspace and calls the pure steps (coverage, verdict, assessment, tasks). `work_gaps` is what a
round of collecting ends with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from intel import assessment, tasks
from intel.assessment import Assessment
from intel.bootstrap import Workspace
from intel.config import CHINA
from intel.coverage import Answer, State, coverage
from intel.days import end_of
from intel.model import Account, Role, RunState, Source, SourceRun
from intel.query import LOOKED_AT
from intel.questions import Question, questions_of
from intel.tasks import Means, Task, Worked
from intel.taxonomy import taxonomy
from intel.verdict import Verdict, verdict
from intel.views import FindingFilter, FindingView

COURIERS_COMPARED = "competitor_landscape"
SEARCHES = "search"
RECHECK = "recheck-"  # and the task's number: the name of a source that watches pages for a task
# Owners of these channels keep their pages up to date; a news report stays as it was.
_CHANGING = frozenset({"platform", "competitor"})
_MOST_REREAD = 20  # articles of one task
_WELL = frozenset({RunState.OK, RunState.EMPTY, RunState.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class AccountFile:
    """All that is worked out of an account on a day, and the findings it rests on."""

    account: Account
    day: date
    answers: tuple[Answer, ...]
    verdict: Verdict
    assessment: Assessment
    findings: tuple[FindingView, ...] = ()

    @property
    def whole_since(self) -> date | None:
        """The day after which no finding is left out; None where none is at all."""
        told: dict[tuple[bool, str], list[datetime]] = {}
        for one in self.findings:
            told.setdefault((one.account == self.account.id, one.topic), []).append(one.dated_at)
        cut = [min(moments) for moments in told.values() if len(moments) >= LOOKED_AT]
        return max(cut).astimezone(CHINA).date() if cut else None


@dataclass(frozen=True, slots=True)
class WorkedGaps:
    """What a round did for the gaps: tasks that were answered, given up and opened."""

    answered: tuple[Task, ...]
    given_up: tuple[Task, ...]
    opened: tuple[Task, ...]


def today() -> date:
    """The day it is in China."""
    return datetime.now(CHINA).date()


def account_file(workspace: Workspace, account: Account, day: date) -> AccountFile:
    """The file of an account at the end of a day, from what was published until then."""
    found = evidence(workspace, account, day)
    answers = answers_of(workspace, account, found, day)
    judgements = [one for one in workspace.files.judgements(account.id) if one.day <= day]
    judged = {one.criterion for one in judgements}
    decided = verdict(answers, taxonomy().criteria, judged, account.name)
    weights = workspace.files.weights(account.id, end_of(day))
    value = assessment.assess(found, decided, day, weights, judgements)
    return AccountFile(account, day, answers, decided, value, tuple(found))


def answers_of(
    workspace: Workspace, account: Account, found: Sequence[FindingView], day: date
) -> tuple[Answer, ...]:
    """The coverage of an account on a day."""
    questions = questions_of(account, workspace.files.overrides(account.id, end_of(day)))
    return coverage(questions, found, day)


def evidence(workspace: Workspace, account: Account, day: date) -> Sequence[FindingView]:
    """The findings that bear on an account until the end of a day: of each topic the newest LOOKED_AT.

    A topic is read whole where that leaves one of its questions without any answer.
    """
    with workspace.gone_back(day) as then:
        return _evidence(then, account, day)


def _evidence(workspace: Workspace, account: Account, day: date) -> Sequence[FindingView]:
    newest = FindingFilter(as_of=end_of(day), newest=LOOKED_AT)
    asked = questions_of(account, workspace.files.overrides(account.id, end_of(day)))
    # Of how couriers compare nothing older than what answers a question; its ratings rest on all accounts.
    fresh = max((one.fresh for one in asked if one.topic == COURIERS_COMPARED), default=0)
    lately = replace(newest, since=day - timedelta(fresh))
    found = [
        *workspace.query.findings(account.id, newest),
        *couriers_beside(workspace, account, lately),
    ]
    for topic in _unanswered(asked, found):
        whole = replace(newest, topic=topic, newest=None)
        found = [one for one in found if one.topic != topic]
        found += workspace.query.findings(account.id, whole)
        found += couriers_beside(workspace, account, whole) if topic == COURIERS_COMPARED else ()
    return found


def _unanswered(asked: Iterable[Question], found: Iterable[FindingView]) -> Sequence[str]:
    """The topics of the questions that no finding answers, where there may be more findings than these."""
    told: dict[str, list[FindingView]] = {}
    for one in found:
        told.setdefault(one.topic, []).append(one)
    unanswered = {
        one.topic
        for one in asked
        if (one.topic == COURIERS_COMPARED or len(told.get(one.topic, ())) >= LOOKED_AT)
        and not any(map(one.answered_by, told.get(one.topic, ())))
    }
    return sorted(unanswered)


def couriers_beside(workspace: Workspace, account: Account, chosen: FindingFilter) -> Sequence[FindingView]:
    """How couriers compare, by the reports that name a client; nothing for other accounts."""
    if account.role is not Role.CLIENT:
        return ()
    return workspace.query.beside(account.id, replace(chosen, topic=COURIERS_COMPARED))


def gaps(workspace: Workspace, account: Account, day: date) -> list[tuple[Answer, Task | None]]:
    """What is not known of an account on a day, the most pressing first, each with the work on it."""
    answers = answers_of(workspace, account, evidence(workspace, account, day), day)
    under_way = {one.question: one for one in workspace.files.tasks(account.id, under_way=True)}
    return [(one, under_way.get(one.question.id)) for one in tasks.gaps(answers)]


def over_time(
    workspace: Workspace, account: Account, day: date, months: int
) -> list[tuple[date, tuple[Answer, ...]]]:
    """The coverage at the end of each of so many months before the day, and on the day itself."""
    ends = [day]
    for _ in range(months):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return [
        (end, answers_of(workspace, account, evidence(workspace, account, end), end))
        for end in reversed(ends)
    ]


# Tasks


def clients(workspace: Workspace) -> list[Account]:
    """The accounts that are wanted as clients."""
    return [account for account in workspace.query.watched() if account.role is Role.CLIENT]


def work_gaps(
    workspace: Workspace, sources: Sequence[Source], runs: Iterable[SourceRun], day: date
) -> WorkedGaps:
    """End the tasks that the round answered or tried in vain, and open those for the gaps that are left."""
    worked = worked_on(runs, sources)
    settled: list[Task] = []
    opened: list[Task] = []
    for account in clients(workspace):
        answers = answers_of(workspace, account, evidence(workspace, account, day), day)
        under_way = workspace.files.tasks(account.id, under_way=True)
        settled += workspace.files.keep_tasks(tasks.settled(answers, under_way, worked, day))
        known = workspace.files.tasks(account.id)
        means = partial(_means, workspace, account, sources)
        opened += workspace.files.keep_tasks(tasks.opened(account.id, answers, known, means, day))
    return WorkedGaps(
        tuple(one for one in settled if one.state is tasks.TaskState.DONE),
        tuple(one for one in settled if one.state is tasks.TaskState.EXPIRED),
        tuple(opened),
    )


def worked_on(runs: Iterable[SourceRun], sources: Iterable[Source]) -> Worked:
    """What a round did for tasks, by how its sources ended."""
    well = {run.source for run in runs if run.state in _WELL}
    return Worked(
        searched=frozenset(one.channel for one in sources if one.kind == SEARCHES and one.name in well),
        rechecked=frozenset(
            int(name.removeprefix(RECHECK).partition("-")[0]) for name in well if name.startswith(RECHECK)
        ),
    )


def _means(workspace: Workspace, account: Account, sources: Iterable[Source], answer: Answer) -> Means:
    """What the spiders can try for a question."""
    question = answer.question
    suited = any(one.enabled and one.kind == SEARCHES and one.channel in question.channels for one in sources)
    watched = dict.fromkeys(
        one.url.partition("#")[0]
        for one in answer.findings
        if answer.state is State.STALE and one.channel in _CHANGING and one.url.startswith("http")
    )
    return Means(
        search=question.search if suited else (),
        watch=tuple(watched)[:3],
        reread=workspace.query.silent_articles(account.id, question.topic, question.search, _MOST_REREAD),
    )


def rechecks(under_way: Iterable[Task], workspace: Workspace) -> list[Source]:
    """A source for each page that a task watches again: the source it came from, for this one page."""
    origins = workspace.query.origins(
        {url for task in under_way if task.way == tasks.WATCH for url in task.words}
    )
    return [
        replace(
            origin,
            name=f"{RECHECK}{task.id}-{number}",
            kind="watch",
            url=url,
            enabled=True,
            expected_minimum=1,
            options={},
        )
        for task in under_way
        if task.way == tasks.WATCH
        for number, url in enumerate(task.words, 1)
        if (origin := origins.get(url)) is not None
    ]


def words_of_tasks(
    answers: Iterable[Answer], under_way: Iterable[Task], channel: str, turn: int
) -> tuple[str, ...]:
    """The words of an account's open searches that a channel can answer, another first every day."""
    asked = {task.question for task in under_way if task.way == tasks.SEARCH}
    fitting = [
        one.question for one in answers if one.question.id in asked and channel in one.question.channels
    ]
    return _turned(_words(fitting), turn)


def words_of_gaps(answers: Sequence[Answer], turn: int) -> tuple[str, ...]:
    """The words of an account's gaps, another first every day, then those of what is least sure."""
    rest = _words(one.question for one in sorted(answers, key=lambda one: one.score))
    return tuple(dict.fromkeys((*_turned(_words(one.question for one in tasks.gaps(answers)), turn), *rest)))


def _words(questions: Iterable[Question]) -> list[str]:
    return [word for question in questions for word in question.search]


def _turned(words: list[str], turn: int) -> tuple[str, ...]:
    start = turn % len(words) if words else 0
    return tuple(words[start:] + words[:start])
