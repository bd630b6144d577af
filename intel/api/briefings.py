"""Briefings: those that were delivered, and one written now, in any format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Response

from intel import rounds
from intel.api.access import Reader
from intel.api.asked import ChosenAccount, Day, Seen
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.bootstrap import Workspace
from intel.brief import FORMATS, Document, Format, Kind, Lang, Order, render
from intel.delivered import BriefingView
from intel.model import Account

router = Resource(tags=["briefings"])
_FILE = {"schema": {"type": "string"}}
WRITTEN: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {one.media: _FILE for one in FORMATS.values()}
        | {FORMATS[Format.JSON].media: {"schema": {"type": "object"}}}
    }
}


@router.get("/briefings")
def list_briefings(
    account: ChosenAccount, _who: Reader, seen: Seen, limit: Limit = USUAL, cursor: Cursor = None
) -> Page[BriefingView]:
    """Every delivered briefing, the last first; those on all accounts are for who sees all."""
    return paged(seen.briefings(account.id if account else None), limit, cursor, lambda one: (-one.id,))


@router.get("/briefing", response_class=Response, responses=WRITTEN)
def get_briefing(
    account: ChosenAccount,
    _who: Reader,
    seen: Seen,
    desk: AtDesk,
    kind: Annotated[
        Kind, Query(description="What it is for; before a visit it is on one account.")
    ] = Kind.VISIT,
    form: Annotated[Format, Query(alias="format")] = Format.MD,
    lang: Annotated[Lang, Query(description="Of headings; quotes stay as they are.")] = Lang.ZH,
    since: Annotated[Day | None, Query(examples=["2026-11-01"])] = None,
    new: Annotated[bool, Query(description="Only what no delivered one of the kind held.")] = False,
) -> Response:
    """A briefing as of now: what changed, what to ask, what is known and what is not."""
    if kind is Kind.VISIT and account is None:
        raise Problem(409, "a briefing before a visit is on one account: say which")
    accounts = [account] if account else seen.accounts()
    order = Order(desk.now(), kind=kind, lang=lang, since=since, new=new)
    document = written(desk.reading, accounts, order, form)
    return file(document, form, f"{account.id if account else 'all'}-{kind.value}")


def written(reading: Workspace, accounts: Sequence[Account], order: Order, form: Format) -> Document:
    """The briefing that is ordered, as of now, with as much in it as a format wants."""
    to_be = FORMATS[form]
    most = None if to_be.whole else rounds.MOST[order.kind]
    whole = replace(order, most=most, charts=to_be.pictures, demo=reading.settings.demo)
    return rounds.brief(reading, accounts, whole)


def file(document: Document, form: Format, name: str) -> Response:
    """A document as a file of that name, to be shown where that can be."""
    headers = {"Content-Disposition": f'inline; filename="{name}.{form.value}"'}
    return Response(render(document, form), media_type=FORMATS[form].media, headers=headers)
