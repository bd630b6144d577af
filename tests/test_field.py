"""What staff hear from a client, from the form to the finding: theirs is evidence, ours is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from intel import reader
from intel.config import CHINA
from intel.field import FIELD, FieldReports
from intel.field_form import BadReport, altered, filled, form, reported
from intel.model import FieldReport, NotAnArticle, Page, Reading
from intel.query import UnknownName
from intel.query_evidence import EvidenceQuery
from intel.search_query import Search
from intel.views import FindingFilter, FindingView
from pipelines import entities
from pipelines.field_report import read_report, with_client, without_own
from pipelines.flow import Watchlist, read
from spiders import saved
from tests.conftest import Command, Kept
from tests.making import NOON, SOURCES
from tests.test_cli import refused

ALL = FindingFilter()
HEARD = (
    "客户目前每天发货约12万件，双11当天达到31万件。\n"
    "对方表示韵达华东网点爆仓，延误三天以上，商家投诉很多。\n"
    "付款周期为月结45天，从不拖欠。"
)
ENTRIES = {
    "account": "taobao",
    "author": "沈立",
    "happened_on": "2026-11-05",
    "way": "拜访",
    "place": "杭州",
    "points": HEARD,
    "ideas": "淘宝一定会更换快递商，付款拖欠严重。",
    "next_step": "下周向淘宝报价，争取参加招标。",
}
MARKDOWN = f"""# 访问记录
- 客户：淘宝
- 日期：2026-11-05
- 方式：上门拜访
- **地点**：杭州
- 记录人：沈立
- 可靠性：C

## 要点
{HEARD}

## 想法
淘宝一定会更换快递商。

