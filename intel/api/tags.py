"""ETags: what did not change is not sent again, and a change that rests on an old answer is refused.

Looking and changing are one transaction (`Desk.when`), whatever other processes do.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header, Response
from pydantic_core import to_json
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intel.api.problem import Problem

IfMatch = Annotated[str | None, Header(description="The ETag of what the change rests on.", max_length=200)]
# Kept by the browser alone, and asked about each time.
_CACHE = "private, no-cache"


def tag_of(value: object) -> str:
    """The tag of a value as JSON."""
    return _tag(to_json(value))


def tagged(response: Response, value: object) -> None:
    """Give an answer the tag of what it shows, for a later If-Match."""
    response.headers["ETag"] = tag_of(value)


def require_match(given: str | None, current: object, *, needed: bool = False) -> None:
    """Refuse a change of something that changed meanwhile. Raises Problem (412, 428)."""
    if given is None:
        if needed:
            raise Problem(428, "send If-Match with the ETag of the version that you change")
        return
    if given.strip() != "*" and tag_of(current) not in _listed(given):
        raise changed_meanwhile()


def changed_meanwhile() -> Problem:
    """A change rests on a version that is gone."""
    return Problem(412, "it was changed meanwhile; read it again")


class Tags:
    """Gives answers to GET a tag, and answers 304 where the asker has it already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold an answer in JSON back until its tag is known; others pass."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = bytearray()

        async def tagging(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _taggable(message):
                held = message
                return
            if held is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                for one in _answer(held, bytes(body), Headers(scope=scope)):
                    await send(one)

        await self._app(scope, receive, tagging)


def _taggable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and headers.get("content-type", "").startswith("application/json")


def _answer(start: Message, body: bytes, asked: Headers) -> tuple[Message, Message]:
    headers = MutableHeaders(scope=start)
    headers.setdefault("ETag", _tag(body))
    headers.setdefault("Cache-Control", _CACHE)
    headers.add_vary_header("Authorization, Cookie")
    if headers["ETag"] in _listed(asked.get("if-none-match", "")):
        start["status"] = 304
        for name in ("content-length", "content-type"):
            del headers[name]
        body = b""
    return start, {"type": "http.response.body", "body": body}


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _listed(tags: str) -> set[str]:
    # A weak tag is good enough for both questions: ours change with every byte.
    return {tag.strip().removeprefix("W/") for tag in tags.split(",")}
