"""`intel field`: reports of contacts with clients, entered, corrected, listed and followed up."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from intel import bootstrap, reader, screen
from intel.bootstrap import Workspace
from intel.commands.options import AsJson
from intel.config import CHINA
from intel.field import FieldReports
from intel.field_form import BadReport, altered, filled, form, reported
from intel.model import FieldReport, KeptPage, NotAnArticle

app = typer.Typer(
    no_args_is_help=True, help="Reports of contacts with clients: what was said, and what next."
)

_SHOWN = 40  # characters of the points in a list

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `intel field list` numbers it.")]
Author = Annotated[
    str, typer.Option(envvar="USER", help="The member of staff who signs; $USER if not given.")
]
Day = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="When it was; today if not given.")]
Way = Annotated[str, typer.Option(help="How: phone, visit, exhibition …, or 电话, 拜访, 展会 …")]
Place = Annotated[str, typer.Option(help="Where.")]
Points = Annotated[str, typer.Option(help="What was said there: read as evidence.")]
Ideas = Annotated[str, typer.Option(help="What you think of it: never read as evidence.")]
NextStep = Annotated[str, typer.Option(help="What you will do next: never read as evidence.")]
FollowUp = Annotated[
    str,
    typer.Option(
        "--follow-up", metavar="YYYY-MM-DD", help="By when to follow up; a week later if not given."
    ),
]
Reliability = Annotated[
    str, typer.Option(help="How far what was said can be trusted, A to F; B if not given.")
]
FormFile = Annotated[Path | None, typer.Option("--form", metavar="FILE", help="A form in Markdown or JSON.")]

_ASKED = {
    "happened_on": "日期 YYYY-MM-DD",
    "way": "方式",
    "place": "地点",
    "points": "要点（对方说了什么）",
    "ideas": "想法",
    "next_step": "下一步",
}


@app.command("add")
def field_add(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Id, name or alias.")] = "",
    author: Author = "",
    happened_on: Day = "",
    way: Way = "",
    place: Place = "",
    points: Points = "",
    ideas: Ideas = "",
    next_step: NextStep = "",
    follow_up_on: FollowUp = "",
    reliability: Reliability = "",
    file: FormFile = None,
    json: AsJson = False,
) -> None:
    """Enter a report from options, from a form, or asked one by one in a terminal; it is read at once."""
    workspace = bootstrap.open_workspace(context.obj)
    given, in_form = _given(context), filled(_text(file)) if file is not None else {}
    if "author" in in_form:
        given.pop("author", None)  # who signed the form, not who types it in
    entries = in_form | given
    if not entries.get("points") and _at_terminal():
        entries |= _asked(entries)
    if account and in_form.get("account"):
        _agree(workspace, account, in_form["account"])
    now = datetime.now(CHINA)
    if entries.get("account"):
        entries["account"] = workspace.query.account(entries["account"]).id
    kept, page = workspace.store.enter_report(reported(entries, now), now)
    _tell(workspace, kept, page, json)


@app.command("edit")
def field_edit(
    context: typer.Context,
    number: Number,
    author: Annotated[str, typer.Option(help="The member of staff who signs.")] = "",
    happened_on: Day = "",
    way: Way = "",
    place: Place = "",
    points: Points = "",
    ideas: Ideas = "",
    next_step: NextStep = "",
    follow_up_on: FollowUp = "",
    reliability: Reliability = "",
    json: AsJson = False,
) -> None:
    """Correct a report: what is given takes the place of what it said, and it is read again."""
    workspace = bootstrap.open_workspace(context.obj)
    given = _given(context)
    if not given:
        raise BadReport("nothing to change: give what the report should say")
    report = altered(FieldReports(workspace.engine).report(number), given)
    kept, page = workspace.store.enter_report(report, datetime.now(CHINA))
    _tell(workspace, kept, page, json)


@app.command("list")
def field_list(
    context: typer.Context,
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Id, name or alias.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Only those to be followed up by today.")] = False,
    json: AsJson = False,
) -> None:
    """The reports, newest first, with what is to be followed up; overdue ones stand out."""
    workspace = bootstrap.open_workspace(context.obj)
    chosen = workspace.query.account(account).id if account else None
    today = datetime.now(CHINA).date()
    reports = FieldReports(workspace.engine).listed(chosen, today if due else None)
    if json:
        screen.print_json([_view(report, today) for report in reports])
        return
    columns = ("id", "follow-up", "account", "day", "way", "place", "author", "points")
    screen.table(
        columns,
        [_row(report, today) for report in reports],
        "no report to show; enter one with: intel field add ACCOUNT --points TEXT",
    )
    overdue = sum(_overdue(report, today) > 0 for report in reports)
    screen.err.print(f"{len(reports)} reports, {overdue} overdue", style="red" if overdue else None)


@app.command("done")
def field_done(
    context: typer.Context,
    number: Number,
    day: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="When; today if not given.")] = "",
    json: AsJson = False,
) -> None:
    """Note that a report was followed up; what came of it is a report of its own."""
    workspace = bootstrap.open_workspace(context.obj)
    report = workspace.store.follow_up(number, _day(day))
    if json:
        screen.print_json(report)
        return
    screen.out.print(f"report {report.id} followed up on {report.followed_up_on}")


def _given(context: typer.Context) -> dict[str, str]:
    """The entries that the command line gave: its options are named as the entries are."""
    given = {entry: context.params.get(entry) for entry in form().entries.values()}
    return {entry: str(value) for entry, value in given.items() if value}


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _asked(entries: Mapping[str, str]) -> dict[str, str]:
    """What a person in front of a terminal answers about the entries that are not given."""
    defaults = {"happened_on": datetime.now(CHINA).date().isoformat(), "way": form().ways["visit"]}
    asked = {} if entries.get("account") else {"account": typer.prompt("客户", err=True)}
    for name, question in _ASKED.items():
        if not entries.get(name):
            optional = defaults.get(name, "" if name != "points" else None)
            asked[name] = typer.prompt(question, default=optional, show_default=bool(optional), err=True)
    return asked


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadReport(f"{file}: not UTF-8; save it as UTF-8") from error


def _agree(workspace: Workspace, account: str, in_form: str) -> None:
    if workspace.query.account(account) != workspace.query.account(in_form):
        raise BadReport(f"the form is about {in_form}, not about {account}")


def _tell(workspace: Workspace, report: FieldReport, page: KeptPage, json: bool) -> None:
    """Read a report that was just kept, and say what it came to."""
    outcome = reader.read_one(workspace.store, workspace.query.watched(), page)
    if isinstance(outcome, NotAnArticle):
        raise BadReport(f"report {report.id} is kept, but cannot be read: {outcome}")
    if json:
        screen.print_json({"report": report, "findings": len(outcome.findings)})
        return
    screen.out.print(
        f"report {report.id}: {len(outcome.findings)} findings; follow up by {report.follow_up_on}",
        markup=False,
    )


def _overdue(report: FieldReport, today: date) -> int:
    """How many days a report's follow-up is late."""
    return (today - report.follow_up_on).days if report.followed_up_on is None else 0


def _view(report: FieldReport, today: date) -> dict[str, object]:
    return asdict(report) | {"overdue_days": max(0, _overdue(report, today))}


def _row(report: FieldReport, today: date) -> Sequence[object]:
    late = _overdue(report, today)
    if report.followed_up_on is not None:
        state = f"done {report.followed_up_on}"
    else:
        state = f"!! {late} days late" if late > 0 else f"by {report.follow_up_on}"
    points = " ".join(report.points.split())
    shown = points[:_SHOWN] + "…" * (len(points) > _SHOWN)
    way = form().ways.get(report.way, report.way)
    return (
        str(report.id), state, report.account, report.happened_on, way, report.place, report.author, shown,
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(CHINA).date()
    except ValueError:
        raise BadReport(f"no such day {text!r}; write it like 2026-11-20") from None
