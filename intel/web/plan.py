"""Gaps, tasks and the plan of an account: what people do next, and that they did it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field

from intel import account_file
from intel.api.access import Reader, Worker
from intel.api.asked import Day
from intel.api.tasks import AtHand
from intel.assessment import Judgement
from intel.model import Account, Role
from intel.stages import Development, Outcome, Stage, Step, development
from intel.tasks import UNDER_WAY, Task, TaskState
from intel.taxonomy import taxonomy
from intel.web.accounts import names
from intel.web.acts import Back, done
from intel.web.edge import PageRoute
from intel.web.questions_view import question_texts
from intel.web.reasons import question_text, why
from intel.web.site import EMPTY, Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHOWN_ENDED = 12
Money = Annotated[float | None, EMPTY]


class Filter(BaseModel):
    """Which tasks to list: of an account, for people or the spiders, only one's own."""

    account: str = ""
    means: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Gaps:
    """The questions of an account without an answer to build on."""

    account: Account
    gaps: Sequence[Gap]


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
    """Tasks under way; `counts` of spiders' tasks where no account is chosen."""

    chosen: Filter
    persons: Sequence[Task]
    spiders: Sequence[Task]
    counts: Sequence[tuple[str, int]]
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
    sight = asked.sight(who)
    account = sight.account(chosen.account) if chosen.account else None
    under_way = sight.tasks(account.id if account else None, under_way=True)
    every = [one for one in under_way if not chosen.mine or one.by == who.user]
    seen = {one.id: one for one in sight.accounts()}
    spiders = [one for one in every if not one.for_person and chosen.means != "people"]
    view = BoardView(
        chosen=chosen,
        persons=[one for one in every if one.for_person and chosen.means != "spiders"],
        spiders=spiders,
        counts=() if account else Counter(one.account for one in spiders).most_common(),
        questions=question_texts(asked.words, every, seen),
        names=names(asked),
        clients=[one for one in seen.values() if one.role is Role.CLIENT],
    )
    part = b""
    if account:
        part = asked.kept_part("gaps_part.html.jinja", who, [account], lambda: _gaps(asked, account))
    return asked.show("tasks.html.jinja", view, who, part=part)


@router.post("/tasks/{number}/claim")
def claim(hand: AtHand, back: Back = "/tasks") -> Response:
    """Take a task."""
    hand.claim()
    return done(back, "claimed")


@router.post("/tasks/{number}/close")
def close(
    hand: AtHand, state: Annotated[Literal["done", "dropped"], Form()] = "done",
    note: Annotated[str, Form(max_length=500)] = "", back: Back = "/tasks",
) -> Response:  # fmt: skip
    """End a task."""
    hand.close(TaskState(state), note)
    return done(back, "closed")


@router.get("/accounts/{name}/plan")
def plan(name: str, asked: Asked, who: Reader) -> Response:
    """What is planned for an account, and what was done."""
    account, files = asked.sight(who).account(name), asked.desk.reading.files
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
    planned_until: Annotated[Day | None, EMPTY] = None
    budget: Money = None
    spent: Money = None
    outcome: Annotated[Outcome | None, EMPTY] = None
    reasons: str = Field("", max_length=2000)


@router.post("/accounts/{name}/stage")
def enter_stage(name: str, asked: Asked, who: Worker, form: Annotated[StageForm, Form()]) -> Response:
    """Keep that an account entered a stage, or that its development ended."""
    account = asked.sight(who).account(name)
    step = Step(account.id, entered_on=asked.desk.today(), by=who.user, **form.model_dump())
    asked.desk.workspace.files.add_step(step)
    return done(f"/accounts/{account.id}/plan", "staged")


class JudgementForm(BaseModel):
    """What one of our own people says of a criterion."""

    criterion: str
    low: float
    high: float
    why: str = Field(max_length=500)


@router.post("/accounts/{name}/judgements")
def add_judgement(name: str, asked: Asked, who: Worker, form: Annotated[JudgementForm, Form()]) -> Response:
    """Keep a judgement."""
    account = asked.sight(who).account(name)
    made = Judgement(form.criterion, form.low, form.high, form.why.strip(), who.user, asked.desk.today())
    asked.desk.workspace.files.add_judgement(account.id, made)
    return done(f"/accounts/{account.id}/plan", "judged")


def _gaps(asked: Visit, account: Account) -> Gaps:
    day = asked.desk.today()
    gaps = [
        Gap(
            id=answer.question.id,
            text=question_text(asked.words, answer, account),
            must=answer.question.must,
            state=answer.state.value,
            why=why(asked.words, answer, day),
            task=task,
        )
        for answer, task in account_file.gaps(asked.desk.reading, account, day)
    ]
    return Gaps(account, gaps)
