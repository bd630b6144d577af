"""The words of personal_data.toml, and what those around a number or an address say of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipelines.text import fold

_TABLE = Path(__file__).parent / "personal_data.toml"
_BEFORE, _AFTER, _TOKEN = 40, 12, 80


class Found(NamedTuple):
    """A span that looks like personal data of a kind."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """personal_data.toml as the rules need it. `classes`: label to what it says."""

    marks: Mapping[str, str]
    classes: Mapping[str, str]
    labels: re.Pattern[str]
    units: re.Pattern[str]
    email_roles: frozenset[str]
    free: frozenset[str]
    not_domains: frozenset[str]
    provinces: frozenset[str]
    homes: str


@cache
def words() -> Words:
    """The table shipped with the product."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    classes = {fold(word): kind for kind, words in table["labels"].items() for word in words}
    homes = [word for word, kind in classes.items() if kind == "home"]
    return Words(
        marks=table["marks"],
        classes=classes,
        labels=re.compile(any_of(classes)),
        units=re.compile(rf"[ +]{{0,2}}(?:余|多)?(?:{any_of(table['units']['words'])})"),
        email_roles=frozenset(table["email"]["roles"]),
        free=frozenset(table["email"]["free"]),
        not_domains=frozenset(table["email"]["not_domains"]),
        provinces=frozenset(table["id"]["provinces"]),
        homes=any_of(homes),
    )


def any_of(words: Iterable[str]) -> str:
    """An alternation of words, the longest first; Latin ones only as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() and word[0].isalpha() else re.escape(word)
        for word in ordered
    )


# ---- what stands around a span


def said_before(folded: str, start: int) -> Sequence[str]:
    """What the labels before a place say, the nearest first: 40 characters, a sentence, two lines."""
    window = folded[max(0, start - _BEFORE) : start]
    stop = max(window.rfind(sign) for sign in "。;!?") + 1
    window = window[stop:]
    if window.count("\n") > 1:
        window = "\n".join(window.split("\n")[-2:])
    table = words()
    return [table.classes[match[0]] for match in table.labels.finditer(window)][::-1]


def nearest(said: Sequence[str], *kinds: str) -> str:
    """The first of these kinds among what is said, or ""."""
    return next((kind for kind in said if kind in kinds), "")


def named_after(folded: str, end: int) -> bool:
    """Whether a person follows: 0571-88881234（王女士）."""
    window = folded[end : end + _AFTER].partition("\n")[0]
    found = words().labels.search(window)
    return found is not None and words().classes[found[0]] == "person"


def in_address(folded: str, start: int) -> bool:
    """Whether a place is inside of a web address."""
    token = re.split(r"[^\x21-\x7e]|[\"'<>]", folded[max(0, start - _TOKEN) : start])[-1]
    return (
        "://" in token
        or (len(token) > 1 and token.startswith(("/", "www.", "./")))
        or re.search(r"\.[a-z]{2,6}/", token) is not None
    )


_JOINS_BEFORE = re.compile(r"[a-z0-9_][-_./=&?%#+~]?$|[_%#&~\\@]$")
_JOINS_AFTER = re.compile(r"[a-z0-9_@%]|[-.][a-z0-9_]|/(?!\d{7})[a-z0-9_]")
_ASKED_FOR = re.compile(r"(?:tel|phone|mobile|mob|cell)[\w-]{0,8}[\"']?[:=]\s?[\"']?$")
_KEYED = re.compile(
    r"[\w-]{0,20}(?:id|no|sn|code|ts|time|stamp|count|size|total|num|views?|hash|key|version)[\"']?[:=]\s?[\"']?$"
)


def stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether a number is no part of a longer number, a name, a file's name or an address."""
    before = folded[max(0, start - 40) : start]
    if _JOINS_AFTER.match(folded, end):
        return False
    if _ASKED_FOR.search(before):
        return True
    if _KEYED.search(before) or in_address(folded, start):
        return False
    joined = _JOINS_BEFORE.search(before)
    # Two numbers of one person: 0571-88881234/13800138000.
    return joined is None or re.search(r"\d{7}/$", before) is not None
