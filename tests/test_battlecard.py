import json
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import docx
import pytest
import typer
from typer.testing import CliRunner

from intel.battlecard import Battlecard
from intel.battlecard_rules import card_table
from intel.brief import Document, Format, Lang, Unproved
from intel.brief.blocks import Section
from intel.commands import compare as compare_command
from intel.commands.compare import SameCompany
from intel.comparison_lines import lines
from intel.config import CHINA, Settings
from intel.playing import WrongRole
from intel.series import PointView
from intel.signal_table import signal_table
from intel.taxonomy import taxonomy
from intel.views import EvidenceView
from tests.briefs import written
from tests.cards import document, made, text
from tests.conftest import Kept
from tests.making import page, reading
from tests.telling import event, point, told


def quotes(card: Battlecard, cell: str) -> dict[str, list[str]]:
    """The quotes of a cell by the label of their group."""
    found = next(one for one in card.cells if one.id == cell)
    return {group.label: [one.quote for one in group.evidence] for group in found.groups}


OLD = datetime(2026, 9, 1, tzinfo=CHINA)
FINE = event("极兔速递被警告并罚款86万元。", "penalty")


# ---- the cells


@pytest.mark.parametrize(
    ("cell", "label", "view"),
    [
        ("strengths", "扩张与产能", event("极兔长沙转运中心投产。", "expansion")),
        ("strengths", "新产品、新服务", event("极兔发布当日达。", "product_launch")),
        ("strengths", "获奖、排名、认证", event("极兔获年度服务奖。", "award")),
        ("weaknesses", "处罚、约谈", FINE),
        ("weaknesses", "爆仓、延误、停运", event("极兔长沙中心爆仓。", "service_disruption")),
        ("weaknesses", "投诉与服务质量", event("极兔的投诉居末位。", "service_quality")),
        ("threats", "对手低价", event("极兔报价降到1.05元。", "price_change")),
    ],
)
def test_what_is_told_of_the_rival_stands_in_its_cell(cell: str, label: str, view: EvidenceView) -> None:
    assert quotes(made(view), cell) == {label: [view.quote]}


@pytest.mark.parametrize(
    "view",
    [
        event("极兔否认被罚款。", "penalty", status="denied"),
        event("网传极兔被罚款。", "penalty"),
        event("上海一家企业被罚款。", "penalty"),
        event("极兔被罚款。", "penalty", role="counterparty"),
        event("极兔被罚款。", "penalty", days=500),
        event("极兔起诉甲公司，要求支付运费。", "litigation"),
        event("甲比极兔便宜。", "price_change"),
        event("极兔成立十年。", "award"),
    ],
)
def test_what_is_denied_hearsay_another_s_old_or_misread_stands_in_no_cell(view: EvidenceView) -> None:
    assert not any(cell.groups for cell in made(view).cells)


def test_what_a_client_says_of_the_rival_and_of_us_stands_on_the_right_side() -> None:
    card = made(
        client=(
            told("极兔虚假签收让商家头疼。", problem="false_delivery", parties=("jt",)),
            told("淘宝停用极兔。", topic="switching_intent", stance="raises", parties=("jt",)),
            told("淘宝试点由顺丰承运。", topic="incumbent_carriers", parties=("sf",)),
            told("淘宝让极兔进门。", topic="incumbent_carriers", parties=("jt",)),
        )
    )
    assert quotes(card, "weaknesses") == {"客户对它不满": ["极兔虚假签收让商家头疼。"]}
    assert quotes(card, "opportunities") == {
        "客户减用对手": ["淘宝停用极兔。"],
        "我方已进入该客户": ["淘宝试点由顺丰承运。"],
    }
    assert quotes(card, "threats") == {"对手在该客户得单": ["淘宝让极兔进门。"]}


def change(quote: str, **sides: tuple[str, ...]) -> EvidenceView:
    return event(quote, "carrier_change", account="taobao", **sides)


