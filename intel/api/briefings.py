"""Briefings: those that were delivered, and one written now, in any format."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from intel import rounds
from intel.api.access import Reader
from intel.api.asked import ChosenAccount, accounts_seen
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem
from intel.brief import FORMATS, Format, Kind, Lang, Order, render
from intel.delivered import BriefingView, DeliveredQuery

router = APIRouter(tags=["briefings"])
MEDIA_TYPES = {
    Format.MD: "text/markdown",
    Format.HTML: "text/html",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.JSON: "application/json",
}
_FILE = {"schema": {"type": "string"}}
_WRITTEN: dict[int | str, dict[str, Any]] = {
    200: {
        "content": dict.fromkeys(MEDIA_TYPES.values(), _FILE)
        | {MEDIA_TYPES[Format.JSON]: {"schema": {"type": "object"}}}
    }
}


@router.get("/briefings")
def list_briefings(
    account: ChosenAccount, who: Reader, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None
) -> Page[BriefingView]:
    """Every delivered briefing, the last first; those on all accounts are for who sees all."""
    listed = DeliveredQuery(desk.reading.engine).listed()
    seen = [
        one
        for one in listed
        if (who.accounts is None or one.account in who.accounts)
        and (account is None or one.account == account.id)
    ]
    return paged(seen, limit, cursor, lambda one: (-one.id,))


@router.get("/briefing", response_class=Response, responses=_WRITTEN)
def get_briefing(
    account: ChosenAccount,
    who: Reader,
    desk: AtDesk,
    kind: Annotated[
        Kind, Query(description="What it is for; before a visit it is on one account.")
    ] = Kind.VISIT,
    form: Annotated[Format, Query(alias="format")] = Format.MD,
    lang: Annotated[Lang, Query(description="Of headings; quotes stay as they are.")] = Lang.ZH,
    since: Annotated[date | None, Query(examples=["2026-11-01"])] = None,
    new: Annotated[bool, Query(description="Only what no delivered one of the kind held.")] = False,
) -> Response:
    """A briefing as of now: what changed, what to ask, what is known and what is not."""
    if kind is Kind.VISIT and account is None:
        raise Problem(409, "a briefing before a visit is on one account: say which")
    written = FORMATS[form]
    order = Order(
        written_at=desk.now(),
        kind=kind,
        lang=lang,
        since=since,
        new=new,
        most=None if written.whole else rounds.MOST[kind],
        charts=written.pictures,
        demo=desk.workspace.settings.demo,
    )
    document = rounds.brief(desk.reading, accounts_seen(desk, who, account), order)
    name = f"{account.id if account else 'all'}-{kind.value}.{form.value}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(render(document, form), media_type=MEDIA_TYPES[form], headers=headers)
