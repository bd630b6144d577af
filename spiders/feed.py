"""Feeds: RSS, Atom, RDF and JSON Feed in, requests for their unknown entries out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from urllib.parse import urljoin

import feedparser
from scrapy import Request
from scrapy.http import Response

from intel.model import Validators
from spiders.base import BadAnswer, SourceSpider
from spiders.listed import Entry, clean_title, listed_date
from spiders.rows import FeedRow

# What JSON Feed calls itself; the version follows.
_JSON_FEED = "jsonfeed.org/version/"


class FeedSpider(FeedRow, SourceSpider):
    """One address that lists the newest articles, asked for only if it has changed."""

    def conditions(self) -> dict[str, str]:
        """The validators of the last complete run."""
        known = self.store.validators(self.source.name)
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def read(self, response: Response, state: Mapping[str, object]) -> Iterable[Request]:
        """Requests for the feed's entries. Raises BadAnswer for what is no feed."""
        self.validators = Validators(_header(response, "ETag"), _header(response, "Last-Modified"))
        if response.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            entries = _json_entries(response)
        else:
            entries, self.tally.remark = _xml_entries(response)
        return self.articles(entries)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _xml_entries(response: Response) -> tuple[list[Entry], str]:
    """The entries, and a remark where the feed is malformed but could be read all the same."""
    headers = {
        "content-type": _header(response, "Content-Type") or "",
        "content-location": response.url,
    }
    # As a file: given bytes, feedparser would try them as a path first.
    feed = feedparser.parse(BytesIO(response.body), response_headers=headers, sanitize_html=False)
    problem = _problem(feed.get("bozo_exception"))
    if not feed.version or (problem and not feed.entries):
        raise BadAnswer(f"not a feed: {problem or _looks_like(response.body)}")
    return list(_entries(feed.entries, response.url)), f"malformed feed: {problem}" if problem else ""


def _problem(found: Exception | None) -> str:
    """What is malformed in a feed; a wrong media type or charset in the header is not."""
    harmless = (feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride)
    return "" if found is None or isinstance(found, harmless) else str(found)


def _entries(entries: Iterable[Mapping[str, str]], base: str) -> Iterator[Entry]:
    for entry in entries:
        link = entry.get("link") or ""
        # feedparser's own dates take a missing zone for UTC, so the text is read again.
        when = listed_date(entry.get("published") or entry.get("updated"))
        if link:
            yield Entry(urljoin(base, link), clean_title(entry.get("title")), when)


def _json_entries(response: Response) -> list[Entry]:
    try:
        feed = json.loads(response.body.decode("utf-8-sig"))
    except ValueError as error:
        raise BadAnswer(f"not a feed: {error}") from error
    except RecursionError as error:
        raise BadAnswer("not a feed: JSON nested too deep") from error
    items = feed.get("items")
    if _JSON_FEED not in str(feed.get("version")) or not isinstance(items, list):
        raise BadAnswer("not a feed: JSON, but no JSON Feed")
    return [
        Entry(
            urljoin(response.url, str(item["url"])),
            clean_title(str(item.get("title") or "")),
            listed_date(str(item.get("date_published") or "")),
        )
        for item in items
        if isinstance(item, dict) and item.get("url")
    ]


def _looks_like(body: bytes) -> str:
    start = body.lstrip()[:200].lower()
    if not start:
        return "empty answer"
    return "an HTML page" if b"<html" in start or b"<!doctype html" in start else "neither RSS nor Atom"
