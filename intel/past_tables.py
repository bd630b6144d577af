"""Tables of what was different at a moment, which stand before those that are kept.

In: a transaction and what was different. Out: in that transaction the names of the tables are those of views,
of the rows that are as they were and of tables with those that are not; all of it goes with the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    CreateView,
    Integer,
    MetaData,
    Select,
    Table,
    insert,
    make_url,
    select,
)
from sqlalchemy.schema import CreateTable

from intel import dialects, reviewed
from intel.db import ArticleRow, SourceRow, table_of
from intel.review_rules import Row, Rows

_ARTICLE = table_of(ArticleRow)
_TABLES = {**reviewed.TABLES, "articles": _ARTICLE, "sources": table_of(SourceRow)}


@dataclass(frozen=True, slots=True)
class Past:
    """What is different at a moment: the rows of articles, the numbers of their stories, and sources.

    Nothing is there of what was read after `read_until`.
    """

    articles: Mapping[int, Rows]
    moved: Mapping[int, int]
    sources: Sequence[Row]
    read_until: datetime | None


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


def _columns(table: Table) -> list[Column[Any]]:
    return [Column(one.name, one.type) for one in table.columns]


_CHANGED = _temporary("then_changed", Column("id", Integer, primary_key=True))
_THEN = {name: _temporary(f"then_{table.name}", *_columns(table)) for name, table in _TABLES.items()}


def stand_before(connection: Connection, past: Past) -> None:
    """Make the tables and views. The transaction must be allowed to (`dialects.allow_scratch`)."""
    schema = dialects.of(connection).kept_in(connection)
    tables, views = _made(connection.engine.url.drivername, schema)
    for statement in tables:
        connection.exec_driver_sql(statement)
    if past.articles:
        connection.execute(insert(_CHANGED), [{"id": number} for number in sorted(past.articles)])
    if past.read_until is not None:
        unread = select(_ARTICLE.c.id).where(_ARTICLE.c.read_at > past.read_until)
        connection.execute(insert(_CHANGED).from_select(["id"], unread))
    _fill(connection, past)
    for statement in views:
        connection.exec_driver_sql(statement)


@lru_cache
def _made(driver: str, schema: str) -> tuple[Sequence[str], Sequence[str]]:
    """The statements that make the tables and the views: putting them together takes longer than they do."""
    dialect = make_url(f"{driver}://").get_dialect()()
    tables = [CreateTable(one) for one in (_CHANGED, *_THEN.values())]
    views = [
        CreateView(_of_others(name, schema).union_all(select(_THEN[name])), table.name, temporary=True)
        for name, table in _TABLES.items()
    ]
    return [str(one.compile(dialect=dialect)) for one in tables], [
        str(one.compile(dialect=dialect)) for one in views
    ]


def _of_others(name: str, schema: str) -> Select[Any]:
    """The rows of a table that are as they were."""
    kept, numbers = _in(schema, _TABLES[name]), select(_CHANGED.c.id)
    if name == "sources":
        return select(kept).where(kept.c.name.not_in(select(_THEN[name].c.name)))
    if name == "arguments":
        events = _in(schema, _TABLES["events"])
        return select(kept).where(
            kept.c.event_id.not_in(select(events.c.id).where(events.c.article_id.in_(numbers)))
        )
    return select(kept).where((kept.c.id if name == "articles" else kept.c.article_id).not_in(numbers))


def _in(schema: str, table: Table) -> Table:
    """A table by its full name, as the views of its name stand before it."""
    return Table(table.name, MetaData(), *_columns(table), schema=schema)


def _fill(connection: Connection, past: Past) -> None:
    for name, table in reviewed.TABLES.items():
        rows = [row for of in past.articles.values() for row in of.of_table(name)]
        filled = [_filled(table, row, -place) for place, row in enumerate(rows, 1)]
        if filled:
            connection.execute(insert(_THEN[name]), filled)
    texts = select(_ARTICLE).where(_ARTICLE.c.id.in_(past.articles))
    kept = connection.execute(texts).mappings().all()
    rows = [
        {**row, **past.articles[row["id"]].article, "story_id": past.moved.get(row["id"], row["story_id"])}
        for row in kept
    ]
    if rows:
        connection.execute(insert(_THEN["articles"]), rows)
    if past.sources:
        connection.execute(insert(_THEN["sources"]), past.sources)


def _filled(table: Table, row: Row, number: int) -> Row:
    """A row with all columns; what a review adds has a number that no row has."""
    return {"id": number} | {one.name: row[one.name] for one in table.columns if one.name in row}
