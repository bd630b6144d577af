"""Chromium without a network: an HTML page in, the page as its scripts left it out.

The browser can reach nothing: names do not resolve in it and its proxy does not exist. Whatever a page
asks for is handed to the `fetch` of its caller, which goes out through the same guard, robots.txt, gate
and limits as any other request of the crawl; so there is no redirect, no second look-up of a name and no
socket of which only the browser would know. Interception alone would not do: Playwright does not show
the later hops of a redirect, and Chromium resolves a name again after it was checked.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Playwright, Route, async_playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as Tab
from playwright.async_api import TimeoutError as PlaywrightTimeout

from spiders.reasons import Refusal

CHROMIUM = "/usr/bin/chromium"
# Nothing of its own to say to anyone, and no way to say it.
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--js-flags=--max-old-space-size=512",
)
_NO_PROXY = "http://nowhere.invalid:9"
# What scripts need; a style is answered empty, since some wait for one, and nobody looks at the pictures.
_FETCHED = frozenset({"script", "xhr", "fetch"})
_EMPTY = frozenset({"stylesheet"})
# Tabs at once: each is a process of some 100 MB.
_TABS = 2
_CLOSING = 5.0
_OUTER_HTML = "limit => '<!DOCTYPE html>' + document.documentElement.outerHTML.slice(0, limit)"


class NoBrowser(Refusal):
    """There is no browser to render with."""

    slug = "no_browser"
    passing = True


class NotRendered(Refusal):
    """The page's scripts came to no end, or broke the browser."""

    slug = "not_rendered"
    passing = False


class RenderedTooLarge(Refusal):
    """The page's scripts wrote more than a page may have."""

    slug = "too_large"
    passing = False


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a page asks for: a script, or data for one."""

    url: str
    method: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page, or a part of it, is: as served."""

    status: int
    headers: Mapping[str, str]
    body: bytes


# What a tab is told that wants to go elsewhere; refused, it would show the refusal in place of the page.
_STAY = Answer(204, {}, b"")

Fetch = Callable[[Part], Awaitable[Answer | None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take: seconds until it must have written itself, bytes it may be long."""

    seconds: float
    bytes: int


class Browser:
    """One Chromium for a whole crawl, started when first needed."""

    def __init__(self, user_agent: str, executable: str = CHROMIUM) -> None:
        self._user_agent = user_agent
        self._executable = executable
        self._starting = asyncio.Lock()
        self._tabs = asyncio.Semaphore(_TABS)
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    async def render(self, url: str, document: Answer, fetch: Fetch, limits: Limits) -> str:
        """The HTML of a document once its scripts are quiet, or when its seconds are over.

        `fetch` gets a part, None for one that is refused. Raises NoBrowser, NotRendered, RenderedTooLarge.
        """
        async with self._tabs:
            chromium = await self._running()
            try:
                return await self._rendered(chromium, url, document, fetch, limits)
            except NotRendered:
                if chromium.is_connected() or self._chromium is chromium:
                    raise
            # Another page that came to no end took the browser with it.
            return await self._rendered(await self._running(), url, document, fetch, limits)

    async def _rendered(
        self, chromium: Chromium, url: str, document: Answer, fetch: Fetch, limits: Limits
    ) -> str:
        try:
            async with asyncio.timeout(limits.seconds + _CLOSING), self._context(chromium) as context:
                tab = await context.new_page()
                await context.route("**/*", _Answering(document, fetch))
                return await _written(tab, url, limits)
        except TimeoutError as error:
            if self._chromium is chromium:
                await self.close()  # a tab that does not even close
            raise NotRendered(f"scripts came to no end within {limits.seconds:.0f} s") from error
        except PlaywrightError as error:
            raise NotRendered(f"scripts broke the browser: {_first_line(error)}") from error

    async def close(self) -> None:
        """Stop the browser, if it runs."""
        chromium, self._chromium = self._chromium, None
        playwright, self._playwright = self._playwright, None
        with suppress(PlaywrightError, TimeoutError):
            if chromium is not None:
                await asyncio.wait_for(chromium.close(), _CLOSING)
        with suppress(PlaywrightError):
            if playwright is not None:
                await playwright.stop()

    async def _running(self) -> Chromium:
        async with self._starting:
            if self._chromium is None or not self._chromium.is_connected():
                await self.close()
                self._chromium = await self._launch()
            return self._chromium

    async def _launch(self) -> Chromium:
        if not Path(self._executable).exists():
            raise NoBrowser(f"no browser at {self._executable}; install it with: apt-get install chromium")
        self._playwright = await async_playwright().start()
        try:
            return await self._playwright.chromium.launch(
                executable_path=self._executable,
                args=_ARGUMENTS,
                # As root, Chromium's own sandbox refuses to start.
                chromium_sandbox=os.geteuid() != 0,
                proxy={"server": _NO_PROXY, "bypass": "<-loopback>"},
                handle_sigint=False,
                handle_sigterm=False,
            )
        except PlaywrightError as error:
            await self.close()
            raise NoBrowser(f"{self._executable} does not start: {_first_line(error)}") from error

    @asynccontextmanager
    async def _context(self, chromium: Chromium) -> AsyncIterator[BrowserContext]:
        """A fresh profile: nothing is left of one page when the next is rendered."""
        context = await chromium.new_context(
            user_agent=self._user_agent, locale="zh-CN", service_workers="block", accept_downloads=False
        )
        try:
            await context.route_web_socket("**/*", lambda socket: asyncio.ensure_future(socket.close()))
            yield context
        finally:
            with suppress(PlaywrightError):
                await context.close()


class _Answering:
    """Answers what a tab asks for: its document once, then the parts that scripts need."""

    def __init__(self, document: Answer, fetch: Fetch) -> None:
        self._document = document
        self._fetch = fetch

    async def __call__(self, route: Route) -> None:
        answer = await self._answer(route)
        with suppress(PlaywrightError):  # the tab may have been closed meanwhile
            if answer is None:
                await route.abort("blockedbyclient")
            else:
                headers = dict(answer.headers)
                await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _answer(self, route: Route) -> Answer | None:
        """None is no. Frames, further documents and pop-ups are pages of their own, and not asked for."""
        request = route.request
        if request.resource_type == "document":
            document, self._document = self._document, _STAY
            return document
        if request.resource_type in _EMPTY:
            return Answer(200, {"Content-Type": "text/css"}, b"")
        if request.resource_type not in _FETCHED:
            return None
        return await self._fetch(
            Part(request.url, request.method, request.post_data_buffer or b"", request.headers)
        )


async def _written(tab: Tab, url: str, limits: Limits) -> str:
    """The tab's HTML, at the latest when its seconds are over. Raises RenderedTooLarge."""
    with suppress(PlaywrightTimeout):
        await tab.goto(url, wait_until="networkidle", timeout=limits.seconds * 1000)
    html: str = await tab.evaluate(_OUTER_HTML, limits.bytes + 1)
    if len(html) > limits.bytes:
        raise RenderedTooLarge(f"scripts wrote more than {limits.bytes} characters")
    return html


def _first_line(error: PlaywrightError) -> str:
    return error.message.strip().split("\n", 1)[0][:200]
