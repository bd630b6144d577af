"""The table of series (series.toml) to compiled rules, and how its words and units are written.

In: `series.toml`. Out: `Rules`, read once. Patterns are for folded text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("series.toml")

NATION, REGION, ACCOUNT = "nation", "region", "account"
SCALES = {
    "": 0,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
SCALE = "|".join(sorted(filter(None, SCALES), key=len, reverse=True))
NUMBER = r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,6})?|[0-9]{1,15}(?:\.[0-9]{1,6})?"


@dataclass(frozen=True, slots=True)
class Series:
    """A row of the table. `growth` names the series of growth told without a value, or is ""."""

    id: str
    label: str
    en: str
    family: str
    kinds: frozenset[str]
    measure: str
    unit: str
    growth: str
    names: re.Pattern[str]
    bare: re.Pattern[str] | None
    labels: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose measure: the nation (全国), a region by its short name, or an account by its id."""

    kind: str
    name: str


WHOLE = Subject(NATION, "全国")


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole table. `units` are the ways to write each base unit; `any_name` finds any name."""

    series: Mapping[str, Series]
    units: Mapping[str, tuple[str, ...]]
    families: Mapping[str, re.Pattern[str]]
    words: Mapping[str, re.Pattern[str]]
    nation: re.Pattern[str]
    whole_region: re.Pattern[str]
    regions: Mapping[str, re.Pattern[str]]
    any_name: re.Pattern[str]
    written_unit: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: `step` is one unit of its last digit, both in the base unit."""

    value: Decimal
    step: Decimal


def number(written: str, scale: str = "") -> Number:
    """1,290.6 with the scale 亿 → 129060000000 to the nearest ten million."""
    plain = Decimal(written.replace(",", ""))
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)  # digits only: never infinite
    return Number(plain.scaleb(SCALES[scale]), Decimal(1).scaleb(exponent + SCALES[scale]))


@cache
def rules() -> Rules:
    """The table of series as shipped."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    units = {unit: tuple(written) for unit, written in table["units"].items()}
    series = {row["id"]: _series(row) for row in table["series"]}
    subjects = table["subjects"]
    plain = {name: f"{name}{_SUFFIX}" for name in (*subjects["provinces"], *subjects["cities"])}
    return Rules(
        series=series,
        units=units,
        families={name: re.compile(pattern) for name, pattern in table["family"].items()},
        words={name: re.compile(pattern) for name, pattern in table["words"].items()},
        nation=re.compile(subjects["nation"]),
        whole_region=re.compile(subjects["whole_region"]),
        regions={name: re.compile(pattern) for name, pattern in (plain | subjects["named"]).items()},
        any_name=re.compile("|".join(one.labels.pattern for one in series.values())),
        written_unit=_any({word for written in units.values() for word in written if word}),
    )


_SUFFIX = "(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?"


def _series(row: Mapping[str, Any]) -> Series:
    bare = row.get("bare", "")
    labels = "|".join(filter(None, (row["names"], bare, row.get("rows", ""))))
    return Series(
        id=row["id"],
        label=row["label"],
        en=row["en"],
        family=row["family"],
        kinds=frozenset(row["kinds"]),
        measure=row["measure"],
        unit=row["unit"],
        growth=row.get("growth", ""),
        names=re.compile(row["names"]),
        bare=re.compile(bare) if bare else None,
        labels=re.compile(labels),
    )


def _any(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
