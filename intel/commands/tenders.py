"""`intel tenders`: the procurement notices that are kept, and the contracts that run out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.commands.options import AsJson
from intel.config import CHINA
from intel.tenders import NoticeView, Tenders

tenders_app = typer.Typer(no_args_is_help=True, help="Procurement notices, and contracts that run out.")

OfAccount = Annotated[
    str | None, typer.Option(help="Only where this account buys or wins: id, name or alias.")
]


NONE = "no notice of the kind was read yet; sources of kind tender bring them: intel collect, then intel read"


@tenders_app.command("list")
def tenders_list(context: typer.Context, account: OfAccount = None, json: AsJson = False) -> None:
    """Every notice, newest first: who buys what, until when, who won."""
    workspace = bootstrap.open_workspace(context.obj)
    chosen = workspace.query.account(account).id if account else None
    views = _tenders(context).notices(chosen)
    if json:
        screen.print_json(views)
        return
    columns = ("published", "kind", "buyer", "project", "deadline", "winners")
    screen.table(columns, [_row(view) for view in views], NONE)


@tenders_app.command("expiring")
def tenders_expiring(
    context: typer.Context,
    account: OfAccount = None,
    within: Annotated[int, typer.Option(min=1, help="Days from today.")] = 180,
    json: AsJson = False,
) -> None:
    """Contracts that end soon, soonest first: when a client's courier is up for choice again."""
    workspace = bootstrap.open_workspace(context.obj)
    chosen = workspace.query.account(account).id if account else None
    today = datetime.now(CHINA).date()
    views = _tenders(context).expiring(today, within, chosen)
    if json:
        screen.print_json(views)
        return
    columns = ("ends", "reckoned", "recurring", "buyer", "with", "project", "quote")
    screen.table(
        columns,
        [
            (
                v.end.isoformat(),
                "estimated" if v.estimated else "written",
                "yes" if v.recurring else "",
                _buyer(v.notice),
                _winners(v.notice),
                _project(v.notice),
                f"{v.quote} {v.place}".strip(),
            )
            for v in views
        ],
        NONE,
    )


def _tenders(context: typer.Context) -> Tenders:
    return Tenders(bootstrap.open_workspace(context.obj).engine)


def _row(view: NoticeView) -> tuple[object, ...]:
    notice = view.notice
    published = notice.published.isoformat() if notice.published else ""
    deadline = notice.deadline.at if notice.deadline else None
    return published, notice.kind.value, _buyer(view), _project(view), deadline, _winners(view)


def _buyer(view: NoticeView) -> str:
    return view.notice.buyer.name if view.notice.buyer else ""


def _project(view: NoticeView) -> str:
    return view.notice.project.text if view.notice.project else view.title


def _winners(view: NoticeView) -> str:
    return "、".join(dict.fromkeys(winner.party.name for winner in view.notice.winners))
