"""The gate every request passes: one at a time a host, never faster than asked, across all spiders."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

# Waiting longer than this on one host's Retry-After is not worth a run: come back next time.
PATIENCE = 600.0
# A crawl-delay above this is obeyed as this.
LONGEST_DELAY = 60.0


class GateClosed(Exception):
    """The crawl is being stopped; no more requests leave."""


class HostGate:
    """Who may knock when. Shared by all spiders of a process, so two sources of one host take turns."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._delays: dict[str, float] = {}
        self._open_at: dict[str, float] = {}
        self._open_to_parts_at: dict[str, float] = {}
        self._patience: defaultdict[str, float] = defaultdict(lambda: PATIENCE)

    @asynccontextmanager
    async def turn(self, host: str, delay: float, *, part: bool = False) -> AsyncIterator[None]:
        """Wait for this host's turn, hold it, and leave `delay` seconds (or its own) after it.

        A `part` belongs to a page that was just fetched: it waits for the host's own delay only.
        Raises GateClosed once the crawl is stopping.
        """
        opening = self._open_to_parts_at if part else self._open_at
        async with self._locks[host]:
            await self._pause(opening.get(host, 0.0) - monotonic())
            try:
                yield
            finally:
                asked = self._delays.get(host, 0.0)
                _put_off(self._open_at, host, max(delay, asked))
                _put_off(self._open_to_parts_at, host, asked)

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._closing.wait(), seconds)
            except TimeoutError:
                return
        if self._closing.is_set():
            raise GateClosed

    def slow_down(self, host: str, delay: float) -> None:
        """The host's robots.txt, just fetched, asks for `delay` seconds between requests."""
        if delay > 0:  # false for "nan", which a robots.txt may say
            self._delays[host] = min(delay, LONGEST_DELAY)
            _put_off(self._open_at, host, self._delays[host])
            _put_off(self._open_to_parts_at, host, self._delays[host])

    def hold(self, host: str, seconds: float) -> bool:
        """Let nobody through to the host for `seconds`; False if that is more than we wait for."""
        if seconds > self._patience[host]:
            return False
        self._patience[host] -= seconds
        _put_off(self._open_at, host, seconds)
        _put_off(self._open_to_parts_at, host, seconds)
        return True

    def close(self) -> None:
        """Send everybody waiting home."""
        self._closing.set()


def _put_off(opening: dict[str, float], host: str, seconds: float) -> None:
    """Open for a host no earlier than in so many seconds."""
    opening[host] = max(opening.get(host, 0.0), monotonic() + seconds)
