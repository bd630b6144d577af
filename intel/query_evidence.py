"""What is kept of an account as evidence: the sentences of its findings, events and notices, each rated.

In: an account and a day. Out: `EvidenceView`s of what was published up to that day, so that a judgement can
be made as of any day; the credibility of each is worked out from the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.orm import Session

from intel import past
from intel.config import CHINA
from intel.credibility import NEAR, Denial, Statement, rate
from intel.days import begin_of, end_of
from intel.db import ArgumentRow, ArticleRow, EventRow, FindingRow, SourceRow, quoted, read_only
from intel.model import COUNTED, Status
from intel.notice import CONCLUDED, NoticeKind, chains
from intel.query import place
from intel.ratings import owner_of, reliability
from intel.tenders import ExpiryView, NoticeView, Tenders
from intel.views import EvidenceView

_COUNTED = frozenset(status.value for status in COUNTED)
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

    def told(self, account: str, as_of: date, within: int | None = None) -> Sequence[EvidenceView]:
        """The findings and events of an account up to and with a day, newest first.

        `within` leaves out what is more days older, and NEAR nothing that is not.
        """
        end = end_of(as_of)
        since = begin_of(as_of - timedelta(within) - NEAR) if within else None
        with Session(self._as_of(as_of)) as session:
            findings = [
                EvidenceView(kind="finding", **{**row, "parties": tuple(row["parties"].split())})
                for row in session.execute(_findings(account, since, end)).mappings()
            ]
            rows = session.execute(_events(account, since, end)).mappings().all()
            parties = _parties(session, account)
        # An account may play two parts in one event: the first of them counts.
        events = {row["id"]: row for row in reversed(rows)}
        told = [
            *findings,
            *(_event(dict(row), parties.get(number, _Parties())) for number, row in events.items()),
        ]
        return _rated(
            sorted(told, key=lambda v: (-v.dated_at.timestamp(), v.url, v.start, v.topic, v.event)), end
        )

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
        return [replace(view, event="expiry") for view in self._noticed(client, found, as_of)]

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
        query = select(*_ARTICLE).join(SourceRow, SourceRow.name == ArticleRow.source)
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


_ARTICLE = (
    ArticleRow.dated_at,
    ArticleRow.title,
    ArticleRow.url,
    SourceRow.label.label("source_label"),
    owner_of(),
    reliability(),
    ArticleRow.id.label("article"),
    ArticleRow.story_id.label("story"),
)


def _findings(account: str, since: datetime | None, end: datetime) -> Select[Any]:
    row = FindingRow
    columns = (
        row.account_id.label("account"),
        row.topic,
        func.coalesce(row.event, "").label("event"),
        row.stance,
        row.problem,
        row.speaker,
        row.couriers.label("parties"),
        row.confirmed,
    )
    query = _sentences(row, columns, end).where(row.account_id == account)
    return query if since is None else query.where(row.dated_at >= since)


def _events(account: str, since: datetime | None, end: datetime) -> Select[Any]:
    columns = (
        EventRow.id,
        ArgumentRow.account_id.label("account"),
        EventRow.type.label("event"),
        ArgumentRow.role,
        EventRow.status,
    )
    query = _sentences(EventRow, columns, end).join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
    query = query.where(ArgumentRow.account_id == account).order_by(EventRow.id, ArgumentRow.role.desc())
    return query if since is None else query.where(ArticleRow.dated_at >= since)


def _sentences(
    row: type[FindingRow] | type[EventRow], columns: tuple[Any, ...], end: datetime
) -> Select[Any]:
    return (
        select(*columns, quoted(row).label("quote"), row.start, row.end, place(row).label("place"), *_ARTICLE)
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .where(ArticleRow.dated_at <= end)
    )


@dataclass(frozen=True, slots=True)
class _Parties:
    """The other accounts of an event, in the order of the text, and which of all leave or join a client."""

    others: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()


def _parties(session: Session, account: str) -> Mapping[int, _Parties]:
    """The parties of each event of an account."""
    mine = select(ArgumentRow.event_id).where(ArgumentRow.account_id == account)
    query = (
        select(ArgumentRow.event_id, ArgumentRow.role, ArgumentRow.account_id)
        .where(ArgumentRow.event_id.in_(mine), ArgumentRow.account_id.is_not(None))
        .order_by(ArgumentRow.event_id, ArgumentRow.start)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for event, role, other in session.execute(query):
        found.setdefault(event, []).append((role, str(other)))
    return {
        event: _Parties(
            tuple(dict.fromkeys(other for _, other in some if other != account)),
            *(tuple(other for role, other in some if role == side) for side in ("leaving", "joining")),
        )
        for event, some in found.items()
    }


def _event(row: Mapping[str, Any], parties: _Parties) -> EvidenceView:
    values = {name: value for name, value in row.items() if name != "id"}
    return EvidenceView(
        kind="event",
        **values,
        parties=parties.others,
        leaving=parties.leaving,
        joining=parties.joining,
    )


def _rated(told: Sequence[EvidenceView], now: datetime) -> Sequence[EvidenceView]:
    """The same sentences with their credibility: findings confirm findings, events events of their status."""
    statements = [_statement(number, view) for number, view in enumerate(told)]
    denials = [
        Denial(view.event, frozenset(view.parties), view.story, view.owner, view.dated_at)
        for view in told
        if view.kind == "event" and view.status == Status.DENIED.value
    ]
    rated = rate(statements, denials, now)
    return [
        replace(view, credibility=rated[number].grade, why=rated[number].why)
        for number, view in enumerate(told)
    ]


def _statement(number: int, view: EvidenceView) -> Statement:
    # A denial is no witness of what it denies, nor denied by itself: other statuses are kept apart.
    apart = view.kind == "event" and view.status not in _COUNTED
    event = f"{view.status} {view.event}" if apart else view.event or None
    return Statement(
        id=number,
        topic=view.topic,
        event=event,
        stance=view.stance,
        couriers=view.parties,
        problem=view.problem,
        story=view.story,
        owner=view.owner,
        reliability=view.reliability,
        dated_at=view.dated_at,
        confirmed=view.confirmed,
    )


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
