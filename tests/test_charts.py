"""Charts draw what their table holds, in a picture that any text can stand in."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from matplotlib import font_manager
from PIL import Image

from intel import charts
from intel.brief import Format, Lang, vocabulary
from intel.brief.blocks import Chart, ChartKind
from intel.brief.choosing import choose
from intel.brief.drawings import drawing
from intel.brief.material import TopicState, Voice
from intel.brief.pictures import coverage, series, timeline, voices
from intel.brief.rules import rules
from intel.charts import Drawing
from intel.fonts import NoChineseFont, chinese_font
from intel.series import PointView
from intel.shapes import INK
from tests.briefs import HOSTILE, LABELS, NOW, ORDER, TAOBAO, briefing, found, written

WORDS = vocabulary(Lang.ZH, {**LABELS, "series": {"volume": "快递业务量"}, "subjects": LABELS["accounts"]})
DRAWING = Drawing("grid", "事件", ("爆仓", "招标"), ("9", "10"), ((1.0, None), (None, 12.0)))
KINDS = [replace(DRAWING, kind=kind) for kind in charts.KINDS]
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def choices(*findings: object) -> tuple[object, ...]:
    return choose(TAOBAO, findings, rules(), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", KINDS, ids=lambda one: one.kind)
def test_an_svg_holds_the_names_of_its_rows_as_text(given: Drawing) -> None:
    assert {"爆仓", "招标"} <= set(texts(charts.svg(given)))


@pytest.mark.parametrize("given", KINDS, ids=lambda one: one.kind)
def test_a_png_has_something_drawn_on_it(given: Drawing) -> None:
    with Image.open(io.BytesIO(charts.png(given))) as picture:
        assert picture.width > 1000 and len(picture.convert("RGB").getcolors(1 << 20) or ()) > 20


def test_every_value_of_a_grid_is_written_and_no_other() -> None:
    numbers = [text for text in texts(charts.svg(replace(DRAWING, columns=("a", "b")))) if text.isdigit()]
    assert sorted(numbers) == ["1", "12"]


def test_chinese_glyphs_are_drawn_in_a_png_and_differ_from_each_other() -> None:
    one, other = (charts.png(replace(DRAWING, rows=(name, name))) for name in ("爆仓延误", "招标采购"))
    assert one != other  # without glyphs all characters are the same empty box


@pytest.mark.parametrize("given", KINDS, ids=lambda one: one.kind)
def test_hostile_names_stay_text_in_a_picture(given: Drawing) -> None:
    picture = charts.svg(replace(given, rows=(HOSTILE, "$\\frac{1}{0}$"), columns=("<b>", "]]>&amp;")))
    root = ElementTree.fromstring(picture)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg",
        "path",
        "text",
        "rect",
        "circle",
    }
    assert HOSTILE in texts(picture) and "$\\frac{1}{0}$" in texts(picture)


def test_the_same_numbers_give_the_same_picture() -> None:
    assert charts.svg(DRAWING) == charts.svg(replace(DRAWING))


@pytest.mark.parametrize("given", KINDS, ids=lambda one: one.kind)
def test_a_picture_has_no_id_that_another_of_its_page_could_have_too(given: Drawing) -> None:
    assert not re.search(r'\sid="', charts.svg(given))


def test_a_picture_takes_the_colour_and_typeface_of_its_page() -> None:
    picture = charts.svg(DRAWING)
    assert "currentColor" in picture and INK not in picture and "font-family" not in picture


def test_without_a_chinese_font_a_chart_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])  # a machine without fonts
    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        charts.png(DRAWING)
    with pytest.raises(NoChineseFont):
        chinese_font()


def test_a_page_has_its_pictures_whatever_fonts_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    text = written(briefing(found(), order=replace(ORDER, charts=True)), Format.HTML)
    assert "<svg" in text and "本机没有中文字体" not in text


# ---- what is drawn


def test_the_timeline_counts_independent_reports_of_an_event_type_by_month() -> None:
    october = datetime(2026, 10, 3, tzinfo=UTC)
    told = choices(
        found(story=1, dated_at=october), found(story=1, dated_at=october), found(story=2, dated_at=october),
        found(event="tender"), found(event=None),
    )  # fmt: skip
    chart = timeline(told, WORDS)  # type: ignore[arg-type]
    assert chart is not None
    assert [cell.text for cell in chart.table.header] == ["事件", "2026-10", "2026-11"]
    rows = {
        row.cells[0].text: [cell and cell.text for cell in row.cells[1:]]
        for row in chart.table.rows
        if row.cells[0]
    }
    assert rows == {"招标、采购公告": [None, "1"], "爆仓、延误、停运、网点停摆、罢工": ["2", None]}
    assert chart.values == ((None, 1.0), (2.0, None))


def test_the_timeline_reaches_back_twelve_months() -> None:
    told = choices(found(dated_at=datetime(2024, 3, 1, tzinfo=UTC)), found())
    chart = timeline(told, WORDS)  # type: ignore[arg-type]
    assert chart is not None
    assert [cell.text for cell in chart.table.header[1:]][::11] == ["2025-12", "2026-11"]


def test_share_of_voice_counts_a_report_once_a_courier_whoever_reprints_it() -> None:
    def voice(courier: str, story: int, url: str) -> Voice:
        return Voice(courier, "双11 快递", date(2026, 11, 2), url, "甲报", "B", story)

    told = [
        voice("yunda", 1, "http://a/1"),
        voice("yunda", 1, "http://b/1"),
        voice("yunda", 2, "http://a/2"),
        voice("zto", 2, "http://a/2"),
    ]
    chart = voices(told, WORDS)
    assert chart is not None
    assert [[cell.text for cell in row.cells if cell] for row in chart.table.rows] == [
        ["韵达", "2"],
        ["中通", "1"],
    ]


def test_the_coverage_matrix_marks_each_topic_in_the_column_of_its_state() -> None:
    states = [TopicState("order_cycle", "unknown"), TopicState("carrier_problems", "single-source")]
    chart = coverage(choices(found()), states, WORDS)  # type: ignore[arg-type]
    assert chart is not None
    assert chart.values == ((0.0, None, None, None, None), (None, None, None, 1.0, None))


def point(period: str, value: float, quote: str) -> PointView:
    return PointView(
        "volume", "yunda", period, value, 1e7, "件", None, quote, NOW, "快讯", f"http://a.localhost/{period}",
        "wire", "甲报", "A", 1, 1, 0, 9,
    )  # fmt: skip


def test_a_series_is_drawn_of_the_values_that_their_quotes_hold() -> None:
    points = [
        point(f"2026-0{month}", month * 1e9, f"韵达完成业务量{month * 10}亿件。") for month in range(1, 5)
    ]
    wrong = replace(points[3], period="2026-05", quote="韵达完成业务量41亿件。")
    chart = series([*points, wrong], WORDS)
    assert chart is not None
    assert chart.values == ((10.0, 20.0, 30.0, 40.0),)
    told = [cell.text for cell in chart.table.rows[0].cells if cell]
    assert told == ["韵达", "10.0亿件", "20.0亿件", "30.0亿件", "40.0亿件"]


def test_two_points_are_no_series() -> None:
    assert series([point("2026-01", 1e9, "10亿件"), point("2026-02", 2e9, "20亿件")], WORDS) is None


def test_nothing_to_show_is_no_chart() -> None:
    assert timeline((), WORDS) is None and voices((), WORDS) is None


def test_months_are_named_by_number_with_the_year_under_the_first_of_each() -> None:
    told = choices(
        *(found(dated_at=datetime(2025 + (m > 12), (m - 1) % 12 + 1, 9, tzinfo=UTC)) for m in range(11, 15))
    )
    chart = timeline(told, WORDS)  # type: ignore[arg-type]
    assert isinstance(chart, Chart) and chart.kind is ChartKind.GRID
    assert drawing(chart).columns == ("11\n2025", "12", "1\n2026", "2")
