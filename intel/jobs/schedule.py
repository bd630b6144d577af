"""When jobs are due: cron expressions in China's time, each moved by a jitter of its own.

In: the table of kinds, the sources, a moment. Out: for each job the last moment at which it was due, and the
next. Missed moments are not made up one by one: the last of them stands for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronsim import CronSim

from intel.bootstrap import Workspace
from intel.config import CHINA
from intel.jobs.kinds import BY_SOURCE, KINDS
from intel.model import Source
from intel.pauses import Pauses
from intel.rounds import listed_sources

# So that sources with one expression do not all start at once: up to a tenth of the interval, and this.
LONGEST_JITTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Planned:
    """A job that is done by itself: its kind, its subject and its cron expression."""

    kind: str
    subject: str
    cron: str

    @property
    def name(self) -> str:
        """What no two planned jobs share: `collect:ebrun`, `read:`."""
        return f"{self.kind}:{self.subject}"

    def moment(self, now: datetime) -> datetime:
        """The last moment of its expression at which, moved by its jitter, it was due up to now, in UTC."""
        before = _after(now - self._jitter(now))
        return next(CronSim(self.cron, before, reverse=True)).astimezone(UTC)

    def next_due(self, now: datetime) -> datetime:
        """The first moment after now at which it will be due, in UTC."""
        jitter = self._jitter(now)
        return next(CronSim(self.cron, (now - jitter).astimezone(CHINA))).astimezone(UTC) + jitter

    def _jitter(self, now: datetime) -> timedelta:
        if not self.subject:
            return timedelta()
        times = CronSim(self.cron, now.astimezone(CHINA))
        interval = -(next(times) - next(times))
        share = int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4]) / 2**32
        return timedelta(seconds=int(min(interval / 10, LONGEST_JITTER).total_seconds() * share))


def planned(sources: Iterable[Source]) -> Iterator[Planned]:
    """Every job that is done by itself, given the sources that are collected."""
    for name, kind in KINDS.items():
        if kind.cron != BY_SOURCE:
            yield Planned(name, "", kind.cron)
            continue
        for source in sources:
            yield Planned(name, source.name, source.schedule)


def plan(workspace: Workspace) -> list[Planned]:
    """What is done by itself in a workspace: the sources that are enabled and not paused, and the rest."""
    paused = Pauses(workspace.engine).names()
    sources = listed_sources(workspace)
    return list(planned(one for one in sources if one.enabled and one.name not in paused))


def _after(moment: datetime) -> datetime:
    """The next full minute: looking back from it, a moment that is due itself counts."""
    return moment.astimezone(CHINA).replace(second=0, microsecond=0) + timedelta(minutes=1)
