"""The account file's own tables, read and written: questions' rules, weights, judgements, tasks, stages.

Every public method is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.assessment import Judgement, checked
from intel.db import AccountRow, read_only
from intel.file_tables import JudgementRow, QuestionRuleRow, StageRow, TaskRow, WeightRow
from intel.questions import Override
from intel.refusal import Refusal
from intel.stages import Outcome, Stage, Step, following
from intel.tasks import UNDER_WAY, Task, TaskState


class NoTask(Refusal, LookupError):
    """A task number that does not exist or is not under way; the message says which."""


class TaskEnded(NoTask):
    """A task that is not under way any more; the message says since when."""


class FileStore:
    """Reads and writes of one database's account files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    # Questions

    def overrides(self, account: str, until: datetime | None = None) -> tuple[Override, ...]:
        """The account's own rules for questions, by question: those that held at a moment, or hold now."""
        with Session(self._reading) as session:
            last = {row.question: row for row in _decided(session, QuestionRuleRow, account, until)}
        found = (
            Override(row.account_id, row.question, row.must, row.fresh, row.skipped, row.by, row.why)
            for _, row in sorted(last.items())
        )
        return tuple(rule for rule in found if rule.differs)

    def set_override(self, rule: Override, at: datetime) -> None:
        """Keep a rule, which holds from a moment on; one that changes nothing ends the one before."""
        row = QuestionRuleRow(
            account_id=rule.account,
            question=rule.question,
            must=rule.must,
            fresh=rule.fresh,
            skipped=rule.skipped,
            by=rule.by,
            why=rule.why,
            at=at,
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)

    # Assessment

    def weights(self, account: str, until: datetime | None = None) -> dict[str, float]:
        """The account's own weights by criterion, at a moment or now; any other criterion weighs 1."""
        with Session(self._reading) as session:
            return {row.criterion: row.weight for row in _decided(session, WeightRow, account, until)}

    def set_weight(self, account: str, criterion: str, weight: float, by: str, at: datetime) -> None:
        """Keep a weight, which counts from a moment on."""
        row = WeightRow(account_id=account, criterion=criterion, weight=weight, by=by, at=at)
        with Session(self._engine) as session, session.begin():
            session.add(row)

    def judgements(self, account: str) -> tuple[Judgement, ...]:
        """All judgements on an account, in the order they were made."""
        query = select(JudgementRow).where(JudgementRow.account_id == account).order_by(JudgementRow.id)
        with Session(self._reading) as session:
            return tuple(
                Judgement(row.criterion, row.low, row.high, row.why, row.by, row.day)
                for row in session.scalars(query)
            )

    def add_judgement(self, account: str, made: Judgement) -> None:
        """Keep a judgement beside those before. Raises BadJudgement."""
        checked(made)
        with Session(self._engine) as session, session.begin():
            session.add(
                JudgementRow(
                    account_id=account,
                    criterion=made.criterion,
                    low=made.low,
                    high=made.high,
                    why=made.why,
                    by=made.by,
                    day=made.day,
                )
            )

    # Tasks

    def tasks(self, account: str | None = None, *, under_way: bool = False) -> tuple[Task, ...]:
        """The tasks of an account, or of all, in the order they were opened."""
        query = select(TaskRow).order_by(TaskRow.id)
        if account is not None:
            query = query.where(TaskRow.account_id == account)
        if under_way:
            query = query.where(TaskRow.state.in_(UNDER_WAY))
        with Session(self._reading) as session:
            return tuple(_task(row) for row in session.scalars(query))

    def keep_tasks(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Add the tasks that have no number, bring the others up to date; gives them back with numbers."""
        with Session(self._engine) as session, session.begin():
            return tuple(_put(session, task) for task in tasks)

    def task(self, number: int) -> Task | None:
        """The task of that number, if there is one."""
        with Session(self._reading) as session:
            row = session.get(TaskRow, number)
            return _task(row) if row is not None else None

    def claim(self, number: int, by: str) -> Task:
        """Give a task to somebody. Raises NoTask."""
        return self._change(number, lambda task: replace(task, state=TaskState.CLAIMED, by=by))

    def close(self, number: int, state: TaskState, note: str, by: str, day: date) -> Task:
        """End a task. Raises NoTask, BadTask."""
        return self._change(number, lambda task: task.closed(state, day, note, by))

    def _change(self, number: int, change: Callable[[Task], Task]) -> Task:
        """Look at a task and change it; of two who do so at once, the second sees what the first did."""
        with Session(self._engine) as session, session.begin():
            row = session.get(TaskRow, number, with_for_update=True)
            return _put(session, change(_under_way(row, number)))

    # Stages

    def steps(self, account: str | None = None) -> Sequence[Step]:
        """The steps of an account, or of all, in the order they were made."""
        with Session(self._reading) as session:
            return _steps(session, account)

    def add_step(self, step: Step) -> Step:
        """Keep a step after those before, if it may follow them. Raises BadStep, NotInOrder."""
        with Session(self._engine) as session, session.begin():
            # Of two who enter a step at once, the second sees the step of the first.
            session.get_one(AccountRow, step.account, with_for_update=True)
            following(_steps(session, step.account), step)
            session.add(
                StageRow(
                    account_id=step.account,
                    stage=step.stage.value,
                    entered_on=step.entered_on,
                    planned_until=step.planned_until,
                    budget=step.budget,
                    spent=step.spent,
                    outcome=step.outcome.value if step.outcome else "",
                    reasons=step.reasons,
                    by=step.by,
                )
            )
        return step


Decided = TypeVar("Decided", QuestionRuleRow, WeightRow)


def _decided(
    session: Session, table: type[Decided], account: str, until: datetime | None
) -> Sequence[Decided]:
    """What was decided of an account until a moment, or until now, the last word last."""
    query = select(table).where(table.account_id == account).order_by(table.id)
    if until is not None:
        query = query.where(table.at <= until)
    return session.scalars(query).all()


_TASK_COLUMNS = (
    "question",
    "way",
    "state",
    "score",
    "runs",
    "opened_on",
    "due_on",
    "closed_on",
    "by",
    "note",
)


def _task(row: TaskRow) -> Task:
    return Task(
        account=row.account_id,
        question=row.question,
        way=row.way,
        words=tuple(row.words),
        score=row.score,
        opened_on=row.opened_on,
        due_on=row.due_on,
        state=TaskState(row.state),
        runs=row.runs,
        by=row.by,
        note=row.note,
        closed_on=row.closed_on,
        id=row.id,
    )


def _under_way(row: TaskRow | None, number: int) -> Task:
    if row is None:
        raise NoTask(f"no task {number}; see: intel tasks list")
    return under_way(_task(row))


def under_way(task: Task) -> Task:
    """The task, if it has not ended. Raises TaskEnded."""
    if task.state not in UNDER_WAY:
        raise TaskEnded(f"task {task.id} has ended: {task.state} on {task.closed_on}")
    return task


def _put(session: Session, task: Task) -> Task:
    row = session.get_one(TaskRow, task.id) if task.id else TaskRow(account_id=task.account)
    for name in _TASK_COLUMNS:
        setattr(row, name, getattr(task, name))
    row.words = list(task.words)
    session.add(row)
    session.flush()
    return _task(row)


def _steps(session: Session, account: str | None) -> list[Step]:
    query = select(StageRow).order_by(StageRow.id)
    if account is not None:
        query = query.where(StageRow.account_id == account)
    return [_step(row) for row in session.scalars(query)]


def _step(row: StageRow) -> Step:
    return Step(
        account=row.account_id,
        stage=Stage(row.stage),
        entered_on=row.entered_on,
        planned_until=row.planned_until,
        budget=row.budget,
        spent=row.spent,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reasons=row.reasons,
        by=row.by,
    )
