"""No text keeps a regular expression of the reading busy."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests import pumping


def test_no_expression_is_kept_busy_by_what_it_repeats() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.pumping"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    looked_at = int(done.stdout.split()[-2])
    assert looked_at > 1_000


@pytest.mark.parametrize("pattern", [r"(?:[a-c]+)+d", r"(?:x|xx)+$", r"(?:快递|快|递)*。", r"^(?:\s|\s\s)+y"])
def test_what_backtracks_without_end_is_found(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumping, "SECONDS", 1)
    assert pumping.keeps_busy(re.compile(pattern))


@pytest.mark.parametrize("pattern", [r"[a-c]+d", r"快递{1,40}。", r"(?<!\d)\d{1,30}元", "abc"])
def test_what_does_linear_work_is_not(pattern: str) -> None:
    assert not pumping.keeps_busy(re.compile(pattern))
