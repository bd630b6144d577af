"""Page to Article: the main text, title, author, source credit and publication date of a web page.

In: the bytes as served. Out: an `Article`, or `NotAnArticle` naming what the page is instead. The body is
where its source's selectors say, else chosen by our own weighing over one parse; `bench/extraction.py`
compares it with other libraries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lxml import etree

from intel.model import Article, NotAnArticle, Page, Selectors
from pipelines import body as bodies
from pipelines import charset
from pipelines.byline import byline
from pipelines.headline import Named, headline, site
from pipelines.layout import layout, tidy
from pipelines.metadata import Declared, Said, declared
from pipelines.placed import Placed, placed
from pipelines.published import published
from pipelines.rejection import reject
from pipelines.scripted import scripted
from pipelines.selected import Selected, select
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


def extract(page: Page, now: datetime, selectors: Selectors | None = None) -> Article:
    """Read an article out of a page.

    `now` (aware) anchors relative dates such as 3小时前. `selectors` are those of the page's source: what
    they find wins, `Article.missed` names those that found nothing. Offsets in `Article.text` are code
    points. Raises NotAnArticle for what is no article: see its reasons; `too_slow` is the caller's to raise.
    """
    decoded = _decoded(page)
    root = _tree(decoded.text)
    chosen = select(root, selectors, page, now) if selectors else Selected()
    said = declared(root, chosen.known)
    name = tidy(root.findtext(".//title") or "")[:500]
    body = chosen.body or _found(root, name, [each.value for each in said.authors])
    edges = body.edges
    title = chosen.title or _headline(page, body, said, name)
    said = replace(said, sites=(*said.sites, Said(site(name, title), "title")))
    credit = byline(edges, said, body.poster, chosen.author)
    return Article(
        url=page.url,
        title=title,
        text=body.text,
        lang=language(body.text),
        encoding=decoded.encoding,
        author=credit.author,
        publisher=credit.publisher,
        published=chosen.published or published(page, edges, said, now),
        missed=chosen.missed,
    )


def _found(root: etree._Element, name: str, authors: Sequence[str]) -> Placed:
    """The body of a page, or of the article in its scripts where it shows none. Raises NotAnArticle."""
    try:
        return _weighed(root, name, authors)
    except NotAnArticle as empty:
        unwritten = empty.reason == "no_text" or "javascript" in empty.detail.lower()
        if not unwritten or (told := scripted(root)) is None:
            raise
    return _weighed(told, name, authors)


def _weighed(root: etree._Element, name: str, authors: Sequence[str]) -> Placed:
    """The body that our own weighing finds in a page called `name`. Raises NotAnArticle."""
    lines = layout(root)
    names = [author for author in authors if len(author) > 1]
    found = bodies.find(lines, name, names)
    if not found.tells:
        unveiled = layout(root, unveiled=True)
        if (revealed := bodies.find(unveiled, name, names)).tells:
            lines, found = unveiled, revealed
    reject(lines, found, name)
    return placed(lines, found)


def _headline(page: Page, body: Placed, said: Declared, name: str) -> str:
    named = Named(
        above=body.above,
        text=body.text[:20_000].lower(),
        page=name,
        declared=[each.value for each in said.titles],
        listed=page.listed_title,
    )
    return tidy(headline(named))


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
