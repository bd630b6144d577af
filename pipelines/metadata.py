"""What a page declares about itself for machines: meta tags, JSON-LD, <time>.

In: a parsed tree. Out: `Declared`: candidate titles, authors, publishers and dates as written, best
first, each with where it stood. Nothing is believed here: templates leave `null` and the site's own
name behind, so the readers of these values check them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Said:
    """One declared value and where: "json-ld", "meta" or "time"."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared values, best first."""

    titles: tuple[Said, ...]
    authors: tuple[Said, ...]
    publishers: tuple[Said, ...]
    dates: tuple[Said, ...]


def declared(root: etree._Element) -> Declared:
    """Read the declarations of a page."""
    metas = _metas(root)
    articles = tuple(_articles(root))
    return Declared(
        titles=(*_from_meta(metas, _TITLES), *_from_ld(articles, "headline")),
        authors=(*_from_ld(articles, "author"), *_from_meta(metas, _AUTHORS)),
        publishers=_from_meta(metas, _PUBLISHERS),
        dates=(*_from_ld(articles, "datePublished"), *_from_meta(metas, _DATES), *_times(root)),
    )


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


def _articles(root: etree._Element) -> Iterator[dict[str, object]]:
    """The JSON-LD objects that describe an article, however they are nested."""
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        try:
            # strict=False: raw line breaks inside strings are common.
            value = json.loads((script.text or "")[:_LD_BYTES], strict=False)
        except (ValueError, RecursionError):
            continue
        pending = [value]
        while pending:
            item = pending.pop(0)
            if isinstance(item, list):
                pending.extend(item)
            elif isinstance(item, dict):
                if any(_ARTICLES.search(str(kind)) for kind in _listed(item.get("@type"))):
                    yield item
                pending.extend(value for key, value in item.items() if key in {"@graph", "mainEntity"})


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _from_ld(articles: tuple[dict[str, object], ...], key: str) -> tuple[Said, ...]:
    values = []
    for article in articles:
        for value in _listed(article.get(key)):
            if isinstance(value, dict) and value.get("@type") == "Organization":
                continue
            name = value.get("name") if isinstance(value, dict) else value
            if isinstance(name, str) and tidy(name):
                values.append(Said(tidy(name), "json-ld"))
    return tuple(values)


def _times(root: etree._Element) -> tuple[Said, ...]:
    values = (element.get("datetime") or element.text or "" for element in root.iter("time"))
    return tuple(Said(tidy(value), "time") for value in values if value.strip())
