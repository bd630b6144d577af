"""What a terminal says where there is nothing: one sentence, and the command that makes something."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.test_docs import COMMANDS

LISTS = (
    ("users", "list"),
    ("keys", "list"),
    ("teams", "list"),
    ("audit",),
    ("audit", "--acts"),
    ("field", "list"),
    ("outbox", "list"),
    ("tasks", "list"),
    ("alerts", "log"),
    ("quarantine", "list"),
    ("accounts", "proposals"),
    ("accounts", "proposals", "--decided"),
    ("tenders", "list"),
    ("tenders", "expiring"),
    ("briefings", "list"),
    ("stage", "list"),
    ("stage", "list", "淘宝"),
    ("personal",),
)


def test_an_empty_list_is_one_sentence_that_names_the_command_that_fills_it(intel: Command) -> None:
    intel("init")
    for asked in LISTS:
        said = intel(*asked)
        assert said.code == 0 and len(said.out.splitlines()) == 1, asked
        named = re.findall(r"intel [a-z]+(?: [a-z]+)?", said.out)
        assert named, (asked, said.out)
        for command in named:
            assert any(f"{command} ".startswith(f"{one} ") for one in COMMANDS if one != "intel"), command


@pytest.mark.parametrize(
    "module", ["bench.pages", "bench.extraction", "bench.selectors", "tests.screenshots"]
)
def test_a_folder_that_holds_nothing_to_measure_is_said_in_one_line(module: str, tmp_path: Path) -> None:
    wrong = tmp_path / "nowhere"
    ended = subprocess.run([sys.executable, "-m", module, str(wrong)], capture_output=True, text=True)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()[-1:]
    assert str(wrong) in line and "Traceback" not in ended.stderr
