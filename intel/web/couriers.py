"""Competing couriers: side by side, and one against ours for a client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from intel.api.access import Reader
from intel.battlecard import Battlecard
from intel.battlecard_questions import Question
from intel.battlecard_rules import card_table
from intel.comparison import ComparedLine, Comparison, only
from intel.model import Account, Role
from intel.playing import WrongRole, playing
from intel.rivals import carded, compared
from intel.web.edge import PageRoute
from intel.web.site import Asked

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A courier's value on a line beside the others: `width` in percent of the largest."""

    courier: str
    name: str
    shown: str
    width: float
    comparable: bool
    period: str
    day: object
    source: str
    rating: str
    story: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of the comparison as bars, the largest first."""

    line: ComparedLine
    bars: Sequence[Bar]
    unknown: Sequence[str]


@dataclass(frozen=True, slots=True)
class CouriersView:
    """Couriers side by side."""

    comparison: Comparison
    charts: Sequence[Chart]
    others: Sequence[Account]


@dataclass(frozen=True, slots=True)
class CardView:
    """A battlecard with what it can be made for."""

    account: Account
    card: Battlecard | None
    client: str
    clients: Sequence[Account]
    charts: Sequence[Chart]
    because: Callable[[Question], str]


@router.get("/couriers")
def couriers(asked: Asked, who: Reader) -> Response:
    """All couriers of whom a figure is known, side by side; a team's are those among its accounts."""
    every = [one for one in asked.sight(who).accounts() if one.role is Role.COMPETITOR]
    made = compared(asked.desk.reading, every, asked.desk.today())
    told = {cell.courier for line in made.lines for cell in line.cells if cell.value is not None}
    view = CouriersView(
        comparison=only(made, told),
        charts=_charts(only(made, told)),
        others=[one for one in every if one.id not in told],
    )
    return asked.show("couriers.html.jinja", view, who)


@router.get("/couriers/{name}")
def courier(name: str, asked: Asked, who: Reader, client: str = "") -> Response:
    """A courier against ours, for a client if one is named. Raises Problem (404)."""
    sight, reading = asked.sight(who), asked.desk.reading
    rival = sight.account(name)
    ours = reading.query.account(reading.settings.ours)
    cast = {"rival": rival, "ours": ours}
    if client:
        cast["client"] = sight.account(client)
    clients = [one for one in sight.accounts() if one.role is Role.CLIENT]
    headings = card_table().headings[asked.words.lang.value]
    card = _card(asked, cast) if rival != ours and who.may_see(ours.id) else None
    view = CardView(
        account=rival,
        card=card,
        client=cast["client"].id if "client" in cast else "",
        clients=clients,
        charts=_charts(card.comparison) if card else (),
        because=lambda question: headings[question.because].format(*question.filling),
    )
    return asked.show("courier.html.jinja", view, who)


def _card(asked: Asked, cast: dict[str, Account]) -> Battlecard | None:
    try:
        playing(cast["rival"], Role.COMPETITOR)
    except WrongRole:
        return None
    return carded(asked.desk.reading, cast, asked.desk.today())


def _charts(made: Comparison) -> Sequence[Chart]:
    return [_chart(made, line) for line in made.lines]


def _chart(made: Comparison, line: ComparedLine) -> Chart:
    told = [cell for cell in line.cells if cell.value is not None]
    largest = max((abs(cell.value or 0.0) for cell in told), default=0.0) or 1.0
    bars = [
        Bar(
            courier=cell.courier,
            name=made.names[cell.courier],
            shown=cell.shown,
            width=round(100 * abs(cell.value or 0.0) / largest, 1),
            comparable=cell.comparable,
            period=cell.period,
            day=cell.evidence[0].day,
            source=cell.evidence[0].source,
            rating=cell.evidence[0].rating,
            story=cell.evidence[0].story,
        )
        for cell in sorted(told, key=lambda cell: (not cell.comparable, -(cell.value or 0.0)))
    ]
    return Chart(line, bars, [made.names[cell.courier] for cell in line.cells if cell.value is None])
