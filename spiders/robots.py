"""robots.txt as RFC 9309 means it: no rules (404) is yes, no answer is no.

Scrapy's own middleware crawls on when robots.txt answers 503 or not at all; this one does not.
"""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from spiders.gate import HostGate
from spiders.handler import GATE_SETTING, AddressRefused, Stopping
from spiders.reasons import FAILURES, Refusal, in_words

# RFC 9309 asks to read at least this much; nobody writes more rules.
RULES_SIZE = 512_000
# Statuses that say "no rules here". 401, 403 and 429 do not: the owner keeps us out already.
_NO_RULES = frozenset(range(400, 500)) - {401, 403, 429}


class RobotsForbid(Refusal):
    """robots.txt does not let us fetch this page."""

    slug = "robots"
    passing = False


class RobotsUnreachable(Refusal):
    """robots.txt gave no answer, so the host is not fetched from."""

    slug = "robots_unreachable"
    passing = True


class RobotsMiddleware:
    """Asks robots.txt of the host, once a run, before every request and every redirect's next hop."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._token: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._gate: HostGate | None = crawler.settings[GATE_SETTING]
        self._answers: dict[str, Protego | Refusal] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request through or raise RobotsForbid, RobotsUnreachable, AddressRefused."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._answers:
            self._answers[origin] = await self._ask(origin)
        answer = self._answers[origin]
        if isinstance(answer, Refusal):
            raise answer
        if not answer.can_fetch(request.url, self._token):
            raise RobotsForbid("robots.txt forbids")

    async def _ask(self, origin: str) -> Protego | Refusal:
        meta = {"dont_obey_robotstxt": True}
        request = Request(f"{origin}/robots.txt", meta=meta, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except (AddressRefused, Stopping) as refusal:
            return refusal
        except FAILURES as error:
            return RobotsUnreachable(f"robots.txt unreachable: {in_words(error)}")
        return self._read(response, urlsplit(origin).hostname or "")

    def _read(self, response: Response, host: str) -> Protego | Refusal:
        if response.status in _NO_RULES:
            return Protego.parse("")
        if response.status != 200:
            return RobotsUnreachable(f"robots.txt unreachable: HTTP {response.status}")
        rules = Protego.parse(response.body[:RULES_SIZE].decode("utf-8-sig", errors="ignore"))
        delay = rules.crawl_delay(self._token)
        if delay and self._gate:
            self._gate.slow_down(host, float(delay))
        return rules
