"""The search index beside the articles: put, taken out and asked for the newest articles that match.

An entry is numbered by the minute of its article and then by the article (`key`), so that the order of the
index is that of time: the newest matches of a common word are found without looking at the others, and days
are ranges of numbers. Beside the text, an entry holds what the article can be chosen by, as terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, text, true

from intel.db import (
    AnyFindingRow,
    ArticleRow,
    EventRow,
    FieldReportRow,
    IndexedRow,
    MentionRow,
    NoticeAccountRow,
    SourceRow,
    Tell,
    table_of,
)
from intel.search import Phrase, SearchQuery, index_text
from pipelines.field_report import SCHEME, SOURCE

_ARTICLE = table_of(ArticleRow)
_INDEXED = table_of(IndexedRow)
_FINDING, _MENTION, _EVENT = table_of(AnyFindingRow), table_of(MentionRow), table_of(EventRow)
_PARTY, _REPORT, _SOURCE = table_of(NoticeAccountRow), table_of(FieldReportRow), table_of(SourceRow)
# What an entry can be chosen by; `READER`: the accounts whose teams may see the article.
TABLES = ("article_search", "indexed")  # and what their names begin
ACCOUNT, TOPIC, EVENT = "account", "topic", "event"
SOURCE_TERM, CHANNEL, READER = "source", "channel", "reader"
_ARTICLES = 1 << 31  # numbers of articles are 32-bit integers
_BATCH = 500  # articles read at once when all are indexed anew
FIRST, LAST = -(2**63), 2**63 - 1
# In no token and no term. Joined, the words of an entry cost the driver a fifth of what a list of them does.
_BETWEEN = "\x1f"


def key(dated_at: datetime, article_id: int = 0) -> int:
    """The number of an article's entry; without the article, the lowest of that minute."""
    minute = int(dated_at.astimezone(UTC).timestamp()) // 60
    return minute * _ARTICLES + article_id


def article_of(key: int) -> int:
    """The article of an entry."""
    return key % _ARTICLES


def minute_of(key: int) -> int:
    """The minute of an entry, counted from 1970."""
    return key // _ARTICLES


def term(kind: str, value: str) -> str:
    """What an entry holds of an article's account, topic, event or source; no token has a colon."""
    return f"{kind}:{value.casefold()}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which entries: of each group one term; numbered from `since` on and below `below`."""

    terms: tuple[tuple[str, ...], ...] = ()
    since: int = FIRST
    below: int = LAST


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of an article."""

    key: int
    title: str
    tokens: str
    terms: tuple[str, ...]


class _Index(Protocol):
    """The index table as one kind of database keeps it."""

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None: ...

    def newest(
        self, connection: Connection, query: SearchQuery, chosen: Chosen, most: int
    ) -> Sequence[int]: ...


class _Fts5:
    """SQLite's index finds phrases by itself, and goes through its entries from the last one back."""

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        connection.execute(
            text(
                "INSERT INTO article_search (rowid, title, tokens, terms) "
                "VALUES (:key, :title, :tokens, :terms)"
            ),
            [
                {"key": one.key, "title": one.title, "tokens": one.tokens, "terms": " ".join(one.terms)}
                for one in entries
            ],
        )

    def newest(self, connection: Connection, query: SearchQuery, chosen: Chosen, most: int) -> Sequence[int]:
        rows = connection.execute(
            text(
                "SELECT rowid FROM article_search WHERE article_search MATCH :match "
                "AND rowid >= :since AND rowid < :below ORDER BY rowid DESC LIMIT :most"
            ),
            {
                "match": self._match(query, chosen),
                "since": chosen.since,
                "below": chosen.below,
                "most": most,
            },
        )
        return list(rows.scalars())

    def _match(self, query: SearchQuery, chosen: Chosen) -> str:
        wanted = " AND ".join(self._any(map(self._phrase, group)) for group in query.groups)
        match = f"{{title tokens}} : ({wanted})"
        for group in chosen.terms:
            match += f" AND terms : {self._any(map(_quoted, group))}"
        if query.without:
            match = f"({match}) NOT {{title tokens}} : {self._any(map(self._phrase, query.without))}"
        return match

    @staticmethod
    def _phrase(phrase: Phrase) -> str:
        return f'"{" ".join(phrase.tokens)}"{"*" if phrase.begins else ""}'

    @staticmethod
    def _any(parts: Iterator[str]) -> str:
        return f"({' OR '.join(parts)})"


