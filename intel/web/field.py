"""Field reports: a form that works on a phone, what was reported, and what is to be followed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel

from intel import reader
from intel.api import Principal
from intel.api.access import Reader, Reporter, require_account
from intel.config import CHINA
from intel.field import FieldReports
from intel.field_form import BadReport, form, reported
from intel.model import Account, FieldReport
from intel.tasks import TaskState
from intel.users import Scope
from intel.web.accounts import known, names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.questions_view import question_texts
from intel.web.site import Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FieldView:
    """Reports with those whose follow-up is due."""

    reports: Sequence[FieldReport]
    due: bool
    today: date
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class FormView:
    """The form, as it was filled in so far; `wrong` says what to mend."""

    accounts: Sequence[Account]
    ways: Sequence[str]
    filled: dict[str, str]
    task: int
    question: str
    wrong: str
    today: date


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report."""

    report: FieldReport
    name: str
    today: date


@router.get("/field")
def listed(asked: Asked, who: Reader, due: bool = False) -> Response:
    """The reports, newest first, or those to be followed up."""
    today = asked.desk.today()
    reports = FieldReports(asked.desk.reading.engine).listed(due=today if due else None)
    seen = [one for one in reports if who.may_see(one.account)]
    return asked.show("field.html.jinja", FieldView(seen, due, today, names(asked)), who)


@router.get("/field/new")
def new(asked: Asked, who: Reporter, account: str = "", task: int = 0) -> Response:
    """The form of a report."""
    chosen = known(asked, who, account).id if account else ""
    return asked.show("field_form.html.jinja", _form(asked, who, {"account": chosen}, task), who)


class Entries(BaseModel):
    """The form as it was sent."""

    account: str = ""
    happened_on: str = ""
    way: str = ""
    place: str = ""
    points: str = ""
    ideas: str = ""
    next_step: str = ""
    follow_up_on: str = ""
    reliability: str = ""
    task: int = 0


@router.post("/field")
def enter(asked: Asked, who: Reporter, sent: Annotated[Entries, Form()]) -> Response:
    """Keep a report and read it at once; a task that it was made for is done."""
    entries = sent.model_dump(exclude={"task"})
    now = asked.desk.now().astimezone(CHINA)
    try:
        entries["account"] = known(asked, who, sent.account).id if sent.account else ""
        report = reported({**entries, "author": who.user}, now)
    except BadReport as error:
        view = _form(asked, who, entries, sent.task, str(error))
        return asked.show("field_form.html.jinja", view, who, 422)
    workspace = asked.desk.workspace
    kept, page = workspace.store.enter_report(report, now)
    reader.read_one(workspace.store, workspace.query.watched(), page)
    if sent.task and who.may(Scope.WORK):
        task = workspace.files.task_under_way(sent.task)
        require_account(who, task.account)
        note = asked.words.say("task_by_report", number=kept.id)
        workspace.files.close(task.id, TaskState.DONE, note, who.user, asked.desk.today())
    return done(f"/field/{kept.id}", "reported")


@router.get("/field/{number}")
def one(number: int, asked: Asked, who: Reader) -> Response:
    """A report."""
    report = FieldReports(asked.desk.reading.engine).report(number)
    require_account(who, report.account)
    view = ReportView(report, names(asked).get(report.account, report.account), asked.desk.today())
    return asked.show("field_report.html.jinja", view, who)


@router.post("/field/{number}/done")
def followed_up(number: int, asked: Asked, who: Reporter) -> Response:
    """Keep that a report was followed up."""
    require_account(who, FieldReports(asked.desk.reading.engine).report(number).account)
    asked.desk.workspace.store.follow_up(number, asked.desk.today())
    return done(f"/field/{number}", "followed_up")


def _form(asked: Visit, who: Principal, filled: dict[str, str], task: int, wrong: str = "") -> FormView:
    watched = asked.desk.reading.query.watched()
    told = ""
    if task:
        work = asked.desk.reading.files.task_under_way(task)
        require_account(who, work.account)
        told = question_texts(asked.words, [work], {one.id: one for one in watched})[
            work.account, work.question
        ]
    return FormView(
        accounts=[one for one in watched if who.may_see(one.id)],
        ways=list(form().ways),
        filled=filled,
        task=task,
        question=told,
        wrong=wrong,
        today=asked.desk.today(),
    )
