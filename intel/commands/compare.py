"""`intel compare` and `intel battlecard`: couriers side by side, and one against ours for a client."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from intel import account_file, battlecard_document, bootstrap, comparison, screen
from intel.brief import FORMATS, Evidence, Format, Lang, Order
from intel.commands.briefings import hand_over, showable
from intel.commands.options import AsJson, AsOf, KnownThen
from intel.comparison import Cell, Comparison
from intel.model import Role
from intel.playing import playing
from intel.refusal import Refusal
from intel.rivals import carded, compared


class SameCompany(Refusal, ValueError):
    """A courier that is to be compared with itself."""


def compare(
    context: typer.Context,
    couriers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COURIER]...", help="Ids, names or aliases; all couriers if none is given."),
    ] = None,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    json: AsJson = False,
) -> None:
    """Couriers side by side: price, volume, growth, complaints, disruptions, capacity, with sources."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    when = as_of.date() if as_of else account_file.today()
    named = (playing(workspace.query.account(name), Role.COMPETITOR) for name in couriers or ())
    chosen = list(dict.fromkeys(named))
    if not chosen:
        chosen = [one for one in workspace.query.watched() if one.role is Role.COMPETITOR]
    made = compared(workspace, chosen, when)
    if json:
        screen.print_json(made)
        return
    _print(made if couriers else _known(made))


def battlecard_command(
    context: typer.Context,
    courier: Annotated[str, typer.Argument(metavar="COURIER", help="Id, name or alias: jt, 极兔.")],
    against: Annotated[
        str | None, typer.Option(metavar="OURS", help="Compare against this courier instead of INTEL_OURS.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="For this client: id, name or alias.")
    ] = None,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.MD,
    lang: Annotated[Lang, typer.Option(help="Of headings; quotes stay as they are.")] = Lang.ZH,
    most: Annotated[int, typer.Option(min=1, help="Quotes of a kind in a cell.")] = battlecard_document.MOST,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.")] = None,
) -> None:
    """A competing courier against ours for a client: SWOT, figures, what it does for it, what to ask."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    showable(form, output)
    query = workspace.query
    rival = playing(query.account(courier), Role.COMPETITOR)
    cast = {"rival": rival, "ours": query.account(against or workspace.settings.ours)}
    if cast["rival"] == cast["ours"]:
        raise SameCompany(
            f"{cast['rival'].name} against itself; name another courier, or ours with --against or INTEL_OURS"
        )
    if client is not None:
        cast["client"] = playing(query.account(client), Role.CLIENT)
    card = carded(workspace, cast, as_of.date() if as_of else account_file.today())
    order = Order(
        written_at=datetime.now(UTC),
        lang=lang,
        most=None if FORMATS[form].whole else most,
        demo=workspace.settings.demo,
    )
    hand_over(battlecard_document.card_document(card, order), form, output)


def _known(made: Comparison) -> Comparison:
    """The comparison without the couriers of which nothing is known."""
    known = {cell.courier for line in made.lines for cell in line.cells if cell.value is not None}
    return comparison.only(made, known)


def _print(made: Comparison) -> None:
    """A row a courier with numbers of its sources, then those; ≠ marks a value that sources contradict."""
    notes: list[Evidence] = []
    rows = [
        (
            made.names[courier],
            *(_shown(made.cell(line.id, courier), line.period, notes) for line in made.lines),
        )
        for courier in made.couriers
    ]
    screen.table(("courier", *(line.label for line in made.lines)), rows)
    compared = "；".join(f"{line.label} {line.period}" for line in made.lines if line.period)
    screen.out.print(f"\n* 期间不同，不可直接比较。比较的期间：{compared}", markup=False)
    for number, one in enumerate(notes, 1):
        quote = " ".join(one.quote.split())
        screen.out.print(f"[bold]{escape(f'[{number}]')}[/] {one.day} “{escape(quote)}”")
        screen.out.print(
            f"    {escape(one.source)} ({one.reliability}{one.credibility}: {escape(one.why)}) {one.url}",
            style="dim",
        )


def _shown(cell: Cell, period: str, notes: list[Evidence]) -> str:
    if cell.value is None:
        return cell.shown
    notes.append(cell.evidence[0])
    shown = f"{cell.shown} [{len(notes)}]"
    for other in cell.differing:
        notes.append(other.evidence)
        shown += f" ≠ {other.shown} [{len(notes)}]"
    return shown if cell.period == period else f"{shown} *{cell.period}"
