"""Complaints on one courier at one client: how many independent stories lately, against its own mean before.

In: sentences that are complaints. Out: a `Surge` for each courier of which there are clearly more than usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from intel.evidence import day, stories
from intel.views import EvidenceView


@dataclass(frozen=True, slots=True)
class Window:
    """What a surge is: `minimum` stories in the last `recent` days, and `times` the mean before them."""

    recent: int
    history: int
    minimum: int
    times: float


@dataclass(frozen=True, slots=True)
class Surge:
    """A courier with more complaints than usual; `mean` is stories per `recent` days before."""

    courier: str
    recent: int
    mean: float
    told: tuple[EvidenceView, ...]


def surges(
    complaints: Iterable[EvidenceView], known_since: date | None, as_of: date, window: Window
) -> tuple[Surge, ...]:
    """The couriers on which complaints surge, the strongest first.

    `known_since` is the day of the oldest sentence kept of the client: without at least `recent` days of
    history before the recent ones nothing can be said to be more than usual, and there is none.
    """
    start = as_of - timedelta(days=window.recent)
    if known_since is None:
        return ()
    history = min(window.history, (start - known_since).days)
    if history < window.recent:
        return ()
    told = [view for view in complaints if day(view) <= as_of]
    couriers = sorted({courier for view in told for courier in view.parties})
    found = [_surge(courier, told, start, history, window) for courier in couriers]
    return tuple(sorted((one for one in found if one), key=lambda one: (-one.recent, one.mean, one.courier)))


def _surge(
    courier: str, told: Sequence[EvidenceView], start: date, history: int, window: Window
) -> Surge | None:
    of_it = [view for view in told if courier in view.parties]
    # A story that began before is no new complaint when it is told again.
    days = [(min(day(v) for v in of_it if v.story == first.story), first) for first, _ in stories(of_it)]
    recent = [first for began, first in days if began > start]
    before = [first for began, first in days if start - timedelta(days=history) < began <= start]
    mean = len(before) * window.recent / history
    if len(recent) < window.minimum or len(recent) < window.times * mean:
        return None
    chosen = {view.story for view in recent}
    return Surge(courier, len(recent), mean, tuple(view for view in of_it if view.story in chosen))
