"""The option `--as-of`: a judgement as of the end of a day, in China; today if none is given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from intel.config import CHINA

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="YYYY-MM-DD", help="As known at the end of this day; today if not given."
    ),
]


class BadDay(ValueError):
    """A text that is no day."""


def day(text: str | None, now: datetime) -> date:
    """The day that was asked for, or that of `now` (aware) in China. Raises BadDay."""
    if not text:
        return now.astimezone(CHINA).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDay(f"no such day {text!r}; write it like 2026-11-20") from None
