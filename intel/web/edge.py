"""The edge of the pages: what goes wrong in one becomes a page that says so, in the reader's language.

Who is not logged in is led to the login page and back. The API beside keeps its JSON problems.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from intel.api.problem import BUSY_SECONDS, REFUSALS, Problem
from intel.web.site import Visit, link, visit

_log = logging.getLogger(__name__)
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# The statuses that have words of their own (messages.toml: error_404, error_404_do); others are told as 500.
TOLD = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> _Handler:
        """The handler, with its errors told."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:  # noqa: BLE001 (the one edge: whatever it is, a person must read it)
                return told_error(request, error)

        return told


def told_error(request: Request, error: Exception) -> Response:
    """The page of an error; a part of one where htmx asked."""
    status, detail = _meaning(error)
    if status == 401:
        return _to_login(request)
    if status == 500:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    at = visit(request, request.app.state.desk)
    template = "error_part.html.jinja" if at.htmx else "error.html.jinja"
    answer = at.show(template, {"status": status, "detail": detail}, status=status)
    if isinstance(error, Problem):
        answer.headers.update(error.headers)
    if status == 503:
        answer.headers["Retry-After"] = str(BUSY_SECONDS)
    return answer


def _meaning(error: Exception) -> tuple[int, str]:
    """The status of an error and what may be said of it."""
    if isinstance(error, Problem):
        return (error.status if error.status in TOLD | {401} else 500), error.detail
    if isinstance(error, HTTPException):
        return (error.status_code if error.status_code in TOLD else 500), ""
    if isinstance(error, RequestValidationError):
        fields = sorted({str(one["loc"][-1]) for one in error.errors()})
        return 422, ", ".join(fields)
    if isinstance(error, OperationalError | NoConnection):
        return 503, ""
    for kind, status in REFUSALS.items():
        if isinstance(error, kind):
            return status, str(error).partition(";")[0]
    return 500, ""


def _to_login(request: Request) -> Response:
    """To the login page, and back afterwards; a form that was not sent is not sent again."""
    at: Visit = visit(request, request.app.state.desk)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = link("/login", next=path if request.method == "GET" and path != "/" else "", expired=1)
    if at.htmx:
        return Response(status_code=200, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)
