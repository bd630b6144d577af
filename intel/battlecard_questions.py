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
from intel.factor_table import confidence_labels
from intel.factors import FactorRanking
from pipelines.text import fold

LOW = "low"
DOUBTS = 3  # quotes to verify that one visit can take up


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, in both languages, and why: a key of the headings with what fills it."""

    text: str
    en: str
    because: str
    filling: tuple[str, ...] = ()


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
    names = {part: account.name for part, account in cast.items()}
    asked = []
    for rule in card_table().questions:
        if "client" not in cast and "{client}" in rule.text:
            continue
        asked += list(_KINDS[rule.when](rule, cast, standing, names))
    return tuple(asked)


_Names = Mapping[str, str]


def _on_line(rule: QuestionRule, cast: Cast, standing: Standing, names: _Names) -> Iterator[Question]:
    theirs, own = (standing.comparison.cell(rule.line, cast[part].id) for part in ("rival", "ours"))
    if rule.state == "unknown" and theirs.value is None:
        yield _question(rule, names, "because_unknown")
    both = theirs.value is not None and own.value is not None
    if rule.state == "other-period" and both and theirs.period != own.period:
        yield _question(rule, names, "because_period")


def _on_cell(rule: QuestionRule, _: Cast, standing: Standing, names: _Names) -> Iterator[Question]:
    if rule.cell in standing.empty:
        yield _question(rule, names, "because_cell")


def _on_serves(rule: QuestionRule, _: Cast, standing: Standing, names: _Names) -> Iterator[Question]:
    if not standing.serves:
        yield _question(rule, names, "because_serves")


def _on_factor(rule: QuestionRule, _: Cast, standing: Standing, names: _Names) -> Iterator[Question]:
    factors = standing.factors.factors if standing.factors else ()
    first = [one for one in factors if one.place == 1 and one.confidence != LOW]
    if rule.state == "unsure":
        if not first:
            yield _question(rule, names, "because_order")
        return
    for factor in first:
        text = rule.text.format(factor=factor.label, **names)
        en = rule.en.format(factor=factor.en, **names)
        sure = (confidence_labels()[factor.confidence], factor.confidence)
        yield Question(text, en, "because_factor", sure)


def _on_doubt(rule: QuestionRule, cast: Cast, standing: Standing, names: _Names) -> Iterator[Question]:
    rival = naming(cast["rival"])
    doubtful = [
        one
        for one in standing.quotes
        if one.credibility in (DOUBTFUL, IMPROBABLE) and rival.search(fold(one.quote))
    ]
    newest = sorted(doubtful, key=lambda one: (-one.day.toordinal(), one.url, one.quote))
    for one in newest[:DOUBTS]:
        # A quote may hold braces: it is put in, never read as a pattern.
        text, en = (pattern.replace("{quote}", one.quote) for pattern in (rule.text, rule.en))
        yield Question(text, en, "because_doubt", (str(one.credibility), one.why))


def _question(rule: QuestionRule, names: _Names, because: str) -> Question:
    return Question(rule.text.format(**names), rule.en.format(**names), because)


_KINDS: Mapping[str, Callable[[QuestionRule, Cast, Standing, _Names], Iterator[Question]]] = {
    "line": _on_line,
    "cell": _on_cell,
    "serves": _on_serves,
    "factor": _on_factor,
    "doubt": _on_doubt,
}
