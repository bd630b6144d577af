"""What a person sees of a crawl under way, and what a log file gets of it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from intel import screen
from intel.model import RunState, SourceRun
from spiders.tally import Progress
from tests.making import NOON


def crawl(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    """What is shown of a crawl of two sources, of which one ends well and one fails."""
    shown = StringIO()
    monkeypatch.setattr(
        screen, "err", Console(file=shown, force_terminal=terminal, width=120, highlight=False)
    )
    end = NOON + timedelta(minutes=1)
    with screen.collecting(2) as tell:
        tell(Progress("wire", 3, 2, 2, 0))
        tell(Progress("forum", 1, 0, 0, 0))
        tell(Progress("wire", 9, 8, 7, 1, SourceRun("wire", NOON, end, RunState.OK)))
        tell(Progress("forum", 1, 0, 0, 0, SourceRun("forum", NOON, end, RunState.FAILED)))
    return shown.getvalue()


def test_a_terminal_shows_each_source_and_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = crawl(monkeypatch, terminal=True)
    assert "wire: ok, 9 requests, 7 new, 1 known" in shown
    assert "forum: failed, 1 requests, 0 new, 0 known" in shown
    assert "2/2" in shown and "8 pages" in shown


def test_without_a_terminal_there_are_a_few_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = crawl(monkeypatch, terminal=False)
    assert shown == "collecting: 1 of 2 8 pages\ncollecting: 2 of 2 8 pages\n"
