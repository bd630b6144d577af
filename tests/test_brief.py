"""A briefing says nothing that is not proved, says it once, and is the same in every format."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from intel.brief import FORMATS, Document, Format, Lang, Unproved, vocabulary
from intel.brief.blocks import BLOCKS, Chart, ChartKind, Row, Section, Table
from intel.brief.choosing import evidence
from intel.brief.figures import numbers, proven
from intel.brief.material import Voice
from intel.brief.words import (
    SAID,
    WORDS_TOML,
    Aspect,
    Count,
    Day,
    Figure,
    Label,
    Measure,
    Moment,
    Period,
    Phrase,
    Setting,
    Short,
    Told,
    Vocabulary,
)
from intel.config import CHINA
from intel.coverage import STATE_LABELS
from intel.taxonomy import taxonomy
from tests import cards
from tests.briefs import BASE, HOSTILE, LABELS, NOW, ORDER, Page, briefing, found, shown, written

WORDS = vocabulary(Lang.ZH, LABELS)
PROOF = evidence(BASE)
INVENTED = "据悉，该公司即将破产。"


# ---- every topic, and every quote once


def test_every_topic_of_the_taxonomy_has_a_section_and_those_without_evidence_are_unknown() -> None:
    text = written(briefing(found()), Format.MD)
    for label in taxonomy().topics.values():
        assert re.search(rf"^## {re.escape(label)}", text, re.M), label
    assert text.count("\n未知\n") == len(taxonomy().topics) - 1


def test_evidence_is_grouped_by_event_newest_first() -> None:
    old = datetime(2026, 3, 1, tzinfo=CHINA)
    text = written(
        briefing(
            found(quote="淘宝旧的爆仓记录在案。", dated_at=old),
            found(quote="淘宝没有事件的一句话。", event=None, dated_at=old),
            found(quote="淘宝较新的爆仓记录在案。", dated_at=old.replace(month=5)),
        ),
        Format.MD,
    )
    places = [text.index(part) for part in ("### 爆仓", "较新的", "旧的", "### 相关陈述", "没有事件")]
    assert places == sorted(places)


def test_copies_of_a_report_are_one_witness_told_by_its_most_reliable_source() -> None:
    told = [("卖家论坛", "E"), ("邮政局", "A"), ("电商早报", "B")]
    made = briefing(
        *(found(story=1, quote=BASE.quote, source_label=label, reliability=grade) for label, grade in told)
    )
    text = written(made, Format.MD)
    assert "邮政局（A3）" in text and "另见 卖家论坛、电商早报" in text
    assert "1 篇独立报道、1 条引文、1 个来源" in text
    assert text.count(BASE.quote) == 1


def test_an_event_that_the_best_article_of_a_story_leaves_out_is_told_by_the_next_best() -> None:
    best = found(
        story=1, article=1, quote="淘宝商家对时效不满意。", event=None, reliability="B", source_label="早报"
    )
    tenders = [
        found(
            story=1,
            article=n,
            quote=f"淘宝新一轮招标{n}月启动。",
            event="tender",
            reliability=grade,
            source_label=label,
        )
        for n, grade, label in ((2, "C", "观察网"), (3, "E", "论坛"))
    ]
    text = written(briefing(best, *tenders), Format.MD)
    assert "招标2月启动" in text and "招标3月" not in text
    assert "时效不满意" in text and "1 篇独立报道、2 条引文" in text


@pytest.mark.parametrize("form", [Format.MD, Format.HTML, Format.DOCX])
def test_a_quote_that_answers_several_topics_stands_once(form: Format) -> None:
    both = [found(story=1, article=1, quote=BASE.quote, topic=t) for t in ("carrier_problems", "order_cycle")]
    made = briefing(*both, found(quote="淘宝合同一年一签。", topic="order_cycle", event=None))
    assert shown(made, form).count(BASE.quote) == 1


def test_a_topic_whose_only_quote_stands_under_another_is_not_called_unknown() -> None:
    old = datetime(2026, 3, 1, tzinfo=CHINA)
    both = [
        found(story=1, article=1, quote=BASE.quote, topic=topic, event=None, dated_at=old)
        for topic in ("carrier_problems", "order_cycle")
    ]
    text = written(briefing(*both), Format.MD)
    assert text.count("\n未知\n") == len(taxonomy().topics) - 2
    assert "另有 1 条列于：" in text


def test_a_quote_within_another_of_the_same_article_is_not_repeated() -> None:
    whole = found(article=1, story=1, quote="甲方称，淘宝的账期由30天延长到60天。", start=0, end=20)
    part = replace(whole, id=9999, quote="淘宝的账期由30天延长到60天。", start=4, end=20, topic="order_cycle")
    text = written(briefing(whole, part), Format.MD)
    assert text.count("淘宝的账期由30天延长到60天。") == 1
    assert "订单与合同周期、成交难度（1）" in text


def test_the_same_words_in_two_reports_stand_once_with_both_sources() -> None:
    text = written(briefing(found(quote=BASE.quote), found(quote=BASE.quote, source_label="乙报")), Format.MD)
    assert text.count(BASE.quote) == 1 and "另见 乙报" in text


@pytest.mark.parametrize("form", [Format.MD, Format.HTML, Format.DOCX])
def test_a_briefing_shows_quote_source_day_rating_and_title_of_each_finding(form: Format) -> None:
    text = shown(briefing(found(quote=BASE.quote)), form)
    for part in (BASE.quote, BASE.source_label, "2026-11-18", "B3", BASE.title):
        assert part in text


@pytest.mark.parametrize("form", [Format.MD, Format.HTML])
def test_a_briefing_links_to_each_article(form: Format) -> None:
    assert "http://wire.localhost/77" in written(briefing(found(url="http://wire.localhost/77")), form)


def test_what_is_left_out_for_length_is_said() -> None:
    old = datetime(2026, 1, 1, tzinfo=CHINA)
    findings = [found(dated_at=old) for _ in range(7)]
    few, all_of_it = (briefing(*findings, order=replace(ORDER, most=most)) for most in (5, None))
    for form in (Format.MD, Format.HTML):
        assert written(few, form).count(BASE.quote) == 5
        assert "另有 2 条未列" in written(few, form)
        assert "未列" not in written(all_of_it, form)


def test_no_identifier_of_the_taxonomy_is_shown_to_a_person() -> None:
    made = briefing(*(found(topic=topic, event=None) for topic in taxonomy().topics), found())
    for form in (Format.MD, Format.DOCX):
        assert not re.search(r"[a-z]+_[a-z]+|taobao|yunda", shown(made, form))


# ---- nothing that is not proved


def all_blocks() -> Document:
    """A briefing with every block and every sort of word in it."""
    states = briefing(
        found(),
        found(topic="order_cycle", event=None, place="第3页"),
        *(
            found(dated_at=datetime(2026, month, 1, tzinfo=CHINA), source_label="乙报")
            for month in range(1, 9)
        ),
        order=replace(ORDER, charts=True, most=2, demo=True),
        voices=[Voice("yunda", "韵达与淘宝", date(2026, 11, 1), "http://a.localhost/", "甲报", "B", 5)],
    )
    figure = Figure("3天", 3, evidence(replace(BASE, quote="部分包裹延误三天")))
    cells = (Told(PROOF, Aspect.SOURCE), figure, Period("2026-Q3"), Moment(NOW), Setting(3), None)
    words = [WORDS.word("source")] * len(cells)
    extra = Table(tuple(words), (Row(cells),))
    first, *rest = states.blocks
    return replace(states, blocks=(first, *rest, replace(_section(states), blocks=(extra,))))


def _section(document: Document) -> Section:
    return next(block for block in document.blocks if isinstance(block, Section))


def parts(value: object) -> list[object]:
    """A value and all that it is made of."""
    if isinstance(value, tuple):
        return [found for one in value for found in parts(one)]
    if not hasattr(value, "__dataclass_fields__") or isinstance(value, Vocabulary):
        return []
    inner = [found for one in fields(value) for found in parts(getattr(value, one.name))]  # type: ignore[arg-type]
    return [value, *inner]


def one_of_each() -> dict[type, object]:
    return {type(part): part for part in parts(all_blocks())}


CHECKED = (*BLOCKS, Row, Document, *SAID)
SLOTS = [(kind, one.name) for kind in CHECKED for one in fields(kind)]
# What these hold is checked in tests of their own: a label's table and key, a figure's value.
OTHERWISE = {("Label", "table"), ("Label", "key"), ("Figure", "number")}


def test_the_sample_has_every_block_and_every_sort_of_word_in_it() -> None:
    assert one_of_each().keys() >= set(CHECKED)


@pytest.mark.parametrize(("kind", "slot"), SLOTS, ids=lambda one: getattr(one, "__name__", one))
def test_nothing_of_a_briefing_can_hold_a_sentence_without_evidence(kind: type, slot: str) -> None:
    sample = one_of_each()[kind]
    for text in (INVENTED, (INVENTED,), ((INVENTED, INVENTED),)):
        if (kind.__name__, slot) in OTHERWISE:
            continue
        with pytest.raises(Unproved):
            replace(sample, **{slot: text})  # type: ignore[type-var]


@pytest.mark.parametrize(("table", "key"), [("words", INVENTED), (INVENTED, "source"), ("topics", "x")])
def test_a_label_is_of_a_table(table: str, key: str) -> None:
    with pytest.raises(Unproved):
        Label(WORDS, table, key)


@pytest.mark.parametrize("holes", [{}, {"day": INVENTED}, {"day": Day(NOW.date()), "more": Day(NOW.date())}])
def test_the_holes_of_a_phrase_are_filled_with_what_is_proved_and_all_of_them(
    holes: dict[str, object],
) -> None:
    with pytest.raises(Unproved):
        WORDS.say("since", **holes)  # type: ignore[arg-type]


@pytest.mark.parametrize("shown_", ["4天", "三天", "3小时", INVENTED, "3天" + INVENTED, ""])
def test_a_figure_is_one_that_its_quote_holds(shown_: str) -> None:
    with pytest.raises(Unproved):
        Figure(shown_, 3, evidence(replace(BASE, quote="部分包裹延误三天")))


@pytest.mark.parametrize(
    "missing",
    [
        {"quote": ""}, {"quote": " \n"}, {"source": ""}, {"url": ""}, {"day": None}, {"reliability": "G"},
        {"reliability": ""}, {"credibility": 0}, {"credibility": 7}, {"quote": None},
    ],
    ids=str,
)  # fmt: skip
def test_evidence_has_quote_source_day_rating_and_address(missing: dict[str, object]) -> None:
    with pytest.raises(Unproved):
        replace(PROOF, **missing)  # type: ignore[arg-type]


def unproved(text: str, document: Document) -> str:
    """What is left of a text when all quotes, names, labels and days are taken out of it: letters only."""
    proofs = [part for part in parts(document) if isinstance(part, type(PROOF))]
    allowed = {"zh", "en"}
    for proof in proofs:
        allowed |= {proof.quote, proof.title, proof.source, proof.place or "", proof.why, proof.rating}
        allowed |= {*proof.copies, proof.reliability}
    for part in parts(document):
        if isinstance(part, Label | Short):
            allowed.add(part.text)
        if isinstance(part, Phrase):
            allowed |= {piece for piece, *_ in Formatter().parse(part.label.text)}
        if isinstance(part, Figure | Moment | Period):
            allowed.add(part.text)
    text = text.replace(document.written_at.isoformat(), " ")
    for cut in re.findall(r"[^\n]+(?=…)", text):  # a name that is too long for a picture
        if any(one.startswith(cut) for one in allowed):
            text = text.replace(f"{cut}…", " ")
    for part in sorted((one for one in allowed if one.strip()), key=len, reverse=True):
        text = text.replace(part, " ").replace(" ".join(part.split()), " ")
    return "".join(re.findall(r"[A-Za-z\u3400-\u9fff]+", text))


# Whatever is written of blocks, in both languages, with its moment of writing.
WRITTEN = {
    "briefing": all_blocks,
    "battlecard": cards.full,
    "battlecard in English": lambda: cards.full(Lang.EN),
    "battlecard of nothing": lambda: cards.document(cards.made()),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("make", WRITTEN.values(), ids=WRITTEN)
def test_no_format_adds_a_word_to_what_is_proved(make: Callable[[], Document], form: Format) -> None:
    document = make()
    assert unproved(shown(document, form), document) == ""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("make", WRITTEN.values(), ids=WRITTEN)
def test_that_proof_finds_a_sentence_that_nothing_proves(make: Callable[[], Document], form: Format) -> None:
    document = make()
    assert unproved(shown(document, form) + INVENTED, document) != ""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("make", [all_blocks, cards.full])
def test_every_quote_of_a_briefing_is_in_every_format(make: Callable[[], Document], form: Format) -> None:
    document = make()
    told = " ".join(shown(document, form).split())
    lines = [part for part in parts(document) if type(part).__name__ == "EvidenceLine"]
    assert len(lines) > 3
    for line in lines:
        assert line.evidence.quote in told  # type: ignore[attr-defined]


def test_a_count_counts_the_evidence_it_names() -> None:
    proofs = tuple(
        evidence(found(story=story, source_label=name)) for story, name in ((1, "甲"), (1, "乙"), (2, "甲"))
    )
    told = {
        measure: Count(measure, proofs).number
        for measure in (Measure.QUOTES, Measure.REPORTS, Measure.SOURCES)
    }
    assert list(told.values()) == [3, 2, 2]


def test_json_holds_every_quote_and_what_each_count_counts() -> None:
    order = replace(ORDER, most=FORMATS[Format.JSON].whole and None)
    made = json.loads(written(briefing(*(found() for _ in range(7)), order=order), Format.JSON))
    text = json.dumps(made, ensure_ascii=False)
    assert text.count(BASE.quote) == 7
    topic = next(
        block for block in made["blocks"] if block.get("heading", {}).get("id") == "carrier_problems"
    )
    assert topic["heading"]["count"]["number"] == len(topic["heading"]["count"]["of"]) == 7


# ---- figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("165.3亿件", "一百六十五亿三千万件"),
        ("1.9亿件", "190,000,000件"),
        ("３０天", "30天"),
        ("十五亿", "15亿"),
        ("3亿5000万元", "3.5亿元"),
        ("2.5 billion parcels", "25亿件"),
        ("两万八千人", "28000人"),
        ("一百零五家", "105家"),
        ("一万二千亿", "12000亿"),
        ("三点五亿", "3.5亿"),
        ("二〇二六年", "2026年"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert numbers(one) == numbers(other) != frozenset()


def test_words_that_hold_a_digit_are_no_numbers() -> None:
    assert numbers("一直以来，统一安排，万一有千方百计") == frozenset()


def test_the_numbers_of_a_sentence_are_all_found() -> None:
    told = numbers("10月淘宝发出21.2亿件，日均6420万件，同比增长7.6%，共二十八座仓")
    assert told == {Decimal(n) for n in ("10", "2120000000", "64200000", "7.6", "28")}


@pytest.mark.parametrize(
    ("figure", "quote", "held"),
    [
        ("165.3亿件", "全国快递业务量完成165.3亿件，同比增长12.4%", True),
        ("12.4%", "全国快递业务量完成165.3亿件，同比增长１２．４％", True),
        ("165.4亿件", "全国快递业务量完成165.3亿件", False),
        ("165.3万件", "全国快递业务量完成165.3亿件", False),
        ("165.3亿元", "全国快递业务量完成165.3亿件", False),
    ],
)
def test_a_figure_is_checked_against_the_quote_by_number_and_unit(
    figure: str, quote: str, held: bool
) -> None:
    assert proven(figure, quote) is held


# ---- words in both languages


TABLES = tomllib.loads(WORDS_TOML.read_text("utf-8"))
# The Chinese of these is the taxonomy's own.
OWN = ("words", "states", "grades", "asks", "topic_asks")
ENTRIES = [(table, key) for table in OWN for key in TABLES[table]]


@pytest.mark.parametrize(("table", "key"), ENTRIES)
def test_every_word_of_a_briefing_is_in_both_languages_with_the_same_holes(table: str, key: str) -> None:
    forms = TABLES[table][key]
    assert forms.keys() == {"zh", "en"}
    holes = [
        {name for _, name, _, _ in Formatter().parse(text) if name is not None} for text in forms.values()
    ]
    assert holes[0] == holes[1]


@pytest.mark.parametrize(("table", "key"), [(t, k) for t in ("topics", "events") for k in LABELS[t]])
def test_every_label_of_the_taxonomy_has_an_english_form(table: str, key: str) -> None:
    assert re.search("[A-Za-z]{3}", TABLES[table][key]["en"])


def test_states_are_called_as_the_coverage_calls_them() -> None:
    assert {key: forms["zh"] for key, forms in TABLES["states"].items()} == STATE_LABELS


def test_the_tables_name_nothing_that_the_taxonomy_does_not_have() -> None:
    assert TABLES["topics"].keys() | TABLES["topic_asks"].keys() <= LABELS["topics"].keys()
    assert TABLES["events"].keys() | TABLES["asks"].keys() <= LABELS["events"].keys()


def test_an_english_briefing_has_no_chinese_of_its_own() -> None:
    made = briefing(order=replace(ORDER, lang=Lang.EN, demo=True, charts=True))
    for form in FORMATS:
        assert re.findall(r"[\u3400-\u9fff]+", shown(made, form).replace("淘宝", "")) == []


def test_a_label_without_an_english_form_stands_as_it_is() -> None:
    labels = {**LABELS, "topics": {"drones": "无人机配送"}}
    assert vocabulary(Lang.EN, labels).label("topics", "drones").text == "无人机配送"


# ---- what readers do with it


def test_hostile_text_stays_text_in_html() -> None:
    made = briefing(found(quote=HOSTILE, title=HOSTILE, source_label=HOSTILE, place=HOSTILE, why=HOSTILE))
    page = Page(written(made, Format.HTML))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("form", [Format.MD, Format.HTML])
def test_only_web_addresses_become_links(form: Format) -> None:
    text = written(briefing(found(url="javascript:alert(1)")), form)
    assert 'href="javascript' not in text and "(<javascript" not in text


def test_hostile_text_opens_no_mark_in_markdown() -> None:
    text = written(briefing(found(quote=HOSTILE)), Format.MD)
    assert "\\[a\\](javascript:b)\\*\\*" in text and "\\<script\\>" in text


def test_an_address_cannot_end_its_link_early_in_markdown() -> None:
    text = written(briefing(found(url="http://a.localhost/x> [b](http://evil.localhost)\n\n# y")), Format.MD)
    assert "(<http://a.localhost/x%3E%20[b](http://evil.localhost)%0A%0A#%20y>)" in text


def test_html_loads_nothing_from_elsewhere_and_fits_a_phone() -> None:
    page = Page(written(all_blocks(), Format.HTML))
    assert not {"link", "script", "img", "iframe", "image", "use"} & {
        tag
        for tag, attributes in page.tags
        if not attributes.get("xlink:href", "#").startswith("#")  # type: ignore[union-attr]
        or tag in ("link", "script", "img", "iframe")
    }
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags


def test_no_id_of_a_page_is_given_twice() -> None:
    ids = [
        attributes["id"]
        for _, attributes in Page(written(all_blocks(), Format.HTML)).tags
        if "id" in attributes
    ]
    assert len(ids) == len(set(ids))


def test_every_chart_of_a_page_is_told_in_words_and_has_its_data_in_a_table() -> None:
    document = all_blocks()
    charts = [part for part in parts(document) if isinstance(part, Chart)]
    page = Page(written(document, Format.HTML))
    pictures = [attributes["aria-label"] for _, attributes in page.tags if attributes.get("role") == "img"]
    assert {chart.kind for chart in charts} >= {ChartKind.GRID, ChartKind.STACK, ChartKind.MATRIX}
    assert pictures == [f"{chart.said.text} {chart.alt.text}" for chart in charts]
    assert [tag for tag, _ in page.tags].count("details") == len(charts)


def test_markdown_has_the_data_of_a_chart_in_place_of_its_picture() -> None:
    text = written(all_blocks(), Format.MD)
    assert "| 事件 | " in text and "| 爆仓、延误、停运、网点停摆、罢工 | " in text


# ---- the examples of the documentation

FOLDER = Path(__file__).parent.parent / "docs" / "examples"
EXAMPLES = [FOLDER / name for name in ("taobao.md", "taobao.html", "pinduoduo.md")]


@pytest.mark.parametrize("file", [one for one in EXAMPLES if one.suffix == ".md"], ids=lambda one: one.name)
def test_an_example_begins_with_what_changed_and_what_to_ask_and_repeats_no_quote(file: Path) -> None:
    text = file.read_text("utf-8")
    assert re.findall(r"^## (.{2,4})", text, re.M)[:2] == ["有什么变", "问什么"]
    quotes = re.findall(r"“(.+)”\n", text)
    assert len(quotes) == len(set(quotes)) > 20
    assert not re.search(r"[a-z]+_[a-z]+|\{|None", re.sub(r"\]\(<[^>]*>\)", "", text))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda one: one.name)
def test_an_example_is_small_enough_to_be_read(file: Path) -> None:
    assert file.stat().st_size < 150_000
