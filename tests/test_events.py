"""The event table's own examples, and what its rules promise beyond them."""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

from intel.model import COUNTED, Account, Event, Role, Status
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from pipelines import accounts, entities
from pipelines.event_rules import BadTable, EventType, Example, table
from pipelines.event_tellings import once, tellings

# Companies that the examples name and nobody watches.
OTHERS = (
    "红松资本",
    "青藤资本",
    "江南茶业有限公司",
    "嘉禾家居集团",
    "Kerry Logistics",
    "Best Retail Group",
    "中華郵政股份有限公司",
)
EXAMPLES = [(kind, example) for kind in table().types.values() for example in kind.examples]
COUNTEREXAMPLES = [(kind, text) for kind in table().types.values() for text in kind.counterexamples]


@cache
def _lexicon() -> entities.Lexicon:
    strangers = [Account(name, name, Role.PARTNER) for name in OTHERS]
    return entities.Lexicon.build([*load_accounts(ACCOUNTS_CSV), *strangers])


def events_of(content: str) -> tuple[Event, ...]:
    """What the rules alone make of a text."""
    found = entities.find(content, _lexicon())
    told = once(tellings(content, found, accounts.link(content, found)))
    return tuple(sorted(told, key=lambda event: (event.start, event.type)))


def counted(content: str, kind: str) -> list[Event]:
    return [event for event in events_of(content) if event.type == kind and event.status in COUNTED]


def told(event: Event, role: str) -> str:
    return "、".join(argument.text for argument in event.filling(role))


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[example.text for _, example in EXAMPLES])
def test_an_example_of_the_table_is_found_with_its_arguments(kind: EventType, example: Example) -> None:
    found = counted(example.text, kind.name)
    assert len(found) == 1, (
        f"{kind.name}: {[(event.type, event.status) for event in events_of(example.text)]}"
    )
    wrong = {
        role: (told(found[0], role), text)
        for role, text in example.arguments.items()
        if text not in told(found[0], role).split("、")
    }
    assert not wrong, f"{found[0].rule}: {wrong}"


@pytest.mark.parametrize(("kind", "text"), COUNTEREXAMPLES, ids=[text for _, text in COUNTEREXAMPLES])
def test_a_counterexample_of_the_table_is_no_event_of_its_type(kind: EventType, text: str) -> None:
    assert [event.rule for event in counted(text, kind.name)] == []


def test_every_event_type_of_the_taxonomy_has_rules() -> None:
    assert {rule.type.name for rule in table().rules} == set(taxonomy().events)


def test_spans_and_quotes_are_verbatim() -> None:
    content = "圓通速遞遭國家郵政局約談\nＺＴＯ中通快递也被罚款５万元。"
    found = events_of(content)
    assert found
    for event in found:
        assert content[event.start : event.end] == event.quote
        assert all(content[a.start : a.end] == a.text for a in event.arguments)


def test_a_passive_turns_subject_and_counterparty_round() -> None:
    for content in ("极兔速递收购百世快递。", "百世快递被极兔速递收购。"):
        (event,) = counted(content, "merger_acquisition")
        assert [a.account for a in event.filling("subject")] == ["jt"], content
        assert [a.account for a in event.filling("counterparty")] == ["best"], content


def test_companies_listed_together_are_all_subjects() -> None:
    (event,) = counted("中通快递、圆通速递和申通快递同日宣布涨价。", "price_change")
    assert {a.account for a in event.filling("subject")} == {"zto", "yto", "sto"}


def test_a_sentence_without_a_subject_speaks_of_the_company_before_it() -> None:
    content = "德邦快递的一周\n德邦快递周一召开内部会议。会后，公司宣布裁员200人。"
    (event,) = counted(content, "layoff")
    (subject,) = event.filling("subject")
    assert subject.account == "deppon"
    assert not event.start <= subject.start < event.end


def test_somebody_unnamed_is_not_the_company_of_the_title() -> None:
    content = "唯品会新仓见闻\n一家同行宣布裁员200人。"
    assert counted(content, "layoff") == []


def test_a_company_sued_by_nobody_named_is_the_subject() -> None:
    (event,) = counted("十多名商家起诉韵达快递。", "litigation")
    assert [a.account for a in event.filling("subject")] == ["yunda"]


def test_an_event_told_in_title_and_body_comes_once_with_the_fuller_quote() -> None:
    content = "极兔速递完成新一轮融资\n极兔速递3月1日宣布完成2亿美元融资。资金将用于海外。"
    (event,) = counted(content, "funding")
    assert event.quote.startswith("极兔速递3月1日")


def test_separate_facts_of_one_company_stay_separate() -> None:
    content = "极兔速递的两件事\n极兔速递收购百世快递。同日，极兔速递宣布将收购德邦快递。"
    found = counted(content, "merger_acquisition")
    assert [told(event, "counterparty") for event in found] == ["百世快递", "德邦快递"]


