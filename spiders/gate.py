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
        self._patience: defaultdict[str, float] = defaultdict(lambda: PATIENCE)

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Wait for this host's turn, hold it, and leave `delay` seconds (or its own) after it.

        Raises GateClosed once the crawl is stopping.
        """
        async with self._locks[host]:
            await self._pause(self._open_at.get(host, 0.0) - monotonic())
            try:
                yield
            finally:
                pause = max(delay, self._delays.get(host, 0.0))
                self._open_at[host] = max(self._open_at.get(host, 0.0), monotonic() + pause)

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            try:
                await asyncio.wait_for(self._closing.wait(), seconds)
            except TimeoutError:
                return
        if self._closing.is_set():
            raise GateClosed

    def slow_down(self, host: str, delay: float) -> None:
        """The host's robots.txt asks for `delay` seconds between requests."""
        self._delays[host] = min(delay, LONGEST_DELAY)

    def hold(self, host: str, seconds: float) -> bool:
        """Let nobody through to the host for `seconds`; False if that is more than we wait for."""
        if seconds > self._patience[host]:
            return False
        self._patience[host] -= seconds
        self._open_at[host] = max(self._open_at.get(host, 0.0), monotonic() + seconds)
        return True

    def close(self) -> None:
        """Send everybody waiting home."""
        self._closing.set()
