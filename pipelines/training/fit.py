"""Questions with their right answers in; a linear model with a threshold for each label out.

A label's threshold is the one with the best F1 on sentences of whole texts in folds that the fitting did
not see: lone sentences of a corpus tell of events far more often than the sentences of a text do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from pipelines.features import BITS
from pipelines.training.examples import Task
from pipelines.training.figures import FOLDS, Figures
from pipelines.training.fit_again import train_again

_RARE = 3  # a feature of fewer questions is left out
_FAINT = 4  # of 127; a feature that weighs no more for any label is left out
_STEPS = np.linspace(-1.2, 0.6, 37)
_SMOOTH = 20  # positives that a label's own threshold needs to count as much as everybody's
# Most sentences hold nothing; of labels that exclude each other the rare ones count as much as the usual.
_WEIGHTS, _ALIKE = {False: 1.0, True: 2.0}, "balanced"

_Flags = NDArray[np.bool_]
_Margins = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Label:
    """One label's answers: which questions ask for it, which are right, and their margins unseen.

    `judged` are the questions that the threshold is chosen on.
    """

    name: str
    asked: _Flags
    right: _Flags
    judged: _Flags
    margins: _Margins

    def best(self) -> float:
        return _best(self.right[self.judged], self.margins[self.judged])


def train(task: Task, labels: Sequence[str], file: Path, *, exclusive: bool = False) -> list[Figures]:
    """Fit a model and write it; with it a second look at whole texts, where the task tells its places.

    `exclusive` labels need no threshold: the highest margin wins. A second look has thresholds of its own.
    """
    matrix, known = _matrix(task)
    groups = np.unique(task.groups, return_inverse=True)[1]
    fitted = partial(_fitted, weights=_ALIKE if exclusive else _WEIGHTS)
    judged = [_judged(task, matrix, groups, label, fitted) for label in labels]
    common = _best(
        np.concatenate([one.right[one.judged] for one in judged]),
        np.concatenate([one.margins[one.judged] for one in judged]),
    )
    weights, biases, figures = [], [], []
    for one in judged:
        threshold = 0.0 if exclusive or task.places else _threshold(one, common)
        machine = fitted(matrix[one.asked], one.right[one.asked])
        weights.append(machine.coef_[0])
        biases.append(float(machine.intercept_[0]) - threshold)
        figures.append(_figures(one, threshold))
    _write(file, labels, known, np.array(weights).T, np.array(biases))
    if not task.places:
        return figures
    return train_again(task, labels, np.array([one.margins for one in judged]).T, file)


def _matrix(task: Task) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Rows of unit length, and the features that are their columns."""
    sizes = [len(each) for each in task.features]
    columns = np.concatenate(task.features).astype(np.int64)
    values = np.repeat(1 / np.sqrt(np.maximum(1, sizes)), sizes)
    ends = np.concatenate(([0], np.cumsum(sizes)))
    whole = csr_matrix((values, columns, ends), shape=(len(sizes), 1 << BITS))
    known = np.flatnonzero(np.bincount(columns, minlength=1 << BITS) >= _RARE)
    return whole[:, known], known


def _judged(
    task: Task, matrix: csr_matrix, groups: NDArray[np.int64], label: str, fitted: Callable[..., LinearSVC]
) -> _Label:
    asked = np.array([label not in some for some in task.left_open])
    right = np.array([label in some for some in task.right])
    margins = np.full(len(right), -1.0)
    for seen, unseen in GroupKFold(FOLDS).split(matrix, groups=groups):
        rows = seen[asked[seen]]
        if right[rows].any():
            margins[unseen] = fitted(matrix[rows], right[rows]).decision_function(matrix[unseen])
    return _Label(label, asked, right, asked & np.array(task.natural), margins)


def _fitted(matrix: csr_matrix, right: _Flags, weights: object) -> LinearSVC:
    return LinearSVC(class_weight=weights, random_state=0, max_iter=5000).fit(matrix, right)


def _threshold(one: _Label, common: float) -> float:
    positives = one.right[one.judged].sum()
    share = positives / (positives + _SMOOTH)
    return float(share * one.best() + (1 - share) * common)


def _best(right: _Flags, margins: _Margins) -> float:
    """The threshold with the best F1."""
    scores = [
        2 * (right & (margins > step)).sum() / (right.sum() + (margins > step).sum()) for step in _STEPS
    ]
    return float(_STEPS[int(np.argmax(scores))])


def _figures(one: _Label, threshold: float) -> Figures:
    right, found = one.right[one.judged], one.margins[one.judged] > threshold
    return Figures(one.name, int(right.sum()), int((right & found).sum()), int(found.sum()), threshold)


def _write(
    file: Path, labels: Sequence[str], known: NDArray[np.int64], weights: _Margins, bias: _Margins
) -> None:
    scale = np.abs(weights).max(axis=0) / 127
    small = np.round(weights / scale).astype(np.int8)
    used = np.flatnonzero(np.abs(small).max(axis=1) > _FAINT)
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file,
        features=known[used].astype(np.int32),
        weights=small[used],
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
        labels=np.array(labels),
    )
