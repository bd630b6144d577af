"""An article's rows with the analysts' word applied: what was read is set aside first, so all can be undone.

In: an article whose rows are as they were read, or as earlier reviews left them, and the Word in force. Out:
rows that hold what the reviews say, their effects, and the original for as long as it differs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from intel.db import (
    AnyFindingRow,
    ArgumentRow,
    ArticleRow,
    EventRow,
    MentionRow,
    ReviewedRow,
    ReviewEffectRow,
    ReviewRow,
    UtcDateTime,
    table_of,
)
from intel.model import Review, ReviewAction
from intel.review_rules import REPEATED, Effect, Row, Rows, happenings
from intel.review_word import Word

# Events before the arguments that point to them.
TABLES = {
    "findings": table_of(AnyFindingRow),
    "events": table_of(EventRow),
    "arguments": table_of(ArgumentRow),
    "mentions": table_of(MentionRow),
}
_ARTICLE = table_of(ArticleRow)
# What a review can change of an article, and what the rules look at.
_DATES = ("published_at", "published_precision", "published_evidence", "published_origin", "dated_at")
Happenings = frozenset[tuple[str, str]]
_SEEN = ("id", "url", "title", "text", *_DATES)


def reviews(session: Session) -> Sequence[Review]:
    """Every review, oldest first."""
    rows = session.scalars(select(ReviewRow).order_by(ReviewRow.id))
    return [
        Review(
            row.id, row.at, row.who, row.why, ReviewAction(row.action),
            row.target, row.before, row.after, row.undoes,
        )
        for row in rows
    ]  # fmt: skip


def word(session: Session) -> Word:
    """The word of the analysts as of now."""
    return Word.of(reviews(session))


@dataclass(frozen=True, slots=True)
class Settled:
    """What an article told to have happened before its rows were settled, and what it tells since."""

    before: Happenings = frozenset()
    since: Happenings = frozenset()


def settle(session: Session, article_id: int, said: Word) -> Settled:
    """Make an article's rows what was read with all reviews in force applied."""
    session.flush()
    kept = session.get(ReviewedRow, article_id)
    if kept is None and said.silent:
        return Settled()
    now, read = as_read(session, [article_id])[article_id]
    rows, effects = said.applied(read)
    if kept is None and not effects:
        return Settled()
    session.execute(delete(ReviewEffectRow).where(ReviewEffectRow.article_id == article_id))
    _write(session, rows)
    if kept is not None:
        session.delete(kept)
        session.flush()
    if effects:
        session.add(ReviewedRow(article_id=article_id, original=_plain(read)))
        session.execute(insert(ReviewEffectRow), [_effect(article_id, one) for one in effects])
    session.flush()
    return Settled(happenings(read, now), happenings(read, rows))


def as_read(session: Session, articles: Collection[int]) -> Mapping[int, tuple[Rows, Rows]]:
    """The rows of each article as they are now, and as they were read."""
    kept = session.scalars(select(ReviewedRow).where(ReviewedRow.article_id.in_(articles)))
    originals = {one.article_id: one.original for one in kept}
    return {
        number: (now, _restored(originals[number], now) if number in originals else now)
        for number, now in present(session, articles).items()
    }


def forget(session: Session, article_id: int) -> None:
    """Let go of what was read before: a new reading takes its place."""
    session.execute(delete(ReviewedRow).where(ReviewedRow.article_id == article_id))
    session.execute(delete(ReviewEffectRow).where(ReviewEffectRow.article_id == article_id))


def numbers(session: Session, article_id: int) -> Mapping[tuple[str, str, int, int], int]:
    """The numbers of an article's findings as they were read, by account, topic and span."""
    kept = session.get(ReviewedRow, article_id)
    if kept is not None:
        found: Sequence[Row] = kept.original["findings"]
    else:
        found = _rows(session, "findings", TABLES["findings"].c.article_id == article_id)
    return {(one["account_id"], one["topic"], one["start"], one["end"]): one["id"] for one in found}


def _effect(article_id: int, effect: Effect) -> Row:
    return {
        "article_id": article_id,
        "review_id": effect.review,
        "kind": effect.kind,
        "text": effect.text,
    }


# ---- rows in and out


def present(session: Session, articles: Collection[int]) -> Mapping[int, Rows]:
    """The rows of each article as they are now."""
    found: dict[int, dict[str, list[Row]]] = {number: {name: [] for name in TABLES} for number in articles}
    for name in ("findings", "events", "mentions"):
        for row in _rows(session, name, TABLES[name].c.article_id.in_(articles)):
            found[row["article_id"]][name].append(row)
    of_event = {event["id"]: number for number, rows in found.items() for event in rows["events"]}
    for row in _rows(session, "arguments", TABLES["arguments"].c.event_id.in_(of_event)):
        found[of_event[row["event_id"]]]["arguments"].append(row)
    seen = select(*(_ARTICLE.c[name] for name in _SEEN)).where(_ARTICLE.c.id.in_(articles))
    seen = seen.order_by(_ARTICLE.c.id)
    return {one["id"]: Rows(dict(one), **found[one["id"]]) for one in session.execute(seen).mappings()}


def _rows(session: Session, name: str, chosen: ColumnElement[bool]) -> list[Row]:
    table = TABLES[name]
    own = [one for one in table.c if name != "arguments" or one.name not in REPEATED]
    rows = session.execute(select(*own).where(chosen).order_by(table.c.id)).mappings()
    return [dict(row) for row in rows]


def _write(session: Session, rows: Rows) -> None:
    number = rows.article["id"]
    for table in (TABLES["findings"], TABLES["mentions"], TABLES["events"]):
        session.execute(delete(table).where(table.c.article_id == number))
    for name, table in TABLES.items():
        every = rows.of_table(name)
        # What a review adds has no number yet; the columns of one statement are those of its first row.
        for some in ([one for one in every if "id" in one], [one for one in every if "id" not in one]):
            if some:
                session.execute(insert(table), some)
    dates = {name: rows.article[name] for name in _DATES}
    session.execute(update(_ARTICLE).where(_ARTICLE.c.id == number).values(**dates))
    session.expire_all()


def _plain(rows: Rows) -> dict[str, Any]:
    """Rows as JSON; the text itself is not repeated."""
    tables = {name: [as_json(one) for one in getattr(rows, name)] for name in TABLES}
    return tables | {"article": as_json({name: rows.article[name] for name in _DATES})}


def _restored(original: Mapping[str, Any], now: Rows) -> Rows:
    tables = {name: [_from_json(table, one) for one in original[name]] for name, table in TABLES.items()}
    return Rows(now.article | _from_json(_ARTICLE, original["article"]), **tables)


def as_json(row: Row) -> Row:
    """A row with its moments written out."""
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _from_json(table: Table, row: Row) -> Row:
    return {
        name: datetime.fromisoformat(value)
        if value is not None and isinstance(table.c[name].type, UtcDateTime)
        else value
        for name, value in row.items()
    }
