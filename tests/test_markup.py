"""HTML pasted into a text is not read as its words, and every span still points into what was given."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import pytest

from intel.analysing import analyse_lines
from intel.model import Account
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.unseen import Given


def seen(text: str) -> str:
    return Given.of(f"简讯\n{text}").seen.partition("\n")[2]


@cache
def _accounts() -> tuple[Account, ...]:
    return tuple(load_accounts(ACCOUNTS_CSV))


def analysed(text: str, title: str = "快递简讯") -> dict[str, Any]:
    out = io.StringIO()
    line = json.dumps({"id": 1, "title": title, "text": text})
    assert analyse_lines([line.encode()], out, _accounts()) == []
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("<p>唯品会<b>终止</b>合作。</p><p>其余不变。</p>", "唯品会终止合作。\n其余不变。\n"),
        ("中通<br/>圆通<BR>申通", "中通\n圆通\n申通"),
        ('<div class="a b" data-x="1 2">韵达</div>', "韵达\n"),
        ("<a href='https://example.com/?a=1&amp;b=2'>顺丰</a>投产", "顺丰投产"),
        ("<tr><td>公司</td><td>单价</td></tr>", "公司 | 单价\n"),
        ("A&amp;B&nbsp;&lt;一&gt;&ldquo;快&rdquo;", "A&B <一>“快”"),
        ("<!-- 申通倒闭 -->申通投产", "申通投产"),
        ("<script>if (a<b) { 中通 }</script><style>p{}</style>中通", "中通"),
        ('<p style="display: none">圆通<p>爆仓</p></p>圆通', "圆通"),
        ("<span hidden>百世关停</span>百世", "百世"),
        ('<font color="#ffffff">极兔亏损</font>极兔', "极兔"),
        ('<span style="color:#fff;background:#c00">极兔盈利</span>', "极兔盈利"),
    ],
)
def test_in_pasted_markup_only_what_a_reader_sees_is_text(given: str, told: str) -> None:
    assert seen(given) == told


@pytest.mark.parametrize(
    "text",
    [
        "3<5，且 7>6",
        "楼主<转>一条",
        "价格<2元/票>可谈",
        "<中通>与<圆通>",
        "AT&T 与 R&D; 合作",
        "a<b<c",
        "<!-- 没有结尾",
    ],
)
def test_what_html_does_not_know_stays_text(text: str) -> None:
    assert seen(text) in (text, text.replace("<!--", ""))


def test_a_title_stays_one_line_whatever_it_is_pasted_with() -> None:
    given = Given.of("<h1>顺丰</h1><div hidden>投产\n正文。")
    assert given.seen == "顺丰 \n正文。"


def test_every_character_seen_stands_where_it_is_said_to() -> None:
    whole = "<b>题</b>\n<p>中通\u200b快递<i>投产</i>。</p>\n<p>圆通。</p>"
    given = Given.of(whole)
    assert all(one in (whole[place], "\n") for one, place in zip(given.seen, given.places, strict=True))
    assert list(given.places) == sorted(given.places)


def test_tags_are_neither_names_nor_quotes_and_spans_point_into_the_text_given() -> None:
    text = '<div class="sf zto"><p>唯品会宣布终止与<a href="/sf">顺丰速运</a>的合作。</p><p>另讯。</p></div>'
    found = analysed(text)
    content = f"快递简讯\n{text}"
    assert [one["id"] for one in found["accounts"]] == ["vipshop", "sf"]
    assert all(content[one["start"] : one["end"]] == one["surface"] for one in found["accounts"])
    (event,) = [one for one in found["events"] if one["type"] == "contract_end"]
    assert event["quote"] in content
    assert not event["quote"].startswith("<")


def test_a_text_reads_alike_with_and_without_its_markup() -> None:
    plain = "拼多多拖欠两家物流公司的服务费共800万元。\n极兔速递收购百世快递。"
    marked = "".join(f"<p>{line[:3]}<em>{line[3:5]}</em>{line[5:]}</p>" for line in plain.split("\n"))
    told = [{(e["type"], *e["subject"]) for e in analysed(text)["events"]} for text in (plain, marked)]
    assert told[0] == told[1] != set()
