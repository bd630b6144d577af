"""Sitemaps in (plain, nested, gzipped, news), requests for their unknown pages out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.gz import gunzip, gzip_magic_number

from spiders.base import BadAnswer, SourceSpider
from spiders.listed import Entry, clean_title, listed_date
from spiders.rows import SitemapRow

# A sitemap index may name indexes; the protocol forbids it, sites do it, nobody needs more levels.
DEEPEST = 3
# Sitemaps of a run, newest first: a site that names thousands is asked for the rest never, or is a trap.
MOST_SITEMAPS = 50
_ROOTS = frozenset({"urlset", "sitemapindex"})
# Some generators write the moment they ran into every entry; so many alike are no coincidence.
_MANY = 10


@dataclass(frozen=True, slots=True)
class Place:
    """One <url> or <sitemap> of a sitemap."""

    url: str
    lastmod: str = ""
    title: str = ""
    published: str = ""


class SitemapSpider(SitemapRow, SourceSpider):
    """A site's own list of its pages. `include` and `exclude` are regular expressions on the address."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._visited = {self.source.url}
        self._sitemaps_left = MOST_SITEMAPS

    def read(self, response: Response, state: Mapping[str, object]) -> Iterator[Request]:
        """Requests for what a sitemap or an index lists, newest first. Raises BadAnswer."""
        root, places = _parse(self._unpacked(response), response.url)
        if root == "sitemapindex":
            yield from self._nested(places, int(str(state.get("depth", 1))))
            return
        wanted = [place for place in places if self._wants(place.url)]
        if places and not wanted:
            self.tally.remark = f"none of {len(places)} addresses fits the include patterns"
        wanted.sort(key=lambda place: place.published or place.lastmod, reverse=True)
        stamped = _stamp(wanted)
        yield from self.articles(_entry(place, stamped) for place in wanted)

    def _nested(self, places: Iterable[Place], depth: int) -> Iterator[Request]:
        if depth >= DEEPEST:
            raise BadAnswer(f"sitemap indexes nested deeper than {DEEPEST}")
        for place in sorted(places, key=lambda place: place.lastmod, reverse=True):
            if place.url in self._visited or not self._matches("include_sitemaps", place.url, default=True):
                continue
            # No page in it has changed since.
            if (changed := listed_date(place.lastmod)) and self.is_before(changed):
                continue
            if not self._sitemaps_left:
                self.tally.capped = True
                self.tally.remark = (
                    f"stopped at {MOST_SITEMAPS} sitemaps; choose among them with include_sitemaps"
                )
                return
            self._sitemaps_left -= 1
            self._visited.add(place.url)
            yield self.ask(place.url, depth=depth + 1)

    def _wants(self, url: str) -> bool:
        included = self._matches("include", url, default=True)
        return included and not self._matches("exclude", url, default=False)

    def _matches(self, option: str, url: str, default: bool) -> bool:
        patterns = self.source.options.get(option)
        if not isinstance(patterns, list) or not patterns:
            return default
        return any(re.search(str(pattern), url) for pattern in patterns)

    def _unpacked(self, response: Response) -> bytes:
        if not gzip_magic_number(response):
            return response.body
        try:
            return gunzip(response.body, max_size=self.settings.getint("DOWNLOAD_MAXSIZE"))
        except (OSError, EOFError, ValueError) as error:
            raise BadAnswer(f"not a sitemap: cannot be unpacked ({error})") from error


def _parse(body: bytes, base: str) -> tuple[str, list[Place]]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer(f"not a sitemap: {error}") from error
    name = _local(root) if root is not None else "nothing"
    if root is None or name not in _ROOTS:
        raise BadAnswer(f"not a sitemap: {name} at the top")
    return name, [place for child in root if (place := _place(child, base)).url]


def _place(element: etree._Element, base: str) -> Place:
    texts = {_local(child): (child.text or "").strip() for child in element.iterdescendants()}
    loc = texts.get("loc", "")
    return Place(
        urljoin(base, loc) if loc else "",
        texts.get("lastmod", ""),
        texts.get("title", ""),
        texts.get("publication_date", ""),
    )


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _stamp(places: Sequence[Place]) -> str:
    """The `lastmod` that says when the sitemap was made rather than when a page changed, "" if none does."""
    lastmod, count = Counter(place.lastmod for place in places).most_common(1)[0] if places else ("", 0)
    return lastmod if count >= _MANY and count * 2 > len(places) else ""


def _entry(place: Place, stamp: str) -> Entry:
    changed = None if place.lastmod == stamp else listed_date(place.lastmod)
    at = listed_date(place.published or place.lastmod)
    return Entry(place.url, clean_title(place.title), at, changed)
