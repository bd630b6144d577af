"""`intel tasks`: the work on gaps, for the spiders and for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from intel import account_file, bootstrap, screen, tasks
from intel.commands.options import AsJson, By
from intel.file_store import FileStore
from intel.model import Account
from intel.questions import all_questions
from intel.tasks import UNDER_WAY, Task, TaskState

tasks_app = typer.Typer(
    no_args_is_help=True, help="The work on what is not known yet, of spiders and people."
)

Number = Annotated[int, typer.Argument(metavar="TASK", help="Its number.")]


@tasks_app.command("list")
def tasks_list(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Only of this account.")] = None,
    person: Annotated[
        bool | None, typer.Option("--person/--spider", help="Only for people, or only for the spiders.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    json: AsJson = False,
) -> None:
    """Tasks under way: what is searched, and whom to ask what."""
    workspace = bootstrap.open_workspace(context.obj)
    account = workspace.query.account(name) if name else None
    chosen = [
        one
        for one in workspace.files.tasks(account.id if account else None)
        if (every or one.state in UNDER_WAY) and person in (None, one.for_person)
    ]
    if json:
        screen.print_json(chosen)
        return
    accounts = {one.id: one for one in workspace.query.watched()}
    columns = ("task", "account", "what", "state", "by", "due", "runs", "note")
    today = account_file.today()
    screen.table(
        columns,
        [
            (
                one.id,
                accounts[one.account].name,
                _what(one, accounts[one.account]),
                one.state,
                one.by,
                f"{one.due_on} 逾期"
                if one.state in UNDER_WAY and one.due_on and one.due_on < today
                else one.due_on,
                one.runs,
                one.note,
            )
            for one in chosen
        ],
        "no such work is under way; what is not known becomes work after a round: intel run",
    )


def _what(task: Task, client: Account) -> str:
    if task.for_person:
        return tasks.whom_and_what(task, client.name)
    what = "、".join(task.words) if task.way == tasks.SEARCH else f"{len(task.words)} 个页面"
    asked = next((one for one in all_questions() if one.id == task.question), None)
    return f"{tasks.WAY_LABELS[task.way]} {what}" + (f"（{asked.put_to(client)}）" if asked else "")


@tasks_app.command("claim")
def tasks_claim(context: typer.Context, number: Number, by: By) -> None:
    """Take a task."""
    _change(context, lambda files: files.claim(number, by))


@tasks_app.command("done")
def tasks_done(
    context: typer.Context,
    number: Number,
    note: Annotated[
        str, typer.Option("--note", help="What came of it; what was learned goes into a field report.")
    ],
    by: By,
) -> None:
    """End a task that was done."""
    _close(context, number, TaskState.DONE, note, by)


@tasks_app.command("drop")
def tasks_drop(
    context: typer.Context,
    number: Number,
    why: Annotated[str, typer.Option("--why", help="Why nobody should do it.")],
    by: By,
) -> None:
    """End a task that will not be done; the question rests for ninety days."""
    _close(context, number, TaskState.DROPPED, why, by)


def _close(context: typer.Context, number: int, state: TaskState, note: str, by: str) -> None:
    _change(context, lambda files: files.close(number, state, note, by, account_file.today()))


def _change(context: typer.Context, change: Callable[[FileStore], Task]) -> None:
    task = change(bootstrap.open_workspace(context.obj).files)
    screen.out.print(f"task {task.id}: {task.state}", markup=False)
