"""The edge of the pages: what goes wrong in one becomes a page that says so, in the reader's language.

Who is not logged in is led to the login page and back. The API beside keeps its JSON problems.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from intel.api.problem import told
from intel.web.site import Visit, link, visit

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# The statuses that have words of their own (messages.toml: error_404, error_404_do); others as 400 or 500.
TOLD = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> _Handler:
        """The handler, with its errors told."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:  # noqa: BLE001 (the one edge: whatever it is, a person must read it)
                return told_error(request, error)

        return answered


def told_error(request: Request, error: Exception) -> Response:
    """The page of an error; a part of one where htmx asked."""
    problem = told(request, error)
    if problem.status == 401:
        return _to_login(request)
    status, detail = problem.status, problem.detail
    if "errors" in problem.more:
        wrong = [one["at"].split(".") for one in problem.more["errors"]]
        # What no address can have in it makes one that is none; else what was filled in is named.
        status = 404 if any(one[0] == "path" for one in wrong) else status
        detail = ", ".join(sorted({one[-1] for one in wrong}))
    if status not in TOLD:
        status = 400 if status < 500 else 500
    at = visit(request, request.app.state.desk)
    template = "error_part.html.jinja" if at.htmx else "error.html.jinja"
    who = getattr(request.state, "who", None)
    answer = at.show(template, {"status": status, "detail": detail}, who, status)
    answer.headers.update(problem.headers)
    return answer


def _to_login(request: Request) -> Response:
    """To the login page, and back afterwards; a form that was not sent is not sent again."""
    at: Visit = visit(request, request.app.state.desk)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = link("/login", next=path if request.method == "GET" and path != "/" else "", expired=1)
    if at.htmx:
        return Response(status_code=200, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)
