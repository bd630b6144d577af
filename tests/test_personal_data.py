"""What is left out of a text before it is kept, and what must stay."""

import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.personal_data import Redacted, redacted

LINES = tomllib.loads((Path(__file__).parent / "personal_lines.toml").read_text("utf-8"))
MARKED = re.compile(r"⟦(\w+):(.*?)⟧")
KINDS = {"phone", "id_number", "bank_card", "email", "home_address", "messenger"}


def plain(line: str) -> str:
    return MARKED.sub(r"\2", line)


def left_out(line: str) -> list[tuple[str, str]]:
    text = plain(line)
    return [(edit.kind, text[edit.start : edit.end]) for edit in redacted(text).edits]


@pytest.mark.parametrize("line", LINES["private"])
def test_a_private_detail_is_left_out_and_nothing_else_is(line: str) -> None:
    assert left_out(line) == MARKED.findall(line)


@pytest.mark.parametrize("line", LINES["public"])
def test_what_only_looks_like_one_or_is_an_organisation_s_stays(line: str) -> None:
    assert redacted(line).text == line


def test_there_are_at_least_eighty_lines_of_each_sort_and_every_kind_is_among_them() -> None:
    assert min(len(LINES["private"]), len(LINES["public"])) >= 80
    assert {kind for line in LINES["private"] for kind, _ in MARKED.findall(line)} == KINDS
