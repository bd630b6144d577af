"""Rows of text in, lines for a terminal of a given width out: a table, or a block a row where none fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_SHORT = 10  # cells of a terminal: a column that needs no more is not broken over lines
_LONG = 24  # a word that is longer may be broken, as addresses are
_TALL = 4  # lines of a row on average: more are easier to read as a block
_GAP = 2  # between columns
_INDENT = 2  # of a block below its first line


def drawn(
    columns: Sequence[str], rows: Sequence[Sequence[str]], counts: Iterable[int], width: int
) -> RenderableType:
    """The rows under their headings; `counts` are the places of columns that hold numbers."""
    held = [[column, *(row[place] for row in rows)] for place, column in enumerate(columns)]
    wanted = [max(map(cell_len, cells)) for cells in held]
    # Identifiers come first; a question or a name may be broken anywhere.
    first_is_whole = all(map(str.isascii, held[0]))
    least = [
        full if place == 0 and first_is_whole else min(full, max(_SHORT, *map(_word, cells)))
        for place, (full, cells) in enumerate(zip(wanted, held, strict=True))
    ]
    spare = width - sum(least) - _GAP * (len(columns) - 1)
    widths = _shared(spare, least, wanted)
    if spare < 0 or _height(rows, widths) > _TALL:
        return Group(*(_block(columns, row) for row in rows))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, size in enumerate(widths):
        table.add_column(
            columns[place], justify="right" if place in counts else "left", overflow="fold", width=size
        )
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _word(cell: str) -> int:
    """The longest word of a cell that is not broken."""
    return min(_LONG, max((len(word) for word in cell.split() if word.isascii()), default=0))


def _height(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> float:
    """How many lines a row takes on average."""
    tallest = (max(cell_len(cell) / size for cell, size in zip(row, widths, strict=True)) for row in rows)
    return sum(tallest) / max(len(rows), 1)


def _shared(spare: int, least: Sequence[int], wanted: Sequence[int]) -> Sequence[int]:
    """The widths of columns: what each needs, and of the rest as much as it wants beside the others."""
    widths = list(least)
    while spare > 0 and any(have < want for have, want in zip(widths, wanted, strict=True)):
        short = [place for place, have in enumerate(widths) if have < wanted[place]]
        for place in short:
            more = min(max(1, spare // len(short)), wanted[place] - widths[place], spare)
            widths[place] += more
            spare -= more
    return widths


def _block(columns: Sequence[str], row: Sequence[str]) -> RenderableType:
    """A row below what it begins with; what is empty is left out."""
    rest = zip(columns[1:], row[1:], strict=True)
    told = " · ".join(f"{column}: {cell}" if column else cell for column, cell in rest if cell.strip())
    lines: list[RenderableType] = [Text(row[0], style="bold")]
    if told:
        lines.append(Padding(Text(told), (0, 0, 0, _INDENT)))
    return Group(*lines)
