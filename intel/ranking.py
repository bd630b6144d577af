"""Matches in order of relevance and date: the same on every database, since it is reckoned here.

Relevance adds up what each phrase says: TITLE for standing in the title, and up to 1 for how often it stands
in the text, as BM25 weighs that. A match's weight is log2(relevance) + HALF_LIFEs from 1970 to its date: so a
hit that is twice as relevant equals one that is HALF_LIFE days newer, whenever one asks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger, Connection, bindparam, text

from intel import search_index
from intel.search import Phrase, SearchQuery
from intel.search_cursor import Cursor
from intel.search_index import Chosen

RANKED = 200  # newest matches that are ranked among each other; the older ones follow after them
HALF_LIFE = 180  # days
TITLE = 2.0
_SATURATION = 1.2  # BM25's k1 and b
_LENGTH_SHARE = 0.75
_COMMON_LENGTH = 1000  # tokens of a text in which a phrase counts neither more nor less for the length
_LEAST = 0.01
_DAY = 24 * 60

_TOKENS = text("SELECT rowid, title, tokens FROM article_search WHERE rowid IN :keys").bindparams(
    bindparam("keys", type_=BigInteger, expanding=True, literal_execute=True)
)


@dataclass(frozen=True, slots=True, order=True)
class Ranked:
    """A match with its weight."""

    weight: float
    key: int


def taken(
    connection: Connection, query: SearchQuery, chosen: Chosen, cursor: Cursor, limit: int
) -> tuple[Sequence[int], Cursor | None]:
    """The articles that follow a place in the hits, at most so many, and the place after them, if any."""
    found: list[int] = []
    while True:
        within = replace(chosen, below=min(chosen.below, cursor.below))
        keys = search_index.newest(connection, query, within, RANKED + 1)
        following = [
            one for one in ranked(connection, query, keys[:RANKED]) if cursor.follows(one.weight, one.key)
        ]
        new = following[: limit - len(found)]
        found += [search_index.article_of(one.key) for one in new]
        if len(new) < len(following):
            return found, replace(cursor, weight=new[-1].weight, key=new[-1].key)
        if len(keys) <= RANKED:
            return found, None
        cursor = replace(cursor, below=keys[RANKED - 1], weight=None)
        if len(found) == limit:
            return found, cursor


def ranked(connection: Connection, query: SearchQuery, keys: Sequence[int]) -> Sequence[Ranked]:
    """Entries by weight, the best first; the newer first of equals."""
    rows = connection.execute(_TOKENS, {"keys": keys}).all() if keys else []
    return sorted(
        (Ranked(_weight(key, relevance(query, title, tokens)), key) for key, title, tokens in rows),
        reverse=True,
    )


def relevance(query: SearchQuery, title: str, tokens: str) -> float:
    """How much a title and a text, as tokens, are about what is searched for."""
    length = 1 + _LENGTH_SHARE * (tokens.count(" ") / _COMMON_LENGTH - 1)
    total = 0.0
    for phrase in query.phrases:
        often = _occurrences(phrase, tokens)
        total += often / (often + _SATURATION * length)
        total += TITLE if _occurrences(phrase, title) else 0.0
    return max(total, _LEAST)


def _occurrences(phrase: Phrase, tokens: str) -> int:
    return f" {tokens} ".count(f" {' '.join(phrase.tokens)}{'' if phrase.begins else ' '}")


def _weight(key: int, relevant: float) -> float:
    return math.log2(relevant) + search_index.minute_of(key) / (_DAY * HALF_LIFE)
