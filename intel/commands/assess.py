"""`intel assess` and `intel stage`: what an account is worth to us, and how far its development has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from intel import account_file, bootstrap, screen
from intel.account_file import AccountFile
from intel.assessment import SUGGESTION_LABELS, Judgement, Score
from intel.commands.coverage import cited, show_verdict
from intel.commands.options import AccountName, AsJson, AsOf, By, KnownThen
from intel.query import unknown
from intel.stages import (
    OUTCOME_LABELS,
    STAGE_LABELS,
    Development,
    Outcome,
    Stage,
    Step,
    development,
    telling,
)
from intel.taxonomy import taxonomy

assess_app = typer.Typer(no_args_is_help=True, help="The value assessment: criteria A to G as ranges.")
stage_app = typer.Typer(no_args_is_help=True, help="How far the development of an account has come.")

Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today).")]
Criterion = Annotated[str, typer.Argument(help="share, effort, deal_risk, business_value, payment_risk …")]


@assess_app.command("show")
def assess_show(
    context: typer.Context,
    name: AccountName,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    most: Annotated[int, typer.Option(min=0, help="Reasons shown of each criterion.")] = 2,
    json: AsJson = False,
) -> None:
    """The value of an account as a range, what it suggests, and on what evidence."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    account = workspace.query.account(name)
    day = as_of.date() if as_of else account_file.today()
    file = account_file.account_file(workspace, account, day)
    if json:
        screen.print_json(
            {"account": account.id, "day": day, "assessment": file.assessment, "verdict": file.verdict}
        )
        return
    _show(file, most)


def _show(file: AccountFile, most: int) -> None:
    value = file.assessment
    screen.out.print(f"{file.account.name} · {file.day:%Y-%m-%d}", style="bold")
    columns = ("criterion", "weight", "range", "", "reports")
    screen.table(
        columns,
        [
            (one.label, f"{one.weight:.0%}", f"{one.low:.0f}–{one.high:.0f}", _bar(one), len(one.reasons))
            for one in value.scores
        ],
    )
    screen.out.print(f"总分 {value.low:.0f}–{value.high:.0f}（0–100，越高对我方越有利）", style="bold")
    screen.out.print(f"建议：{SUGGESTION_LABELS[value.suggestion]}。{value.why}", markup=False)
    for score in value.scores if most else ():
        screen.out.print(f"\n{score.label}", style="bold", markup=False)
        if score.judgement is not None:
            made = score.judgement
            said = f"本公司判断 {made.low:.0f}–{made.high:.0f}：{made.why}（{made.by}，{made.day}）"
            screen.out.print(f"  {said}", markup=False)
        for reason in score.reasons[:most]:
            screen.out.print(f"  {reason.label} → {reason.value:.0f}：{cited(reason.finding)}", markup=False)
        if not score.reasons and score.judgement is None:
            screen.out.print("  未知", markup=False)
    show_verdict(file)


def _bar(score: Score) -> str:
    """The range drawn on twenty characters."""
    first, last = round(score.low / 5), max(round(score.high / 5), round(score.low / 5) + 1)
    return "·" * first + "█" * (last - first) + "·" * (20 - last)


@assess_app.command("judge")
def assess_judge(
    context: typer.Context,
    name: AccountName,
    criterion: Criterion,
    low: Annotated[float, typer.Option(help="0 to 100, the higher the better for us.")],
    high: Annotated[float, typer.Option(help="0 to 100, not below --low.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept and shown.")],
    by: By,
    on: Day = None,
) -> None:
    """Add our own people's judgement of a criterion, such as our capacity, as a range."""
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name)
    made = Judgement(_criterion(criterion), low, high, why, by, on.date() if on else account_file.today())
    workspace.files.add_judgement(account.id, made)
    screen.out.print(f"{criterion} of {account.name}: {low:g}–{high:g} kept", markup=False)


@assess_app.command("weigh")
def assess_weigh(
    context: typer.Context,
    name: AccountName,
    criterion: Criterion,
    weight: Annotated[
        float, typer.Argument(min=0, help="Beside the others' (1 unless set); 0 leaves it out.")
    ],
    by: By,
) -> None:
    """Set the weight of a criterion for an account."""
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name)
    weights = workspace.files.weights(account.id) | {_criterion(criterion): weight}
    if all(weights.get(one, 1.0) == 0 for one in taxonomy().criteria):
        raise typer.BadParameter("at least one criterion must have a weight above 0", param_hint="WEIGHT")
    workspace.files.set_weight(account.id, criterion, weight, by, datetime.now(UTC))
    screen.out.print(f"{criterion} of {account.name} weighs {weight:g}", markup=False)


