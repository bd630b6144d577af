"""Pages in, the links on them to their owner's terms out: for a person to read, not for us to judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from lxml import etree, html

from intel.model import NotAnArticle, Page
from pipelines.charset import decode

# What Chinese and English sites call them, at the foot of their pages.
_CALLED = re.compile(
    r"(?:使用|服务|用户|网站|会员)(?:条款|协议|声明)|免责声明|版权(?:声明|说明|信息)|法律(?:声明|条款)|隐私"
    r"|\b(?:terms|conditions|copyright|legal|disclaimer)\b",
    re.I,
)
_LONGEST = 40  # characters: what is longer is a headline
_MOST = 5


def terms_links(pages: Iterable[Page]) -> tuple[str, ...]:
    """Addresses of what looks like terms, each once, as found on the pages."""
    found = dict.fromkeys(link for page in pages for link in _links(page))
    return tuple(found)[:_MOST]


def _links(page: Page) -> Iterator[str]:
    if not page.body.strip() or "html" not in (page.content_type or "html"):
        return
    try:
        text = decode(page.body, page.content_type).text
        # As bytes: lxml takes no text that declares an encoding.
        tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (NotAnArticle, etree.ParserError, etree.XMLSyntaxError, ValueError):
        return
    for anchor in tree.iter("a"):
        said, target = "".join(map(str, anchor.itertext())).strip(), anchor.get("href") or ""
        if len(said) <= _LONGEST and _CALLED.search(said):
            address = urljoin(page.url, target)
            if address.startswith(("http://", "https://")):
                yield address
