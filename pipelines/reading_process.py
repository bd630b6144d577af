"""What a process that reads pages does: prepared once, then a kept page in, its reading out.

Apart from what starts it, so that a process loads no database and no crawler.
"""

from __future__ import annotations

import signal

from intel.model import Account, KeptPage, Reading
from pipelines.flow import Terms, Watchlist, read, read_change
from pipelines.redaction import Redaction

_watchlist: Watchlist
_redaction: Redaction


def prepare(accounts: tuple[Account, ...], redaction: Redaction) -> None:
    """What the process reads with: for whom, and what must not be kept."""
    global _watchlist, _redaction
    _watchlist, _redaction = Watchlist.of(accounts), redaction


def read_here(kept: KeptPage, seconds: float) -> Reading:
    """Read a page. Raises NotAnArticle. More `seconds` of processor time end this process by SIGPROF."""
    # Unhandled, so that it ends a regular expression too, which no exception interrupts.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return _read(kept)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _read(kept: KeptPage) -> Reading:
    terms = Terms(_redaction, kept.released)
    if kept.watched is not None:
        return read_change(kept.page, kept.watched, _watchlist, terms)
    return read(kept.page, _watchlist, kept.page.fetched_at, terms, kept.selectors)
