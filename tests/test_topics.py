"""Sentences become evidence for the right topic and account, and for no other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from intel.model import Argument, Event, Finding, Mention, Role, Status
from intel.taxonomy import taxonomy
from pipelines.text import fold
from pipelines.topic_cues import find, without_echoes
from pipelines.topic_rules import BadTopics, read_table, topic_table

NAMES = {
    "taobao": ("淘宝", "taobao"), "tmall": ("天猫", "tmall"), "pinduoduo": ("拼多多", "pinduoduo"),
    "jd": ("京东", "jd.com"), "vipshop": ("唯品会",),
    "douyin-ec": ("抖音电商",), "kuaishou-ec": ("快手电商",),
    "sf": ("顺丰", "sf express"), "yto": ("圆通", "yto"), "zto": ("中通",), "sto": ("申通",),
    "yunda": ("韵达", "yunda"), "jt": ("极兔",), "best": ("百世",),
}  # fmt: skip
CLIENTS = {"taobao", "tmall", "pinduoduo", "jd", "vipshop", "douyin-ec", "kuaishou-ec"}
ROLES = {account: Role.CLIENT if account in CLIENTS else Role.COMPETITOR for account in NAMES}


def mentions(content: str, about: tuple[str, ...] = ()) -> tuple[Mention, ...]:
    return tuple(sorted(_mentions(content, about), key=lambda mention: mention.start))


def _mentions(content: str, about: tuple[str, ...]) -> Iterator[Mention]:
    folded = fold(content)
    for account, names in NAMES.items():
        for name in names:
            start = folded.find(name)
            while start >= 0:
                end = start + len(name)
                yield Mention(account, content[start:end], start, end, account in about)
                start = folded.find(name, end)


def read(content: str, *events: Event, about: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    return tuple(without_echoes(find(content, mentions(content, about), events, ROLES)))


def pairs(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.account, finding.topic) for finding in findings}


def event(content: str, kind: str, trigger: str, status: Status = Status.ASSERTED, **filled: str) -> Event:
    start = content.index(trigger)
    arguments = []
    for role, text in filled.items():
        at = content.index(text)
        account = next((one for one, names in NAMES.items() if text in names), None)
        arguments.append(Argument(role, text, at, at + len(text), account))
    return Event(kind, trigger, start, start + len(trigger), trigger, status, "test", tuple(arguments))


EXAMPLES = [(name, text) for name, topic in topic_table().topics.items() for text in topic.examples]
COUNTEREXAMPLES = [
    (name, text) for name, topic in topic_table().topics.items() for text in topic.counterexamples
]


@pytest.mark.parametrize(("topic", "sentence"), EXAMPLES)
def test_an_example_of_the_table_is_evidence_for_the_first_account_of_the_topic(
    topic: str, sentence: str
) -> None:
    first = next(
        m.account for m in mentions(sentence) if ROLES[m.account] in topic_table().topics[topic].roles
    )
    assert (first, topic) in pairs(read(sentence))


@pytest.mark.parametrize(("topic", "sentence"), COUNTEREXAMPLES)
def test_a_counterexample_of_the_table_is_no_evidence(topic: str, sentence: str) -> None:
    assert topic not in {finding.topic for finding in read(sentence)}


def test_every_topic_of_the_taxonomy_has_cues_examples_and_counterexamples() -> None:
    table = topic_table().topics
    assert set(table) == set(taxonomy().topics)
    assert all(t.cues and len(t.examples) >= 6 and len(t.counterexamples) >= 4 for t in table.values())


def test_a_quote_is_the_whole_sentence_verbatim() -> None:
    content = "简讯\n昨天有雨。淘宝與快遞商的賬期延長到６０天。其余不变。"
    (finding,) = read(content)
    assert content[finding.start : finding.end] == finding.quote == "淘宝與快遞商的賬期延長到６０天。"


def test_a_cue_finding_names_its_rule_and_no_event() -> None:
    (finding,) = read("淘宝与快递商的账期由30天延长到60天。")
    assert finding.event is None
    assert finding.rule == "cue:payment_behaviour.1"


def test_an_event_is_evidence_for_the_account_that_plays_its_part() -> None:
    content = "淘宝昨日就配送服务发出公告。"
    (finding,) = read(content, event(content, "tender", "公告", subject="淘宝"))
    assert (finding.account, finding.topic, finding.rule, finding.event) == (
        "taobao", "procurement_process", "event:tender", "tender",
    )  # fmt: skip


@pytest.mark.parametrize("status", [Status.DENIED, Status.RUMOURED, Status.HYPOTHETICAL, Status.BACKGROUND])
def test_an_event_that_did_not_happen_is_no_evidence(status: Status) -> None:
    content = "淘宝就配送服务发出公告。"
    assert read(content, event(content, "tender", "公告", status, subject="淘宝")) == ()


def test_an_event_whose_subject_is_not_watched_is_nobodys() -> None:
    content = "邻里团因资金困难停业，淘宝未受影响。"
    assert read(content, event(content, "closure", "停业", subject="邻里团")) == ()


def test_a_couriers_trouble_is_the_clients_problem_and_the_couriers_record() -> None:
    content = "韵达金华中心瘫痪，淘宝商家的货出不去。"
    found = read(content, event(content, "service_disruption", "瘫痪", subject="韵达"))
    assert {("taobao", "carrier_problems"), ("yunda", "competitor_landscape")} <= pairs(found)


def test_an_event_and_a_cue_in_one_sentence_give_one_finding() -> None:
    content = "淘宝拖欠物流公司运费。"
    found = read(content, event(content, "payment_risk", "拖欠", subject="淘宝"))
    assert [f.rule for f in found if f.topic == "payment_behaviour"] == ["event:payment_risk"]


def test_two_clients_of_one_sentence_both_get_the_finding() -> None:
    found = read("淘宝、天猫与快递商的账期统一为45天。")
    assert {("taobao", "payment_behaviour"), ("tmall", "payment_behaviour")} <= pairs(found)


def test_a_sentence_without_a_name_belongs_to_the_nearest_subject_of_its_paragraph() -> None:
    found = read("简讯\n唯品会昨日开会。给快递商的账期改为60天。")
    assert pairs(found) == {("vipshop", "payment_behaviour")}


def test_a_sentence_after_two_subjects_belongs_to_neither() -> None:
    assert read("简讯\n唯品会和淘宝昨日开会。给快递商的账期改为60天。") == ()


def test_a_name_in_passing_does_not_claim_the_sentences_that_follow() -> None:
    assert read("简讯\n一家新平台说自己不同于淘宝。给快递商的账期改为60天。") == ()


def test_a_sentence_of_another_paragraph_belongs_to_the_account_the_title_is_about() -> None:
    content = "淘宝开会\n会议昨日举行。\n给快递商的账期改为60天。"
    assert pairs(read(content, about=("taobao",))) == {("taobao", "payment_behaviour")}


def test_a_title_about_two_clients_decides_nothing() -> None:
    content = "淘宝和京东开会\n会议昨日举行。\n给快递商的账期改为60天。"
    assert read(content, about=("taobao", "jd")) == ()


def test_a_sentence_about_a_client_is_not_evidence_on_the_courier_of_the_title() -> None:
    content = "圆通开会\n淘宝的件量同比增长10%。"
    assert ("yto", "competitor_landscape") not in pairs(read(content, about=("yto",)))


def test_a_title_and_its_lead_give_one_finding_the_fuller() -> None:
    content = "淘宝快递账期延至60天\n淘宝与快递商约定，快递账期由30天延至60天，明年起执行。"
    found = [f for f in read(content, about=("taobao",)) if f.topic == "payment_behaviour"]
    assert [f.quote[:4] for f in found] == ["淘宝与快"]


@pytest.mark.parametrize(
    "sentence",
    [
        "淘宝会把账期延到60天吗？",
        "网传淘宝账期延到60天。",
        "如果淘宝账期延到60天，网点将退出。",
        "淘宝否认账期延到60天。",
    ],
)
def test_a_question_a_rumour_a_supposition_and_a_denial_are_no_evidence(sentence: str) -> None:
    assert read(sentence) == ()


def test_an_undisclosed_detail_spoils_only_its_clause() -> None:
    assert ("taobao", "payment_behaviour") in pairs(read("淘宝给快递商的账期是45天，金额未披露。"))


def test_a_latin_cue_does_not_match_inside_a_word() -> None:
    assert read("Taobao sold bidets.") == ()


def test_an_account_without_a_role_gets_no_finding() -> None:
    content = "国家邮政局公布投诉规则。"
    assert find(content, (Mention("spb", "国家邮政局", 0, 5, True),), (), {"spb": Role.REGULATOR}) == ()


def test_reading_twice_gives_the_same_findings_in_text_order() -> None:
    content = "\n".join(text for _, text in EXAMPLES)
    found = read(content)
    assert found == read(content)
    assert [f.start for f in found] == sorted(f.start for f in found)


def table(row: str) -> str:
    topic = "[topics.resources]\nroles = ['client']"
    return f"[groups]\ncourier = ['快递']\n[moods]\n{topic}\n{row}"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("cues = [{ words = ['仓'] }, { wrods = ['库'] }]", "topics.resources.cues.row 2.wrods"),
        ("cues = [{ words = [] }]", "topics.resources.cues.row 1.words"),
        ("cues = [{ words = ['@nobody'] }]", "topics.resources.cues row 1: no group '@nobody'"),
        ("cues = [{ words = ['仓'], needs = ['luck'] }]", "topics.resources.cues.row 1.needs.row 1"),
        ("cues = [{ words = ['仓'], pattern = '(' }]", "topics.resources.cues.row 1.pattern"),
        ("cues = [{ words = ['仓'], allow = ['joy'] }]", "topics.resources.cues row 1: no mood 'joy'"),
        ("events = [{ type = 'feast' }]", "topics.resources.events row 1: no event type 'feast'"),
        (
            "events = [{ type = 'tender', role = 'chef' }]",
            "topics.resources.events row 1: no event role 'chef'",
        ),
        ("[topics.weather]\nroles = ['client']", "topics.weather: no such topic"),
        ("cues = [", "topics.toml"),
    ],
)
def test_a_bad_row_is_named(row: str, message: str) -> None:
    with pytest.raises(BadTopics) as caught:
        read_table(table(row))
    assert message in str(caught.value)


def test_a_volume_alone_says_nothing_of_a_clients_stability() -> None:
    content = "淘宝日均件量约5000万件。"
    found = read(content, event(content, "earnings", "件量", subject="淘宝"))
    assert pairs(found) == {("taobao", "potential_demand")}


def test_a_rule_about_lost_parcels_is_no_report_of_lost_parcels() -> None:
    content = "淘宝规定快递丢失包裹的赔付期限。"
    found = read(content, event(content, "service_quality", "丢失", subject="淘宝"))
    assert "carrier_problems" not in {finding.topic for finding in found}


def test_the_winner_of_a_clients_tender_is_told_under_the_client_of_the_title() -> None:
    content = "唯品会配送结果公告\n中标人：顺丰。"
    found = read(content, event(content, "contract_award", "中标人", subject="顺丰"), about=("vipshop",))
    assert {("vipshop", "incumbent_carriers"), ("sf", "competitor_landscape")} <= pairs(found)


def test_the_cues_alone_keep_their_floor_on_single_sentences() -> None:
    rows = tomllib.loads((Path(__file__).parent / "topic_sentences.toml").read_text(encoding="utf-8"))[
        "sentence"
    ]
    hits = misses = false_alarms = 0
    for row in rows:
        told = {tuple(pair.split(":")) for pair in row["tells"]}
        found = pairs(read(row["text"]))
        hits, misses, false_alarms = (
            hits + len(told & found),
            misses + len(told - found),
            false_alarms + len(found - told),
        )
    assert 2 * hits / (2 * hits + misses + false_alarms) >= 0.9


def test_a_row_that_only_names_the_columns_of_a_table_is_no_evidence() -> None:
    content = "淘宝退货服务考核\n标包 | 服务商 | 结算账期\n第1包 | 圆通 | 月结30天"
    quotes = {finding.quote for finding in read(content, about=("taobao",))}
    assert "标包 | 服务商 | 结算账期" not in quotes