class _Tsvector:
    """PostgreSQL's index finds articles with all tokens, and the kept tokens say whether they are phrases.

    Its own phrases would be wrong in long texts: a tsvector keeps 256 places of a word, none after 16383.
    """

    def put(self, connection: Connection, entries: Sequence[Entry]) -> None:
        connection.execute(
            text(
                "INSERT INTO article_search (rowid, title, tokens, words) "
                "VALUES (:key, :title, :tokens, array_to_tsvector(string_to_array(:words, :between)))"
            ),
            [
                {
                    "key": one.key,
                    "title": one.title,
                    "tokens": one.tokens,
                    "words": _BETWEEN.join(self._words(one)),
                    "between": _BETWEEN,
                }
                for one in entries
            ],
        )

    def newest(self, connection: Connection, query: SearchQuery, chosen: Chosen, most: int) -> Sequence[int]:
        """Asked in portions: texts are looked at only as far as it takes to fill up."""
        exact, values = self._exact(query)
        statement = text(
            f"WITH near AS MATERIALIZED (SELECT rowid FROM article_search "
            "WHERE words @@ CAST(:match AS tsquery) AND rowid >= :since AND rowid < :below "
            "ORDER BY rowid DESC LIMIT :most) "
            f"SELECT near.rowid, {exact} FROM near JOIN article_search s ON s.rowid = near.rowid "
            "ORDER BY near.rowid DESC"
            if exact
            else "SELECT rowid, true FROM article_search WHERE words @@ CAST(:match AS tsquery) "
            "AND rowid >= :since AND rowid < :below ORDER BY rowid DESC LIMIT :most"
        )
        values |= {"match": self._match(query, chosen), "since": chosen.since, "most": most}
        found: list[int] = []
        below = chosen.below
        while True:
            rows = connection.execute(statement, values | {"below": below}).all()
            found += [number for number, right in rows if right]
            if len(rows) < most or len(found) >= most:
                return found[:most]
            below = rows[-1][0]

    @staticmethod
    def _words(entry: Entry) -> list[str]:
        tokens = {_short(one) for one in (*entry.title.split(), *entry.tokens.split())}
        return sorted(tokens.union(entry.terms))

    def _match(self, query: SearchQuery, chosen: Chosen) -> str:
        """What must be in the tokens, phrases or not."""
        groups = [[self._all(phrase) for phrase in group] for group in query.groups]
        groups += [[_lexeme(one) for one in group] for group in chosen.terms]
        wanted = " & ".join(f"({' | '.join(group)})" for group in groups)
        # Of what must not occur, only single tokens can be told by the index.
        return wanted + "".join(f" & !{self._all(one)}" for one in query.without if len(one.tokens) == 1)

    @staticmethod
    def _all(phrase: Phrase) -> str:
        *first, last = map(_lexeme, phrase.tokens)
        return f"({' & '.join([*first, f'{last}:*' if phrase.begins else last])})"

    @staticmethod
    def _exact(query: SearchQuery) -> tuple[str, dict[str, str | int]]:
        """The condition that phrases are phrases, empty where there is none of several tokens."""
        values: dict[str, str | int] = {}

        def holds(phrase: Phrase) -> str:
            name = f"phrase{len(values)}"
            values[name] = f" {' '.join(phrase.tokens)}{'' if phrase.begins else ' '}"
            return f"position(:{name} IN ' ' || s.title || ' | ' || s.tokens || ' ') > 0"

        several = [group for group in query.groups if any(len(one.tokens) > 1 for one in group)]
        conditions = [f"({' OR '.join(map(holds, group))})" for group in several]
        conditions += [f"NOT {holds(one)}" for one in query.without if len(one.tokens) > 1]
        return " AND ".join(conditions), values


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _lexeme(token: str) -> str:
    escaped = _short(token).replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _short(token: str) -> str:
    """A token as a tsvector takes it: no word of a language is longer, and no blob of letters is a word."""
    return token[:400]


_INDEXES: dict[str, _Index] = {"sqlite": _Fts5(), "postgresql": _Tsvector()}


def newest(connection: Connection, query: SearchQuery, chosen: Chosen, most: int) -> Sequence[int]:
    """The entries that match, the newest first, at most so many."""
    return _INDEXES[connection.dialect.name].newest(connection, query, chosen, most)


def put(connection: Connection, article_id: int) -> None:
    """Index an article as its rows now are, in place of what the index had of it."""
    remove(connection, article_id)
    add(connection, [article_id])


def put_source(connection: Connection, source: str) -> None:
    """Index the articles of a source as its row now is."""
    for number in connection.scalars(select(_ARTICLE.c.id).where(_ARTICLE.c.source == source)).all():
        put(connection, number)


