"""Numbers in rows and columns to a picture: SVG for pages, PNG for documents. Both show the same shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intel import shapes
from intel.fonts import chinese_font
from intel.shapes import Box, Dot, Shape, Stroke, Writing, wide

# Points: texts of a picture so wide can still be read where a phone shows it 370 pixels wide.
WIDTH, LEFT, RIGHT, TOP = 403.2, 3.0, 4.0, 4.0
ROW = 19.4  # of a row of a grid
PLOT = 140.0  # the height of what has a scale
TEXT, NAME, SMALL = 9.0, 8.5, 7.0  # sizes of texts
GAP = 7.0  # between a name and what it names
MOST_NAMES = 12  # of columns
FAINT = "#cbd2da"
# Told apart by people with any colour vision (after Okabe and Ito), on light and on dark.
COLOURS = ("#3b78b8", "#e09a2d", "#2f9e7e", "#c4624f", "#9a7bb8", "#6fa8c9", "#8b8f99")
# Unknown, contradicted, stale, single source, corroborated: from alarm to calm.
_STATE_COLOURS = (3, 1, 4, 5, 2)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw: a value for each row and column, None where there is none. `kind` is a key of KINDS."""

    kind: str
    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the values stand: right of `left`, from `top` to `base`, the columns side by side."""

    left: float
    top: float
    base: float
    columns: tuple[str, ...]

    @property
    def slot(self) -> float:
        """The width of a column; a tenth of one is left free at either side."""
        return (WIDTH - RIGHT - self.left) / (len(self.columns) + 0.2)

    def x(self, column: int) -> float:
        """The middle of a column."""
        return self.left + self.slot * (column + 0.6)

    def across(self, y: float) -> Stroke:
        """A faint line at a height."""
        return Stroke(((self.left, y), (WIDTH - RIGHT, y)), FAINT, 0.5)

    def names(self, y: float) -> Iterator[Shape]:
        """Names of columns, as many as there is room for, upright, downwards from a height."""
        every = max(1, -(-len(self.columns) // MOST_NAMES))
        for column in range(0, len(self.columns), every):
            for place, line in enumerate(self.columns[column].split("\n")):
                yield Writing(self.x(column), y + place * 1.25 * NAME, line, NAME, "middle")


def svg(drawing: Drawing) -> str:
    """The picture as an SVG element for a page; whoever looks at it has the font."""
    return shapes.svg(*KINDS[drawing.kind](drawing))


def png(drawing: Drawing) -> bytes:
    """The picture as a PNG of 1120 pixels across. Raises NoChineseFont."""
    return shapes.png(*KINDS[drawing.kind](drawing), chinese_font())


Sized = tuple[Sequence[Shape], tuple[float, float]]


def steps(low: float, high: float, *, whole: bool) -> list[float]:
    """Round numbers from below the lowest to above the highest value, about four apart."""
    span = max(high - low, 1.0 if whole else 1e-9)
    size = 10 ** math.floor(math.log10(span / 4))
    step = next(one * size for one in (1, 2, 5, 10) if one * size * 4 >= span)
    step = max(1.0, step) if whole else step
    first, last = math.floor(low / step), max(math.ceil(high / step), 1)
    return [round(number * step, 10) for number in range(first, last + 1)]


# ---- rows of marks


def _rows(drawing: Drawing, top: float) -> tuple[Frame, list[float], list[Shape]]:
    """The frame of a grid, the height of each of its rows, and their names and lines."""
    left = LEFT + max((wide(name, TEXT) for name in drawing.rows), default=0.0) + GAP
    base = top + ROW * (len(drawing.rows) + 0.2)
    frame = Frame(left, top, base, drawing.columns)
    heights = [top + ROW * (place + 0.6) for place in range(len(drawing.rows))]
    drawn: list[Shape] = []
    for name, y in zip(drawing.rows, heights, strict=True):
        drawn += [Writing(left - GAP, y, name, TEXT, "end"), frame.across(y)]
    return frame, heights, drawn


def _lines_of(names: Sequence[str]) -> float:
    """The height that names of columns take."""
    return NAME * 1.25 * max((name.count("\n") + 1 for name in names), default=1) + GAP


def _grid(drawing: Drawing) -> Sized:
    """A dot for each value, as large as it is, with the value in it."""
    frame, heights, drawn = _rows(drawing, TOP)
    largest = max((value for row in drawing.values for value in row if value), default=1.0)
    for y, row in zip(heights, drawing.values, strict=True):
        for column, value in enumerate(row):
            if value:
                radius = math.sqrt(60 + 110 * value / largest) / 2
                drawn.append(Dot(frame.x(column), y, radius, COLOURS[0]))
                drawn.append(Writing(frame.x(column), y, f"{value:g}", SMALL, "middle", "white"))
    drawn += [frame.across(frame.base), *frame.names(frame.base + GAP)]
    return drawn, (WIDTH, frame.base + _lines_of(drawing.columns))


def _matrix(drawing: Drawing) -> Sized:
    """A mark in the one column that holds for a row; a ring where its value is nought."""
    frame, heights, drawn = _rows(drawing, TOP + _lines_of(drawing.columns))
    for y, row in zip(heights, drawing.values, strict=True):
        for column, value in enumerate(row):
            if value is None:
                continue
            x, colour = frame.x(column), COLOURS[_STATE_COLOURS[column % len(_STATE_COLOURS)]]
            drawn.append(Dot(x, y, 4.7, colour, bool(value)))
            if value:
                drawn.append(Writing(x + GAP + 2, y, f"{value:g}", NAME))
    return [*drawn, *frame.names(TOP + GAP)], (WIDTH, frame.base)


# ---- values on a scale


def _scaled(drawing: Drawing, scale: Sequence[float]) -> tuple[Frame, list[Shape]]:
    """The frame of values between the ends of a scale, and its scale, names and key."""
    named = [f"{step:.10g}" for step in scale]
    key, top = _key(drawing.rows)
    left = LEFT + max(wide(name, TEXT) for name in named) + GAP
    frame = Frame(left, top, top + PLOT, drawing.columns)
    drawn: list[Shape] = [*key]
    for step, name in zip(scale, named, strict=True):
        y = _height(frame, step, scale)
        drawn += [frame.across(y), Writing(left - GAP, y, name, TEXT, "end")]
    return frame, [*drawn, *frame.names(frame.base + GAP + 2)]


def _key(rows: Sequence[str]) -> tuple[list[Shape], float]:
    """The colours and names of the rows, in as many lines as they need; and where the picture begins."""
    drawn: list[Shape] = []
    x, y = LEFT, TOP + NAME / 2
    for number, name in enumerate(rows):
        length = 12 + wide(name, NAME) + 10
        if x > LEFT and x + length > WIDTH:
            x, y = LEFT, y + NAME * 1.5
        drawn += [Box(x, y - 3.5, 9, 7, COLOURS[number % len(COLOURS)]), Writing(x + 12, y, name, NAME)]
        x += length
    return drawn, y + NAME * 1.5


def _height(frame: Frame, value: float, scale: Sequence[float]) -> float:
    return frame.base - (frame.base - frame.top) * (value - scale[0]) / (scale[-1] - scale[0])


def _stack(drawing: Drawing) -> Sized:
    """A bar for each column, the rows' values on one another."""
    sums = [sum(row[at] or 0.0 for row in drawing.values) for at in range(len(drawing.columns))]
    scale = steps(0.0, max(sums, default=0.0), whole=True)
    frame, drawn = _scaled(drawing, scale)
    for column in range(len(sums)):
        low = 0.0
        for number, row in enumerate(drawing.values):
            if value := row[column]:
                top, base = (_height(frame, one, scale) for one in (low + value, low))
                x, width = frame.x(column) - 0.34 * frame.slot, 0.68 * frame.slot
                drawn.append(Box(x, top, width, base - top, COLOURS[number % len(COLOURS)]))
                low += value
    return drawn, (WIDTH, frame.base + _lines_of(drawing.columns) + 2)


def _lines(drawing: Drawing) -> Sized:
    """A line for each row through the values that it has, with a dot for each."""
    known = [value for row in drawing.values for value in row if value is not None]
    scale = steps(min([0.0, *known]), max(known, default=0.0), whole=False)
    frame, drawn = _scaled(drawing, scale)
    for number, row in enumerate(drawing.values):
        colour = COLOURS[number % len(COLOURS)]
        points = tuple(
            (frame.x(column), _height(frame, value, scale))
            for column, value in enumerate(row)
            if value is not None
        )
        drawn += [Stroke(points, colour, 1.5)] if len(points) > 1 else []
        drawn += [Dot(x, y, 1.6, colour) for x, y in points]
    return drawn, (WIDTH, frame.base + _lines_of(drawing.columns) + 2)


KINDS: Mapping[str, Callable[[Drawing], Sized]] = {
    "grid": _grid,
    "stack": _stack,
    "lines": _lines,
    "matrix": _matrix,
}
