"""Announcement endpoints of exchanges in (JSON as cninfo gives it), requests for their unknown PDFs out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse

from spiders.base import BadAnswer, SourceSpider
from spiders.listed import Entry, clean_title, listed_date
from spiders.rows import FilingRow

_PAGES = 3
# Titles come with the words of a search marked up.
_MARKUP = re.compile(r"</?[a-z]{1,4}>")


class FilingSpider(FilingRow, SourceSpider):
    """Announcements of listed companies, newest first.

    The answer holds `announcements`: announcementTitle, announcementTime (milliseconds), adjunctUrl,
    secCode, secName; and `hasMore`. Options: `files`, the address that adjunctUrl completes (default
    the endpoint's host); `form`, what is posted (without it the endpoint is got); `page_field`
    (default pageNum) counts the pages in it, at most `pages` (default 3); `codes` and `words`: only
    announcements of these stocks, and whose title holds one of these words; `without`: none that
    holds one of those (摘要, 英文版).
    """

    async def start(self) -> AsyncIterator[Request]:
        """The first page."""
        async for request in super().start():
            yield self._paged(request, 1)

    def read(self, response: Response, state: Mapping[str, object]) -> Iterator[Request]:
        """Requests for a page's announcements and the next page. Raises BadAnswer."""
        page = int(str(state.get("page", 1)))
        answer = _answer(response)
        entries = list(self._entries(answer["announcements"] or ()))
        requests = list(self.articles(entries))
        yield from requests
        more = answer.get("hasMore") and page < int(str(self.source.options.get("pages", _PAGES)))
        more = more and not any(map(self.is_old, entries))
        # A page may hold other stocks only, so it ends the list only where its own are all known.
        if more and not self.tally.capped and (requests or self.resuming or self._filters):
            yield self._paged(self.ask(self.source.url, page=page + 1), page + 1)

    def _paged(self, request: Request, page: int) -> Request:
        field, form = self.option("page_field", "pageNum"), self.source.options.get("form")
        if not isinstance(form, Mapping):
            joint = "&" if urlsplit(request.url).query else "?"
            return request.replace(url=f"{request.url}{joint}{urlencode({field: page})}")
        body = urlencode({**form, field: page})
        headers = {**request.headers.to_unicode_dict(), "Content-Type": "application/x-www-form-urlencoded"}
        return request.replace(method="POST", body=body, headers=headers)

    @property
    def _filters(self) -> bool:
        return any(self.source.options.get(name) for name in ("codes", "words", "without"))

    def _entries(self, announcements: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
        files = self.option("files") or self.source.url
        for one in announcements:
            title = clean_title(_MARKUP.sub("", str(one.get("announcementTitle") or ""))) or ""
            if one.get("adjunctUrl") and self._wanted(str(one.get("secCode") or ""), title):
                name = clean_title(_MARKUP.sub("", str(one.get("secName") or "")))
                headline = f"{name}：{title}" if name and name not in title else title
                at = listed_date(str(one.get("announcementTime") or ""))
                yield Entry(urljoin(files, str(one["adjunctUrl"])), headline, at)

    def _wanted(self, code: str, title: str) -> bool:
        codes, words, without = (self._texts(name) for name in ("codes", "words", "without"))
        return (
            (not codes or code in codes)
            and (not words or any(word in title for word in words))
            and not any(word in title for word in without)
        )

    def _texts(self, name: str) -> Sequence[str]:
        values = self.source.options.get(name, ())
        assert isinstance(values, Sequence)
        return values


def _answer(response: Response) -> dict[str, Any]:
    """The endpoint's object. Raises BadAnswer."""
    if not isinstance(response, TextResponse):
        raise BadAnswer("not a list of announcements: not a text")
    try:
        answer = json.loads(response.text)
    except ValueError as error:
        raise BadAnswer(f"not a list of announcements: {error}") from error
    announcements = answer.get("announcements", 0) if isinstance(answer, dict) else 0
    if announcements is not None and not _are_objects(announcements):
        raise BadAnswer("no list of entries at 'announcements': has the layout changed?")
    assert isinstance(answer, dict)
    return answer


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
