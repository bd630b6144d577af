"""Scrapy's HTTP download handler, behind the gate, telling a refused address from an unknown name, and not
reading headers without end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from twisted.web._newclient import BODY

from spiders.gate import GateClosed, HostGate
from spiders.guard import GuardedResolver
from spiders.reasons import Refusal

GATE_SETTING = "INTEL_GATE"
DELAY_SETTING = "INTEL_DELAY"
# The key in a request's meta that makes it a part of a page, not a page.
PART = "part"


# Bytes of status line and headers, interim answers included; browsers take about as much. Twisted itself
# reads on for ever: 2.3 GB were measured within one time-out.
MOST_HEADERS = 256 * 1024


class AddressRefused(Refusal):
    """The host resolves to nothing we may connect to."""

    slug = "address_refused"
    passing = False


class Stopping(Refusal):
    """Not sent: the crawl is being stopped."""

    slug = "stopping"
    passing = True


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Hangs up on a server whose headers do not end."""

    _read = 0

    def request(self, request: Any) -> Any:
        self._read = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        parser = self._parser
        if parser is not None and parser.state != BODY:
            self._read += len(data)
            if self._read > MOST_HEADERS:
                assert self.transport is not None
                self.transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:  # noqa: N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class PoliteHandler(HTTP11DownloadHandler):
    """Downloads over HTTP(S), one request at a time a host, from public addresses only."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
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
