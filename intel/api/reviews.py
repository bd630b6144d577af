"""Reviews: what an analyst says of findings, names, events, articles and stories, and all that was ever said.

Who decides is whoever asks. What a team cannot see it cannot decide on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from intel.api.access import Analyst, Principal, Reader
from intel.api.asked import ChosenAccount, EventType, Number, Reason, visible
from intel.api.desk import AtDesk, Desk
from intel.api.paging import BIGGEST, USUAL, Cursor, Limit, Page, paged
from intel.api.problem import missing
from intel.lists import Lists
from intel.model import Review, Status
from intel.review import Correction, Reviewer
from intel.review_force import By
from intel.review_views import ArticleView, Reviews, ReviewView

router = APIRouter(tags=["reviews"])


class Deciding(BaseModel):
    """Why it is decided so."""

    why: Reason


class Relinking(Deciding):
    """The account that is meant, null for none that we watch."""

    account: Annotated[str | None, Field(max_length=100, examples=["pinduoduo"])]


class Correcting(Deciding):
    """What an event is instead; what is left out stays."""

    type: Annotated[EventType | None, Field(examples=["price_change"])] = None
    status: Status | None = None
    subject: Annotated[str | None, Field(max_length=100, examples=["yunda"])] = None


class Dating(Deciding):
    """The day on which an article was published."""

    day: Annotated[date, Field(examples=["2026-11-18"])]


class Merging(Deciding):
    """The other story that is the same report."""

    other: Annotated[int, Field(ge=1, le=BIGGEST, examples=[2])]


@dataclass(frozen=True, slots=True)
class Chair:
    """An analyst at work: who, on what desk, and with what authority decisions are written down."""

    who: Principal
    desk: Desk

    @property
    def reviewer(self) -> Reviewer:
        """Takes decisions."""
        return Reviewer(self.desk.workspace.engine)

    def by(self, deciding: Deciding) -> By:
        """Who decides, why and when."""
        return By(self.who.user, deciding.why, self.desk.now())

    def account(self, name: str | None) -> str | None:
        """An account by name, if it may be seen. Raises Problem (404)."""
        return None if name is None else visible(self.desk, self.who, name).id

    def require_article(self, number: int) -> str:
        """An article that may be seen. Raises Problem (404)."""
        if not Lists(self.desk.reading.engine).seen([number], self.who.accounts):
            raise missing("article", number)
        return str(number)

    def require_event(self, number: int) -> int:
        """An event that may be seen. Raises UnknownName."""
        return Lists(self.desk.reading.engine).event(number, self.who.accounts).id

    def require_story(self, number: int) -> int:
        """A story that may be seen. Raises UnknownName."""
        return Lists(self.desk.reading.engine).story(number, self.who.accounts).id

    def require_finding(self, number: int) -> int:
        """A finding that may be seen. Raises Problem (404)."""
        finding = self.desk.reading.query.finding(number)
        if finding is None or not self.who.may_see(finding.account):
            raise missing("finding", number)
        return number

    def require_mention(self, number: int) -> int:
        """A mention that may be seen. Raises Problem (404)."""
        account = Lists(self.desk.reading.engine).mentioned(number)
        if account is None or not self.who.may_see(account):
            raise missing("mention", number)
        return number


def _chair(who: Analyst, desk: AtDesk) -> Chair:
    return Chair(who, desk)


InChair = Annotated[Chair, Depends(_chair)]


@router.post("/findings/{number}/confirm", status_code=201)
def confirm_finding(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Confirm a finding: it counts as at least probably true."""
    return chair.reviewer.confirm(chair.require_finding(number), chair.by(deciding))


