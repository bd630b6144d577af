"""Pages written by scripts: rendered by a real browser that has no network of its own."""

from __future__ import annotations

import pytest

from intel.model import RunState
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site

SCRIPT = {"Content-Type": "text/javascript"}
JSON = {"Content-Type": "application/json"}
APP = """
fetch('/data').then(answer => answer.json()).then(rows => {
  for (const row of rows) {
    document.querySelector('ul').insertAdjacentHTML('beforeend', `<li><a href="${row}">题目</a></li>`)
  }
})"""


@pytest.fixture
def site(site: Site) -> Site:
    """A site whose list is written by a script."""
    site.pages["/list"] = page("<ul></ul>", '<script src="/app.js"></script>')
    site.pages["/app.js"] = Answer(APP.encode(), headers=SCRIPT)
    site.pages["/data"] = Answer(b'["/a/1", "/a/2"]', headers=JSON)
    for number in (1, 2):
        site.pages[f"/a/{number}"] = page(f"<p>文章 {number}</p>")
    return site


def page(*parts: str) -> Answer:
    return Answer(f"<html><head><meta charset=utf-8></head><body>{''.join(parts)}</body></html>".encode())


def test_a_list_written_by_a_script_is_read_where_the_source_says_so(site: Site, store: MemoryStore) -> None:
    sources = [
        source(site, "/list", "listing", "with", item="li", javascript=True),
        source(site, "/list", "listing", "without", item="li"),
    ]
    runs = collect(site, sources, store)
    assert runs["with"].new == 2 and store.paths == {"/a/1", "/a/2"}
    assert runs["without"].state is RunState.FAILED and "has the layout changed?" in runs["without"].reason
    assert "文章 1".encode() in store.pages[f"{site.url}/a/1"].body


def test_the_browser_reaches_nothing_by_itself(site: Site, inside: Site, store: MemoryStore) -> None:
    there = f"127.0.0.1:{inside.port}"
    site.pages["/hop.js"] = Answer(status=302, headers={"Location": f"http://{there}/hop"})
    site.pages["/next"] = page("<p>elsewhere</p>")
    site.pages["/w.js"] = Answer(f"fetch('http://{there}/worker')".encode(), headers=SCRIPT)
    site.pages["/hostile"] = page(
        "<p>正文</p>",
        f'<img src="http://{there}/img"><iframe src="http://{there}/frame"></iframe>',
        f'<link rel="stylesheet" href="http://{there}/css">',
        f'<link rel="prefetch" href="http://{there}/prefetch">',
        f'<link rel="preconnect" href="http://{there}"><video src="http://{there}/video"></video>',
        f'<script src="http://{there}/script"></script><script src="/hop.js"></script>',
        f"""<script>
        for (const host of ['{there}', 'localhost:{inside.port}', '2130706433:{inside.port}',
                            'x.localhost:{inside.port}', '[::1]:{inside.port}', '169.254.169.254',
                            '0x7f.1:{inside.port}', '0177.0.0.1:{inside.port}', '127.1:{inside.port}',
                            '0.0.0.0:{inside.port}', '[::ffff:127.0.0.1]:{inside.port}',
                            '①②⑦.0.0.1:{inside.port}', 'user@127.0.0.1:{inside.port}'])
          fetch('http://' + host + '/fetch', {{mode: 'no-cors'}}).catch(() => 0)
        fetch('http://{there}/post', {{method: 'POST', mode: 'no-cors', body: 'x'}}).catch(() => 0)
        new WebSocket('ws://{there}/socket'); new EventSource('http://{there}/events')
        new Worker('/w.js'); navigator.sendBeacon('http://{there}/beacon', 'x')
        window.open('http://{there}/popup'); setTimeout(() => location = '/next', 50)
        </script>""",
    )
    run = collect(site, [source(site, "/hostile", "watch", javascript=True)], store)["watch"]
    assert not inside.hits
    [kept] = store.pages.values()
    assert site.hits["/next"] == 0 and "正文".encode() in kept.body
    assert "parts of pages not had: address_refused " in run.reason


def test_pictures_fonts_and_styles_are_not_asked_for(site: Site, store: MemoryStore) -> None:
    site.pages["/rich"] = page(
        '<link rel=stylesheet href="/s.css">',
        "<style>@font-face { font-family: f; src: url(/f.woff) } p { font-family: f }</style>",
        '<p style="background:url(/b.png)">价格</p><img src="/i.png">',
        '<audio src="/m.mp3" preload=auto></audio>',
    )
    collect(site, [source(site, "/rich", "watch", javascript=True)], store)
    assert set(site.hits) == {"/robots.txt", "/rich"} and store.paths == {"/rich"}


def test_robots_txt_and_one_at_a_time_hold_for_parts_of_pages(site: Site, store: MemoryStore) -> None:
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /data\n")
    scripts = "".join(f'<script async src="/{number}.js"></script>' for number in range(5))
    site.pages["/list"] = page("<ul></ul>", '<script src="/app.js"></script>', scripts)
    run = collect(site, [source(site, "/list", "listing", item="li", javascript=True)], store)["listing"]
    assert site.hits["/data"] == 0 and site.hits["/4.js"] == 1 and site.busiest == 1
    assert run.reason.endswith("parts of pages not had: robots 1")


def test_a_page_that_is_forbidden_is_not_rendered(site: Site, store: MemoryStore) -> None:
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /list\n")
    collect(site, [source(site, "/list", "listing", item="li", javascript=True)], store)
    assert set(site.hits) == {"/robots.txt"}


def test_scripts_without_end_are_cut_off(site: Site, store: MemoryStore) -> None:
    site.pages["/loop"] = page("<p>价格</p><script>for (;;) ;</script>")
    run = collect(site, [source(site, "/loop", "watch", javascript=True)], store, timeout=1.0)["watch"]
    assert run.rejected == {"not_rendered": 1} and not store.pages


def test_a_page_that_scripts_make_too_large_is_refused(site: Site, store: MemoryStore) -> None:
    site.pages["/large"] = page("<script>document.body.append('x'.repeat(3e6))</script>")
    watched = source(site, "/large", "watch", javascript=True)
    run = collect(site, [watched], store, timeout=10.0, max_bytes=1_000_000)["watch"]
    assert run.rejected == {"too_large": 1} and not store.pages


def test_parts_without_end_are_cut_off_and_the_page_is_kept(site: Site, store: MemoryStore) -> None:
    site.pages["/polling"] = page(
        "<p>价格</p><script>setInterval(() => fetch('/data?' + Math.random()), 20)</script>"
    )
    run = collect(site, [source(site, "/polling", "watch", javascript=True)], store, timeout=3.0)["watch"]
    assert store.paths == {"/polling"} and "too_many" in run.reason


def test_a_missing_browser_is_said_with_what_to_do(site: Site, store: MemoryStore) -> None:
    listed = source(site, "/list", "listing", item="li", javascript=True)
    run = collect(site, [listed], store, chromium="/nowhere/chromium")["listing"]
    assert run.state is RunState.FAILED
    assert run.reason == "no browser at /nowhere/chromium; install it with: apt-get install chromium"
