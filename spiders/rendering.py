"""Pages written by scripts, for the sources that say so (`javascript = true`): rendered by spiders.browser.

The page itself has come as any other page does; the parts that its scripts ask for go the same way, through
robots.txt, gate, address guard, TLS and size limit. HTML is rendered, anything else passes as it is.
"""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK

from spiders.base import JAVASCRIPT, SourceSpider
from spiders.browser import Answer, Browser, Limits, Part
from spiders.handler import PART
from spiders.reasons import FAILURES, trouble

BROWSER_SETTING = "INTEL_BROWSER"
# Parts of one page; honest ones have some ten scripts and as many answers of data.
MOST_PARTS = 60
# A page with its parts may take so many times as long as a single request.
_PATIENCE = 2.0
_METHODS = frozenset({"GET", "POST"})
# Of a part's request, what tells the server which answer is wanted; nothing that tells who asks.
_REQUEST_HEADERS = frozenset({"accept", "content-type", "x-requested-with"})
_ANSWER_HEADERS = frozenset(
    {
        "content-type",
        "access-control-allow-origin",
        "access-control-allow-headers",
        "access-control-allow-methods",
    }
)


class RenderingMiddleware:
    """Puts the rendered page in place of the one that was served."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._browser: Browser | None = settings[BROWSER_SETTING]
        self._limits = Limits(
            seconds=_PATIENCE * settings.getfloat("DOWNLOAD_TIMEOUT"),
            bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The response, rendered where that was asked for. Raises the refusals of spiders.browser."""
        wanted = (
            request.meta.get(JAVASCRIPT) and response.status == 200 and isinstance(response, HtmlResponse)
        )
        if not wanted or self._browser is None:
            return response
        visit = _Visit(self._crawler, response.url, self._limits.bytes)
        html = await self._browser.render(response.url, _answer(response), visit.fetch, self._limits)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return HtmlResponse(response.url, 200, headers, html.encode("utf-8", "replace"), request=request)


class _Visit:
    """The parts of one page, fetched as long as they stay within bounds."""

    def __init__(self, crawler: Crawler, page: str, most_bytes: int) -> None:
        assert isinstance(crawler.spider, SourceSpider)  # only its requests ask for rendering
        self._crawler = crawler
        self._tally = crawler.spider.tally
        self._host = urlsplit(page).hostname
        self._parts_left = MOST_PARTS
        self._bytes_left = most_bytes

    async def fetch(self, part: Part) -> Answer | None:
        """A part, or None where it may not be had; the run's account says why."""
        refusal = self._refusal(part)
        if refusal:
            self._tally.parts[refusal] += 1
            return None
        self._parts_left -= 1
        try:
            response = await self._crawler.engine.download_async(_request(part))
        except FAILURES as error:
            self._tally.parts[trouble(error).slug] += 1
            return None
        self._bytes_left -= len(response.body)
        return _answer(response)

    def _refusal(self, part: Part) -> str:
        if urlsplit(part.url).scheme not in ("http", "https") or part.method not in _METHODS:
            return "not_asked_for"
        if part.method == "POST" and urlsplit(part.url).hostname != self._host:
            return "posted_elsewhere"
        return "" if self._parts_left > 0 and self._bytes_left > 0 else "too_many"


def _request(part: Part) -> Request:
    return Request(
        part.url,
        method=part.method,
        body=part.body,
        headers={name: value for name, value in part.headers.items() if name in _REQUEST_HEADERS},
        callback=NO_CALLBACK,
        meta={PART: True, "dont_retry": True},
        dont_filter=True,
    )


def _answer(response: Response) -> Answer:
    values = {name: response.headers.get(name) for name in _ANSWER_HEADERS}
    headers = {name: value.decode("latin-1") for name, value in values.items() if value}
    return Answer(response.status, headers, response.body)
