"""Accounts: what is watched, with counts; an operator adds one, renames one, says how texts call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, Field

from intel.api.access import Operator, Principal, Reader
from intel.api.asked import OfAccount, Seen
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.model import Account, Role
from intel.views import AccountView

router = Resource(tags=["accounts"])
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


class Entry(BaseModel):
    """What an account is called, and what it is to us."""

    name: Annotated[Name, Field(examples=["淘宝"])]
    role: Role
    aliases: Annotated[list[Name], Field(max_length=200, examples=[["淘宝网", "手机淘宝"]])] = []


class NewAccount(Entry):
    """An account of a watchlist."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", examples=["taobao"])]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many accounts were taken."""

    accounts: int


@dataclass(frozen=True, slots=True)
class OneAccount:
    """An account, and how many findings answer each topic."""

    account: AccountView
    topics: dict[str, int]


@router.get("/accounts")
def list_accounts(
    who: Reader, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None
) -> Page[AccountView]:
    """Accounts with how much is known of each, by id."""
    seen = [view for view in desk.reading.query.accounts() if who.may_see(view.id)]
    return paged(seen, limit, cursor, lambda view: (view.id,))


@router.get("/accounts/{account}")
def get_account(account: OfAccount, _who: Reader, desk: AtDesk, response: Response) -> OneAccount:
    """One account; its ETag is that of its names, for a later change."""
    tagged(response, account)
    return OneAccount(desk.reading.query.account_view(account), desk.reading.query.topic_counts(account.id))


@router.put("/accounts/{account}")
def put_account(
    _who: Operator,
    account: OfAccount,
    entry: Entry,
    desk: AtDesk,
    seen: Seen,
    response: Response,
    if_match: IfMatch = None,
) -> Account:
    """Rename an account, or say anew how texts call it; texts are read by it from the next reading on."""
    changed = _account(account.id, entry)
    still = desk.when(lambda: require_match(if_match, desk.reading.query.account(account.id)))
    still.store.load_accounts([changed], seen.by())
    tagged(response, changed)
    return changed


@router.post("/accounts", status_code=201)
def add_accounts(
    who: Operator,
    desk: AtDesk,
    seen: Seen,
    accounts: Annotated[list[NewAccount], Field(min_length=1, max_length=1000)],
) -> Loaded:
    """Load a watchlist: accounts are added, or brought up to date by id; those not named stay."""
    for account in accounts:
        _require_known(desk, who, account.id)
    new = (_account(one.id, one) for one in accounts)
    return Loaded(desk.workspace.store.load_accounts(new, seen.by()))


def _require_known(desk: Desk, who: Principal, account: str) -> None:
    """Who sees only some accounts does not make others. Raises Problem (403)."""
    if who.accounts is not None and account not in who.accounts:
        raise Problem(403, f"{who.user} is in a team and may not add accounts")


def _account(identifier: str, entry: Entry) -> Account:
    return Account(identifier, entry.name, entry.role, tuple(dict.fromkeys(entry.aliases)))
