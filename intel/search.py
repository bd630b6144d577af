"""The search index: text to tokens that find two-character Chinese names, kept beside the articles.

Chinese is indexed as overlapping character pairs, Latin script and numbers as whole words. FTS5's own
trigram tokenizer finds nothing for two characters such as 顺丰, without saying so.
"""

from __future__ import annotations

import re
from itertools import pairwise

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


def match_expression(query: str) -> str:
    """The FTS5 expression of a query: words separated by spaces must all occur, each as a phrase.

    Raises BadQuery where no letter, digit or character is in it.
    """
    phrases = []
    for word in query.split():
        runs = _RUN.findall(fold(word))
        if runs:
            phrase = '"' + " ".join(token for run in runs for token in _tokens(run)) + '"'
            one_character = len(runs) == 1 and len(runs[0]) == 1 and _is_chinese(runs[0])
            phrases.append(phrase + "*" if one_character else phrase)
    if not phrases:
        raise BadQuery(f"nothing to search for in {query!r}: give a name or a word")
    return " AND ".join(phrases)


def put(connection: Connection, article_id: int, content: str) -> None:
    """Index an article that is not in the index."""
    connection.execute(
        text("INSERT INTO article_search (rowid, tokens) VALUES (:id, :tokens)"),
        {"id": article_id, "tokens": index_text(content)},
    )


def remove(connection: Connection, article_id: int) -> None:
    """Take an article out of the index."""
    connection.execute(text("DELETE FROM article_search WHERE rowid = :id"), {"id": article_id})


def find(connection: Connection, query: str, limit: int) -> list[int]:
    """Numbers of the articles that match, best first. Raises BadQuery."""
    matching = text(
        "SELECT rowid FROM article_search WHERE article_search MATCH :match ORDER BY rank, rowid LIMIT :limit"
    )
    return [
        row[0] for row in connection.execute(matching, {"match": match_expression(query), "limit": limit})
    ]
