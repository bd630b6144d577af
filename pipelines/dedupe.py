"""Reports to the stories that they tell.

Two reports are related where one copies the other's wording, or the two share so much of what they tell that
one is a rewrite (`pipelines.retelling`). Notices of one template (this month's statistics, the next tender)
share nearly all their wording and are told apart by what they mark: figures, days, periods and places.
Relations make families; a family is one story or, where a roundup or a follow-up only links two reports,
several: parts of it are one story while they are near each other on average. Both are the same in whatever
order reports are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np

from pipelines import retelling
from pipelines.reports import Report, overlap

SHORT = 80
# Measured by tests/test_dedupe.py: reprints stay above these, other reports of one event below.
NEAR = 0.70
CONTAINED = 0.60
NEAR_SHORT = 0.80
# A key that so many reports share says nothing (a template, a daily series): it is not followed further.
CROWDED = 200
# How near two reports are, in margins of the model: copies, and what the index does not bring together.
COPY = 100.0
STRANGE = -3.0
# From where on being nearer counts hardly more, and how much: just enough that no two pairs are equally near,
# or the order of reading would tell which is joined first. Chosen, as STRANGE, in folds of the train half.
SURE, SURER = 6.0, 1e-3

_Key = TypeVar("_Key", int, str)
Nearness = Callable[[Report, Report], float]


def nearness(a: Report, b: Report) -> float:
    """How surely the two are one report, symmetric; above 0: they are related, COPY: they are copies."""
    if a.fingerprint.digest == b.fingerprint.digest or is_copy(a, b):
        return COPY
    ours, theirs = a.fingerprint.marks, b.fingerprint.marks
    if ours.counts_else(theirs) or (_is_worded_alike(a, b) and ours.recount(theirs)):
        return STRANGE
    return retelling.model().margin(a, b)


def related(a: Report, b: Report) -> bool:
    """Whether one is an exact, near or cut copy of the other, or most likely a rewrite."""
    return nearness(a, b) > 0


def grouped(reports: Sequence[Report], near: Nearness = nearness) -> list[int]:
    """For each report the position of the first one that tells the same story."""
    stories = list(range(len(reports)))
    for family in _families(reports, near):
        for story in _told_apart([reports[at] for at in family], near):
            for at in story:
                stories[family[at]] = family[story[0]]
    return stories


def families(reports: Mapping[_Key, Report]) -> list[tuple[_Key, ...]]:
    """The families among reports: those that `related` joins, directly or by others; keys in order."""
    keys = sorted(reports)
    found = _families([reports[key] for key in keys], nearness)
    return [tuple(keys[at] for at in family) for family in found]


def stories(reports: Mapping[_Key, Report]) -> list[tuple[_Key, ...]]:
    """The stories among reports, as their keys in order."""
    keys = sorted(reports)
    members = defaultdict(list)
    for key, first in zip(keys, grouped([reports[key] for key in keys]), strict=True):
        members[first].append(key)
    return [tuple(story) for story in members.values()]


def _families(reports: Sequence[Report], near: Nearness) -> list[list[int]]:
    """The positions of each family, in order."""
    heard: dict[str, list[int]] = {}
    first = list(range(len(reports)))

    def root(at: int) -> int:
        while first[at] != at:
            first[at] = at = first[first[at]]
        return at

    for at, report in enumerate(reports):
        keys = report.keys
        for other in sorted({one for key in keys for one in heard.get(key, ())[-CROWDED:]}):
            if root(other) != root(at) and near(report, reports[other]) > 0:
                one, another = sorted((root(at), root(other)))
                first[another] = one
        for key in keys:
            heard.setdefault(key, []).append(at)
    found = defaultdict(list)
    for at in range(len(reports)):
        found[root(at)].append(at)
    return list(found.values())


def _told_apart(family: Sequence[Report], near: Nearness) -> Iterable[Sequence[int]]:
    """The stories of a family as positions in it: average linkage, cut where the average is below 0."""
    if len(family) < 3:
        return [range(len(family))]
    from scipy.cluster.hierarchy import fcluster, linkage  # half a second that few need

    keys = [frozenset(report.keys) for report in family]
    margins = [
        STRANGE if keys[one].isdisjoint(keys[other]) else near(family[one], family[other])
        for one, other in combinations(range(len(family)), 2)
    ]
    near_enough = np.clip(margins, STRANGE, COPY)
    weighed = np.where(near_enough > SURE, SURE + SURER * (near_enough - SURE), near_enough)
    labels = fcluster(linkage(weighed.max() - weighed, "average"), weighed.max(), criterion="distance")
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]


def is_copy(a: Report, b: Report) -> bool:
    """Whether one is a near or cut copy of the other, and marks nothing else."""
    left, right = a.fingerprint, b.fingerprint
    if a.accounts - b.accounts and b.accounts - a.accounts:
        return False
    if left.marks.contradict(right.marks) or left.marks.other_day(right.marks):
        return False
    if left.marks.news(right.marks) or right.marks.news(left.marks):
        return False
    return _is_worded_alike(a, b)


def _is_worded_alike(a: Report, b: Report) -> bool:
    """Whether one is written in the other's words, or in a part of them."""
    left, right = a.fingerprint, b.fingerprint
    jaccard, containment = overlap(left, right)
    if min(left.length, right.length) < SHORT:
        return jaccard >= NEAR_SHORT
    return jaccard >= NEAR or containment >= CONTAINED