## 下一步
下周报价。
"""


@pytest.fixture
def reports(kept: Kept) -> Kept:
    """A fresh database that takes field reports."""
    kept.store.load_sources((*SOURCES, FIELD))
    return kept


def enter(kept: Kept, report: FieldReport, now: datetime = NOON) -> FieldReport:
    entered, page = kept.store.enter_report(report, now)
    outcome = reader.read_one(kept.store, kept.query.watched(), page)
    assert isinstance(outcome, Reading), outcome
    return entered


def made(**entries: str) -> FieldReport:
    return reported(ENTRIES | entries, NOON)


def told(kept: Kept, account: str = "taobao") -> list[FindingView]:
    return list(kept.query.findings(account, ALL))


# ---- what is evidence


def test_what_the_client_said_becomes_findings_with_quote_speaker_and_place(reports: Kept) -> None:
    enter(reports, made())
    found = {finding.topic: finding for finding in told(reports)}
    assert {"potential_demand", "carrier_problems", "payment_behaviour"} <= found.keys()
    assert all(finding.quote in HEARD for finding in found.values())
    problem = found["carrier_problems"]
    assert (problem.couriers, problem.speaker) == (("yunda",), "对方")
    assert problem.place == "2026-11-05 拜访（杭州） 沈立"
    assert (problem.channel, problem.url, problem.dated_at.astimezone(CHINA).date()) == (
        "field",
        "field:1",
        date(2026, 11, 5),
    )


def test_our_ideas_and_next_step_are_kept_but_never_evidence(reports: Kept) -> None:
    entered = enter(reports, made(points="客户每天发货约12万件。"))
    assert entered.ideas and entered.next_step
    assert {finding.topic for finding in told(reports)}.isdisjoint(
        {"switching_intent", "payment_behaviour", "procurement_process"}
    )
    assert Search(reports.engine).page("报价").hits == () == Search(reports.engine).page("拖欠").hits


@pytest.mark.parametrize(
    "remark",
    [
        "我们认为他们年底前就会更换快递商。",
        "个人判断对方对韵达很不满意，准备更换快递商。",
        "下一步：推动对方更换快递商，争取参加招标。",
        "但我觉得客户付款会拖欠。",
    ],
)
def test_our_own_remarks_among_the_points_are_no_evidence(reports: Kept, remark: str) -> None:
    enter(reports, made(points=f"客户每天发货约12万件。\n{remark}"))
    assert all(remark[:6] not in finding.quote for finding in told(reports))
    assert told(reports)


def test_what_the_client_thinks_in_its_own_words_is_evidence(reports: Kept) -> None:
    said = "对方说：“我们认为韵达时效太差，准备更换快递商。”"
    enter(reports, made(points=said))
    assert "switching_intent" in {finding.topic for finding in told(reports)}


def test_a_report_s_own_reliability_rates_its_findings(reports: Kept) -> None:
    enter(reports, made())
    enter(reports, made(reliability="D", points="客户的华南仓每天发货约9万件，主要用中通。"))
    by_url = {finding.url: (finding.reliability, finding.credibility) for finding in told(reports)}
    assert by_url == {"field:1": ("B", 3), "field:2": ("D", 4)}
    evidence = EvidenceQuery(reports.engine).told("taobao", date(2026, 11, 30))
    assert {(one.url, one.reliability) for one in evidence} == {("field:1", "B"), ("field:2", "D")}


# ---- whom its words mean


def named(accounts: tuple[object, ...], content: str, account: str = "taobao") -> list[str]:
    """The words of a content that mean the client."""
    lexicon = Watchlist.of(accounts).lexicon  # type: ignore[arg-type]
    known = entities.find(content, lexicon)
    found = with_client(content, known, account)
    assert all(content[one.start : one.end] == one.text for one in found)
    assert list(found) == sorted(found, key=lambda one: one.start)
    return [one.text for one in found if account in one.accounts and one not in known]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("客户方每天发货12万件，對方希望降价。", ["客户方", "對方"]),
        ("客户的客户投诉多，其客户不满，终端客户流失。", ["客户"]),
        ("客户经理到场，客户关系良好，老客户介绍。", []),
        ("淘宝的客户投诉率上升。", []),
        ("对方主要用韵达。他们延误严重。", ["对方"]),
        ("对方负责人到场。他们希望降价。", ["对方", "他们"]),
        ("贵方的要求已经记下。", ["贵方"]),
        ("贺经理说：“我们明年招标，贵司可以报名。”", ["我们"]),
        ("我方答复：“我们乡镇能上门，贵司可以放心。”", ["贵司"]),
        ("我们介绍了次日达。", []),
    ],
)
def test_words_for_the_client_mean_it_and_others_do_not(
    accounts: tuple[object, ...], text: str, words: list[str]
) -> None:
    assert named(accounts, f"淘宝 拜访记录\n{text}") == words


def test_the_words_of_a_report_stay_verbatim_when_ours_are_blotted_out() -> None:
    content = "淘宝 拜访记录\n客户每天发货12万件。我们认为会涨。\n下一步：报价\n月结45天。"
    blotted = without_own(content)
    assert len(blotted) == len(content)
    assert all(kept in (" ", one) for kept, one in zip(blotted, content, strict=True))
    assert "客户每天发货12万件。" in blotted and "月结45天。" in blotted
    assert "涨" not in blotted and "报价" not in blotted


def test_a_page_that_is_no_report_of_ours_is_never_read_as_one(accounts: tuple[object, ...]) -> None:
    body = json.dumps(ENTRIES | {"name": "淘宝", "reliability": "A"}).encode()
    forged = Page("field:1", "wire", NOON, body, "application/json")
    with pytest.raises(NotAnArticle, match="not_html"):
        read(forged, Watchlist.of(accounts), NOON)  # type: ignore[arg-type]


def test_a_saved_page_cannot_take_the_address_of_a_report(tmp_path: Path) -> None:
    line = {"url": "field:1", "html": "<p>淘宝</p>"}
    (tmp_path / "in.jsonl").write_text(json.dumps(line))
    [found] = saved.pages(tmp_path / "in.jsonl")
    assert isinstance(found, saved.BadInput) and "field report" in found.reason


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"happened_on": "x", "points": "y"}'])
def test_a_damaged_report_is_rejected_with_the_reason(body: bytes) -> None:
    with pytest.raises(NotAnArticle, match="broken_document"):
        read_report(Page("field:1", "field", NOON, body))


# ---- kept, changed, read again


def test_a_report_is_followed_up_within_a_week_unless_said_otherwise() -> None:
    assert made().follow_up_on == date(2026, 11, 12)
    assert made(follow_up_on="2026-11-08").follow_up_on == date(2026, 11, 8)


def test_reading_all_again_keeps_the_findings_of_a_report(reports: Kept) -> None:
    enter(reports, made())
    before = [(f.quote, f.topic, f.place) for f in told(reports)]
    count = reader.read_pages(reports.store, reports.query.watched(), again=True)
    assert (count.read, count.rejected) == (1, {})
    assert [(f.quote, f.topic, f.place) for f in told(reports)] == before


def test_an_edited_report_is_read_again_also_when_it_says_again_what_it_said_first(reports: Kept) -> None:
    first = enter(reports, made())
    texts = {}
    for hour, points in enumerate(("客户主要用中通，占六成。", HEARD), 1):
        changed = altered(FieldReports(reports.engine).report(first.id), {"points": points})
        enter(reports, changed, NOON + timedelta(hours=hour))
        texts[points] = {finding.quote for finding in told(reports)}
    assert all(quote in points for points, quotes in texts.items() for quote in quotes)
    assert len(reports.store.pages(0, 9, unread_only=False)) == 3
    [report] = FieldReports(reports.engine).listed()
    assert (report.id, report.points, report.entered_at) == (first.id, HEARD, NOON)


def test_a_changed_day_moves_the_promised_follow_up_with_it() -> None:
    report = replace(made(), id=3, followed_up_on=None)
    assert altered(report, {"happened_on": "2026-11-01"}).follow_up_on == date(2026, 11, 8)
    done = replace(report, followed_up_on=date(2026, 11, 9))
    assert altered(done, {"happened_on": "2026-11-06"}).follow_up_on == date(2026, 11, 12)


def test_due_are_reports_whose_day_has_come_and_that_nobody_followed_up(reports: Kept) -> None:
    numbers = [enter(reports, made(follow_up_on=f"2026-11-{day:02}")).id for day in (9, 7, 20, 8)]
    reports.store.follow_up(numbers[3], date(2026, 11, 8))
    listed = FieldReports(reports.engine).listed("taobao", due=date(2026, 11, 9))
    assert [report.id for report in listed] == [numbers[1], numbers[0]]
    assert len(FieldReports(reports.engine).listed()) == 4
    assert FieldReports(reports.engine).listed("jd") == []


def test_a_number_that_no_report_has_is_refused(reports: Kept) -> None:
    with pytest.raises(UnknownName, match="no field report 7"):
        reports.store.follow_up(7, date(2026, 11, 9))
    with pytest.raises(UnknownName, match="no field report 7"):
        reports.store.enter_report(replace(made(), id=7), NOON)
    assert reports.query.kept().pages == 0


# ---- forms


def test_a_form_in_markdown_and_one_in_json_give_the_same_report() -> None:
    entries = filled(MARKDOWN)
    assert filled(json.dumps(entries)) == entries
    report = reported(entries | {"account": "taobao"}, NOON)
    assert (report.way, report.place, report.reliability) == ("visit", "杭州", "C")
    assert (report.points, report.ideas, report.next_step) == (HEARD, "淘宝一定会更换快递商。", "下周报价。")


@pytest.mark.parametrize("way", [name for names in form().named_ways.items() for name in names])
def test_every_name_of_a_way_is_taken(way: str) -> None:
    assert made(way=way).way in form().ways


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"points": " "}, "needs points"),
        ({"author": "", "account": ""}, "needs account, author"),
        ({"happened_on": "昨天"}, "'昨天'; write it like 2026-11-20"),
        ({"happened_on": "2026-11-13"}, "yet to come"),
        ({"follow_up_on": "2026-11-01"}, "before 2026-11-05"),
        ({"way": "飞鸽"}, "phone 电话, visit 拜访"),
        ({"reliability": "G"}, "from A to F"),
        ({"points": "客" * 20_001}, "points: more than 20000"),
    ],
)
def test_what_cannot_be_a_report_is_refused_with_what_would_be_right(
    entries: dict[str, str], said: str
) -> None:
    with pytest.raises(BadReport, match=said):
        made(**entries)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 生日：1月1日", "no entry '生日'"),
        ("淘宝说主要用韵达", "no entry of a field report"),
        ("- 地点：甲\n- place: 乙", "stands twice"),
        ('{"points": 3}', "points must be texts"),
        ("{oops", "no JSON"),
    ],
)
def test_a_form_with_something_else_in_it_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadReport, match=said):
        filled(text)


# ---- the command


def test_a_report_goes_in_by_form_and_stands_in_findings_briefing_and_list(
    intel: Command,
    tmp_path: Path,
) -> None:
    intel("init")
    (tmp_path / "form.md").write_text(MARKDOWN)
    added = intel("field", "add", "淘宝", "--form", str(tmp_path / "form.md"), "--json")
    assert added.code == 0, added.err
    assert json.loads(added.out)["report"]["author"] == "沈立"
    assert "沈立" in intel("findings", "淘宝").out
    assert "2026-11-05 上门拜访" not in intel("brief", "淘宝").out  # the way's one label
    assert "2026-11-05 拜访（杭州） 沈立" in intel("brief", "淘宝").out
    [listed] = json.loads(intel("field", "list", "淘宝", "--due", "--json").out)
    assert (listed["id"], listed["follow_up_on"]) == (1, "2026-11-12") and listed["overdue_days"] > 0
    assert "days late" in intel("field", "list").out
    assert intel("field", "done", "1", "--date", "2026-11-13").code == 0
    assert json.loads(intel("field", "list", "--due", "--json").out) == []
    assert "done 2026-11-13" in intel("field", "list").out


def test_a_report_goes_in_by_options_and_is_corrected(intel: Command) -> None:
    intel("init")
    intel("field", "add", "taobao", "--author", "沈立", "--way", "电话", "--points", HEARD)
    edited = intel("field", "edit", "1", "--points", "客户主要用中通，占六成。", "--json")
    assert edited.code == 0, edited.err
    quotes = [finding["quote"] for finding in json.loads(intel("findings", "淘宝", "--json").out)]
    assert quotes and set(quotes) == {"客户主要用中通，占六成。"}


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (["add", "taobao", "--author", "沈立"], ["needs points"]),
        (["add", "淘宝网店", "--points", "x", "--author", "沈"], ["did you mean"]),
        (["add", "--points", "x", "--author", "沈"], ["needs account"]),
        (["add", "--form", "missing.md"], ["missing.md"]),
        (["done", "9"], ["no field report 9"]),
        (["edit", "9", "--points", "x"], ["no field report 9"]),
        (["edit", "9"], ["nothing to change"]),
        (["done", "9", "--date", "soon"], ["'soon'"]),
        (["list", "nobody-here"], ["no account"]),
    ],
)
def test_a_wrong_number_name_or_day_gets_one_line(
    intel: Command,
    command: list[str],
    parts: list[str],
) -> None:
    intel("init")
    assert refused(intel("field", *command), *parts)


def test_a_form_about_another_account_is_refused(intel: Command, tmp_path: Path) -> None:
    intel("init")
    (tmp_path / "form.md").write_text(MARKDOWN)
    assert refused(intel("field", "add", "拼多多", "--form", str(tmp_path / "form.md")), "about 淘宝")


def test_in_a_terminal_what_is_missing_is_asked(
    intel: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intel("init")
    answers = iter(["2026-11-05", "电话", "", HEARD, "", "下周报价"])
    monkeypatch.setattr("typer.prompt", lambda question, **settings: next(answers))
    monkeypatch.setattr("intel.commands.field._at_terminal", lambda: True)
    added = intel("field", "add", "taobao", "--author", "沈立", "--json")
    assert added.code == 0, added.err
    report = json.loads(added.out)["report"]
    assert (report["way"], report["points"], report["next_step"]) == ("phone", HEARD, "下周报价")
