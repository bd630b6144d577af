"""Folded text to its tables: rows of cells, the lines above them, and the heading of each column.

In: text in which a table row is a line of cells joined by " | ". Out: `Block`s, each a line or a table; what
a table's numbers mean is `pipelines.series_tables`' subject.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.series_rules import NUMBER, SCALE

BORDER = "|"
_CAPTION_LINES = 2

FIGURE = re.compile(
    rf"(?P<sign>[-+]?)\s?(?P<number>{NUMBER})\s?(?P<unit>(?:{SCALE})?[元件票单]{{0,1}}(?:/[件票单日])?)(?P<percent>%?)"
)
# A line in a table that names the rows below it.
_SECTION = re.compile(r"[^。；，,;]{2,24}")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of cells with its span."""

    start: int
    end: int
    cells: tuple[str, ...]
    section: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A line of text, or the rows of a table with the lines above it."""

    start: int
    end: int
    text: str
    rows: tuple[Row, ...] = ()


def blocks(folded: str) -> Iterator[Block]:
    """The lines of a text, consecutive table rows as one block."""
    rows: list[Row] = []
    captions: list[str] = []
    section = ""
    place = 0
    lines = folded.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        start, end = place, place + len(line)
        place = end + 1
        if cells := _cells(line):
            rows.append(Row(start, end, cells, section))
            continue
        if rows and _is_section(line, _cells(following), rows[-1]):
            section = line.strip()
            continue
        section = ""
        if rows:
            yield Block(rows[0].start, rows[-1].end, "\n".join(captions[-_CAPTION_LINES:]), tuple(rows))
            rows = []
        captions.append(line)
        yield Block(start, end, line)
    if rows:
        yield Block(rows[0].start, rows[-1].end, "\n".join(captions[-_CAPTION_LINES:]), tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a row; none where the line is text."""
    if BORDER not in line.strip(f" {BORDER}"):
        return ()
    return tuple(cell.strip() for cell in line.strip().strip(BORDER).split(BORDER))


def _is_section(line: str, following: Sequence[str], last: Row) -> bool:
    """Whether a line stands in a table, over rows of it: a cell across all columns."""
    same = len(following) == len(last.cells) and any(_is_figure(cell) for cell in following)
    return same and _SECTION.fullmatch(line.strip()) is not None


def split(rows: Sequence[Row]) -> tuple[list[str], Sequence[Row]]:
    """The heading of each column, and the rows below it."""
    heads = 0
    while heads < len(rows) and not any(_is_figure(cell) for cell in rows[heads].cells):
        heads += 1
    body = rows[heads:]
    if not heads or not body:
        return [], ()
    widths = Counter(len(row.cells) for row in body)
    width = max(widths, key=lambda width: (widths[width], width))
    return _laid(rows[heads - 1].cells, rows[heads - 2].cells if heads > 1 else (), width), body


def _is_figure(cell: str) -> bool:
    return bool(FIGURE.fullmatch(cell)) and not re.fullmatch(r"20[0-9]{2}", cell)


def _laid(last: Sequence[str], above: Sequence[str], width: int) -> list[str]:
    """One heading a column. Where cells over several columns and empty ones were lost when rows became lines,
    the last row of the heading stands right, and what is above it is spread evenly over it; where they
    were kept, or repeated, each column has what stands above it.
    """
    missing = width - len(last)
    if missing == 0:
        return _stacked(last, above)
    if missing < 0:
        return []
    groups = above[missing:]
    if above and groups and len(last) % len(groups) == 0:
        share = len(last) // len(groups)
        joined = [f"{groups[place // share]} {text}" for place, text in enumerate(last)]
        return [*above[:missing], *joined]
    return ["", *last] if missing == 1 and not above else []


def _stacked(last: Sequence[str], above: Sequence[str]) -> list[str]:
    """A full row of headings with those above it, which may be fewer, or have gaps after wide ones."""
    own = 0
    while own < len(above) and last[own : own + 1] and last[own] in ("", above[own]):
        own += 1
    upper, lower = list(above[own:]), last[own:]
    if "" in upper[1:]:
        upper += [""] * (len(lower) - len(upper))
    for place, text in enumerate(upper):
        upper[place] = text or upper[place - 1] if place else text
    if not upper or len(lower) % len(upper):
        return list(last)
    share = len(lower) // len(upper)
    pairs = [(upper[place // share], text) for place, text in enumerate(lower)]
    return [*above[:own], *(one if one == other else f"{one} {other}".strip() for one, other in pairs)]
