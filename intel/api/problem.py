"""Errors as RFC 9457 problems: every answer that is not what was asked for is `application/problem+json`.

What a person could do about it stands in `detail`; what happened inside stands nowhere but in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from intel.alerts.rule import BadRule
from intel.assessment import BadJudgement
from intel.channels.recipients import BadRecipient
from intel.field_form import BadReport
from intel.file_store import NoTask, TaskEnded
from intel.jobs.views import NoJob, NoJobs
from intel.outbox import NoMessage
from intel.query import UnknownName
from intel.refusal import CannotKeep, WrongState
from intel.review_force import BadReview
from intel.search import BadQuery
from intel.stages import BadStep, NotInOrder
from intel.tasks import BadTask
from intel.users import BadUser

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 5  # after which it makes sense to ask again
_log = logging.getLogger(__name__)

# What the classes behind the commands refuse, and the status that says so. 422 is left for what the
# specification can say; 400 is a request that it allows and that cannot be taken all the same.
REFUSALS: Mapping[type[Exception], int] = {
    CannotKeep: 503,
    UnknownName: 404,
    TaskEnded: 409,
    NoTask: 404,
    NoMessage: 404,
    NoJob: 404,
    NoJobs: 404,
    WrongState: 409,
    BadRecipient: 409,
    BadReview: 409,
    NotInOrder: 409,
    BadStep: 400,
    BadJudgement: 400,
    BadTask: 400,
    BadReport: 400,
    BadQuery: 400,
    BadUser: 400,
    BadRule: 400,
}


class Problem(Exception):
    """An answer that is not what was asked for. By its `code` pages say it in the reader's language."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, code: str = "", **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code = status, detail, code
        self.headers, self.more = dict(headers or {}), more

    def response(self) -> Response:
        """As it is sent."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        return JSONResponse(body, self.status, self.headers, media_type=MEDIA_TYPE)


def not_oneself(who: str, name: str) -> None:
    """Nobody takes the own rights away. Raises Problem (409)."""
    if who == name:
        detail = "nobody takes the own rights away; ask another admin, or use the command"
        raise Problem(409, detail, code="own_rights")


def missing(what: str, name: object) -> Problem:
    """There is none, or none that the caller may see: the two must not be told apart."""
    return Problem(404, f"no {what} {name!r}")


def problem_of(error: Exception) -> Problem:
    """What an error is told as, by the API and by the pages; 500 for one that nobody foresaw."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return Problem(error.status_code, error.detail, error.headers)
    if isinstance(error, RequestValidationError):
        # Where and why, never what was sent: it may be a password.
        errors = [{"at": ".".join(map(str, one["loc"])), "why": one["msg"]} for one in error.errors()]
        return Problem(422, "the request is not as the specification says", errors=errors)
    if isinstance(error, OperationalError | NoConnection):  # it did not answer in time, or has too much to do
        after = {"Retry-After": str(BUSY_SECONDS)}
        detail = "the database took too long to answer; narrow the question or ask again later"
        return Problem(503, detail, after)
    if isinstance(error, DataError):  # such as a text with a NUL in it
        return Problem(400, "a text holds characters that cannot be kept", code="unfit_text")
    for kind, status in REFUSALS.items():
        if isinstance(error, kind):
            # What stands behind the semicolon is for a terminal: names that there are, commands to type.
            return Problem(status, str(error).partition(";")[0], code=kind.__name__)
    return Problem(500, "something went wrong here; it has been noted")


def told(request: Request, error: Exception) -> Problem:
    """What an error is told as; one that the operator should know of is in the log."""
    problem = problem_of(error)
    if problem.status == 503:
        cause = getattr(error, "orig", error)  # without the statement and its values
        _log.warning("%s %s: %s", request.method, request.url.path, cause)
    elif problem.status >= 500:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem


def install(app: FastAPI) -> None:
    """Let an app answer errors as problems."""
    known = (Problem, HTTPException, RequestValidationError, OperationalError, NoConnection, DataError)
    for kind in (*known, *REFUSALS, Exception):
        app.add_exception_handler(kind, _answered)


def _answered(request: Request, error: Exception) -> Response:
    return told(request, error).response()
