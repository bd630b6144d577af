"""What the entity step sees in a text: names as they stand, registered forms, people, places, strangers."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import Account, Entity, Role
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.entities import Lexicon, dated, find

ACCOUNTS = load_accounts(ACCOUNTS_CSV)
LEXICON = Lexicon.build(ACCOUNTS)


def named(content: str, kind: str) -> list[str]:
    return [entity.text for entity in find(content, LEXICON) if entity.kind == kind]


def watched(content: str) -> list[tuple[str, str]]:
    return [(entity.text, *entity.accounts) for entity in find(content, LEXICON) if entity.accounts]  # type: ignore[misc]


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.id)
def test_every_name_of_an_account_is_found_as_it_is_written(account: Account) -> None:
    for name in account.names:
        text = f"据报道，{name} 公布了计划。"
        assert (name, account.id) in watched(text)


@pytest.mark.parametrize(
    ("text", "surface", "account"),
    [
        ("ＳＴＯ公布業績", "ＳＴＯ", "sto"),
        ("申通快遞公布業績", "申通快遞", "sto"),
        ("國家郵政局發布數據", "國家郵政局", "spb"),
        ("pinduoduo said", "pinduoduo", "pinduoduo"),
        ("ＪＤ．ｃｏｍ said", "ＪＤ．ｃｏｍ", "jd"),
        ("極兔速遞擴張", "極兔速遞", "jt"),
    ],
)
def test_width_case_and_traditional_characters_do_not_matter(text: str, surface: str, account: str) -> None:
    assert watched(text) == [(surface, account)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("圆通速递股份有限公司发布公告", "圆通速递股份有限公司"),
        ("上海圆通速递有限公司被罚", "上海圆通速递有限公司"),
        ("浙江菜鸟供应链管理有限公司增资", "浙江菜鸟供应链管理有限公司"),
        ("公司与上海圆通蛟龙投资发展(集团)有限公司签约", "上海圆通蛟龙投资发展(集团)有限公司"),
        ("淘宝（中国）软件有限公司公告", "淘宝（中国）软件有限公司"),
        ("百世物流科技（中国）有限公司公告", "百世物流科技（中国）有限公司"),
        ("中国邮政集团有限公司采购", "中国邮政集团有限公司"),
        ("天猫技术公司应诉", "天猫技术公司"),
        ("菜鸟网络方面表示", "菜鸟网络"),
        ("顺丰控股子公司增资", "顺丰控股"),
        ("顺丰收购了嘉里物流有限公司", "顺丰"),
        ("圆通与申通快递有限公司签约", "圆通"),
    ],
)
def test_a_registered_name_is_one_span_and_grammar_ends_it(text: str, surface: str) -> None:
    assert watched(text)[0][0] == surface


@pytest.mark.parametrize(
    "text",
    ["Stonehenge and history", "POSTOFFICE", "www.taobao.com", "mail@ems.cn", "其中通过大宗交易", "南京东路"],
)
def test_a_name_inside_a_word_or_an_address_is_not_found(text: str) -> None:
    assert watched(text) == []


def test_the_longest_name_wins() -> None:
    assert watched("京东物流与京东") == [("京东物流", "jdl"), ("京东", "jd")]
    assert watched("中国邮政储蓄银行") == []


def test_a_name_of_two_accounts_carries_both() -> None:
    twins = [
        Account("a", "双星快递", Role.COMPETITOR, ("双星",)),
        Account("b", "双星商城", Role.CLIENT, ("双星",)),
    ]
    [entity] = find("双星宣布涨价", Lexicon.build(twins))
    assert entity.accounts == ("a", "b")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("公司拟收购深圳市跨越速运集团有限公司的股权", "深圳市跨越速运集团有限公司"),
        ("浙江省邮政管理局对其处以罚款", "浙江省邮政管理局"),
        ("该案由杭州市余杭区人民法院受理", "杭州市余杭区人民法院"),
        ("贷款方为招商银行", "招商银行"),
        ("参会的还有中国快递协会", "中国快递协会"),
        ("FedEx raised its rates", "FedEx"),
    ],
)
def test_organisations_off_the_watchlist_are_named_in_full(text: str, name: str) -> None:
    assert name in named(text, "org")


@pytest.mark.parametrize(
    ("text", "person", "position"),
    [
        ("淘宝物流业务负责人陆知远表示，时效要再提半天。", "陆知远", "物流业务负责人"),
        ("董事长王某因病辞职。", "王某", "董事长"),
        ("公司副总裁欧阳明在会上说。", "欧阳明", "副总裁"),
        ("赵启年出任总经理。", "赵启年", "总经理"),
    ],
)
def test_a_person_is_found_by_the_position(text: str, person: str, position: str) -> None:
    assert person in named(text, "person")
    assert position in named(text, "position")


def test_places_are_found_outside_longer_names() -> None:
    assert named("转运中心在鄂州投产，上海圆通速递有限公司中标。", "place") == ["鄂州"]


def test_measures_stand_among_the_names() -> None:
    found = find("申通10月营收48.5亿元，同比增长12.3%。", LEXICON)
    assert [(entity.kind, entity.value) for entity in found if entity.value] == [
        ("money", "4850000000 CNY"),
        ("rate", "12.3 %"),
    ]


def test_times_are_dated_by_the_day_of_publication() -> None:
    found = find("中通11月12日公告，前三季度营收412亿元。2025年3月2日起涨价。", LEXICON)

    def times(published: date | None) -> dict[str, str]:
        return {one.text: one.value for one in dated(found, published) if one.kind in ("date", "period")}

    assert times(None) == {"11月12日": "", "前三季度": "", "2025年3月2日": "2025-03-02"}
    assert times(date(2026, 11, 20)) == {
        "11月12日": "2026-11-12",
        "前三季度": "2026-01/2026-09",
        "2025年3月2日": "2025-03-02",
    }


def assert_well_formed(content: str, found: tuple[Entity, ...]) -> None:
    assert all(content[entity.start : entity.end] == entity.text != "" for entity in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from([name for account in ACCOUNTS for name in account.names]),
            st.sampled_from(["有限公司", "董事长", "王", "3.5亿元", "1-8月", "上海", "(", "·", "\n"]),
        ),
        max_size=20,
    ).map("".join)
)
def test_every_span_is_verbatim_and_none_overlap_in_any_text(content: str) -> None:
    assert_well_formed(content, find(content, LEXICON))


@pytest.mark.parametrize(
    "content", ["", "\x00", "\ud800圆通\udfff", "圆通\x00速递", "\U0001f4e6申通📦", "·" * 9, "\n\n"]
)
def test_hostile_characters_are_taken(content: str) -> None:
    assert_well_formed(content, find(content, LEXICON))


@pytest.mark.parametrize(
    "text",
    [
        "俱乐部与主教练解约。",
        "游客对景区满意度很高。",
        "某小区厨房起火，无人受伤。",
        "順豐速運於桃園新建物流園區，預計明年完工。",
        "順豐速運參加台北國際物流展覽會。",
        "Cainiao prepares extra warehouse staff for Black Friday orders.",
    ],
)
def test_common_words_are_no_organisation_to_be_sure_of(text: str) -> None:
    sure = [one for one in find(text, LEXICON) if one.kind == "org" and one.is_sure]
    assert [one.text for one in sure if not one.accounts] == []


def test_how_sure_it_is_is_said_of_a_name_that_no_list_has() -> None:
    learned, listed = (one for one in find("远洲供应链与腾讯签约。", LEXICON) if one.kind == "org")
    assert learned.text == "远洲供应链"
    assert learned.is_sure
    assert 0.95 <= learned.certainty < 1
    assert (listed.text, listed.certainty) == ("腾讯", 1)


def test_a_name_that_was_left_out_is_still_a_person() -> None:
    assert named("淘宝总监〔姓名已略〕还说，韵达爆仓。", "person") == ["〔姓名已略〕"]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("对方负责人到场。", "负责人"),
        ("該公司總經理表示不滿。", "總經理"),
        ("客户方采购总监不在。", "采购总监"),
    ],
)
def test_whose_a_position_is_is_no_part_of_it(text: str, position: str) -> None:
    assert named(text, "position") == [position]
