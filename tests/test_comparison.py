import json
from dataclasses import replace
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from intel.commands import compare as compare_command
from intel.comparison import Comparison, Material, compare, only, sought_of
from intel.comparison_lines import lines
from intel.config import Settings
from intel.model import Argument
from intel.playing import WrongRole
from intel.query import UnknownName
from intel.series import PointView
from intel.taxonomy import taxonomy
from intel.views import EvidenceView
from intel.web.couriers import chart
from pipelines.series_rules import rules as series_rules
from tests.conftest import Kept
from tests.making import page, reading
from tests.telling import DAY, JT, NOON, SF, YUNDA, event, point, told


def made(*points: PointView, told: tuple[EvidenceView, ...] = ()) -> Comparison:
    by_series: dict[str, list[PointView]] = {}
    for one in points:
        by_series.setdefault(one.series, []).append(one)
    return compare([JT, SF, YUNDA], Material(by_series, {"jt": told}), DAY)


def test_a_telling_older_than_a_line_looks_back_is_read_as_its_story_may_be_told_again() -> None:
    sought = sought_of(JT, DAY)
    again = event("极兔网点爆仓。", "service_disruption", days=380)
    assert sought.fits(again) and not sought.fits(again._replace(dated_at=NOON - timedelta(days=420)))


def test_a_cell_without_evidence_is_unknown_and_never_zero() -> None:
    comparison = made()
    for line in comparison.lines:
        assert [(cell.value, cell.shown, cell.evidence) for cell in line.cells] == [(None, "未知", ())] * 3


def test_the_latest_period_that_couriers_share_is_compared() -> None:
    comparison = made(
        point("jt", 2.0, "2026-08"),
        point("jt", 2.1, "2026-09"),
        point("sf", 13.0, "2026-08"),
        point("sf", 13.1, "2026-09"),
    )
    cells = [comparison.cell("price", courier) for courier in ("jt", "sf")]
    assert [(cell.shown, cell.period, cell.comparable) for cell in cells] == [
        ("2.10元/件", "2026-09", True),
        ("13.10元/件", "2026-09", True),
    ]


def test_a_courier_without_that_period_keeps_his_own_latest_marked_as_not_comparable() -> None:
    comparison = made(
        point("jt", 2.1, "2026-09"), point("yunda", 1.9, "2026-09"), point("sf", 13.1, "2026-H1")
    )
    cell = comparison.cell("price", "sf")
    assert (cell.value, cell.period, cell.comparable) == (13.1, "2026-H1", False)


def test_only_values_of_the_compared_period_have_bars() -> None:
    comparison = made(
        point("jt", 2.0, "2026-09"), point("yunda", 1.0, "2026-09"), point("sf", 13.1, "2026-H1")
    )
    bars = chart(comparison, next(line for line in comparison.lines if line.id == "price")).bars
    assert [(bar.courier, bar.width) for bar in bars] == [("jt", 100.0), ("yunda", 50.0), ("sf", 0.0)]


def test_a_later_period_that_few_share_gives_way_to_one_that_most_share() -> None:
    told_by_all = [point(courier, 2.0, "2026-08") for courier in ("jt", "sf", "yunda")]
    [price] = [one for one in made(*told_by_all, point("jt", 2.2, "2026-09")).lines if one.id == "price"]
    assert price.period == "2026-08"


def test_where_no_period_is_shared_nothing_is_comparable() -> None:
    comparison = made(point("jt", 2.1, "2026-09"), point("sf", 13.1, "2026-H1"))
    assert not any(comparison.cell("price", courier).comparable for courier in ("jt", "sf"))


def test_growth_is_the_growth_told_and_not_the_value() -> None:
    comparison = made(point("jt", 5e9, series="courier.volume", unit="件", yoy=-4.6))
    assert comparison.cell("growth", "jt").shown == "-4.6%"
    assert comparison.cell("growth", "sf").value is None


def test_sources_that_disagree_are_shown_with_the_more_reliable_first() -> None:
    comparison = made(point("jt", 2.1, source_label="邮政局", reliability="A"), point("jt", 2.5))
    cell = comparison.cell("price", "jt")
    assert (cell.shown, [other.shown for other in cell.differing]) == ("2.10元/件", ["2.50元/件"])
    assert "另有相反说法（快递观察网）" in cell.evidence[0].why


def test_sources_that_agree_but_for_rounding_confirm_each_other() -> None:
    comparison = made(point("jt", 2.11), point("jt", 2.1, step=0.1, source_label="早报"))
    cell = comparison.cell("price", "jt")
    assert cell.differing == ()
    assert [one.credibility for one in cell.evidence] == [1, 1]


