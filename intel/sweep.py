"""Every text that is kept anywhere but in pages and articles: looked through, and rewritten.

It goes over the tables as the code declares them, so a table added later is covered without being named.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String, Table, select, update
from sqlalchemy.orm import Session

# All that declare tables, for a process that needs them for nothing else too.
from intel import alert_tables, bookmark_tables, dialects, file_tables, outbox, user_tables
from intel.db import Base
from intel.review_rules import in_step
from pipelines.personal_data import Edit, Redacted, replaced

_DECLARING = (alert_tables, bookmark_tables, file_tables, outbox, user_tables)
# Rewritten with the page or read again with the article.
READ_AGAIN = frozenset(
    "page article story report_key mention stranger event argument finding series_point notice notice_account"
    " place".split()
)
# What the operator wrote: organisations, sources, words; and the forgotten themselves.
CONFIGURED = frozenset("term account alias source source_added source_standing tombstone".split())
# Bytes that hold text in a form that this sweep cannot see; each is dealt with by name elsewhere.
KNOWN_BYTES = frozenset({"page.body", "article.report"})

# What is worked out of other words of the same value, in a form in which nothing is found.
_FOLLOWING: Mapping[str, Callable[[Any], Any]] = {"review.target": in_step}

Finder = Callable[[str], Iterable[Edit]]


def swept() -> Iterator[Table]:
    """The tables that are looked through."""
    for table in Base.metadata.sorted_tables:
        if table.name not in READ_AGAIN | CONFIGURED:
            yield table


def unseen_bytes() -> frozenset[str]:
    """Columns of bytes that nobody has said how to clear; a test holds that there is none."""
    columns = (column for table in Base.metadata.sorted_tables for column in table.columns)
    named = {
        f"{column.table.name}.{column.name}" for column in columns if isinstance(column.type, LargeBinary)
    }
    return frozenset(named - KNOWN_BYTES)


def rewrite(session: Session, find: Finder) -> Counter[str]:
    """Rewrite all texts in which something is found; counts the rows by table."""
    count: Counter[str] = Counter()
    connection = session.connection()
    # Forgetting is the one change that an append-only table has to allow.
    with dialects.of(connection).unguarded(connection):
        for table in swept():
            count[table.name] += _rewrite(session, table, find)
    return +count


def _rewrite(session: Session, table: Table, find: Finder) -> int:
    keys = list(table.primary_key.columns)
    changed_rows = 0
    for row in session.execute(select(table)).mappings().all():
        values = {
            column.name: changed
            for column in _texts(table)
            if (changed := _rewritten(column, row[column.name], find)) is not None
        }
        if values:
            changed_rows += 1
            here = [key == row[key.name] for key in keys]
            session.execute(update(table).where(*here).values(**values))
    return changed_rows


def holding(session: Session, find: Finder) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows in which something is found, each with its table's name."""
    for table in swept():
        for row in session.execute(select(table)).mappings():
            if any(_changed(row[column.name], find) is not None for column in _texts(table)):
                yield table.name, dict(row)


def _texts(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if isinstance(column.type, String | JSON) and not column.primary_key and not column.foreign_keys
    ]


def _rewritten(column: Column[Any], value: object, find: Finder) -> object | None:
    """The value without what is found in it, and what follows from that, or None if it is as it was."""
    left = _changed(value, find)
    follow = _FOLLOWING.get(str(column))
    if follow is not None:
        left = follow(value if left is None else left)
    return None if left == value else left


def _changed(value: object, find: Finder) -> object | None:
    """The value without what is found in it, or None if nothing is."""
    if isinstance(value, str):
        done = _redacted(value, find)
        return done.text if done.edits else None
    if value is None:
        return None
    done = _redacted(json.dumps(value, ensure_ascii=False), find)
    return json.loads(done.text) if done.edits else None


def _redacted(text: str, find: Finder) -> Redacted:
    return replaced(text, find(text))
