"""How factors are ranked (factors.toml): where to look, and when a place is how sure; read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("factors.toml")


@dataclass(frozen=True, slots=True)
class Confidence:
    """When a place is how sure: from so many stories and owners, with such a part of the pairs agreeing."""

    level: str
    label: str
    stories: int
    owners: int
    agreeing: float


@dataclass(frozen=True, slots=True)
class FactorTable:
    """Which findings tell an order, which mentions count, and when a place is how sure."""

    topics: frozenset[str]
    mentioned: frozenset[str]
    confidence: tuple[Confidence, ...]


@cache
def factor_table() -> FactorTable:
    """The table as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return FactorTable(
        topics=frozenset(table["topics"]["topics"]),
        mentioned=frozenset(table["topics"]["mentioned"]),
        confidence=tuple(Confidence(**row) for row in table["confidence"]),
    )


def confidence_labels() -> Mapping[str, str]:
    """The levels of confidence with their labels, the surest first."""
    return {one.level: one.label for one in factor_table().confidence}
