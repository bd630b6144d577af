"""An account's findings, filtered and in pages; every choice stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, Field

from intel.api.asked import Day
from intel.api.paging import BIGGEST
from intel.model import Account
from intel.query import Query
from intel.views import FindingFilter, FindingKind, FindingView
from intel.web.site import EMPTY, link

PAGE = 30


class Choice(BaseModel):
    """Which findings to list. Empty fields of a form mean no choice."""

    topic: str = ""
    event: str = ""
    courier: str = ""
    since: Annotated[Day | None, EMPTY] = None
    until: Annotated[Day | None, EMPTY] = None
    rejected: bool = False
    page: int = Field(1, ge=1, le=BIGGEST)


@dataclass(frozen=True, slots=True)
class FindingsView:
    """A page of findings with what they can be chosen by."""

    account: Account
    tab: str
    chosen: Choice
    topics: tuple[str, ...]
    events: tuple[str, ...]
    couriers: tuple[tuple[str, str], ...]
    listed: tuple[FindingView, ...]
    count: int
    later: str
    earlier: str

    @property
    def narrowed(self) -> bool:
        """Whether anything but the page was chosen."""
        return bool(self.chosen.model_dump(exclude_defaults=True, exclude={"page"}))


def findings_view(query: Query, account: Account, chosen: Choice, names: dict[str, str]) -> FindingsView:
    """The findings of an account that fit a choice."""
    wanted = FindingFilter(since=chosen.since, until=chosen.until, rejected=chosen.rejected)
    every = query.kinds(account.id, wanted)
    count = sum(one.count for one in every if _fits(one, chosen))
    start = (chosen.page - 1) * PAGE
    narrowed = replace(
        wanted, topic=chosen.topic or None, event=chosen.event or None, courier=chosen.courier or None
    )
    listed = query.findings(account.id, narrowed, min(start + PAGE, count))[start:]
    return FindingsView(
        account=account,
        tab="findings",
        chosen=chosen,
        topics=tuple(sorted({one.topic for one in every})),
        events=tuple(sorted({one.event for one in every if one.event})),
        couriers=tuple(sorted({(name, names.get(name, name)) for one in every for name in one.couriers})),
        listed=tuple(listed),
        count=count,
        later=_page(account, chosen, chosen.page - 1) if chosen.page > 1 else "",
        earlier=_page(account, chosen, chosen.page + 1) if count > start + PAGE else "",
    )


def _fits(one: FindingKind, chosen: Choice) -> bool:
    return (
        chosen.topic in ("", one.topic)
        and chosen.event in ("", one.event)
        and (not chosen.courier or chosen.courier in one.couriers)
    )


def _page(account: Account, chosen: Choice, page: int) -> str:
    told = chosen.model_dump(exclude_defaults=True) | {"page": page}
    return link(f"/accounts/{account.id}/findings", **told)
