"""The title of an article: what the page calls itself, cleared of the site's name.

In: the lines above the body, the page's <title>, its declared titles, and the title a feed or list gave.
Out: one line. A line that readers see above the body and that the page's own title begins with is best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.furniture import byline, credit, furniture
from pipelines.layout import Line

# What separates a headline from the names of the column and of the site.
_BORDER = re.compile(
    r"\s{0,3}[_|｜»]\s{0,3}|\s{1,3}[-–—·•:]{1,2}\s{1,3}|-{1,2}(?=[\u4e00-\u9fff]{2,12}$)|-(?=[\u4e00-\u9fff]{2,8}-)"
)
# The same right behind a headline that is known, or right before it, where no word can be meant.
_EDGE = re.compile(r"\s{0,3}(?:[_|｜»«:：·•]|[-–—]{1,2}){1,2}\s{0,3}")
_BEFORE = re.compile(rf"(?:{_EDGE.pattern})$")
_QUOTED = re.compile(r"《([^《》]{2,20})》\S{0,4}")
_SHORTEST = 4
_LONGEST = 200
# A line this long that stands anywhere in the page's title is its headline, not the site's name.
_CERTAIN = 12
_NEAR = 5
_LEAST = 8
# What stands in the place of a title on every page of a kind.
_KIND = re.compile(
    r"(?:(?:press|news) releases?|news|articles?|blog|posts?|details?|home)(?: details?| page)?|"
    r"(?:新闻|文章|资讯|公告|内容|信息)?(?:详情|正文|中心|详细|内容|页)页?",
    re.I,
)
# A column that every site has, what a forum is made with, and a site's name in short behind it.
_COLUMN = re.compile(
    r"(?:官方)?(?:网站)?(?:首页|主页|新闻)|[\u4e00-\u9fff]{0,4}(?:公告|动态|動態|要闻|要聞|消息|专栏|專欄|列表)"
)
_ENGINE = re.compile(r"powered by\b", re.I)
_SHORT_NAME = re.compile(r"\s?[（(]\w{1,9}[)）]$")
_SUBTITLE = re.compile(r"[-—–(（]")
_WORD = re.compile(r"\w+")
# One pair of characters in so many must occur in the text.
_RELATED = 5


@dataclass(frozen=True, slots=True)
class Named:
    """What can name the article: lines above it in page order, its own text, and the names given to it."""

    above: Sequence[Line]
    text: str
    page: str
    declared: Sequence[str]
    listed: str | None


def headline(named: Named) -> str:
    """The best title, "" if the page has none at all.

    A title that shares no two characters with the article's text is the site's ("欢迎访问…"), and is
    taken only where nothing else names the article.
    """
    titles = [
        title[:_LONGEST]
        for title in _candidates(named)
        if len(title) >= _SHORTEST and not _KIND.fullmatch(title)
    ]
    return next((title for title in titles if _about(title, named.text)), next(iter(titles), ""))


def _about(title: str, text: str) -> bool:
    words = _WORD.findall(title.lower())
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1)}
    return sum(pair in text for pair in pairs) * _RELATED >= len(pairs) > 0


def without_site(title: str) -> str:
    """The title without the site's name: its first part, or the longest where the first says too little."""
    parts = [part for part in _BORDER.split(title) if part]
    if not parts:
        return title
    return parts[0] if len(parts[0]) >= _SHORTEST + 2 else max(parts, key=len)


def site(page: str, title: str) -> str:
    """The site that a page's <title> names behind the article's title or before it, "" if none."""
    # A page may call itself by the beginning of its headline.
    named = next(
        (one for one in (title, *_EDGE.split(page)[:1]) if one and one in page and title.startswith(one)), ""
    )
    before, found, after = page.partition(named) if named else ("", "", "")
    parts = [part for part in _EDGE.split(after or before if found else page) if part]
    parts = [part for part in parts if not _ENGINE.match(part)]
    if found:
        # Columns stand between the headline and the site.
        name = (parts[-1] if after else parts[0]) if parts else ""
        bordered = _EDGE.match(after) if after else _BEFORE.search(before)
    else:
        # A title that is the same on all pages of a kind names the site and not the article.
        name = parts[-1] if parts else ""
        bordered = _KIND.fullmatch(parts[0]) if len(parts) > 1 else None
    if not bordered or _KIND.fullmatch(name) or _COLUMN.fullmatch(name):
        return ""
    quoted = _QUOTED.fullmatch(name)
    return quoted[1] if quoted else _SHORT_NAME.sub("", name)


def _candidates(named: Named) -> Iterator[str]:
    whole = [title for title in (named.page, *named.declared, named.listed or "") if title]
    seen = [line for line in reversed(named.above) if _SHORTEST <= len(line.text) <= _LONGEST]
    yield from _longest(text for text in _shown(seen) if any(_begins(title, text) for title in whole))
    yield from (line.text for line in seen if any(_ends(title, line) for title in whole))
    if named.listed:
        yield named.listed
    yield from map(without_site, named.declared)
    if named.page:
        # The line above the story may say more: [求助] before it, a label behind it.
        own = without_site(named.page)
        yield from (own for line in seen if len(own) >= _SHORTEST + 2 and own in line.text)
    headings = [line.text for line in seen if line.heading and line.linked * 2 < line.size]
    yield from sorted(headings, key=lambda text: bool(_SUBTITLE.match(text)))
    if named.page:
        yield without_site(named.page)
    yield from (line.text for line in seen[:_NEAR] if _nameless(line))


def _nameless(line: Line) -> bool:
    """Whether a line that nothing marks as a headline can be one: no time, credit or name."""
    if line.linked or line.row or line.size < _LEAST:
        return False
    return not (byline(line.text) or credit(line.text) or furniture(line.text))


def _shown(seen: Sequence[Line]) -> Iterator[str]:
    """The lines, nearest the story first, and each with the one above it: a headline may be broken in two."""
    yield from (line.text for line in seen)
    for line, above in pairwise(seen):
        yield from (f"{above.text}{line.text}", f"{above.text} {line.text}")


def _ends(title: str, line: Line) -> bool:
    """Whether the page calls itself so behind the name of its site."""
    border = title[: -len(line.text)].rstrip()[-1:]
    return (
        line.heading
        and not line.linked
        and line.size >= _LEAST
        and title.endswith(line.text)
        and not (border.isalnum())
    )


def _begins(title: str, text: str) -> bool:
    """Whether the page calls itself so; the column's name may stand before it."""
    return title.startswith(text) or (len(text) >= _CERTAIN and text in title)


def _longest(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=len, reverse=True)
