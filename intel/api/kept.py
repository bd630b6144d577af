"""Answers about an account, worked out once for as long as nothing they show has changed.

In: what is asked, for whose eyes, and how to work it out. Out: the answer as it is sent, in UTF-8. It is kept
in this process beside the account's version (`Query.version`), which grows in the transaction of every
change: an answer of another version is never given, whichever process made the change.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

MOST_BYTES = 200_000_000  # of all answers together


class Kept:
    """The answers of one app."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._answers: OrderedDict[Hashable, tuple[int, bytes]] = OrderedDict()
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
                told = work()
                self._keep(asked, now, told)
            return told

    def _found(self, asked: Hashable, version: int) -> bytes | None:
        with self._lock:
            kept, told = self._answers.get(asked, (None, b""))
            if kept != version:
                return None
            self._answers.move_to_end(asked)
            return told

    def _keep(self, asked: Hashable, version: int, told: bytes) -> None:
        with self._lock:
            _, former = self._answers.pop(asked, (0, b""))
            self._answers[asked] = version, told
            self._size += len(told) - len(former)
            while self._size > self._most:  # away with what was not asked for longest
                _, (_, dropped) = self._answers.popitem(last=False)
                self._size -= len(dropped)
