"""Scrapy's HTTP download handler, behind the gate, telling a refused address from an unknown name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from spiders.gate import GateClosed, HostGate
from spiders.guard import GuardedResolver
from spiders.reasons import Refusal

GATE_SETTING = "INTEL_GATE"
DELAY_SETTING = "INTEL_DELAY"
# The key in a request's meta that makes it a part of a page, not a page.
PART = "part"


class AddressRefused(Refusal):
    """The host resolves to nothing we may connect to."""

    slug = "address_refused"
    passing = False


class Stopping(Refusal):
    """Not sent: the crawl is being stopped."""

    slug = "stopping"
    passing = True


class PoliteHandler(HTTP11DownloadHandler):
    """Downloads over HTTP(S), one request at a time a host, from public addresses only."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gate: HostGate = crawler.settings[GATE_SETTING] or HostGate()
        self._delay = crawler.settings.getfloat(DELAY_SETTING)

    async def download_request(self, request: Request) -> Response:
        """Download when the host's turn comes. Raises AddressRefused and Stopping beside Scrapy's own."""
        host = urlsplit(request.url).hostname or ""
        try:
            async with self._gate.turn(host, self._delay, part=PART in request.meta):
                return await super().download_request(request)
        except GateClosed as error:
            raise Stopping("the crawl is stopping") from error
        except CannotResolveHostError as error:
            reason = _why_refused(host)
            if reason is None:
                raise
            raise AddressRefused(reason) from error


def _why_refused(host: str) -> str | None:
    from twisted.internet import reactor  # the reactor is chosen at run time

    resolver: Any = reactor.nameResolver
    return resolver.why_refused(host) if isinstance(resolver, GuardedResolver) else None
