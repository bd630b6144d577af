"""How a reader finds a site's articles: the lists, feeds and sitemaps of an edition, by path."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from itertools import groupby

from spiders.city.answer import Answer
from spiders.city.edition import Edition, Listed

Entry = Callable[[Edition], Mapping[str, Answer]]


def _lists(edition: Edition) -> Mapping[str, Answer]:
    return {path: edition.answer(html) for path, html in edition.lists().items()}


def _feed(template: str, content_type: str) -> Entry:
    def entry(edition: Edition) -> Mapping[str, Answer]:
        body = edition.render(template, items=edition.listed, modified=edition.modified).encode()
        return {edition.site.entry_path: Answer(body, content_type, modified=edition.modified)}

    return entry


def _sitemaps(edition: Edition) -> Mapping[str, Answer]:
    """An index that names one gzipped sitemap a month."""
    answers = {}
    for month, lines in groupby(edition.listed, key=_month):
        xml = edition.render("sitemap.xml.jinja", items=list(lines)).encode()
        answers[f"/sitemap/{month}.xml.gz"] = Answer(gzip.compress(xml, mtime=0), "application/gzip")
    index = edition.render("sitemap_index.xml.jinja", paths=list(answers)).encode()
    answers[edition.site.entry_path] = Answer(index, "application/xml", modified=edition.modified)
    return answers


def _month(line: Listed) -> str:
    return f"{line.manuscript.published:%Y-%m}"


def _json(edition: Edition) -> Mapping[str, Answer]:
    """What a newsroom's script fetches to draw its list."""
    rows = [
        {
            "id": line.manuscript.number,
            "title": line.title,
            "link": line.path,
            "publishDate": f"{line.at:%Y-%m-%d}" if line.at else None,
            "category": line.manuscript.section,
        }
        for line in edition.listed
    ]
    document = {"code": 0, "message": "success", "data": {"total": len(rows), "list": rows}}
    body = json.dumps(document, ensure_ascii=False).encode()
    content_type = "application/json; charset=utf-8"
    return {edition.site.entry_path: Answer(body, content_type, modified=edition.modified)}


def _down(edition: Edition) -> Mapping[str, Answer]:
    """A feed that is not there today."""
    body = edition.render("unavailable.html").encode()
    return {edition.site.entry_path: Answer(body, status=503, retry_after=0)}


ENTRIES: Mapping[str, Entry] = {
    "rss": _feed("rss.xml.jinja", "application/rss+xml; charset=utf-8"),
    "atom": _feed("atom.xml.jinja", "application/atom+xml; charset=utf-8"),
    "sitemap": _sitemaps,
    "list": _lists,
    "json": _json,
    "down": _down,
}