@router.post("/findings/{number}/reject", status_code=201)
def reject_finding(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Reject a finding, and the same sentence for the same account and topic wherever it stands."""
    return chair.reviewer.reject(chair.require_finding(number), chair.by(deciding))


@router.post("/findings/{number}/relink", status_code=201)
def relink_finding(chair: InChair, number: Number, relinking: Relinking) -> Review:
    """Link a finding to another account or to none, here and where the same stands beside it."""
    finding, account = chair.require_finding(number), chair.account(relinking.account)
    return chair.reviewer.relink(finding, account, chair.by(relinking))


@router.post("/mentions/{number}/relink", status_code=201)
def relink_mention(chair: InChair, number: Number, relinking: Relinking) -> Review:
    """Say that a name means another account, or none, wherever the same stands beside it."""
    mention, account = chair.require_mention(number), chair.account(relinking.account)
    return chair.reviewer.relink_mention(mention, account, chair.by(relinking))


@router.post("/events/{number}/correct", status_code=201)
def correct_event(chair: InChair, number: Number, correcting: Correcting) -> Review:
    """Correct an event's type, status or subject."""
    event = chair.require_event(number)
    right = Correction(correcting.type, correcting.status, chair.account(correcting.subject))
    return chair.reviewer.event(event, right, chair.by(correcting))


@router.post("/articles/{number}/date", status_code=201)
def date_article(chair: InChair, number: Number, dating: Dating) -> Review:
    """Correct the day on which an article was published."""
    return chair.reviewer.date(chair.require_article(number), dating.day, chair.by(dating))


@router.post("/articles/{number}/split", status_code=201)
def split_article(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Say that an article is no copy of the others of its story: it stands alone."""
    return chair.reviewer.split(chair.require_article(number), chair.by(deciding))


@router.post("/stories/{number}/merge", status_code=201)
def merge_stories(chair: InChair, number: Number, merging: Merging) -> Review:
    """Say that two stories are one report: they count as one witness."""
    one, other = chair.require_story(number), chair.require_story(merging.other)
    return chair.reviewer.merge(one, other, chair.by(merging))


@router.post("/reviews/{number}/undo", status_code=201)
def undo_review(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Take a review back, an undo too; both stay in the audit."""
    if not any(view.review.id == number for view in _seen(chair.desk, chair.who)):
        raise missing("review", number)
    return chair.reviewer.undo(number, chair.by(deciding))


@router.get("/reviews")
def list_reviews(who: Reader, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None) -> Page[ReviewView]:
    """The reviews in force, the newest first, each with what it took in which article."""
    held = [one for one in _seen(desk, who) if one.undone_by is None and one.review.undoes is None]
    return paged(held, limit, cursor, lambda one: (-one.review.id,))


@router.get("/audit")
def audit(
    account: ChosenAccount,
    who: Reader,
    desk: AtDesk,
    by: Annotated[str | None, Query(max_length=40, description="Only decisions of this user.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[ReviewView]:
    """Every decision ever taken, the oldest first, and whether it was undone."""
    found = [
        one
        for one in _seen(desk, who)
        if (account is None or account.id in one.review.target["accounts"]) and by in (None, one.review.who)
    ]
    return paged(found, limit, cursor, lambda one: (one.review.id,))


@router.get("/articles/{number}")
def get_article(number: Number, who: Reader, desk: AtDesk) -> ArticleView:
    """An article with the numbers of its story, findings, events and mentions, for reviews of them."""
    lists = Lists(desk.reading.engine)
    if not lists.seen([number], who.accounts):
        raise missing("article", number)
    view = Reviews(desk.reading.engine).article(str(number))
    if who.accounts is None:
        return view
    return replace(
        view,
        members=tuple(one.url for one in lists.story(view.story, who.accounts).articles),
        findings=tuple(one for one in view.findings if who.may_see(one["account_id"])),
        mentions=tuple(one for one in view.mentions if who.may_see(one["account_id"])),
        events=tuple(one for one in view.events if lists.plays(one["id"], who.accounts)),
    )


def _seen(desk: Desk, who: Principal) -> list[ReviewView]:
    """The reviews that concern an account that may be seen, each with what it took that may be seen."""
    every = Reviews(desk.reading.engine).audit()
    if who.accounts is None:
        return list(every)
    mine = [one for one in every if who.accounts & set(one.review.target["accounts"])]
    articles = {taken.article for one in mine for taken in one.took}
    seen = Lists(desk.reading.engine).seen(articles, who.accounts)
    return [replace(one, took=tuple(taken for taken in one.took if taken.article in seen)) for one in mine]
