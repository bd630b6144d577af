"""Which briefings were delivered, and what is new since.

What a briefing covered is kept as keys that outlive a re-reading: of each quote its words, and of each
article of the reports it rests on the address with the digest of the bytes. A finding was held if its
words were, or if a page of its report was: neither a copy that comes later nor a better rule makes an old
report new, but new bytes at an address (a thread that goes on) are read for what is new in them.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.db import ArticleRow, BriefingRow, PageRow, read_only
from intel.views import FindingView
from pipelines.text import fold

BOUND_VALUES = 500  # in one statement
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A briefing handed over: `account` is "" for all, `digest` of its bytes, `keys` of what it covers."""

    account: str
    kind: str
    written_at: datetime
    format: str
    digest: str
    delivered_at: datetime
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class BriefingView:
    """A delivered briefing; `new` is how many keys it was the first of its kind to cover."""

    id: int
    account: str
    kind: str
    format: str
    written_at: datetime
    delivered_at: datetime
    digest: str
    new: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the delivered briefings of a kind on an account held, and when the last was delivered."""

    keys: frozenset[str]
    last: datetime | None


def keep(session: Session, briefing: Delivery) -> None:
    """Add a delivered briefing in the store's transaction, with the keys that none of its kind had."""
    before = _keys(session, briefing.account, briefing.kind)
    session.add(
        BriefingRow(
            account=briefing.account,
            kind=briefing.kind,
            written_at=briefing.written_at,
            format=briefing.format,
            digest=briefing.digest,
            delivered_at=briefing.delivered_at,
            up_to=sorted(briefing.keys - before),
        )
    )


class DeliveredQuery:
    """Reads of the delivered briefings of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def listed(self) -> Sequence[BriefingView]:
        """Every delivered briefing, the last first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(BriefingRow).order_by(BriefingRow.id.desc())).all()
            return [
                BriefingView(
                    id=row.id,
                    account=row.account,
                    kind=row.kind,
                    format=row.format,
                    written_at=row.written_at,
                    delivered_at=row.delivered_at,
                    digest=row.digest,
                    new=len(row.up_to),
                )
                for row in rows
            ]

    def held(self, account: str, kind: str) -> Held:
        """What was delivered of a kind on an account, or on all of them where `account` is ""."""
        with Session(self._engine) as session:
            last = select(BriefingRow.delivered_at).where(
                BriefingRow.account == account, BriefingRow.kind == kind
            )
            newest = session.scalar(last.order_by(BriefingRow.delivered_at.desc()).limit(1))
            return Held(_keys(session, account, kind), newest)

    def keys(self, findings: Iterable[FindingView]) -> Mapping[int, frozenset[str]]:
        """The keys of each finding, by its number."""
        findings = list(findings)
        pages = self._pages({one.story for one in findings})
        return {one.id: pages[one.story] | {_key("quote", _words(one.quote))} for one in findings}

    def _pages(self, stories: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """The keys of the pages that tell each story."""
        told: dict[int, set[str]] = defaultdict(set)
        waiting = iter(stories)
        with Session(self._engine) as session:
            while some := tuple(islice(waiting, BOUND_VALUES)):
                query = (
                    select(ArticleRow.story_id, ArticleRow.url, PageRow.digest)
                    .join(PageRow, PageRow.id == ArticleRow.page_id)
                    .where(ArticleRow.story_id.in_(some))
                )
                for story, url, digest in session.execute(query):
                    told[story].add(_key("page", url, digest))
        return defaultdict(frozenset, {story: frozenset(keys) for story, keys in told.items()})


def _keys(session: Session, account: str, kind: str) -> frozenset[str]:
    query = select(BriefingRow.up_to).where(BriefingRow.account == account, BriefingRow.kind == kind)
    return frozenset(key for keys in session.scalars(query) for key in keys)


def _words(quote: str) -> str:
    return _MARKS.sub("", fold(quote)) or quote


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
