"""The database as analysts had left it at a moment, to be read like the one of now.

In: an engine and a moment. Out: an engine whose sessions find, under the names of the tables, what the
reviews made until then leave of each article: its findings, events, mentions, date and story; and of each
source whose it was and how far it was believed. What was reviewed, merged, split or taken back later counts
as it stood then. The rule stands here and nowhere else, so that a new query need not remember it. With
`known_then` what was read later is not there either.

Where something is different, the session's transaction begins with views of the rows that are not and tables
of those that are; they have the names of the tables they stand before, and go with the transaction. Within
`gone_back` they are made once, for all reads of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from intel import dialects, past_stories, readers, reviewed, stories
from intel.db import (
    STANDING,
    ArticleRow,
    ReviewedRow,
    ReviewEffectRow,
    ReviewRow,
    SourceRow,
    SourceStandingRow,
    read_only,
    table_of,
)
from intel.model import Review
from intel.past_stories import Moved
from intel.past_tables import Past, stand_before
from intel.review_force import bearing
from intel.review_rules import Row, Rows, happenings
from intel.review_word import Word, in_force
from intel.reviewed import Happenings
from pipelines.reports import Report

_MOMENT, _KNOWN, _HELD = "intel_moment", "intel_known_then", "intel_held"
_ALIKE = "intel_alike"  # what an engine shows of a moment at which nothing was different


def as_of(engine: Engine, moment: datetime | None) -> Engine | Connection:
    """The same database for reading as it was decided at a moment; None: as it is now."""
    if moment is None or _seen(engine, moment) == engine.get_execution_options().get(_ALIKE):
        return engine
    held: Connection | None = _held(engine).get(_seen(engine, moment))
    return read_only(engine).execution_options(**{_MOMENT: moment}) if held is None else held


@contextmanager
def gone_back(engine: Engine, moment: datetime) -> Iterator[Engine]:
    """The same database for the reads of one answer: what is different at a moment is made ready once.

    All that is read of it `as_of` the moment is of one state. The connection leaves the pool, so that the
    answer's other reads need not wait for it. Where nothing is different, no read looks for it again.
    """
    then = as_of(engine, moment)
    if isinstance(then, Connection) or then is engine:
        yield engine
        return
    with then.connect() as connection:
        connection.begin()
        if _stood_before(connection):
            connection.detach()
            held = {**_held(engine), _seen(engine, moment): connection}
            yield engine.execution_options(**{_HELD: held})
            return
    yield engine.execution_options(**{_ALIKE: _seen(engine, moment)})


def _held(engine: Engine) -> Mapping[Any, Connection]:
    held: Mapping[Any, Connection] = engine.get_execution_options().get(_HELD, {})
    return held


def _seen(engine: Engine, moment: datetime) -> tuple[Any, ...]:
    """What a connection that is held shows: it is for nobody who sees other rows of the moment."""
    options = engine.get_execution_options()
    return moment, options.get(_KNOWN), options.get(readers.READERS)


def known_then(engine: Engine) -> Engine:
    """The same database, of which `as_of` shows only what had been read by its moment."""
    return engine.execution_options(**{_KNOWN: True})


@event.listens_for(Session, "after_begin")
def _go_back(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if connection.get_execution_options().get(_MOMENT) is not None:
        _stood_before(connection)


def _stood_before(connection: Connection) -> bool:
    """Whether something was different at the connection's moment; then that stands before what is kept."""
    options = connection.get_execution_options()
    moment, read_until = options[_MOMENT], options[_MOMENT] if options.get(_KNOWN) else None
    # Of this connection alone: here all is seen, and as it is now.
    connection.execution_options(**{_MOMENT: None, readers.READERS: None})
    dialects.of(connection).allow_scratch(connection)
    with Session(connection, join_transaction_mode="rollback_only") as session:
        sources = _sources(session, moment)
        different = bool(sources) or _is_different(session, moment, read_until)
        if different:
            stand_before(connection, _past(session, moment, sources, read_until))
    connection.execution_options(**{readers.READERS: options.get(readers.READERS)})
    return different


# ---- what is different


def _is_different(session: Session, moment: datetime, read_until: datetime | None) -> bool:
    later = [select(ReviewRow.id).where(ReviewRow.at > moment)]
    if read_until is not None:
        later.append(select(ArticleRow.id).where(ArticleRow.read_at > read_until))
    return any(session.scalar(query.limit(1)) is not None for query in later)


def _sources(session: Session, moment: datetime) -> Sequence[Row]:
    """The rows of the sources that stood otherwise then; what is known first holds before it, too."""
    stood = SourceStandingRow
    first = select(func.min(stood.id)).group_by(stood.source)
    later = select(stood.source).where(stood.at > moment, stood.id.not_in(first)).distinct()
    if not (changed := session.scalars(later).all()):
        return ()
    held: dict[str, SourceStandingRow] = {}
    for one in session.scalars(select(stood).where(stood.source.in_(changed)).order_by(stood.id)):
        if one.source not in held or one.at <= moment:
            held[one.source] = one
    table = table_of(SourceRow)
    now = session.execute(select(table).where(table.c.name.in_(held))).mappings()
    return [{**row, **{name: getattr(held[row["name"]], name) for name in STANDING}} for row in now]


def _past(session: Session, moment: datetime, sources: Sequence[Row], read_until: datetime | None) -> Past:
    every = reviewed.reviews(session)
    said = Word.of(one for one in every if one.at <= moment)
    turned = _turned(every, moment)
    articles: dict[int, Rows] = {}
    happened: dict[int, tuple[Happenings, Happenings]] = {}
    reports: dict[int, Report] = {}
    touched = _touched(session, turned, {one.id for one in in_force(every)})
    there = sorted(touched - _unread(session, touched, read_until))
    for number, (now, read) in reviewed.as_read(session, there).items():
        then, _ = said.applied(read)
        if then == now:
            continue
        articles[number] = then
        happened[number] = happenings(read, now), happenings(read, then)
    for number, report in stories.reports(session, articles.keys()).items():
        published = articles[number].article["published_at"]
        told = stories.corrected(report, published, *happened[number])
        if told != report:
            reports[number] = told
    later = [one for one in reversed(every) if one.at > moment]
    moved = past_stories.moved(session, Moved(said.links, reports, turned, later, read_until))
    articles |= reviewed.present(session, moved.keys() - articles.keys())
    return Past(articles, moved, sources, read_until)


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
