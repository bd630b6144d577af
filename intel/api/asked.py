"""What routes are asked for in common: an account in the path or as a filter, days, words of the taxonomy."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, Field, WithJsonSchema

from intel.api.access import Principal, principal
from intel.api.desk import AtDesk, Desk
from intel.api.paging import BIGGEST
from intel.api.problem import missing
from intel.model import Account
from intel.query import UnknownName
from intel.taxonomy import taxonomy

Who = Annotated[Principal, Depends(principal)]
Number = Annotated[int, Path(ge=1, le=BIGGEST, examples=[1])]
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S", examples=["与财报一致"])]
Words = Annotated[str, Field(max_length=2000)]
Since = Annotated[date | None, Query(description="From this day on, China's time.", examples=["2026-11-15"])]
Until = Annotated[date | None, Query(description="Up to and with this day.", examples=["2026-11-20"])]
AsOf = Annotated[date | None, Query(description="As it was at the end of this day.", examples=["2026-11-20"])]


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


def visible(desk: Desk, who: Principal, name: str) -> Account:
    """The account of an id, name or alias, if it may be seen. Raises Problem (404)."""
    try:
        account = desk.reading.query.account(name)
    except UnknownName:
        raise missing("account", name) from None
    if not who.may_see(account.id):
        raise missing("account", name)
    return account


def _in_path(
    account: Annotated[str, Path(max_length=100, description="Id, name or alias.", examples=["taobao"])],
    who: Who,
    desk: AtDesk,
) -> Account:
    return visible(desk, who, account)


def _chosen(
    who: Who,
    desk: AtDesk,
    account: Annotated[
        str | None, Query(max_length=100, description="Only of this account.", examples=["taobao"])
    ] = None,
) -> Account | None:
    return None if account is None else visible(desk, who, account)


OfAccount = Annotated[Account, Depends(_in_path)]
ChosenAccount = Annotated[Account | None, Depends(_chosen)]


def accounts_seen(desk: Desk, who: Principal, chosen: Account | None = None) -> list[Account]:
    """The accounts that may be seen, or the chosen one."""
    if chosen is not None:
        return [chosen]
    return [one for one in desk.reading.query.watched() if who.may_see(one.id)]
