"""The kinds of source there are: to add one, write its spider and name it here."""

from __future__ import annotations

from collections.abc import Mapping

from spiders.base import SourceSpider
from spiders.feed import FeedSpider
from spiders.listing import ListingSpider
from spiders.sitemap import SitemapSpider

KINDS: Mapping[str, type[SourceSpider]] = {
    spider.kind: spider for spider in (FeedSpider, SitemapSpider, ListingSpider)
}
