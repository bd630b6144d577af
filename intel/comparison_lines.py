"""The lines that couriers are compared by (comparison.toml) as typed values, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intel.evidence import Rule, rules

TABLE = Path(__file__).with_name("comparison.toml")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: a measure's series, or rules by which stories are counted `within` days."""

    id: str
    label: str
    en: str
    better: str
    series: str = ""
    growth: bool = False
    rules: tuple[Rule, ...] = ()
    within: int = 0


@cache
def lines() -> tuple[Line, ...]:
    """The lines of the table as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Line(**{**row, "rules": rules(row.get("rules", ()), table["groups"])}) for row in table["rows"]
    )
