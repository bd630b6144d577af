"""Group robots of chat services: one JSON message over HTTPS, an answer with a code, few messages a minute.

What differs between vendors is a `Vendor`. The address of a robot is as good as its password: it is read
from where the recipient's table says and stands in no message, row or log line.
"""

from __future__ import annotations

import json
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
from intel.crm.connector import Message, Receipt, Refused, TryLater
from intel.crm.wire import Answer

BUSY = 60.0  # seconds until a robot that has had enough is tried again
_ANSWERS = (400,)
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


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
    busy: frozenset[int]
    rate: str
    request: Callable[[Alert, Recipient, datetime], Request]


class Robot:
    """One group robot of a vendor."""

    def __init__(self, vendor: Vendor, recipient: Recipient) -> None:
        recipient.address()
        recipient.secret("secret")
        self._vendor, self._recipient = vendor, recipient

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Post an alert. Raises TryLater or Refused."""
        _count(self._vendor, self._recipient.name)
        request = self._vendor.request(Alert.of(message), self._recipient, now)
        address = httpx2.URL(request.address).copy_merge_params(request.query)
        body = json.dumps(request.body, ensure_ascii=False).encode()
        answer = self._recipient.wire(*_ANSWERS).post(str(address), body, _HEADERS)
        return self._judged(answer)

    def _judged(self, answer: Answer) -> Receipt:
        """What an answer says: they say "no" with a code, sometimes under a status that says "yes"."""
        try:
            code = int(json.loads(answer.body)[self._vendor.code])
        except (ValueError, KeyError, TypeError):
            raise Refused(f"{self._recipient.name}: HTTP {answer.status}, no {self._vendor.code}") from None
        told = f"{self._recipient.name}: {self._vendor.code} {code}"
        if code in self._vendor.busy:
            raise TryLater(told, after=BUSY)
        if code != 0:
            raise Refused(told)
        return Receipt("sent")


_COUNTED = MovingWindowRateLimiter(MemoryStorage())


def _count(vendor: Vendor, name: str) -> None:
    """Count a message to a robot. Raises TryLater when it has had as many as its vendor allows.

    Counted in this process: several may exceed the limit, then the vendor's own answer says to wait.
    """
    rate = parse(vendor.rate)
    if not _COUNTED.hit(rate, vendor.name, name):
        wait = _COUNTED.get_window_stats(rate, vendor.name, name).reset_time - time.time()
        raise TryLater(f"{name}: {vendor.rate}", after=max(wait, 1.0))
