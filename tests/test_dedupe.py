"""Copies and rewrites of one report are one story; follow-ups and notices of one template are not."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from unittest.mock import ANY

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.dedupe import families, grouped, is_copy, related, stories
from pipelines.flow import Watchlist, analyse, report_of
from pipelines.marks import marks
from pipelines.reports import Fingerprint, Report, fingerprint

STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text(encoding="utf-8"))["report"]


@dataclass(frozen=True)
class Told:
    """A report and the story it really tells."""

    story: str
    variant: str
    report: Report


def report(text: str, published: date | None = None) -> Report:
    return Report(fingerprint(text), published)


def as_read(text: str) -> Report:
    """A report as the reading makes it, with accounts, events and rare words."""
    content = f"\n{text}"
    return report_of(content, date(2026, 11, 14), analyse(content, Watchlist.of(load_accounts(ACCOUNTS_CSV))))


def variants(text: str) -> dict[str, str]:
    """A text as the web reprints it."""
    lines = text.strip().split("\n")
    cut = {"cut": "\n".join(lines[: len(lines) // 2 + 1])} if len(lines) > 2 else {}
    return cut | {
        "as written": "\n".join(lines),
        "credited": "\n".join(("来源：快递早报 2026-01-01 08:30", *lines, "（责任编辑：何平）")),
        "furnished": "\n".join((*lines, "阅读 12345", "点赞 67 收藏 8", "快递早报首页")),
        "datelined": "本网讯 " + "\n".join(lines),
        "traditional": "\n".join(lines).replace("快递", "快遞").replace("万件", "萬件").replace("，", "， "),
        "disclaimed": "\n".join(
            (*lines, "免责声明：本文转载自其他媒体，仅代表作者观点，投资有风险，邮箱123@example.com。")
        ),
    }


@cache
def told() -> tuple[Told, ...]:
    """Every report of the table, copied in every way."""
    return tuple(
        Told(
            row["story"],
            f"{row['story']} {number} {variant}",
            Report(
                fingerprint(text),
                row["published"],
                frozenset(row["accounts"]),
                frozenset((kind, subject) for kind, subject in row["events"]),
                frozenset(row.get("names", ())),
            ),
        )
        for number, row in enumerate(STORIES)
        for variant, text in variants(row["text"]).items()
    )


LONG = next(row["text"].strip() for row in STORIES if row["story"] == "backlog")
AUGUST, SEPTEMBER = (row["text"].strip() for row in STORIES if row["family"] == "monthly-figures")


@cache
def judged() -> tuple[tuple[Told, Told, bool], ...]:
    return tuple((a, b, related(a.report, b.report)) for a, b in combinations(told(), 2))


def test_pairwise_f1_over_the_families_keeps_its_floor(capsys: pytest.CaptureFixture[str]) -> None:
    hits = sum(same and a.story == b.story for a, b, same in judged())
    misses = sum(not same and a.story == b.story for a, b, same in judged())
    false_alarms = sum(same and a.story != b.story for a, b, same in judged())
    precision, recall = hits / (hits + false_alarms), hits / (hits + misses)
    f1 = 2 * precision * recall / (precision + recall)
    with capsys.disabled():
        sys.stdout.write(f" stories: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ")
    assert f1 >= 0.92  # these reports have no rare words, which the reading always gives


def test_every_pair_of_one_story_is_found_through_the_index() -> None:
    for a, b in ((a.report, b.report) for a, b, same in judged() if same):
        assert set(a.keys) & set(b.keys)


EARNINGS = (
    "拼多多三季度营收1186亿元，履约成本涨得更快\n拼多多11月18日公布第三季度财报：营收1186亿元，同比增长9%；"
    "履约成本同比增长17%。财务负责人施远说，快递单价没有变，多出来的是退货运费。",
    "拼多多：三季度收入增9%，运费花得更多\n三季度拼多多收入1186亿元，比上年同期多9%，而花在履约上的钱多了17%。"
    "施远在电话会上把原因归给退货运费，并称快递单价持平。",
)
ROUNDUP = (
    "一周电商物流：拼多多财报出炉，淘宝双11收官\n本周两件事。拼多多三季度营收1186亿元，履约成本同比增长17%，施远称"
    "多出来的是退货运费。淘宝双11物流收官，签收率98.7%，累计39.4亿单，菜鸟为此增开了312条线路。"
)
FESTIVAL = (
    "淘宝双11物流收官：签收率98.7%\n淘宝11月19日宣布双11物流收官：累计39.4亿单，签收率98.7%，高出去年1.2个百分点。"
    "菜鸟增开的312条线路将保留到年底。",
    "双11发出39.4亿单，淘宝说98.7%已经签收\n近四十亿单、98.7%的签收率，是淘宝给今年双11物流交的账。"
    "菜鸟新开312条线路，年底前不撤。",
)


def test_a_roundup_makes_one_family_and_not_one_story_of_what_it_sums_up() -> None:
    watchlist = Watchlist.of(load_accounts(ACCOUNTS_CSV))
    told = {
        at: report_of(content, date(2026, 11, min(18 + at, 20)), analyse(content, watchlist))
        for at, content in enumerate((*EARNINGS, ROUNDUP, *FESTIVAL))
    }
    assert families(told) == [(0, 1, 2, 3, 4)]
    earnings, festival = (story for story in stories(told) if {*story} & {0, 3})
    assert {0, 1} <= {*earnings} and {3, 4} <= {*festival} and not {*earnings} & {*festival}


def test_what_a_roundup_links_is_told_apart_in_any_order() -> None:
    watchlist = Watchlist.of(load_accounts(ACCOUNTS_CSV))
    reports = [
        report_of(content, date(2026, 11, min(18 + at, 20)), analyse(content, watchlist))
        for at, content in enumerate((*EARNINGS, ROUNDUP, *FESTIVAL))
    ]
    for order in permutations(range(5)):
        found = grouped([reports[at] for at in order])
        there = {frozenset(order[at] for at in range(5) if found[at] == first) for first in {*found}}
        assert there == {frozenset({0, 1}), frozenset({2, 3, 4})}, order


@given(st.permutations(range(24)))
def test_stories_do_not_depend_on_the_order(order: list[int]) -> None:
    reports = [one.report for one in told()[::7]][:24]
    found = grouped([reports[at] for at in order])
    there = {frozenset(order[at] for at in range(24) if found[at] == first) for first in {*found}}
    found = grouped(reports)
    assert there == {frozenset(at for at in range(24) if found[at] == first) for first in {*found}}


@pytest.mark.parametrize("variant", variants(LONG))
def test_a_reprint_is_the_report_it_reprints(variant: str) -> None:
    assert related(report(LONG), report(variants(LONG)[variant]))


def test_a_reprint_of_the_first_paragraphs_only_is_the_report() -> None:
    assert related(report(LONG), report("\n".join(LONG.split("\n")[:2])))


def test_a_lightly_edited_copy_is_the_report() -> None:
    assert related(report(LONG), report(LONG.replace("回应称", "对此表示").replace("多位", "不少")))


def test_the_next_months_notice_of_one_template_is_another_report() -> None:
    assert not related(report(AUGUST), report(SEPTEMBER))


def test_one_changed_figure_makes_another_report() -> None:
    assert not related(report(LONG), report(LONG.replace("38万件", "52万件")))
    assert not related(as_read(LONG), as_read(LONG.replace("38万件", "52万件")))


def test_a_follow_up_that_repeats_the_whole_first_report_is_no_copy() -> None:
    follow_up = (
        "11月16日上午，积压量降到6.5万件，剩余快件将在17日中午前发出，公司按每单5元补偿商家。\n" + LONG
    )
    assert not is_copy(report(LONG), report(follow_up))


def test_the_same_words_about_another_account_are_another_report() -> None:
    text = "公司回应称，网点经营正常，客户权益不受影响，相关传闻已经报案，请消费者和商家以公司公告为准。"
    one, other = (
        Report(fingerprint(f"{name}{text}"), accounts=frozenset({name})) for name in ("申通", "圆通")
    )
    assert not related(one, other)


def test_a_short_text_is_the_same_only_if_nearly_equal() -> None:
    text = "中通快递宣布国庆假期全国网点正常营业，部分偏远乡镇时效略有延长，请商家提前安排发货。"
    assert related(report(text), report(text + "完"))
    assert not related(
        report(text), report("中通快递宣布春节假期部分网点轮休，请商家提前安排发货，以免影响时效。")
    )


def test_a_rewrite_a_week_later_is_another_report() -> None:
    first, second = (
        one.report for one in told() if one.story == "subsidy" and one.variant.endswith("as written")
    )
    assert first.published
    assert related(first, second)
    assert not related(first, replace(second, published=first.published + timedelta(days=7)))


YEAR = "2025年全国快递业务量累计完成1990.4亿件，同比增长13.7%；业务收入累计完成1.52万亿元，同比增长8.1%。"
RETOLD = "1990.4亿件，这是去年寄出的快递。主管部门说，比前年多13.7%，公司为此收进1.52万亿元，多了8.1%。"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (RETOLD, True),
        (RETOLD.replace("1990.4", "2187.1").replace("13.7", "9.9").replace("8.1", "6.4"), False),
    ],
)
def test_the_same_figures_tell_one_report_even_of_nobody_watched(text: str, same: bool) -> None:
    day = date(2026, 1, 16)
    one = Report(fingerprint(YEAR), day, accounts=frozenset({"spb"}))
    assert related(one, Report(fingerprint(text), day + timedelta(days=1))) is same


def test_days_in_english_and_small_money_in_words_are_marks_too() -> None:
    assert marks("zto handled 152 million parcels on november 11") == replace(
        marks("zto handled 152 million parcels on 11月11日"), length=46, lead=ANY
    )
    assert {"31日", "5月"} <= marks("from 31 may the fee rises").all and "2" in marks("每票加两块").all
    assert marks("the may offer, 3,500 parcels").all == {"3500"}
    assert "0.5" in marks("每票涨五毛").all


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("两万三千单", "23000"),
        ("一亿二千万票", "120000000"),
        ("三万亿元", "3000000000000"),
        ("120多万家", "1200000"),
        ("21 per cent", "21%"),
        ("三成", "3成"),
    ],
)
def test_a_figure_is_one_mark_however_it_is_written(written: str, mark: str) -> None:
    assert marks(written).all == {mark}


def test_a_round_word_stands_roughly_for_an_exact_figure() -> None:
    exact = marks("日均6040万件,增43%")
    assert marks("一天六千万件").roughly(exact) == exact.roughly(marks("一天六千万件")) == 1
    assert marks("一天七千万件").roughly(exact) == marks("6040万件").roughly(exact) == 0


@pytest.mark.parametrize("days", range(4))
def test_reports_of_one_event_within_three_days_share_a_key(days: int) -> None:
    event = frozenset({("tender", "taobao")})
    for start in range(7):
        first = date(2026, 11, 1 + start)
        one = Report(fingerprint("甲"), first, events=event)
        other = Report(fingerprint("乙"), first + timedelta(days=days), events=event)
        assert set(one.keys) & set(other.keys)


def test_empty_texts_are_one_report_and_fingerprints_of_them_read_back() -> None:
    empty = fingerprint("")
    assert related(Report(empty), report("。。。"))
    assert Fingerprint.from_bytes(empty.to_bytes()) == empty


@settings(deadline=None)  # the first call loads SciPy
@given(st.text(alphabet="快递包裹增长1234567890%万亿件，。\n 月日年A中通", max_size=400))
def test_a_fingerprint_reads_back_from_its_bytes(text: str) -> None:
    made = fingerprint(text)
    assert Fingerprint.from_bytes(made.to_bytes()) == made
    assert all(0 <= band < 2**63 for band in made.bands)


@given(st.data())
def test_the_judgement_does_not_depend_on_the_order(data: st.DataObject) -> None:
    reports = [one.report for one in told()[::3]]
    a, b = data.draw(st.sampled_from(reports)), data.draw(st.sampled_from(reports))
    assert related(a, b) == related(b, a)


def test_a_fingerprint_does_not_change_between_versions() -> None:
    # Bands are kept in a table: other hashes would silently find no copies of what is already stored.
    assert fingerprint("中通快递宣布涨价").bands[0] == 9059023696900403307
