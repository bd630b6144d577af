"""A small site to try, and an installation whose demo it is: the setting that lets loopback be reached."""

from __future__ import annotations

import time
from pathlib import Path

from intel import bootstrap
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.field import FIELD
from intel.trying import Trial, Trials
from tests.hostile_server import Answer, Site
from tests.making import SOURCES

LONGEST = 120.0  # seconds after which a try is taken for stuck
STORY = "淘宝商家称韵达华东多个网点爆仓，部分包裹延误三天，平台要求快递企业在本周内恢复时效并公布赔付办法。"
_PAGE = """<html><head><title>{title}</title><meta charset="utf-8"></head><body><article><h1>{title}</h1>
<p>{story}</p><p>{story}</p></article><footer><a href="/terms.html">使用条款</a> <a href="/jobs">招聘</a>
</footer></body></html>"""
_ITEM = "<item><title>{title}</title><link>{url}</link><pubDate>{date}</pubDate></item>"
ENTRIES = (
    ("韵达华东爆仓", "/news/1.html", "Thu, 12 Nov 2026 09:00:00 +0800"),
    ("极兔续约", "/news/2.html", "Wed, 11 Nov 2026 09:00:00 +0800"),
    ("找不到的一篇", "/news/gone.html", "Tue, 10 Nov 2026 09:00:00 +0800"),
    ("不给程序看的一篇", "/closed/4.html", "Mon, 09 Nov 2026 09:00:00 +0800"),
)


def furnish(site: Site, robots: str = "User-agent: *\nDisallow: /closed/\n") -> str:
    """A feed of two articles, one that is gone and one that robots.txt forbids; its address."""
    items = "".join(
        _ITEM.format(title=title, url=site.url + path, date=date) for title, path, date in ENTRIES
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    site.pages["/robots.txt"] = Answer(robots.encode(), headers={"Content-Type": "text/plain"})
    site.pages["/feed.xml"] = Answer(feed.encode(), headers={"Content-Type": "application/rss+xml"})
    for title, path, _ in ENTRIES[:2]:
        site.pages[path] = Answer(_PAGE.format(title=title, story=STORY).encode())
    return f"{site.url}/feed.xml"


def installed(home: Path, port: int) -> Workspace:
    """A fresh database of an installation that may reach one port of loopback."""
    return bootstrap.init(Settings(home=home, demo=True, demo_port=port), (*SOURCES, FIELD))


def ended(trials: Trials, trial: Trial) -> Trial:
    """A try once it has ended."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        found = trials.trial(trial.id)
        assert found is not None
        if not found.running:
            return found
        time.sleep(0.1)
    raise AssertionError("the try does not end")
