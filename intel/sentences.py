"""The sentences of findings and events that are kept of accounts up to a day, each rated.

In: accounts, each with what is sought of it. Out: `EvidenceView`s, newest first. Read are only the topics and
types of events that are sought, as far back as they are looked at; what stands near them in time is their
witness, and rated itself only where it is sought.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, select
from sqlalchemy.orm import Session

from intel.credibility import Denial, rate
from intel.days import begin_of, end_of
from intel.db import ArgumentRow, ArticleRow, EventRow, FindingRow, SourceRow, quoted
from intel.model import COUNTED
from intel.query import place
from intel.ratings import around, denials, owner_of, reliability, sure
from intel.views import EvidenceView, Sought
from intel.witnesses import NEAR, Statement

_COUNTED = frozenset(status.value for status in COUNTED)

ARTICLE = (
    ArticleRow.dated_at,
    ArticleRow.title,
    ArticleRow.url,
    SourceRow.label.label("source_label"),
    owner_of(),
    reliability(),
    ArticleRow.id.label("article"),
    ArticleRow.story_id.label("story"),
)
_FINDING = (
    FindingRow.account_id.label("account"),
    FindingRow.topic,
    func.coalesce(FindingRow.event, "").label("event"),
    FindingRow.stance,
    FindingRow.problem,
    FindingRow.speaker,
    FindingRow.couriers.label("parties"),
    FindingRow.confirmed,
    sure(FindingRow),
)
_EVENT = (
    EventRow.id,
    ArgumentRow.account_id.label("account"),
    EventRow.type.label("event"),
    ArgumentRow.role,
    EventRow.status,
)
# How many days back each name is looked for; None for all names, however far.
_Days = Mapping[str, int | None] | None


def told(
    session: Session, sought: Mapping[str, Sought | None], as_of: date
) -> Mapping[str, Sequence[EvidenceView]]:
    """Of each account what is sought, None for everything, up to and with a day."""
    found: dict[str, list[EvidenceView]] = {account: [] for account in sought}
    for accounts, topics, events in _together(sought):
        read = (*_findings(session, accounts, topics, as_of), *_events(session, accounts, events, as_of))
        for view in read:
            found[view.account].append(view)
    return _rated(session, found, sought, end_of(as_of))


def _together(sought: Mapping[str, Sought | None]) -> Iterator[tuple[list[str], _Days, _Days]]:
    """The accounts of which the same is read."""
    alike: dict[object, tuple[list[str], _Days, _Days]] = {}
    for account, one in sought.items():
        topics, events = (one.topics, one.events) if one else (None, None)
        key = one and (frozenset(one.topics.items()), frozenset(one.events.items()))
        alike.setdefault(key, ([], topics, events))[0].append(account)
    yield from alike.values()


def _findings(
    session: Session, accounts: Sequence[str], topics: _Days, as_of: date
) -> Iterator[EvidenceView]:
    row = FindingRow
    query = _sentences(row, _FINDING).where(row.account_id.in_(accounts), row.dated_at <= end_of(as_of))
    for reached in _reached(row.topic, row.dated_at, topics, as_of):
        result = session.execute(query.where(*reached))
        names = tuple(result.keys())
        for values in result:
            told = dict(zip(names, values, strict=True))
            yield EvidenceView(kind="finding", **{**told, "parties": tuple(told["parties"].split())})


def _events(session: Session, accounts: Sequence[str], events: _Days, as_of: date) -> Iterator[EvidenceView]:
    query = _sentences(EventRow, _EVENT).join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
    query = query.where(ArgumentRow.account_id.in_(accounts), ArticleRow.dated_at <= end_of(as_of))
    query = query.order_by(EventRow.id, ArgumentRow.role)
    # An account may play two parts in one event: the last of them in the alphabet (subject) counts.
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for reached in _reached(EventRow.type, ArticleRow.dated_at, events, as_of):
        for one in session.execute(query.where(*reached)).mappings():
            found[one["account"], one["id"]] = dict(one)
    parties = _parties(session, {number for _, number in found}) if found else {}
    for (account, number), values in found.items():
        del values["id"]
        told = parties.get(number, _Parties())
        others = tuple(one for one in told.all if one != account)
        yield EvidenceView(kind="event", **values, parties=others, leaving=told.leaving, joining=told.joining)


def _sentences(row: type[FindingRow] | type[EventRow], columns: tuple[Any, ...]) -> Select[Any]:
    return (
        select(*columns, quoted(row).label("quote"), row.start, row.end, place(row).label("place"), *ARTICLE)
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
    )


def _reached(name: Any, dated_at: Any, days: _Days, as_of: date) -> Iterator[Sequence[ColumnElement[bool]]]:
    """The conditions of one read after another: what is looked back on as far, and what is NEAR it."""
    if days is None:
        yield [literal(True)]
        return
    for within in sorted(set(days.values()), key=lambda one: one or 0):
        named = name.in_(sorted(one for one, told in days.items() if told == within))
        since = [] if within is None else [dated_at >= begin_of(as_of - timedelta(within) - NEAR)]
        yield [named, *since]


@dataclass(frozen=True, slots=True)
class _Parties:
    """The accounts of an event, in the order of the text, and which of them leave or join a client."""

    all: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()


def _parties(session: Session, events: Iterable[int]) -> Mapping[int, _Parties]:
    """The parties of each event."""
    # Written into the query: to bind thousands of numbers takes longer than to look them up.
    numbers: BindParameter[Any] = bindparam("numbers", sorted(events), expanding=True, literal_execute=True)
    query = (
        select(ArgumentRow.event_id, ArgumentRow.role, ArgumentRow.account_id)
        .where(ArgumentRow.event_id.in_(numbers), ArgumentRow.account_id.is_not(None))
        .order_by(ArgumentRow.event_id, ArgumentRow.start)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for event, role, account in session.execute(query):
        found.setdefault(event, []).append((role, str(account)))
    return {
        event: _Parties(
            tuple(dict.fromkeys(account for _, account in some)),
            *(tuple(account for role, account in some if role == side) for side in ("leaving", "joining")),
        )
        for event, some in found.items()
    }


def _rated(
    session: Session,
    found: Mapping[str, Sequence[EvidenceView]],
    sought: Mapping[str, Sought | None],
    now: datetime,
) -> Mapping[str, Sequence[EvidenceView]]:
    """What is sought of each account, newest first, with its credibility by all that was read."""
    wanted = {account: _wanted(views, sought[account]) for account, views in found.items()}
    views = [found[account][number] for account, numbers in wanted.items() for number in numbers]
    denied: Mapping[str, Sequence[Denial]] = {}
    if events := {view.event for view in views if view.event}:
        denied = denials(session, found.keys(), events, around([one.dated_at for one in views], now))
    told: dict[str, Sequence[EvidenceView]] = {}
    for account, numbers in wanted.items():
        mine = found[account]
        kinds = {_kind(mine[number]) for number in numbers}
        statements = [_statement(number, view) for number, view in enumerate(mine) if _kind(view) in kinds]
        rated = rate(statements, denied.get(account, ()), now, numbers)
        views = [
            replace(mine[number], credibility=rated[number].grade, why=rated[number].why)
            for number in numbers
        ]
        told[account] = sorted(
            views, key=lambda v: (-v.dated_at.timestamp(), v.url, v.start, v.topic, v.event)
        )
    return told


def _wanted(views: Sequence[EvidenceView], sought: Sought | None) -> Collection[int]:
    fitting = (number for number, view in enumerate(views) if sought is None or sought.fits(view))
    return dict.fromkeys(fitting).keys()


def _kind(view: EvidenceView) -> tuple[str, str]:
    """What findings confirm findings of, and events events."""
    return (view.topic, "") if view.kind == "finding" else ("", view.event)


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
        certainty=view.certainty,
    )
