"""The sentences of findings and events that are kept of accounts up to a day, each rated.

In: accounts, each with what is sought of it. Out: `EvidenceView`s, newest first. Read are only the topics and
types of events that are sought, as far back as they are looked at; what stands near them in time is their
witness, and rated itself only where it is sought.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, select
from sqlalchemy.orm import Session

from intel.credibility import UNJUDGED, Denial, rate
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
    FindingRow.topic,
    func.coalesce(FindingRow.event, "").label("event"),
    FindingRow.stance,
    FindingRow.problem,
    FindingRow.speaker,
    FindingRow.couriers,
    FindingRow.confirmed,
    sure(FindingRow),
)
_EVENT = (EventRow.id, EventRow.type, ArgumentRow.role, EventRow.status)
_UNRATED = (UNJUDGED, "")
_SIDES = ("leaving", "joining")
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
    query = _sentences(row, row.account_id, _FINDING)
    query = query.where(row.account_id.in_(accounts), row.dated_at <= end_of(as_of))
    for reached in _reached(row.topic, row.dated_at, topics, as_of):
        for one in session.execute(query.where(*reached)):
            *told, where, topic, event, stance, problem, speaker, couriers, known, certainty = one
            said = topic, event, "", "", stance, problem, speaker
            # By position: an account may have a hundred thousand.
            rest = (tuple(couriers.split()), (), (), None, where, known, certainty, *_UNRATED)
            yield EvidenceView._make(("finding", *told, *said, *rest))


def _events(session: Session, accounts: Sequence[str], events: _Days, as_of: date) -> Iterator[EvidenceView]:
    mine = ArgumentRow
    query = _sentences(EventRow, mine.account_id, _EVENT).join(mine, mine.event_id == EventRow.id)
    query = query.where(mine.account_id.in_(accounts), mine.dated_at <= end_of(as_of))
    query = query.order_by(EventRow.id, mine.role)
    # An account may play two parts in one event: the last of them in the alphabet (subject) counts.
    found: dict[tuple[str, int], Sequence[Any]] = {}
    for reached in _reached(mine.type, mine.dated_at, events, as_of):
        for *told, number, kind, role, status in session.execute(query.where(*reached)):
            found[told[0], number] = *told, kind, role, status
    if not found:
        return
    parties = _parties(session, {number for _, number in found})
    for (account, number), (*told, where, kind, role, status) in found.items():
        others = tuple(one for one in parties.of.get(number, ()) if one != account)
        sides = (tuple(parties.sides.get((number, side), ())) for side in _SIDES)
        said = "", kind, role, status, "", "", ""
        rest = (others, *sides, None, where, False, 1.0, *_UNRATED)
        yield EvidenceView._make(("event", *told, *said, *rest))


def _sentences(row: type[FindingRow] | type[EventRow], account: Any, columns: tuple[Any, ...]) -> Select[Any]:
    """Sentences as an EvidenceView begins, their places, and other columns."""
    return (
        select(account, quoted(row), *ARTICLE, row.start, row.end, place(row), *columns)
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


class _Parties(NamedTuple):
    """The accounts of events, in the order of the text, and those that leave or join by an event and role."""

    of: Mapping[int, Collection[str]]
    sides: Mapping[tuple[int, str], Sequence[str]]


def _parties(session: Session, events: Iterable[int]) -> _Parties:
    """The parties of events."""
    # Written into the query: to bind thousands of numbers takes longer than to look them up.
    numbers: BindParameter[Any] = bindparam("numbers", sorted(events), expanding=True, literal_execute=True)
    query = (
        select(ArgumentRow.event_id, ArgumentRow.role, ArgumentRow.account_id)
        .where(ArgumentRow.event_id.in_(numbers), ArgumentRow.account_id.is_not(None))
        .order_by(ArgumentRow.event_id, ArgumentRow.start)
    )
    found: dict[int, dict[str, None]] = {}
    sides: dict[tuple[int, str], list[str]] = {}
    for event, role, account in session.execute(query):
        found.setdefault(event, {})[str(account)] = None
        if role in _SIDES:
            sides.setdefault((event, role), []).append(str(account))
    return _Parties(found, sides)


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
            mine[number]._replace(credibility=rated[number].grade, why=rated[number].why)
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
        number, view.topic, event, view.stance, view.parties, view.problem, view.story, view.owner,
        view.reliability, view.dated_at, view.confirmed, view.certainty,
    )  # fmt: skip
