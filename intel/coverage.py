"""Findings and questions in, what is known of each question out: its state, a score, and why.

A question is `unknown`, answered by a `single-source`, `corroborated`, `contradicted` or `stale`. Copies of a
report are one witness, and so are several reports of one owner; reports whose reading is hardly certain count
only where there are no others, and corroborate nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import prod

from intel.config import CHINA
from intel.questions import Question
from intel.views import FindingView

# How sure a finding of each credibility makes of its answer. Two of "possibly true" make 0.84.
BELIEF: Mapping[int, float] = {1: 0.95, 2: 0.8, 3: 0.6, 4: 0.3, 5: 0.1, 6: 0.2}
# From here on a question counts as answered: one source A or one confirmed report, or two witnesses.
ENOUGH = 0.75
# A question is contradicted where this part of what its witnesses weigh is disputed.
_DISPUTE = 1 / 3
_DISPUTED = 0.5
_STALE = 0.3
_UNSURE = 0.5  # where no report was read with certainty


class State(StrEnum):
    """What is known of a question."""

    UNKNOWN = "unknown"
    SINGLE_SOURCE = "single-source"
    CORROBORATED = "corroborated"
    CONTRADICTED = "contradicted"
    STALE = "stale"


STATE_LABELS: Mapping[State, str] = {
    State.UNKNOWN: "未知",
    State.SINGLE_SOURCE: "仅一家",
    State.CORROBORATED: "已印证",
    State.CONTRADICTED: "说法不一",
    State.STALE: "已过期",
}


# What reports say of a contradicted question: by stance, or whether what they say is denied elsewhere.
DENIED, UNDENIED = "denied", "undenied"
_SIDE_LABELS: Mapping[str, str] = {
    "raises": "{} 篇说更可能更换快递商",
    "lowers": "{} 篇说更可能不换",
    "satisfied": "{} 篇说满意",
    "dissatisfied": "{} 篇说不满意",
    DENIED: "{} 篇说的事另有报道否认或说法相反",
    UNDENIED: "{} 篇说的没有人反对",
    "": "{} 篇没有表态",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one question on a day.

    `score` is 0 to 1: how sure the answer is. `findings` are one a story, the newest first; of a stale
    question those that were its answer. `why` is the reason in Chinese, for people.
    """

    question: Question
    state: State
    score: float
    why: str
    findings: tuple[FindingView, ...]

    @property
    def answered(self) -> bool:
        """Whether the answer can be built on."""
        return self.score >= ENOUGH and self.state in (State.SINGLE_SOURCE, State.CORROBORATED)

    @property
    def doubted(self) -> int:
        """Of how many of its reports the reading is hardly certain."""
        return sum(one.hardly_certain for one in self.findings)

    @property
    def newest(self) -> date | None:
        """The day of the newest finding."""
        return _day(self.findings[0]) if self.findings else None


def coverage(questions: Iterable[Question], findings: Sequence[FindingView], day: date) -> tuple[Answer, ...]:
    """What is known of each question at the end of a day (in China) from the findings of one account."""
    told: dict[str, list[FindingView]] = defaultdict(list)
    for one in findings:
        if _day(one) <= day:
            told[one.topic].append(one)
    return tuple(
        _answer(question, [f for f in told[question.topic] if question.answered_by(f)], day)
        for question in questions
    )


def _answer(question: Question, told: Sequence[FindingView], day: date) -> Answer:
    if not told:
        return Answer(question, State.UNKNOWN, 0.0, "没有任何来源回答", ())
    since = day - timedelta(days=question.fresh)
    fresh = [finding for finding in told if _day(finding) >= since]
    if not fresh:
        witnesses = _witnesses(told)
        age = (day - _day(witnesses[0])).days
        why = f"最近的回答已过去 {age} 天，超过 {question.fresh} 天的有效期"
        return Answer(question, State.STALE, round(_STALE * _belief(witnesses), 2), why, witnesses)
    witnesses = _witnesses(fresh)
    sure = [one for one in witnesses if not one.hardly_certain]
    counted = sure or witnesses
    score = _belief(counted) * (1 if sure else _UNSURE)
    doubt = _doubt(len(sure), len(witnesses))
    if _weight(one for one in counted if one.disputed) >= _DISPUTE * _weight(counted):
        why = f"{len(counted)} 篇独立报道：" + "，".join(
            _SIDE_LABELS[side].format(count) for side, count in sides(counted).items()
        )
        return Answer(question, State.CONTRADICTED, round(_DISPUTED * score, 2), why + doubt, witnesses)
    owners = {one.owner for one in sure}
    if len(owners) > 1:
        why = f"{len(sure)} 篇独立报道、{len(owners)} 家来源"
        return Answer(question, State.CORROBORATED, round(score, 2), why + doubt, witnesses)
    why = f"只有{counted[0].source_label}一家（{counted[0].reliability}{counted[0].credibility}）"
    return Answer(question, State.SINGLE_SOURCE, round(score, 2), why + doubt, witnesses)


def _weight(witnesses: Iterable[FindingView]) -> float:
    return sum(BELIEF[one.credibility] for one in witnesses)


def _doubt(sure: int, told: int) -> str:
    """What is said of the reports whose reading is hardly certain, where there are any."""
    if sure == told:
        return ""
    return f"；另有 {told - sure} 篇读得没有把握" if sure else f"；{told} 篇报道都读得没有把握，请核对原文"


def sides(witnesses: Iterable[FindingView]) -> Mapping[str, int]:
    """How many reports say what of a contradicted question, by stance where more than one is taken.

    Where all that take one take the same, the contrary is told elsewhere: who is and who is not denied.
    """
    told = list(witnesses)
    if len({one.stance for one in told} - {""}) > 1:
        found = Counter(one.stance for one in told)
    else:
        found = Counter(DENIED if one.disputed else UNDENIED for one in told)
    return {side: found[side] for side in _SIDE_LABELS if found[side]}


def _witnesses(told: Iterable[FindingView]) -> tuple[FindingView, ...]:
    """The most credible finding of each story, one that was surely read before others; newest story first."""
    best: dict[int, FindingView] = {}
    for finding in told:
        known = best.get(finding.story)
        if known is None or _rank(finding) < _rank(known):
            best[finding.story] = finding
    return tuple(sorted(best.values(), key=lambda one: (-one.dated_at.timestamp(), one.url, one.story)))


def _rank(finding: FindingView) -> tuple[object, ...]:
    told = (finding.credibility, finding.reliability, -finding.dated_at.timestamp())
    return finding.hardly_certain, *told, finding.url, finding.start


def _belief(witnesses: Sequence[FindingView]) -> float:
    """How sure independent owners make together: of each owner only the best report counts."""
    best: dict[str, float] = {}
    for one in witnesses:
        best[one.owner] = max(best.get(one.owner, 0.0), BELIEF[one.credibility])
    return 1 - prod(1 - belief for belief in best.values())


def _day(finding: FindingView) -> date:
    return finding.dated_at.astimezone(CHINA).date()


def counts(answers: Iterable[Answer]) -> dict[State, int]:
    """How many questions are in each state."""
    found = dict.fromkeys(State, 0)
    for answer in answers:
        found[answer.state] += 1
    return found
