"""The Atom feed of an account: its news for a feed reader, each report once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Request, Response

from intel.alerts.atom import atom, etag
from intel.api.access import Reader
from intel.api.asked import OfAccount
from intel.api.desk import AtDesk
from intel.api.resource import Resource

router = Resource(tags=["accounts"])
MEDIA_TYPE = "application/atom+xml"
_ATOM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "description": "An Atom feed (RFC 4287)."}}},
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "Changes with the news only."}},
    },
    304: {"description": "The reader has it already."},
}


@router.get("/accounts/{account}/feed", response_class=Response, responses=_ATOM)
def get_feed(
    account: OfAccount,
    _who: Reader,
    request: Request,
    desk: AtDesk,
    if_none_match: Annotated[str | None, Header(max_length=500)] = None,
) -> Response:
    """The events of the last 90 days as an Atom feed, at most 50, the newest first."""
    body = atom(desk.reading, account, desk.now(), str(request.url.replace(query="")))
    headers = {"ETag": etag(body), "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    if headers["ETag"] in {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
