"""Page to Article: the main text, title, author, source credit and publication date of a web page.

In: the bytes as served. Out: an `Article`, or `NotAnArticle` naming what the page is instead. The body
is chosen by our own weighing over one parse; `bench/extraction.py` compares it with other libraries.
"""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree, html

from intel.model import Article, NotAnArticle, Page
from pipelines import body as bodies
from pipelines import charset
from pipelines.byline import Edges, byline
from pipelines.layout import Layout, layout, tidy
from pipelines.metadata import Declared, declared
from pipelines.published import published
from pipelines.text import fold, language

MAX_BYTES = 10 * 1024 * 1024
_HTML_TYPES = re.compile(r"^\s*(?:text/html|application/xhtml\+xml|application/xml|text/xml)?\s*(?:;|$)", re.I)
_ABOVE, _BELOW, _EDGE = 30, 15, 3


def extract(page: Page, now: datetime) -> Article:
    """Read an article out of a page.

    `now` (aware) anchors relative dates such as 3小时前. Offsets in `Article.text` are code points.
    Raises NotAnArticle for a redesign, a consent wall, an error page or an index page.
    """
    decoded = _decoded(page)
    root = _tree(decoded.text)
    said = declared(root)
    lines = layout(root)
    found = bodies.find(lines)
    if not found.lines:
        raise NotAnArticle("no_text", "no prose on the page")
    edges = _edges(lines, found)
    credit = byline(edges, said)
    title = _title(root, said, edges, page)
    return Article(
        url=page.url,
        title=title,
        text=found.text,
        lang=language(found.text),
        encoding=decoded.encoding,
        author=credit.author,
        publisher=credit.publisher,
        published=published(page, edges, said, now),
    )


def _decoded(page: Page) -> charset.Decoded:
    if not page.body.strip():
        raise NotAnArticle("empty_body")
    if len(page.body) > MAX_BYTES:
        raise NotAnArticle("too_large", f"{len(page.body)} bytes")
    if not _HTML_TYPES.match(page.content_type):
        raise NotAnArticle("not_html", page.content_type)
    return charset.decode(page.body, page.content_type)


def _tree(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError as error:
        raise NotAnArticle("no_text", str(error)) from error


def _edges(page: Layout, found: bodies.Body) -> Edges:
    texts = [line.text for line in page.lines]
    return Edges(
        above=texts[max(0, found.start - _ABOVE) : found.start],
        first=found.lines[:_EDGE],
        last=found.lines[-_EDGE:],
        below=texts[found.end : found.end + _BELOW],
    )


def _title(root: html.HtmlElement, said: Declared, edges: Edges, page: Page) -> str:
    return tidy(root.findtext(".//title") or "") or page.listed_title or ""
