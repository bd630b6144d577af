"""The figures of a battlecard: both couriers line by line, each value as far as its quote proves it.

In: a `Comparison`. Out: a table, a line for each measure on which one is better, and the quotes behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intel.brief import Evidence, Unproved, Vocabulary
from intel.brief.blocks import EvidenceLine, Listing, Row, Table
from intel.brief.words import Count, Figure, Label, Measure, Period, Said, Setting
from intel.comparison import Cell, ComparedLine, Comparison
from intel.comparison_lines import lines

_PARTS = re.compile(r"(?P<number>[-+]?[0-9.]+)(?P<scale>[万亿]*)(?P<unit>.*)")
_COUNTED = {line.id: line.within for line in lines() if line.within}


@dataclass(frozen=True)
class Figures:
    """The figures of a comparison in the words of a vocabulary."""

    comparison: Comparison
    words: Vocabulary

    def table(self) -> Table:
        """Every line with the cells of the couriers; a line of two periods says so."""
        header = (self.words.word("measure"), *map(self._courier, self.comparison.couriers))
        return Table(header, tuple(self._row(line) for line in self.comparison.lines))

    def _row(self, line: ComparedLine) -> Row:
        label: Said = self._label(line)
        if len({cell.period for cell in line.cells if cell.value is not None}) > 1:
            label = self.words.say("other_period", line=label)
        return Row((label, *(self._cell(line, cell) for cell in line.cells)))

    def better(self, label: str) -> Listing:
        """What the two have on the line of a label, for the period compared."""
        line = next(one for one in self.comparison.lines if one.label == label)
        said = self.words.say("card_better", line=self._label(line), period=self._period(line, line.cells[0]))
        items = (
            self.words.say("of_courier", courier=self._courier(cell.courier), figure=self._value(line, cell))
            for cell in line.cells
        )
        return Listing(said, tuple(items))

    def sources(self, shown: set[str]) -> tuple[EvidenceLine, ...]:
        """The quotes behind the values, each once with what it tells; not those that stand elsewhere."""
        told: dict[tuple[str, Evidence], list[Said]] = {}
        for line, cell, proof in self._proofs():
            whole = next((one for _, one in told if one.url == proof.url and proof.quote in one.quote), proof)
            told.setdefault((cell.courier, whole), [self._courier(cell.courier)]).append(self._label(line))
        return tuple(
            EvidenceLine(proof, tuple(tags)) for (_, proof), tags in told.items() if proof.quote not in shown
        )

    def _proofs(self) -> Iterator[tuple[ComparedLine, Cell, Evidence]]:
        """What proves each value, longer quotes first, so that one within another is not quoted again."""
        found = [
            (line, cell, proof)
            for line in self.comparison.lines
            if line.id not in _COUNTED
            for cell in line.cells
            if cell.value is not None
            for proof in (self._proof(cell), *(one.evidence for one in cell.differing))
        ]
        return iter(sorted(found, key=lambda one: -len(one[2].quote)))

    def _cell(self, line: ComparedLine, cell: Cell) -> Said:
        if cell.value is None:
            return self.words.word("unknown")
        value = self._value(line, cell)
        for other in cell.differing:
            value = self.words.say("differing", figure=value, other=self._figure(other.shown, other.evidence))
        return self.words.say("in_period", figure=value, period=self._period(line, cell))

    def _value(self, line: ComparedLine, cell: Cell) -> Said:
        if line.id in _COUNTED:
            return self.words.say("count_reports", reports=Count(Measure.REPORTS, cell.evidence))
        return self._figure(cell.shown, self._proof(cell))

    def _proof(self, cell: Cell) -> Evidence:
        """Of the sources that agree one whose quote holds number and unit, else the first."""
        return next((one for one in cell.evidence if _held(cell.shown, one)), cell.evidence[0])

    def _figure(self, shown: str, proof: Evidence) -> Said:
        """A value; of a table's row, whose unit stands in the heading, the number and the series' unit."""
        lang = self.words.lang
        if held := _held(shown, proof):
            return replace(held, lang=lang)
        parts = _PARTS.fullmatch(shown)
        if parts:
            number, scale, unit = parts.groups()
            for figure, rest in ((number + scale, unit), (number, scale + unit)):
                if (held := _held(figure, proof)) and self.words.has("units", rest):
                    return replace(held, unit=self.words.label("units", rest), lang=lang)
        return self.words.word("see_quote")

    def _period(self, line: ComparedLine, cell: Cell) -> Said:
        if days := _COUNTED.get(line.id):
            return self.words.say("flash_window", days=Setting(days))
        return Period(cell.period, self.words.lang)

    def _label(self, line: ComparedLine) -> Label:
        return self.words.label("lines", line.id)

    def _courier(self, courier: str) -> Label:
        return self.words.label("accounts", courier)


def _held(shown: str, proof: Evidence) -> Figure | None:
    try:
        return Figure(shown, 0.0, proof)
    except Unproved:
        return None
