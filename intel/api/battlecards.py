"""Battlecards: a courier against ours, for a client where one is named, in any format of briefings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from intel.api.access import Reader
from intel.api.asked import AsOf, KnownThen, Seen
from intel.api.briefings import WRITTEN, file
from intel.api.desk import AtDesk
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.battlecard_document import MOST, card_document
from intel.brief import FORMATS, Format, Lang, Order
from intel.model import Role
from intel.playing import WrongRole, playing
from intel.rivals import carded

router = Resource(tags=["briefings"])


@router.get("/battlecard", response_class=Response, responses=WRITTEN)
def get_battlecard(
    courier: Annotated[str, Query(max_length=100, description="Id, name or alias.", examples=["yunda"])],
    _who: Reader,
    seen: Seen,
    desk: AtDesk,
    against: Annotated[
        str | None, Query(max_length=100, description="Instead of the account that is ours.")
    ] = None,
    client: Annotated[str | None, Query(max_length=100, examples=["taobao"])] = None,
    as_of: AsOf = None,
    known_then: KnownThen = False,
    form: Annotated[Format, Query(alias="format")] = Format.MD,
    lang: Annotated[Lang, Query(description="Of headings; quotes stay as they are.")] = Lang.ZH,
) -> Response:
    """A competing courier against ours: what changed, what to ask, SWOT and figures, with quotes."""
    settings = desk.workspace.settings
    cast = {"rival": seen.account(courier), "ours": seen.account(against or settings.ours)}
    if client is not None:
        cast["client"] = seen.account(client)
    try:
        playing(cast["rival"], Role.COMPETITOR)
        if "client" in cast:
            playing(cast["client"], Role.CLIENT)
    except WrongRole as refusal:
        raise Problem(409, str(refusal)) from None
    if cast["rival"] == cast["ours"]:
        raise Problem(409, f"{cast['rival'].name} against itself: name another courier, or ours")
    most = None if FORMATS[form].whole else MOST
    order = Order(written_at=desk.now(), lang=lang, most=most, demo=settings.demo)
    card = carded(desk.reading.known_then(known_then), cast, as_of or desk.today())
    return file(
        card_document(card, order), form, "-".join(["battlecard", *(one.id for one in cast.values())])
    )
