"""What a page declares about itself for machines: meta tags, JSON-LD, <time>.

In: a parsed tree. Out: `Declared`: candidate titles, authors, publishers and dates as written, best
first, each with where it stood. Nothing is believed here: templates leave `null` and the site's own
name behind, so the readers of these values check them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from pipelines.layout import tidy

_TITLES = ("og:title", "twitter:title", "articletitle", "dc.title", "citation_title")
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "citation_author",
    "dc.creator",
    "mediaid_author",
)
_PUBLISHERS = ("contentsource", "source", "og:article:source", "article:source")
_SITES = ("og:site_name", "application-name")
_DATES = (
    *(
        "article:published_time",
        "og:article:published_time",
        "og:release_date",
        "og:published_time",
        "pubdate",
    ),
    *(
        "publishdate",
        "publish_date",
        "publish-date",
        "datepublished",
        "dc.date.issued",
        "dc.date",
        "dcterms.created",
    ),
    *("citation_publication_date", "citation_date", "weibo: article:create_at", "bytedance:published_time"),
    *("_pubtime", "firstpublishedtime", "parsely-pub-date", "sailthru.date", "date"),
)
_ARTICLES = re.compile(r"(?:News|Blog|Tech|Report|Scholarly|Analysis)?\w*(?:Article|Posting|WebPage)$")
_LD_BYTES = 200_000
_LAST_COMMA = re.compile(r",\s{0,40}([}\]])")
_SCRIPT_BYTES = 400_000
# Attributes, not elements: asked of attributes it takes a quarter of the time.
_MARKS = etree.XPath(
    "//@class[contains(., 'author') or contains(., 'byline')] | //@rel[. = 'author']"
    " | //@itemprop[. = 'author' or . = 'datePublished' or . = 'publisher']"
)
_HELD = etree.XPath(
    "//@*[starts-with(name(), 'data-publish') or name() = 'data-pubtime']", smart_strings=False
)
_AUTHOR_NAMES = frozenset({"author", "author-name", "byline", "post-author", "article-author"})
_TRIED = 3
_TITLE_PARTS = re.compile(r"[_|｜]|\s[-–—]\s")
_BY = re.compile(r"^(?:(?:written |posted )?by\b|由|作者|文(?=\W))\s{0,3}[:：/]?\s{0,3}", re.I)
# How scripts name when a page was published, and 2026-11-20 or ten digits of seconds.
_TIME_KEY = re.compile(
    r"\b(?:publish(?:ed)?_?(?:time|date|at|on)|pub_?(?:time|date)|ptime|post_?(?:time|date)|create_?time|ct)"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:(?P<at>20\d\d[-/]\d{1,2}[-/]\d{1,2}(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?)|"
    r"(?P<seconds>1\d{9})(?:\d{3})?(?!\d))",
    re.I,
)


Mark = tuple[str, etree._Element]
# A JSON-LD object.
Described = dict[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """One declared value and where: "json-ld", "meta" or "time"."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared values, best first.

    `written`: dates that scripts hold for the page to show. `sites`: who publishes the page, credited or not.
    """

    titles: tuple[Said, ...]
    authors: tuple[Said, ...]
    publishers: tuple[Said, ...]
    dates: tuple[Said, ...]
    written: tuple[Said, ...] = ()
    sites: tuple[Said, ...] = ()


def declared(root: etree._Element, known: Collection[str] = ()) -> Declared:
    """Read the declarations of a page; of `known` fields (title, author, published) nothing is looked for."""
    titled, signed, dated = (name not in known for name in ("title", "author", "published"))
    metas = _metas(root)
    marks = _marked(root) if signed or dated else []
    articles = tuple(_articles(root)) if titled or signed or dated else ()
    return Declared(
        titles=(*_from_meta(metas, _TITLES), *_from_ld(articles, "headline")) if titled else (),
        authors=tuple(_authors(root, metas, articles, marks)) if signed else (),
        publishers=_from_meta(metas, _PUBLISHERS),
        dates=tuple(_dates(root, metas, articles, marks)) if dated else (),
        written=_written(root) if dated else (),
        sites=(*_from_ld(articles, "publisher", firms=True), *_publishers(marks), *_from_meta(metas, _SITES)),
    )


def _authors(
    root: etree._Element, metas: dict[str, str], articles: Sequence[Described], marks: list[Mark]
) -> Iterator[Said]:
    yield from _together(articles)
    yield from _not_the_site(_from_meta(metas, _AUTHORS), root)
    yield from _marked_authors(marks)


def _dates(
    root: etree._Element, metas: dict[str, str], articles: Sequence[Described], marks: list[Mark]
) -> Iterator[Said]:
    yield from _from_ld(articles, "datePublished")
    yield from _from_ld(articles, "pubDate")
    yield from _from_meta(metas, _DATES)
    yield from _times(root, marks)


def _metas(root: etree._Element) -> dict[str, str]:
    metas: dict[str, str] = {}
    for element in root.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        value = tidy(element.get("content") or "")
        if key and value:
            metas.setdefault(key.lower().strip(), value)
    return metas


def _from_meta(metas: dict[str, str], keys: tuple[str, ...]) -> tuple[Said, ...]:
    return tuple(Said(metas[key], "meta") for key in keys if key in metas)


def _not_the_site(authors: tuple[Said, ...], root: etree._Element) -> Iterator[Said]:
    """The authors whose name the page's title does not end in: that is the site."""
    site = _TITLE_PARTS.split(tidy(root.findtext(".//title") or "")[:500])[1:]
    return (
        author
        for author in authors
        if not any(author.value in part for part in site if not _BY.match(part.strip()))
    )


