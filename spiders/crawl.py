"""Sources in, their pages kept in the store and one SourceRun each out.

All sources run in this thread and process, several at once. Twisted's reactor cannot be started
twice, so a process can crawl once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from intel.config import RUN_PAGES
from intel.config import Settings as Installation
from intel.model import PageStore, RunState, Source, SourceRun
from intel.refusal import CannotKeep
from pipelines.item import STORE_SETTING
from spiders.base import PAGES_SETTING, REPORT_SETTING, SOURCE_SETTING
from spiders.browser import CHROMIUM, Browser
from spiders.gate import HostGate
from spiders.guard import ALLOWED_SETTING
from spiders.handler import DELAY_SETTING, GATE_SETTING
from spiders.kinds import spider_of
from spiders.queries import Query
from spiders.rendering import BROWSER_SETTING
from spiders.search import QUERIES_SETTING
from spiders.settings import user_agent
from spiders.tally import Progress

_SAID = frozenset({"add_run", "set_completed", "set_validators"})  # methods of a store that answer nothing


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How to crawl. `allowed` are loopback services as "host:port"; `localhost` covers NAME.localhost.

    `at_once` sources run at a time, each fetching at most `max_pages` pages. `timeout` is seconds a
    request may take, `max_bytes` the size of an answer, on the wire and unpacked. `queries` are what to
    ask each search, by the name of its source; `chromium` is the browser for pages written by scripts.
    """

    contact: str = ""
    log_level: str = "WARNING"
    allowed: frozenset[str] = field(default_factory=frozenset)
    at_once: int = 8
    max_pages: int = RUN_PAGES
    timeout: float = 20.0
    max_bytes: int = 10 * 1024 * 1024
    queries: Mapping[str, Sequence[Query]] = field(default_factory=dict)
    chromium: str = CHROMIUM

    @classmethod
    def of(cls, settings: Installation) -> Self:
        """How an installation crawls: loopback is reached in the demo only."""
        return cls(
            contact=settings.contact,
            allowed=frozenset({f"localhost:{settings.demo_port}"} if settings.demo else ()),
            log_level=settings.log_level,
        )

    def settings(self) -> Settings:
        """As Scrapy reads them, over those of spiders.settings."""
        settings = Settings()
        settings.setmodule("spiders.settings", priority="project")
        settings.setdict(
            {
                "USER_AGENT": user_agent(self.contact),
                "LOG_LEVEL": self.log_level,
                "DOWNLOAD_TIMEOUT": self.timeout,
                "DOWNLOAD_MAXSIZE": self.max_bytes,
                ALLOWED_SETTING: sorted(self.allowed),
                PAGES_SETTING: self.max_pages,
            },
            priority="cmdline",
        )
        return settings


def crawl(
    sources: Sequence[Source],
    store: PageStore,
    options: CrawlOptions,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[SourceRun, ...]:
    """Run the sources and return their accounts, in their order. Once a process.

    Ctrl-C ends it gracefully: what was fetched is kept, what was not is fetched by the next run.
    A source that crashes fails alone. Raises CannotKeep, as soon as a page cannot be kept.
    """
    keeping = _Keeping(store)
    crawling = _Crawl(keeping, options, progress)
    keeping.full = crawling.stop
    with _ctrl_c(crawling.stop):
        crawling.run(sources)
    if keeping.failure is not None:
        raise keeping.failure
    return tuple(crawling.runs[source.name] for source in sources)


class _Keeping:
    """The store as a crawl has it: `full` is called where it keeps nothing more, and `failure` says why.

    What a spider says of its run is passed over then: nothing further is fetched in vain.
    """

    def __init__(self, store: PageStore) -> None:
        self._store = store
        self.failure: CannotKeep | None = None
        self.full: Callable[[], None] = lambda: None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def tried(*given: Any) -> Any:
            try:
                return getattr(self._store, name)(*given)
            except CannotKeep as error:
                if self.failure is None:
                    self.failure = error
                    self.full()
                if name in _SAID:
                    return None
                raise

        return tried


class _Crawl:
    """One crawl under way."""

    def __init__(
        self, store: _Keeping, options: CrawlOptions, progress: Callable[[Progress], None] | None
    ) -> None:
        self.runs: dict[str, SourceRun] = {}
        self._store = store
        self._progress = progress
        self._process = AsyncCrawlerProcess(options.settings())
        self._gate = HostGate()
        self._queries = options.queries
        self._browser = Browser(user_agent(options.contact), options.chromium)
        self._places = asyncio.Semaphore(options.at_once)
        self._stopping = False

    def run(self, sources: Sequence[Source]) -> None:
        """Start the reactor, crawl, and return when it has stopped."""
        reactor = _reactor()

        reactor.callWhenRunning(lambda: asyncio.ensure_future(self._all(sources)))
        self._process.start(stop_after_crawl=False, install_signal_handlers=False)
        for source in sources:
            if source.name not in self.runs:
                self._account_for(source, RunState.INTERRUPTED, "stopped before its end")

    def stop(self) -> None:
        """End gracefully; called a second time, at once."""
        reactor = _reactor()

        forced, self._stopping = self._stopping, True
        if forced:
            reactor.callFromThread(reactor.stop)
        else:
            reactor.callFromThread(lambda: asyncio.ensure_future(self._wind_down()))

    async def _wind_down(self) -> None:
        self._gate.close()
        await self._process.stop()

    async def _all(self, sources: Sequence[Source]) -> None:
        reactor = _reactor()

        try:
            await asyncio.gather(*(self._one(source) for source in sources))
        finally:
            await self._browser.close()
            reactor.stop()

    async def _one(self, source: Source) -> None:
        async with self._places:
            if self._stopping:
                return
            try:
                await self._process.crawl(self._crawler(source))
            except Exception as error:  # noqa: BLE001 - whatever broke one source must not stop the others
                self._account_for(source, RunState.FAILED, f"crashed: {type(error).__name__}: {error}")

    def _crawler(self, source: Source) -> Crawler:
        crawler = self._process.create_crawler(spider_of(source.kind))
        # Set here and not in the process's settings, which Scrapy copies deeply for every crawler.
        for name, value in (
            (SOURCE_SETTING, source),
            (STORE_SETTING, self._store),
            (REPORT_SETTING, self._report),
            (GATE_SETTING, self._gate),
            (DELAY_SETTING, source.delay),
            (QUERIES_SETTING, tuple(self._queries.get(source.name, ()))),
            (BROWSER_SETTING, self._browser),
        ):
            crawler.settings.set(name, value, priority="cmdline")
        return crawler

    def _report(self, progress: Progress) -> None:
        if progress.run is not None:
            self.runs[progress.source] = progress.run
        if self._progress is not None:
            self._progress(progress)

    def _account_for(self, source: Source, state: RunState, reason: str) -> None:
        """The account of a run whose spider could not give it."""
        now = datetime.now(UTC)
        run = SourceRun(source.name, now, now, state, reason=reason)
        self._store.add_run(run)
        self._report(Progress(source.name, 0, 0, 0, 0, run))


def _reactor() -> Any:
    """The reactor, which exists only once a process has been made; mypy cannot read its interface."""
    from twisted.internet import reactor

    return reactor


@contextmanager
def _ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` for SIGINT and SIGTERM meanwhile."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop()) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
