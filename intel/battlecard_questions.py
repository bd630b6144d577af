"""The questions of a battlecard: what is unknown, of another period, without evidence, or in doubt.

In: the cast and how things stand. Out: `Question`s of battlecard.toml, each with why it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from intel.battlecard_rules import QuestionRule, card_table
from intel.brief import Evidence
from intel.comparison import Comparison
from intel.credibility import DOUBTFUL, IMPROBABLE
from intel.evidence import Cast, naming
from intel.factors import Factor, FactorRanking
from pipelines.text import fold

LOW = "low"
DOUBTS = 3  # quotes to verify that one visit can take up


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the table and why it is asked: a key of the headings table.

    `factor` is what it asks about, `doubt` the quote that is to be verified.
    """

    rule: QuestionRule
    because: str
    factor: Factor | None = None
    doubt: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a battlecard knows: cells without evidence, whether it knows what the rival does for the client,
    its quotes, the comparison and the client's factors."""

    empty: frozenset[str]
    serves: bool
    quotes: tuple[Evidence, ...]
    comparison: Comparison
    factors: FactorRanking | None


def questions(cast: Cast, standing: Standing) -> tuple[Question, ...]:
    """The questions, in the table's order; those on a client only where there is one."""
    asked: list[Question] = []
    for rule in card_table().questions:
        if "client" not in cast and "{client}" in rule.text:
            continue
        asked += list(_KINDS[rule.when](rule, cast, standing))
    return tuple(asked)


def _on_line(rule: QuestionRule, cast: Cast, standing: Standing) -> Iterator[Question]:
    theirs, own = (standing.comparison.cell(rule.line, cast[part].id) for part in ("rival", "ours"))
    if rule.state == "unknown" and theirs.value is None:
        yield Question(rule, "because_unknown")
    both = theirs.value is not None and own.value is not None
    if rule.state == "other-period" and both and theirs.period != own.period:
        yield Question(rule, "because_period")


def _on_cell(rule: QuestionRule, _: Cast, standing: Standing) -> Iterator[Question]:
    if rule.cell in standing.empty:
        yield Question(rule, "because_cell")


def _on_serves(rule: QuestionRule, _: Cast, standing: Standing) -> Iterator[Question]:
    if not standing.serves:
        yield Question(rule, "because_serves")


def _on_factor(rule: QuestionRule, _: Cast, standing: Standing) -> Iterator[Question]:
    factors = standing.factors.factors if standing.factors else ()
    first = [one for one in factors if one.place == 1 and one.confidence != LOW]
    if rule.state == "unsure":
        if not first:
            yield Question(rule, "because_order")
        return
    yield from (Question(rule, "because_factor", factor=factor) for factor in first)


def _on_doubt(rule: QuestionRule, cast: Cast, standing: Standing) -> Iterator[Question]:
    rival = naming(cast["rival"])
    doubtful = [
        one
        for one in standing.quotes
        if one.credibility in (DOUBTFUL, IMPROBABLE) and rival.search(fold(one.quote))
    ]
    newest = sorted(doubtful, key=lambda one: (-one.day.toordinal(), one.url, one.quote))
    yield from (Question(rule, "because_doubt", doubt=one) for one in newest[:DOUBTS])


_KINDS: Mapping[str, Callable[[QuestionRule, Cast, Standing], Iterator[Question]]] = {
    "line": _on_line,
    "cell": _on_cell,
    "serves": _on_serves,
    "factor": _on_factor,
    "doubt": _on_doubt,
}
