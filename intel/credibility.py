"""How far a single finding can be believed: the Admiralty's second figure, 1 to 6, with the reason in words.

In: a finding and what else is kept of its account. It is rated apart from its source's reliability: by
whether independent witnesses (other stories of other owners, not copies) tell the same, whether anybody
tells the contrary or denies it, whether it was read right, and by its age. What an analyst confirmed is at
least probable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from intel.witnesses import NEAR, Near, Statement, surrounded

CONFIRMED, PROBABLE, POSSIBLE, DOUBTFUL, IMPROBABLE, UNJUDGED = range(1, 7)
# What was so a year ago need not be so now.
OLD = timedelta(days=365)
_moment = attrgetter("dated_at")
ANALYST = "分析员已确认"
UNSURE = "读得没有把握，请核对原文"
# These come about whatever is denied of them: 双11没有出现爆仓 denies no 双11.
_UNDENIABLE = frozenset({"peak_season", "earnings", "industry_figures", "exhibition"})
_ALONE = {"A": PROBABLE, "B": POSSIBLE, "C": POSSIBLE, "D": DOUBTFUL, "E": DOUBTFUL, "F": UNJUDGED}


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
    statements: Sequence[Statement],
    denials: Iterable[Denial],
    now: datetime,
    wanted: Container[int] | None = None,
) -> Mapping[int, Credibility]:
    """Rate the findings of one account, all or those wanted, by their numbers."""
    beside: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        beside[one.topic].append(one)
    denied: dict[str, list[Denial]] = defaultdict(list)
    for denial in sorted(denials, key=_moment):
        if denial.event not in _UNDENIABLE:
            denied[denial.event].append(denial)
    return {
        one.id: _rated(one, told, _near(one, denied.get(one.event or "", ())), now)
        for topic in beside.values()
        for one, told in surrounded(topic)
        if wanted is None or one.id in wanted
    }


def _near(one: Statement, denials: Sequence[Denial]) -> Sequence[Denial]:
    """Of denials in order of time those that are near a statement."""
    since = bisect_left(denials, one.dated_at - NEAR, key=_moment)
    return denials[since : bisect_right(denials, one.dated_at + NEAR, lo=since, key=_moment)]


def _rated(one: Statement, told: Near, denials: Sequence[Denial], now: datetime) -> Credibility:
    (count, first), contrary = told.agreeing(one), told.contradicting(one)
    refused = sorted({d.owner for d in denials if _refuses(d, one)}) if denials else ()
    grade, reasons = _grade(one, count, first)
    if one.hardly_certain:
        grade = max(grade, PROBABLE if count else DOUBTFUL)
        reasons.append(UNSURE)
    if contrary:
        grade = max(grade, PROBABLE if count else DOUBTFUL)
        reasons.append(f"另有相反说法（{'、'.join(contrary)}）")
    if refused:
        grade = DOUBTFUL if count else IMPROBABLE
        reasons.append(f"有否认的报道（{'、'.join(refused)}）")
    if now - one.dated_at > OLD:
        grade = min(grade + 1, IMPROBABLE) if grade < UNJUDGED else grade
        reasons.append(f"已过去 {(now - one.dated_at).days} 天")
    if one.confirmed:
        grade = min(grade, PROBABLE)
        reasons.append(ANALYST)
    return Credibility(grade, "；".join(reasons), bool(contrary or refused))


def _grade(one: Statement, witnesses: int, named: Sequence[str]) -> tuple[int, list[str]]:
    """The grade by witnesses alone: how many there are, and the first by name."""
    if witnesses:
        certain = witnesses > 1 or one.reliability in "AB"
        names = "、".join(named) + ("等" if witnesses > len(named) else "")
        return CONFIRMED if certain else PROBABLE, [f"另有 {witnesses} 家独立来源印证（{names}）"]
    return _ALONE[one.reliability], [f"仅此一家，来源可靠性 {one.reliability}"]


def _refuses(denial: Denial, one: Statement) -> bool:
    """Whether a denial is of what is stated. Who says that nothing will change says what the denial says."""
    return one.stance != "lowers" and _same_parties(one, denial)


def _same_parties(one: Statement, denial: Denial) -> bool:
    """Whether what is denied is between the account and a courier that the finding names, or names nobody."""
    couriers = frozenset(one.couriers)
    return bool(couriers & denial.parties) if couriers or denial.parties else True
