"""What follows a form: back to a page of ours that says it is done."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi.responses import RedirectResponse

from intel.web.entrance import within


def done(target: str, key: str) -> RedirectResponse:
    """To a page (only of this site) with a word of messages.toml, [done], on it."""
    parts = urlsplit(within(target))
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "done"]
    return RedirectResponse(f"{parts.path}?{urlencode([*query, ('done', key)])}", 303)
