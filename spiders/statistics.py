"""Pages of official statistics: a list as any other, whose tables `pipelines.series` reads as numbers."""

from __future__ import annotations

from spiders.listing import ListingSpider
from spiders.rows import StatisticsRow


class StatisticsSpider(StatisticsRow, ListingSpider):
    """A list of statistical releases, newest first; takes the options of a listing.

    A kind of its own so that `intel sources list` and health tell official numbers from news: a monthly
    release that stays away is a fault where a quiet news list is none.
    """
