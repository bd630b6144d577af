"""Accounts, words and templates in, the queries to put to a site's own search out. Pure functions.

A template is what a person would type, with places for what is looked for: "{alias} 快递", "{alias} {word}".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from intel.model import Account, Source

ALIAS, WORD = "{alias}", "{word}"
# Queries of one account at one source; a site's search box is no bulk interface.
MOST = 40


@dataclass(frozen=True, slots=True)
class Query:
    """One query. A result that has none of `names` in title or snippet is none; without names all are."""

    text: str
    names: tuple[str, ...] = ()


def queries(account: Account, topics: Iterable[str], templates: Sequence[str]) -> tuple[Query, ...]:
    """The different queries on an account, at most MOST: its name with every topic word, then the aliases.

    `topics` are the words of what is looked for (招标, 快递); templates without {word} are used once.
    """
    words = tuple(topics)
    texts = (text for name in account.names for text in _filled(name, words, templates))
    return tuple(Query(text, account.names) for text in islice(dict.fromkeys(texts), MOST))


def plan(source: Source, asked: Iterable[tuple[Account, Sequence[str]]], turn: int) -> tuple[Query, ...]:
    """What to ask a `search` source, all accounts in turns: every account's first query, then the second ….

    `asked` gives each account with the words to look for, the most wanted first. A run's budget ends
    somewhere in that order, so it begins with another account at every `turn` (a day's number).
    """
    templates, asked = templates_of(source), tuple(asked)
    start = turn * budget(source.options) % len(asked) if asked else 0
    rounds = zip_longest(
        *(queries(account, words, templates) for account, words in asked[start:] + asked[:start])
    )
    return tuple({query.text: query for queue in rounds for query in queue if query}.values())


def templates_of(source: Source) -> tuple[str, ...]:
    """The query templates of a source's row."""
    templates = source.options.get("queries")
    return tuple(map(str, templates)) if isinstance(templates, list) else ()


def budget(options: Mapping[str, object]) -> int:
    """How many queries a run may ask."""
    return int(str(options.get("max_queries", 20)))


def _filled(name: str, words: Sequence[str], templates: Sequence[str]) -> Iterator[str]:
    for template in templates:
        for word in words if WORD in template else ("",):
            text = " ".join(template.replace(ALIAS, name).replace(WORD, word).split())
            if text and ALIAS in template:
                yield text
