"""Days in China to the moments they begin and end at."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from intel.config import CHINA

# No page is older or newer, and every database and clock can count with them.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


def begin_of(day: date) -> datetime:
    """The first moment of a day; one that no page can be of counts as the nearest that some can."""
    return datetime.combine(min(max(day, FIRST), LAST), time(), CHINA)


def end_of(day: date) -> datetime:
    """The last moment of a day, as databases count: in microseconds."""
    return begin_of(day) + timedelta(days=1, microseconds=-1)