def test_of_two_couriers_in_one_clause_it_counts_which_the_client_leaves() -> None:
    left = made(client=(change("淘宝退货件由极兔改交圆通承接。", leaving=("jt",), joining=("yto",)),))
    assert quotes(left, "opportunities") == {"客户减用对手": ["淘宝退货件由极兔改交圆通承接。"]}
    assert quotes(left, "threats") == {}
    joined = made(client=(change("淘宝退货件由圆通改由极兔承接。", leaving=("yto",), joining=("jt",)),))
    assert quotes(joined, "threats") == {"对手在该客户得单": ["淘宝退货件由圆通改由极兔承接。"]}
    assert quotes(joined, "opportunities") == {}


def test_what_is_told_of_us_is_an_opportunity_or_a_threat() -> None:
    ours = (
        event("顺丰连续第一。", "award", account="sf"),
        event("顺丰深圳网点爆仓。", "service_disruption", account="sf"),
    )
    card = made(ours=ours)
    assert quotes(card, "opportunities") == {"我方的强项": ["顺丰连续第一。"]}
    assert quotes(card, "threats") == {"我方的弱项": ["顺丰深圳网点爆仓。"]}
    assert quotes(card, "strengths") == quotes(card, "weaknesses") == {}


def test_who_leads_in_how_complaints_are_handled_is_strong_and_not_weak() -> None:
    praise = "申诉处理工作综合指数前三名为顺丰、京东物流、中国邮政。"
    card = made(ours=(event(praise, "service_quality", account="sf"),))
    assert quotes(card, "opportunities") == {"我方的强项": [praise]}
    assert quotes(card, "threats") == {}


def test_a_sentence_stands_once_however_many_ways_it_was_read() -> None:
    quote = "极兔虚假签收被淘宝投诉，罚款5万元。"
    place = {"article": 77, "story": 77, "start": 3}
    card = made(
        event(quote, "penalty", **place),
        event(quote, "service_quality", **place),
        client=(told(quote, problem="complaint", parties=("jt",), **place),),
    )
    assert text(card).count("虚假签收被淘宝投诉") == 1


def test_of_a_story_whose_first_sentence_stands_elsewhere_the_next_is_quoted() -> None:
    place = {"article": 78, "story": 78}
    card = made(
        event("极兔中心爆仓被罚款。", "service_disruption", start=3, **place),
        event("极兔中心爆仓被罚款。", "penalty", start=3, **place),
        event("极兔再被罚款。", "penalty", start=40, **place),
    )
    assert quotes(card, "weaknesses") == {
        "爆仓、延误、停运": ["极兔中心爆仓被罚款。"],
        "处罚、约谈": ["极兔再被罚款。"],
    }


def test_copies_of_a_report_are_one_quote_that_names_the_others() -> None:
    copy = FINE._replace(article=990, source_label="早报", reliability="C", start=9)
    [cell] = [cell for cell in made(FINE, copy).cells if cell.groups]
    assert [(one.source, one.copies) for one in cell.groups[0].evidence] == [("快递观察网", ("早报",))]


def test_signals_of_the_client_are_opportunities_and_their_contrary_a_threat() -> None:
    card = made(
        client=(
            told("淘宝新一轮招标明年启动。", topic="procurement_process"),
            told("淘宝的现有合同继续履行。", topic="order_cycle"),
        )
    )
    assert quotes(card, "opportunities") == {"招标开放或已预告": ["淘宝新一轮招标明年启动。"]}
    assert quotes(card, "threats") == {"客户不换的迹象": ["淘宝的现有合同继续履行。"]}


# ---- figures


def complaints(jt: float, sf: float, period: str = "2026-09") -> tuple[PointView, ...]:
    series = {"series": "spb.complaint.rate", "unit": "件/百万件"}
    return point("jt", jt, "2026-09", **series), point("sf", sf, period, **series)


