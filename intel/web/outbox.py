"""The outbox: messages to the CRM and to recipients of alerts; operators send again, drop, and send now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field

from intel.api import Principal
from intel.api.access import Operator
from intel.api.asked import Number
from intel.api.paging import BIGGEST
from intel.api.problem import Problem
from intel.delivering import Delivering
from intel.destinations import destinations
from intel.outbox import Entry, NoMessage, Outbox, Part, State
from intel.web.accounts import names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import EMPTY, Asked, Visit, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 50  # on a page
LONGEST = timedelta(seconds=20)  # that a person waits; what is left goes out by itself


class Choice(BaseModel):
    """Which messages: in a state, of an account, to a destination, older than one."""

    state: Annotated[State | None, EMPTY] = None
    account: str = ""
    to: str = ""
    before: Annotated[int | None, Field(ge=1, le=BIGGEST), EMPTY] = None


@dataclass(frozen=True, slots=True)
class OutboxView:
    """The messages chosen, and how many there are in each state."""

    chosen: Choice
    entries: Sequence[Entry]
    counts: Mapping[State, int]
    names: dict[str, str]
    destinations: Sequence[str]
    wrong: Sequence[str]
    later: str
    earlier: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message with what it tells, as far as that is not forgotten."""

    entry: Entry
    content: Mapping[str, Any]
    name: str


@router.get("/outbox")
def outbox(asked: Asked, who: Operator, chosen: Annotated[Choice, Query()]) -> Response:
    """The messages by state, account and destination."""
    reading = asked.desk.reading
    account = asked.sight(who).account(chosen.account).id if chosen.account else None
    kept = Outbox(reading.engine)
    part = Part(chosen.to, who.accounts, chosen.before, MOST + 1)
    found = kept.listed(chosen.state, account, part)
    told = {"state": chosen.state.value if chosen.state else "", "account": chosen.account, "to": chosen.to}
    reached = destinations(reading)
    view = OutboxView(
        chosen=chosen,
        entries=found[:MOST],
        counts=kept.counts(who.accounts),
        names={id_: name for id_, name in names(asked).items() if who.may_see(id_)},
        destinations=sorted(reached.connectors),
        wrong=reached.wrong,
        later=link("/outbox", **told) if chosen.before else "",
        earlier=link("/outbox", **told, before=found[MOST - 1].id) if len(found) > MOST else "",
    )
    return asked.show("outbox.html.jinja", view, who)


@router.get("/outbox/{number}")
def message(number: Number, asked: Asked, who: Operator) -> Response:
    """One message with what it tells."""
    entry, content = _message(asked, who, number)
    return asked.show(
        "message.html.jinja", MessageView(entry, content, names(asked).get(entry.account, "")), who
    )


@router.post("/outbox/{number}/replay")
def replay(
    number: Number, asked: Asked, who: Operator, back: Annotated[str, Form(max_length=2000)] = "/outbox"
) -> Response:
    """Send a dead or delivered message again. Raises Problem (409)."""
    _message(asked, who, number)
    try:
        Outbox(asked.desk.workspace.engine).replay(number, asked.desk.now())
    except NoMessage as error:
        raise Problem(409, str(error).partition(";")[0]) from None
    return done(back, "replayed")


@router.post("/outbox/{number}/drop")
def drop(
    number: Number, asked: Asked, who: Operator, why: Annotated[str, Form(min_length=1, max_length=500)],
    back: Annotated[str, Form(max_length=2000)] = "/outbox",
) -> Response:  # fmt: skip
    """Never deliver a message. Raises Problem (409)."""
    _message(asked, who, number)
    try:
        Outbox(asked.desk.workspace.engine).drop(number, why, asked.desk.now())
    except NoMessage as error:
        raise Problem(409, str(error).partition(";")[0]) from None
    return done(back, "dropped")


@router.post("/accounts/{name}/deliver")
def deliver_now(name: str, asked: Asked, who: Operator) -> Response:
    """Send what waits of an account and is due, now; as `intel deliver --account`."""
    account = asked.sight(who).account(name).id
    workspace, began = asked.desk.workspace, asked.desk.now()
    delivering = Delivering(workspace.engine, destinations(workspace).connectors, asked.desk.now)
    states = []
    for one in delivering.due(account):
        states.append(one.state)
        if asked.desk.now() - began > LONGEST:
            break
    good = all(state is State.DELIVERED for state in states)
    told = ("sent_now" if good else "sent_badly") if states else "nothing_due"
    return done(f"/accounts/{account}", told)


def _message(asked: Visit, who: Principal, number: int) -> tuple[Entry, Mapping[str, Any]]:
    """A message of an account that may be seen. Raises Problem (404)."""
    try:
        entry, content = Outbox(asked.desk.reading.engine).shown(number)
    except NoMessage:
        raise Problem(404, "") from None
    if who.accounts is not None and entry.account not in who.accounts:
        raise Problem(404, "")
    return entry, content
