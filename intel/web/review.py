"""The review queue: findings that nobody has judged, the doubtful first; decisions by button or key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, BeforeValidator

from intel.acts import By
from intel.api.access import Reader
from intel.api.asked import Day, EventType, Number
from intel.api.paging import BIGGEST
from intel.api.problem import Problem
from intel.api.sight import Chair, InChair, Sight
from intel.model import Account, Review, Status
from intel.query import LOOKED_AT
from intel.review import Correction
from intel.review_views import Reviews, ReviewView
from intel.told import Told
from intel.views import FindingFilter, FindingStanding, FindingView
from intel.web.acts import Back, done
from intel.web.edge import PageRoute
from intel.web.site import EMPTY, Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PAGE = 8
DOUBTFUL = 4  # from this credibility on
NEWEST = FindingFilter(newest=LOOKED_AT)
Why = Annotated[str, Form(max_length=500)]
# The address of a page is what a reader has at hand; its number alone does too.
OtherStory = Annotated[
    int, Form(ge=1, le=BIGGEST), BeforeValidator(lambda said: str(said).strip().rpartition("/")[2])
]


class Waiting(BaseModel):
    """How many findings of an account wait, of the newest of each topic, and the numbers of the first.

    `read`: whether anything was read of it at all.
    """

    read: bool
    topics: tuple[str, ...]
    waiting: int
    doubtful: int
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QueueView:
    """Findings of an account to judge, of each topic the newest, with what they can be relinked to."""

    account: Account
    read: bool
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
def queue(asked: Asked, chair: InChair, account: str = "", topic: str = "") -> Response:
    """What waits for a judgement on an account."""
    accounts = _accounts(chair)
    if not account and not accounts:
        raise Problem(404, "no account")
    found = chair.account(account or accounts[0].id)
    waits = _waiting(asked, chair, found, topic)
    items = (
        asked.desk.reading.query.findings(found.id, FindingFilter(numbers=waits.first)) if waits.first else ()
    )
    view = QueueView(
        account=found,
        read=waits.read,
        topic=topic,
        topics=_offered(asked, waits.topics, topic),
        waiting=waits.waiting,
        doubtful=waits.doubtful,
        items=sorted(items, key=lambda one: waits.first.index(one.id)),
        accounts=accounts,
    )
    return asked.show("review.html.jinja", view, chair.who)


def _offered(asked: Visit, waiting: Sequence[str], chosen: str) -> Sequence[str]:
    """The topics of which something waits, and the chosen one, of which nothing may wait any longer."""
    known = asked.words.has("topics", chosen)
    return sorted({*waiting, chosen}) if known and chosen not in waiting else waiting


@router.post("/review/findings/{number}/{act}")
def judge(
    number: Number, act: Literal["confirm", "reject"], asked: Asked, chair: InChair, why: Why = "",
    back: Back = "/review",
) -> Response:  # fmt: skip
    """Confirm or reject a finding."""
    acts = {"confirm": chair.reviewer.confirm, "reject": chair.reviewer.reject}
    review = acts[act](chair.finding(number).id, _by(chair, why))
    return _decided(asked, chair, review, back)


@router.post("/review/relink/{number}")
def relink(
    number: Number, asked: Asked, chair: InChair, why: Why = "", account: Annotated[str, Form()] = "",
    back: Back = "/review",
) -> Response:  # fmt: skip
    """Say that a finding speaks of another account, by its id, name or alias, or of none."""
    finding, meant = chair.finding(number), chair.account(account).id if account.strip() else None
    review = chair.reviewer.relink(finding.id, meant, _by(chair, why))
    return _decided(asked, chair, review, back)


@router.post("/review/events/{number}")
def correct_event(
    number: Number, asked: Asked, chair: InChair, why: Why = "",
    kind: Annotated[EventType | None, Form(), EMPTY] = None,
    status: Annotated[Status | None, Form(), EMPTY] = None, back: Back = "/review",
) -> Response:  # fmt: skip
    """Correct an event's type or status."""
    event, right = chair.event(number), Correction(type=kind, status=status)
    review = chair.reviewer.event(event.id, right, _by(chair, why))
    return _decided(asked, chair, review, back)