@pytest.mark.parametrize(("jt", "sf", "cell"), [(2.21, 0.17, "weaknesses"), (0.17, 2.21, "strengths")])
def test_a_figure_stands_where_the_rival_is_better_or_worse(jt: float, sf: float, cell: str) -> None:
    card = made(points=complaints(jt, sf))
    [found] = [one for one in card.cells if one.groups]
    [group] = found.groups
    assert (found.id, group.measure, len(group.evidence)) == (cell, True, 2)
    assert group.note == f"极兔 {jt}件/百万件 · 顺丰 {sf}件/百万件（2026-09）"


@pytest.mark.parametrize("points", [complaints(1.0, 1.0), complaints(2.0, 1.0, "2026-H1"), ()])
def test_equal_figures_other_periods_and_missing_ones_stand_in_no_cell(points: tuple[PointView, ...]) -> None:
    assert not any(cell.groups for cell in made(points=points).cells)


# ---- what it does for the client, and questions


def test_what_the_rival_does_for_the_client_is_quoted_with_its_notices() -> None:
    share = told("淘宝包裹中极兔占11%。", topic="incumbent_carriers", parties=("jt",), days=3)
    notice = told("淘宝退货物流候选人公示", kind="notice", event="candidates", parties=("jt",))
    card = made(client=(share,), won=(notice,))
    assert [one.quote for one in card.serves] == [notice.quote, share.quote]


def asked(card: Battlecard) -> str:
    return text(card).partition("## 问什么")[2].partition("## 对手的强项")[0]


def test_what_is_not_known_becomes_a_question_with_its_reason() -> None:
    told_of = asked(made())
    assert "- 极兔现在的单票收入是多少？（没有读到这项数字）" in told_of
    assert "- 极兔目前给淘宝承运哪些区域和品类，占多少？（没有读到）" in told_of


def test_what_is_known_is_not_asked() -> None:
    both = (point("jt", 2.1), point("sf", 13.1))
    assert "单票收入" not in asked(made(points=both))
    apart = (point("jt", 2.1), point("sf", 13.1, "2026-H1"))
    assert "单票收入只有不同期间的数" in asked(made(points=apart))


def test_a_doubtful_quote_on_the_rival_is_to_be_verified_with_its_source_and_the_reason_of_doubt() -> None:
    doubtful = FINE._replace(credibility=4, quote="极兔{client}被罚款。", why="有否认的报道（甲报）")
    told_of = asked(made(doubtful))
    assert "### 请核实" in told_of and "“极兔{client}被罚款。”" in told_of
    assert "快递观察网（B4）" in told_of and "存疑：有否认的报道（甲报）" in told_of
    assert text(made(doubtful)).count("极兔{client}被罚款。") == 1
    assert "请核实" not in asked(made(FINE))


def test_the_client_s_first_factor_is_asked_about_as_an_inference() -> None:
    orders = [told(f"淘宝最看重质量，其次是价格{day}。", topic="decision_factors") for day in (1, 2)]
    assert "淘宝似乎最看重质量（推断）" in asked(made(client=tuple(orders)))
    assert "淘宝选快递商最看重什么" in asked(made(client=(orders[0],)))


def test_without_a_client_nothing_is_said_or_asked_of_one() -> None:
    card = made(FINE, client=None)
    assert "未指定客户" in text(card) and "做什么" not in text(card)
    assert "{" not in asked(card) and "客户" not in asked(card)


# ---- on paper; that nothing of it is unproved is held with that of briefings, in test_brief.py


def sections(made_of: Document) -> dict[str, Section]:
    found = [block for block in made_of.blocks if isinstance(block, Section)]
    return {one.heading.said.text: one for one in found}


@pytest.mark.parametrize("lang", Lang)
def test_every_cell_without_evidence_says_unknown(lang: Lang) -> None:
    told_of = text(made(), lang=lang)
    # Four cells, what it does for the client, and the two couriers' six figures each.
    assert told_of.count({Lang.ZH: "未知", Lang.EN: "Unknown"}[lang]) == 4 + 1 + 12
    assert " 0" not in told_of.partition("|---")[2]


