"""The pages served on loopback, a browser, and windows in which somebody has logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from intel import web
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits
from intel.bootstrap import Workspace
from tests.asking import CHEAP, PASSWORD, UNLIMITED

GRAVE = ("serious", "critical")  # of what axe finds
Enter = Callable[..., Page]


@contextmanager
def serving(workspace: Workspace) -> Iterator[str]:
    """The address of the pages of a workspace."""
    app = create_app(workspace, [web.router], Options(hasher=CHEAP, limits=Limits(UNLIMITED)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that asks nobody else."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield running
        running.close()


@contextmanager
def entering(browser: Browser, site: str) -> Iterator[Enter]:
    """A function that opens a window and logs a user in through the form."""
    opened: list[BrowserContext] = []

    def entered(user: str = "admin", **options: object) -> Page:
        context = browser.new_context(base_url=site, **{"locale": "zh-CN", **options})  # type: ignore[arg-type]
        opened.append(context)
        window = context.new_page()
        window.goto("/login")
        window.fill("input[name=name]", user)
        window.fill("input[name=password]", PASSWORD)
        window.click("form[action='/login'] button")
        return window

    yield entered
    for context in opened:
        context.close()


@contextmanager
def without_complaint(window: Page) -> Iterator[None]:
    """Fails where the browser complains: of a script, a style, the policy."""
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: said.append(str(error)))
    yield
    assert [one for one in said if "404" not in one] == []
