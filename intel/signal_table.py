"""The table of switching signals (signals.toml) as typed values, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intel.evidence import Rule, rules

TABLE = Path(__file__).with_name("signals.toml")


@dataclass(frozen=True, slots=True)
class SignalRule:
    """A signal of the table."""

    id: str
    label: str
    en: str
    weight: float
    half_life: float
    minimum: int
    full: float
    source: str
    asked: tuple[Rule, ...]
    against: tuple[Rule, ...]
    ahead: int
    recent: int
    history: int
    times: float


@dataclass(frozen=True, slots=True)
class Level:
    """What a score from `least` on is called."""

    least: float
    label: str
    en: str


@dataclass(frozen=True, slots=True)
class SignalTable:
    """The whole table; `belief` is by credibility 1 to 6."""

    belief: Mapping[int, float]
    levels: tuple[Level, ...]
    signals: tuple[SignalRule, ...]


@cache
def signal_table() -> SignalTable:
    """The table as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    groups = table["groups"]
    return SignalTable(
        belief={int(grade): part for grade, part in table["belief"].items()},
        levels=tuple(Level(row["from"], row["label"], row["en"]) for row in table["levels"]),
        signals=tuple(_signal_rule(row, groups) for row in table["signals"]),
    )


def _signal_rule(row: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> SignalRule:
    return SignalRule(
        id=row["id"],
        label=row["label"],
        en=row["en"],
        weight=row["weight"],
        half_life=row["half_life"],
        minimum=row["minimum"],
        full=row["full"],
        source=row["from"],
        asked=rules(row["for"], groups),
        against=rules(row.get("against", ()), groups),
        ahead=row.get("ahead", 0),
        recent=row.get("recent", 0),
        history=row.get("history", 0),
        times=row.get("times", 0.0),
    )
