"""A schedule as a table of sources writes it in, whether it is one that is ever due out."""

from __future__ import annotations

import re
from datetime import datetime

from cronsim import CronSim, CronSimError

NO_CRON = "is no cron line: minute hour day month weekday, in numbers, such as 30 6 * * 1-5"
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def is_cron(line: str) -> bool:
    """Whether a line has five fields of numbers in range, lists, ranges, steps or stars."""
    fields = line.split()
    if len(fields) != len(_CRON_RANGES):
        return False
    return _comes(line) and all(
        _is_cron_part(part, low, high)
        for field, (low, high) in zip(fields, _CRON_RANGES, strict=True)
        for part in field.split(",")
    )


def _comes(line: str) -> bool:
    """Whether a cron line is ever due: there is no 30 February."""
    try:
        return CronSim(line, datetime(2026, 1, 1)) is not None  # noqa: DTZ001 - any moment will do
    except CronSimError:
        return False


def _is_cron_part(part: str, low: int, high: int) -> bool:
    found = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", part, re.ASCII)
    if found is None:
        return False
    first, last = found[1], found[2]
    numbers = [int(number) for number in (first, last) if number is not None]
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers)