def remove(connection: Connection, article_id: int) -> None:
    """Take an article out of the index."""
    number = connection.scalar(select(_INDEXED.c.key).where(_INDEXED.c.article_id == article_id))
    if number is not None:
        connection.execute(text("DELETE FROM article_search WHERE rowid = :key"), {"key": number})
        connection.execute(delete(_INDEXED).where(_INDEXED.c.article_id == article_id))


def rebuild(connection: Connection, tell: Tell) -> None:
    """Index all articles anew, a batch at a time; `tell` hears how many of how many are done."""
    connection.execute(text("DELETE FROM article_search"))
    connection.execute(delete(_INDEXED))
    total = connection.scalar(select(func.count()).select_from(_ARTICLE)) or 0
    done, last = 0, 0
    while True:
        following = select(_ARTICLE.c.id).where(_ARTICLE.c.id > last).order_by(_ARTICLE.c.id)
        numbers = list(connection.scalars(following.limit(_BATCH)))
        if not numbers:
            return
        add(connection, numbers)
        done, last = done + len(numbers), numbers[-1]
        tell(done, total)


def drop(connection: Connection) -> None:
    """Take the index away, tables and all."""
    for table in TABLES:
        connection.execute(text(f"DROP TABLE IF EXISTS {table}"))


_WITHOUT = "SELECT count(*) FROM {0} a WHERE NOT EXISTS (SELECT 1 FROM {1} b WHERE b.{2} = a.{3})"


def astray(connection: Connection) -> tuple[int, int]:
    """How many articles are not in the index, and how many of its entries are of none."""
    # Joined, not listed: PostgreSQL would go through a list of a million for each of a million.
    missing = _WITHOUT.format("article", "indexed", "article_id", "id")
    extra = _WITHOUT.format("article_search", "indexed", "key", "rowid")
    lost = _WITHOUT.format("indexed", "article_search", "rowid", "key")
    counts = [connection.scalar(text(query)) or 0 for query in (missing, lost, extra)]
    return counts[0] + counts[1], counts[2]


def add(connection: Connection, numbers: Collection[int]) -> None:
    """Index articles that the index does not hold yet."""
    terms = _terms(connection, numbers)
    columns = [_ARTICLE.c[name] for name in ("id", "url", "title", "text", "dated_at", "source")]
    query = select(*columns, _SOURCE.c.channel).join(_SOURCE, _SOURCE.c.name == _ARTICLE.c.source)
    rows = connection.execute(query.where(_ARTICLE.c.id.in_(numbers))).mappings().all()
    readers = _readers(connection, rows)
    entries: dict[int, Entry] = {}
    for row in rows:
        chosen = terms[row["id"]] | {(SOURCE_TERM, row["source"]), (CHANNEL, row["channel"])}
        named = {value for kind, value in chosen if kind == ACCOUNT}
        chosen |= {(READER, account) for account in readers.get(row["id"], named)}
        entries[row["id"]] = Entry(
            key(row["dated_at"], row["id"]),
            index_text(row["title"]),
            index_text(row["text"]),
            tuple(sorted(term(*one) for one in chosen)),
        )
    _INDEXES[connection.dialect.name].put(connection, list(entries.values()))
    numbered = [{"article_id": number, "key": entry.key} for number, entry in entries.items()]
    connection.execute(insert(_INDEXED), numbered)


def _terms(connection: Connection, numbers: Collection[int]) -> defaultdict[int, set[tuple[str, str]]]:
    """What articles can be chosen by; what an analyst rejected is not among it."""
    kept = _FINDING.c.state == "kept"
    columns = (
        (ACCOUNT, _MENTION.c.account_id, true()),
        (ACCOUNT, _PARTY.c.account_id, true()),
        (ACCOUNT, _FINDING.c.account_id, kept),
        (TOPIC, _FINDING.c.topic, kept),
        (EVENT, _EVENT.c.type, true()),
    )
    terms: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for kind, column, condition in columns:
        article = column.table.c.article_id
        query = select(article, column).where(article.in_(numbers), condition).distinct()
        for number, value in connection.execute(query):
            terms[number].add((kind, value))
    return terms


def _readers(connection: Connection, rows: Sequence[RowMapping]) -> dict[int, set[str]]:
    """Of field reports, the account that each was written on: whoever else it names, it belongs to that."""
    reports = {
        int(row["url"].removeprefix(SCHEME)): row["id"]
        for row in rows
        if row["source"] == SOURCE and row["url"].removeprefix(SCHEME).isdigit()
    }
    query = select(_REPORT.c.id, _REPORT.c.account_id).where(_REPORT.c.id.in_(reports))
    written: dict[int, set[str]] = {row["id"]: set() for row in rows if row["source"] == SOURCE}
    return written | {reports[number]: {account} for number, account in connection.execute(query)}
