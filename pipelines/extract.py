"""Page to Article: the main text, title, author, source credit and publication date of a web page.

In: the bytes as served. Out: an `Article`, or `NotAnArticle` naming what the page is instead. The body
is chosen by our own weighing over one parse; `bench/extraction.py` compares it with other libraries.
"""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from intel.model import Article, NotAnArticle, Page
from pipelines import body as bodies
from pipelines import charset
from pipelines.byline import Edges, byline
from pipelines.headline import Named, headline
from pipelines.layout import Layout, layout, tidy
from pipelines.metadata import declared
from pipelines.published import published
from pipelines.rejection import reject
from pipelines.text import language

MAX_BYTES = 10 * 1024 * 1024
_HTML_TYPES = re.compile(
    r"\s{0,9}(?:(?:text/html|application/xhtml\+xml|application/xml|text/xml)\s{0,9})?(?:;.*)?", re.I | re.S
)
_MARKUP = re.compile(r"<[A-Za-z!/?]")
_BODY_TAG = re.compile(r"<body\b([^>]{0,1000})>", re.I)
_GROUND = re.compile(
    r"\b(bgcolor|style)\s{0,3}=\s{0,3}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s>]{1,99}))", re.I
)
_HEAD = 100_000
_ABOVE, _BELOW, _EDGE = 30, 15, 4


def extract(page: Page, now: datetime) -> Article:
    """Read an article out of a page.

    `now` (aware) anchors relative dates such as 3小时前. Offsets in `Article.text` are code points.
    Raises NotAnArticle for what is no article: see its reasons; `too_slow` is the caller's to raise.
    """
    decoded = _decoded(page)
    root = _tree(decoded.text)
    said = declared(root)
    name = tidy(root.findtext(".//title") or "")[:500]
    lines = layout(root)
    names = [each.value for each in said.authors if len(each.value) > 1]
    found = bodies.find(lines, name, names)
    if not found.tells:
        unveiled = layout(root, unveiled=True)
        if (revealed := bodies.find(unveiled, name, names)).tells:
            lines, found = unveiled, revealed
    reject(lines, found, name)
    start = found.places[0]
    edges = _edges(lines, found)
    credit = byline(edges, said, found.poster)
    named = Named(
        above=lines.lines[max(0, start - _ABOVE) : start],
        text=found.text[:20_000].lower(),
        page=name,
        declared=[each.value for each in said.titles],
        listed=page.listed_title,
    )
    return Article(
        url=page.url,
        title=tidy(headline(named)),
        text=found.text,
        lang=language(found.text),
        encoding=decoded.encoding,
        author=credit.author,
        publisher=credit.publisher,
        published=published(page, edges, said, now),
    )


def _decoded(page: Page) -> charset.Decoded:
    """The page's markup as text, or NotAnArticle for what is no markup."""
    if not page.body.strip():
        raise NotAnArticle("empty_body")
    if len(page.body) > MAX_BYTES:
        raise NotAnArticle("too_large", f"{len(page.body)} bytes")
    if not _HTML_TYPES.fullmatch(page.content_type):
        raise NotAnArticle("not_html", page.content_type)
    if kind := charset.binary(page.body):
        raise NotAnArticle("not_html", kind)
    decoded = charset.decode(page.body, page.content_type)
    if not _MARKUP.search(decoded.text):
        raise NotAnArticle("not_html", "no markup")
    return decoded


def _tree(text: str) -> etree._Element:
    # The plain parser: lxml.html looks a class up for every element, a third of the time of a walk.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=False)
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise NotAnArticle("no_text", str(error)) from error
    if root is None:
        raise NotAnArticle("no_text", "no element")
    _late_body(root, text)
    return root


def _late_body(root: etree._Element, text: str) -> None:
    """Give the body the background of a <body> tag that came after content, as browsers do."""
    body = root.find("body")
    tag = _BODY_TAG.search(text[:_HEAD])
    if body is not None and not body.attrib and tag and (ground := _GROUND.search(tag[1])):
        body.set(ground[1].lower(), ground[2] or ground[3] or ground[4] or "")


def _edges(page: Layout, found: bodies.Body) -> Edges:
    """The lines that may credit or date the article, those dropped from the body's ends among them."""
    texts = [line.text for line in page.lines]
    start, end = found.places[0], found.places[-1] + 1
    return Edges(
        above=texts[max(0, start - _ABOVE) : start],
        first=texts[start : found.places[:_EDGE][-1] + 1],
        last=texts[found.places[-_EDGE:][0] : end],
        below=texts[end : end + _BELOW],
    )
