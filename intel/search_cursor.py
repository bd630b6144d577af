"""Where a page of hits ended, as a text that programs hand back for the page that follows."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import astuple, dataclass, replace

from intel.search import BadQuery
from intel.search_index import FIRST, LAST
from intel.views import SearchFilter


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is numbered lower than `below` follows; of what is ranked together, that after `weight`, `key`.

    `total` and `exact` are what the first page said.
    """

    below: int
    total: int
    exact: bool
    weight: float | None = None
    key: int = 0

    def follows(self, weight: float, key: int) -> bool:
        """Whether a match of this weight comes after the last hit."""
        return self.weight is None or (weight, key) < (self.weight, self.key)

    def written(self, words: str, chosen: SearchFilter) -> str:
        """As a text, for this search and no other."""
        return base64.urlsafe_b64encode(
            json.dumps([_digest(words, chosen), *astuple(self)]).encode()
        ).decode()

    @staticmethod
    def read(text: str, words: str, chosen: SearchFilter) -> Cursor:
        """The cursor of a search. Raises BadQuery where it is of another, or of none."""
        try:
            digest, below, total, exact, weight, key = json.loads(base64.urlsafe_b64decode(text.encode()))
            read = Cursor(int(below), int(total), bool(exact), weight and float(weight), int(key))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise BadQuery("this is no place in a list of hits; begin with the first page") from None
        if digest != _digest(words, chosen) or not all(FIRST <= n <= LAST for n in (read.below, read.key)):
            raise BadQuery("this place is in the hits of another search; begin with the first page")
        return read


def _digest(words: str, chosen: SearchFilter) -> str:
    readers = None if chosen.readers is None else sorted(chosen.readers)
    told = repr((words, replace(chosen, readers=None), readers))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]
