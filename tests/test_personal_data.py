"""What is left out of a text before it is kept, and what must stay."""

import html
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from intel import db, keeping, reader
from intel.model import Account, Page
from intel.views import FindingFilter
from pipelines import charset
from pipelines.personal_data import find, redacted
from pipelines.personal_page import redacted_body, redacted_markup
from tests import documents
from tests.conftest import Kept
from tests.making import NOON

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


# ---- what is kept

CANARIES = ("13800138000", "13912345678", "zhangsan@163.com", "11010519491231002X")
TELLS = (
    "淘宝物流业务负责人表示，双11当天平台产生包裹1.9亿件，较去年增长一成，电话13800138000。",
    "韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付，可写信给zhangsan@163.com反映。",
    "中通与圆通在同一地区的时效基本正常，末端派送没有出现积压，客服热线95338照常服务。",
    "爆料人手机13912345678，身份证号11010519491231002X。",
)


def web_page(url: str = "http://wire.localhost/1") -> Page:
    told = "</p><p>".join(TELLS)
    body = f"<html><meta charset=utf-8><title>双11</title><h1>双11包裹创新高</h1><p>{told}</p></html>"
    return Page(url, "wire", NOON, body.encode(), "text/html", "爆料热线13800138000")


def test_nothing_private_is_in_the_database_after_a_page_was_kept_and_read(
    kept: Kept, accounts: tuple[Account, ...]
) -> None:
    pdf = documents.pdf("双11包裹创新高", *TELLS)
    for page in (web_page(), Page("http://wire.localhost/2.pdf", "wire", NOON, pdf, "application/pdf")):
        assert kept.store.add_page(page)
    assert reader.read_pages(kept.store, accounts).read == 2
    with kept.engine.connect() as connection:
        tables = [table.name for table in db.Base.metadata.sorted_tables] + ["article_search"]
        told = "\n".join(str(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in tables)
        bodies = [
            zstandard.decompress(body)
            for body in connection.exec_driver_sql("SELECT body FROM page").scalars()
        ]
    kept.engine.dispose()
    file = kept.file.read_bytes() if kept.file.exists() else b""
    for canary in CANARIES:
        assert canary not in told
        assert canary.encode() not in b"".join(bodies) + file
    assert bodies[1] == b"" and "95338" in told
    findings = kept.query.findings("taobao", FindingFilter())
    assert any(one.quote.endswith("可写信给〔邮箱已略〕反映。") for one in findings)


def test_a_page_fetched_twice_is_known_by_the_bytes_that_were_served(kept: Kept) -> None:
    assert kept.store.add_page(web_page())
    assert not kept.store.add_page(web_page())
    assert kept.store.add_page(replace(web_page(), body=web_page().body.replace(b"1.9", b"2.0")))


def test_how_many_were_left_out_is_kept_by_source_and_kind(kept: Kept, accounts: tuple[Account, ...]) -> None:
    kept.store.add_page(web_page())
    pdf = documents.pdf("双11包裹创新高", *TELLS)
    kept.store.add_page(Page("http://forum.localhost/2.pdf", "forum", NOON, pdf, "application/pdf"))
    reader.read_pages(kept.store, accounts)
    with Session(kept.engine) as session:
        rows = {(source, kind): count for source, kind, count, *_ in keeping.left_out_by_source(session)}
    assert rows == {
        ("wire", "phone"): 3,
        ("wire", "email"): 1,
        ("wire", "id_number"): 1,
        ("forum", "phone"): 2,
        ("forum", "email"): 1,
        ("forum", "id_number"): 1,
    }


def test_a_watched_page_is_compared_as_it_is_kept(kept: Kept) -> None:
    assert b"13800138000" not in kept.store.as_kept(web_page()).body
    kept.store.add_page(web_page())
    last = kept.store.last_page("http://wire.localhost/1")
    assert last is not None and last.body == kept.store.as_kept(web_page()).body


def test_pages_kept_before_there_was_a_filter_are_filtered_again_and_read(
    kept: Kept, accounts: tuple[Account, ...]
) -> None:
    page = web_page()
    kept.store.add_page(replace(page, body=page.body.replace(b"13800138000", b"95338")))
    reader.read_pages(kept.store, accounts)
    with kept.engine.begin() as connection:  # as an earlier release kept it
        body = zstandard.compress(page.body)
        connection.execute(update(db.PageRow).values(body=body, listed_title=page.listed_title))
        connection.execute(delete(db.LeftOutRow))
    assert kept.store.filter_again() == 1
    assert kept.store.last_page(page.url) == replace(kept.store.as_kept(page), listed_at=None)
    assert reader.read_pages(kept.store, accounts).read == 1
    assert kept.store.filter_again() == 0
    with Session(kept.engine) as session:
        assert sum(row[2] for row in keeping.left_out_by_source(session)) == 5
