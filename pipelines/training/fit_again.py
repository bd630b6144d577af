"""Margins of questions that the fitting did not see in; the model that looks at whole texts again out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipelines.training.examples import Task
from pipelines.training.figures import FOLDS, Figures
from pipelines.whole_text import LOOKED_AT, PARTS, parts

_Numbers = NDArray[np.float64]
_STEPS = np.linspace(-3, 2, 101)


def train_again(task: Task, labels: Sequence[str], margins: _Numbers, file: Path) -> list[Figures]:
    """Fit the second look of a model and write it beside its file. One threshold serves all labels."""
    rows = np.array(sorted(task.places))
    seen = _parts(task, labels, margins, rows)
    right = np.array([[label in task.right[row] for label in labels] for row in rows])
    asked = np.array([[label not in task.left_open[row] for label in labels] for row in rows])
    cells = np.argwhere((margins[rows] > LOOKED_AT) & asked)
    weighed = np.hstack([seen[cells[:, 0], cells[:, 1]], np.eye(len(labels))[cells[:, 1]]])
    answers = right[cells[:, 0], cells[:, 1]]
    groups = np.unique([task.groups[rows[row]] for row in cells[:, 0]], return_inverse=True)[1]
    unseen = np.zeros(len(cells))
    for some, others in GroupKFold(FOLDS).split(weighed, groups=groups):
        unseen[others] = _fitted(weighed[some], answers[some]).decision_function(weighed[others])
    positives = (right & asked).sum(axis=0)
    threshold = max(_STEPS, key=lambda step: _f1(answers, unseen > step, int(positives.sum())))
    fitted = _fitted(weighed, answers)
    np.savez_compressed(
        file.with_name(f"{file.stem}-again.npz"),
        weights=fitted.coef_[0][:PARTS].astype(np.float32),
        bias=(fitted.coef_[0][PARTS:] + fitted.intercept_[0] - threshold).astype(np.float32),
    )
    found = [(unseen > threshold) & (cells[:, 1] == number) for number in range(len(labels))]
    return [
        Figures(label, int(positives[number]), int((found[number] & answers).sum()), int(found[number].sum()),
                float(threshold))
        for number, label in enumerate(labels)
    ]  # fmt: skip


def _parts(task: Task, labels: Sequence[str], margins: _Numbers, rows: NDArray[np.intp]) -> _Numbers:
    """The parts of the questions of whole texts, text by text."""
    found = np.zeros((len(rows), len(labels), PARTS), dtype=np.float32)
    by_text: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_text.setdefault(task.places[row][0], []).append(number)
    for numbers in by_text.values():
        asked = [task.places[rows[number]][1] for number in numbers]
        found[numbers] = parts(margins[rows[numbers]].astype(np.float32), asked, labels)
    return found.astype(np.float64)


def _fitted(weighed: _Numbers, answers: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(max_iter=3000).fit(weighed, answers)


def _f1(right: NDArray[np.bool_], found: NDArray[np.bool_], positives: int) -> float:
    return float(2 * (right & found).sum() / (positives + found.sum()))