def _criterion(name: str) -> str:
    if name not in taxonomy().criteria:
        raise unknown("criterion", name, taxonomy().criteria, taxonomy().criteria)
    return name


@stage_app.command("list")
def stage_list(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="The steps of this account.")
    ] = None,
    text: Annotated[str, typer.Option("--search", help="Only with this in outcome or reasons.")] = "",
    json: AsJson = False,
) -> None:
    """Where each account's development stands; of one account, every step it made."""
    workspace = bootstrap.open_workspace(context.obj)
    day = account_file.today()
    if name or text:
        account = workspace.query.account(name).id if name else None
        steps = list(telling(workspace.files.steps(account), text))
        if json:
            screen.print_json(steps)
            return
        names = {one.id: one.name for one in workspace.query.watched()}
        rows = [_step_row(one, names[one.account]) for one in steps]
        screen.table(_STEP_COLUMNS, rows, f"no step tells of {text!r}" if text else _NO_STEP)
        return
    found = [
        (account, known)
        for account in account_file.clients(workspace)
        if (known := development(workspace.files.steps(account.id), day)) is not None
    ]
    if json:
        screen.print_json([known for _, known in found])
        return
    columns = ("account", "stage", "since", "until", "late", "budget", "spent", "over budget", "outcome")
    screen.table(columns, [(account.name, *_standing(known)) for account, known in found], _NONE_BEGUN)


_NONE_BEGUN = "no development has begun; begin one with: intel stage enter ACCOUNT select"
_NO_STEP = "no development has begun; its first step is entered with: intel stage enter ACCOUNT select"
_STEP_COLUMNS = ("day", "account", "stage", "until", "budget", "spent", "outcome", "reasons", "by")


def _step_row(step: Step, account: str) -> tuple[object, ...]:
    return (
        step.entered_on,
        account,
        STAGE_LABELS[step.stage],
        step.planned_until,
        _yuan(step.budget),
        _yuan(step.spent),
        _outcome(step),
        step.reasons,
        step.by,
    )


def _standing(known: Development) -> tuple[object, ...]:
    last = known.last
    late = f"{known.days_over} 天" if known.days_over else ""
    sums = (_yuan(one) for one in (known.budget, known.spent, known.over_budget or None))
    return (STAGE_LABELS[last.stage], last.entered_on, last.planned_until, late, *sums, _outcome(last))


def _outcome(step: Step) -> str:
    return OUTCOME_LABELS[step.outcome] if step.outcome else ""


def _yuan(amount: float | None) -> str:
    return "" if amount is None else f"{amount:,.0f}"


@stage_app.command("enter")
def stage_enter(
    context: typer.Context,
    name: AccountName,
    stage: Annotated[Stage, typer.Argument(help="The stage that begins.")],
    by: By,
    on: Day = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it is planned to end.")
    ] = None,
    budget: Annotated[float | None, typer.Option(help="For the whole development, in yuan.")] = None,
    spent: Annotated[float | None, typer.Option(help="So far, in yuan.")] = None,
) -> None:
    """Begin a stage of an account's development, with the plan."""
    day = on.date() if on else account_file.today()
    _add(context, name, Step("", stage, day, _day(until), budget, spent, by=by))


@stage_app.command("close")
def stage_close(
    context: typer.Context,
    name: AccountName,
    outcome: Annotated[Outcome, typer.Argument(help="How it ended.")],
    why: Annotated[str, typer.Option("--why", help="The causes: what the next development learns from.")],
    by: By,
    on: Day = None,
    spent: Annotated[float | None, typer.Option(help="In all, in yuan.")] = None,
) -> None:
    """End the development of an account, won or lost, with the reasons."""
    day = on.date() if on else account_file.today()
    _add(context, name, Step("", Stage.CLOSE, day, spent=spent, outcome=outcome, reasons=why, by=by))


def _add(context: typer.Context, name: str, step: Step) -> None:
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name)
    step = workspace.files.add_step(replace(step, account=account.id))
    ended = f"，{_outcome(step)}" if step.outcome else ""
    screen.out.print(f"{account.name}：{STAGE_LABELS[step.stage]}{ended}", markup=False)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
