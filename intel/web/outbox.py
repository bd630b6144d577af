"""The outbox: messages to the CRM and to recipients of alerts; operators send again, drop, and send now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field

from intel.api.access import Operator
from intel.api.asked import Number
from intel.api.paging import BIGGEST
from intel.delivering import Delivering
from intel.destinations import destinations
from intel.outbox import Entry, Outbox, Part, State
from intel.web.accounts import names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import EMPTY, Asked, link

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
    sight = asked.sight(who)
    account = sight.account(chosen.account).id if chosen.account else None
    part = Part(chosen.to, before=chosen.before, most=MOST + 1)
    found = sight.messages(chosen.state, account, part)
    told = {"state": chosen.state.value if chosen.state else "", "account": chosen.account, "to": chosen.to}
    reached = destinations(asked.desk.reading)
    view = OutboxView(
        chosen=chosen,
        entries=found[:MOST],
        counts=sight.message_counts(),
        names={one.id: one.name for one in sight.accounts()},
        destinations=sorted(reached.connectors),
        wrong=reached.wrong,
        later=link("/outbox", **told) if chosen.before else "",
        earlier=link("/outbox", **told, before=found[MOST - 1].id) if len(found) > MOST else "",
    )
    return asked.show("outbox.html.jinja", view, who)


@router.get("/outbox/{number}")
def message(number: Number, asked: Asked, who: Operator) -> Response:
    """One message with what it tells."""
    entry, content = asked.sight(who).message(number)
    return asked.show(
        "message.html.jinja", MessageView(entry, content, names(asked).get(entry.account, "")), who
    )


@router.post("/outbox/{number}/replay")
def replay(
    number: Number, asked: Asked, who: Operator, why: Annotated[str, Form(max_length=500)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/outbox",
) -> Response:  # fmt: skip
    """Send a dead or delivered message again. Raises WrongState."""
    sight = asked.sight(who)
    Outbox(asked.desk.workspace.engine).replay(sight.message(number)[0].id, sight.by(why))
    return done(back, "replayed")


@router.post("/outbox/{number}/drop")
def drop(
    number: Number, asked: Asked, who: Operator, why: Annotated[str, Form(min_length=1, max_length=500)],
    back: Annotated[str, Form(max_length=2000)] = "/outbox",
) -> Response:  # fmt: skip
    """Never deliver a message. Raises WrongState."""
    sight = asked.sight(who)
    Outbox(asked.desk.workspace.engine).drop(sight.message(number)[0].id, sight.by(why))
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
