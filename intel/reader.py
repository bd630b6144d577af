"""Kept pages to kept readings: worker processes read, this process writes, one transaction a batch.

A page that takes more than its seconds of processor time is rejected as too_slow and its worker replaced; a
page that breaks a step is rejected as reader_error; neither stops the others. One whose worker was killed
from outside is read again, once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import dataclass, field

from pebble import ProcessExpired, ProcessPool

from intel.model import Account, KeptPage, NotAnArticle, Reading
from intel.store import Store
from pipelines.flow import Watchlist, read, require_models
from pipelines.reading_process import prepare, read_here
from pipelines.redaction import Redaction

BATCH = 32  # pages that one transaction keeps, and that a kill has to read again
SHARE = 16  # pages that make it worth starting another process
# Seconds for one page, of which the slowest of the real test pages needs well under one: of processor time,
# since on a busy machine good pages wait, and of the clock, for a page that only waits.
PROCESSOR, DEADLINE = 20.0, 300.0
# Forked from a process that has loaded what reading needs, not from this one: a crawl here may have left
# threads that a fork would freeze.
READY = ("pipelines.reading_ready",)
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([*READY])


@dataclass(slots=True)
class ReadingCount:
    """How a reading went: articles read, and pages rejected by reason.

    `missed` counts, by source and field, the articles in which a selector found nothing.
    """

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Pages looked at."""
        return self.read + self.rejected.total()

    def add(self, pages: Iterable[KeptPage], outcomes: Iterable[Reading | NotAnArticle]) -> None:
        """Count what reading some pages came to, in their order."""
        for kept, outcome in zip(pages, outcomes, strict=True):
            if isinstance(outcome, NotAnArticle):
                self.rejected[outcome.reason] += 1
            else:
                self.read += 1
                self.missed.update((kept.page.source, name) for name in outcome.article.missed)


def read_pages(
    store: Store,
    accounts: Iterable[Account],
    *,
    again: bool = False,
    progress: Callable[[ReadingCount], None] = lambda count: None,
) -> ReadingCount:
    """Read the pages not yet read, or with `again` all that are kept; safe to kill at any moment.

    Raises BadModel.
    """
    accounts = tuple(accounts)
    require_models()  # here, once: a worker would reject every page for it
    count = ReadingCount()
    pages = store.page_count(unread_only=not again)
    if not pages:
        return count
    redaction = store.redaction()
    with _pool(accounts, redaction, pages) as pool:
        for batch in _batches(store, again):
            futures = [_begun(pool, kept) for kept in batch]
            outcomes = [_outcome(_again_if_killed(pool, *one)) for one in zip(batch, futures, strict=True)]
            if store.redaction() != redaction:
                break  # somebody was forgotten meanwhile: what was read may hold the name
            store.keep(zip([kept.id for kept in batch], outcomes, strict=True))
            count.add(batch, outcomes)
            progress(count)
        else:
            return count
    return read_pages(store, accounts, again=again, progress=progress)


def read_one(store: Store, accounts: Iterable[Account], kept: KeptPage) -> Reading | NotAnArticle:
    """Read one page here and keep what it comes to; for what a person has just entered. Raises BadModel."""
    require_models()
    try:
        outcome: Reading | NotAnArticle = read(kept.page, Watchlist.of(accounts), now=kept.page.fetched_at)
    except NotAnArticle as refusal:
        outcome = refusal
    store.keep([(kept.id, outcome)])
    return outcome


def _batches(store: Store, again: bool) -> Iterator[Sequence[KeptPage]]:
    after = 0
    while batch := store.pages(after, BATCH, unread_only=not again):
        yield batch
        after = batch[-1].id


def _begun(pool: ProcessPool, kept: KeptPage) -> Future[Reading]:
    begun: Future[Reading] = pool.schedule(read_here, args=[kept, PROCESSOR], timeout=DEADLINE)
    return begun


def _again_if_killed(pool: ProcessPool, kept: KeptPage, future: Future[Reading]) -> Future[Reading]:
    """A page may stand in a process that the system kills, being short of memory, for another's sake."""
    error = future.exception()
    if isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGKILL:
        return _begun(pool, kept)
    return future


def _outcome(future: Future[Reading]) -> Reading | NotAnArticle:
    error = future.exception()
    return future.result() if error is None else _refusal(error)


def _refusal(error: BaseException) -> NotAnArticle:
    if isinstance(error, NotAnArticle):
        return error
    if isinstance(error, FutureTimeout):
        return NotAnArticle("too_slow", f"not read within {DEADLINE:.0f} s")
    if isinstance(error, ProcessExpired):
        if error.exitcode == -signal.SIGPROF:
            return NotAnArticle("too_slow", f"not read in {PROCESSOR:.0f} s of processor time")
        return NotAnArticle("reader_error", f"the reading process died with exit code {error.exitcode}")
    return NotAnArticle("reader_error", f"{type(error).__name__}: {error}")


@contextmanager
def _pool(accounts: tuple[Account, ...], redaction: Redaction, pages: int) -> Iterator[ProcessPool]:
    pool = ProcessPool(
        max_workers=min(os.cpu_count() or 1, -(-pages // SHARE)),
        context=_PROCESSES,
        initializer=prepare,
        initargs=[accounts, redaction],
    )
    try:
        yield pool
        pool.close()
    finally:
        pool.stop()  # after close() it finds nothing left; on Ctrl-C it ends the pages under way
        pool.join()
