"""What is kept beside a page: how much was left out of it, whether it waits for a decision, or lost its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import zstandard
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from intel.db import LeftOutRow, PageRow, QuarantineRow, SourceRow

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
