"""Findings: quotes that answer a topic for an account, each rated, the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response

from intel.api.access import Reader
from intel.api.asked import AsOf, EventType, KnownThen, Number, OfFile, Since, Topic, Until, kept_json
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, page, part
from intel.api.problem import missing
from intel.api.resource import Resource
from intel.days import end_of
from intel.views import FindingFilter, FindingView

router = Resource(tags=["findings"])
_KEY = (datetime, str, int, str, int)


@router.get("/accounts/{account}/findings", response_model=Page[FindingView])
def list_findings(
    file: OfFile,
    who: Reader,
    desk: AtDesk,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    event: Annotated[EventType | None, Query(examples=["service_disruption"])] = None,
    topic: Annotated[Topic | None, Query(examples=["carrier_problems"])] = None,
    rejected: Annotated[bool, Query(description="Those that an analyst rejected.")] = False,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """What is known of an account."""
    chosen = FindingFilter(
        since=since,
        until=until,
        event=event,
        topic=topic,
        as_of=end_of(as_of) if as_of else None,
        rejected=rejected,
    )
    wanted = part(limit, cursor, _KEY)
    query = desk.reading.known_then(known_then).query

    def listed() -> Page[FindingView]:
        rows = query.findings(file.account.id, chosen, wanted.limit, wanted.after)
        return page(rows, limit, _key)

    # Credibility says how old a finding is, to the hour where nothing else changes.
    hour = desk.now().replace(minute=0, second=0, microsecond=0)
    return kept_json(desk, file, ("findings", chosen, known_then, limit, cursor, hour, who.accounts), listed)


@router.get("/findings/{number}")
def get_finding(number: Number, who: Reader, desk: AtDesk) -> FindingView:
    """One finding, kept or rejected."""
    finding = desk.reading.query.finding(number)
    if finding is None or not who.may_see(finding.account):
        raise missing("finding", number)
    return finding


def _key(one: FindingView) -> tuple[str, str, int, str, int]:
    return one.dated_at.isoformat(), one.url, one.start, one.topic, one.id
