"""How far a single finding can be believed: the Admiralty's second figure, 1 to 6, with the reason in words.

In: a finding and what else is kept of its account. It is rated apart from its source's reliability: by
whether independent witnesses (other stories of other owners, not copies) tell the same, whether anybody
tells the contrary or denies it, and by its age. What an analyst confirmed is at least probable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CONFIRMED, PROBABLE, POSSIBLE, DOUBTFUL, IMPROBABLE, UNJUDGED = range(1, 7)
# Reports further apart than this speak of different occasions.
NEAR = timedelta(days=45)
# What was so a year ago need not be so now.
OLD = timedelta(days=365)
ANALYST = "分析员已确认"
_OPPOSITE = {"raises": "lowers", "lowers": "raises", "satisfied": "dissatisfied", "dissatisfied": "satisfied"}
_ALONE = {"A": PROBABLE, "B": POSSIBLE, "C": POSSIBLE, "D": DOUBTFUL, "E": DOUBTFUL, "F": UNJUDGED}


@dataclass(frozen=True, slots=True)
class Statement:
    """A finding as a witness: what it says of an account, who published it, and when."""

    id: int
    topic: str
    event: str | None
    stance: str
    couriers: tuple[str, ...]
    problem: str
    story: int
    owner: str
    reliability: str
    dated_at: datetime
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Denial:
    """That an event of a type is denied of the account, in a story of somebody's.

    `parties` are the other accounts of the event.
    """

    event: str
    parties: frozenset[str]
    story: int
    owner: str
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class Credibility:
    """1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged."""

    grade: int
    why: str
    # Whether somebody else tells the contrary, or denies it.
    disputed: bool = False


def rate(
    statements: Sequence[Statement], denials: Iterable[Denial], now: datetime
) -> Mapping[int, Credibility]:
    """Rate all findings of one account, by their numbers."""
    beside: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        beside[one.topic].append(one)
    denied: dict[str, list[Denial]] = defaultdict(list)
    for denial in denials:
        denied[denial.event].append(denial)
    return {
        one.id: _rated(one, beside[one.topic], denied.get(one.event or "", ()), now) for one in statements
    }


def _rated(
    one: Statement, others: Sequence[Statement], denials: Sequence[Denial], now: datetime
) -> Credibility:
    near = [
        other for other in others if abs(other.dated_at - one.dated_at) <= NEAR and other.story != one.story
    ]
    witnesses = sorted({o.owner for o in near if o.owner != one.owner and _agrees(one, o)})
    contrary = sorted({o.owner for o in near if o.owner != one.owner and _contradicts(one, o)})
    refused = sorted(
        {d.owner for d in denials if abs(d.dated_at - one.dated_at) <= NEAR and _same_parties(one, d)}
    )
    grade, reasons = _grade(one, witnesses)
    if contrary:
        grade = max(grade, PROBABLE if witnesses else DOUBTFUL)
        reasons.append(f"另有相反说法（{'、'.join(contrary)}）")
    if refused:
        grade = DOUBTFUL if witnesses else IMPROBABLE
        reasons.append(f"有否认的报道（{'、'.join(refused)}）")
    if now - one.dated_at > OLD:
        grade = min(grade + 1, IMPROBABLE) if grade < UNJUDGED else grade
        reasons.append(f"已过去 {(now - one.dated_at).days} 天")
    if one.confirmed:
        grade = min(grade, PROBABLE)
        reasons.append(ANALYST)
    return Credibility(grade, "；".join(reasons), bool(contrary or refused))


def _grade(one: Statement, witnesses: Sequence[str]) -> tuple[int, list[str]]:
    """The grade by witnesses alone."""
    if witnesses:
        certain = len(witnesses) > 1 or one.reliability in "AB"
        named = "、".join(witnesses[:3]) + ("等" if len(witnesses) > 3 else "")
        return CONFIRMED if certain else PROBABLE, [f"另有 {len(witnesses)} 家独立来源印证（{named}）"]
    return _ALONE[one.reliability], [f"仅此一家，来源可靠性 {one.reliability}"]


def _agrees(one: Statement, other: Statement) -> bool:
    """Whether another finding on the topic tells the same event, courier's problem or stance."""
    if one.stance and other.stance == _OPPOSITE.get(one.stance):
        return False
    if one.event or other.event:
        return one.event == other.event and _overlap(one, other)
    if one.problem and one.problem == other.problem:
        return bool(set(one.couriers) & set(other.couriers))
    return bool(one.stance) and one.stance == other.stance and _overlap(one, other)


def _contradicts(one: Statement, other: Statement) -> bool:
    """Whether another finding on the topic takes the opposite stance on the same couriers."""
    return bool(one.stance) and other.stance == _OPPOSITE.get(one.stance) and _overlap(one, other)


def _same_parties(one: Statement, denial: Denial) -> bool:
    """Whether what is denied is between the account and a courier that the finding names, or names nobody."""
    couriers = frozenset(one.couriers)
    return bool(couriers & denial.parties) if couriers or denial.parties else True


def _overlap(one: Statement, other: Statement) -> bool:
    return not one.couriers or not other.couriers or bool(set(one.couriers) & set(other.couriers))
