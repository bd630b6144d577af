"""Group robots of chat services: one JSON message over HTTPS, an answer with a code, few messages a minute.

What differs between vendors is a `Vendor`. The address of a robot is as good as its password: it is read
from where the recipient's table says and stands in no message, row or log line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from intel.channels.alert import Alert
from intel.channels.recipients import Recipient
from intel.channels.wire import BUSY, post
from intel.crm.connector import Refused, TryLater

_MOST_ANSWER = 10_000  # bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted: the robot's address, what is added to its query, and the body."""

    address: str = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Vendor:
    """A chat service: where its answers say how it went, which codes mean "later", how often it is asked."""

    name: str
    code: str
    message: str
    busy: frozenset[int]
    rate: str
    request: Callable[[Alert, Recipient, datetime], Request]


class Robot:
    """One group robot of a vendor."""

    def __init__(self, vendor: Vendor, recipient: Recipient) -> None:
        recipient.address()
        recipient.secret("secret")
        self._vendor, self._recipient = vendor, recipient
        self._name = recipient.name

    def send(self, alert: Alert, key: str, now: datetime) -> str:
        """Post a message; the vendor's word for it. Raises TryLater or Refused."""
        _count(self._vendor, self._name)
        request = self._vendor.request(alert, self._recipient, now)
        answer = post(self._name, request.address, request.query, json=request.body)
        return self._judged(answer)

    def _judged(self, answer: httpx2.Response) -> str:
        """What an answer says. They say "no" with a code in JSON, whatever the status of HTTP."""
        try:
            said = answer.json() if len(answer.content) <= _MOST_ANSWER else {}
            code = int(said[self._vendor.code])
        except (ValueError, KeyError, TypeError):
            code, said = (None, {})
        told = f"{self._name}: HTTP {answer.status_code}, {self._vendor.code} {code}"
        if code in self._vendor.busy or answer.status_code == 429 or answer.status_code >= 500:
            raise TryLater(told, after=BUSY)
        if code != 0 or not answer.is_success:
            raise Refused(f"{told} {str(said.get(self._vendor.message, ''))[:100]}".rstrip())
        return "sent"


_COUNTED = MovingWindowRateLimiter(MemoryStorage())


def _count(vendor: Vendor, name: str) -> None:
    """Count a message to a robot. Raises TryLater when it has had as many as its vendor allows.

    Counted in this process: several may exceed the limit, then the vendor's own answer says to wait.
    """
    rate = parse(vendor.rate)
    if not _COUNTED.hit(rate, vendor.name, name):
        wait = _COUNTED.get_window_stats(rate, vendor.name, name).reset_time - time.time()
        raise TryLater(f"{name}: {vendor.rate}", after=max(wait, 1.0))
