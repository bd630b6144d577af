"""Two reports in, how surely they are one report in other words out.

A model weighs what the two share and what each alone says, each of it and any two together: the same figures
speak for one report where the day is the same, and for a series where it is not. `pipelines.training`
fits it to families of reports told several times. Margins above 0 mean yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.linear import MODELS, stored
from pipelines.reports import WINDOW, Report, overlap
from pipelines.wording import alike

FILE = "retellings.npz"
_MOST = 4  # figures that count
_MOST_SOUNDS = 3

Parts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Retelling:
    """What is added for any two of the parts and for each alone: a square matrix, one row more than parts."""

    weights: Parts

    def margin(self, a: Report, b: Report) -> float:
        """Above 0 where the two are one report told twice; the same whichever comes first.

        What is published more than WINDOW days apart is never taken for one.
        """
        if apart(a, b) > WINDOW:
            return -np.inf
        weighed = np.append(parts(a, b), 1.0)
        return float(weighed @ self.weights @ weighed)


def parts(a: Report, b: Report) -> Parts:
    """What is weighed of two reports."""
    left, right = a.fingerprint.marks, b.fingerprint.marks
    shared = left.shared(right)
    fewest = min(len(left.figures), len(right.figures))
    news = sorted((left.news(right), right.news(left)))
    contained = overlap(a.fingerprint, b.fingerprint)[1]
    return np.array(
        (
            contained,
            contained * news[1],
            alike(a.wording, b.wording),
            min(shared, _MOST) / _MOST,
            shared > 1,
            min(left.roughly(right), 2),
            shared / fewest if fewest else 0.5,
            *news,
            news[0] > 0,
            news[0] * news[1],
            left.other_day(right),
            bool(left.days & right.days),
            apart(a, b) / WINDOW,
            a.published is None or b.published is None,
            bool(a.events & b.events),
            bool(a.accounts & b.accounts),
            _differ(a.accounts, b.accounts),
            min(len(a.names & b.names), 2),
            any(len(figure.strip("%")) > 3 for figure in left.figures & right.figures),
            _differ(left.places, right.places),
            a.english != b.english,
            min(len(a.sounds & b.sounds), _MOST_SOUNDS) / _MOST_SOUNDS,
            len(a.sounds & b.sounds) / max(1, min(len(a.sounds), len(b.sounds))),
        ),
        dtype=np.float64,
    )


def apart(a: Report, b: Report) -> int:
    """Days between the two; WINDOW where one has no date."""
    return abs((a.published - b.published).days) if a.published and b.published else WINDOW


def _differ(ours: frozenset[object], theirs: frozenset[object]) -> bool:
    return bool(ours and theirs) and not ours & theirs


@cache
def model() -> Retelling:
    """The model shipped with the product. Raises BadModel."""
    return load(MODELS / FILE)


def load(file: Path) -> Retelling:
    """The model that the training wrote. Raises BadModel."""
    (weights,) = stored(file, "weights")
    return Retelling(weights.astype(np.float64))
