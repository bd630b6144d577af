"""What is known of an account, weighed: a range of 0 to 100 for each criterion A-G, and what to do.

A criterion's range is wide open (0 to 100) while nothing is known and narrows with every independent report,
by its credibility and age: the imprecise-probability rule low = S / (W + s), high = (S + 100 s) / (W + s),
with W the weight of the reports, S their weighted values and s the weight of ignorance. There is no bare
number: the width is what is not known. All rules stand in assessment.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intel.config import CHINA
from intel.coverage import BELIEF
from intel.refusal import Refusal
from intel.taxonomy import taxonomy
from intel.verdict import Verdict
from intel.views import FindingView
from pipelines import measures
from pipelines.text import fold

ASSESSMENT_TOML = Path(__file__).parent / "assessment.toml"
TOP = 100.0


class BadAssessment(ValueError):
    """A table of indicators that cannot be taken; the message names the row and the fault."""


class Suggestion(StrEnum):
    """What to do with the account (PROCESS.md, 3)."""

    INVEST = "invest"
    KEEP_LOW = "keep contact low or drop"
    COLLECT = "collect more"


SUGGESTION_LABELS: Mapping[Suggestion, str] = {
    Suggestion.INVEST: "价值高：投入主要资源，进入关键销售流程",
    Suggestion.KEEP_LOW: "价值小或太难：放弃，或保持低度联系",
    Suggestion.COLLECT: "信息不足：继续收集后再评估",
}


class Indicator(BaseModel):
    """A kind of finding that speaks for a value of a criterion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    criterion: str
    label: str
    topics: frozenset[str] = Field(min_length=1)
    events: frozenset[str] = frozenset()
    stances: frozenset[str] = frozenset()
    problems: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    parcels: float = Field(default=0, ge=0)
    value: float = Field(ge=0, le=TOP)

    def fits(self, finding: FindingView) -> bool:
        """Whether a finding is of this kind."""
        return (
            finding.topic in self.topics
            and (not self.events or finding.event in self.events)
            and (not self.stances or finding.stance in self.stances)
            and (not self.problems or finding.problem in self.problems)
            and self._says(fold(finding.quote))
        )

    def _says(self, text: str) -> bool:
        words, along, unless = self._patterns
        # The words first: most findings hold none of them.
        if not all(one is None or one.search(text) for one in (words, along)):
            return False
        if unless is not None and unless.search(text):
            return False
        return not self.parcels or _parcels(text) >= self.parcels

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str] | None, ...]:
        return tuple(_one_of(words) for words in (self.words, self.along, self.unless))


def _one_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern for folded text that finds any of the words; an English one at a word's beginning."""
    folded = [fold(word) for word in words]
    spelled = [rf"(?<![a-z]){re.escape(word)}" if word[0].isascii() else re.escape(word) for word in folded]
    return re.compile("|".join(spelled)) if spelled else None


# What a number counts if it counts parcels, without "a day".
_PARCELS = frozenset("件 单 票 个包裹 parcels packages orders".split())


def _parcels(text: str) -> float:
    """The greatest number of parcels that folded text names; 0 where it names none."""
    counted = [one.value.partition(" ") for one in measures.find(text) if one.kind == "quantity"]
    return max(
        (float(number.split("..")[-1]) for number, _, unit in counted if unit.split("/")[0] in _PARCELS),
        default=0,
    )


class Model(BaseModel):
    """The whole table; its fields are described at the head of assessment.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ignorance: float = Field(gt=0)
    half_life: float = Field(gt=0)
    invest: float
    low: float
    hard: float
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one of our own people says of a criterion: a range, why, who and on which day."""

    criterion: str
    low: float
    high: float
    why: str
    by: str
    day: date


class BadJudgement(Refusal, ValueError):
    """A judgement that cannot be taken; the message says what would be right."""


def checked(made: Judgement) -> Judgement:
    """The judgement, if it is one: a range within 0 to 100, with a reason. Raises BadJudgement."""
    if made.criterion not in taxonomy().criteria:
        raise BadJudgement(f"no criterion {made.criterion!r}; known: {', '.join(taxonomy().criteria)}")
    if not 0 <= made.low <= made.high <= TOP:
        raise BadJudgement(f"from {made.low:g} to {made.high:g} is no range within 0 to {TOP:g}")
    if not made.why.strip():
        raise BadJudgement("a judgement needs its reason")
    return made


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding that counts for a criterion: with which value, what it weighs and why it counts."""

    value: float
    weight: float
    label: str
    finding: FindingView


@dataclass(frozen=True, slots=True)
class Score:
    """One criterion: its range (0 to 100, higher is better for us), its weight in the whole, and on what."""

    criterion: str
    label: str
    weight: float
    low: float
    high: float
    reasons: tuple[Reason, ...]
    judgement: Judgement | None = None

    @property
    def width(self) -> float:
        """How much is open."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Assessment:
    """The value of an account as a range, what it suggests, and why."""

    scores: tuple[Score, ...]
    low: float
    high: float
    suggestion: Suggestion
    why: str


@cache
def model() -> Model:
    """The table shipped with the product."""
    return read_model(ASSESSMENT_TOML.read_text(encoding="utf-8"))


