"""A chart block to what is drawn of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intel.brief.blocks import Chart
from intel.brief.words import Period, Said
from intel.charts import Drawing
from intel.rendering import line

LONGEST = 14  # characters of a row's or column's name; a longer one is cut


def drawing(chart: Chart) -> Drawing:
    """The numbers of a chart's table with the names of its rows and columns."""
    return Drawing(
        kind=chart.kind.value,
        title=line(chart.said.text),
        rows=tuple(_short(row.cells[0].text) if row.cells[0] else "" for row in chart.table.rows),
        columns=_columns(chart.table.header[1:]),
        values=chart.values,
    )


def _short(text: str) -> str:
    told = line(text)
    wide = sum(1 if ord(character) > 0x2E80 else 0.55 for character in told)
    return told if wide <= LONGEST else f"{told[: int(LONGEST * len(told) / wide)]}…"


def _columns(header: Sequence[Said]) -> tuple[str, ...]:
    """Names of columns; of months the number, with the year under the first of each year."""
    told = []
    year = ""
    for said in header:
        if isinstance(said, Period) and (month := re.fullmatch(r"(\d{4})-(\d\d)", said.period)):
            # A lone December leaves the line to the January beside it.
            named = month[1] != year and month[2] != "12"
            told.append(f"{int(month[2])}\n{month[1] if named else ''}".rstrip())
            year = month[1] if named else year
        else:
            told.append(_short(said.text))
    return tuple(told)
