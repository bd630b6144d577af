"""`intel brief` and `intel briefings` as a person or a script asks them."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import docx
import pytest

from tests.conftest import Command
from tests.test_cli import refused, saved

__all__ = ["saved"]  # a fixture


@pytest.fixture
def ready(intel: Command, saved: Path) -> Command:
    """The command on a home folder with an article on 淘宝."""
    intel("init")
    intel("import", str(saved))
    return intel


def test_a_briefing_is_printed_in_markdown_unless_asked_otherwise(ready: Command) -> None:
    printed = ready("brief", "淘宝").out
    assert printed.startswith("# 淘宝 · 情报简报\n") and "## 有什么变化" in printed and "## 问什么" in printed
    assert ready("brief", "淘宝", "--lang", "en").out.startswith("# 淘宝 · intelligence briefing\n")


@pytest.mark.parametrize("form", ["md", "html", "docx", "json"])
def test_a_briefing_is_written_to_a_file_in_each_format(ready: Command, tmp_path: Path, form: str) -> None:
    file = tmp_path / "new" / f"taobao.{form}"
    assert ready("brief", "淘宝", "--format", form, "--output", str(file)).code == 0
    text = (
        "\n".join(p.text for p in docx.Document(io.BytesIO(file.read_bytes())).paragraphs)
        if form == "docx"
        else file.read_text("utf-8")
    )
    assert "网点爆仓" in text


def test_pictures_are_left_out_where_so_asked(ready: Command) -> None:
    assert "<svg" in ready("brief", "淘宝", "--format", "html").out
    assert "<svg" not in ready("brief", "淘宝", "--format", "html", "--no-charts").out
    assert "| 事件 |" in ready("brief", "淘宝", "--charts").out


def test_a_delivered_briefing_is_listed_with_the_digest_of_its_file(ready: Command, tmp_path: Path) -> None:
    file = tmp_path / "t.html"
    assert json.loads(ready("briefings", "list", "--json").out) == []
    ready("brief", "淘宝", "--format", "html", "--output", str(file), "--deliver")
    [view] = json.loads(ready("briefings", "list", "--json").out)
    assert (view["account"], view["kind"], view["format"]) == ("taobao", "before-visit", "html")
    assert view["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "taobao" in ready("briefings", "list").out


def test_after_a_delivery_only_what_is_new_can_be_asked_for(ready: Command) -> None:
    assert "网点爆仓" in ready("brief", "淘宝", "--new").out
    ready("brief", "淘宝", "--deliver")
    printed = ready("brief", "淘宝", "--new").out
    assert "网点爆仓" not in printed and "没有新内容" in printed


def test_what_could_not_be_written_was_not_delivered(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = ready("brief", "淘宝", "--deliver", "--output", str(tmp_path / "file" / "x.md"))
    assert refused(said, "cannot use")
    assert json.loads(ready("briefings", "list", "--json").out) == []


@pytest.mark.parametrize("kind", ["weekly", "flash"])
def test_a_digest_or_a_flash_is_on_all_accounts_or_one(ready: Command, kind: str) -> None:
    assert ready("brief", "--kind", kind).out.startswith("# 全部关注账户")
    assert ready("brief", "淘宝", "--kind", kind).out.startswith("# 淘宝")


def test_no_event_above_the_threshold_is_said_and_is_no_failure(ready: Command) -> None:
    said = ready("brief", "--kind", "flash", "--since", "2099-01-01")
    assert said.code == 0 and "没有达到阈值的事件。" in said.out


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["brief"], ["name it", "intel brief ACCOUNT"]),
        (["brief", "淘宝", "--since", "soon"], ["no such day"]),
    ],
)
def test_an_order_that_cannot_be_is_refused_in_one_line(
    ready: Command, arguments: list[str], parts: list[str]
) -> None:
    assert refused(ready(*arguments), *parts)
