"""What has been kept long enough, by class, and its going: bytes, articles, runs and checks.

The days of each class are a table, intel/retention.toml or the operator's own. A class is a query for what is
old enough and a way to let it go; nothing that a watched page is compared with goes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, delete, func, or_, select
from sqlalchemy.orm import Session

from intel import keeping, readings, reviewed
from intel.acts import Act, Action, By, note
from intel.db import (
    ArticleRow,
    Base,
    EventRow,
    FindingRow,
    NoticeRow,
    PageRow,
    QuarantineRow,
    SeriesPointRow,
    SourceCheckRow,
    SourceRow,
    SourceRunRow,
    read_only,
    table_of,
)
from intel.outbox import OutboxRow
from intel.refusal import Refusal

BATCH = 500
SHIPPED = Path(__file__).parent / "retention.toml"
_DOCUMENTS = ("pdf", "docx", "xlsx")  # the encodings of articles that were documents


class BadRetention(Refusal, ValueError):
    """A table of retention that cannot be followed; the message says where."""


@dataclass(frozen=True, slots=True)
class Due:
    """How much of a class is older than its days. `days` 0: kept for ever."""

    name: str
    days: int
    rows: int


_Key = int | str
_Old = Callable[[datetime], Select[Any]]
_LetGo = Callable[[Session, Sequence[_Key], datetime], None]


def load_days(file: Path = SHIPPED) -> Mapping[str, int]:
    """The days of each class. Raises BadRetention for an unknown or missing class."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadRetention(f"{file}: {error}") from error
    if table.keys() != CLASSES.keys():
        wrong = ", ".join(sorted(table.keys() ^ CLASSES.keys()))
        raise BadRetention(f"{file}: unknown or missing: {wrong}; classes are {', '.join(CLASSES)}")
    for name, days in table.items():
        if not isinstance(days, int) or isinstance(days, bool) or days < 0:
            raise BadRetention(f"{file}: {name} = {days!r}: give whole days, 0 for ever")
    return table


def due(engine: Engine, days: Mapping[str, int], now: datetime) -> list[Due]:
    """What would go now, class by class; an article due in two classes is counted in both."""
    found = []
    with Session(read_only(engine)) as session:
        for name, kept_for in days.items():
            rows = 0
            if kept_for:
                rows = _counted(session, CLASSES[name][0](now - timedelta(days=kept_for)))
            found.append(Due(name, kept_for, rows))
    return found


def _counted(session: Session, old: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(old.subquery())) or 0


def let_go(engine: Engine, days: Mapping[str, int], by: By) -> Iterator[Due]:
    """Let it go, a class at a time, each batch one transaction; says how much went.

    The first batch of a class goes with the act that tells of all: what a run that is cut off leaves is
    another run's, and its act's.
    """
    for name, kept_for in days.items():
        gone = 0
        old, end = CLASSES[name][0](by.at - timedelta(days=kept_for)), CLASSES[name][1]
        while kept_for:
            with Session(engine) as session, session.begin():
                keys = session.scalars(old.limit(BATCH)).all()
                if keys and not gone:
                    told = {"days": kept_for, "rows": _counted(session, old)}
                    note(session, by, Act(Action.DATA_LET_GO, name, after=told))
                if keys:
                    end(session, keys, by.at)
            if not keys:
                break
            gone += len(keys)
        yield Due(name, kept_for, gone)


# ---- classes: what is old enough, and how it goes


def _bytes_of(state: str, documents: bool | None, before: datetime) -> Select[Any]:
    query = select(PageRow.id).where(
        PageRow.state == state,
        PageRow.dropped_at.is_(None),
        PageRow.checked_at < before,
        PageRow.source.not_in(_compared()),
    )
    if documents is not None:
        read = select(ArticleRow.page_id).where(ArticleRow.encoding.in_(_DOCUMENTS))
        query = query.where(PageRow.id.in_(read) if documents else PageRow.id.not_in(read))
    return query.order_by(PageRow.id)


def _compared() -> Select[Any]:
    return select(SourceRow.name).where(SourceRow.kind == keeping.COMPARED)


def _articles(before: datetime, *, idle: bool) -> Select[Any]:
    query = select(ArticleRow.id).where(ArticleRow.dated_at < before, ArticleRow.source.not_in(_compared()))
    tells = (FindingRow, EventRow, SeriesPointRow, NoticeRow)
    telling = or_(*(ArticleRow.id.in_(select(table.article_id)) for table in tells))
    return query.where(~telling if idle else telling).order_by(ArticleRow.id)


def _drop_bytes(session: Session, keys: Sequence[_Key], now: datetime) -> None:
    keeping.drop_bytes(session, [int(key) for key in keys], now)


def _drop_undecided(session: Session, keys: Sequence[_Key], now: datetime) -> None:
    for key in keys:
        keeping.decide(
            session, int(key), keeping.Decision(keeping.DROPPED, "intel retain", "nobody decided"), now
        )


def _remove_articles(session: Session, keys: Sequence[_Key], now: datetime) -> None:
    """With the bytes of their pages, else `intel read --all` would bring them back."""
    word = reviewed.word(session)
    for article in session.scalars(select(ArticleRow).where(ArticleRow.id.in_(keys))).all():
        page = article.page_id
        readings.remove(session, article, word)
        keeping.drop_bytes(session, [page], now)


def _remove(table: type[Base]) -> _LetGo:
    [key] = table_of(table).primary_key

    def remove(session: Session, keys: Sequence[_Key], now: datetime) -> None:
        session.execute(delete(table).where(key.in_(keys)))

    return remove


CLASSES: Mapping[str, tuple[_Old, _LetGo]] = {
    "page_bytes": (lambda before: _bytes_of("read", False, before), _drop_bytes),
    "document_bytes": (lambda before: _bytes_of("read", True, before), _drop_bytes),
    "rejected_bytes": (lambda before: _bytes_of("rejected", None, before), _drop_bytes),
    "undecided": (
        lambda before: select(QuarantineRow.page_id).where(
            QuarantineRow.decision == keeping.UNDECIDED, QuarantineRow.found_at < before
        ),
        _drop_undecided,
    ),
    "idle_articles": (lambda before: _articles(before, idle=True), _remove_articles),
    "articles": (lambda before: _articles(before, idle=False), _remove_articles),
    "source_runs": (
        # The last one of each source tells its health.
        lambda before: select(SourceRunRow.id).where(
            SourceRunRow.finished_at < before,
            SourceRunRow.id.not_in(select(func.max(SourceRunRow.id)).group_by(SourceRunRow.source)),
        ),
        _remove(SourceRunRow),
    ),
    "outbox": (
        lambda before: select(OutboxRow.id).where(OutboxRow.ended_at < before),
        _remove(OutboxRow),
    ),
    "source_checks": (
        lambda before: select(SourceCheckRow.source).where(SourceCheckRow.checked_at < before),
        _remove(SourceCheckRow),
    ),
}
