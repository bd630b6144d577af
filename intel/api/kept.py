"""Answers about an account, worked out once for as long as nothing they show has changed.

In: what is asked, for whose eyes, and how to work it out. Out: the answer as it is sent, in UTF-8. It is kept
in this process beside the account's version (`Query.version`), which grows in the transaction of every
change: an answer of another version is never given, whichever process made the change.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock

_log = logging.getLogger(__name__)
MOST_BYTES = 200_000_000  # of all answers together
SLOW = 0.2  # seconds of work from which an answer is renewed before it is asked for
EVERY = 15.0  # seconds between two looks for one to renew
_LATEST = 60  # of the answers asked for last are looked at
_LONG_AGO = 12 * 3600.0  # seconds after which nobody waits for an answer


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer with the version it is of, how to work it out again, when it was asked for and what it took.

    `seen` is the version at the last look for one to renew.
    """

    version: int
    told: bytes
    now: Callable[[], int]
    work: Callable[[], bytes]
    asked_at: float
    seconds: float
    seen: int | None = None


class Kept:
    """The answers of one app. `most` are bytes, `slow` is what makes an answer worth renewing, in seconds."""

    def __init__(self, most: int = MOST_BYTES, slow: float = SLOW) -> None:
        self._most, self._size, self._slow = most, 0, slow
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._lock = Lock()
        self._working = [Lock() for _ in range(64)]

    def answer(
        self, asked: Hashable, version: Callable[[], int], work: Callable[[], bytes], seen: int | None = None
    ) -> bytes:
        """The answer, worked out where it is not there or of another version.

        `asked` is all that it depends on besides the database; `seen` is the version where it was just
        looked at. Who asks for the same at once waits.
        """
        if (told := self._found(asked, version() if seen is None else seen)) is not None:
            return told
        with self._working[hash(asked) % len(self._working)]:
            # Looked at before the work: what changes meanwhile makes the answer one of an older version.
            now = version()
            if (told := self._found(asked, now)) is None:
                worked = _worked_out(now, version, work)
                self._keep(asked, worked)
                told = worked.told
            return told

    def renew(self) -> bool:
        """Work out again one answer that is out of date, slow and was asked for lately; False if none is.

        Only where its version has not changed since the last look: what is still changing would be out of
        date at once.
        """
        for asked, kept in self._latest():
            try:
                if self._renewed(asked, kept):
                    return True
            except Exception:  # noqa: BLE001 - one among others: who asks for it is told what is wrong
                _log.warning("an answer could not be renewed", exc_info=True)
                self._drop(asked)
        return False

    def _renewed(self, asked: Hashable, kept: _Answer) -> bool:
        now = kept.now()
        if now == kept.version:
            return False
        if now != kept.seen:
            self._look(asked, kept, now)
            return False
        with self._working[hash(asked) % len(self._working)]:
            worked = _worked_out(now, kept.now, kept.work)
        self._keep(asked, replace(worked, asked_at=kept.asked_at))
        return True

    def _latest(self) -> list[tuple[Hashable, _Answer]]:
        since = time.monotonic() - _LONG_AGO
        with self._lock:
            latest = list(islice(reversed(self._answers.items()), _LATEST))
        return [pair for pair in latest if pair[1].seconds >= self._slow and pair[1].asked_at >= since]

    def _look(self, asked: Hashable, kept: _Answer, now: int) -> None:
        with self._lock:
            if self._answers.get(asked) is kept:
                self._answers[asked] = replace(kept, seen=now)

    def _drop(self, asked: Hashable) -> None:
        with self._lock:
            if (former := self._answers.pop(asked, None)) is not None:
                self._size -= len(former.told)

    def _found(self, asked: Hashable, version: int) -> bytes | None:
        with self._lock:
            kept = self._answers.get(asked)
            if kept is None or kept.version != version:
                return None
            self._answers[asked] = replace(kept, asked_at=time.monotonic())
            self._answers.move_to_end(asked)
            return kept.told

    def _keep(self, asked: Hashable, answer: _Answer) -> None:
        with self._lock:
            former = self._answers.pop(asked, None)
            self._answers[asked] = answer
            self._size += len(answer.told) - (len(former.told) if former else 0)
            while self._size > self._most:  # away with what was not asked for longest
                _, dropped = self._answers.popitem(last=False)
                self._size -= len(dropped.told)


def _worked_out(version: int, now: Callable[[], int], work: Callable[[], bytes]) -> _Answer:
    began = time.monotonic()
    told = work()
    return _Answer(version, told, now, work, began, time.monotonic() - began)


@contextmanager
def renewing(kept: Kept, every: float = EVERY) -> Iterator[None]:
    """While it is entered, answers are renewed one by one, so that who looks after a change seldom waits."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(every):
            kept.renew()

    thread = threading.Thread(target=look, name="renewing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(EVERY)
