"""What is kept of an account as evidence: the sentences of its findings, events and notices, each rated.

In: an account and a day. Out: `EvidenceView`s of what was published up to that day, so that a judgement can
be made as of any day; the credibility of each is worked out from the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from intel import past
from intel.config import CHINA
from intel.days import begin_of, end_of
from intel.db import ArgumentRow, ArticleRow, EventRow, FindingRow, SourceRow, read_only
from intel.notice import CONCLUDED, NoticeKind, chains
from intel.sentences import ARTICLE, told
from intel.tenders import ExpiryView, NoticeView, Tenders
from intel.views import EvidenceView, Sought

_CALLS = frozenset({NoticeKind.INTENTION, NoticeKind.TENDER, NoticeKind.PURCHASE, NoticeKind.CORRECTION})
_PLACED = CONCLUDED | {NoticeKind.CANDIDATES}
# A call that tells no deadline is taken as open so long.
_UNTOLD_DEADLINE = timedelta(days=60)


class EvidenceQuery:
    """Reads of the evidence in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def _as_of(self, day: date) -> Engine | Connection:
        return past.as_of(self._engine, end_of(day))

    def told(self, account: str, as_of: date, sought: Sought | None = None) -> Sequence[EvidenceView]:
        """The findings and events of an account up to and with a day, newest first: all, or those sought."""
        return self.told_of({account: sought}, as_of)[account]

    def told_of(
        self, sought: Mapping[str, Sought | None], as_of: date
    ) -> Mapping[str, Sequence[EvidenceView]]:
        """The same of several accounts."""
        with Session(self._as_of(as_of)) as session:
            return told(session, sought, as_of)

    def known_since(self, account: str, as_of: date, within: int) -> date | None:
        """The day of the oldest sentence of an account, None where there is none.

        Which of those that are more than so many days older than the other day is not looked for.
        """
        end, far = end_of(as_of), begin_of(as_of - timedelta(within))
        finding = select(func.min(FindingRow.dated_at)).where(FindingRow.account_id == account)
        event = (
            select(func.min(ArticleRow.dated_at))
            .join(EventRow, EventRow.article_id == ArticleRow.id)
            .join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
            .where(ArgumentRow.account_id == account, ArticleRow.dated_at <= end)
        )
        with Session(self._as_of(as_of)) as session:
            oldest = session.scalar(finding.where(FindingRow.dated_at <= end))
            if oldest is None or oldest >= far:
                moments = [one for one in (oldest, session.scalar(event)) if one is not None]
                oldest = min(moments, default=None)
        return oldest and oldest.astimezone(CHINA).date()

    def open_calls(self, client: str, as_of: date) -> Sequence[EvidenceView]:
        """Calls of a client that can still be answered on a day, each quoted by its title."""
        notices = Tenders(self._as_of(as_of)).notices()
        views = [v for v in notices if v.notice.published and v.notice.published <= as_of]
        by_notice = {id(view.notice): view for view in views}
        found = []
        for chain in chains(view.notice for view in views):
            newest = by_notice[id(chain[-1])]
            deadline = next((one.deadline.at for one in reversed(chain) if one.deadline), None)
            until = deadline.astimezone(CHINA).date() if deadline else None
            if _is_open(newest, until, as_of) and client in _buyers(by_notice[id(one)] for one in chain):
                found.append((newest, until, newest.title))
        return self._noticed(client, found, as_of)

    def expiring(self, client: str, as_of: date, within_days: int) -> Sequence[EvidenceView]:
        """Contracts of a client that end within so many days, each in the words that say so."""
        found = [
            (view.notice, view.end, view.quote)
            for view in Tenders(self._as_of(as_of)).expiring(as_of, within_days, client)
            if _known(view, as_of) and client in _buyers([view.notice])
        ]
        return [view._replace(event="expiry") for view in self._noticed(client, found, as_of)]

    def won(self, courier: str, client: str, as_of: date) -> Sequence[EvidenceView]:
        """Notices of a client in which a courier won or is a candidate, newest first, by their titles."""
        found = [
            (view, None, view.title)
            for view in Tenders(self._as_of(as_of)).notices(courier)
            if view.notice.kind in _PLACED
            and _published(view) <= as_of
            and client in _buyers([view])
            and courier in {winner.party.account for winner in view.notice.winners}
        ]
        return self._noticed(client, found, as_of)

    def _noticed(
        self, account: str, found: Iterable[tuple[NoticeView, date | None, str]], as_of: date
    ) -> Sequence[EvidenceView]:
        notices = list(found)
        query = select(*ARTICLE).join(SourceRow, SourceRow.name == ArticleRow.source)
        with Session(self._as_of(as_of)) as session:
            rows = session.execute(query.where(ArticleRow.id.in_({view.article for view, _, _ in notices})))
            articles: dict[int, Mapping[str, Any]] = {row["article"]: dict(row) for row in rows.mappings()}
        # What a client announces of itself is the best witness there is for it.
        return [
            EvidenceView(
                kind="notice",
                account=account,
                quote=" ".join(quote.split()),
                start=view.notice.span.start,
                end=view.notice.span.end,
                event=view.notice.kind.value,
                parties=tuple(sorted(view.notice.accounts - {account})),
                until=until,
                credibility=2,
                why="招标采购公告原文",
                **articles[view.article],
            )
            for view, until, quote in notices
        ]


def _is_open(newest: NoticeView, until: date | None, as_of: date) -> bool:
    if newest.notice.kind not in _CALLS:
        return False
    return until >= as_of if until else _published(newest) + _UNTOLD_DEADLINE >= as_of


def _buyers(views: Iterable[NoticeView]) -> set[str | None]:
    return {view.notice.buyer.account for view in views if view.notice.buyer}


def _published(view: NoticeView) -> date:
    return view.notice.published or date.max


def _known(view: ExpiryView, as_of: date) -> bool:
    return _published(view.notice) <= as_of