def test_disruptions_are_counted_by_independent_stories() -> None:
    jam = event("极兔长沙中心爆仓。", "service_disruption", story=700)
    copy = jam._replace(article=701, url="http://other.localhost/", source_label="早报")
    other = event("极兔石家庄停运。", "service_disruption", days=9)
    cell = made(told=(jam, copy, other)).cell("disruptions", "jt")
    assert (cell.value, cell.shown) == (2.0, "2篇独立报道")
    assert [one.copies for one in cell.evidence] == [("早报",), ()]


@pytest.mark.parametrize(
    "view",
    [
        event("极兔长沙中心爆仓。", "service_disruption", days=400),
        event("极兔全网没有出现积压。", "service_disruption"),
        event("某中心爆仓。", "service_disruption"),
        event("极兔否认爆仓。", "service_disruption", status="denied"),
        event("极兔长沙中心爆仓。", "service_disruption", role="counterparty"),
        event("极兔长沙中心爆仓。", "service_disruption", dated_at=NOON + timedelta(days=30)),
    ],
)
def test_what_is_old_denied_absent_or_another_s_is_no_disruption(view: EvidenceView) -> None:
    assert made(told=(view,)).cell("disruptions", "jt").value is None


def test_what_was_published_after_the_day_is_not_known_yet() -> None:
    late = point("jt", 9.0, "2026-10", dated_at=NOON + timedelta(days=30))
    assert made(point("jt", 2.1), late).cell("price", "jt").value == 2.1


def test_couriers_can_be_left_out() -> None:
    comparison = only(made(point("jt", 2.1)), {"jt"})
    assert comparison.couriers == ("jt",)
    assert all([cell.courier for cell in line.cells] == ["jt"] for line in comparison.lines)


def test_the_lines_name_series_events_and_topics_that_exist() -> None:
    for line in lines():
        assert bool(line.series) != bool(line.rules)
        assert not line.series or line.series in series_rules().series
        for rule in line.rules:
            assert rule.events <= taxonomy().events.keys() and rule.topics <= taxonomy().topics.keys()


# ---- the command

JAM = "极兔[bold]长沙[/bold]中心爆仓，淘宝商家的包裹延误三天以上。"


@pytest.fixture
def known(kept: Kept) -> Kept:
    kept.store.add_page(page())
    told = reading("双11淘宝", JAM, phrase=JAM)
    named = replace(told.mentions[0], account="jt", surface="极兔")
    subject = replace(told.events[0], arguments=(argument("jt", "极兔"),))
    kept.store.keep([(1, replace(told, mentions=(*told.mentions, named), events=(subject,)))])
    return kept


def argument(account: str, text: str) -> Argument:
    start = f"双11淘宝\n{JAM}".index(text)
    return Argument("subject", text, start, start + len(text), account)


def ran(known: Kept, *words: str) -> str:
    app = typer.Typer()
    app.command()(compare_command.compare)
    settings = Settings(database_url=known.url)
    result = CliRunner().invoke(app, words, obj=settings, env={"COLUMNS": "200"}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_shows_cells_with_numbers_of_their_quotes(known: Kept) -> None:
    shown = ran(known, "极兔", "--as-of", "2026-11-20")
    assert "1篇独立报道 [1]" in shown and f"“{JAM}”" in shown and "http://wire.localhost/1" in shown


def test_the_command_leaves_out_of_all_couriers_those_it_knows_nothing_of(known: Kept) -> None:
    assert "顺丰" not in ran(known, "--as-of", "2026-11-20")
    assert "顺丰" in ran(known, "顺丰", "极兔", "--as-of", "2026-11-20")


def test_the_command_writes_json_for_programs(known: Kept) -> None:
    answer = json.loads(ran(known, "jt", "sf", "--as-of", "2026-11-20", "--json"))
    [line] = [line for line in answer["lines"] if line["id"] == "disruptions"]
    assert answer["couriers"] == ["jt", "sf"]
    assert [cell["value"] for cell in line["cells"]] == [1.0, None]


def test_the_command_refuses_a_courier_that_is_not_watched(known: Kept) -> None:
    with pytest.raises(UnknownName, match="no account"):
        ran(known, "无名快递")


def test_the_command_refuses_a_client(known: Kept) -> None:
    with pytest.raises(WrongRole, match="no courier"):
        ran(known, "淘宝")


def test_a_client_s_finding_is_not_taken_for_a_courier_s() -> None:
    assert made(told=(told("极兔爆仓。", account="jt"),)).cell("disruptions", "jt").value is None
