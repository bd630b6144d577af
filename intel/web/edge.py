"""The edge of the pages: what goes wrong in one becomes a page that says so, in the reader's language.

Who is not logged in is led to the login page and back. The API beside keeps its JSON problems.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from intel.api.problem import Problem, told
from intel.web.language import Words
from intel.web.site import Visit, link, visit

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# The statuses that have words of their own (messages.toml: error_404, error_404_do); others as 400 or 500.
TOLD = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})
DETAILED = frozenset({400, 409, 422})


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An error by its status, what it is about in the page's language, and in English."""

    status: int
    said: str
    detail: str


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
    status = problem.status
    # What no address can have in it makes one that is none.
    if any(one["at"].startswith("path.") for one in problem.more.get("errors", ())):
        status = 404
    if status not in TOLD:
        status = 400 if status < 500 else 500
    at = visit(request, request.app.state.desk)
    template = "error_part.html.jinja" if at.htmx else "error.html.jinja"
    view = ErrorView(status, *(_detail(at.words, problem) if status in DETAILED else ("", "")))
    who = getattr(request.state, "who", None)
    answer = at.show(template, view, who, status)
    answer.headers.update(problem.headers)
    return answer


def _detail(words: Words, problem: Problem) -> tuple[str, str]:
    """What exactly is wrong, in the reader's language, and the words for programs where they say more.

    What was filled in is named; what has no words of its own is told as programs are told it.
    """
    if "errors" in problem.more:
        names = sorted({one["at"].rpartition(".")[2] for one in problem.more["errors"]})
        return words.say("comma").join(words.label("fields", name) for name in names), ""
    said = words.label("refusals", problem.code) if words.has("refusals", problem.code) else ""
    return said, "" if said and words.chinese else problem.detail


def _to_login(request: Request) -> Response:
    """To the login page, and back afterwards; a form that was not sent is not sent again."""
    at: Visit = visit(request, request.app.state.desk)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = link("/login", next=path if request.method == "GET" and path != "/" else "", expired=1)
    if at.htmx:
        return Response(status_code=200, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)
