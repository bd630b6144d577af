import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import Account, Point
from pipelines import accounts as linking
from pipelines import entities, series
from pipelines.series_periods import periods, value
from pipelines.series_rules import TABLE, rules
from pipelines.text import fold

GOLD: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("series_gold.toml").read_text(encoding="utf-8")
)["text"]
ROWS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["series"]
NOVEMBER = date(2026, 11, 20)


@pytest.fixture(scope="module")
def lexicon(accounts: tuple[Account, ...]) -> entities.Lexicon:
    return entities.Lexicon.build(accounts)


def find(content: str, published: date | None, lexicon: entities.Lexicon) -> tuple[Point, ...]:
    return series.find(content, published, linking.link(content, entities.find(content, lexicon)))


@pytest.mark.parametrize("text", GOLD, ids=lambda text: text["name"])
def test_a_text_tells_the_points_listed_for_it_and_no_others(
    text: dict[str, Any], lexicon: entities.Lexicon
) -> None:
    content = f"{text.get('title', '')}\n{text['text']}"
    found = find(content, text["published"], lexicon)
    assert {(p.series, p.subject, p.period, p.value, p.yoy) for p in found} == {
        (name, subject, period, Decimal(told), Decimal(growth) if growth else None)
        for name, subject, period, told, growth in text["points"]
    }


@pytest.mark.parametrize("text", [text for text in GOLD if text["points"]], ids=lambda text: text["name"])
def test_a_points_quote_holds_its_number(text: dict[str, Any], lexicon: entities.Lexicon) -> None:
    content = f"{text.get('title', '')}\n{text['text']}"
    for point in find(content, text["published"], lexicon):
        quote = fold(content[point.start : point.end]).replace(",", "")
        scaled = {abs(point.value).scaleb(-power).normalize() for power in (0, 4, 8, 12)}
        written = {format(number, "f") for number in scaled}
        digits = {number.rstrip("0").rstrip(".") if "." in number else number for number in written}
        assert any(number in quote for number in digits), (quote, digits)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_of_the_table_matches_its_examples(row: dict[str, Any], lexicon: entities.Lexicon) -> None:
    assert row["yes"]
    for text, subject, period, told in row["yes"]:
        found = [p for p in find(f"\n{text}", NOVEMBER, lexicon) if p.series == row["id"]]
        assert [(p.subject, p.period, p.value) for p in found] == [(subject, period, Decimal(told))], text
    for text in row["no"]:
        assert row["id"] not in {p.series for p in find(f"\n{text}", NOVEMBER, lexicon)}, text


def test_every_unit_and_growth_series_of_the_table_is_declared() -> None:
    table = rules()
    assert all(one.unit in table.units for one in table.series.values())
    assert all(one.growth in table.series for one in table.series.values() if one.growth)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("8月份", "2026-08"),
        ("12月", "2025-12"),
        ("去年12月", "2025-12"),
        ("1—8月", "2026-01/2026-08"),
        ("前八个月", "2026-01/2026-08"),
        ("2026年1月至9月", "2026-01/2026-09"),
        ("前三季度", "2026-01/2026-09"),
        ("1-6月", "2026-H1"),
        ("上半年", "2026-H1"),
        ("一季度", "2026-Q1"),
        ("第三季度", "2026-Q3"),
        ("2025年", "2025"),
        ("1—12月", "2025"),
        ("8月15日", ""),
        ("11月1日至11日", ""),
        ("2026财年第二季度", ""),
        ("11月", ""),
    ],
)
def test_a_period_has_one_iso_form(text: str, iso: str) -> None:
    found = list(periods(fold(text), NOVEMBER))
    assert [value(period, None, NOVEMBER) for period in found] == [iso]


def test_without_a_day_of_publication_only_a_told_year_counts(lexicon: entities.Lexicon) -> None:
    text = "\n8月份，全国快递业务量完成165.3亿件。2025年7月，全国快递业务量完成149.0亿件。"
    assert [point.period for point in find(text, None, lexicon)] == ["2025-07"]


def test_a_row_that_does_not_fit_its_heading_is_left_out(lexicon: entities.Lexicon) -> None:
    heading = "2026年8月情况\n指标 | 8月 | 同比\n"
    text = f"{heading}快递业务量（亿件） | 165.3 | 12.4%\n快递业务收入（亿元） | 1230.1"
    assert [point.series for point in find(text, date(2026, 9, 18), lexicon)] == ["spb.express.volume"]


@given(
    st.text(
        alphabet="全国快递业务量收入单票1238.,亿万件元%月年—-同比增长下降累计分别、，。|\n（）", max_size=200
    )
)
def test_any_text_is_read_and_every_span_lies_in_it(text: str) -> None:
    for point in series.find(text, NOVEMBER, ()):
        assert 0 <= point.start < point.end <= len(text)
        assert any(character.isdigit() for character in text[point.start : point.end])
