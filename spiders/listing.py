"""List pages and JSON list endpoints in, requests for their unknown entries out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urljoin

from parsel import Selector
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from spiders.base import BadAnswer, SourceSpider
from spiders.listed import Entry, clean_title, listed_date
from spiders.rows import ListingRow

_PAGES = 5


class ListingSpider(ListingRow, SourceSpider):
    """A list that runs over pages, newest first.

    Options, CSS on HTML and JMESPath where `format` is "json": `item` one entry; in it `link`
    (default `a`, or the item itself), `title`, `date`. JSON links are completed by `link_url`
    ("https://…/{link}"). Further pages: `next`, the link to follow, or `page_url`
    ("https://…/list_{page}.html") counted from `first_page` (default 2), at most `pages` (default 5).
    An entry that is too old ends the list.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._shown: set[str] = set()

    def read(self, response: Response, state: Mapping[str, object]) -> Iterator[Request]:
        """Requests for a page's entries and the next page. Raises BadAnswer.

        Goes on to older pages past news, and past entries that are none of ours: a page on which all that
        is wanted is known ends the list, unless the last run broke off, which may have left unknown entries
        further down; so does an entry older than `days`.
        """
        page = int(str(state.get("page", 1)))
        selector = self._selector(response)
        entries = list(self._entries(selector, response.url))
        if not entries and page == 1 and (problem := self._nothing(selector)):
            raise problem
        going_round = self._shown.issuperset(entry.url for entry in entries)
        self._shown.update(entry.url for entry in entries)
        wanted = [entry for entry in entries if self.wants(entry)]
        requests = list(self.articles(wanted))
        yield from requests
        if going_round or self.tally.capped or any(map(self.is_old, entries)):
            return
        if requests or self.resuming or not wanted:
            yield from self._next(selector, response.url, page)

    def wants(self, entry: Entry) -> bool:
        """Whether an entry is of the kind that the source is collected for."""
        return True

    def _selector(self, response: Response) -> Selector:
        if not isinstance(response, TextResponse):
            kind = response.headers.get("Content-Type") or b"no content type"
            raise BadAnswer(f"not a list: {kind.decode('latin-1')}")
        try:
            return Selector(response.text, type="json" if self._is_json else "html", base_url=response.url)
        except ValueError as error:
            raise BadAnswer(f"not a list: {error}") from error

    @property
    def _is_json(self) -> bool:
        return self.option("format") == "json"

    def _entries(self, selector: Selector, base: str) -> Iterator[Entry]:
        for item in self._select(selector, self.option("item")):
            link = self._link(item)
            if link:
                yield self._entry(item, urljoin(base, link))

    def _entry(self, item: Selector, url: str) -> Entry:
        title, date = self._text(item, "title"), self._text(item, "date")
        return Entry(url, clean_title(title), listed_date(date))

    def _select(self, selector: Selector, query: str) -> Sequence[Selector]:
        return selector.jmespath(query) if self._is_json else selector.css(query)

    def _link(self, item: Selector) -> str:
        if not self._is_json:
            return self._anchor(item).attrib.get("href", "")
        link = item.jmespath(self.option("link", "url")).get()
        if link is None:
            return ""
        return self.option("link_url", "{link}").replace("{link}", str(link))

    def _anchor(self, item: Selector) -> Selector:
        """The element whose `href` is the entry's address; the item itself if none lies within."""
        within = item.css(self.option("link", "a[href]"))
        return within[0] if within else item

    def _text(self, item: Selector, name: str) -> str | None:
        query = self.option(name)
        if self._is_json:
            value = item.jmespath(query or name).get()
            return None if value is None else str(value)
        if query:
            return _string(item.css(query))
        anchor = self._anchor(item)
        return (anchor.attrib.get("title") or _string([anchor])) if name == "title" else None

    def _nothing(self, selector: Selector) -> BadAnswer | None:
        """What to say of a first page without entries; None where an empty list was served."""
        query = self.option("item")
        if not self._is_json:
            return BadAnswer(f"no entry fits {query!r}: has the layout changed?")
        if selector.jmespath(f"type({query})").get() == "array" and not selector.jmespath(query):
            return None
        return BadAnswer(f"no list of entries at {query!r}: has the layout changed?")

    def _next(self, selector: Selector, url: str, page: int) -> Iterator[Request]:
        if page >= int(str(self.source.options.get("pages", _PAGES))):
            return
        link = self._next_link(selector, page)
        if link:
            yield self.ask(urljoin(url, link), page=page + 1)

    def _next_link(self, selector: Selector, page: int) -> str | None:
        template = self.option("page_url")
        if template:
            first = int(str(self.source.options.get("first_page", 2)))
            return template.replace("{page}", str(first + page - 1))
        query = self.option("next")
        found = selector.css(query) if query and not self._is_json else ()
        return found[0].attrib.get("href") if found else None


def _string(nodes: Sequence[Selector]) -> str | None:
    """The text of the first node; a `::text` or `::attr()` query has it already."""
    if not nodes:
        return None
    return nodes[0].root if isinstance(nodes[0].root, str) else nodes[0].xpath("string(.)").get()
