"""What the main job costs: `intel demo` on an empty home, then its parts beside a bare equivalent.

    python -m bench.run

Prints wall seconds and peak memory of the whole (all its processes), pages per second of collecting
beside fetching the same addresses one after the other over one kept connection, and of reading beside
parsing the same pages with lxml, each measured in this run.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import psutil
from sqlalchemy import text

from intel import bootstrap, db, reader
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.model import KeptPage, NotAnArticle
from pipelines.flow import Watchlist, read
from spiders.city import server

PORT = 8761
_SAMPLE = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds, and the largest sum of resident memory of all processes, in MB."""

    seconds: float
    peak_mb: float


def main() -> None:
    """Measure and print, as rows of a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), demo=True, demo_port=PORT)
        whole = _demo(settings)
        workspace = bootstrap.open_workspace(settings)
        pages = workspace.store.pages(0, 10_000, unread_only=False)
        print("| what | measured | beside it |")
        print("|---|---|---|")
        print(f"| intel demo, {len(pages)} pages | {whole.seconds:.1f} s, peak {whole.peak_mb:.0f} MB | |")
        _row("collecting, pages/s", len(pages) / _collecting(workspace), "bare HTTP", _bare_fetch(pages))
        _row("reading in processes, pages/s", _reading(workspace), "", 0)
        _row("reading on one core, pages/s", _one_core(workspace, pages), "lxml parse", _bare_parse(pages))


def _row(label: str, rate: float, beside: str, bare: float) -> None:
    compared = f"{beside} {bare:.0f}/s, ratio {rate / bare:.3f}" if bare else ""
    print(f"| {label} | {rate:.0f} | {compared} |")


def _demo(settings: Settings) -> Cost:
    began = time.perf_counter()
    process = psutil.Popen(
        [sys.executable, "-m", "intel", "demo"],
        env=environ | {"INTEL_HOME": str(settings.home), "INTEL_DEMO_PORT": str(PORT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process))
        time.sleep(_SAMPLE)
    return Cost(time.perf_counter() - began, peak / 1e6)


def _resident(process: psutil.Process) -> int:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _collecting(workspace: Workspace) -> float:
    with db.read_only(workspace.engine).connect() as connection:
        seconds = connection.scalar(
            text("SELECT (julianday(max(finished_at)) - julianday(min(started_at))) * 86400 FROM source_run")
        )
    return float(seconds or 0)


def _bare_fetch(pages: Sequence[KeptPage]) -> float:
    with server.start(PORT):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        for kept in pages:
            parts = urlsplit(kept.page.url)
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request("GET", target, headers={"Host": parts.netloc})
            connection.getresponse().read()
        return len(pages) / (time.perf_counter() - began)


def _reading(workspace: Workspace) -> float:
    began = time.perf_counter()
    count = reader.read_pages(workspace.store, workspace.query.watched(), again=True)
    return count.total / (time.perf_counter() - began)


def _one_core(workspace: Workspace, pages: Sequence[KeptPage]) -> float:
    watchlist = Watchlist.of(workspace.query.watched())
    _read(pages[:5], watchlist)  # tables are compiled on first use
    began = time.process_time()
    _read(pages, watchlist)
    return len(pages) / (time.process_time() - began)


def _read(pages: Sequence[KeptPage], watchlist: Watchlist) -> None:
    for kept in pages:
        try:
            read(kept.page, watchlist, kept.page.fetched_at, selectors=kept.selectors)
        except NotAnArticle:
            continue


def _bare_parse(pages: Sequence[KeptPage]) -> float:
    began = time.process_time()
    for kept in pages:
        if kept.page.body.strip():
            lxml.html.document_fromstring(kept.page.body)
    return len(pages) / (time.process_time() - began)


if __name__ == "__main__":
    main()
