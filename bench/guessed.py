"""Selectors as a row of the table of sources would give them, guessed for one labelled page.

In: a page of `bench.extraction` and what the general reading makes of it. Out: `Selectors`: of the body by
the gold's body, of title, date and author by the general reading, for the gold does not say where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from lxml import etree

from bench.extraction import f1
from intel.model import Article, Page, Selectors
from pipelines import published
from pipelines.byline import named
from pipelines.layout import tidy

_NAME = re.compile(r"[A-Za-z_][\w-]*")
# A body that fits worse than this would measure another text.
_FITS = 0.95
_SHORT = 300
_UNSEEN = frozenset({"head", "script", "style", "title"})


def guess(root: etree._Element, gold: str, read: Article, page: Page, now: datetime) -> Selectors | None:
    """Selectors of the fields that the page shows in elements of their own; None without one of the body."""
    body = _body(root, gold)
    if body is None:
        return None
    at = read.published
    return Selectors(
        title=_nearest(body, lambda text: text == read.title),
        body=path(body),
        published=_nearest(body, lambda text: _dates(text, at.at, page, now)) if at else "",
        author=_nearest(body, lambda text: named(text) == read.author) if read.author else "",
    )


def _body(root: etree._Element, gold: str) -> etree._Element | None:
    fits = ((f1(_text(element), gold), element) for element in _seen(root) if _long(element, gold))
    value, best = max(fits, key=lambda each: each[0], default=(0.0, None))
    return best if value >= _FITS else None


def _long(element: etree._Element, gold: str) -> bool:
    size = sum(map(len, map(str, element.itertext())))
    return len(gold) / 2 < size < 4 * len(gold)


def _nearest(body: etree._Element, fits: Callable[[str], bool]) -> str:
    """The selector of what fits and holds nothing that does: the last before the body, else the first after.

    "" if nothing fits.
    """
    found, reached = "", False
    for element in _seen(body.getroottree().getroot()):
        reached = reached or element is body
        if found and reached:
            break
        if _fits(element, fits) and not any(_fits(inner, fits) for inner in element.iterchildren("*")):
            found = path(element)
    return found


def _fits(element: etree._Element, fits: Callable[[str], bool]) -> bool:
    text = tidy(_text(element))
    return 0 < len(text) < _SHORT and fits(text)


def _dates(text: str, at: datetime, page: Page, now: datetime) -> bool:
    found = published.selected([text], page, now)
    return found is not None and found.at == at


def _seen(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter("*") if element.tag not in _UNSEEN)


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def path(element: etree._Element) -> str:
    """The shortest of the usual ways to select just this element: by its id, its class, its place."""
    root = element.getroottree().getroot()
    for mark, attribute in (("#", "id"), (".", "class")):
        for name in (element.get(attribute) or "").split():
            if _NAME.fullmatch(name):
                found = root.iterfind(f".//{element.tag}[@{attribute}]")
                if sum(name in (one.get(attribute) or "").split() for one in found) == 1:
                    return f"{element.tag}{mark}{name}"
    parent = element.getparent()
    tag = element.tag if _NAME.fullmatch(element.tag) else "*"
    if parent is None:
        return tag
    place = 1 + sum(1 for _ in element.itersiblings("*", preceding=True))
    return f"{path(parent)} > {tag}:nth-child({place})"
