"""What is left out of a text before it is kept, and what must stay."""

import html
import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import charset
from pipelines.personal_data import find, redacted
from pipelines.personal_page import redacted_body, redacted_markup

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


@given(st.text(alphabet="王电话手机号：:/-. 0123456789@.comqq身份证家住文三路号室幢单元\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_text_already_filtered_is_left_as_it_is(text: str) -> None:
    once = redacted(text).text
    assert redacted(once).text == once


def test_an_offset_moves_with_the_text_around_it() -> None:
    text = "王女士，13800138000，淘宝商家，13812345678，称爆仓。"
    done = redacted(text)
    for word in ("王女士", "淘宝", "爆仓"):
        assert done.text[done.moved(text.index(word)) :].startswith(word)
    assert done.text[done.moved(text.index("0138000")) :].startswith("〔电话已略〕")
    assert done.moved(len(text)) == len(done.text)


def test_how_many_of_which_kind_were_left_out_is_told() -> None:
    done = redacted("电话13800138000，手机13812345678，邮箱zhangsan@163.com")
    assert done.counts == {"phone": 2, "email": 1}
    assert redacted("没有").counts == {}


@pytest.mark.parametrize(
    "piece",
    [
        "13812345678 ",
        "1",
        "a@",
        "家住",
        "身份证",
        "0571-",
        "3幢2单元",
        "6217 0012 ",
        "家住1号",
        "<",
        "<!--",
        "&#49;",
        "/",
    ],
)
def test_a_long_repetitive_page_is_gone_through_to_its_end(piece: str) -> None:
    done = redacted_markup(f"{piece * (200_000 // len(piece))}--><p>手机：13800138000</p>", find)
    assert done.text.endswith("〔电话已略〕</p>") or piece == "<!--"


# ---- pages


PAGE = """<html><head><meta name="description" content="联系手机13800138000"></head><body>
<h1>商家投诉</h1><!-- 旧稿 13812345678 --><p>王女士<b>（1381</b>234<i>5678</i>）称淘宝退货慢。</p>
<table><tr><td>联系人</td><td>王女士</td><td>电话</td><td>0571-88123456</td></tr></table>
<p>手机：&#49;&#51;9&nbsp;1234&nbsp;5678，总机：0571-85120000，单号：13812345678</p>
<script>var post = {"phone": 13912345678, "mail": "zhangsan@163.com", "id": 13812345679};</script>
<a href="mailto:li.ming@sf-express.com?subject=x">写信</a>
<a href="/2026/13812345678.html">上一篇</a></body></html>"""
SECRETS = ("13800138000", "1381", "5678）", "88123456", "13912345678", "zhangsan", "li.ming", "&#49;&#51;9")
STAY = (
    "0571-85120000",
    "单号：13812345678",
    '"id": 13812345679',
    "/2026/13812345678.html",
    "<b>",
    "<i>",
    "淘宝退货慢",
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_page_is_filtered_as_its_reader_sees_it_in_its_own_encoding(encoding: str) -> None:
    body, done = redacted_body(PAGE.encode(encoding), "text/html", find)
    text = body.decode(encoding)
    shown = text.replace("单号：13812345678", "").replace("/2026/13812345678", "").replace("13812345679", "")
    assert [secret for secret in SECRETS if secret in shown] == []
    assert [word for word in STAY if word not in text] == []
    assert done.counts == {"phone": 6, "email": 2}


def test_json_in_a_page_stays_json() -> None:
    body, _ = redacted_body(PAGE.encode(), "text/html", find)
    script = re.search(r"post = (\{.*?\});", body.decode())
    assert script and json.loads(script[1])["phone"] == "〔电话已略〕"


def test_a_page_without_anything_private_keeps_its_very_bytes() -> None:
    body = b"<p>\xcb\xb3\xb7\xe1\xff 95338</p>"
    assert redacted_body(body, "text/html", find)[0] is body


def test_a_mark_that_the_page_s_encoding_lacks_is_written_as_a_reference() -> None:
    body, _ = redacted_body(
        b"<p>caf\xe9, call mobile 13800138000 now \x96 caf\xe9</p>", "text/html; charset=iso-8859-1", find
    )
    assert b"13800138000" not in body
    assert "电话已略" in html.unescape(charset.decode(body, "text/html; charset=iso-8859-1").text)


def test_a_document_s_bytes_are_not_touched() -> None:
    body = b"%PDF-1.7 13800138000"
    assert redacted_body(body, "application/pdf", find)[0] is body
