"""The one Scrapy item pipeline: a Page in, kept and committed in the PageStore."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from intel.model import Page, PageStore
from intel.refusal import CannotKeep

STORE_SETTING = "INTEL_STORE"
NEW = "intel/new"
KNOWN = "intel/known"


class PageKeeper:
    """Hands every Page to the store. Returning means committed; the counts stand in the crawler's stats."""

    def __init__(self, crawler: Crawler) -> None:
        self._store: PageStore = crawler.settings[STORE_SETTING]
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it, with the store of the settings."""
        return cls(crawler)

    def process_item(self, page: Page) -> Page:
        """Keep a page and count it. One that could not be kept is passed over: the crawl ends for it."""
        try:
            is_new = self._store.add_page(page)
        except CannotKeep as error:
            raise DropItem(str(error), log_level="DEBUG") from error
        self._crawler.stats.inc_value(NEW if is_new else KNOWN)
        return page
