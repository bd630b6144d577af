"""The edge of the pages: what goes wrong in one becomes a page that says so, in the reader's language.

Who is not logged in is led to the login page and back. The API beside keeps its JSON problems.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from intel.api.problem import Problem, told
from intel.web.language import Words
from intel.web.site import Visit, link, visit

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# The statuses that have words of their own (messages.toml: error_404, error_404_do); others as 400 or 500.
TOLD = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})
DETAILED = frozenset({400, 409, 422, 429})


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

    What was filled in is named, and how long to wait; what has no words of its own is told as programs are
    told it.
    """
    if "errors" in problem.more:
        names = sorted({one["at"].rpartition(".")[2] for one in problem.more["errors"]})
        told = words.say("comma").join(words.label("fields", name) for name in names)
        return words.say("not_right", fields=told), ""
    if problem.status == 429:
        seconds = int(problem.headers.get("Retry-After", 60))
        return words.say(
            "wait_seconds" if seconds < 60 else "wait_minutes", s=seconds, m=-(-seconds // 60)
        ), ""
    said = words.label("refusals", problem.code) if words.has("refusals", problem.code) else ""
    return said, "" if said and words.chinese else problem.detail


def _to_login(request: Request) -> Response:
    """To the login page, and back afterwards; to the page of a form that came too late to be taken."""
    at: Visit = visit(request, request.app.state.desk)
    unsent = request.method != "GET"
    path = _form_page(request) if unsent else _within(request.url.path, request.url.query)
    target = link("/login", next=path if path != "/" else "", expired=1, unsent=int(unsent) or "")
    if at.htmx:
        return Response(status_code=200, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


def _form_page(request: Request) -> str:
    """The page on which the form stands that was sent, as the browser tells it."""
    told = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("referer") or "")
    return _within(told.path, told.query) if told.netloc == request.headers.get("host") else "/"


def _within(path: str, query: str) -> str:
    return path + (f"?{query}" if query else "")
