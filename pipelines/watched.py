"""A watched page in, all of its lines out, or what changed in it since an earlier version.

Unlike pipelines.extract, which looks for an article, this keeps tables, lists of partners and open
positions: whatever a reader sees beside navigation, advertising and recommendations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC

from lxml import etree

from intel.model import Article, Dated, NotAnArticle, Page, Precision
from pipelines import body, charset
from pipelines.change import changed_article
from pipelines.headline import without_site
from pipelines.layout import Layout, layout, tidy
from pipelines.rejection import reject
from pipelines.text import language

# What stands in the way of the page; the other reasons why a page is no article do not matter here.
_IN_THE_WAY = frozenset({"consent_wall", "error_page"})
# The heading of links that are other ones at every visit.
_SHUFFLED = re.compile(
    r"^\W{0,3}(?:相关|推荐|为您推荐|猜你|热门|大家都在|最近浏览|随机|友情链接|延伸|"
    r"related|recommended|popular|trending|you may)",
    re.I,
)
_HEADING = 16


VERSION = "#as-of-"


def versioned(page: Page) -> str:
    """The address of this version of a page; what stands behind the # browsers leave out.

    To the microsecond: of two versions within a second each is an article of its own.
    """
    return f"{page.url}{VERSION}{page.fetched_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def changed(page: Page, before: Page) -> Article:
    """What changed in a page, as an article of the moment it was seen whose text is the account of it.

    Raises NotAnArticle: unchanged, or what is wrong with one of the versions.
    """
    article = changed_article(whole(page), whole(before))
    if article is None:
        raise NotAnArticle("unchanged")
    seen = Dated(page.fetched_at, Precision.MINUTE, page.fetched_at.isoformat(timespec="minutes"), "seen")
    return replace(article, published=seen)


def whole(page: Page) -> Article:
    """All lines of a page but those around its content. Raises NotAnArticle for walls, errors and no HTML."""
    if kind := charset.binary(page.body):
        raise NotAnArticle("not_html", kind)
    decoded = charset.decode(page.body, page.content_type)
    root = _tree(decoded.text)
    lines = layout(root)
    name = tidy(root.findtext(".//title") or "")[:500]
    _look_through(lines, name)
    text = "\n".join(_content(lines))
    if not text:
        raise NotAnArticle("no_text", f"{len(lines.lines)} lines, none of them content")
    title = without_site(name) if name else (page.listed_title or "")
    return Article(page.url, title, text, language(text), decoded.encoding)


def _tree(text: str) -> etree._Element:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise NotAnArticle("no_text", str(error)) from error
    if root is None:
        raise NotAnArticle("no_text", "no element")
    return root


def _look_through(lines: Layout, name: str) -> None:
    """Raise NotAnArticle where an error or a wall is shown in place of the page."""
    try:
        reject(lines, body.find(lines, name), name)
    except NotAnArticle as refusal:
        if refusal.reason in _IN_THE_WAY:
            raise


def _content(page: Layout) -> Iterator[str]:
    """The lines of a page without those apart from its content."""
    apart: list[bool] = []
    for block in page.blocks:
        apart.append(block.apart or block.answers or (block.parent >= 0 and apart[block.parent]))
    shuffled = False
    for line in page.lines:
        if line.heading or line.size <= _HEADING:
            starts = bool(_SHUFFLED.match(line.text)) and not line.row
            shuffled = starts or (shuffled and not line.heading and line.linked > 0)
        else:
            shuffled = shuffled and line.linked * 2 > line.size
        if not shuffled and page.blocks and not apart[line.block]:
            yield line.text
