"""Competing couriers: side by side, and one against ours for a client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from intel.api.access import Principal, Reader
from intel.battlecard import Battlecard
from intel.battlecard_document import MOST, card_document, questions
from intel.brief import FORMATS, Document, Format, Lang, Order
from intel.brief.blocks import AskLine
from intel.comparison import STORIES, Cell, ComparedLine, Comparison, only
from intel.model import Account, Role
from intel.query import UnknownName
from intel.rivals import carded, compared
from intel.web.briefings import file
from intel.web.edge import PageRoute
from intel.web.site import Asked, Visit, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A courier's value on a line; `width` in percent of the largest of its period, 0 for what has none.

    `reports` is the value where reports are counted, else 0.
    """

    courier: str
    name: str
    shown: str
    reports: int
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
    """Couriers side by side, and those of whom no figure is known."""

    charts: Sequence[Chart]
    others: Sequence[Account]


class Wanted(BaseModel):
    """Which battlecard, and how: written, and to keep as a file."""

    client: str = ""
    lang: Lang = Lang.ZH
    form: Format = Format.HTML
    save: bool = False


@dataclass(frozen=True, slots=True)
class CardPart:
    """What a battlecard says."""

    card: Battlecard
    charts: Sequence[Chart]
    asks: Sequence[AskLine]


@dataclass(frozen=True, slots=True)
class CardView:
    """What a battlecard, which is written out where there is one, can be made for."""

    account: Account
    client: str
    clients: Sequence[Account]
    preview: str
    downloads: Sequence[tuple[str, str]]


@router.get("/couriers")
def couriers(asked: Asked, who: Reader) -> Response:
    """All couriers of whom a figure is known, side by side; a team's are those among its accounts."""
    every = [one for one in asked.sight(who).accounts() if one.role is Role.COMPETITOR]
    part = asked.kept_part(
        "couriers_part.html.jinja", who, every, lambda: _side_by_side(asked, every), alone=True
    )
    return asked.show("couriers.html.jinja", None, who, part=part)


def _side_by_side(asked: Visit, every: Sequence[Account]) -> CouriersView:
    made = compared(asked.desk.reading, every, asked.desk.today())
    told = {cell.courier for line in made.lines for cell in line.cells if cell.value is not None}
    return CouriersView(_charts(only(made, told)), [one for one in every if one.id not in told])


@router.get("/couriers/{name}")
def courier(name: str, asked: Asked, who: Reader, client: str = "") -> Response:
    """A courier against ours, for a client if one is named. Raises Problem (404)."""
    sight = asked.sight(who)
    cast = _cast(asked, who, name, client)
    rival = cast["rival"]
    clients = [one for one in sight.accounts() if one.role is Role.CLIENT]
    part = b""
    if _is_carded(who, cast):
        part = asked.kept_part(
            "courier_part.html.jinja", who, cast.values(), lambda: _card_part(asked, cast), alone=True
        )
    path = f"/couriers/{rival.id}/battlecard"
    told = {"client": cast["client"].id} if "client" in cast else {}
    told["lang"] = asked.words.lang.value
    view = CardView(
        account=rival,
        client=cast["client"].id if "client" in cast else "",
        clients=clients,
        preview=link(path, **told),
        downloads=[(one.value, link(path, **told, form=one.value, save=True)) for one in Format],
    )
    return asked.show("courier.html.jinja", view, who, part=part)


@router.get("/couriers/{name}/battlecard")
def battlecard(name: str, asked: Asked, who: Reader, wanted: Annotated[Wanted, Query()]) -> Response:
    """The battlecard as a page to print, or a file."""
    cast = _cast(asked, who, name, wanted.client)
    if not _is_carded(who, cast):
        raise UnknownName(f"{name} is no courier to compare with ours")
    card = carded(asked.desk.reading, cast, asked.desk.today())
    document = _written(asked, card, wanted.lang, wanted.form)
    parts = ("battlecard", *(one.id for one in cast.values()), str(asked.desk.today()))
    return file(document, wanted.form, "-".join(parts), wanted.save)


def _cast(asked: Visit, who: Principal, name: str, client: str) -> dict[str, Account]:
    sight, reading = asked.sight(who), asked.desk.reading
    cast = {"rival": sight.account(name), "ours": reading.query.account(reading.settings.ours)}
    if client:
        cast["client"] = sight.account(client)
    return cast


def _written(asked: Visit, card: Battlecard, lang: Lang, form: Format) -> Document:
    most = None if FORMATS[form].whole else MOST
    demo = asked.desk.reading.settings.demo
    return card_document(card, Order(written_at=asked.desk.now(), lang=lang, most=most, demo=demo))


def _is_carded(who: Principal, cast: dict[str, Account]) -> bool:
    """Whether there is a battlecard: of a courier that is not ours, for who may see ours."""
    if cast["rival"] == cast["ours"] or not who.may_see(cast["ours"].id):
        return False
    return cast["rival"].role is Role.COMPETITOR


def _card_part(asked: Visit, cast: dict[str, Account]) -> CardPart:
    card = carded(asked.desk.reading, cast, asked.desk.today())
    return CardPart(card, _charts(card.comparison), questions(card, asked.words.lang))


def _charts(made: Comparison) -> Sequence[Chart]:
    return [chart(made, line) for line in made.lines]


def chart(made: Comparison, line: ComparedLine) -> Chart:
    """A line of the comparison as bars; a value of another period, or below zero, has none."""
    told = [cell for cell in line.cells if cell.value is not None]
    largest = max((cell.value or 0.0 for cell in told if cell.comparable), default=0.0)
    bars = [
        Bar(
            courier=cell.courier,
            name=made.names[cell.courier],
            shown=cell.shown,
            reports=int(cell.value or 0) if cell.unit == STORIES else 0,
            width=_width(cell, largest),
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


def _width(cell: Cell, largest: float) -> float:
    value = max(cell.value or 0.0, 0.0) if cell.comparable else 0.0
    return round(100 * value / largest, 1) if value else 0.0
