"""The outbox: messages to the CRM and to recipients of alerts; an operator sends one again, or drops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel

from intel.api.access import Operator
from intel.api.asked import UNSAID, Acting, ChosenAccount, Number, Reason, Seen
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, page, part
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.outbox import Entry, Outbox, Part, State

router = Resource(tags=["outbox"])


class Dropping(BaseModel):
    """Why a message must not be delivered."""

    why: Reason


@dataclass(frozen=True, slots=True)
class Message:
    """A message with what it tells; nothing, where that was dropped or is forgotten."""

    message: Entry
    content: Mapping[str, Any]


@router.get("/outbox")
def list_messages(
    account: ChosenAccount,
    _who: Operator,
    seen: Seen,
    state: Annotated[State | None, Query(description="Only in it; dead ones say why in `error`.")] = None,
    destination: Annotated[str, Query(max_length=100, description="Only to it.", examples=["folder"])] = "",
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[Entry]:
    """The messages, the newest first."""
    asked = part(limit, cursor, (int,))
    [before] = asked.after or (None,)
    chosen = Part(destination, before=before, most=asked.limit)
    found = seen.messages(state, account.id if account else None, chosen)
    return page(found, limit, lambda one: (one.id,))


@router.get("/outbox/{number}")
def get_message(number: Number, _who: Operator, seen: Seen, response: Response) -> Message:
    """One message with what it tells."""
    message = Message(*seen.message(number))
    tagged(response, message)
    return message


@router.post("/outbox/{number}/replay")
def replay_message(
    number: Number,
    _who: Operator,
    seen: Seen,
    desk: AtDesk,
    acting: Acting = UNSAID,
    if_match: IfMatch = None,
) -> Entry:
    """Deliver a dead or delivered message again; its effect stays one."""
    outbox = Outbox(desk.when(lambda: require_match(if_match, Message(*seen.message(number)))).engine)
    return outbox.replay(number, seen.by(acting.why))


@router.post("/outbox/{number}/drop")
def drop_message(
    number: Number, _who: Operator, dropping: Dropping, seen: Seen, desk: AtDesk, if_match: IfMatch = None
) -> Entry:
    """Never deliver a message that waits or is dead; what it tells is deleted."""
    outbox = Outbox(desk.when(lambda: require_match(if_match, Message(*seen.message(number)))).engine)
    return outbox.drop(number, seen.by(dropping.why))
