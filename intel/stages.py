"""How far the development of an account has come: five stages, a plan with budget, an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intel.refusal import Refusal


class Stage(StrEnum):
    """The stages, in order."""

    SELECT = "select"
    GATHER = "gather"
    ASSESS = "assess"
    RELATE = "relate"
    CLOSE = "close"


STAGE_LABELS: Mapping[Stage, str] = {
    Stage.SELECT: "选定客户",
    Stage.GATHER: "搜集信息",
    Stage.ASSESS: "价值评估",
    Stage.RELATE: "建立关系",
    Stage.CLOSE: "促成签约",
}


class Outcome(StrEnum):
    """How a development ended."""

    WON = "won"
    LOST = "lost"


OUTCOME_LABELS: Mapping[Outcome, str] = {Outcome.WON: "成交", Outcome.LOST: "未成"}

MOST_YUAN = 1e13  # of a budget: more than any turnover that we know of


@dataclass(frozen=True, slots=True)
class Step:
    """That an account entered a stage, with the plan from there on; with an outcome, that it ended.

    `budget` and `spent` are in yuan, for the whole development.
    """

    account: str
    stage: Stage
    entered_on: date
    planned_until: date | None = None
    budget: float | None = None
    spent: float | None = None
    outcome: Outcome | None = None
    reasons: str = ""
    by: str = ""


class BadStep(Refusal, ValueError):
    """A step that says what cannot be; the message says what would be right."""


class NotInOrder(Refusal, ValueError):
    """A step that cannot follow what is kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Development:
    """Where an account stands on a day: its last step, and how it keeps to its plan.

    `steps` are all that it ever made; what it has and has spent are of the last development alone.
    """

    last: Step
    steps: tuple[Step, ...]
    days_over: int
    budget: float | None
    spent: float | None
    over_budget: float

    @property
    def ended(self) -> bool:
        """Whether it was won or lost."""
        return self.last.outcome is not None


def development(steps: Sequence[Step], day: date) -> Development | None:
    """The development of one account from its steps until a day; None before the first."""
    known = [one for one in steps if one.entered_on <= day]
    if not known:
        return None
    last = known[-1]
    late = (day - last.planned_until).days if last.planned_until and not last.outcome else 0
    own = _of_last(known)
    budget = next((one.budget for one in reversed(own) if one.budget is not None), None)
    spent = next((one.spent for one in reversed(own) if one.spent is not None), None)
    over = max(0.0, spent - budget) if budget is not None and spent is not None else 0.0
    return Development(last, tuple(known), max(0, late), budget, spent, over)


def _of_last(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps since the last development before this one ended."""
    ends = [number for number, one in enumerate(steps[:-1]) if one.outcome is not None]
    return steps[ends[-1] + 1 :] if ends else steps


def telling(steps: Iterable[Step], words: str) -> Iterator[Step]:
    """The steps whose outcome, as it is kept or in Chinese, or reasons hold some words."""
    for one in steps:
        outcome = f"{one.outcome} {OUTCOME_LABELS[one.outcome]}" if one.outcome else ""
        if words.casefold() in f"{outcome} {one.reasons}".casefold():
            yield one


def following(steps: Sequence[Step], step: Step) -> Step:
    """The step, if it may follow: days do not go back, and an outcome needs reasons and an open development.

    A development that ended may start again. Going back a stage is allowed: information may prove too thin.
    Raises BadStep, NotInOrder.
    """
    for name, sum_ in (("budget", step.budget), ("spent", step.spent)):
        if sum_ is not None and not 0 <= sum_ <= MOST_YUAN:  # so neither infinite nor no number
            raise BadStep(f"{name} {sum_:g}: a sum is 0 to {MOST_YUAN:g} yuan")
    if step.outcome is not None and step.stage is not Stage.CLOSE:
        raise NotInOrder(f"an outcome ends a development: its stage is {Stage.CLOSE}, not {step.stage}")
    last = steps[-1] if steps else None
    if last is not None and step.entered_on < last.entered_on:
        raise NotInOrder(f"{step.entered_on} is before the last step of {last.entered_on}")
    if step.outcome is not None and not step.reasons.strip():
        raise NotInOrder("an outcome needs its reasons: they are what the next development learns from")
    if step.outcome is not None and (last is None or last.outcome is not None):
        raise NotInOrder("there is no development to end; begin one with: intel stage enter")
    if step.planned_until is not None and step.planned_until < step.entered_on:
        raise NotInOrder(f"planned until {step.planned_until}, before it begins on {step.entered_on}")
    return step
