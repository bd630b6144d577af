"""Long answers in pages: at most so many items, and a cursor that says after which the next page goes on.

A cursor is opaque: the values that the last item is ordered by, as JSON in base64. Items that come or go
between two pages neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query

from intel.api.problem import Problem
from intel.lists import Part

MOST, USUAL = 200, 50
BIGGEST = 2**31 - 1  # what every database takes as a number of a row
T = TypeVar("T")
Key = Sequence[str | int | float]

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many items.")]
Cursor = Annotated[
    str | None,
    Query(
        pattern="^[A-Za-z0-9_-]{1,2000}$",
        description="`next` of the page before; leave it out for the first.",
    ),
]


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items; `next` is the cursor of the page after this one, null on the last."""

    items: list[T]
    next: str | None


def part(limit: int, cursor: str | None, shape: Sequence[type]) -> Part:
    """What to read: one row more than asked tells whether there is another page. Raises Problem (400)."""
    return Part(limit + 1, None if cursor is None else _read(cursor, shape))


def page(rows: Sequence[T], limit: int, key: Callable[[T], Key]) -> Page[T]:
    """The page of rows that were read by a part."""
    items = list(rows[:limit])
    return Page(items, _written(key(items[-1])) if len(rows) > limit else None)


def paged(rows: Iterable[T], limit: int, cursor: str | None, key: Callable[[T], Key]) -> Page[T]:
    """A page of rows that are all at hand; `key` orders them. Raises Problem (400)."""
    ordered = sorted(rows, key=lambda row: tuple(key(row)))
    if cursor is not None and ordered:
        after = tuple(_read(cursor, [type(value) for value in key(ordered[0])]))
        ordered = [row for row in ordered if tuple(key(row)) > after]
    return page(ordered[: limit + 1], limit, key)


def _written(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def _read(cursor: str, shape: Sequence[type]) -> list[Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise _bad() from None
    if not isinstance(values, list) or len(values) != len(shape) or not all(map(_fits, values, shape)):
        raise _bad()
    return values


def _fits(value: object, kind: type) -> bool:
    """Whether a value is one of a kind that every database takes; a moment stands as ISO has it."""
    if kind is datetime:
        return isinstance(value, str) and _is_moment(value)
    if isinstance(value, str):
        return kind is str and "\0" not in value and value.encode("utf-8", "replace").decode() == value
    if isinstance(value, int):
        return kind is type(value) and abs(value) <= BIGGEST
    return kind is type(value) and isinstance(value, float)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _bad() -> Problem:
    return Problem(400, "the cursor is none of ours; begin without one")
