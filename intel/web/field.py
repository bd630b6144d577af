"""Field reports: a form that works on a phone, what was reported, and what is to be followed up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from intel.api.access import Reader, Reporter
from intel.api.asked import Number
from intel.api.field_reports import Received, entered
from intel.api.paging import BIGGEST
from intel.api.sight import Sight
from intel.api.tasks import Hand
from intel.field import TEXTS, FieldReports
from intel.field_form import BadReport, form, reported
from intel.file_store import TaskEnded, under_way
from intel.model import Account, FieldReport
from intel.review_rules import Row
from intel.review_views import Reviews
from intel.tasks import Task, TaskState
from intel.users import Scope
from intel.web.accounts import names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.questions_view import question_texts
from intel.web.site import Asked, Visit
from pipelines.field_report import SCHEME

router = APIRouter(route_class=PageRoute, include_in_schema=False)
TaskNumber = Annotated[int, Field(ge=0, le=BIGGEST)]  # of the task that a report is made for, 0 for none


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
    """One report with the findings that were read out of its article; `unread` says why there is none."""

    report: FieldReport
    names: dict[str, str]
    today: date
    unread: str
    article: int
    findings: Sequence[Row]


@router.get("/field")
def listed(asked: Asked, who: Reader, due: bool = False) -> Response:
    """The reports, newest first, or those to be followed up."""
    today = asked.desk.today()
    reports = asked.sight(who).reports(due=today if due else None)
    return asked.show("field.html.jinja", FieldView(reports, due, today, names(asked)), who)


@router.get("/field/new")
def new(asked: Asked, who: Reporter, account: str = "", task: TaskNumber = 0) -> Response:
    """The form of a report."""
    sight = asked.sight(who)
    chosen = sight.account(account).id if account else ""
    view = _form(asked, sight, {"account": chosen}, _task(sight, task))
    return asked.show("field_form.html.jinja", view, who)


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
    task: TaskNumber = 0


@router.post("/field")
def enter(asked: Asked, who: Reporter, sent: Annotated[Entries, Form()]) -> Response:
    """Keep a report and read it at once; a task that it was made for is done.

    All that can be refused is refused before anything is kept.
    """
    sight, entries = asked.sight(who), sent.model_dump(exclude={"task"})
    task = _task(sight, sent.task)
    try:
        entries["account"] = sight.account(sent.account).id if sent.account else ""
        report = reported({**entries, "author": who.user}, asked.desk.now())
        if task is not None and task.account != report.account:
            raise BadReport(f"task {task.id} is on {task.account}, not on {report.account}")
    except BadReport as error:
        view = _form(asked, sight, entries, task, str(error))
        return asked.show("field_form.html.jinja", view, who, 422)
    received = entered(asked.desk, report)
    if task is not None and who.may(Scope.WORK):
        note = asked.words.say("task_by_report", number=received.report.id)
        with suppress(TaskEnded):  # somebody ended it this very moment: the report counts all the same
            Hand(sight, task.id).close(TaskState.DONE, note)
    return done(f"/field/{received.report.id}", _outcome(report, received))


@router.get("/field/{number}")
def one(number: Number, asked: Asked, who: Reader) -> Response:
    """A report, and what was read out of it."""
    report, engine = asked.sight(who).report(number), asked.desk.reading.engine
    unread = FieldReports(engine).unread(number)
    read = None if unread else Reviews(engine).article(f"{SCHEME}{number}")
    kept = [one for one in read.findings if one["state"] == "kept"] if read else []
    view = ReportView(
        report=report,
        names=names(asked),
        today=asked.desk.today(),
        unread=unread,
        article=read.article if read else 0,
        findings=[one for one in kept if who.may_see(one["account_id"])],
    )
    return asked.show("field_report.html.jinja", view, who)


@router.post("/field/{number}/done")
def followed_up(number: Number, asked: Asked, who: Reporter) -> Response:
    """Keep that a report was followed up."""
    asked.desk.workspace.store.follow_up(asked.sight(who).report(number).id, asked.desk.today())
    return done(f"/field/{number}", "followed_up")


def _task(sight: Sight, number: int) -> Task | None:
    """The task that a report is made for. Raises Problem (404), TaskEnded."""
    return under_way(sight.task(number)) if number else None


def _outcome(sent: FieldReport, received: Received) -> str:
    """What reading a report came to, as [done] of messages.toml says it."""
    if received.unread:
        return "reported_unread"
    if any(getattr(sent, name) != getattr(received.report, name) for name in TEXTS):
        return "reported_without"
    return "reported" if received.findings else "reported_nothing"


def _form(asked: Visit, sight: Sight, filled: dict[str, str], task: Task | None, wrong: str = "") -> FormView:
    accounts = sight.accounts()
    told = question_texts(asked.words, [task] if task else (), {one.id: one for one in accounts})
    return FormView(
        accounts=accounts,
        ways=list(form().ways),
        filled=filled,
        task=task.id if task else 0,
        question=next(iter(told.values()), ""),
        wrong=wrong,
        today=asked.desk.today(),
    )
