"""Rules of alerts: who is told what, and when; an operator who sees all accounts keeps and drops them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response
from pydantic import BaseModel, Field

from intel.alerts.book import RuleBook
from intel.alerts.rule import Digest, Kind, Rule
from intel.alerts.rule import rule as rule_of
from intel.alerts.triggers import require_states
from intel.api.access import Operator, Principal, Reader
from intel.api.asked import EventType, Seen, Topic, Words
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.channels import recipient

router = Resource(tags=["alerts"])
RuleName = Annotated[str, Path(max_length=100, examples=["urgent"])]
_Names = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)]


class RuleEntry(BaseModel):
    """A rule as it is from now on; what is left out is as usual. Empty lists mean all."""

    kind: Annotated[Kind, Field(examples=["event"])]
    recipients: _Names = []
    accounts: Annotated[_Names, Field(examples=[["taobao"]])] = []
    events: Annotated[list[EventType], Field(max_length=200)] = []
    topics: Annotated[list[Topic], Field(max_length=200)] = []
    states: _Names = []
    threshold: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    urgent: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    digest: Digest = Digest.NONE
    at: Annotated[str, Field(max_length=5)] = "08:30"
    quiet: Annotated[str, Field(max_length=11)] = "22:00-08:00"
    zone: Annotated[str, Field(max_length=64)] = "Asia/Shanghai"
    cap: Annotated[int, Field(ge=1, le=100)] = 10
    days: Annotated[int, Field(ge=1, le=60)] = 3
    why: Words = ""


@router.get("/alert-rules")
def list_alert_rules(_who: Reader, seen: Seen, limit: Limit = USUAL, cursor: Cursor = None) -> Page[Rule]:
    """The rules, by name; of one that is of some accounts those that may be seen."""
    return paged(seen.rules(), limit, cursor, lambda one: (one.name,))


@router.get("/alert-rules/{rule}")
def get_alert_rule(rule: RuleName, _who: Reader, seen: Seen, response: Response) -> Rule:
    """One rule; a change sends its ETag back."""
    found = seen.rule(rule)
    tagged(response, found)
    return found


@router.put("/alert-rules/{rule}")
def put_alert_rule(
    who: Operator, rule: RuleName, entry: RuleEntry, seen: Seen, desk: AtDesk, if_match: IfMatch = None
) -> Rule:
    """Add a rule, or put it in place of the one of its name; what was told stays told."""
    _require_all_seen(who)
    table = entry.model_dump(exclude={"why"}) | {
        "name": rule,
        "accounts": [seen.account(one).id for one in entry.accounts],
        "recipients": [recipient(desk.workspace.settings.recipients, one).name for one in entry.recipients],
    }
    new = rule_of(table)
    require_states(new)

    def look() -> None:
        if if_match is not None:
            require_match(if_match, seen.rule(rule))

    RuleBook(desk.when(look).engine).keep(new, seen.by(entry.why))
    return new


@router.delete("/alert-rules/{rule}", status_code=204)
def drop_alert_rule(who: Operator, rule: RuleName, seen: Seen, desk: AtDesk) -> None:
    """Forget a rule; what it told stays told."""
    _require_all_seen(who)
    RuleBook(desk.workspace.engine).drop(rule, seen.by())


def _require_all_seen(who: Principal) -> None:
    """Rules tell their recipients of all accounts. Raises Problem (403)."""
    if who.accounts is not None:
        raise Problem(403, f"{who.user} is in a team and may not change rules of alerts")
