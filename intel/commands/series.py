"""`intel series`: the series of statistics there are, and the values of one, listed and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from intel import bootstrap, plot, screen
from intel.bootstrap import Workspace
from intel.commands.options import AsJson
from intel.query import UnknownName, unknown
from intel.series import PointView, SeriesQuery, known
from pipelines.series_rules import rules

app = typer.Typer(no_args_is_help=True, help="Official statistics as series of numbers.")


class Every(StrEnum):
    """Kinds of period, of which only one is drawn at a time."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    SO_FAR = "so-far"


@app.command("list")
def list_series(context: typer.Context, json: AsJson = False) -> None:
    """Every series with how much of it is known, from when to when, and by whom."""
    views = _series(context).listed()
    if json:
        screen.print_json(views)
        return
    columns = ("series", "label", "unit", "points", "subjects", "first", "last", "sources")
    screen.table(
        columns,
        [
            (v.id, v.label, v.unit, v.points, len(v.subjects), v.first, v.last, ", ".join(v.sources))
            for v in views
        ],
    )


@app.command("show")
def show(
    context: typer.Context,
    series: Annotated[str, typer.Argument(metavar="SERIES", help="As `intel series list` names it.")],
    subject: Annotated[
        str | None, typer.Option(help="Only of this account, region, or 全国 for the nation.")
    ] = None,
    every: Annotated[Every | None, typer.Option(help="Only this kind of period.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the points here.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the points here.")] = None,
    json: AsJson = False,
) -> None:
    """The values of a series with growth, source and link; ≠ marks those that sources contradict."""
    workspace = bootstrap.open_workspace(context.obj)
    query, label = _series(context), rules().series[known(series)].label
    points = query.points(series, _subject(workspace, query, series, subject) if subject else None)
    wanted = every.value.replace("-", " ") if every else None
    shown = [point for point in points if wanted is None or plot.span(point.period) == wanted]
    names = {account.id: account.name for account in workspace.query.watched()}
    if csv is not None:
        plot.write_csv(csv, shown)
    if png is not None:
        plot.write_png(png, label, plot.comparable(points, wanted), names)
    if json:
        screen.print_json(shown)
        return
    _print(shown, names)
    for file in filter(None, (csv, png)):
        screen.err.print(f"written: {file}", markup=False)


def _series(context: typer.Context) -> SeriesQuery:
    return SeriesQuery(bootstrap.open_workspace(context.obj).engine)


def _subject(workspace: Workspace, query: SeriesQuery, series: str, name: str) -> str:
    """A subject of the series by its own name or an account's. Raises UnknownName."""
    told = query.subjects(series)
    if name in told:
        return name
    try:
        account = workspace.query.account(name).id
    except UnknownName:
        raise unknown("subject", name, told, told) from None
    if account not in told:
        raise unknown("subject", name, told, told)
    return account


def _print(points: Sequence[PointView], names: Mapping[str, str]) -> None:
    """A table with a bar for each value, as long as its share of the longest of its kind of period."""
    longest: dict[str, float] = {}
    for point in points:
        kind = plot.span(point.period)
        longest[kind] = max(longest.get(kind, 0.0), point.value)
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("subject", "period", "value", "growth", "", "source", "link"):
        right = column in ("value", "growth")
        drawn.add_column(
            column, justify="right" if right else "left", no_wrap=column not in ("source", "link")
        )
    for point in points:
        size = longest[plot.span(point.period)]
        drawn.add_row(
            escape(names.get(point.subject, point.subject)),
            point.period,
            f"{'≠ ' if point.contradicted else ''}{point.shown}",
            "" if point.yoy is None else f"{point.yoy:+g}%",
            plot.bar(point.value / size if size else 0.0),
            escape(f"{point.source_label} ({point.reliability})"),
            point.url,
        )
    screen.out.print(drawn)
    screen.err.print(f"{len(points)} points, {sum(point.contradicted for point in points)} contradicted")
