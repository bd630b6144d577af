"""Events and stories: what happened, said by whom, and which reports are one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from intel.api.access import Reader
from intel.api.asked import ChosenAccount, EventType, Number, Since, Until
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, page, part
from intel.api.resource import Resource
from intel.lists import Lists
from intel.model import Status
from intel.views import EventFilter, EventView, StoryView

router = Resource(tags=["events"])


@router.get("/events")
def list_events(
    account: ChosenAccount,
    who: Reader,
    desk: AtDesk,
    kind: Annotated[EventType | None, Query(alias="type", examples=["service_disruption"])] = None,
    status: Status | None = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[EventView]:
    """Events, the newest first: in which an account plays a part, of a type, asserted or denied."""
    chosen = EventFilter(
        account=account.id if account else None,
        type=kind,
        status=status,
        since=since,
        until=until,
    )
    wanted = part(limit, cursor, (datetime, int))
    rows = Lists(desk.reading.engine).events(chosen, wanted, who.accounts)
    return page(rows, limit, lambda one: (one.dated_at.isoformat(), one.id))


@router.get("/events/{number}")
def get_event(number: Number, who: Reader, desk: AtDesk) -> EventView:
    """One event."""
    return Lists(desk.reading.engine).event(number, who.accounts)


@router.get("/stories")
def list_stories(
    account: ChosenAccount, who: Reader, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None
) -> Page[StoryView]:
    """Stories with the articles that tell each, the newest first."""
    wanted = part(limit, cursor, (int,))
    rows = Lists(desk.reading.engine).stories(account.id if account else None, wanted, who.accounts)
    return page(rows, limit, lambda one: (one.id,))


@router.get("/stories/{number}")
def get_story(number: Number, who: Reader, desk: AtDesk) -> StoryView:
    """One story: its articles, the earliest first."""
    return Lists(desk.reading.engine).story(number, who.accounts)
