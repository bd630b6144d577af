"""A client's wish for another courier that is put in plain words is heard as it is put."""

from __future__ import annotations

import pytest

from pipelines.text import fold
from pipelines.wishes import wish
from tests.test_troubles import read


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("对方表示韵达华东网点经常延误，他们考虑更换快递商。", "raises"),
        ("淘宝正在考虑引入第二家快递企业。", "raises"),
        ("淘宝打算明年换掉韵达。", "raises"),
        ("淘宝不排除引入新的快递企业。", "raises"),
        ("淘宝对现有快递不满，准备另找一家承运商。", "raises"),
        ("Taobao is considering replacing its courier Yunda.", "raises"),
        ("淘宝没有更换快递商的打算。", "lowers"),
        ("淘宝暂不考虑更换快递商。", "lowers"),
        ("淘宝目前没有计划引入新的快递企业。", "lowers"),
        ("Taobao has no plan to change couriers.", "lowers"),
    ],
)
def test_a_wish_for_another_courier_that_is_put_plainly_is_no_guess(text: str, stance: str) -> None:
    assert wish(fold(text), True) == stance
    heard = {one.stance for one in read(text).findings if one.topic == "switching_intent"}
    assert heard <= {stance}


@pytest.mark.parametrize(
    "text",
    [
        "淘宝会考虑更换快递商吗？",
        "淘宝计划新增两座退货仓。",
        "淘宝考虑引入新快递，但没有更换韵达的打算。",
        "淘宝的包裹由韵达承运。",
    ],
)
def test_what_is_asked_or_put_both_ways_or_of_something_else_is_left_to_the_model(text: str) -> None:
    assert wish(fold(text), False) == ""


def test_the_words_of_a_visit_record_are_heard() -> None:
    said = read("对方表示韵达华东网点经常延误，他们考虑更换快递商。", title="淘宝 拜访记录").findings
    assert {one.stance for one in said if one.topic == "switching_intent"} == {"raises"}
