"""Pages that say they are not for the public wait for a decision, and are not read before it."""

import pytest

from pipelines.confidential import marker

BODY = [
    "淘宝物流业务负责人表示，双11当天平台产生包裹1.9亿件。",
    "韵达华东多个网点爆仓。",
    "中通与圆通时效正常。",
] * 3


@pytest.mark.parametrize(
    "line",
    [
        "内部资料 请勿外传",
        "内部资料，注意保存",
        "【内部资料】",
        "★机密★",
        "机密★10年",
        "密级：机密",
        "绝 密",
        "内部使用 请勿外传",
        "内部使用，请勿外传！",
        "某某快递股份有限公司内部资料 严禁外传",
        "仅供内部使用",
        "仅限内部传阅 第3页 共12页",
        "公司机密 未经许可不得复制",
        "商业秘密",
        "CONFIDENTIAL",
        "Confidential – Internal Use Only",
        "Strictly Confidential",
        "FOR INTERNAL USE ONLY",
        "— Company Confidential —",
        "Private & Confidential",
        "Confidential. Do not distribute.",
        "內部資料 請勿外傳",
    ],
)
def test_a_line_that_is_a_marker_at_the_head_or_foot_of_a_text_marks_it(line: str) -> None:
    assert marker("快递成本表", [line, *BODY]) == line
    assert marker("快递成本表", [*BODY, line]) == line
    assert marker("快递成本表", BODY, [line]) == line


@pytest.mark.parametrize(
    "line",
    [
        "据称一份标有“机密”的文件被泄露，涉及快递价格。",
        "该公司前员工因泄露商业秘密被判刑。",
        "机密计算将用于物流数据共享。",
        "内部资料显示，淘宝退货率升至38%。",
        "记者获得的一份内部文件称，韵达将裁撤网点。",
        "公司要求员工对报价严格保密，请勿外传，否则追责。",
        "This confidential memo was obtained by reporters.",
        "The talks are confidential, people familiar said.",
        "秘密",
        "内部人士透露",
        "国家秘密保护条例修订",
        "保密局：机密级文件管理办法公布",
        "资料",
        "第3页",
        "Internal revenue rose 10%.",
        "2026年11月12日",
        "机密：揭秘双11背后的快递战",
    ],
)
def test_a_word_in_a_sentence_or_headline_is_no_marker(line: str) -> None:
    assert marker(line, [line, *BODY, line]) == ""


def test_a_weak_marker_in_the_middle_of_a_text_is_none_unless_it_is_repeated() -> None:
    middle = [*BODY, "内部资料", *BODY]
    assert marker("菜单", middle) == ""
    assert marker("菜单", ["首段。", *BODY, *["机密", *BODY] * 3]) == "机密"


def test_an_unmistakable_marker_counts_wherever_it_stands() -> None:
    assert marker("成本", [*BODY, "内部使用 请勿外传", *BODY]) == "内部使用 请勿外传"


def test_a_title_that_opens_with_a_marker_in_brackets_marks_the_text() -> None:
    assert marker("【内部资料】2026年揽收价", BODY) == "【内部资料】2026年揽收价"
    assert marker("【独家】机密文件曝光", BODY) == ""
