"""The search index: text to tokens that find two-character Chinese names, kept beside the articles.

Chinese is indexed as overlapping character pairs, Latin script and numbers as whole words. FTS5's own
trigram tokenizer finds nothing for two characters such as 顺丰, without saying so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from sqlalchemy import Connection, text

from pipelines.text import fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")


class BadQuery(ValueError):
    """A search text that holds nothing to search for."""


def _is_chinese(run: str) -> bool:
    return "\u3400" <= run[0] <= "\u9fff"


def _tokens(run: str) -> list[str]:
    """A Chinese run as its pairs (one character: itself), any other run as it is."""
    return [a + b for a, b in pairwise(run)] if _is_chinese(run) and len(run) > 1 else [run]


def index_text(content: str) -> str:
    """What is indexed of a text: its tokens, separated by spaces.

    The closing character of a Chinese run stands alone too, so that a search for one character finds it.
    """
    tokens: list[str] = []
    for run in _RUN.findall(fold(content)):
        tokens += _tokens(run)
        if _is_chinese(run) and len(run) > 1:
            tokens.append(run[-1])
    return " ".join(tokens)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other; `begins`: one character, that a token may also begin with."""

    tokens: tuple[str, ...]
    begins: bool


def phrases(query: str) -> tuple[Phrase, ...]:
    """The words of a query, which must all occur, each as a phrase.

    Raises BadQuery where no letter, digit or character is in it.
    """
    found = []
    for word in query.split():
        runs = _RUN.findall(fold(word))
        if runs:
            one_character = len(runs) == 1 and len(runs[0]) == 1 and _is_chinese(runs[0])
            found.append(Phrase(tuple(token for run in runs for token in _tokens(run)), one_character))
    if not found:
        raise BadQuery(f"nothing to search for in {query!r}: give a name or a word")
    return tuple(found)


class _Index(Protocol):
    """The index table as one kind of database keeps it."""

    def put(self, connection: Connection, article_id: int, content: str) -> None: ...

    def find(self, connection: Connection, wanted: tuple[Phrase, ...], limit: int) -> list[int]: ...


class _Fts5:
    """SQLite's index finds phrases by itself."""

    def put(self, connection: Connection, article_id: int, content: str) -> None:
        connection.execute(
            text("INSERT INTO article_search (rowid, tokens) VALUES (:id, :tokens)"),
            {"id": article_id, "tokens": index_text(content)},
        )

    def find(self, connection: Connection, wanted: tuple[Phrase, ...], limit: int) -> list[int]:
        match = " AND ".join(f'"{" ".join(one.tokens)}"{"*" if one.begins else ""}' for one in wanted)
        rows = connection.execute(
            text(
                "SELECT rowid FROM article_search WHERE article_search MATCH :match "
                "ORDER BY rank, rowid LIMIT :limit"
            ),
            {"match": match, "limit": limit},
        )
        return list(rows.scalars())


class _Tsvector:
    """PostgreSQL's index finds articles with all tokens, and the kept tokens say whether they are phrases.

    Its own phrases would be wrong in long texts: a tsvector keeps 256 places of a word, none after 16383.
    """

    def put(self, connection: Connection, article_id: int, content: str) -> None:
        tokens = index_text(content)
        connection.execute(
            text(
                "INSERT INTO article_search (rowid, tokens, words) "
                "VALUES (:id, :tokens, array_to_tsvector(CAST(:words AS text[])))"
            ),
            {"id": article_id, "tokens": tokens, "words": sorted({_short(one) for one in tokens.split()})},
        )

    def find(self, connection: Connection, wanted: tuple[Phrase, ...], limit: int) -> list[int]:
        match = " & ".join(f"'{_short(t)}'{':*' if p.begins else ''}" for p in wanted for t in p.tokens)
        values: dict[str, str | int] = {"match": match, "limit": limit}
        conditions = ["words @@ CAST(:match AS tsquery)"]
        for number, phrase in enumerate(one for one in wanted if len(one.tokens) > 1):
            values[f"phrase{number}"] = f" {' '.join(phrase.tokens)} "
            conditions.append(f"position(:phrase{number} IN ' ' || tokens || ' ') > 0")
        rows = connection.execute(
            text(
                f"SELECT rowid FROM article_search WHERE {' AND '.join(conditions)} "
                "ORDER BY ts_rank(words, CAST(:match AS tsquery)) DESC, rowid LIMIT :limit"
            ),
            values,
        )
        return list(rows.scalars())


def _short(token: str) -> str:
    """A token as a tsvector takes it: no word of a language is longer, and no blob of letters is a word."""
    return token[:400]


_INDEXES: dict[str, _Index] = {"sqlite": _Fts5(), "postgresql": _Tsvector()}


def put(connection: Connection, article_id: int, content: str) -> None:
    """Index an article that is not in the index."""
    _INDEXES[connection.dialect.name].put(connection, article_id, content)


def remove(connection: Connection, article_id: int) -> None:
    """Take an article out of the index."""
    connection.execute(text("DELETE FROM article_search WHERE rowid = :id"), {"id": article_id})


def find(connection: Connection, query: str, limit: int) -> list[int]:
    """Numbers of the articles that match, best first. Raises BadQuery."""
    return _INDEXES[connection.dialect.name].find(connection, phrases(query), limit)
