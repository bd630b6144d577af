"""`intel brief` and `intel briefings`: what is known of accounts, written and delivered."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from intel import bootstrap, gathering, rounds, screen
from intel.brief import FORMATS, Document, Format, Kind, Lang, Order, render
from intel.delivered import DeliveredQuery
from intel.refusal import Refusal

app = typer.Typer(no_args_is_help=True, help="The briefings that were delivered.")


class BadOrder(Refusal, ValueError):
    """A briefing that cannot be ordered so; the message says what would be right."""


def brief(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[ACCOUNT]", help="Id, name or alias: taobao, 淘宝, 手机淘宝; all, if not given."
        ),
    ] = None,
    kind: Annotated[Kind, typer.Option(help="What it is for.")] = Kind.VISIT,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.MD,
    lang: Annotated[Lang, typer.Option(help="Of headings; quotes stay as they are.")] = Lang.ZH,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From this day on.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Only what none delivered of the kind held.")] = False,
    most: Annotated[
        int | None, typer.Option(min=1, help="Quotes of an event type on a topic, or of an account.")
    ] = None,
    charts: Annotated[
        bool | None, typer.Option("--charts/--no-charts", help="With pictures; html and docx have them.")
    ] = None,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Remember it as delivered: what it holds is no longer new.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
) -> None:
    """A briefing: what changed, what to ask, what is known topic by topic, and what is not."""
    workspace = bootstrap.open_workspace(context.obj)
    written = FORMATS[form]
    showable(form, output)
    order = Order(
        written_at=datetime.now(UTC),
        kind=kind,
        lang=lang,
        since=_day(since),
        new=new,
        most=None if written.whole else most or rounds.MOST[kind],
        charts=written.pictures if charts is None else charts,
        demo=workspace.settings.demo,
    )
    accounts = gathering.chosen(workspace, name, kind)
    source = rounds.handed_on(workspace, accounts) if deliver else workspace
    document = rounds.brief(source, accounts, order)
    body = hand_over(document, form, output)
    if deliver:  # what could not be written was not delivered
        rounds.deliver(workspace, document, form, body)


def showable(form: Format, output: Path | None) -> None:
    """Raises BadOrder for a format that a terminal cannot show, if no file is named."""
    if output is None and not FORMATS[form].text and sys.stdout.isatty():
        raise BadOrder(f"{form.value} is no text for a terminal; name a file: --output FILE.{form.value}")


def hand_over(document: Document, form: Format, output: Path | None) -> bytes:
    """Write it to the file, or print it; gives back what was written."""
    body = render(document, form)
    if output is not None:
        screen.out.print(str(rounds.write(output, body)))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    return body


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadOrder(f"no such day {text!r}; write it like 2026-11-20") from None


@app.command("list")
def briefings_list(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Every delivered briefing, the last first."""
    workspace = bootstrap.open_workspace(context.obj)
    views = DeliveredQuery(workspace.engine).listed()
    if json:
        screen.print_json(views)
        return
    columns = ("delivered", "account", "kind", "format", "new", "digest")
    screen.table(
        columns,
        [(v.delivered_at, v.account or "all", v.kind, v.format, v.new, v.digest[:12]) for v in views],
        "no briefing was delivered yet; write and mark one with: intel brief ACCOUNT --deliver",
    )
