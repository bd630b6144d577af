"""Gaps, tasks and the plan of an account: what people do next, and that they did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, BeforeValidator

from intel import account_file, tasks
from intel.api import Principal
from intel.api.access import Reader, Worker, require_account
from intel.api.problem import Problem
from intel.assessment import TOP, Judgement
from intel.coverage import Answer
from intel.model import Account
from intel.stages import Development, Outcome, Stage, Step, development, following
from intel.tasks import UNDER_WAY, Task, TaskState
from intel.taxonomy import taxonomy
from intel.web.accounts import known, names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.questions_view import question_texts
from intel.web.reasons import question_text, why
from intel.web.site import Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHOWN_ENDED = 12
# A form sends an empty text for what was left out.
_none = BeforeValidator(lambda value: None if value == "" else value)
Day = Annotated[date | None, _none]
Money = Annotated[float | None, _none]


class Filter(BaseModel):
    """Which tasks to list: of an account, for people or the spiders, only one's own."""

    account: str = ""
    means: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A question without an answer to build on, and the task that works on it."""

    id: str
    text: str
    must: bool
    state: str
    why: str
    task: Task | None


@dataclass(frozen=True, slots=True)
class BoardView:
    """Tasks under way, and the gaps of the chosen account."""

    chosen: Filter
    account: Account | None
    gaps: Sequence[Gap]
    persons: Sequence[Task]
    spiders: Sequence[Task]
    questions: dict[tuple[str, str], str]
    names: dict[str, str]
    clients: Sequence[Account]


@dataclass(frozen=True, slots=True)
class PlanView:
    """Tasks, stage and judgements of an account."""

    account: Account
    under_way: Sequence[Task]
    ended: Sequence[Task]
    questions: dict[tuple[str, str], str]
    development: Development | None
    judgements: Sequence[Judgement]
    stages: Sequence[str]
    outcomes: Sequence[str]
    criteria: Sequence[str]


@router.get("/tasks")
def board(asked: Asked, who: Reader, chosen: Annotated[Filter, Query()]) -> Response:
    """Gaps and the work on them."""
    reading = asked.desk.reading
    account = known(asked, who, chosen.account) if chosen.account else None
    every = [
        one
        for one in reading.files.tasks(account.id if account else None, under_way=True)
        if who.may_see(one.account) and (not chosen.mine or one.by == who.user)
    ]
    watched = {one.id: one for one in reading.query.watched()}
    view = BoardView(
        chosen=chosen,
        account=account,
        gaps=_gaps(asked, account, every) if account else (),
        persons=[one for one in every if one.for_person and chosen.means != "spiders"],
        spiders=[one for one in every if not one.for_person and chosen.means != "people"],
        questions=question_texts(asked.words, every, watched),
        names=names(asked),
        clients=[one for one in account_file.clients(reading) if who.may_see(one.id)],
    )
    return asked.show("tasks.html.jinja", view, who)


@router.post("/tasks/{number}/claim")
def claim(number: int, asked: Asked, who: Worker, back: Annotated[str, Form()] = "/tasks") -> Response:
    """Take a task."""
    _require_task(asked, who, number)
    asked.desk.workspace.files.claim(number, who.user)
    return done(back, "claimed")


@router.post("/tasks/{number}/close")
def close(
    number: int, asked: Asked, who: Worker, state: Annotated[TaskState, Form()] = TaskState.DONE,
    note: Annotated[str, Form(max_length=500)] = "", back: Annotated[str, Form()] = "/tasks",
) -> Response:  # fmt: skip
    """End a task."""
    _require_task(asked, who, number)
    if state in UNDER_WAY:
        raise Problem(422, state.value)
    asked.desk.workspace.files.close(number, state, note, who.user, asked.desk.today())
    return done(back, "closed")


@router.get("/accounts/{name}/plan")
def plan(name: str, asked: Asked, who: Reader) -> Response:
    """What is planned for an account, and what was done."""
    account, files = known(asked, who, name), asked.desk.reading.files
    every = files.tasks(account.id)
    view = PlanView(
        account=account,
        under_way=[one for one in every if one.state in UNDER_WAY],
        ended=[one for one in every if one.state not in UNDER_WAY][: -SHOWN_ENDED - 1 : -1],
        questions=question_texts(asked.words, every, {account.id: account}),
        development=development(files.steps(account.id), asked.desk.today()),
        judgements=files.judgements(account.id)[::-1],
        stages=[one.value for one in Stage],
        outcomes=[one.value for one in Outcome],
        criteria=list(taxonomy().criteria),
    )
    return asked.show("plan.html.jinja", view, who)


class StageForm(BaseModel):
    """A step of a development."""

    stage: Stage
    planned_until: Day = None
    budget: Money = None
    spent: Money = None
    outcome: Annotated[Outcome | None, _none] = None
    reasons: str = ""


@router.post("/accounts/{name}/stage")
def enter_stage(name: str, asked: Asked, who: Worker, form: Annotated[StageForm, Form()]) -> Response:
    """Keep that an account entered a stage, or that its development ended."""
    account, files = known(asked, who, name), asked.desk.workspace.files
    step = Step(account.id, entered_on=asked.desk.today(), by=who.user, **form.model_dump())
    files.add_step(following(files.steps(account.id), step))
    return done(f"/accounts/{account.id}/plan", "staged")


class JudgementForm(BaseModel):
    """What one of our own people says of a criterion."""

    criterion: str
    low: float
    high: float
    why: str


@router.post("/accounts/{name}/judgements")
def add_judgement(name: str, asked: Asked, who: Worker, form: Annotated[JudgementForm, Form()]) -> Response:
    """Keep a judgement."""
    account = known(asked, who, name)
    right = 0 <= form.low <= form.high <= TOP and form.criterion in taxonomy().criteria and form.why.strip()
    if not right:
        raise Problem(422, "0 ≤ low ≤ high ≤ 100")
    made = Judgement(form.criterion, form.low, form.high, form.why.strip(), who.user, asked.desk.today())
    asked.desk.workspace.files.add_judgement(account.id, made)
    return done(f"/accounts/{account.id}/plan", "judged")


def _gaps(asked: Visit, account: Account, under_way: Sequence[Task]) -> list[Gap]:
    day, reading = asked.desk.today(), asked.desk.reading
    found = account_file.evidence(reading, account, day)
    working = {one.question: one for one in under_way}

    def gap(answer: Answer) -> Gap:
        return Gap(
            id=answer.question.id,
            text=question_text(asked.words, answer, account),
            must=answer.question.must,
            state=answer.state.value,
            why=why(asked.words, answer, day),
            task=working.get(answer.question.id),
        )

    return [gap(one) for one in tasks.gaps(account_file.answers_of(reading, account, found, day))]


def _require_task(asked: Visit, who: Principal, number: int) -> None:
    require_account(who, asked.desk.reading.files.task_under_way(number).account)
