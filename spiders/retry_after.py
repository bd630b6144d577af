"""Retry-After: a host that says when to come back is believed, up to a point."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from spiders.gate import PATIENCE, HostGate
from spiders.handler import GATE_SETTING
from spiders.reasons import Refusal

_STATUSES = frozenset({429, 503})


class AskedToWait(Refusal):
    """The host asks for more time than a run has; the source is left alone until the next."""

    slug = "asked_to_wait"
    passing = True


def seconds_to_wait(header: str, now: datetime) -> float | None:
    """Retry-After as seconds from `now` (aware), never negative; None where it says nothing sensible."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header[:12])
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


class RetryAfterMiddleware:
    """Holds the gate of a host that answers 429 or 503 with Retry-After, and asks once more."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._gate: HostGate | None = crawler.settings[GATE_SETTING]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Pass the response, or the same request to be sent later. Raises AskedToWait."""
        header = response.headers.get("Retry-After")
        if response.status not in _STATUSES or header is None or self._gate is None:
            return response
        seconds = seconds_to_wait(header.decode("latin-1"), datetime.now(UTC))
        if seconds is None:
            return response
        spider = self._crawler.spider
        assert isinstance(spider, Spider)  # a crawler that downloads has one
        again = get_retry_request(request, spider=spider, reason="retry_after")
        if again is None:
            raise AskedToWait(f"HTTP {response.status} again after waiting as asked (Retry-After)")
        if not self._gate.hold(urlsplit(request.url).hostname or "", seconds):
            raise AskedToWait(
                f"HTTP {response.status}, asks to wait {seconds:.0f} s (Retry-After), "
                f"more than the {PATIENCE:.0f} s of a run"
            )
        return again