def read_model(source: str) -> Model:
    """Read a table of indicators. Raises BadAssessment naming the first fault."""
    try:
        table = Model.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise BadAssessment(f"assessment.toml: {error}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadAssessment(f"assessment.toml: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
    words = taxonomy()
    for one in table.indicators:
        unknown = (
            {one.criterion} - set(words.criteria)
            | one.topics - set(words.topics)
            | one.events - set(words.events)
        )
        if unknown:
            raise BadAssessment(f"assessment.toml: {one.label}: no {sorted(unknown)[0]!r} in the taxonomy")
    return table


def assess(
    findings: Sequence[FindingView],
    verdict: Verdict,
    day: date,
    weights: Mapping[str, float] | None = None,
    judgements: Iterable[Judgement] = (),
) -> Assessment:
    """Weigh the findings of one account published until the end of `day`.

    `weights` are the account's own, by criterion (a criterion that is not named weighs 1). Of several
    judgements on a criterion the last counts. Raises ValueError where all weights are 0.
    """
    known = [one for one in findings if one.dated_at.astimezone(CHINA).date() <= day]
    own = {one.criterion: one for one in sorted(judgements, key=lambda one: one.day) if one.day <= day}
    given = weights or {}
    total = sum(given.get(name, 1.0) for name in taxonomy().criteria)
    if total <= 0:
        raise ValueError("at least one criterion must have a weight above 0")
    reasons = _reasons(known, day)
    scores = tuple(
        _score(name, label, given.get(name, 1.0) / total, reasons.get(name, ()), own.get(name))
        for name, label in taxonomy().criteria.items()
    )
    low = round(sum(one.weight * one.low for one in scores), 1)
    high = round(sum(one.weight * one.high for one in scores), 1)
    suggestion, why = _suggested(scores, low, high, verdict)
    return Assessment(scores, low, high, suggestion, why)


def _score(
    criterion: str,
    label: str,
    weight: float,
    reasons: tuple[Reason, ...],
    judgement: Judgement | None,
) -> Score:
    ignorance = model().ignorance
    known = sum(one.weight for one in reasons)
    told = sum(one.weight * one.value for one in reasons)
    low, high = told / (known + ignorance), (told + ignorance * TOP) / (known + ignorance)
    if judgement is not None:
        # Our own people's word is a witness beside the others: where both speak, both narrow the range.
        low, high = _together((low, high), (judgement.low, judgement.high))
    return Score(criterion, label, weight, round(low, 1), round(high, 1), reasons, judgement)


def _together(found: tuple[float, float], judged: tuple[float, float]) -> tuple[float, float]:
    """Where the two ranges overlap; where they do not, from one to the other: they contradict each other."""
    low, high = max(found[0], judged[0]), min(found[1], judged[1])
    return (low, high) if low <= high else (high, low)


def _reasons(findings: Iterable[FindingView], day: date) -> Mapping[str, tuple[Reason, ...]]:
    """The findings that count for each criterion, one a story and indicator, the weightiest first."""
    best: dict[str, dict[tuple[int, str], Reason]] = defaultdict(dict)
    for finding in findings:
        age = (day - finding.dated_at.astimezone(CHINA).date()).days
        weight = round(BELIEF[finding.credibility] * 0.5 ** (age / model().half_life), 3)
        for criterion, indicators in _indicators().get(finding.topic, {}).items():
            indicator = next((one for one in indicators if one.fits(finding)), None)
            if indicator is None:
                continue
            key = finding.story, indicator.label
            known = best[criterion].get(key)
            if known is None or weight > known.weight:
                best[criterion][key] = Reason(indicator.value, weight, indicator.label, finding)
    return {
        criterion: tuple(
            sorted(told.values(), key=lambda one: (-one.weight, one.finding.url, one.finding.start))
        )
        for criterion, told in best.items()
    }


@cache
def _indicators() -> Mapping[str, Mapping[str, Sequence[Indicator]]]:
    """The indicators of each topic by their criterion, in the order of the table."""
    found: dict[str, dict[str, list[Indicator]]] = defaultdict(lambda: defaultdict(list))
    for one in model().indicators:
        for topic in one.topics:
            found[topic][one.criterion].append(one)
    return found


def _suggested(scores: Sequence[Score], low: float, high: float, verdict: Verdict) -> tuple[Suggestion, str]:
    table = model()
    shown = f"总分 {low:.0f}–{high:.0f}"
    if not verdict.sufficient:
        return Suggestion.COLLECT, f"{verdict.sentence}；目前{shown}"
    hard = next((one for one in scores if one.criterion == "difficulty" and one.high < table.hard), None)
    if hard is not None:
        return Suggestion.KEEP_LOW, f"{hard.label}只有 {hard.low:.0f}–{hard.high:.0f}，太难；{shown}"
    if low >= table.invest:
        return Suggestion.INVEST, f"{shown}，整个区间不低于 {table.invest:.0f}"
    if high <= table.low:
        return Suggestion.KEEP_LOW, f"{shown}，整个区间不高于 {table.low:.0f}"
    widest = max(scores, key=lambda one: (one.weight * one.width, one.criterion))
    return (
        Suggestion.COLLECT,
        f"{shown}，还不能区分高低；最不确定的是{widest.label}（{widest.low:.0f}–{widest.high:.0f}）",
    )
