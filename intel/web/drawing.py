"""Numbers to the geometry of a drawing that templates write as SVG: bars on one another, and lines.

Drawn here and not by a script, so that a chart can be read without one, printed, and follows the page's
colours; it costs a page no download. Units are those of the viewBox.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from intel.charts import steps
from intel.quantities import axis

WIDTH, HEIGHT = 640.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 10.0, 22.0
COLOURS = 7
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar or a dot with what it says."""

    x: float
    y: float
    width: float
    height: float
    colour: int
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A name on an axis, and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; a gap in the values is bridged by nothing, it begins a new one."""

    points: str
    colour: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a template writes. `keys` are the names of the colours; `dots`: marks are dots, not bars."""

    columns: tuple[Tick, ...]
    scale: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    keys: tuple[str, ...]
    dots: bool

    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    base: float = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Numbers:
    """A value for each row and column, None where there is none; `titles` says each in words.

    `chinese`: how the axis writes large numbers.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    titles: Sequence[Sequence[str]] = ()
    chinese: bool = True

    def title(self, row: int, column: int) -> str:
        """What a mark says."""
        if self.titles:
            return self.titles[row][column]
        return f"{self.columns[column]} · {self.rows[row]} {self.values[row][column] or 0:g}"


def stacked(numbers: Numbers) -> Picture:
    """A bar for each column, the rows' values on one another."""
    sums = [sum(row[at] or 0.0 for row in numbers.values) for at in range(len(numbers.columns))]
    scale = steps(0.0, max(sums, default=0.0), whole=True)
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(sums))
    marks = []
    for column in range(len(sums)):
        base = 0.0
        for row, values in enumerate(numbers.values):
            value = values[column] or 0.0
            if value:
                top, low = _y(base + value, scale), _y(base, scale)
                x = LEFT + slot * column + slot * 0.16
                colour = row % COLOURS
                title = numbers.title(row, column)
                marks.append(Mark(x, top, slot * 0.68, low - top, colour, title))
            base += value
    return _picture(numbers, scale, tuple(marks))


def lines(numbers: Numbers) -> Picture:
    """A line for each row with a dot for each value."""
    known = [value for row in numbers.values for value in row if value is not None]
    scale = steps(min([0.0, *known]), max(known, default=0.0), whole=False)
    marks, drawn = [], []
    for row, values in enumerate(numbers.values):
        points: list[str] = []
        for column, value in enumerate(values):
            if value is None:
                continue
            x, y = _x(column, len(numbers.columns)), _y(value, scale)
            points.append(f"{x:.1f},{y:.1f}")
            marks.append(Mark(x, y, 3.2, 3.2, row % COLOURS, numbers.title(row, column)))
        if len(points) > 1:
            drawn.append(Line(" ".join(points), row % COLOURS))
    return _picture(numbers, scale, tuple(marks), tuple(drawn))


def _picture(
    numbers: Numbers, scale: Sequence[float], marks: tuple[Mark, ...], drawn: tuple[Line, ...] | None = None
) -> Picture:
    every = max(1, math.ceil(len(numbers.columns) / _MOST_NAMES))
    named = range(0, len(numbers.columns), every)
    return Picture(
        columns=tuple(Tick(_x(at, len(numbers.columns)), numbers.columns[at]) for at in named),
        scale=tuple(Tick(_y(step, scale), axis(step, chinese=numbers.chinese)) for step in scale),
        marks=marks,
        lines=drawn or (),
        keys=tuple(numbers.rows),
        dots=drawn is not None,
    )


def _x(column: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (column + 0.5) / max(1, count)


def _y(value: float, scale: Sequence[float]) -> float:
    low, high = scale[0], scale[-1]
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low)
