"""What an account is worth to us, by what our own people judge too; how far its development has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from intel import account_file
from intel.api.access import Reader, Worker
from intel.api.asked import AsOf, Criterion, Day, KnownThen, OfAccount, Reason, Seen, Words
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.assessment import TOP, Assessment, Judgement
from intel.model import Account
from intel.stages import MOST_YUAN, Development, Outcome, Stage, Step, development, telling
from intel.taxonomy import taxonomy
from intel.verdict import Verdict

router = Resource(tags=["assessment"])
Score = Annotated[float, Field(ge=0, le=TOP, allow_inf_nan=False)]
Yuan = Annotated[float | None, Field(ge=0, le=MOST_YUAN, allow_inf_nan=False, examples=[200000])]


@dataclass(frozen=True, slots=True)
class Valued:
    """The value of an account on a day, and whether enough is known to give one."""

    account: str
    day: date
    assessment: Assessment
    verdict: Verdict


class Judged(BaseModel):
    """Our own people's judgement of a criterion: a range of 0 to 100, the higher the better for us."""

    criterion: Annotated[Criterion, Field(examples=["business_value"])]
    low: Annotated[Score, Field(examples=[60])]
    high: Annotated[Score, Field(examples=[80])]
    why: Reason


class Weighed(BaseModel):
    """What a criterion weighs beside the others, which weigh 1 unless set; 0 leaves it out."""

    weight: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, examples=[2])]


class Entered(BaseModel):
    """That an account enters a stage, with the plan from there on; with an outcome, that it ended."""

    stage: Stage
    entered_on: Annotated[Day | None, Field(description="today, if left out", examples=["2026-11-20"])] = None
    planned_until: Annotated[Day | None, Field(examples=["2027-01-31"])] = None
    budget: Yuan = None
    spent: Yuan = None
    outcome: Outcome | None = None
    reasons: Words = ""


@router.get("/accounts/{account}/assessment")
def get_assessment(
    account: OfAccount, _who: Reader, desk: AtDesk, as_of: AsOf = None, known_then: KnownThen = False
) -> Valued:
    """The value of an account as a range, what it suggests, and on what evidence."""
    file = account_file.account_file(desk.reading.known_then(known_then), account, as_of or desk.today())
    return Valued(account.id, file.day, file.assessment, file.verdict)


@router.get("/accounts/{account}/judgements")
def list_judgements(account: OfAccount, _who: Reader, desk: AtDesk) -> list[Judgement]:
    """All judgements on an account, in the order they were made."""
    return list(desk.reading.files.judgements(account.id))


@router.post("/accounts/{account}/judgements", status_code=201)
def add_judgement(who: Worker, account: OfAccount, judged: Judged, desk: AtDesk) -> Judgement:
    """Add a judgement of a criterion."""
    made = Judgement(judged.criterion, judged.low, judged.high, judged.why, who.user, desk.today())
    desk.workspace.files.add_judgement(account.id, made)
    return made


@router.get("/accounts/{account}/weights")
def get_weights(account: OfAccount, _who: Reader, desk: AtDesk, response: Response) -> dict[str, float]:
    """What each criterion weighs for an account."""
    weights = _weights(desk, account)
    tagged(response, weights)
    return weights


@router.put("/accounts/{account}/weights/{criterion}")
def put_weight(
    who: Worker,
    account: OfAccount,
    criterion: Annotated[Criterion, Path(examples=["business_value"])],
    weighed: Weighed,
    desk: AtDesk,
    if_match: IfMatch = None,
) -> dict[str, float]:
    """Set the weight of a criterion for an account."""

    def look() -> None:
        before = _weights(desk, account)
        require_match(if_match, before)
        if not any((before | {criterion: weighed.weight}).values()):
            raise Problem(409, "at least one criterion must have a weight above 0")

    desk.when(look).files.set_weight(account.id, criterion, weighed.weight, who.user, desk.now())
    return _weights(desk, account)


@router.get("/developments")
def list_developments(
    _who: Reader, seen: Seen, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None
) -> Page[Development]:
    """Where each account's development stands, by account."""
    known = (development(desk.reading.files.steps(one.id), desk.today()) for one in seen.accounts())
    return paged((one for one in known if one), limit, cursor, lambda one: (one.last.account,))


@router.get("/stages")
def search_stages(
    _who: Reader,
    seen: Seen,
    desk: AtDesk,
    search: Annotated[
        Words, Query(description="Only with this in outcome or reasons.", examples=["账期"])
    ] = "",
) -> list[Step]:
    """The steps of all developments, in the order they were made; with `search` those that tell of it."""
    visible = {one.id for one in seen.accounts()}
    return [one for one in telling(desk.reading.files.steps(), search) if one.account in visible]


@router.get("/accounts/{account}/stages")
def list_stages(account: OfAccount, _who: Reader, desk: AtDesk) -> list[Step]:
    """Every step that an account's development made."""
    return list(desk.reading.files.steps(account.id))


@router.post("/accounts/{account}/stages", status_code=201)
def enter_stage(who: Worker, account: OfAccount, entered: Entered, desk: AtDesk) -> Step:
    """Begin a stage of an account's development, or end it, won or lost, with the reasons."""
    step = Step(
        account=account.id,
        stage=entered.stage,
        entered_on=entered.entered_on or desk.today(),
        planned_until=entered.planned_until,
        budget=entered.budget,
        spent=entered.spent,
        outcome=entered.outcome,
        reasons=entered.reasons,
        by=who.user,
    )
    return desk.workspace.files.add_step(step)


def _weights(desk: Desk, account: Account) -> dict[str, float]:
    own = desk.reading.files.weights(account.id)
    return {criterion: own.get(criterion, 1.0) for criterion in taxonomy().criteria}
