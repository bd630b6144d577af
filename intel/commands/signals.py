"""`intel signals` and `intel factors`: whether a client may change couriers, and what it decides by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from intel import account_file, bootstrap, screen, signals
from intel.brief import UNKNOWN, Evidence
from intel.commands.options import AsJson, AsOf, KnownThen
from intel.factor_table import confidence_labels
from intel.factors import Factor, FactorRanking
from intel.model import Role
from intel.playing import playing
from intel.rivals import client_material, ranked
from intel.signals import Signal, SwitchingSignals

Most = Annotated[int, typer.Option(min=1, help="Quotes for and against.")]
Name = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, name or alias of a client.")]


def signals_command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[ACCOUNT]", help="A client; all of them if none is given.")
    ] = None,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    most: Most = 3,
    json: AsJson = False,
) -> None:
    """Signals that a client may change couriers, combined to a score that explains itself."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    when = as_of.date() if as_of else account_file.today()
    watched = workspace.query.watched()
    names = {account.id: account.name for account in watched}
    clients = [account for account in watched if account.role is Role.CLIENT]
    chosen = [playing(workspace.query.account(name), Role.CLIENT)] if name else clients
    with workspace.gone_back(when) as then:
        found = [signals.combine(one, client_material(then, one, when), names, when) for one in chosen]
    if json:
        screen.print_json(found[0] if name else found)
    elif name:
        _explain(found[0], most)
    else:
        _overview(found)


def factors_command(
    context: typer.Context,
    name: Name,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    most: Most = 3,
    json: AsJson = False,
) -> None:
    """What a client decides by, ranked as an inference with the evidence for and against."""
    workspace = bootstrap.open_workspace(context.obj).known_then(known_then)
    account = playing(workspace.query.account(name), Role.CLIENT)
    when = as_of.date() if as_of else account_file.today()
    ranking = ranked(workspace, account, when)
    if json:
        screen.print_json(ranking)
        return
    _ranking(ranking, most)


def _overview(found: Sequence[SwitchingSignals]) -> None:
    ordered = sorted(found, key=lambda one: (one.score is None, -(one.score or 0.0), one.account))
    rows = [
        (
            one.name,
            UNKNOWN if one.score is None else f"{one.score:g}",
            one.level,
            "、".join(f"{signal.label} {signal.points:g}" for signal in one.signals[:3] if signal.points),
        )
        for one in ordered
    ]
    screen.table(("client", "score", "level", "strongest signals"), rows)
    screen.err.print(screen.hinting("推断；why: intel signals ACCOUNT"), markup=False)


def _explain(found: SwitchingSignals, most: int) -> None:
    score = UNKNOWN if found.score is None else f"{found.score:g} / 100（{found.level}）"
    screen.out.print(
        f"[bold]{escape(found.name)}[/] 更换快递商的信号：{score} · {found.kind} · 截至 {found.as_of}\n"
    )
    columns = ("signal", "points", "weight", "strength", "age", "agreement", "stories")
    screen.table(columns, [_row(one) for one in found.signals])
    screen.out.print("\npoints = weight × strength × age × agreement", markup=False, style="dim")
    for one in found.signals:
        if one.evidence or one.against:
            notes = f" · {'；'.join(one.notes)}" if one.notes else ""
            screen.out.print(f"\n[bold]{escape(one.label)}[/] {one.points:g}{escape(notes)}")
            _quotes("+", one.evidence, most)
            _quotes("-", one.against, most)


def _row(one: Signal) -> tuple[object, ...]:
    if not one.stories:
        return one.label, UNKNOWN if not one.against else "0", f"{one.weight:g}", "", "", "", one.stories
    told = (f"{part:g}" for part in (one.points, one.weight, one.strength, one.age, one.agreement))
    return one.label, *told, one.stories


def _ranking(found: FactorRanking, most: int) -> None:
    known = "" if found.known else f"：{UNKNOWN}"
    screen.out.print(
        f"[bold]{escape(found.name)}[/] 决策关注因素{known} · {found.kind} · 截至 {found.as_of}\n"
    )
    labels = confidence_labels()
    rows = [
        (one.label, one.place or UNKNOWN, labels.get(one.confidence, ""), one.why) for one in found.factors
    ]
    screen.table(("factor", "place", "confidence", "rests on"), rows)
    if found.orders:
        screen.out.print("\n[bold]说到次序的报道[/]")
    for order in found.orders[:most]:
        mark = "" if order.agrees else "≠ "
        screen.out.print(f"  {mark}{order.told}", markup=False)
        _quotes(" ", (order.evidence,), 1)
    _left(len(found.orders) - most)
    for one in found.factors:
        _factor(one, most)


def _factor(one: Factor, most: int) -> None:
    if one.evidence or one.against:
        screen.out.print(f"\n[bold]{escape(one.label)}[/] 其他提到它的报道")
        _quotes("+", one.evidence, most)
        _quotes("-", one.against, most)


def _quotes(mark: str, quotes: Sequence[Evidence], most: int) -> None:
    for one in quotes[:most]:
        copies = f"；另见 {'、'.join(one.copies)}" if one.copies else ""
        quote = " ".join(one.quote.split())
        screen.out.print(f"  {mark} {one.day} “{quote}”", markup=False)
        screen.out.print(
            f"      {one.source} ({one.reliability}{one.credibility}: {one.why}){copies} {one.url}",
            markup=False,
            style="dim",
        )
    _left(len(quotes) - most, mark)


def _left(count: int, mark: str = " ") -> None:
    if count > 0:
        screen.out.print(f"  {mark} 另有 {count} 条", markup=False)
