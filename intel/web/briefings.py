"""Briefings: chosen, previewed, printed, downloaded, and remembered as delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel

from intel import rounds
from intel.api.access import Reader, Worker
from intel.api.asked import Day
from intel.api.briefings import written
from intel.brief import FORMATS, Document, Format, Kind, Lang, Order, render
from intel.delivered import BriefingView
from intel.model import Account
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import EMPTY, Asked, Visit, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
# A briefing carries its own style, and nothing else.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Ordered(BaseModel):
    """Which briefing."""

    kind: Kind = Kind.VISIT
    lang: Lang = Lang.ZH
    since: Annotated[Day | None, EMPTY] = None
    new: bool = False


class Wanted(Ordered):
    """Which briefing, and how: written, and to keep as a file."""

    form: Format = Format.HTML
    save: bool = False


@dataclass(frozen=True, slots=True)
class BriefingsView:
    """The choice, where the briefing chosen lies in each format, and what was delivered."""

    account: Account
    chosen: Ordered
    kinds: Sequence[str]
    preview: str
    downloads: Sequence[tuple[str, str]]
    delivered: Sequence[BriefingView]


@router.get("/accounts/{name}/briefings")
def briefings(name: str, asked: Asked, who: Reader, chosen: Annotated[Ordered, Query()]) -> Response:
    """The briefings on an account."""
    account = asked.sight(who).account(name)
    if "lang" not in asked.request.query_params:
        chosen.lang = asked.words.lang
    told = chosen.model_dump(mode="json", exclude_none=True)
    path = f"/accounts/{account.id}/briefing"
    view = BriefingsView(
        account=account,
        chosen=chosen,
        kinds=[one.value for one in Kind],
        preview=link(path, **told),
        downloads=[(one.value, link(path, **told, form=one.value, save=True)) for one in Format],
        delivered=asked.sight(who).briefings(account.id),
    )
    return asked.show("briefings.html.jinja", view, who)


@router.get("/accounts/{name}/briefing")
def briefing(name: str, asked: Asked, who: Reader, wanted: Annotated[Wanted, Query()]) -> Response:
    """A briefing as it would be delivered now."""
    account = asked.sight(who).account(name)
    document = _written(asked, account, wanted, wanted.form)
    return file(document, wanted.form, f"{account.id}-{wanted.kind.value}-{asked.desk.today()}", wanted.save)


def file(document: Document, form: Format, name: str, save: bool) -> Response:
    """A document to look at, or as a file of that name."""
    headers = {"Content-Security-Policy": POLICY}
    if save or form is not Format.HTML:
        headers["Content-Disposition"] = f'attachment; filename="{name}.{form.value}"'
    return Response(render(document, form), media_type=FORMATS[form].media, headers=headers)


@router.post("/accounts/{name}/briefing")
def deliver(name: str, asked: Asked, who: Worker, chosen: Annotated[Ordered, Form()]) -> Response:
    """Remember a briefing as delivered: what it holds is no longer new."""
    account = asked.sight(who).account(name)
    document = _written(asked, account, chosen, Format.HTML)
    rounds.deliver(asked.desk.workspace, document, Format.HTML, render(document, Format.HTML))
    return done(f"/accounts/{account.id}/briefings", "delivered")


def _written(asked: Visit, account: Account, chosen: Ordered, form: Format) -> Document:
    order = Order(asked.desk.now(), kind=chosen.kind, lang=chosen.lang, since=chosen.since, new=chosen.new)
    return written(rounds.handed_on(asked.desk.reading, [account]), [account], order, form)