def test_a_card_begins_with_what_changed_and_what_to_ask() -> None:
    recent, old = event("极兔再次被罚款50万元，本月公布。", "penalty", days=1), FINE._replace(dated_at=OLD)
    parts = list(sections(document(made(recent, old))))
    assert parts[:3] == ["有什么变化（近 30 天）", "问什么", "对手的强项"]
    told_of = text(made(recent, old))
    first = told_of.partition("## 问什么")[0]
    assert f"对手的弱项、处罚、约谈：“{recent.quote}”" in first and old.quote not in first
    assert told_of.count(recent.quote) == told_of.count(old.quote) == 1 and "开头已引 1 条" in told_of


def test_one_report_does_not_fill_the_first_screen() -> None:
    place = {"article": 80, "story": 80}
    fines = [event(f"极兔第{n}项被罚款5万元，通报如下。", "penalty", start=n, **place) for n in range(3)]
    assert text(made(*fines)).partition("## 问什么")[0].count("被罚款") == 1


@pytest.mark.parametrize("form", Format)
def test_each_quote_stands_with_source_rating_day_and_title(form: Format) -> None:
    told_of = text(made(FINE), form)
    for part in (FINE.quote, "快递观察网", "2026-11-12", FINE.title):
        assert part in told_of


def test_headings_are_english_if_asked_and_quotes_stay() -> None:
    told_of = text(made(FINE._replace(dated_at=OLD)), lang=Lang.EN)
    assert "## Their weaknesses" in told_of and "### Penalties" in told_of and FINE.quote in told_of
    assert "对手的弱项" not in told_of


def test_what_is_left_out_for_length_is_said_and_json_has_it() -> None:
    fines = [event(f"极兔第{number}次被罚款。", "penalty", days=90) for number in range(5)]
    card = made(*fines)
    assert "另有 2 条未列" in text(card)
    whole = json.loads(written(document(card, most=None), Format.JSON))
    assert json.dumps(whole, ensure_ascii=False).count('"quote"') == 5


def test_a_figure_of_a_table_s_row_stands_with_its_unit_and_a_period_in_words() -> None:
    rate: dict[str, Any] = {"series": "spb.complaint.rate", "unit": "件/百万件", "step": 0.01}
    jt = point("jt", 2.21, quote="极兔 | 2.21 | 2.49", **rate)
    sf = point("sf", 0.17, quote="顺丰的有效申诉率为0.17件/百万件", **rate)
    told_of = text(made(points=(jt, sf)))
    assert "**有效申诉率，2026年9月**：极兔 2.21件/百万件、顺丰 0.17件/百万件" in told_of
    assert "| 有效申诉率 | 2.21件/百万件（2026年9月） | 0.17件/百万件（2026年9月） |" in told_of
    assert told_of.count("极兔 | 2.21 | 2.49") == 1


def test_a_value_that_its_quote_does_not_hold_is_left_to_the_quote() -> None:
    told_of = text(made(points=(point("jt", 2.11, quote="极兔的单票收入下降"),)))
    assert "2.11" not in told_of and "见下方引文（2026年9月）" in told_of


def test_other_periods_are_said_once_and_only_of_two_values() -> None:
    apart = (point("jt", 2.1), point("sf", 13.1, "2026-H1"))
    assert text(made(points=apart)).count("期间不同") == 1
    assert "期间不同" not in text(made(points=(point("sf", 13.1, "2026-H1"),)))


def test_a_group_that_no_table_names_is_refused() -> None:
    card = made(FINE)
    cells = tuple(
        replace(cell, groups=tuple(replace(one, label="据悉即将破产") for one in cell.groups))
        for cell in card.cells
    )
    with pytest.raises(Unproved):
        document(replace(card, cells=cells))