@router.post("/review/dates/{article}")
def correct_date(
    article: Number, day: Annotated[Day, Form()], asked: Asked, chair: InChair, why: Why = "",
    back: Back = "/review",
) -> Response:  # fmt: skip
    """Correct the day on which an article was published."""
    review = chair.reviewer.date(str(chair.article(article)), day, _by(chair, why))
    return _decided(asked, chair, review, back)


@router.post("/review/split/{article}")
def split(article: Number, asked: Asked, chair: InChair, why: Why = "") -> Response:
    """Say that an article is no copy of the others of its story."""
    chair.reviewer.split(str(chair.article(article)), _by(chair, why))
    return done(f"/stories/{Told(asked.desk.reading.engine).article(article).story}", "split")


@router.post("/review/merge/{story}")
def merge(story: Number, other: OtherStory, asked: Asked, chair: InChair, why: Why = "") -> Response:
    """Say that two stories are one report."""
    one, same = chair.story(story), chair.story(other)
    first = one.articles[0].article
    chair.reviewer.merge(one.id, same.id, _by(chair, why))
    return done(f"/stories/{Told(asked.desk.reading.engine).article(first).story}", "merged")


@router.post("/review/undo/{number}")
def undo(number: Number, asked: Asked, chair: InChair, why: Why = "", back: Back = "/audit") -> Response:
    """Take a decision back."""
    reason = why.strip() or asked.words.say("undo_why")
    chair.reviewer.undo(chair.review(number).review.id, chair.by(reason))
    if asked.htmx:
        return asked.show("undone_part.html.jinja", None, chair.who)
    return done(back, "undone")


@router.get("/audit")
def audit(asked: Asked, who: Reader, account: str = "") -> Response:
    """Every decision on an account, or on all of those that may be seen."""
    sight = asked.sight(who)
    chosen = sight.account(account).id if account else ""
    listed = [one for one in sight.reviews() if not chosen or chosen in one.review.target["accounts"]]
    view = AuditView(chosen, listed[::-1], _accounts(sight))
    return asked.show("audit.html.jinja", view, who)


def _accounts(sight: Sight) -> list[Account]:
    """Those with most findings first."""
    seen = {one.id: one for one in sight.accounts()}
    return [seen[name] for name in sight.desk.reading.query.most_told_of() if name in seen]


def _by(chair: Chair, why: str) -> By:
    if not why.strip():
        raise Problem(409, "a decision needs its reason", code="why_missing")
    return chair.by(why)


def _decided(asked: Visit, chair: Chair, review: Review, back: str) -> Response:
    if asked.htmx:
        return asked.show("decided_part.html.jinja", Decided(review, back), chair.who)
    return done(back, "decided")


def _waiting(asked: Visit, chair: Chair, found: Account, topic: str) -> Waiting:
    """What waits for a judgement, worked out once for as long as nothing of it changes."""
    query, reviews = asked.desk.reading.query, Reviews(asked.desk.reading.engine)
    # How old a finding is, to the hour, is a part of how far it is believed.
    hour = asked.desk.now().replace(minute=0, second=0, microsecond=0)
    return Waiting.model_validate_json(
        asked.desk.kept.answer(
            ("review queue", found.id, topic, hour, chair.who.accounts),
            lambda: query.own_version(found.id) + reviews.last(),
            lambda: (
                _waits(query.standings(found.id, NEWEST), reviews.holding(), topic).model_dump_json().encode()
            ),
        )
    )


def _waits(findings: Sequence[FindingStanding], holding: Collection[int], topic: str) -> Waiting:
    """Of findings, newest first, those that nobody judged; one whose judgement was taken back waits again."""
    every = [one for one in findings if not one.confirmed and one.review not in holding]
    waiting = _once([one for one in every if topic in ("", one.topic)])
    return Waiting(
        read=bool(findings),
        topics=tuple(sorted({one.topic for one in every})),
        waiting=len(waiting),
        doubtful=sum(_doubtful(one) for one in waiting),
        first=tuple(one.id for one in waiting[:PAGE]),
    )


def _once(findings: Sequence[FindingStanding]) -> list[FindingStanding]:
    """One finding a report and topic, the doubtful first, then the newest."""
    best: dict[tuple[int, str], FindingStanding] = {}
    for one in findings:
        best.setdefault((one.story, one.topic), one)
    return sorted(best.values(), key=lambda one: (not _doubtful(one), -one.dated_at.timestamp(), one.id))


def _doubtful(one: FindingStanding) -> bool:
    return one.disputed or one.credibility >= DOUBTFUL
