"""Reviews: what an analyst says of findings, names, events, articles and stories, and all that was ever said.

Who decides is whoever asks. What a team cannot see it cannot decide on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from intel.api.access import Reader
from intel.api.asked import ChosenAccount, Day, EventType, Number, Reason, Seen
from intel.api.desk import AtDesk
from intel.api.paging import BIGGEST, USUAL, Cursor, Limit, Page, paged
from intel.api.resource import Resource
from intel.api.sight import Chair, InChair
from intel.model import Review, Status
from intel.review import Correction
from intel.review_views import ArticleView, Reviews, ReviewView

router = Resource(tags=["reviews"])


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

    day: Annotated[Day, Field(examples=["2026-11-18"])]


class Merging(Deciding):
    """The other story that is the same report."""

    other: Annotated[int, Field(ge=1, le=BIGGEST, examples=[2])]


@router.post("/findings/{number}/confirm", status_code=201)
def confirm_finding(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Confirm a finding: it counts as at least probably true."""
    return chair.reviewer.confirm(chair.finding(number).id, chair.by(deciding.why))


@router.post("/findings/{number}/reject", status_code=201)
def reject_finding(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Reject a finding, and the same sentence for the same account and topic wherever it stands."""
    return chair.reviewer.reject(chair.finding(number).id, chair.by(deciding.why))


@router.post("/findings/{number}/relink", status_code=201)
def relink_finding(chair: InChair, number: Number, relinking: Relinking) -> Review:
    """Link a finding to another account or to none, here and where the same stands beside it."""
    finding, account = chair.finding(number), _meant(chair, relinking.account)
    return chair.reviewer.relink(finding.id, account, chair.by(relinking.why))


@router.post("/mentions/{number}/relink", status_code=201)
def relink_mention(chair: InChair, number: Number, relinking: Relinking) -> Review:
    """Say that a name means another account, or none, wherever the same stands beside it."""
    mention, account = chair.mention(number), _meant(chair, relinking.account)
    return chair.reviewer.relink_mention(mention, account, chair.by(relinking.why))


@router.post("/events/{number}/correct", status_code=201)
def correct_event(chair: InChair, number: Number, correcting: Correcting) -> Review:
    """Correct an event's type, status or subject."""
    event = chair.event(number)
    right = Correction(correcting.type, correcting.status, _meant(chair, correcting.subject))
    return chair.reviewer.event(event.id, right, chair.by(correcting.why))


@router.post("/articles/{number}/date", status_code=201)
def date_article(chair: InChair, number: Number, dating: Dating) -> Review:
    """Correct the day on which an article was published."""
    return chair.reviewer.date(str(chair.article(number)), dating.day, chair.by(dating.why))


@router.post("/articles/{number}/split", status_code=201)
def split_article(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Say that an article is no copy of the others of its story: it stands alone."""
    return chair.reviewer.split(str(chair.article(number)), chair.by(deciding.why))


@router.post("/stories/{number}/merge", status_code=201)
def merge_stories(chair: InChair, number: Number, merging: Merging) -> Review:
    """Say that two stories are one report: they count as one witness."""
    one, other = chair.story(number), chair.story(merging.other)
    return chair.reviewer.merge(one.id, other.id, chair.by(merging.why))


@router.post("/reviews/{number}/undo", status_code=201)
def undo_review(chair: InChair, number: Number, deciding: Deciding) -> Review:
    """Take a review back, an undo too; both stay in the audit."""
    return chair.reviewer.undo(chair.review(number).review.id, chair.by(deciding.why))


@router.get("/reviews")
def list_reviews(_who: Reader, seen: Seen, limit: Limit = USUAL, cursor: Cursor = None) -> Page[ReviewView]:
    """The reviews in force, the newest first, each with what it took in which article."""
    held = [one for one in seen.reviews() if one.undone_by is None and one.review.undoes is None]
    return paged(held, limit, cursor, lambda one: (-one.review.id,))


@router.get("/audit")
def audit(
    account: ChosenAccount,
    _who: Reader,
    seen: Seen,
    by: Annotated[str | None, Query(max_length=40, description="Only decisions of this user.")] = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[ReviewView]:
    """Every decision ever taken, the oldest first, and whether it was undone."""
    found = [
        one
        for one in seen.reviews()
        if (account is None or account.id in one.review.target["accounts"]) and by in (None, one.review.who)
    ]
    return paged(found, limit, cursor, lambda one: (one.review.id,))


@router.get("/articles/{number}")
def get_article(number: Number, who: Reader, seen: Seen, desk: AtDesk) -> ArticleView:
    """An article with the numbers of its story, findings, events and mentions, for reviews of them."""
    view = Reviews(desk.reading.engine).article(str(seen.article(number)))
    if who.accounts is None:
        return view
    return replace(
        view,
        members=tuple(one.url for one in seen.story(view.story).articles),
        findings=tuple(one for one in view.findings if who.may_see(one["account_id"])),
        mentions=tuple(one for one in view.mentions if who.may_see(one["account_id"])),
        events=tuple(one for one in view.events if seen.plays(one["id"])),
    )


def _meant(chair: Chair, name: str | None) -> str | None:
    return None if name is None else chair.account(name).id
