"""What follows a form: back to a page of ours that says it is done."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Form
from fastapi.responses import RedirectResponse

from intel.web.entrance import within

Back = Annotated[str, Form(max_length=2000)]  # the page that a form stands on


def done(target: str, key: str) -> RedirectResponse:
    """To a page (only of this site) with a word of messages.toml, [done], on it."""
    parts = urlsplit(within(target))
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "done"]
    return RedirectResponse(f"{parts.path}?{urlencode([*query, ('done', key)])}", 303)
