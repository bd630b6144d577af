"""Two reports to whether they are one story told twice.

`same_report` is symmetric and looks at nothing but its two arguments, so stories do not depend on reading
order. Copies are told by their wording, rewrites by what they share (`pipelines.retelling`). Notices of one
template (this month's statistics, the next tender) share nearly all their wording and are told apart by what
they mark: figures, days, periods and places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pipelines import retelling
from pipelines.reports import Report, overlap

SHORT = 80
# Measured by tests/test_dedupe.py: reprints stay above these, other reports of one event below.
NEAR = 0.70
CONTAINED = 0.60
NEAR_SHORT = 0.80
# A key that so many reports share says nothing (a template, a daily series): it is not followed further.
CROWDED = 200

_Key = TypeVar("_Key", int, str)


def same_report(a: Report, b: Report) -> bool:
    """Whether the two are one report: an exact copy, a near or cut copy, or a rewrite."""
    if a.fingerprint.digest == b.fingerprint.digest:
        return True
    return is_copy(a, b) or retelling.model().margin(a, b) > 0


def grouped(reports: Sequence[Report], same: Callable[[Report, Report], bool] = same_report) -> list[int]:
    """For each report the position of the first one that tells the same story."""
    heard: dict[str, list[int]] = {}
    stories = list(range(len(reports)))

    def first(at: int) -> int:
        while stories[at] != at:
            stories[at] = at = stories[stories[at]]
        return at

    for at, report in enumerate(reports):
        keys = (*(f"{band:x}" for band in report.fingerprint.bands), *report.keys)
        for other in sorted({one for key in keys for one in heard.get(key, ())[-CROWDED:]}):
            if first(other) != first(at) and same(report, reports[other]):
                one, another = sorted((first(at), first(other)))
                stories[another] = one
        for key in keys:
            heard.setdefault(key, []).append(at)
    return [first(at) for at in range(len(reports))]


def components(reports: Mapping[_Key, Report]) -> list[tuple[_Key, ...]]:
    """The stories among reports: those that `same_report` joins, directly or by others; keys in order."""
    waiting = set(reports)
    found = []
    while waiting:
        reached = {min(waiting)}
        edge = set(reached)
        while edge:
            waiting -= edge
            edge = {b for b in waiting if any(same_report(reports[a], reports[b]) for a in edge)}
            reached |= edge
        found.append(tuple(sorted(reached)))
    return found


def is_copy(a: Report, b: Report) -> bool:
    """Whether one is a near or cut copy of the other, and marks nothing else."""
    left, right = a.fingerprint, b.fingerprint
    if a.accounts - b.accounts and b.accounts - a.accounts:
        return False
    if left.marks.contradict(right.marks) or left.marks.other_day(right.marks):
        return False
    if left.marks.news(right.marks) or right.marks.news(left.marks):
        return False
    jaccard, containment = overlap(left, right)
    if min(left.length, right.length) < SHORT:
        return jaccard >= NEAR_SHORT
    return jaccard >= NEAR or containment >= CONTAINED
