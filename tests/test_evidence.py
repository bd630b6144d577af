from itertools import permutations

import pytest

from intel.evidence import rule, stories, witnesses
from intel.seeking import seeker
from intel.views import EvidenceView
from tests.telling import DAY, JT, NOON, TAOBAO, YUNDA, event, told

CAST = {"rival": JT, "client": TAOBAO}


def fit(row: dict[str, object], view: EvidenceView) -> bool:
    return seeker(rule(row, {"drop": ("停用", "屏蔽")}), CAST, DAY)(view)


@pytest.mark.parametrize(
    ("row", "view"),
    [
        ({"events": ["penalty"]}, event("极兔被罚款。", "penalty")),
        ({"events": ["penalty"], "roles": ["subject"]}, event("极兔被罚款。", "penalty")),
        ({"events": ["penalty"], "statuses": ["denied"]}, event("没有罚款。", "penalty", status="denied")),
        ({"topics": ["carrier_problems"]}, told("韵达爆仓。")),
        ({"topics": ["carrier_problems"], "problems": ["*"]}, told("韵达爆仓。", problem="disruption")),
        ({"topics": ["carrier_problems"], "words": ["@drop"]}, told("淘宝停用韵达。")),
        ({"topics": ["carrier_problems"], "names": ["rival"]}, told("淘宝投诉極兔速遞。")),
        ({"topics": ["carrier_problems"], "parties": ["rival"]}, told("投诉它。", parties=("jt",))),
        ({"topics": ["carrier_problems"], "about": ["client"]}, told("投诉它。", title="淘宝的快递")),
        ({"topics": ["carrier_problems"], "within": 30}, told("韵达爆仓。", days=20)),
        ({"topics": ["carrier_problems"], "most": 1}, told("韵达爆仓。", parties=("yunda",))),
    ],
)
def test_a_sentence_fits_what_is_asked(row: dict[str, object], view: EvidenceView) -> None:
    assert fit(row, view)


@pytest.mark.parametrize(
    ("row", "view"),
    [
        ({"events": ["penalty"]}, event("极兔否认被罚款。", "penalty", status="denied")),
        ({"events": ["penalty"]}, event("极兔或被罚款。", "penalty", status="rumoured")),
        ({"events": ["penalty"], "roles": ["subject"]}, event("罚款。", "penalty", role="counterparty")),
        ({"events": ["penalty"]}, told("极兔被罚款。", event="penalty")),
        ({"topics": ["carrier_problems"], "problems": ["*"]}, told("韵达爆仓。")),
        ({"topics": ["carrier_problems"], "stances": ["satisfied"]}, told("好。", stance="dissatisfied")),
        ({"topics": ["carrier_problems"], "words": ["@drop"]}, told("淘宝用韵达。")),
        ({"topics": ["carrier_problems"], "along": ["@drop"]}, told("淘宝用韵达。")),
        ({"topics": ["carrier_problems"], "unless": ["没有"]}, told("没有爆仓。")),
        ({"topics": ["carrier_problems"], "names": ["rival"]}, told("韵达爆仓。", title="极兔")),
        ({"topics": ["carrier_problems"], "names": ["ours"]}, told("顺丰。")),
        ({"topics": ["carrier_problems"]}, told("快递企业 | 破损率 | 丢失率")),
        ({"topics": ["carrier_problems"], "within": 30}, told("韵达爆仓。", days=40)),
        ({"topics": ["carrier_problems"], "most": 1}, told("爆仓。", parties=("yunda", "jt"))),
    ],
)
def test_a_sentence_that_lacks_something_does_not_fit(row: dict[str, object], view: EvidenceView) -> None:
    assert not fit(row, view)


def test_what_is_said_of_another_in_the_next_clause_is_not_said_of_the_rival() -> None:
    row = {"topics": ["carrier_problems"], "names": ["rival"], "words": ["@drop"], "clause": True}
    assert fit(row, told("平台停用极兔，引入韵达。"))
    assert not fit(row, told("平台停用韵达，引入极兔。"))


@pytest.mark.parametrize("row", [{"topic": ["carrier_problems"]}, {"words": ["投诉"]}, {}])
def test_a_rule_with_a_slip_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a rule names"):
        rule(row, {})


def test_of_a_story_the_most_reliable_article_is_quoted_and_the_others_are_named() -> None:
    copies = [
        told("甲", story=900, reliability="E", source_label="卖家论坛"),
        told("乙", story=900, reliability="A", source_label="邮政局"),
        told("丙", story=900, reliability="C", source_label="早报"),
        told("丁", days=3),
    ]
    quoted = witnesses(copies)
    assert [(one.quote, one.copies) for one in quoted] == [("乙", ("早报", "卖家论坛")), ("丁", ())]


def test_stories_in_the_very_same_words_are_one() -> None:
    views = [told("韵达 爆仓。", source_label="甲报", days=1), told("韵达爆仓。", source_label="乙报")]
    [(view, copies)] = stories(views)
    assert {view.source_label, *copies} == {"甲报", "乙报"}


def test_the_order_in_which_sentences_come_makes_no_difference() -> None:
    views = [
        told("甲", story=901),
        told("乙", story=901),
        told("丙", dated_at=NOON),
        told("丁", dated_at=NOON),
    ]
    assert len({tuple(witnesses(order)) for order in permutations(views)}) == 1


def test_names_are_found_in_any_script_and_width() -> None:
    row: dict[str, object] = {"topics": ["carrier_problems"], "names": ["rival"]}
    assert fit(row, told("Ｊ＆Ｔ的投诉最多。"))
    assert not seeker(rule(row, {}), {"rival": YUNDA}, DAY)(told("Ｊ＆Ｔ的投诉最多。"))
