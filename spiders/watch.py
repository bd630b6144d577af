"""Watched pages in, a Page out for each that really changed: prices, promises, partners, open positions.

The page is fetched at every run, and kept where it says something else than the version kept last. What
is no change (a clock, a counter, another order) is told by pipelines.noise; pipelines.watched puts the
difference into words when the page is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scrapy import Request
from scrapy.http import Response

from intel.model import NotAnArticle, Page
from pipelines.watched import changed, versioned, whole
from spiders.base import SourceSpider
from spiders.listed import Entry
from spiders.reasons import Trouble
from spiders.rows import WatchRow

# What a page says instead of its content, and may not say next time.
_IN_THE_WAY = frozenset({"consent_wall", "error_page"})


class WatchSpider(WatchRow, SourceSpider):
    """Pages that are worth knowing when they change. `pages` are addresses beside the source's own.

    `account` is whose pages they are and `topic` what they tell of it: with both, every changed line is a
    finding, whatever it says.
    """

    def first(self) -> Iterable[Request]:
        """All pages, known or not."""
        pages = self.source.options.get("pages")
        urls = (self.source.url, *map(str, pages if isinstance(pages, list) else ()))
        for identity, entry in self.unseen(Entry(url) for url in urls).items():
            yield from self.page(entry, identity)

    def fetched(self, response: Response, entry: Entry, identity: str) -> Iterator[Page]:
        """The Page, where it says something new."""
        for page in super().fetched(response, entry, identity):
            refusal = self._refusal(page)
            if refusal == "unchanged":
                self.tally.awaited -= 1
                self.tally.known += 1
            elif refusal in _IN_THE_WAY:
                self.tally.pages -= 1
                self.rejected(Trouble(refusal, "an error or a wall stands in place of the page", True))
            else:
                yield replace(page, url=versioned(page))

    def _refusal(self, page: Page) -> str:
        """Why a fetched page is not kept: a reason of NotAnArticle, "" for none.

        What cannot be compared is told apart by its bytes, in the store.
        """
        before, page = self.store.last_page(page.url), self.store.as_kept(page)
        try:
            if before is None:
                whole(page)
            else:
                changed(page, before)
        except NotAnArticle as refusal:
            return refusal.reason
        return ""
