"""`intel coverage`, `gaps` and `questions`: what is known of an account, what is not, what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from intel import account_file, bootstrap, screen, tasks
from intel.account_file import AccountFile
from intel.bootstrap import Workspace
from intel.commands.options import AccountName, AsJson, AsOf, By, KnownThen
from intel.coverage import STATE_LABELS, Answer, State, counts
from intel.query import unknown
from intel.questions import Override, questions_of
from intel.tasks import Task
from intel.views import FindingView

questions_app = typer.Typer(
    no_args_is_help=True, help="The key questions, and an account's own rules for them."
)


def coverage(
    context: typer.Context,
    name: AccountName,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    months: Annotated[
        int, typer.Option("--months", min=0, help="Month ends before that day, as counts.")
    ] = 0,
    quotes: Annotated[bool, typer.Option("--quotes", help="Show the quotes behind each answer.")] = False,
    json: AsJson = False,
) -> None:
    """What is known of each key question about an account, and whether that is enough to value it."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    account = workspace.query.account(name)
    day = as_of.date() if as_of else account_file.today()
    file = account_file.account_file(workspace, account, day)
    history = account_file.over_time(workspace, account, day, months) if months else []
    if json:
        screen.print_json(
            {
                **_shown(file),
                "over_time": [{"day": end, "states": counts(answers)} for end, answers in history],
            }
        )
        return
    screen.out.print(f"{account.name} · {day:%Y-%m-%d}", style="bold")
    _matrix(file, workspace, quotes)
    if history:
        _history(history)
    show_verdict(file)


def _shown(file: AccountFile) -> dict[str, object]:
    return {
        "account": file.account.id,
        "day": file.day,
        "answers": [
            {
                "question": one.question.id,
                "text": one.question.put_to(file.account),
                "must": one.question.must,
                "state": one.state,
                "score": one.score,
                "answered": one.answered,
                "why": one.why,
                "findings": one.findings,
            }
            for one in file.answers
        ],
        "verdict": file.verdict,
    }


def _matrix(file: AccountFile, workspace: Workspace, quotes: bool) -> None:
    labels = workspace.query.labels("topics")
    columns = ("question", "must", "state", "score", "reports", "newest", "why")
    for topic in dict.fromkeys(one.question.topic for one in file.answers):
        screen.out.print(f"\n{labels.get(topic, topic)}", style="bold", markup=False)
        mine = [one for one in file.answers if one.question.topic == topic]
        screen.table(columns, [_row(one, file) for one in mine])
        for answer in mine if quotes else ():
            screen.out.print(f"  {answer.question.put_to(file.account)}", markup=False)
            for finding in answer.findings[:5]:
                screen.out.print(f"    {cited(finding)}", markup=False)


def _row(answer: Answer, file: AccountFile) -> Sequence[object]:
    return (
        answer.question.put_to(file.account),
        "●" if answer.question.must else "",
        STATE_LABELS[answer.state],
        f"{answer.score:.2f}",
        len(answer.findings),
        answer.newest,
        answer.why,
    )


def cited(finding: FindingView) -> str:
    """A quote with its day, source and rating, on one line."""
    quote = " ".join(finding.quote.split())
    day = screen.shown(finding.dated_at)[:10]
    rating = f"{finding.reliability}{finding.credibility}"
    return f"“{quote}” —— {day} {finding.source_label}（{rating}）{finding.url}"


def _history(history: Sequence[tuple[object, Sequence[Answer]]]) -> None:
    screen.out.print()
    columns = ("day", *(STATE_LABELS[state] for state in State))
    screen.table(columns, [(end, *counts(answers).values()) for end, answers in history])


def show_verdict(file: AccountFile) -> None:
    """The verdict, and what would change it."""
    screen.out.print(f"\n{file.verdict.sentence}", style="bold", markup=False)
    for lack in file.verdict.lacks:
        step = screen.hinting(lack.step)
        screen.out.print(f"- {lack.text}：{lack.why}。{step}", markup=False)


def gaps(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Only of this account.")] = None,
    json: AsJson = False,
) -> None:
    """What is not known yet, the most pressing first, and what is being done about it."""
    workspace = bootstrap.open_workspace(context.obj)
    chosen = [workspace.query.account(name)] if name else account_file.clients(workspace)
    day = account_file.today()
    rows = [(account, *gap) for account in chosen for gap in account_file.gaps(workspace, account, day)]
    rows.sort(key=lambda row: (not row[1].question.must, row[1].score))
    if json:
        screen.print_json(
            [
                {
                    "account": account.id,
                    "question": answer.question.id,
                    "text": answer.question.put_to(account),
                    "must": answer.question.must,
                    "state": answer.state,
                    "score": answer.score,
                    "task": task,
                }
                for account, answer, task in rows
            ]
        )
        return
    columns = ("account", "question", "must", "state", "score", "under way")
    screen.table(
        columns,
        [
            (
                account.name,
                answer.question.put_to(account),
                "●" if answer.question.must else "",
                STATE_LABELS[answer.state],
                f"{answer.score:.2f}",
                _under_way(task),
            )
            for account, answer, task in rows
        ],
    )
    if not rows:
        screen.out.print("no gaps: every must-have question is answered")


def _under_way(task: Task | None) -> str:
    if task is None:
        return ""
    by = f"，{task.by}" if task.by else ""
    return f"#{task.id} {tasks.WAY_LABELS[task.way].rstrip('：')}{by}"


@questions_app.command("list")
def questions_list(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="As asked of this account.")] = None,
    json: AsJson = False,
) -> None:
    """The key questions with their freshness, and what answers them."""
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name) if name else account_file.clients(workspace)[0]
    rules = workspace.files.overrides(account.id) if name else ()
    asked = questions_of(account, rules)
    if json:
        screen.print_json([one.model_dump() for one in asked])
        return
    columns = ("question", "must", "fresh", "text", "channels")
    screen.table(
        columns,
        [
            (
                one.id,
                "●" if one.must else "",
                one.fresh,
                one.put_to(account) if name else one.text.replace("{client}", "客户"),
                " ".join(one.channels),
            )
            for one in asked
        ],
    )
    for rule in rules:
        what = ", ".join(_differing(rule)) or "as the table has it"
        screen.out.print(f"{rule.question}: {what} ({rule.by}: {rule.why})", markup=False)


def _differing(rule: Override) -> Iterator[str]:
    if rule.skipped:
        yield "not asked"
    if rule.must is not None:
        yield "must-have" if rule.must else "nice to have"
    if rule.fresh is not None:
        yield f"fresh for {rule.fresh} days"


@questions_app.command("set")
def questions_set(
    context: typer.Context,
    name: AccountName,
    question: Annotated[str, typer.Argument(help="Its id, such as payment_behaviour.period.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the rule.")],
    by: By,
    must: Annotated[bool | None, typer.Option("--must/--nice", help="Must-have or nice to have.")] = None,
    fresh: Annotated[int | None, typer.Option(min=1, help="Days after which an answer is stale.")] = None,
    skip: Annotated[bool, typer.Option("--skip", help="Do not ask it of this account.")] = False,
) -> None:
    """Give an account its own rule for a question; without --must, --nice, --fresh or --skip the table's."""
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name)
    known = [one.id for one in questions_of(account)]
    if question not in known:
        raise unknown("question", question, known, known)
    rule = Override(account.id, question, must, fresh, skip, by, why)
    workspace.files.set_override(rule, datetime.now(UTC))
    screen.out.print(f"{question} of {account.name}: kept", markup=False)
