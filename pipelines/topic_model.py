"""What the trained model says of topics: for whom a sentence is evidence, on what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from pipelines import concepts
from pipelines.features import Features
from pipelines.linear import Linear, load
from pipelines.viewpoints import Candidate, Line, seen_from
from pipelines.whole_text import Asked, SecondLook, load_second_look

NEUTRAL = "neutral"
_CONTENT = ("satisfied", "dissatisfied")
STANCES = {
    "switching_intent": ("raises", "lowers"),
    "incumbent_carriers": _CONTENT,
    "carrier_problems": _CONTENT,
    "delivery_performance": _CONTENT,
    "quality_handling": _CONTENT,
}

# The least margin of a topic, chosen on 648 texts of writers who knew no rule (docs/measurements.md).
BAR = 0.3
# Of English less was learned, so less is heard of it with as much certainty.
ENGLISH_BAR = -0.6

__all__ = ["Features", "model", "topic_features", "topics"]


def topic_features(line: Line, candidate: Candidate, hints: Sequence[str]) -> Features:
    """A sentence seen from an account; `hints` are the cues and events that rules found for it."""
    return seen_from(line, candidate, "", [f"hint {hint}" for hint in hints], concepts.alone(line.concepts))


def topics(
    asked: Sequence[Features], places: Sequence[Asked], *, english: bool
) -> list[list[tuple[str, float]]]:
    """The topics that each sentence is evidence for, seen from an account, and how surely."""
    judge, bar = model(), ENGLISH_BAR if english else BAR
    margins = second_look().again(judge.all_scores(asked), places, judge.labels)
    return [
        [(judge.labels[number], float(row[number])) for number in np.flatnonzero(row > bar)]
        for row in margins
    ]


def stance_features(line: Line, candidate: Candidate, topic: str) -> Features:
    """A sentence that is evidence for a topic, seen from the account."""
    return seen_from(line, candidate, topic, (), concepts.alone(line.concepts))


def can_be(topic: str, stance: str) -> bool:
    """Whether evidence for a topic can have that stance."""
    return stance in STANCES.get(topic, ())


def stance(line: Line, candidate: Candidate, topic: str) -> str:
    """Which way evidence points: a stance that the topic can have, or ""."""
    possible = STANCES.get(topic)
    if possible is None:
        return ""
    judge = model("topic-stances")
    margins = judge.scores(stance_features(line, candidate, topic))
    best = max((*possible, NEUTRAL), key=lambda label: margins[judge.labels.index(label)])
    return "" if best == NEUTRAL else best


@cache
def model(name: str = "topics") -> Linear:
    """A model of this step: topics or topic-stances."""
    return load(name)


@cache
def second_look() -> SecondLook:
    """The second look at the topics."""
    return load_second_look("topics")
