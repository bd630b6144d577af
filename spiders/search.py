"""A site's own search in: queries asked, and requests for unknown results that name who was asked for out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urljoin

from parsel import Selector
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from pipelines.text import fold
from spiders.listed import Entry
from spiders.listing import ListingSpider
from spiders.queries import ALIAS, WORD, Query, budget, templates_of
from spiders.reasons import Trouble
from spiders.rows import QUERY, SearchRow

QUERIES_SETTING = "INTEL_QUERIES"
PAGE = "{page}"
# So many queries without one entry on their pages: rather the layout has changed than nothing was found.
_SUSPICIOUS = 3


class SearchSpider(SearchRow, ListingSpider):
    """A search whose result pages are lists. Its `url` has a place for the {query}, perhaps for the {page}.

    Options beside those of a list: `queries`, templates ("{alias} 快递", and such without a place, asked at
    every run); `charset` of the query in the address (default utf-8); `max_queries` a run (default 20);
    `snippet`, where a result says more than its title (default: all of it); `named = false` keeps results
    that name nobody; `nothing`, what only a page without results has. `pages` is 1 by default.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        given: Sequence[Query] = crawler.settings[QUERIES_SETTING] or ()
        self._queries = tuple(dict.fromkeys((*given, *self._standing())))[: budget(self.source.options)]
        self._barren = 0
        self._unnamed = 0

    def first(self) -> Iterable[Request]:
        """The first page of every query's results."""
        if not self._queries:
            self.tally.remark = "no queries were given"
        for query in self._queries:
            yield from self._ask(query, 1)

    def read(self, response: Response, state: Mapping[str, object]) -> Iterator[Request]:
        """Requests for a page's results and the next page of them. Raises BadAnswer."""
        query, page = state["query"], int(str(state["page"]))
        assert isinstance(query, Query)
        selector = self._selector(response)
        entries = list(self._entries(selector, response.url))
        if not entries and page == 1:
            self._check_barren(selector)
        named = [entry for entry in entries if self._is_named(entry, query)]
        self._unnamed += len(entries) - len(named)
        recent = self.recent(named)
        seen = self.seen
        yield from self.articles(recent)
        if self._unnamed and not self.tally.capped:
            self.tally.remark = f"{self._unnamed} results named nobody who was asked for"
        if self.seen > seen and not self.tally.capped:
            yield from self._further(selector, response.url, query, page)

    def _entry(self, item: Selector, url: str) -> Entry:
        whole = not (self._is_json or self.option("snippet"))
        snippet = item.xpath("string(.)").get() if whole else self._text(item, "snippet")
        return replace(super()._entry(item, url), snippet=snippet or "")

    def _is_named(self, entry: Entry, query: Query) -> bool:
        if not query.names or self.source.options.get("named") is False:
            return True
        shown = fold(f"{entry.title or ''} {entry.snippet}")
        return any(fold(name) in shown for name in query.names)

    def _check_barren(self, selector: Selector) -> None:
        """Raise BadAnswer for a page without results that does not look like "nothing found"."""
        sign = self.option("nothing")
        if sign and self._select(selector, sign):
            return
        problem = self._nothing(selector)
        self._barren += problem is not None
        if problem and (sign or len(self._queries) == self._barren >= _SUSPICIOUS):
            raise problem

    def _further(self, selector: Selector, url: str, query: Query, page: int) -> Iterator[Request]:
        if page >= int(str(self.source.options.get("pages", 1))):
            return
        if PAGE in self.source.url:
            yield from self._ask(query, page + 1)
        elif link := self._next_link(selector, page):
            yield self.ask(urljoin(url, link), query=query, page=page + 1)

    def _standing(self) -> Iterator[Query]:
        """The queries that a row asks at every run."""
        for template in templates_of(self.source):
            if ALIAS not in template and WORD not in template:
                yield Query(template)

    def _ask(self, query: Query, page: int) -> Iterator[Request]:
        charset = self.option("charset", "utf-8")
        try:
            text = quote(query.text.encode(charset), safe="")
        except UnicodeEncodeError:
            words = f"the query {query.text!r} cannot be written in {charset}"
            self.tally.reject(Trouble("unwritable_query", words, False))
            return
        url = self.source.url.replace(QUERY, text).replace(PAGE, str(page))
        yield self.ask(url, query=query, page=page)
