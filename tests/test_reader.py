"""Reading kept pages in processes that can be killed: what a page that never ends costs."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path

import psutil
import pytest

from intel import reader
from intel.model import Account, KeptPage, Page, Reading
from intel.reader import read_pages
from pipelines import flow, reading_process
from tests.conftest import Kept
from tests.making import SOURCES, TEXT

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def page(name: str) -> Page:
    html = f"<html><meta charset=utf-8><h1>双11包裹创新高 {name}</h1><p>{TEXT}</p><p>{name}</p></html>"
    return Page(f"https://news.example/{name}", SOURCES[0].name, NOW, html.encode(), "text/html")


def read_or_break(mark: Path, kept: KeptPage) -> Reading:
    """Stands in for the reading: a page each reckons or waits for ever, waits, or ends the process."""
    if kept.page.url.endswith("reckoning"):
        re.match(r"(a|a)*b", "a" * 60)
    if kept.page.url.endswith("waiting"):
        time.sleep(6)
    if kept.page.url.endswith("endless"):
        mark.write_text(str(os.getpid()))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    if kept.page.url.endswith("deadly"):
        os._exit(3)
    if kept.page.url.endswith("unlucky") and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if kept.page.url.endswith("greedy"):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(kept)


original = reading_process._read


def read_here(mark: Path, kept: KeptPage, seconds: float) -> Reading:
    """In the process that reads, which imports this module, not what the test patched."""
    reading_process._read = partial(read_or_break, mark)
    return reading_process.read_here(kept, seconds)


@pytest.mark.sqlite
def test_a_page_that_takes_for_ever_is_given_up_and_its_process_killed(
    kept: Kept, accounts: tuple[Account, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reader, "read_here", partial(read_here, tmp_path / "pid"))
    monkeypatch.setattr(reader, "DEADLINE", 12.0)
    for name in ("before", "endless", "deadly", "after"):
        kept.store.add_page(page(name))
    count = read_pages(kept.store, accounts)
    assert count.read == 2 and count.rejected == {"too_slow": 1, "reader_error": 1}
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


@pytest.mark.sqlite
def test_a_page_whose_process_was_killed_is_read_again_once(
    kept: Kept, accounts: tuple[Account, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reader, "read_here", partial(read_here, tmp_path / "died"))
    for name in ("before", "unlucky", "greedy", "after"):
        kept.store.add_page(page(name))
    count = read_pages(kept.store, accounts)
    assert count.read == 3 and count.rejected == {"reader_error": 1}


@pytest.mark.sqlite
def test_only_processor_time_counts_against_a_page(
    kept: Kept, accounts: tuple[Account, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reader, "read_here", partial(read_here, tmp_path / "pid"))
    monkeypatch.setattr(reader, "PROCESSOR", 5.0)
    for name in ("waiting", "reckoning", "after"):
        kept.store.add_page(page(name))
    count = read_pages(kept.store, accounts)
    assert count.read == 2 and count.rejected == {"too_slow": 1}


def test_ctrl_c_while_reading_is_made_ready_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flow, "require_models", stopped)
    monkeypatch.delitem(sys.modules, "pipelines.reading_ready", raising=False)
    with pytest.raises(SystemExit) as ended:
        import_module("pipelines.reading_ready")
    assert ended.value.code == 130
