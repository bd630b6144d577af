"""The review queue: findings that nobody has judged, the doubtful first; decisions by button or key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Response

from intel.api import Principal
from intel.api.access import Analyst, Reader, require_account
from intel.api.problem import Problem
from intel.model import Account, Review, Status
from intel.review import Correction, Reviewer
from intel.review_force import BadReview, By
from intel.review_views import Reviews, ReviewView
from intel.told import Told
from intel.views import FindingFilter, FindingView
from intel.web.accounts import known
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PAGE = 8
DOUBTFUL = 4  # from this credibility on
Why = Annotated[str, Form(max_length=500)]
Back = Annotated[str, Form(max_length=2000)]


@dataclass(frozen=True, slots=True)
class QueueView:
    """Findings of an account to judge, with what they can be relinked to."""

    account: Account
    topic: str
    topics: Sequence[str]
    waiting: int
    doubtful: int
    items: Sequence[FindingView]
    accounts: Sequence[Account]


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands in the queue where a finding stood that was judged."""

    review: Review
    back: str


@dataclass(frozen=True, slots=True)
class AuditView:
    """Every decision, the last first."""

    account: str
    listed: Sequence[ReviewView]
    accounts: Sequence[Account]


@router.get("/review")
def queue(asked: Asked, who: Analyst, account: str = "", topic: str = "") -> Response:
    """What waits for a judgement on an account."""
    accounts = _accounts(asked, who)
    if not account and not accounts:
        raise Problem(404, "no account")
    found = known(asked, who, account or accounts[0].id)
    holding = {one.review.id for one in Reviews(asked.desk.reading.engine).in_force()}
    every = [
        one
        for one in asked.desk.reading.query.findings(found.id, FindingFilter())
        if not one.confirmed and one.review not in holding  # one that was taken back waits again
    ]
    waiting = _once([one for one in every if topic in ("", one.topic)])
    view = QueueView(
        account=found,
        topic=topic,
        topics=sorted({one.topic for one in every}),
        waiting=len(waiting),
        doubtful=sum(_doubtful(one) for one in waiting),
        items=waiting[:PAGE],
        accounts=accounts,
    )
    return asked.show("review.html.jinja", view, who)


@router.post("/review/findings/{number}/{act}")
def judge(
    number: int,
    act: str,
    asked: Asked,
    who: Analyst,
    why: Why = "",
    account: str = "",
    back: Back = "/review",
) -> Response:
    """Confirm or reject a finding."""
    _require_finding(asked, who, number)
    reviewer, by = Reviewer(asked.desk.workspace.engine), _by(asked, who, why)
    acts = {"confirm": reviewer.confirm, "reject": reviewer.reject}
    if act not in acts:
        raise Problem(404, act)
    return _decided(asked, who, acts[act](number, by), back)


@router.post("/review/relink/{number}")
def relink(
    number: int, asked: Asked, who: Analyst, why: Why = "", account: Annotated[str, Form()] = "",
    back: Back = "/review",
) -> Response:  # fmt: skip
    """Say that a finding speaks of another account, or of none."""
    _require_finding(asked, who, number)
    target = known(asked, who, account).id if account else None
    review = Reviewer(asked.desk.workspace.engine).relink(number, target, _by(asked, who, why))
    return _decided(asked, who, review, back)


@router.post("/review/events/{number}")
def correct_event(
    number: int, asked: Asked, who: Analyst, why: Why = "", kind: Annotated[str, Form()] = "",
    status: Annotated[str, Form()] = "", back: Back = "/review",
) -> Response:  # fmt: skip
    """Correct an event's type or status."""
    if kind:
        asked.desk.reading.query.known("events", kind)
    if status and status not in set(Status):
        raise BadReview(f"no status {status!r}")
    change = Correction(type=kind or None, status=status or None)
    review = Reviewer(asked.desk.workspace.engine).event(number, change, _by(asked, who, why))
    return _decided(asked, who, review, back)


@router.post("/review/dates/{article}")
def correct_date(
    article: int,
    day: Annotated[date, Form()],
    asked: Asked,
    who: Analyst,
    why: Why = "",
    back: Back = "/review",
) -> Response:
    """Correct the day on which an article was published."""
    review = Reviewer(asked.desk.workspace.engine).date(str(article), day, _by(asked, who, why))
    return _decided(asked, who, review, back)


@router.post("/review/split/{article}")
def split(article: int, asked: Asked, who: Analyst, why: Why = "") -> Response:
    """Say that an article is no copy of the others of its story."""
    Reviewer(asked.desk.workspace.engine).split(str(article), _by(asked, who, why))
    return done(f"/stories/{Told(asked.desk.reading.engine).article(article).story}", "split")


@router.post("/review/merge/{story}")
def merge(story: int, other: Annotated[int, Form()], asked: Asked, who: Analyst, why: Why = "") -> Response:
    """Say that two stories are one report."""
    first = Told(asked.desk.reading.engine).story(story)[0].article.id
    Reviewer(asked.desk.workspace.engine).merge(story, other, _by(asked, who, why))
    return done(f"/stories/{Told(asked.desk.reading.engine).article(first).story}", "merged")


@router.post("/review/undo/{number}")
def undo(number: int, asked: Asked, who: Analyst, why: Why = "", back: Back = "/audit") -> Response:
    """Take a decision back."""
    reason = why.strip() or asked.words.say("undo_why")
    Reviewer(asked.desk.workspace.engine).undo(number, _by(asked, who, reason))
    if asked.htmx:
        return asked.show("undone_part.html.jinja", None, who)
    return done(back, "undone")


@router.get("/audit")
def audit(asked: Asked, who: Reader, account: str = "") -> Response:
    """Every decision on an account, or on all of those that may be seen."""
    chosen = known(asked, who, account).id if account else None
    listed = [
        one
        for one in Reviews(asked.desk.reading.engine).audit(chosen)
        if who.accounts is None or not who.accounts.isdisjoint(one.review.target["accounts"])
    ]
    view = AuditView(chosen or "", listed[::-1], _accounts(asked, who))
    return asked.show("audit.html.jinja", view, who)


def _accounts(asked: Visit, who: Principal) -> list[Account]:
    counted = [one.id for one in asked.desk.reading.query.accounts()]
    watched = {one.id: one for one in asked.desk.reading.query.watched() if who.may_see(one.id)}
    return [watched[name] for name in counted if name in watched]


def _require_finding(asked: Visit, who: Principal, number: int) -> None:
    require_account(who, Told(asked.desk.reading.engine).finding(number)[0])


def _by(asked: Visit, who: Principal, why: str) -> By:
    if not why.strip():
        raise BadReview(asked.words.say("why_missing"))
    return By(who.user, why, asked.desk.now())


def _decided(asked: Visit, who: Principal, review: Review, back: str) -> Response:
    if asked.htmx:
        return asked.show("decided_part.html.jinja", Decided(review, back), who)
    return done(back, "decided")


def _once(findings: Sequence[FindingView]) -> list[FindingView]:
    """One finding a report and topic, the doubtful first, then the newest."""
    best: dict[tuple[int, str], FindingView] = {}
    for one in findings:
        best.setdefault((one.story, one.topic), one)
    return sorted(best.values(), key=lambda one: (not _doubtful(one), -one.dated_at.timestamp(), one.id))


def _doubtful(one: FindingView) -> bool:
    return one.disputed or one.credibility >= DOUBTFUL
