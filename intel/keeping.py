"""Kept beside a page: how much was left out of it, whether it waits for a decision or lost its bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, undefer

from intel.db import LeftOutRow, PageRow, QuarantineRow, SourceRow
from intel.model import Page
from intel.refusal import Refusal
from pipelines.redaction import Redaction

QUARANTINED = "quarantined"  # the state of a page on which somebody has to decide
UNDECIDED, RELEASED, DROPPED = "", "released", "dropped"
PAGE, ARTICLE = "page", "article"  # where something was left out: of the bytes, or of what was read of them
# Every version of such a page is read against the one before it, so their bytes stay.
COMPARED = "watch"
_NOTHING = zstandard.compress(b"")


def count_left_out(session: Session, page_id: int, step: str, counts: Mapping[str, int]) -> None:
    """Keep how many of each kind were left out at a step, in place of an earlier count."""
    here = (LeftOutRow.page_id == page_id) & (LeftOutRow.step == step)
    session.execute(delete(LeftOutRow).where(here))
    rows = [
        {"page_id": page_id, "step": step, "kind": kind, "count": count} for kind, count in counts.items()
    ]
    if rows:
        session.execute(insert(LeftOutRow), rows)


def filter_again(session: Session, after: int, limit: int, redaction: Redaction) -> tuple[int, int]:
    """Take out of the next kept pages what today's rules find; a page that changed is unread again.

    Gives the number of the last page looked at (0: there was none) and how many changed.
    """
    query = select(PageRow).where(PageRow.id > after, PageRow.dropped_at.is_(None)).order_by(PageRow.id)
    rows = session.scalars(query.limit(limit).options(undefer(PageRow.body))).all()
    changed = 0
    for row in rows:
        body = zstandard.decompress(row.body)
        page = Page(row.url, row.source, row.fetched_at, body, row.content_type, row.listed_title)
        clean, left_out = redaction.page(page)
        if not left_out:
            continue
        changed += 1
        row.body, row.listed_title = zstandard.compress(clean.body), clean.listed_title
        row.state = "new" if row.state == "read" else row.state
        earlier = session.execute(
            select(LeftOutRow.kind, LeftOutRow.count).where(
                LeftOutRow.page_id == row.id, LeftOutRow.step == PAGE
            )
        )
        total = Counter(dict(earlier.all())) + left_out
        count_left_out(session, row.id, PAGE, total)
    return (rows[-1].id if rows else 0), changed


def hold(session: Session, page_id: int, marker: str, now: datetime) -> None:
    """Put a page into quarantine for the line that marks it; one that is there already stays as it is."""
    if session.get(QuarantineRow, page_id) is None:
        session.add(QuarantineRow(page_id=page_id, marker=marker, found_at=now))
        session.flush()


def released(session: Session, urls: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """For each address the marker lines that were released on a version of it."""
    rows = session.execute(
        select(PageRow.url, QuarantineRow.marker)
        .join(PageRow, PageRow.id == QuarantineRow.page_id)
        .where(QuarantineRow.decision == RELEASED, PageRow.url.in_(list(urls)))
    )
    found: dict[str, tuple[str, ...]] = {}
    for url, marker in rows:
        found[url] = (*found.get(url, ()), marker)
    return found


def drop_bytes(session: Session, pages: Sequence[int], now: datetime) -> None:
    """Empty the bodies of pages; their addresses and digests stay, so that they are not kept again."""
    change = update(PageRow).where(PageRow.id.in_(pages), PageRow.dropped_at.is_(None))
    session.execute(change.values(body=_NOTHING, dropped_at=now))


def drop_unfiltered(session: Session, page_id: int, now: datetime) -> None:
    """Empty the body of a page in which reading still found what must not be kept: a document, mostly."""
    kind = select(SourceRow.kind).join(PageRow, PageRow.source == SourceRow.name)
    if session.scalar(kind.where(PageRow.id == page_id)) != COMPARED:
        drop_bytes(session, [page_id], now)


def left_out_by_source(session: Session) -> Sequence[tuple[str, str, int, int, datetime]]:
    """Source, kind, how many were left out, of how many pages, and when one of them was last fetched."""
    rows = session.execute(
        select(
            PageRow.source,
            LeftOutRow.kind,
            func.sum(LeftOutRow.count),
            func.count(PageRow.id.distinct()),
            func.max(PageRow.fetched_at),
        )
        .join(PageRow, PageRow.id == LeftOutRow.page_id)
        .group_by(PageRow.source, LeftOutRow.kind)
        .order_by(PageRow.source, LeftOutRow.kind)
    )
    return [(source, kind, count, pages, last) for source, kind, count, pages, last in rows]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a page in quarantine: RELEASED to be read, or DROPPED; who decided, and why."""

    decision: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """A page in quarantine, or a decision on one."""

    page: int
    url: str
    source: str
    listed_title: str | None
    marker: str
    found_at: datetime
    decision: str
    decided_at: datetime | None
    decided_by: str
    why: str


class NotHeld(Refusal, LookupError):
    """A number that no undecided page in quarantine has."""


def in_quarantine(session: Session, *, decided: bool) -> Sequence[Held]:
    """Pages that wait for a decision, oldest first; with `decided` also those on which it was taken."""
    query = select(QuarantineRow, PageRow).join(PageRow, PageRow.id == QuarantineRow.page_id)
    if not decided:
        query = query.where(QuarantineRow.decision == UNDECIDED)
    return [
        Held(
            page=row.page_id,
            url=page.url,
            source=page.source,
            listed_title=page.listed_title,
            marker=row.marker,
            found_at=row.found_at,
            decision=row.decision,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            why=row.why,
        )
        for row, page in session.execute(query.order_by(QuarantineRow.found_at, QuarantineRow.page_id))
    ]


def decide(session: Session, page_id: int, decision: Decision, now: datetime) -> None:
    """Release a page to be read, or drop its bytes; the decision is kept. Raises NotHeld."""
    row = session.get(QuarantineRow, page_id)
    if row is None or row.decision != UNDECIDED:
        raise NotHeld(f"no page {page_id} waits in quarantine; those that do: intel quarantine list")
    row.decision, row.decided_by, row.why = decision.decision, decision.by, decision.why
    row.decided_at = now
    page = session.get_one(PageRow, page_id)
    if decision.decision == RELEASED:
        page.state, page.reason, page.detail = "new", "", ""
    else:
        page.state = "rejected"
        drop_bytes(session, [page_id], now)
    session.flush()
