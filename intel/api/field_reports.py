"""Field reports: what staff heard from a client, entered and corrected, read at once, and followed up.

A report is signed by whoever sends it. What a team may see are the reports on its accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import BaseModel, Field

from intel import reader
from intel.api.access import Reader, Reporter
from intel.api.asked import ChosenAccount, Day, Number, Seen
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.resource import Resource
from intel.api.tags import IfMatch, changed_meanwhile, require_match, tagged
from intel.field_form import MOST, altered, form, reported
from intel.model import FieldReport, NotAnArticle
from intel.store import Store

router = Resource(tags=["field reports"])
Text = Annotated[str, Field(max_length=MOST)]
Way = Annotated[str, Field(pattern=f"^({'|'.join(form().ways)})$", examples=["phone"])]
Letter = Literal["A", "B", "C", "D", "E", "F"]
Points = Annotated[
    str,
    Field(max_length=MOST, pattern=r"\S", examples=["对方表示韵达华东网点经常延误，合同到明年3月。"]),
]


class Entries(BaseModel):
    """What a report says; what is left out of a correction stays."""

    happened_on: Annotated[Day | None, Field(examples=["2026-11-19"])] = None
    way: Way | None = None
    place: Text | None = None
    points: Points | None = None
    ideas: Text | None = None
    next_step: Annotated[Text | None, Field(examples=["月底前报价"])] = None
    follow_up_on: Annotated[Day | None, Field(examples=["2026-11-26"])] = None
    reliability: Letter | None = None

    def given(self) -> dict[str, str]:
        """The entries as a form has them."""
        told = self.model_dump(exclude_none=True, exclude={"account"})
        return {name: str(value) for name, value in told.items()}


class NewReport(Entries):
    """A contact with a client: only `points` are evidence, the rest is ours."""

    account: Annotated[str, Field(max_length=100, examples=["taobao"])]
    points: Points


class FollowedUp(BaseModel):
    """When a report was followed up; today, if left out."""

    day: Annotated[Day | None, Field(examples=["2026-11-26"])] = None


@dataclass(frozen=True, slots=True)
class Received:
    """A report as it is kept, how many findings were read out of it, or why it could not be read."""

    report: FieldReport
    findings: int
    unread: str = ""


@router.get("/field-reports")
def list_reports(
    account: ChosenAccount,
    _who: Reader,
    seen: Seen,
    desk: AtDesk,
    due: Annotated[bool, Query(description="Only those to be followed up by today.")] = False,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[FieldReport]:
    """The reports, the newest first."""
    reports = seen.reports(account.id if account else None, desk.today() if due else None)
    return paged(reports, limit, cursor, lambda one: (-one.happened_on.toordinal(), -one.id))


@router.get("/field-reports/{number}")
def get_report(number: Number, _who: Reader, seen: Seen, response: Response) -> FieldReport:
    """One report; a correction sends its ETag back."""
    report = seen.report(number)
    tagged(response, report)
    return report


@router.post("/field-reports", status_code=201)
def add_report(who: Reporter, new: NewReport, seen: Seen, desk: AtDesk, response: Response) -> Received:
    """Enter a report; it is read at once."""
    account = seen.account(new.account)
    entries = new.given() | {"account": account.id, "author": who.user}
    received = entered(desk, reported(entries, desk.now()))
    response.headers["Location"] = f"/api/v1/field-reports/{received.report.id}"
    return received


@router.patch("/field-reports/{number}")
def correct_report(
    who: Reporter, number: Number, entries: Entries, seen: Seen, desk: AtDesk, if_match: IfMatch = None
) -> Received:
    """Correct a report: what is given takes the place of what it said, and it is read again."""
    report = seen.report(number)
    require_match(if_match, report, needed=True)

    def look() -> None:
        if seen.report(number) != report:
            raise changed_meanwhile()

    corrected = altered(report, entries.given() | {"author": who.user})
    return entered(desk, corrected, desk.when(look).store)


@router.post("/field-reports/{number}/follow-up")
def follow_up(_who: Reporter, number: Number, followed: FollowedUp, seen: Seen, desk: AtDesk) -> FieldReport:
    """Note that a report was followed up; what came of it is a report of its own."""
    return desk.workspace.store.follow_up(seen.report(number).id, followed.day or desk.today())


def entered(desk: Desk, report: FieldReport, store: Store | None = None) -> Received:
    """Keep a report, or a new version of it (`store` looks first), and read it at once."""
    kept, page = (store or desk.workspace.store).enter_report(report, desk.now())
    outcome = reader.read_one(desk.workspace.store, desk.workspace.query.watched(), page)
    if isinstance(outcome, NotAnArticle):
        return Received(kept, 0, outcome.reason)
    return Received(kept, len(outcome.findings))
