"""How often one may ask: per address and per user, and how often one may try to log in.

Counted in the memory of the process: a restart forgives, two processes allow twice as much.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

import limits

from intel.api.problem import Problem

SWEEP = 10_000  # requests after which those are looked for who ask no more


@dataclass(frozen=True, slots=True)
class Rates:
    """How often; notation of the library `limits`."""

    address: str = "1200/minute"
    user: str = "600/minute"
    login: str = "8/5 minutes"  # of one name from one address
    logins: str = "40/5 minutes"  # of all names from one address
    name: str = "100/hour"  # of one name from everywhere


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit: `count` requests in the next `seconds`."""

    policy: str
    most: int
    window: int
    count: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers says it."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.most};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.count};t={self.seconds}',
        }


class Moments:
    """When each of those who are counted asked, as far back as their limits look.

    The storage in memory of the library `limits` starts a thread for a request, which goes through all that
    anybody asked: with many who ask that is most of what a request costs.
    """

    def __init__(self) -> None:
        self._asked: dict[tuple[str, ...], tuple[int, deque[float]]] = {}
        self._lock, self._hits = Lock(), 0

    def hit(self, who: tuple[str, ...], most: int, window: int) -> tuple[bool, int, float]:
        """Count a request: whether there may be one, how many more may be, and seconds to the next."""
        now = time.monotonic()
        with self._lock:
            self._hits += 1
            if self._hits % SWEEP == 0:
                self._sweep(now)
            _, asked = self._asked.setdefault(who, (window, deque()))
            while asked and asked[0] <= now - window:
                asked.popleft()
            within = len(asked) < most
            if within:
                asked.append(now)
            return within, most - len(asked), asked[0] + window - now if asked else window

    def __len__(self) -> int:
        return len(self._asked)

    def forget(self, who: tuple[str, ...]) -> None:
        """Count from nothing again."""
        with self._lock:
            self._asked.pop(who, None)

    def _sweep(self, now: float) -> None:
        """Away with those who asked nothing of late."""
        for who, (window, asked) in list(self._asked.items()):
            if not asked or asked[-1] <= now - window:
                del self._asked[who]


@dataclass(frozen=True, slots=True)
class Limits:
    """The counters of one app."""

    rates: Rates = field(default_factory=Rates)
    _moments: Moments = field(default_factory=Moments)

    def address(self, address: str) -> Left:
        """Count a request from an address. Raises Problem (429)."""
        return self._count("address", self.rates.address, address)

    def user(self, name: str) -> Left:
        """Count a request of a user. Raises Problem (429)."""
        return self._count("user", self.rates.user, name)

    def log_in(self, name: str, address: str) -> None:
        """Count an attempt to log in. Raises Problem (429)."""
        self._count("logins", self.rates.logins, address)
        self._count("name", self.rates.name, name)
        self._count("login", self.rates.login, name, address)

    def logged_in(self, name: str, address: str) -> None:
        """Forget the failures of somebody who came in."""
        self._moments.forget(("login", name, address))

    def _count(self, policy: str, rate: str, *who: str) -> Left:
        most, window = _parsed(rate)
        within, count, seconds = self._moments.hit((policy, *who), most, window)
        left = Left(policy, most, window, count, max(1, math.ceil(seconds)))
        if not within:
            headers = left.headers() | {"Retry-After": str(left.seconds)}
            raise Problem(429, f"too many requests; ask again in {left.seconds} seconds", headers)
        return left


@cache
def _parsed(rate: str) -> tuple[int, int]:
    """How often in how many seconds."""
    item = limits.parse(rate)
    return item.amount, item.get_expiry()
