"""The body of an article with the lines right around it, which may name, credit or date it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.body import Body
from pipelines.byline import Edges
from pipelines.layout import Layout, Line

# Lines that are looked at before and after the body, and at either end of it.
ABOVE, BELOW, EDGE = 30, 15, 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A body's text in its place. `first` and `last` are the lines at its ends.

    `poster`: who opened the thread, where the page is one.
    """

    text: str
    above: Sequence[Line]
    first: Sequence[str]
    last: Sequence[str]
    below: Sequence[Line]
    poster: str | None = None

    @property
    def edges(self) -> Edges:
        """The lines that may credit or date the article."""
        above, below = ([line.text for line in lines] for lines in (self.above, self.below))
        heads = [number for number, line in enumerate(self.above, 1) if line.heading and not line.linked]
        return Edges(above, self.first, self.last, below, above[heads[-1] :] if heads else ())


def placed(page: Layout, found: Body) -> Placed:
    """A body found among the lines of a page; what was dropped from its ends is among `first` and `last`."""
    start, end = found.places[0], found.places[-1] + 1
    texts = [line.text for line in page.lines[start:end]]
    return Placed(
        text=found.text,
        above=page.lines[max(0, start - ABOVE) : start],
        first=texts[: found.places[:EDGE][-1] + 1 - start],
        last=texts[found.places[-EDGE:][0] - start :],
        below=page.lines[end : end + BELOW],
        poster=found.poster,
    )
