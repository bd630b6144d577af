"""Whose reading of a database it is: a field report is open to who may see the account it was written on.

In: an engine and the accounts whose files somebody may see. Out: an engine whose sessions read as if there
were no other field reports: no row of theirs, in no query. The rule stands here and nowhere else, as row
security does in a database, so that a new query need not remember it. An engine that was not given to anybody
reads all, as commands and jobs do. Statements on bare tables (`db.table_of`) are not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, cast, event, literal, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from intel.db import ArticleRow, Base, FieldReportRow, PageRow, table_of
from pipelines.field_report import SCHEME, SOURCE

# The accounts whose files may be seen; None for all.
Readers = Collection[str] | None
READERS = "intel_readers"
_ARTICLE, _REPORT = table_of(ArticleRow), table_of(FieldReportRow)


def seen_by(engine: Engine, accounts: Readers) -> Engine:
    """The same database for reading, as who may see the files of these accounts sees it."""
    return engine if accounts is None else engine.execution_options(**{READERS: frozenset(accounts)})


def readers(session: Session) -> frozenset[str] | None:
    """Whose files may be seen in a session; None: all."""
    found: frozenset[str] | None = session.get_bind().get_execution_options().get(READERS)
    return found


def open_reports(session: Session) -> frozenset[str] | None:
    """The addresses of the field reports that may be read in a session; None: all."""
    if readers(session) is None:
        return None
    return frozenset(f"{SCHEME}{number}" for number in session.scalars(select(FieldReportRow.id)))


@event.listens_for(Session, "do_orm_execute")
def _only_open(state: ORMExecuteState) -> None:
    accounts = readers(state.session)
    if accounts is not None and state.is_select:
        state.statement = state.statement.options(*_criteria(accounts))


@lru_cache(maxsize=256)
def _criteria(accounts: frozenset[str]) -> tuple[Any, ...]:
    """What rows must be: of no article that was read from another account's report."""
    address = literal(SCHEME) + cast(_REPORT.c.id, String)
    mine = select(address).where(_REPORT.c.account_id.in_(accounts))
    hidden = select(_ARTICLE.c.id).where(_ARTICLE.c.source == SOURCE, _ARTICLE.c.url.not_in(mine))
    told: list[tuple[type[Base], ColumnElement[bool]]] = [
        (FieldReportRow, FieldReportRow.account_id.in_(accounts)),
        (PageRow, or_(PageRow.source != SOURCE, PageRow.url.in_(mine))),
        (ArticleRow, ArticleRow.id.not_in(hidden)),
        *((row, row.article_id.not_in(hidden)) for row in _of_articles()),
    ]
    return tuple(with_loader_criteria(row, only, include_aliases=True) for row, only in told)


def _of_articles() -> Iterator[Any]:
    """The tables whose rows belong to an article."""
    for mapper in Base.registry.mappers:
        if mapper.inherits is None and "article_id" in mapper.columns:
            yield mapper.class_
