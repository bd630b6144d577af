"""Reports told several times in, the model of retellings out.

It learns from pairs that the index brings together and that are no copies. Its threshold is the one with the
best F1 of whole stories, the mean of usual families and of those written to be hard, where every family of
reports is judged by a model that did not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from intel.gold import Passage
from intel.gold_stories import HARD
from pipelines.dedupe import COPY, STRANGE, grouped, is_copy
from pipelines.flow import Watchlist, analyse, report_of
from pipelines.reports import WINDOW, Report
from pipelines.retelling import apart, parts
from pipelines.training.figures import FOLDS

_STEPS = np.linspace(-1, 2, 31)
_HARD = Path(HARD).stem
_STRENGTH = 0.1  # of the weights: there are few families

_Pair = tuple[int, int]
_Numbers = NDArray[np.float64]


def train_stories(passages: Sequence[Passage], watchlist: Watchlist, file: Path) -> float:
    """Fit the model and write it; gives F1 of the stories, each family unseen."""
    reports = [report_of(one.content, one.published, analyse(one.content, watchlist)) for one in passages]
    pairs = [(one, other) for one, other in _candidates(reports) if _is_asked(reports[one], reports[other])]
    right = np.array([passages[one].story == passages[other].story for one, other in pairs])
    weighed = np.array([parts(reports[one], reports[other]) for one, other in pairs])
    centre = weighed.mean(axis=0)
    products = _products(weighed - centre)
    spread = products.std(axis=0) + 1e-9
    margins = _unseen(products / spread, right, [_family(passages[one]) for one, _ in pairs])
    hard = [one.genre == _HARD for one in passages]
    kinds = [np.flatnonzero(np.array(hard) == kind) for kind in (False, True)]
    threshold, best = max(
        (
            (float(step), fmean(_f1(passages, reports, some, told) for some in kinds))
            for step in _STEPS
            if (told := dict(zip(pairs, margins - step, strict=True)))
        ),
        key=lambda each: each[1],
    )
    fitted = _fitted(products / spread, right)
    weights = _squared(fitted.coef_[0] / spread, float(fitted.intercept_[0]) - threshold, centre)
    np.savez_compressed(file, weights=weights.astype(np.float32))
    return best


def _products(weighed: _Numbers) -> _Numbers:
    """Any two of the parts multiplied, and each alone."""
    whole = np.hstack([weighed, np.ones((len(weighed), 1))])
    one, other = np.triu_indices(whole.shape[1])
    return (whole[:, one] * whole[:, other])[:, :-1]


def _squared(weights: _Numbers, bias: float, centre: _Numbers) -> _Numbers:
    """The weights of products of centred parts as a matrix for the parts as they are, and 1."""
    size = len(centre) + 1
    centred = np.zeros((size, size))
    centred[np.triu_indices(size)] = [*weights, bias]
    shift = np.eye(size)
    shift[:-1, -1] = -centre
    return shift.T @ centred @ shift


def _candidates(reports: Sequence[Report]) -> list[_Pair]:
    """The pairs that share a key of the index."""
    keys = [frozenset(one.keys) for one in reports]
    return [pair for pair in combinations(range(len(reports)), 2) if keys[pair[0]] & keys[pair[1]]]


def _is_asked(a: Report, b: Report) -> bool:
    return not is_copy(a, b) and apart(a, b) <= WINDOW


def _family(passage: Passage) -> str:
    """A story's name but the letter that tells it from its family's others."""
    return passage.story.rstrip("abcdef")


def _unseen(weighed: _Numbers, right: NDArray[np.bool_], families: Iterable[str]) -> _Numbers:
    margins = np.zeros(len(right))
    groups = np.unique([*families], return_inverse=True)[1]
    for seen, unseen in GroupKFold(FOLDS).split(weighed, groups=groups):
        margins[unseen] = _fitted(weighed[seen], right[seen]).decision_function(weighed[unseen])
    return margins


def _fitted(weighed: _Numbers, right: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=3000).fit(weighed, right)


def _f1(
    passages: Sequence[Passage],
    reports: Sequence[Report],
    some: NDArray[np.intp],
    told: Mapping[_Pair, float],
) -> float:
    """Over all pairs of some texts, once their stories are joined."""
    at = {id(report): number for number, report in enumerate(reports)}

    def near(a: Report, b: Report) -> float:
        first, second = sorted((at[id(a)], at[id(b)]))
        return COPY if is_copy(a, b) else told.get((first, second), STRANGE)

    stories = grouped([reports[number] for number in some], near)
    hits = asked = 0
    for (one, mine), (other, theirs) in combinations(zip(some, stories, strict=True), 2):
        gold, found = passages[one].story == passages[other].story, mine == theirs
        hits += gold and found
        asked += gold + found
    return 2 * hits / asked
