"""Numbers in rows and columns to a picture: SVG for pages, PNG for documents.

Texts in the SVG stay text, in the colour of the page around it, so it can be searched and read in the dark;
its ids are made of its title, so that several stand in one page. Nothing is interpreted in a label.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from intel.fonts import chinese_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 5.6  # inches: its text can still be read where a phone shows it 370 pixels wide
ROW = 0.27  # inches of a row of a grid
INK, FAINT = "#4b5563", "#cbd2da"
# Told apart by people with any colour vision (after Okabe and Ito), on light and on dark.
COLOURS = ("#3b78b8", "#e09a2d", "#2f9e7e", "#c4624f", "#9a7bb8", "#6fa8c9", "#8b8f99")


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw: a value for each row and column, None where there is none. `kind` is a key of KINDS."""

    kind: str
    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


def svg(drawing: Drawing) -> str:
    """The picture as an SVG element for a page. Raises NoChineseFont."""
    out = io.StringIO()
    # By its content, so that the same numbers give the same bytes, and no two pictures share an id.
    salt = hashlib.sha256(repr(drawing).encode("utf-8", "replace")).hexdigest()[:8]
    with _style(salt):
        _figure(drawing).savefig(out, format="svg", transparent=True, metadata=dict.fromkeys(_METADATA))
    return _slim(out.getvalue())


def _slim(written: str) -> str:
    """The element alone, scaled by the page, in the page's typeface and colour, without empty groups."""
    element = written[written.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", element, flags=re.S)
    element = re.sub(r'(<(?:g|text)) id="[^"]*"', r"\1", element)
    element = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", element, count=1)
    element = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", element, count=1)
    element = re.sub(r"font-family: [^;\"]*;? ?", "", element).replace(INK, "currentColor")
    element = re.sub(r">\s+<", "><", re.sub(r"\s*\n\s*", " ", element))
    element = re.sub(r"(\d\.\d)\d+(?=[ )\"])", r"\1", element)
    while (less := re.sub(r"<g/>|<g></g>|<text[^>]*/>|<defs></defs>", "", element)) != element:
        element = less
    return element.strip()


_METADATA = ("Creator", "Date", "Format", "Type")


def png(drawing: Drawing) -> bytes:
    """The picture as a PNG of 1120 pixels across. Raises NoChineseFont."""
    out = io.BytesIO()
    with _style(""):
        _figure(drawing).savefig(out, format="png", dpi=200, metadata={"Software": None})
    return out.getvalue()


def _style(salt: str) -> Any:  # matplotlib's context manager has no public type
    import matplotlib as mpl

    # The context copies all settings, deprecated ones too, which warns on some versions: only ours are set.
    return mpl.rc_context(
        {
            "font.family": [chinese_font()],
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": salt,
            "text.color": INK,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "text.parse_math": False,
        }
    )


def _figure(drawing: Drawing) -> Figure:
    from matplotlib.figure import Figure

    tall = len(drawing.rows) * ROW + 0.6 if drawing.kind in ("grid", "matrix") else 2.6
    figure = Figure(figsize=(WIDTH, tall), layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    KINDS[drawing.kind](axes, drawing)
    return figure


def _columns(axes: Axes, drawing: Drawing) -> None:
    """Names of columns, as many as there is room for, upright."""
    step = max(1, -(-len(drawing.columns) // 12))
    axes.set_xticks(range(0, len(drawing.columns), step), drawing.columns[::step], fontsize=8.5)
    axes.set_xlim(-0.6, len(drawing.columns) - 0.4)


def _grid(axes: Axes, drawing: Drawing) -> None:
    """A dot for each value, as large as it is, with the value in it."""
    _columns(axes, drawing)
    axes.set_yticks(range(len(drawing.rows)), drawing.rows)
    axes.set_ylim(len(drawing.rows) - 0.4, -0.6)
    axes.hlines(range(len(drawing.rows)), -0.6, len(drawing.columns) - 0.4, color=FAINT, linewidth=0.5)
    largest = max((value for row in drawing.values for value in row if value), default=1.0)
    for place, row in enumerate(drawing.values):
        told = [(column, value) for column, value in enumerate(row) if value]
        sizes = [60 + 110 * value / largest for _, value in told]
        axes.scatter([c for c, _ in told], [place] * len(told), s=sizes, color=COLOURS[0], zorder=2)
        for column, value in told:
            axes.annotate(
                f"{value:g}", (column, place), ha="center", va="center_baseline", color="white", fontsize=7
            )


def _matrix(axes: Axes, drawing: Drawing) -> None:
    """A mark in the one column that holds for a row; a ring where its value is nought."""
    _columns(axes, drawing)
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(range(len(drawing.rows)), drawing.rows)
    axes.set_ylim(len(drawing.rows) - 0.4, -0.6)
    axes.hlines(range(len(drawing.rows)), -0.6, len(drawing.columns) - 0.4, color=FAINT, linewidth=0.5)
    for place, row in enumerate(drawing.values):
        for column, value in enumerate(row):
            if value is None:
                continue
            colour = COLOURS[_STATE_COLOURS[column % len(_STATE_COLOURS)]]
            face = colour if value else "none"
            axes.scatter([column], [place], s=90, color=face, edgecolors=colour, linewidths=1.5, zorder=2)
            if value:
                axes.annotate(
                    f"{value:g}", (column + 0.14, place), va="center_baseline", color=INK, fontsize=8
                )


# Unknown, contradicted, stale, single source, corroborated: from alarm to calm.
_STATE_COLOURS = (3, 1, 4, 5, 2)


def _stack(axes: Axes, drawing: Drawing) -> None:
    """A bar for each column, the rows' values on one another."""
    _columns(axes, drawing)
    base = [0.0] * len(drawing.columns)
    for number, (name, row) in enumerate(zip(drawing.rows, drawing.values, strict=True)):
        tall = [value or 0.0 for value in row]
        axes.bar(range(len(base)), tall, 0.68, base, label=name, color=COLOURS[number % len(COLOURS)])
        base = [low + high for low, high in zip(base, tall, strict=True)]
    _scale(axes)


def _lines(axes: Axes, drawing: Drawing) -> None:
    """A line for each row, broken where there is no value."""
    _columns(axes, drawing)
    for number, (name, row) in enumerate(zip(drawing.rows, drawing.values, strict=True)):
        places = [column for column, value in enumerate(row) if value is not None]
        told = [value for value in row if value is not None]
        axes.plot(places, told, marker="o", markersize=4, label=name, color=COLOURS[number % len(COLOURS)])
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    _scale(axes)


def _scale(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    handles = axes.get_legend_handles_labels()[0]
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(handles), 6), frameon=False, fontsize=8.5,
        handlelength=1.1, columnspacing=1.0, borderaxespad=0.2,
    )  # fmt: skip


KINDS: Mapping[str, Callable[[Axes, Drawing], None]] = {
    "grid": _grid,
    "stack": _stack,
    "lines": _lines,
    "matrix": _matrix,
}
