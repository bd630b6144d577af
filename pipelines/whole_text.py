"""Margins that a text's sentences got one by one in; margins in the light of the whole text out.

A text tells a thing once at length and touches on it elsewhere: whether a sentence is the one that tells it
depends on what the other sentences say, and on what else it says itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.linear import MODELS, stored

Numbers = NDArray[np.float32]
# Of a logistic curve, near how often topics and events of a margin were right in passages held out.
_SLOPE, _AT_NOTHING = 0.5, -1.0
NOTHING = -1.5  # stands for the margin of a sentence that is not there
LOOKED_AT = -1.0  # what has a lower margin is not looked at again
PARTS = 13


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a question was asked: in which sentence, seen from whom ("" for nobody).

    `hinted` are the labels that rules found there; `carried`: the sentence does not name who it is seen from.
    """

    number: int
    key: str
    in_title: bool
    carried: bool
    hinted: frozenset[str]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A model that weighs the parts of every label alike; `bias` is each label's."""

    weights: Numbers
    bias: Numbers

    def again(self, margins: Numbers, asked: Sequence[Asked], labels: Sequence[str]) -> Numbers:
        """The margins of a text's questions (rows) by label, weighed again; above 0 means yes."""
        if not len(margins):
            return margins
        weighed = parts(margins, asked, labels) @ self.weights + self.bias
        return np.where(margins > LOOKED_AT, weighed, -np.inf).astype(np.float32)


def certainty(margin: float) -> float:
    """How likely an answer with such a margin is right, 0 to 1."""
    return round(1 / (1 + math.exp(-_SLOPE * margin - _AT_NOTHING)), 3)


def load_second_look(name: str, folder: Path = MODELS) -> SecondLook:
    """The second look of a model. Raises BadModel."""
    weights, bias = stored(folder / f"{name}-again.npz", "weights", "bias")
    return SecondLook(weights.astype(np.float32), bias.astype(np.float32))


def parts(margins: Numbers, asked: Sequence[Asked], labels: Sequence[str]) -> Numbers:
    """What is weighed of each question of a text (rows) and each label: PARTS numbers."""
    own = np.maximum(margins, NOTHING)
    keys = np.unique([one.key for one in asked], return_inverse=True)[1]
    numbers = np.array([one.number for one in asked])
    titled = np.array([one.in_title for one in asked])[:, None]
    body = _best_of_others(np.where(titled, NOTHING, own), keys)
    before, after = _neighbours(own, keys, numbers)
    found = (
        own,
        body,
        np.maximum(body - own, 0),
        _best_of_others(np.where(titled, own, NOTHING), keys),
        before,
        after,
        _best_of_others(own.T, np.zeros(len(labels), dtype=np.intp)).T,
        _best_of_others(own, numbers),
        titled,
        np.array([one.carried for one in asked])[:, None],
        [[label in one.hinted for label in labels] for one in asked],
        np.minimum(numbers, 4)[:, None] / 4,
        np.full((len(asked), 1), np.log1p(len(asked)) / 4),
    )
    return np.stack([np.broadcast_to(one, own.shape) for one in found], axis=-1).astype(np.float32)


def _best_of_others(margins: Numbers, groups: NDArray[np.intp]) -> Numbers:
    """For each row the best margins among the other rows of its group."""
    order = np.argsort(groups, kind="stable")
    ordered, sorted_groups = margins[order], groups[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_groups[1:] != sorted_groups[:-1])))
    sizes = np.diff(np.concatenate((starts, [len(order)])))
    best = np.repeat(np.maximum.reduceat(ordered, starts), sizes, axis=0)
    is_best = ordered == best
    alone = np.repeat(np.add.reduceat(is_best.astype(np.intp), starts), sizes, axis=0) == 1
    second = np.maximum.reduceat(np.where(is_best, NOTHING, ordered), starts)
    found = np.empty_like(ordered)
    found[order] = np.where(is_best & alone, np.repeat(second, sizes, axis=0), best)
    return found


def _neighbours(
    margins: Numbers, keys: NDArray[np.intp], numbers: NDArray[np.intp]
) -> tuple[Numbers, Numbers]:
    """For each row the margins of the same key in the sentence before, and in the one after."""
    before, after = (np.full(margins.shape, NOTHING, dtype=np.float32) for _ in range(2))
    order = np.lexsort((numbers, keys))
    first, second = order[:-1], order[1:]
    is_next = (keys[first] == keys[second]) & (numbers[first] + 1 == numbers[second])
    before[second[is_next]] = margins[first[is_next]]
    after[first[is_next]] = margins[second[is_next]]
    return before, after
