"""An article's fields where a source's own selectors say: a tree and `Selectors` in, `Selected` out.

What a selector finds wins. A field in which it finds nothing is named, so that the general reading takes
its place and the change of layout is seen all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from cssselect import SelectorError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from intel.model import Dated, Page, Selectors
from pipelines import published
from pipelines.body import Body
from pipelines.byline import named
from pipelines.layout import BREAKING, Line, Row, Walk, tidy
from pipelines.placed import ABOVE, BELOW, EDGE, Placed
from pipelines.rejection import doubtful
from pipelines.sight import Sight

FIELDS = tuple(one.name for one in fields(Selectors))
_TRANSLATOR = HTMLTranslator()
_LONGEST_TITLE = 200


class BadSelector(ValueError):
    """A text that is no selector; the message says why."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What the selectors found. `missed` are the fields with a selector that found nothing."""

    title: str = ""
    body: Placed | None = None
    published: Dated | None = None
    author: str | None = None
    missed: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """The fields for which nothing else is asked; none without a body, whose end a name may tell."""
        return tuple(name for name in FIELDS if getattr(self, name)) if self.body else ()


@lru_cache(maxsize=1024)
def expression(selector: str) -> etree.XPath:
    """A selector as it is asked of a tree. Raises BadSelector."""
    try:
        return etree.XPath(_TRANSLATOR.css_to_xpath(selector), smart_strings=False)
    except (SelectorError, etree.XPathError) as error:
        raise BadSelector(str(error)) from error


def select(root: etree._Element, selectors: Selectors, page: Page, now: datetime) -> Selected:
    """Ask a page's tree for the fields that have a selector; `now` (aware) is as for `extract`."""
    headed, title = next(_texts(root, selectors.title), (None, ""))
    at = published.selected((text for _, text in _texts(root, selectors.published)), page, now)
    # Where title and date are known only a credit is wanted, which stands beside the headline.
    body = _body(root, _elements(root, selectors.body), headed if at else None, title)
    author = next(filter(None, (named(text) for _, text in _texts(root, selectors.author))), None)
    found = {"title": title, "body": body, "published": at, "author": author}
    return Selected(
        title=title[:_LONGEST_TITLE],
        body=body,
        published=at,
        author=author,
        missed=tuple(name for name in FIELDS if getattr(selectors, name) and not found[name]),
    )


def _found(root: etree._Element, selector: str) -> list[etree._Element | str]:
    """What a selector finds, in page order; nothing where there is no selector."""
    found = expression(selector)(root) if selector else []
    return [one for one in found if isinstance(one, etree._Element | str)] if isinstance(found, list) else []


def _texts(root: etree._Element, selector: str) -> Iterator[tuple[etree._Element | None, str]]:
    """What a selector finds as lines of text, with their elements; empty ones left out."""
    for one in _found(root, selector):
        written = one if isinstance(one, str) else "".join(map(str, one.itertext()))
        if text := tidy(written):
            yield None if isinstance(one, str) else one, text


def _elements(root: etree._Element, selector: str) -> list[etree._Element]:
    """The elements that a selector finds, without those inside another of them."""
    found = [one for one in _found(root, selector) if isinstance(one, etree._Element)]
    if len(found) < 2:
        return found
    every = set(found)
    return [one for one in found if every.isdisjoint(one.iterancestors())]


def _body(
    root: etree._Element, elements: Sequence[etree._Element], headed: etree._Element | None, title: str
) -> Placed | None:
    """The visible lines of the elements, and those around them; None if they tell nothing.

    Around is no further than `headed`, the headline, where it is known.
    """
    if not elements:
        return None
    sight = Sight(root, unveiled=False)
    # What scripts bring out is often the body alone.
    lines = _lines(elements, sight) or _lines(elements, Sight(root, unveiled=True))
    body = Body(tuple(line.text for line in lines))
    if not body.tells or doubtful(f"{title}\n{body.text}"):
        return None
    around = {headed, *headed.iterancestors()} if headed is not None else set()
    above = chain.from_iterable(map(reversed, _outwards(elements[0], _before, around, sight)))
    below = chain.from_iterable(_outwards(elements[-1], _after, around, sight))
    # Up to a headline only a credit is looked for.
    return Placed(
        text=body.text,
        above=[*islice(above, ABOVE)][::-1],
        first=body.lines[:EDGE],
        last=body.lines[-EDGE:],
        below=[*islice(below, EDGE if around else BELOW)],
    )


def _lines(elements: Sequence[etree._Element], sight: Sight) -> Sequence[Line]:
    """The lines of the elements; whether what is around them is seen does not matter."""
    sight.stand_in(elements[0])
    walk = Walk(sight)
    for element in elements:
        walk.over(element)
    return walk.layout.lines


def _outwards(
    element: etree._Element, rows: Callable[[etree._Element], Iterator[Row]], around: Set[Any], sight: Sight
) -> Iterator[Sequence[Line]]:
    """The lines of each row beside an element, outwards, no further than one of `around`."""
    sight.stand_in(element)
    while (outer := element.getparent()) is not None:
        for row in rows(element):
            yield Walk(sight).along(row).lines
            if not around.isdisjoint(row):
                return
        sight.leave(outer)
        element = outer
        if element in around:
            return


def _before(element: etree._Element) -> Iterator[Row]:
    """What stands before an element in its parent, nearest first, in rows that no line goes across."""
    row: list[etree._Element | str | None] = []
    for one in element.itersiblings(preceding=True):
        row += (one.tail, one)
        if one.tag in BREAKING:
            yield row[::-1]
            row = []
    outer = element.getparent()
    yield [outer.text if outer is not None else None, *row[::-1]]


def _after(element: etree._Element) -> Iterator[Row]:
    """What stands after an element in its parent, as for `_before`."""
    row: list[etree._Element | str | None] = [element.tail]
    for one in element.itersiblings():
        if one.tag in BREAKING:
            yield row
            row = []
        row += (one, one.tail)
    yield row
