"""Characters and rulings of a PDF page in; the same turned upright, and parted into its columns, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

# A column's line has at least so many characters; cells of a table without rulings have fewer.
_COLUMN = 8
# So many lines must be parted at one place, and more than half of the page's.
_LINES = 6
# Widths of a character that part two columns, or two cells.
GAP = 2.0
# Quarter turns to the right that bring a text upright, by where its characters follow one another.
_TURNS = {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}


@dataclass(frozen=True, slots=True)
class Char:
    """A character with its box, in points from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        """How high its middle lies."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Ruling:
    """A straight line: at `at` across (x of an upright one), from `low` to `high` along."""

    upright: bool
    at: float
    low: float
    high: float


def upright(chars: Sequence[Char], rulings: Sequence[Ruling]) -> tuple[list[Char], list[Ruling]]:
    """A page whose text runs up, down or upside down (a wide table on a tall page), turned to be read."""
    marks, lines = list(chars), list(rulings)
    for _ in range(_quarters(chars)):
        marks = [
            replace(one, left=one.bottom, right=one.top, bottom=-one.right, top=-one.left) for one in marks
        ]
        lines = [
            Ruling(False, -one.at, one.low, one.high)
            if one.upright
            else Ruling(True, one.at, -one.high, -one.low)
            for one in lines
        ]
    return marks, lines


def _quarters(chars: Sequence[Char]) -> int:
    """Quarter turns to the right that most characters need."""
    ways: Counter[tuple[int, int]] = Counter()
    for one, following in pairwise(chars):
        across, up = following.left - one.left, following.middle - one.middle
        if 0 < max(abs(across), abs(up)) < 3 * one.size:
            along = abs(across) >= abs(up)
            ways[(int(across > 0) * 2 - 1, 0) if along else (0, int(up > 0) * 2 - 1)] += 1
    return _TURNS[ways.most_common(1)[0][0]] if ways else 0


def columns(lines: Sequence[Sequence[Char]]) -> Iterator[list[Char]]:
    """The characters of lines (top to bottom, each left to right) in the order in which they are read:

    all at once, or, on a page of two columns, stretch by stretch: what goes across, the left, the right.
    """
    gutter = _gutter(lines)
    stretch: list[Sequence[Char]] = []
    for line in [*lines, []]:
        parted = gutter is not None and bool(line) and _parted(line, gutter)
        if stretch and (not line or parted != _parted(stretch[-1], gutter)):
            yield from _sides(stretch, gutter)
            stretch = []
        stretch.append(line)


def _sides(stretch: Sequence[Sequence[Char]], gutter: float | None) -> Iterator[list[Char]]:
    chars = [char for line in stretch for char in line]
    if gutter is None or not _parted(stretch[0], gutter):
        yield chars
        return
    for side in (True, False):
        if part := [char for char in chars if (char.left < gutter) is side]:
            yield part


def _parted(line: Sequence[Char], gutter: float | None) -> bool:
    """Whether a line leaves the gutter clear, or stands on one side of it."""
    if gutter is None:
        return False
    left = [char.right for char in line if char.left < gutter]
    right = [char.left for char in line if char.left >= gutter]
    return max(left, default=0.0) <= gutter and (
        not left or not right or min(right) - max(left) > GAP / 2 * line[0].size
    )


def _gutter(lines: Sequence[Sequence[Char]]) -> float | None:
    """Where the page parts into two columns of text; None if it does not."""
    gaps = [gap for line in lines for gap in _wide_gaps(line)]
    if len(gaps) < _LINES or len(gaps) * 2 < len(lines):
        return None
    left, right = max(left for left, _ in gaps), min(right for _, right in gaps)
    return (left + right) / 2 if left < right else None


def _wide_gaps(line: Sequence[Char]) -> Iterator[tuple[float, float]]:
    """The gap of a line that has text on both sides of one."""
    found = [
        (place, one.right, other.left)
        for place, (one, other) in enumerate(pairwise(line), 1)
        if other.left - one.right > GAP * max(one.size, 1.0) / 2
    ]
    if len(found) == 1 and _COLUMN <= found[0][0] <= len(line) - _COLUMN:
        yield found[0][1], found[0][2]
