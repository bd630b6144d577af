"""`intel findings`: what is known of an account."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.commands.options import AccountName, AsJson
from intel.refusal import Refusal
from intel.views import FindingFilter

Since = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From this day on.")]
Until = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Up to and with this day.")]


class NoSuchDay(Refusal, ValueError):
    """A day that is not written as one."""


def findings(
    context: typer.Context,
    name: AccountName,
    since: Since = None,
    until: Until = None,
    event: Annotated[str | None, typer.Option(help="Only findings of this event type.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only findings on this topic.")] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Those that an analyst rejected.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    json: AsJson = False,
) -> None:
    """What is known of an account: quotes, newest first."""
    query = bootstrap.open_workspace(context.obj).query
    account = query.account(name)
    chosen = FindingFilter(
        since=_day(since),
        until=_day(until),
        event=query.known("events", event) if event else None,
        topic=query.known("topics", topic) if topic else None,
        rejected=rejected,
    )
    views = query.findings(account.id, chosen, limit)
    if json:
        screen.print_json(views)
        return
    screen.findings(views)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NoSuchDay(f"no such day {text!r}; write it like 2026-11-20") from None
