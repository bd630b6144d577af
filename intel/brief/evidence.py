"""What proves a sentence: a verbatim quote with who published it, when, where, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

RELIABILITIES = frozenset("ABCDEF")
CREDIBILITIES = range(1, 7)


class Unproved(ValueError):
    """Something that a briefing would say without evidence, or a figure that its quote does not hold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One quote with who published it. `copies` are the other sources that carry the same report.

    `place` is where in a document it stands (第3页), None for a page. `credibility` is 1 to 6, and `why`.
    `story` numbers the report: copies of one report share it. Raises Unproved where a part is missing.
    """

    quote: str
    place: str | None
    day: date
    title: str
    url: str
    source: str
    reliability: str
    credibility: int
    why: str
    copies: tuple[str, ...]
    story: int

    def __post_init__(self) -> None:
        for part in ("quote", "url", "source"):
            value = getattr(self, part)
            if not isinstance(value, str) or not value.strip():
                raise Unproved(f"evidence without {part}: {self.title!r}")
        if not isinstance(self.day, date):
            raise Unproved(f"evidence without a day: {self.quote!r}")
        if self.reliability not in RELIABILITIES or self.credibility not in CREDIBILITIES:
            raise Unproved(f"evidence without a rating: {self.quote!r}")

    @property
    def said(self) -> str:
        """The quote in quotation marks: its own, where it is all in one pair of them."""
        own = self.quote.startswith("“") and self.quote.find("”") == len(self.quote) - 1
        return self.quote if own else f"“{self.quote}”"

    @property
    def rating(self) -> str:
        """The Admiralty code: B3."""
        return f"{self.reliability}{self.credibility}"

    @property
    def heading(self) -> str:
        """What to call the article: its title, else its address."""
        return self.title.strip() or self.url
