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

from intel.field_form import BadReport
from intel.file_store import NoTask
from intel.query import UnknownName
from intel.review_force import BadReview
from intel.search import BadQuery
from intel.stages import NotInOrder
from intel.users import BadUser

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 5  # after which it makes sense to ask again
_log = logging.getLogger(__name__)

# What the classes behind the commands refuse, and the status that says so. 422 is left for what the
# specification can say; 400 is a request that it allows and that cannot be taken all the same.
REFUSALS: Mapping[type[Exception], int] = {
    UnknownName: 404,
    NoTask: 404,
    BadReview: 409,
    NotInOrder: 409,
    BadReport: 400,
    BadQuery: 400,
    BadUser: 400,
}


class Problem(Exception):
    """An answer that is not what was asked for."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
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


def missing(what: str, name: object) -> Problem:
    """There is none, or none that the caller may see: the two must not be told apart."""
    return Problem(404, f"no {what} {name!r}")


def busy(request: Request, error: Exception) -> Response:
    """The database did not answer in time, or has too much to do."""
    cause = getattr(error, "orig", error)  # without the statement and its values
    _log.warning("%s %s: %s", request.method, request.url.path, cause)
    after = {"Retry-After": str(BUSY_SECONDS)}
    detail = "the database took too long to answer; narrow the question or ask again later"
    return Problem(503, detail, after).response()


def unkept(_request: Request, _error: Exception) -> Response:
    """A text that no database keeps, such as one with a NUL in it."""
    return Problem(400, "a text holds characters that cannot be kept").response()


def install(app: FastAPI) -> None:
    """Let an app answer errors as problems."""
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(OperationalError, busy)
    app.add_exception_handler(NoConnection, busy)
    app.add_exception_handler(DataError, unkept)
    for refusal in REFUSALS:
        app.add_exception_handler(refusal, _refused)
    app.add_exception_handler(Exception, _failed)


def _told(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Problem(error.status_code, error.detail, error.headers).response()


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Where and why, never what was sent: it may be a password.
    errors = [{"at": ".".join(map(str, one["loc"])), "why": one["msg"]} for one in error.errors()]
    return Problem(422, "the request is not as the specification says", errors=errors).response()


def _refused(_request: Request, error: Exception) -> Response:
    status = next(status for kind, status in REFUSALS.items() if isinstance(error, kind))
    # What stands behind the semicolon is for a terminal: names that there are, commands to type.
    return Problem(status, str(error).partition(";")[0]).response()


def _failed(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return Problem(500, "something went wrong here; it has been noted").response()
