"""Findings in; how far each is believed out, by what is kept of the same account and topic around its day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Label, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from intel.credibility import Credibility, Denial, rate
from intel.db import AnyFindingRow, ArgumentRow, ArticleRow, EventRow, FindingRow, SourceRow
from intel.model import Status
from intel.witnesses import NEAR, Statement

_SPANS = 200  # of a query: SQLite takes no expression of a thousand


def rated(
    session: Session, wanted: Sequence[Mapping[Any, Any]], then: datetime | None
) -> Mapping[int, Credibility]:
    """The credibility of findings, by all that is kept of their accounts, or was published until `then`.

    What has another topic or is not NEAR one of them in time says nothing of them, and is not looked at.
    """
    statements: dict[str, list[Statement]] = {one["account"]: [] for one in wanted}
    for account, number, topic, event, stance, couriers, *rest in _near(session, wanted, then):
        statements[account].append(Statement(number, topic, event, stance, tuple(couriers.split()), *rest))
    events = {one["event"] for one in wanted if one["event"]}
    denied = denials(session, statements, events, _span(wanted, then))
    now, numbers = then or datetime.now(UTC), {one["id"] for one in wanted}
    found: dict[int, Credibility] = {}
    for account, said in statements.items():
        found |= rate(said, denied.get(account, ()), now, numbers)
    return found


def _near(
    session: Session, wanted: Sequence[Mapping[Any, Any]], then: datetime | None
) -> Iterator[Sequence[Any]]:
    """What is NEAR some findings, of their accounts and topics: the account and the values of a Statement."""
    row = FindingRow
    columns = (
        *(row.id, row.topic, row.event, row.stance, row.couriers, row.problem),
        *(ArticleRow.story_id.label("story"), owner_of(), reliability(), row.dated_at, row.confirmed),
        sure(row),
    )
    query = (
        select(row.account_id.label("account"), *columns)
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
    )
    around = list(_around(wanted, then))
    for first in range(0, len(around), _SPANS):
        yield from session.execute(query.where(or_(*around[first : first + _SPANS]))).all()


def _around(wanted: Iterable[Mapping[Any, Any]], then: datetime | None) -> Iterator[ColumnElement[bool]]:
    """What some findings are near to in time, of their accounts and topics."""
    row = FindingRow
    same: dict[tuple[str, str], list[Mapping[Any, Any]]] = {}
    for one in wanted:
        same.setdefault((one["account"], one["topic"]), []).append(one)
    for (account, topic), told in same.items():
        for together in _close(sorted(told, key=lambda one: one["dated_at"])):
            span = row.dated_at.between(*_span(together, then))
            yield and_(row.account_id == account, row.topic == topic, span)


def _close(told: Sequence[Mapping[Any, Any]]) -> Sequence[Sequence[Mapping[Any, Any]]]:
    """Findings in order of time, apart where nothing can be near to both sides."""
    apart = [
        number
        for number in range(1, len(told))
        if told[number]["dated_at"] - told[number - 1]["dated_at"] > 2 * NEAR
    ]
    return [told[first:last] for first, last in pairwise([0, *apart, len(told)])]


def _span(told: Sequence[Mapping[Any, Any]], then: datetime | None) -> tuple[datetime, datetime]:
    """From when to when is NEAR some findings."""
    return around([one["dated_at"] for one in told], then)


def around(moments: Collection[datetime], then: datetime | None) -> tuple[datetime, datetime]:
    """From when to when is NEAR some moments, and was until `then`."""
    since, until = min(moments) - NEAR, max(moments) + NEAR
    return since, min(until, then) if then else until


def denials(
    session: Session, accounts: Collection[str], events: Collection[str], span: tuple[datetime, datetime]
) -> Mapping[str, Sequence[Denial]]:
    """What is denied of accounts of such events between two moments."""
    # Asked before the articles are looked up: among a million, thousands of events are denied of others.
    theirs = aliased(ArgumentRow)
    of_them = select(theirs.id).where(theirs.event_id == EventRow.id, theirs.account_id.in_(accounts))
    rows = session.execute(
        select(
            EventRow.id,
            ArgumentRow.account_id,
            EventRow.type,
            ArticleRow.story_id,
            owner_of(),
            ArticleRow.dated_at,
        )
        .join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
        .join(ArticleRow, ArticleRow.id == EventRow.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .where(EventRow.status == Status.DENIED.value, EventRow.type.in_(events), of_them.exists())
        .where(ArgumentRow.account_id.is_not(None), ArticleRow.dated_at.between(*span))
        .distinct()
    ).all()
    parties: dict[int, set[str]] = {}
    for event, account, *_ in rows:
        parties.setdefault(event, set()).add(str(account))
    found: dict[str, list[Denial]] = {}
    for event, account, kind, story, owner, dated_at in rows:
        others = frozenset(parties[event] - {str(account)})
        found.setdefault(str(account), []).append(Denial(kind, others, story, owner, dated_at))
    return found


def owner_of() -> Label[str]:
    """Whose an article is: its site's where it has one of its own, else its source's."""
    return func.coalesce(ArticleRow.owner, SourceRow.owner).label("owner")


def reliability() -> Label[str]:
    """The letter of an article: its own where it has one, else its source's."""
    return func.coalesce(ArticleRow.reliability, SourceRow.reliability).label("reliability")


def sure(row: type[AnyFindingRow]) -> Label[float]:
    """How certain the reading of a finding is, 0 to 1; an analyst's word on it is not doubted."""
    return case((row.review_id.is_not(None), 1.0), else_=row.certainty).label("certainty")
