"""Reports told several times in, the model of retellings out.

It learns from pairs that the index brings together and that are no copies. Its threshold is the one with the
best F1 of whole stories, where every family of reports is judged by a model that did not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from intel.gold import Passage
from pipelines.dedupe import grouped, is_copy
from pipelines.flow import Watchlist, analyse, report_of
from pipelines.reports import WINDOW, Report
from pipelines.retelling import apart, parts
from pipelines.training.figures import FOLDS

_STEPS = np.linspace(-2, 3, 51)
_STRENGTH = 3.0  # of the weights: there are few families

_Pair = tuple[int, int]


def train_stories(passages: Sequence[Passage], watchlist: Watchlist, file: Path) -> float:
    """Fit the model and write it; gives F1 of the stories, each family unseen."""
    reports = [report_of(one.content, one.published, analyse(one.content, watchlist)) for one in passages]
    pairs = [(one, other) for one, other in _candidates(reports) if _is_asked(reports[one], reports[other])]
    right = np.array([passages[one].story == passages[other].story for one, other in pairs])
    weighed = np.array([parts(reports[one], reports[other]) for one, other in pairs])
    spread = weighed.std(axis=0) + 1e-9
    margins = _unseen(weighed / spread, right, [_family(passages[one]) for one, _ in pairs])
    threshold, best = max(
        (
            (float(step), _f1(passages, reports, dict(zip(pairs, margins > step, strict=True))))
            for step in _STEPS
        ),
        key=lambda each: each[1],
    )
    fitted = _fitted(weighed / spread, right)
    np.savez_compressed(
        file,
        weights=(fitted.coef_[0] / spread).astype(np.float32),
        bias=np.float32(fitted.intercept_[0] - threshold),
    )
    return best


def _candidates(reports: Sequence[Report]) -> list[_Pair]:
    """The pairs that share a key of the index."""
    keys = [{*map(str, one.fingerprint.bands), *one.keys} for one in reports]
    return [pair for pair in combinations(range(len(reports)), 2) if keys[pair[0]] & keys[pair[1]]]


def _is_asked(a: Report, b: Report) -> bool:
    return not is_copy(a, b) and apart(a, b) <= WINDOW


def _family(passage: Passage) -> str:
    """A story's name but the letter that tells it from its family's others."""
    return passage.story.rstrip("abcdef")


def _unseen(
    weighed: NDArray[np.float64], right: NDArray[np.bool_], families: Iterable[str]
) -> NDArray[np.float64]:
    margins = np.zeros(len(right))
    groups = np.unique([*families], return_inverse=True)[1]
    for seen, unseen in GroupKFold(FOLDS).split(weighed, groups=groups):
        margins[unseen] = _fitted(weighed[seen], right[seen]).decision_function(weighed[unseen])
    return margins


def _fitted(weighed: NDArray[np.float64], right: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=3000).fit(weighed, right)


def _f1(passages: Sequence[Passage], reports: Sequence[Report], told: Mapping[_Pair, bool]) -> float:
    """Over all pairs of texts, once stories are joined."""
    at = {id(report): number for number, report in enumerate(reports)}

    def same(a: Report, b: Report) -> bool:
        first, second = sorted((at[id(a)], at[id(b)]))
        return is_copy(a, b) or bool(told.get((first, second)))

    stories = grouped(reports, same)
    hits = asked = 0
    for one, other in combinations(range(len(passages)), 2):
        gold, found = passages[one].story == passages[other].story, stories[one] == stories[other]
        hits += gold and found
        asked += gold + found
    return 2 * hits / asked
