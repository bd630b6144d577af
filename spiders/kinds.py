"""The kinds of source there are.

To add one, write its row in spiders/rows.py and its spider in a module of its name (feed: FeedSpider in
spiders/feed.py), and name the row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from spiders import rows
from spiders.rows import SourceRow

if TYPE_CHECKING:
    from spiders.base import SourceSpider

KINDS: Mapping[str, type[SourceRow]] = {
    row.kind: row
    for row in (
        rows.FeedRow,
        rows.SitemapRow,
        rows.ListingRow,
        rows.SearchRow,
        rows.WatchRow,
        rows.DocumentRow,
        rows.FilingRow,
        rows.TenderRow,
        rows.StatisticsRow,
    )
}


def spider_of(kind: str) -> type[SourceSpider]:
    """What fetches a kind of source."""
    spider: type[SourceSpider] = getattr(import_module(f"spiders.{kind}"), f"{kind.title()}Spider")
    return spider
