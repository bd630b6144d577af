"""The table of the battlecard (battlecard.toml) as typed values, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intel.evidence import Rule, rule

TABLE = Path(__file__).with_name("battlecard.toml")
_OURS = frozenset({"cell", "of", "label", "en"})


@dataclass(frozen=True, slots=True)
class CellRule:
    """Sentences `of` a part of the cast that fit `asked` stand in `cell` under `label`."""

    cell: str
    of: str
    label: str
    en: str
    asked: Rule


@dataclass(frozen=True, slots=True)
class Measures:
    """The lines of the comparison that stand in a cell by who is better."""

    better: str
    worse: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignalCells:
    """Which of a client's signals are opportunities and threats, and of which the contrary is a threat."""

    least: float
    opportunities: tuple[str, ...]
    threats: tuple[str, ...]
    against: tuple[str, ...]
    label: str
    en: str


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """A question with when it is asked; see the table."""

    when: str
    text: str
    en: str
    line: str = ""
    cell: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class CardTable:
    """The whole table. `cells` are ids to (label, English label)."""

    cells: Mapping[str, tuple[str, str]]
    rules: tuple[CellRule, ...]
    measures: tuple[Measures, ...]
    signals: SignalCells
    serves: Rule
    questions: tuple[QuestionRule, ...]


@cache
def card_table() -> CardTable:
    """The table as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    groups, signals = table["groups"], table["signals"]
    return CardTable(
        cells={name: (cell["label"], cell["en"]) for name, cell in table["cells"].items()},
        rules=tuple(_cell_rule(row, groups) for row in table["rules"]),
        measures=tuple(
            Measures(row["better"], row["worse"], tuple(row["lines"])) for row in table["measures"]
        ),
        signals=SignalCells(
            least=signals["least"],
            opportunities=tuple(signals["opportunities"]),
            threats=tuple(signals["threats"]),
            against=tuple(signals["against"]),
            label=signals["label"],
            en=signals["en"],
        ),
        serves=rule(table["serves"], groups),
        questions=tuple(QuestionRule(**row) for row in table["questions"]),
    )


def _cell_rule(row: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> CellRule:
    asked = rule({name: value for name, value in row.items() if name not in _OURS}, groups)
    return CellRule(row["cell"], row["of"], row["label"], row["en"], asked)
