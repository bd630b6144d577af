"""Notice boards in, requests for their unknown tender, purchase and award notices out."""

from __future__ import annotations

import re

from spiders.listed import Entry
from spiders.listing import ListingSpider
from spiders.rows import TenderRow

# What boards of general purchasing list beside couriers: the title must hold one of `words`, where given.
COURIER_WORDS = (
    "快递",
    "寄递",
    "速递",
    "配送",
    "物流",
    "运输",
    "仓配",
    "仓储",
    "退货",
    "揽收",
    "邮寄",
    "courier",
    "logistics",
)


class TenderSpider(TenderRow, ListingSpider):
    """A list of procurement notices.

    Options are those of a listing, and `words`: only entries whose title holds one of them are
    fetched. Without it all are; `words = ["courier"]` stands for the trade's usual words.
    """

    def wants(self, entry: Entry) -> bool:
        """Whether an entry's title fits."""
        given = self.source.options.get("words", [])
        assert isinstance(given, list)
        words = [one for word in given for one in (COURIER_WORDS if word == "courier" else (word,))]
        fits = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
        return fits.search(entry.title or "") is not None
