"""The table names.toml as typed values: names, traps, trades and people the entity step knows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "names.toml"


@dataclass(frozen=True, slots=True)
class People:
    """Surnames (`guarded` ones need a title before them), and titles of position."""

    surnames: str
    guarded: str
    compound: Sequence[str]
    titles: Sequence[str]
    english_titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Legal:
    """What a registered name is made of; see the comments in the table."""

    trades: Sequence[str]
    suffixes: Sequence[str]
    courier_trades: Sequence[str]
    endings: Sequence[str]
    openers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Names:
    """`forms`: account id to more names of it. `traps`: entity kind to names that only contain an alias.

    `units`: account id to the names of its units. `unless`: folded name to what makes it another word.
    `parts`, `resumes`: patterns that show, right before or after a name, that no other word goes on there;
    `resumes_opening`: those that show it only where the name opens its clause.
    """

    forms: Mapping[str, Sequence[str]]
    units: Mapping[str, Sequence[str]]
    parts: Sequence[str]
    resumes: Sequence[str]
    resumes_opening: Sequence[str]
    unless: Mapping[str, tuple[str, ...]]
    traps: Mapping[str, Sequence[str]]
    organisations: Mapping[str, Sequence[str]]
    people: People
    places: Sequence[str]
    products: Sequence[str]
    legal: Legal


@cache
def names() -> Names:
    """The table shipped with the product."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    units = table["units"]
    return Names(
        forms=table["forms"],
        units={account: [name + word for word in units["words"]] for account, name in units["of"].items()},
        parts=table["boundaries"]["before"],
        resumes=table["boundaries"]["after"],
        resumes_opening=table["boundaries"]["after_opening"],
        unless={name: tuple(words) for name, words in table["boundaries"]["unless"].items()},
        traps=table["traps"],
        organisations=table["organisations"],
        people=People(**table["people"]),
        places=table["places"]["names"],
        products=table["products"]["names"],
        legal=Legal(**table["legal"]),
    )
