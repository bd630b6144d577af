"""How often one may ask: per address and per user, and how often one may try to log in.

Counted in the memory of the process (library `limits`): a restart forgives, two processes allow
twice as much.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from intel.api.problem import Problem


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


@dataclass(frozen=True, slots=True)
class Limits:
    """The counters of one app."""

    rates: Rates = field(default_factory=Rates)
    _counting: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

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
        self._counting.clear(parse(self.rates.login), "login", name, address)

    def _count(self, policy: str, rate: str, *who: str) -> Left:
        item = parse(rate)
        within = self._counting.hit(item, policy, *who)
        left = self._left(item, policy, who)
        if not within:
            headers = left.headers() | {"Retry-After": str(left.seconds)}
            raise Problem(429, f"too many requests; ask again in {left.seconds} seconds", headers)
        return left

    def _left(self, item: RateLimitItem, policy: str, who: tuple[str, ...]) -> Left:
        stats = self._counting.get_window_stats(item, policy, *who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        return Left(policy, item.amount, item.get_expiry(), stats.remaining, seconds)
