"""Around every answer: how often an address may ask, what a browser may do with it, and how many there were.

Plain ASGI: nothing is kept in memory of an answer, so streams stay streams.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intel.api.limiting import Left, Limits
from intel.api.measuring import Measures
from intel.api.problem import Problem

BODY_LIMIT = 1_048_576  # bytes: the longest field report is a hundredth of that
# htmx and ECharts lie on our own server; ECharts sets styles of its elements.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HSTS = "max-age=31536000"
_UNCOUNTED = frozenset({"/healthz", "/readyz"})


class Guard:
    """The outermost part of an app."""

    def __init__(self, app: ASGIApp, limits: Limits, measures: Measures) -> None:
        self._app, self._limits, self._measures = app, limits, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            refused = self._refused(scope)
            if refused is not None:
                await refused.response()(scope, receive, guarded)
            else:
                await self._app(scope, receive, guarded)
        finally:
            self._measures.answered(scope, status, time.perf_counter() - began)

    def _refused(self, scope: Scope) -> Problem | None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > BODY_LIMIT:
            return Problem(413, f"a request has at most {BODY_LIMIT} bytes")
        if scope["path"] in _UNCOUNTED:
            return None
        try:
            client = scope.get("client")
            scope.setdefault("state", {})["left"] = self._limits.address(client[0] if client else "")
        except Problem as problem:
            return problem
        return None


def _dress(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)
    left = scope.get("state", {}).get("left")
    if isinstance(left, Left):
        for name, value in left.headers().items():
            headers.setdefault(name, value)
