import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from matplotlib import font_manager
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from intel import plot
from intel.commands import series as series_command
from intel.config import Settings
from intel.db import ArticleRow
from intel.query import UnknownName
from intel.series import PointView, SeriesQuery, keep
from pipelines import series
from spiders.listing import ListingSpider
from spiders.statistics import StatisticsSpider
from tests.conftest import Kept
from tests.making import NOON, page, reading

TELLING = "8月份，全国快递业务量完成{volume}亿件，同比增长12.4%。淘宝商家称韵达爆仓。{more}"


def tell(kept: Kept, number: int, volume: str, *, source: str = "wire", more: str = "") -> None:
    """Keep an article that tells a volume of August, and its points."""
    url = f"http://{source}.localhost/{number}"
    text = TELLING.format(volume=volume, more=more)
    kept.store.add_page(page(url, text, source))
    [one] = kept.store.pages(0, 9, unread_only=True)
    told = reading("八月", text, phrase="淘宝商家称韵达爆仓。", at=NOON + timedelta(hours=number))
    # Reports that differ: each is a story of its own.
    told = replace(told, report=told.report if number == 1 else _other(number), keys=(f"{number}",))
    kept.store.keep([(one.id, told)])
    with Session(kept.engine) as session, session.begin():
        article = session.scalars(select(ArticleRow).where(ArticleRow.url == url)).one()
        content = f"{article.title}\n{article.text}"
        keep(session, article.id, series.find(content, date(2026, 9, 18), ()))


def _other(number: int) -> bytes:
    return reading(text=f"淘宝 第{number}份报告说的是另一件事。" * 5, phrase="另一件事").report


def points(kept: Kept) -> list[PointView]:
    return list(SeriesQuery(kept.engine).points("spb.express.volume"))


def test_a_kept_point_is_read_with_its_quote_and_source(kept: Kept) -> None:
    tell(kept, 1, "165.3")
    [point] = points(kept)
    assert (point.subject, point.period, point.value, point.yoy) == ("全国", "2026-08", 165.3e8, 12.4)
    assert point.quote == "8月份，全国快递业务量完成165.3亿件，同比增长12.4%"
    assert (point.source_label, point.reliability, point.shown) == ("快递观察网", "B", "165.3亿件")
    assert not point.contradicted


def test_keeping_an_articles_points_again_replaces_them(kept: Kept) -> None:
    tell(kept, 1, "165.3")
    with Session(kept.engine) as session, session.begin():
        keep(session, session.scalars(select(ArticleRow.id)).one(), ())
    assert points(kept) == []


def test_two_values_for_a_period_are_both_kept_and_marked_the_reliable_source_first(kept: Kept) -> None:
    tell(kept, 1, "150.0", source="forum")
    tell(kept, 2, "165.3")
    assert [(p.source, p.value, p.contradicted) for p in points(kept)] == [
        ("wire", 165.3e8, True),
        ("forum", 150.0e8, True),
    ]


def test_rounding_is_no_contradiction(kept: Kept) -> None:
    tell(kept, 1, "165.28")
    tell(kept, 2, "165.3", source="forum")
    assert [point.contradicted for point in points(kept)] == [False, False]


def test_the_list_has_every_series_with_its_first_and_last_period(kept: Kept) -> None:
    tell(kept, 1, "165.3", more="1—8月全国快递业务量累计完成1290.6亿件。")
    views = {view.id: view for view in SeriesQuery(kept.engine).listed()}
    volume, price = views["spb.express.volume"], views["courier.price"]
    assert (volume.points, volume.subjects, volume.sources) == (2, ("全国",), ("快递观察网",))
    assert {volume.first, volume.last} == {"2026-08", "2026-01/2026-08"}
    assert (price.points, price.first, price.sources) == (0, None, ())


def test_a_series_that_is_not_in_the_table_is_refused_with_the_nearest(kept: Kept) -> None:
    with pytest.raises(UnknownName, match=r"did you mean spb\.express\.volume"):
        SeriesQuery(kept.engine).points("spb.expres.volume")


def test_months_are_not_drawn_beside_cumulative_periods(kept: Kept) -> None:
    tell(kept, 1, "165.3", more="1—8月全国快递业务量累计完成1290.6亿件。")
    told = points(kept)
    assert [point.period for point in plot.comparable(told, "month")] == ["2026-08"]
    assert [point.period for point in plot.comparable(told, "so far")] == ["2026-01/2026-08"]


def test_a_csv_opens_in_excel_with_its_numbers_as_numbers(kept: Kept, tmp_path: Path) -> None:
    tell(kept, 1, "165.3")
    plot.write_csv(tmp_path / "volume.csv", points(kept))
    assert (tmp_path / "volume.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "volume.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["period"], row["value"], row["unit"], row["yoy"]) == ("2026-08", "16530000000", "件", "12.4")


def test_a_cell_cannot_become_a_formula(kept: Kept, tmp_path: Path) -> None:
    tell(kept, 1, "165.3")
    plot.write_csv(tmp_path / "x.csv", [replace(points(kept)[0], title='=HYPERLINK("x")')])
    assert "'=HYPERLINK" in (tmp_path / "x.csv").read_text("utf-8-sig")


def test_without_a_chinese_font_the_plot_is_refused_with_what_to_install(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(kept, 1, "165.3")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])  # a machine without fonts
    with pytest.raises(plot.NoChineseFont, match="fonts-noto-cjk"):
        plot.write_png(tmp_path / "x.png", "快递业务量", points(kept), {})


def test_a_plot_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(plot.NothingToDraw):
        plot.write_png(tmp_path / "x.png", "快递业务量", [], {})


@pytest.mark.parametrize(("share", "drawn"), [(0.0, ""), (0.5, "██"), (1.0, "████"), (0.28125, "█▏")])
def test_a_bar_is_drawn_in_eighths(share: float, drawn: str) -> None:
    assert plot.bar(share, width=4) == drawn


def test_the_statistics_kind_is_a_listing_by_its_own_name() -> None:
    assert StatisticsSpider.kind == "statistics"
    assert StatisticsSpider.options == ListingSpider.options


def run(kept: Kept, home: Path, *arguments: str) -> str:
    """What the commands print for the database of `kept`."""
    app = typer.Typer()
    app.add_typer(series_command.app, name="series")
    settings = Settings(home=home, database_url=kept.url)
    result = CliRunner().invoke(app, ["series", *arguments], obj=settings, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_commands_list_show_and_draw(kept: Kept, tmp_path: Path) -> None:
    tell(kept, 1, "165.3")
    listed = json.loads(run(kept, tmp_path, "list", "--json"))
    assert {view["id"]: view["points"] for view in listed}["spb.express.volume"] == 1
    assert "165.3亿件" in run(
        kept, tmp_path, "show", "spb.express.volume", "--subject", "全国", "--every", "month"
    )
    [point] = json.loads(run(kept, tmp_path, "show", "spb.express.volume", "--json"))
    assert Decimal(str(point["value"])) == Decimal("165.3e8")
    run(
        kept,
        tmp_path,
        "show",
        "spb.express.volume",
        "--csv",
        str(tmp_path / "v.csv"),
        "--png",
        str(tmp_path / "v.png"),
    )
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "v.csv").stat().st_size > 0
