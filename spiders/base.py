"""What spiders of every kind share: a Source in, Pages of entries the store does not know out.

A kind says in `read` what its answer lists; asking, counting, giving up and the account of the run
are here. Nothing a source lists leaves the count: each entry ends known, kept or rejected for a
reason, and only then is the run complete.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from intel.config import CHINA, HEARTBEAT
from intel.model import Page, PageStore, Source, SourceRun, Validators
from pipelines.item import NEW, STORE_SETTING
from spiders.listed import Entry
from spiders.reasons import Trouble, status_trouble, trouble
from spiders.retry_after import AskedToWait
from spiders.rows import SourceRow
from spiders.tally import Progress, Tally
from spiders.urls import BadUrl, canonical_url, is_trap

SOURCE_SETTING = "INTEL_SOURCE"
REPORT_SETTING = "INTEL_REPORT"
PAGES_SETTING = "INTEL_MAX_PAGES"

# So many pages in a row that might be had another time: the host is in trouble, leave it alone.
PATIENCE_IN_A_ROW = 5
# The key in a request's meta that has its answer rendered.
JAVASCRIPT = "javascript"

_EMPTY = Trouble("empty_body", "empty answer", False)
_TRAP = Trouble("trap", "address that grows without end", False)
_TOO_OLD = Trouble("too_old", "older than the source is read", False)


class BadAnswer(Exception):
    """The source answered, but with nothing this kind can read; the message says what it was."""


class SourceSpider(SourceRow, Spider):
    """One run of one source. Subclasses define `read`, and take the row of their kind beside this class."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.source: Source = settings[SOURCE_SETTING]
        super().__init__(self.source.name)
        self.store: PageStore = settings[STORE_SETTING]
        self.report: Callable[[Progress], None] = settings[REPORT_SETTING]
        self.pages_left = settings.getint(PAGES_SETTING)
        self.tally = Tally(self.source.name)
        self.validators = Validators()
        self.resuming = False
        self._seen: set[str] = set()
        self._alive = LoopingCall(self._tell_alive)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """As Scrapy builds it, with source, store and report of the settings."""
        spider = cls(crawler)
        spider._set_crawler(crawler)
        spider._listen(crawler)
        return spider

    def option(self, name: str, default: str = "") -> str:
        """An option of the source's row that is text."""
        return str(self.source.options.get(name, default))

    # ---- what a kind adds

    def read(self, response: Response, state: Mapping[str, object]) -> Iterable[Request]:
        """Requests for what the answer lists. `state` is what `ask` was given. Raises BadAnswer."""
        raise NotImplementedError

    @property
    def seen(self) -> int:
        """How many different pages the source has listed so far in this run."""
        return len(self._seen)

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the source only if it has changed."""
        return {}

    # ---- asking

    async def start(self) -> AsyncIterator[Request]:
        """What the run begins with."""
        self.resuming = not self.store.completed(self.source.name)
        self.store.set_completed(self.source.name, False)
        self._tell_begun()
        self._alive.start(HEARTBEAT.total_seconds(), now=False)
        for request in self.first():
            yield request

    def _tell_begun(self) -> None:
        """That the run goes on, and how far it is."""
        self.store.add_run(self.tally.begun())

    def _tell_alive(self) -> None:
        """The same while the run goes on; one that can't be written is written the next time."""
        try:
            self._tell_begun()
        except Exception as error:  # noqa: BLE001 - a store of any kind, and what raises is not called again
            self.logger.warning("the run could not be told to go on: %s", error)

    def first(self) -> Iterable[Request]:
        """The requests a run begins with: the source itself."""
        yield self.ask(self.source.url).replace(headers=self.conditions())

    def ask(self, url: str, **state: object) -> Request:
        """A request for the source's own address or one that it is spread over.

        `state` comes back as the answer's `cb_kwargs`.
        """
        return Request(
            url,
            self._answered,
            errback=self._unanswered,
            cb_kwargs={"state": state},
            meta=self._meta,
            priority=1,
            dont_filter=True,
        )

    @property
    def _meta(self) -> dict[str, object]:
        """What the middlewares are to know of a request."""
        return {JAVASCRIPT: True} if self.source.options.get("javascript") else {}

    def _answered(self, response: Response, state: Mapping[str, object]) -> Iterator[Request]:
        if response.status == 304:
            self.tally.not_modified = True
            return
        if response.status != 200:
            self._give_up(status_trouble(response.status).words)
        try:
            yield from self.read(response, state)
        except BadAnswer as error:
            self._give_up(str(error))

    def _unanswered(self, failure: Failure) -> None:
        self.tally.errors += 1
        self._give_up(trouble(_cause(failure)).words)

    def _give_up(self, reason: str) -> None:
        self.tally.fail(reason)
        raise CloseSpider(reason)

    # ---- the entries

    def articles(self, entries: Iterable[Entry]) -> Iterator[Request]:
        """Requests for those entries that are neither known, too old nor asked for yet, up to the limit.

        A known page is asked for again, after the new ones, where it has changed since it was last had.
        """
        listed = self.unseen(self.recent(entries))
        known = self.store.known(listed.keys())
        changed = {}
        for identity, entry in listed.items():
            if identity not in known:
                yield from self.page(entry, identity)
            elif entry.changed and known[identity] < entry.changed <= self.tally.started_at:
                changed[identity] = entry
            else:
                self.tally.known += 1
        for identity, entry in changed.items():
            yield from self.page(entry, identity)

    def is_old(self, entry: Entry) -> bool:
        """Whether an entry is dated earlier than the `days` that the source is read back."""
        newest = max((at for at in (entry.at, entry.changed) if at), default=None)
        return newest is not None and self.is_before(newest)

    def is_before(self, at: datetime) -> bool:
        """Whether a moment lies more than the source's `days` back; never where it has none.

        Days of the calendar in China count, since most lists show the day alone.
        """
        days = self.source.options.get("days")
        today = self.tally.started_at.astimezone(CHINA).date()
        return days is not None and at.astimezone(CHINA).date() < today - timedelta(days=int(str(days)))

    def recent(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries that are not too old; those that are count as known, or as rejected for it."""
        entries = list(entries)
        old = self.unseen(entry for entry in entries if self.is_old(entry))
        known = self.store.known(old.keys()) if old else {}
        self.tally.known += len(known)
        for _ in range(len(old) - len(known)):
            self.tally.reject(_TOO_OLD)
        return [entry for entry in entries if not self.is_old(entry)]

    def unseen(self, entries: Iterable[Entry]) -> dict[str, Entry]:
        """The entries listed for the first time in this run, by the identity of their page."""
        listed = {}
        for entry in entries:
            try:
                identity = canonical_url(entry.url)
            except BadUrl as error:
                self.tally.reject(Trouble("bad_url", str(error), False))
                continue
            if identity in self._seen:
                continue
            self._seen.add(identity)
            self.tally.listed += 1
            if is_trap(identity):
                self.tally.reject(_TRAP)
            else:
                listed[identity] = entry
        return listed

    def page(self, entry: Entry, identity: str) -> Iterator[Request]:
        """The request for a page of which `unseen` gave the identity, unless the run has its fill."""
        if not self.pages_left:
            self.tally.capped = True
            self.tally.remark = "stopped at the page limit of a run; the next run goes on"
            return
        self.pages_left -= 1
        self.tally.awaited += 1
        yield Request(
            entry.url,
            self.fetched,
            errback=self._lost,
            cb_kwargs={"entry": entry, "identity": identity},
            meta=self._meta,
            dont_filter=True,
        )

    def fetched(self, response: Response, entry: Entry, identity: str) -> Iterator[Page]:
        """The Page to keep of an answer, if it is one."""
        if response.status != 200:
            self.rejected(status_trouble(response.status))
            return
        if not response.body:
            self.rejected(_EMPTY)
            return
        self.tally.in_a_row = 0
        self.tally.pages += 1
        yield Page(
            url=identity,
            source=self.source.name,
            fetched_at=datetime.now(UTC),
            body=response.body,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
            listed_title=entry.title,
            listed_at=entry.at,
        )

    def _lost(self, failure: Failure) -> None:
        self.tally.errors += 1
        self.rejected(trouble(_cause(failure)))
        if isinstance(failure.value, AskedToWait):
            self._give_up(str(failure.value))

    def rejected(self, reason: Trouble) -> None:
        """Give up a page that was asked for; the whole source, where several in a row went that way."""
        self.tally.awaited -= 1
        self.tally.reject(reason)
        if self.tally.in_a_row >= PATIENCE_IN_A_ROW:
            self._give_up(f"{PATIENCE_IN_A_ROW} pages in a row: {reason.words}")

    # ---- counting

    def _listen(self, crawler: Crawler) -> None:
        """Count what passes by."""
        for handler, signal in (
            (self._sent, signals.request_reached_downloader),
            (self._downloaded, signals.response_downloaded),
            (self._kept, signals.item_scraped),
            (self._not_kept, signals.item_error),
            (self._crashed, signals.spider_error),
        ):
            crawler.signals.connect(handler, signal=signal)

    def _sent(self) -> None:
        self.tally.requests += 1
        self.report(self.tally.progress())

    def _downloaded(self, response: Response) -> None:
        self.tally.bytes += len(response.body)

    def _kept(self) -> None:
        new = self.crawler.stats.get_value(NEW, 0)
        self.tally.awaited -= 1
        self.tally.known += new == self.tally.new
        self.tally.new = new
        self.report(self.tally.progress())

    def _not_kept(self, failure: Failure) -> None:
        self.tally.errors += 1
        self.tally.fail(f"a page could not be kept: {failure.value}")

    def _crashed(self, failure: Failure) -> None:
        self.tally.errors += 1
        self.tally.fail(f"crashed: {type(failure.value).__name__}: {failure.value}")

    # ---- the end

    def closed(self, reason: str) -> None:
        """Write the account of the run; remember the validators if nothing is left to fetch."""
        if self._alive.running:
            self._alive.stop()
        run = self.tally.run(interrupted=reason == "shutdown")
        if reason == "finished" and self.tally.complete:
            if not self.tally.not_modified:
                self.store.set_validators(self.source.name, self.validators)
            self.store.set_completed(self.source.name, True)
        self.finish(run)

    def finish(self, run: SourceRun) -> None:
        """Keep and report the account of the run."""
        self.store.add_run(run)
        self.report(self.tally.progress(run))


def _cause(failure: Failure) -> BaseException:
    assert failure.value is not None  # a Failure made of an exception, as all of Scrapy's are
    return failure.value
