"""What a rule is, and how one is read from a table: TOML, a row, or options of the command line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intel.refusal import Refusal

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_TIME, _HOURS = re.compile(_CLOCK), re.compile(f"{_CLOCK}-{_CLOCK}")
DEFAULTS_TOML = Path(__file__).parent / "defaults.toml"


class BadRule(Refusal, ValueError):
    """A rule that cannot be; the message says what would be right."""


class Kind(StrEnum):
    """What a rule looks at."""

    EVENT = "event"  # reports of an event, by weight × credibility
    STATE = "state"  # what is known of a question changes
    SIGNALS = "signals"  # the score of switching signals reaches the threshold
    SOURCE = "source"  # a source falls silent, fails, or changed its layout


class Digest(StrEnum):
    """Whether what a rule finds is gathered."""

    NONE = ""
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom to tell what, and when.

    Empty `accounts`, `events`, `topics` and `states` mean all. `threshold` is weight × credibility (0 to 10)
    of an event, or the score (0 to 100) of signals. `urgent`, on the scale of weight × credibility, breaks
    through quiet hours and does not wait for a digest; 0: nothing does. `quiet` is "22:00-08:00", or "" for
    none; `at` is when a digest is sent, a weekly one on Mondays; both in `zone`. `cap` is how many messages
    a recipient gets in a day; `days` is how long ago something may have been published to be news.
    """

    name: str
    kind: Kind
    recipients: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    threshold: float = 0.0
    urgent: float = 0.0
    digest: Digest = Digest.NONE
    at: str = "08:30"
    quiet: str = "22:00-08:00"
    zone: str = "Asia/Shanghai"
    cap: int = 10
    days: int = 3

    def __post_init__(self) -> None:
        if not self.name or any(letter.isspace() for letter in self.name):
            raise BadRule(f"the name of a rule is one word, not {self.name!r}")
        if not 1 <= self.cap <= 100 or not 1 <= self.days <= 60:
            raise BadRule(f"rule {self.name}: cap is 1 to 100 messages, days 1 to 60")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Asia" is a folder
            raise BadRule(f"rule {self.name}: no time zone {self.zone!r}; Asia/Shanghai is one") from error
        if self.quiet and not _HOURS.fullmatch(self.quiet):
            raise BadRule(f'rule {self.name}: quiet is like 22:00-08:00, or "", not {self.quiet!r}')
        if not _TIME.fullmatch(self.at):
            raise BadRule(f"rule {self.name}: at is a time like 08:30, not {self.at!r}")

    @property
    def sent_at(self) -> time:
        """When a digest is sent."""
        return time.fromisoformat(self.at)

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """From when until when nothing is sent; the end may be on the next day."""
        if not self.quiet:
            return None
        start, end = self.quiet.split("-")
        return time.fromisoformat(start), time.fromisoformat(end)

    def to_json(self) -> dict[str, Any]:
        """As it is kept, and printed."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


def rule(table: Mapping[str, Any]) -> Rule:
    """A rule from a table of its fields; those that are left out have their defaults. Raises BadRule."""
    known = {one.name: one for one in fields(Rule)}
    if odd := table.keys() - known.keys():
        raise BadRule(f"a rule has no {', '.join(sorted(odd))}; it has {', '.join(known)}")
    if missing := [name for name, one in known.items() if one.default is MISSING and name not in table]:
        raise BadRule(f"a rule needs {' and '.join(missing)}")
    made: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    for name, choice in (("kind", Kind), ("digest", Digest)):
        if name in made:
            made[name] = _one_of(name, made[name], choice)
    return Rule(**made)


def _one_of(name: str, value: str, choice: type[StrEnum]) -> StrEnum:
    try:
        return choice(value)
    except ValueError:
        allowed: Iterable[str] = (one.value for one in choice if one.value)
        raise BadRule(f"{name} is {', '.join(allowed)}, not {value!r}") from None


@cache
def defaults() -> tuple[Rule, ...]:
    """The shipped rules; they have no recipients until a person names them."""
    read = tomllib.loads(DEFAULTS_TOML.read_text("utf-8"))
    return tuple(rule({"name": name, **table}) for name, table in read.items())
