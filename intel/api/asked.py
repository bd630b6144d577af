"""What routes are asked for in common: an account in the path or as a filter, days, words of the taxonomy."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema
from pydantic_core import to_json

from intel.api.access import Principal, principal
from intel.api.desk import AtDesk, Desk
from intel.api.paging import BIGGEST
from intel.api.problem import Problem
from intel.api.sight import Sight
from intel.days import FIRST, LAST
from intel.model import Account
from intel.taxonomy import taxonomy
from intel.views import FileVersion

Who = Annotated[Principal, Depends(principal)]
Number = Annotated[int, Path(ge=1, le=BIGGEST, examples=[1])]
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S", examples=["与财报一致"])]
Words = Annotated[str, Field(max_length=2000)]


class Acting(BaseModel):
    """Why it is done, for those who look at the acts later."""

    why: Words = Field(default="", examples=["来源已恢复"])


UNSAID = Acting()


def _usual(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise Problem(400, f"{day}: no day before {FIRST} or after {LAST}")
    return day


Day = Annotated[date, AfterValidator(_usual)]
Since = Annotated[Day | None, Query(description="From this day on, China's time.", examples=["2026-11-15"])]
Until = Annotated[Day | None, Query(description="Up to and with this day.", examples=["2026-11-20"])]
AsOf = Annotated[Day | None, Query(description="As it was at the end of this day.", examples=["2026-11-20"])]


def _known_then(
    as_of: AsOf = None,
    known_then: Annotated[
        bool, Query(description="With `as_of`: only from what had been read by that day.")
    ] = False,
) -> bool:
    if known_then and as_of is None:
        raise Problem(400, "known_then asks for a past day; add as_of")
    return known_then


KnownThen = Annotated[bool, Depends(_known_then)]


def _word(kind: str) -> tuple[AfterValidator, WithJsonSchema]:
    """A word of one table of the taxonomy, and how the specification says which there are."""
    words: dict[str, str] = getattr(taxonomy(), kind)

    def known(word: str) -> str:
        if word not in words:
            raise ValueError(f"none of {', '.join(words)}")
        return word

    return AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(words)})


EventType = Annotated[str, *_word("events")]
Topic = Annotated[str, *_word("topics")]
Criterion = Annotated[str, *_word("criteria")]


def _in_path(
    account: Annotated[str, Path(max_length=100, description="Id, name or alias.", examples=["taobao"])],
    who: Who,
    desk: AtDesk,
) -> FileVersion:
    return Sight(who, desk).file_version(account)


OfFile = Annotated[FileVersion, Depends(_in_path)]


async def _account(file: OfFile) -> Account:
    return file.account


def _chosen(
    who: Who,
    desk: AtDesk,
    account: Annotated[
        str | None, Query(max_length=100, description="Only of this account.", examples=["taobao"])
    ] = None,
) -> Account | None:
    return None if account is None else Sight(who, desk).account(account)


async def _sight(who: Who, desk: AtDesk) -> Sight:
    return Sight(who, desk)


Seen = Annotated[Sight, Depends(_sight)]


def kept_json(desk: Desk, file: FileVersion, asked: Hashable, work: Callable[[], object]) -> Response:
    """The answer about an account as JSON, worked out once until something it shows changes.

    `asked` is what it depends on besides the account and the database: for whose eyes, of which day.
    """
    query = desk.reading.query
    body = desk.kept.answer(
        (file.account, asked),
        lambda: query.version(file.account.id),
        lambda: to_json(work()),
        file.version,
    )
    return Response(body, media_type="application/json")


OfAccount = Annotated[Account, Depends(_account)]
ChosenAccount = Annotated[Account | None, Depends(_chosen)]
