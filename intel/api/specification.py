"""The OpenAPI document: what FastAPI works out of the routes, with our errors and an example of every answer.

The examples are answers to the tests' own data: `python -m tests.examples` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from intel.api.problem import MEDIA_TYPE

EXAMPLES = Path(__file__).parent / "examples.json"
# What any route may answer beside what it is for, and when.
ERRORS: Mapping[str, str] = {
    "400": "As this document says, and yet it cannot be: a cursor of none of ours, a range upside down.",
    "401": "Nobody is logged in, and no key that holds was sent.",
    "403": "The role or the key's scopes do not allow it, or a cookie came without its proof.",
    "404": "There is none, or none that may be seen.",
    "422": "The request is not as this document says.",
    "429": "Too many requests; Retry-After says when to ask again.",
    "503": "The database took too long; Retry-After says when to ask again.",
    "default": "Any other error: 409 what cannot be now, 412 and 428 If-Match, 413 too large.",
}
_METHODS = frozenset({"get", "put", "post", "patch", "delete"})


class Fault(BaseModel):
    """A part of a request that is not as it should be."""

    at: str
    why: str


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["no account 'taobao'"])
    errors: list[Fault] = []


def name_of(route: APIRoute) -> str:
    """The name of an operation: that of its function."""
    return route.name


def install(app: FastAPI) -> None:
    """Let an app describe itself so."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _specification(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _specification(app: FastAPI) -> dict[str, Any]:
    whole = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = whole["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    whole["components"]["responses"] = {
        f"Problem{status}": {"description": why, "content": content} for status, why in ERRORS.items()
    }
    for path in whole["paths"].values():
        for operation in (one for method, one in path.items() if method in _METHODS):
            _complete(operation)
    return whole


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    answers = operation["responses"]
    answers.pop("422", None)
    answers |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in ERRORS}
    example = _examples().get(operation["operationId"])
    for status, answer in answers.items():
        told = answer.get("content", {}).get("application/json")
        if example is not None and status.startswith("2") and told is not None:
            told["example"] = example


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Of a parameter that may be left out: there is no null in an address or a header."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **kinds[0]}


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found