def _articles(root: etree._Element) -> Iterator[Described]:
    """The JSON-LD objects that describe an article, however they are nested."""
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        try:
            # strict=False: raw line breaks inside strings are common, and so is a comma too many.
            value = json.loads(_LAST_COMMA.sub(r"\1", (script.text or "")[:_LD_BYTES]), strict=False)
        except (ValueError, RecursionError):
            continue
        pending = [value]
        while pending:
            item = pending.pop(0)
            if isinstance(item, list):
                pending.extend(item)
            elif isinstance(item, dict):
                kinds = _listed(item.get("@type"))
                if any(_ARTICLES.search(str(kind)) for kind in kinds) or (not kinds and "pubDate" in item):
                    yield item
                pending.extend(value for key, value in item.items() if key in {"@graph", "mainEntity"})


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _from_ld(articles: Sequence[Described], key: str, *, firms: bool = False) -> tuple[Said, ...]:
    """What the objects say under a key; of organisations the name, where `firms` are asked for."""
    values = []
    for article in articles:
        for value in _listed(article.get(key)):
            if isinstance(value, dict) and value.get("@type") == "Organization" and not firms:
                continue
            name = value.get("name") if isinstance(value, dict) else value
            if isinstance(name, str) and tidy(name):
                values.append(Said(tidy(name), "json-ld"))
    return tuple(values)


def _together(articles: Sequence[Described]) -> Iterator[Said]:
    """The authors that each object names: who wrote it together is one string."""
    for article in articles:
        names = [each.value for each in _from_ld([article], "author")]
        if names:
            border = ", " if all(name.isascii() for name in names) else "、"
            yield Said(border.join(dict.fromkeys(names)), "json-ld")


def _times(root: etree._Element, marks: list[Mark]) -> tuple[Said, ...]:
    """Microdata first, then every <time>."""
    dated = (element for value, element in marks if value == "datePublished")
    values = [element.get("content") or element.get("datetime") or element.text or "" for element in dated]
    values += [element.get("datetime") or element.text or "" for element in root.iter("time")]
    # What a script turns into 3小时前.
    values += map(str, held) if isinstance(held := _HELD(root), list) else []
    return tuple(Said(tidy(value), "time") for value in values if value.strip())


def _marked(root: etree._Element) -> list[Mark]:
    """Attribute values that name an author or a date, with their elements, in page order."""
    found = _MARKS(root)
    if not isinstance(found, list):
        return []
    values = (each for each in found if isinstance(each, etree._ElementUnicodeResult))
    return [(str(value), parent) for value in values if (parent := value.getparent()) is not None]


def _marked_authors(marks: list[Mark]) -> tuple[Said, ...]:
    """The first name that markup calls the author's; later ones are of comments and other pages."""
    named = (element for value, element in marks if not _AUTHOR_NAMES.isdisjoint(value.split()))
    for element in islice(named, _TRIED):
        name = tidy(element.get("content") or "".join(map(str, element.itertext()))[:200])
        name = _BY.sub("", name).strip()
        if 2 <= len(name) <= 40:
            return (Said(name, "markup"),)
    return ()


def _publishers(marks: list[Mark]) -> tuple[Said, ...]:
    """The names that microdata gives the publisher."""
    firms = (element for value, element in marks if value == "publisher")
    names = (
        one.get("content") or "".join(map(str, one.itertext()))
        for firm in firms
        for one in (firm, *firm.iter())
        if one.get("itemprop") == "name" or (one is firm and not len(firm))
    )
    return tuple(Said(tidy(name), "markup") for name in names if name.strip())


def _written(root: etree._Element) -> tuple[Said, ...]:
    """The times of publication in the page's scripts, as text or as seconds since 1970."""
    values = []
    left = _SCRIPT_BYTES
    for script in root.iter("script"):
        text = (script.text or "")[:left]
        left -= len(text)
        for match in _TIME_KEY.finditer(text):
            value = match["at"] or datetime.fromtimestamp(int(match["seconds"]), UTC).isoformat()
            values.append(Said(value, "script"))
    return tuple(values)
