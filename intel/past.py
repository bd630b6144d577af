"""The database as analysts had left it at a moment, to be read like the one of now.

In: an engine and a moment. Out: an engine whose sessions find, under the names of the tables, what the
reviews made until then leave of each article: its findings, events, mentions, date and story. What was
reviewed, merged, split or taken back later counts as it stood then. The rule stands here and nowhere else, so
that a new query need not remember it. With `known_then` what was read later is not there either.

Where something is different, the session's transaction begins with views of the rows that are not and tables
of those that are; they have the names of the tables they stand before, and go with the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    CreateView,
    Engine,
    Integer,
    MetaData,
    Select,
    Table,
    event,
    insert,
    select,
)
from sqlalchemy.orm import Session, SessionTransaction

from intel import dialects, past_stories, readers, reviewed, stories
from intel.db import ArticleRow, ReviewedRow, ReviewEffectRow, ReviewRow, read_only, table_of
from intel.model import Review
from intel.past_stories import Moved
from intel.review_force import bearing
from intel.review_rules import Row, Rows, happenings
from intel.review_word import Word, in_force
from pipelines.dedupe import Report

_MOMENT, _KNOWN = "intel_moment", "intel_known_then"
_ARTICLE = table_of(ArticleRow)
_TABLES = {**reviewed.TABLES, "articles": _ARTICLE}


def as_of(engine: Engine, moment: datetime | None) -> Engine:
    """The same database for reading as it was decided at a moment; None: as it is now."""
    return engine if moment is None else read_only(engine).execution_options(**{_MOMENT: moment})


def known_then(engine: Engine) -> Engine:
    """The same database, of which `as_of` shows only what had been read by its moment."""
    return engine.execution_options(**{_KNOWN: True})


@dataclass(frozen=True, slots=True)
class _Past:
    """What is different at a moment: the rows of articles, and the numbers of their stories.

    Nothing is there of what was read after `read_until`.
    """

    articles: Mapping[int, Rows]
    moved: Mapping[int, int]
    read_until: datetime | None


@event.listens_for(Session, "after_begin")
def _go_back(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    options = connection.get_execution_options()
    moment = options.get(_MOMENT)
    if moment is None:
        return
    # Of this connection alone: here all is seen, and as it is now.
    connection.execution_options(**{_MOMENT: None, readers.READERS: None})
    dialects.of(connection).allow_scratch(connection)
    with Session(connection, join_transaction_mode="rollback_only") as session:
        read_until = moment if options.get(_KNOWN) else None
        if _is_different(session, moment, read_until):
            _stand_before(session, _past(session, moment, read_until))


# ---- what is different


def _is_different(session: Session, moment: datetime, read_until: datetime | None) -> bool:
    later = [select(ReviewRow.id).where(ReviewRow.at > moment)]
    if read_until is not None:
        later.append(select(ArticleRow.id).where(ArticleRow.read_at > read_until))
    return any(session.scalar(query.limit(1)) is not None for query in later)


def _past(session: Session, moment: datetime, read_until: datetime | None) -> _Past:
    every = reviewed.reviews(session)
    said = Word.of(one for one in every if one.at <= moment)
    turned = _turned(every, moment)
    articles: dict[int, Rows] = {}
    reports: dict[int, Report] = {}
    touched = _touched(session, turned, {one.id for one in in_force(every)})
    for number in sorted(touched - _unread(session, touched, read_until)):
        now, read = reviewed.as_read(session, number)
        then, _ = said.applied(read)
        if then == now:
            continue
        articles[number] = then
        report = stories.reports(session, [number])[number]
        happened = happenings(read, now), happenings(read, then)
        told = stories.corrected(report, then.article["published_at"], *happened)
        if told != report:
            reports[number] = told
    later = [one for one in reversed(every) if one.at > moment]
    moved = past_stories.moved(session, Moved(said.links, reports, turned, later, read_until))
    for number in moved.keys() - articles.keys():
        articles[number] = reviewed.present(session, number)
    return _Past(articles, moved, read_until)


def _unread(session: Session, articles: set[int], read_until: datetime | None) -> set[int]:
    if read_until is None:
        return set()
    query = select(ArticleRow.id).where(ArticleRow.id.in_(articles), ArticleRow.read_at > read_until)
    return set(session.scalars(query))


def _turned(every: Sequence[Review], moment: datetime) -> Sequence[Review]:
    """The reviews that held then and do not now, or the other way round."""
    now, then = in_force(every), in_force(one for one in every if one.at <= moment)
    numbers = {one.id for one in now} ^ {one.id for one in then}
    return [one for one in every if one.id in numbers]


def _touched(session: Session, turned: Sequence[Review], held: set[int]) -> set[int]:
    """The articles in which something may be different.

    What a review in force changed is kept as its effect. One that was taken back may have changed what now
    bears another review's mark, or what is again as it was read.
    """
    now = [one.id for one in turned if one.id in held]
    effects = select(ReviewEffectRow.article_id).where(ReviewEffectRow.review_id.in_(now))
    found = set(session.scalars(effects))
    back = [one for one in turned if one.id not in held]
    if back:
        found |= set(session.scalars(select(ReviewedRow.article_id)))
    return found.union(*(bearing(session, one) for one in back if "url" in one.target))


# ---- tables of it


def _stand_before(session: Session, past: _Past) -> None:
    connection = session.connection()
    schema = dialects.of(connection).kept_in(connection)
    then = MetaData()
    changed = Table("then_changed", then, Column("id", Integer, primary_key=True), prefixes=["TEMPORARY"])
    tables = {
        name: Table(f"then_{table.name}", then, *_columns(table), prefixes=["TEMPORARY"])
        for name, table in _TABLES.items()
    }
    then.create_all(connection, checkfirst=False)
    if past.articles:
        connection.execute(insert(changed), [{"id": number} for number in sorted(past.articles)])
    if past.read_until is not None:
        unread = select(_ARTICLE.c.id).where(_ARTICLE.c.read_at > past.read_until)
        connection.execute(insert(changed).from_select(["id"], unread))
    _fill(connection, tables, past)
    for name, table in _TABLES.items():
        view = _of_others(name, schema, changed).union_all(select(tables[name]))
        connection.execute(CreateView(view, table.name, temporary=True))


def _of_others(name: str, schema: str, changed: Table) -> Select[Any]:
    """The rows of a table that are as they were."""
    kept, numbers = _in(schema, _TABLES[name]), select(changed.c.id)
    if name == "arguments":
        events = _in(schema, _TABLES["events"])
        return select(kept).where(
            kept.c.event_id.not_in(select(events.c.id).where(events.c.article_id.in_(numbers)))
        )
    return select(kept).where((kept.c.id if name == "articles" else kept.c.article_id).not_in(numbers))


def _in(schema: str, table: Table) -> Table:
    """A table by its full name, as the views of its name stand before it."""
    return Table(table.name, MetaData(), *_columns(table), schema=schema)


def _columns(table: Table) -> list[Column[Any]]:
    return [Column(one.name, one.type) for one in table.columns]


def _fill(connection: Connection, tables: Mapping[str, Table], past: _Past) -> None:
    for name, table in reviewed.TABLES.items():
        rows = [row for of in past.articles.values() for row in getattr(of, name)]
        filled = [_filled(table, row, -place) for place, row in enumerate(rows, 1)]
        if filled:
            connection.execute(insert(tables[name]), filled)
    texts = select(_ARTICLE).where(_ARTICLE.c.id.in_(past.articles))
    kept = connection.execute(texts).mappings().all()
    rows = [
        {**row, **past.articles[row["id"]].article, "story_id": past.moved.get(row["id"], row["story_id"])}
        for row in kept
    ]
    if rows:
        connection.execute(insert(tables["articles"]), rows)


def _filled(table: Table, row: Row, number: int) -> Row:
    """A row with all columns; what a review adds has a number that no row has."""
    return {"id": number} | {one.name: row[one.name] for one in table.columns if one.name in row}
