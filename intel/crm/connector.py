"""What a connector is given and gives back, and how it says no.

A connector takes one message to one place. It may be given the same message again after a crash, so what it
does must be the same the second time: it looks for what it made (by the message's key) before it makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from intel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told to a destination, of an account ("" where it is of all).

    `key` is the same whenever it is sent. `links` are what the destination calls things of the account, as
    its receipts told.
    """

    key: str
    destination: str
    account: str
    kind: str
    content: Mapping[str, Any]
    made_at: datetime
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a message took effect: a word for people, and what the destination calls things of the account."""

    note: str
    links: Mapping[str, str] = field(default_factory=dict)


class TryLater(Exception):
    """It may go better later; `after`: in so many seconds, if the destination said so. Holds no secret."""

    def __init__(self, why: str = "", after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Refused(Exception):
    """It will not go better by itself; the words say why, and hold no secret."""


class BadDestination(Refusal, ValueError):
    """A destination that cannot be connected to as it is set up; the message says what is lacking."""


class Connector(Protocol):
    """One way to one destination."""

    def deliver(self, message: Message, now: datetime) -> Receipt:
        """Let a message take effect, once however often it is given. Raises TryLater or Refused."""
        ...
