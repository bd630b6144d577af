"""Messages that are due to their destinations: at least once, and by each connector's care with effect once.

In: the outbox, connectors by name, a clock. Out: what became of each message that was tried. A failed one
waits longer each time, a random part of it (full jitter), but no less than the destination asked for; after
so many attempts, or when it is refused, it is dead until a person replays it.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from intel.claims import Claimed, Claims
from intel.crm.connector import Connector, Receipt, Refused, TryLater
from intel.outbox import State

_log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12  # about half a day on average
FIRST = 30.0  # seconds; doubled with each attempt
LONGEST = 6 * 3600.0
PATIENCE = 24 * 3600.0  # of what a destination asks for, no more than this is heeded
# How long a message is left to a process that is silent, and how often one that is at work says that it is.
LEASE = timedelta(minutes=10)
RENEWED = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message that was tried."""

    id: int
    destination: str
    account: str
    kind: str
    state: State
    note: str


@dataclass(frozen=True, slots=True)
class Delivering:
    """A database's outbox, the connectors by the destinations' names, the clock, and chance."""

    engine: Engine
    connectors: Mapping[str, Connector]
    clock: Callable[[], datetime]
    chance: Callable[[float, float], float] = field(default=random.uniform)
    renewed: float = RENEWED

    def due(self, account: str | None = None) -> Iterator[Outcome]:
        """Deliver all that is due when this begins, what follows on it too, account by account in order."""
        claims, began = Claims(self.engine), self.clock()
        while waiting := claims.due(self.connectors, began, account):
            tried = False
            for entry in waiting:
                claimed = claims.claim(entry.id, self.clock(), LEASE)
                if claimed is not None:
                    tried = True
                    yield self._tried(claims, claimed)
            if not tried:  # another process has them all
                return

    def _tried(self, claims: Claims, claimed: Claimed) -> Outcome:
        message = claimed.message
        if claimed.attempt > MOST_ATTEMPTS:  # the last one was cut off
            return self._buried(claims, claimed, f"cut off at the last of {MOST_ATTEMPTS} attempts")
        try:
            with self._held(claims, claimed):
                receipt = self.connectors[message.destination].deliver(message, self.clock())
        except Refused as error:
            return self._buried(claims, claimed, str(error))
        except TryLater as error:
            return self._put_off(claims, claimed, error)
        except Exception as error:  # noqa: BLE001
            # The one edge to code of vendors: a fault in one must not hold up the others. Its words are
            # not kept, since nobody vouches that they hold no secret.
            return self._put_off(claims, claimed, TryLater(f"fault in the connector: {type(error).__name__}"))
        return self._delivered(claims, claimed, receipt)

    @contextmanager
    def _held(self, claims: Claims, claimed: Claimed) -> Iterator[None]:
        """A block of work during which no other process takes the message, however long it lasts."""
        done = Event()

        def renew() -> None:
            while not done.wait(self.renewed):
                try:
                    claims.renew(claimed, self.clock() + LEASE)
                except SQLAlchemyError as error:  # the next time is soon enough
                    _log.warning("message %s: its claim could not be renewed: %s", claimed.id, type(error))

        renewing = Thread(target=renew, daemon=True)
        renewing.start()
        try:
            yield
        finally:
            done.set()
            renewing.join()

    def _delivered(self, claims: Claims, claimed: Claimed, receipt: Receipt) -> Outcome:
        claims.delivered(claimed, receipt, self.clock())
        return _outcome(claimed, State.DELIVERED, receipt.note)

    def _put_off(self, claims: Claims, claimed: Claimed, error: TryLater) -> Outcome:
        if claimed.attempt >= MOST_ATTEMPTS:
            return self._buried(claims, claimed, f"{error} (attempt {claimed.attempt}, the last)")
        seconds = max(wait(claimed.attempt, self.chance), min(error.after or 0.0, PATIENCE))
        claims.put_off(claimed, str(error), self.clock() + timedelta(seconds=seconds))
        return _outcome(claimed, State.PENDING, f"{error}; again in {round(seconds)} s")

    def _buried(self, claims: Claims, claimed: Claimed, why: str) -> Outcome:
        claims.buried(claimed, why, self.clock())
        return _outcome(claimed, State.DEAD, why)


def wait(attempt: int, chance: Callable[[float, float], float]) -> float:
    """Seconds until the next attempt: a random part of a time that doubles, at least one second."""
    return max(1.0, chance(0.0, min(LONGEST, FIRST * 2 ** (attempt - 1))))


def _outcome(claimed: Claimed, state: State, note: str) -> Outcome:
    message = claimed.message
    return Outcome(claimed.id, message.destination, message.account, message.kind, state, note)
