"""The language of a page: what was chosen, else what the browser asks for; and every word that pages say.

Words stand in messages.toml, each in Chinese and English; labels of the taxonomy also in the table of
briefings. What sources wrote is never translated.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request

from intel.brief import Lang, Vocabulary, vocabulary
from intel.quantities import in_english
from intel.taxonomy import taxonomy

COOKIE = "intel_language"
MESSAGES_TOML = Path(__file__).with_name("messages.toml")
DETAILS_TOML = Path(__file__).with_name("details.toml")
_ASKED = re.compile(r"([a-z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q=([\d.]+))?", re.I)

Table = Mapping[str, Mapping[str, str]]


@cache
def tables() -> Mapping[str, Table]:
    """All tables of messages: by table and key the Chinese and the English form."""
    return tomllib.loads(MESSAGES_TOML.read_text(encoding="utf-8"))


@cache
def details() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is said in English as a pattern, and how Chinese says it."""
    told = tomllib.loads(DETAILS_TOML.read_text(encoding="utf-8"))
    return tuple((re.compile(said), zh) for table in told.values() for said, zh in table["said"])


def chosen(request: Request) -> Lang:
    """The language that somebody chose, else what the browser asks for first, else Chinese."""
    kept = request.cookies.get(COOKIE, "")
    if kept in set(Lang):
        return Lang(kept)
    asked = _ASKED.findall(request.headers.get("accept-language", ""))
    ranked = sorted(asked, key=lambda one: -float(one[1].strip(".") or 1) if one[1].count(".") < 2 else 0)
    known = (name.lower() for name, _ in ranked if name.lower() in set(Lang))
    return Lang(next(known, Lang.ZH))


@dataclass(frozen=True, slots=True)
class Words:
    """All words in one language."""

    lang: Lang
    vocabulary: Vocabulary

    @property
    def html(self) -> str:
        """The language as HTML names it."""
        return "en" if self.lang is Lang.EN else "zh-CN"

    @property
    def chinese(self) -> bool:
        """Whether the page is in Chinese: what rules say in words is, so it is shown only there."""
        return self.lang is Lang.ZH

    def detail(self, told: str) -> str:
        """What a program said in English in the language of the page; "" where that has no words for it."""
        if not self.chinese:
            return told
        for pattern, zh in details():
            if found := pattern.fullmatch(told):
                return zh.format(*(self.detail(part) or part for part in found.groups()))
        return ""

    def quantity(self, told: str) -> str:
        """A value, or a text with values in it, as the language writes them."""
        return told if self.chinese else in_english(told).replace("（", " (").replace("）", ")")

    def say(self, key: str, **holes: object) -> str:
        """A message with its holes filled. Raises KeyError where there is none."""
        return tables()["words"][key][self.lang].format(**holes)

    def label(self, table: str, key: str | None) -> str:
        """What an identifier is called; one that no table has stays as it is, "" for none."""
        if not key:
            return ""
        entry = tables().get(table, {}).get(key)
        if entry is not None:
            return entry[self.lang]
        known = self.vocabulary.has(table, key)
        return self.vocabulary.label(table, key).text if known else key

    def short(self, table: str, key: str | None) -> str:
        """A label up to its explanation."""
        return re.split("[：:]", self.label(table, key))[0]

    def keys(self, table: str) -> list[str]:
        """The identifiers of a table."""
        return list(tables().get(table, {}) or self.vocabulary.tables.get(table, {}))

    def has(self, table: str, key: str) -> bool:
        """Whether an identifier is of a table."""
        return key in tables().get(table, {}) or self.vocabulary.has(table, key)


@cache
def words(lang: Lang) -> Words:
    """The words of a language."""
    known = taxonomy()
    return Words(lang, vocabulary(lang, {"topics": known.topics, "events": known.events}))
