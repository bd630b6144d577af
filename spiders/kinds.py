"""The kinds of source there are: to add one, write its spider and name it here."""

from __future__ import annotations

from collections.abc import Mapping

from spiders.base import SourceSpider
from spiders.document import DocumentSpider
from spiders.feed import FeedSpider
from spiders.filing import FilingSpider
from spiders.listing import ListingSpider
from spiders.search import SearchSpider
from spiders.sitemap import SitemapSpider
from spiders.statistics import StatisticsSpider
from spiders.tender import TenderSpider
from spiders.watch import WatchSpider

KINDS: Mapping[str, type[SourceSpider]] = {
    spider.kind: spider
    for spider in (
        FeedSpider,
        SitemapSpider,
        ListingSpider,
        SearchSpider,
        WatchSpider,
        DocumentSpider,
        FilingSpider,
        TenderSpider,
        StatisticsSpider,
    )
}