def test_no_identifier_stands_in_the_text() -> None:
    views = (FINE, event("极兔长沙中心爆仓。", "service_disruption"))
    client = (
        told("极兔虚假签收。", problem="false_delivery", parties=("jt",)),
        told("淘宝包裹中极兔占11%。", topic="incumbent_carriers", parties=("jt",)),
    )
    told_of = text(made(*views, client=client, points=complaints(2.21, 0.17)))
    known = {*taxonomy().topics, *taxonomy().events, "false_delivery", "taobao", "dissatisfied", "spb"}
    assert not [name for name in known if name in told_of]


def test_the_order_in_which_sentences_come_changes_nothing() -> None:
    views = (FINE, event("极兔再次被罚款。", "penalty"), event("极兔长沙中心爆仓。", "service_disruption"))
    assert len({text(made(*order)) for order in permutations(views)}) == 1


def test_the_table_names_cells_lines_signals_topics_and_events_that_exist() -> None:
    table = card_table()
    for rule in table.rules:
        assert rule.cell in table.cells and rule.of in ("rival", "ours", "client")
        assert rule.asked.topics <= taxonomy().topics.keys() and rule.asked.events <= taxonomy().events.keys()
    for measures in table.measures:
        assert set(measures.lines) <= {line.id for line in lines() if line.better}
    named = {*table.signals.opportunities, *table.signals.threats, *table.signals.against}
    assert named <= {signal.id for signal in signal_table().signals}


# ---- the command

PHRASE = "极兔华东多个网点爆仓，淘宝商家要求赔付。"


@pytest.fixture
def known(kept: Kept) -> Kept:
    kept.store.add_page(page())
    told_of = reading("双11淘宝", PHRASE, phrase=PHRASE)
    finding = replace(told_of.findings[0], couriers=("jt",), problem="disruption", stance="dissatisfied")
    kept.store.keep([(1, replace(told_of, findings=(finding,)))])
    return kept


def ran(known: Kept, *words: str, **settings: object) -> str:
    app = typer.Typer()
    app.command()(compare_command.battlecard_command)
    given = Settings(database_url=known.url, **settings)  # type: ignore[arg-type]
    result = CliRunner().invoke(app, [*words, "--as-of", "2026-11-20"], obj=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_compares_against_the_company_that_is_ours(known: Kept) -> None:
    assert "# 竞争对比卡：极兔 对 顺丰" in ran(known, "极兔", "--client", "淘宝")
    assert "极兔 对 圆通" in ran(known, "极兔", ours="圆通")
    assert "极兔 对 中通" in ran(known, "极兔", "--against", "zto", ours="yto")


def test_the_command_quotes_what_the_client_says(known: Kept) -> None:
    assert f"“{PHRASE}”" in ran(known, "极兔", "--client", "淘宝")
    assert PHRASE not in ran(known, "极兔")


def test_the_command_writes_a_file_if_asked(known: Kept, tmp_path: Path) -> None:
    file = tmp_path / "cards" / "jt.html"
    assert str(file) in ran(known, "极兔", "--format", "html", "--output", str(file)).replace("\n", "")
    assert file.read_text("utf-8").startswith("<!doctype html>")


def test_the_command_writes_a_word_file_and_json(known: Kept, tmp_path: Path) -> None:
    file = tmp_path / "jt.docx"
    ran(known, "极兔", "--client", "淘宝", "--format", "docx", "--output", str(file))
    words = [one.text for one in docx.Document(str(file)).paragraphs]
    assert words[0] == "竞争对比卡：极兔 对 顺丰" and any(PHRASE in one for one in words)
    assert json.loads(ran(known, "极兔", "--format", "json"))["kind"] == "battlecard"


@pytest.mark.parametrize("words", [("淘宝",), ("极兔", "--client", "圆通")])
def test_the_command_refuses_a_client_for_a_courier_and_a_courier_for_a_client(
    known: Kept, words: tuple[str, ...]
) -> None:
    with pytest.raises(WrongRole, match="its role is"):
        ran(known, *words)


def test_the_command_refuses_to_compare_a_company_with_itself(known: Kept) -> None:
    with pytest.raises(SameCompany, match="INTEL_OURS"):
        ran(known, "顺丰")