def test_a_rumour_of_what_is_also_asserted_is_dropped() -> None:
    content = "极兔速递确定收购百世快递\n此前市场传言极兔速递收购百世快递。极兔速递今天宣布收购百世快递。"
    assert {event.status for event in events_of(content) if event.type == "merger_acquisition"} <= COUNTED


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("菜鸟网络裁员300人。", Status.ASSERTED),
        ("菜鸟网络将裁员300人。", Status.ANNOUNCED),
        ("菜鸟网络否认裁员300人。", Status.DENIED),
        ("菜鸟网络没有裁员。", Status.DENIED),
        ("菜鸟网络裁员的消息不实。", Status.DENIED),
        ("网传菜鸟网络裁员300人。", Status.RUMOURED),
        ("网传菜鸟网络裁员300人，公司证实消息属实。", Status.ASSERTED),
        ("如果菜鸟网络裁员，补偿将按法律执行。", Status.HYPOTHETICAL),
        ("菜鸟网络会裁员吗？", Status.HYPOTHETICAL),
        ("分析师预计菜鸟网络明年裁员。", Status.HYPOTHETICAL),
        ("菜鸟网络曾裁员300人。", Status.BACKGROUND),
        ("Cainiao lays off 300 workers.", Status.ASSERTED),
        ("Cainiao will lay off 300 workers.", Status.ANNOUNCED),
        ("Cainiao denies it laid off 300 workers.", Status.DENIED),
        ("Cainiao reportedly lays off 300 workers.", Status.RUMOURED),
        ("Cainiao could lay off 300 workers.", Status.HYPOTHETICAL),
    ],
)
def test_the_status_is_what_the_sentence_asserts(text: str, status: Status) -> None:
    assert {event.status for event in events_of(text) if event.type == "layoff"} == {status}


def test_a_year_long_past_is_background() -> None:
    content = "顺丰速运2026年动态\n2026年11月，顺丰速运开会。2026年的计划不变。2019年，顺丰速运裁员300人。"
    assert [event.status for event in events_of(content) if event.type == "layoff"] == [Status.BACKGROUND]


@pytest.mark.parametrize(
    "clause", ["顺丰涨价，圆通停运，中通处罚，", "顺丰涨价圆通停运中通处罚", "ZTO fined JD, "]
)
def test_a_sentence_without_an_end_is_read_in_linear_work(clause: str) -> None:
    counted("顺丰涨价。", "price_change")  # what is loaded once counts for neither
    first, second = (_calls(clause * times) for times in (100, 200))
    assert second < 2.5 * first


def _calls(content: str) -> int:
    """How many functions reading it calls, which is the same on every machine."""
    calls = 0

    def count(_: FrameType, what: str, __: object) -> None:
        nonlocal calls
        calls += what in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        events_of(content)
    finally:
        sys.setprofile(before)
    return calls


def test_ordinary_sentences_hold_no_event() -> None:
    content = (
        "周末去哪儿\n小区门口新开了一家面馆，味道不错。天气转凉，记得添衣。"
        "老张退休后爱上了钓鱼。孩子们在操场上放风筝。图书馆每周一闭馆。"
    )
    assert events_of(content) == ()


NONE = "examples = []\ncounterexamples = []"
RULE = f'[funding]\n{NONE}\n[[funding.rules]]\nname = "x"\n'
BROKEN = {
    "no_such_type: not an event type": f"[no_such_type]\nrules = []\n{NONE}",
    "funding: rules missing": f"[funding]\n{NONE}",
    "funding: unknown key colour": f'[funding]\nrules = []\n{NONE}\ncolour = "red"',
    "funding: unknown role winner": f'[funding]\nroles = ["winner"]\nrules = []\n{NONE}',
    "funding: example 1: no text": (
        '[funding]\nrules = []\nexamples = [{subject = "x"}]\ncounterexamples = []'
    ),
    "funding: example 1: unknown role winner": (
        '[funding]\nrules = []\nexamples = [{text = "x", winner = "y"}]\ncounterexamples = []'
    ),
    "funding: rule x: triggers missing": RULE,
    "funding: rule x: triggers must be": f'{RULE}triggers = "融资"',
    "funding: rule x: unknown frame loser": f'{RULE}triggers = ["a"]\nframe = "loser"',
    "funding: rule x: {nobody} is neither": f'{RULE}triggers = ["a"]\nneeds = ["{{nobody}}"]',
    "funding: rule x: '(' is no regular expression": f'{RULE}triggers = ["a"]\nunless = ["("]',
}


@pytest.mark.parametrize("complaint", BROKEN)
def test_a_broken_row_is_named(complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "events.toml"
    path.write_text(BROKEN[complaint], encoding="utf-8")
    with pytest.raises(BadTable) as raised:
        table(path)
    assert complaint in str(raised.value)


def test_a_sentence_that_is_all_triggers_is_told_a_few_times_of_each_type() -> None:
    content = "简讯\n顺丰" + "裁员融资涨价爆仓" * 60
    found = entities.find(content, _lexicon())
    told = tellings(content, found, accounts.link(content, found))
    counts = Counter((one.kind.name, one.event.start) for one in told)
    assert {"layoff", "price_change", "service_disruption"} <= {kind for kind, _ in counts}
    assert max(counts.values()) <= 4
