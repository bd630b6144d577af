"""Values as English writes them: the same value, with as many digits as were told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intel.brief import Lang
from intel.brief.choosing import evidence
from intel.brief.evidence import Unproved
from intel.brief.words import Figure, vocabulary
from intel.quantities import ENGLISH, axis, in_english
from pipelines.series_rules import rules
from tests.briefs import BASE


@pytest.mark.parametrize(
    ("told", "english"),
    [
        ("20.3亿件", "2.03 billion parcels"),
        ("5.68亿件/日", "568 million parcels a day"),
        ("390万件", "3.90 million parcels"),
        ("12万件", "120,000 parcels"),
        ("3000件", "3,000 parcels"),
        ("15018.3亿元", "1.50183 trillion yuan"),
        ("1.6万亿元", "1.6 trillion yuan"),
        ("13.1元/件", "13.1 yuan a parcel"),
        ("2.21件/百万件", "2.21 per million parcels"),
        ("98.50点", "98.50 points"),
        ("-0.4%", "-0.4%"),
        ("极兔 171.2亿件 · 顺丰 118.5亿件", "极兔 17.12 billion parcels · 顺丰 11.85 billion parcels"),
        ("6篇独立报道", "6篇独立报道"),
        ("未知", "未知"),
    ],
)
def test_a_value_is_written_as_english_writes_it(told: str, english: str) -> None:
    assert in_english(told) == english


def test_every_unit_of_a_series_has_its_english() -> None:
    assert {one.unit for one in rules().series.values()} <= set(ENGLISH)


def test_an_axis_is_short_in_both_languages() -> None:
    assert [axis(value, chinese=True) for value in (2e9, 5e4, 12)] == ["20亿", "5万", "12"]
    assert [axis(value, chinese=False) for value in (2e9, 5e4, 12)] == ["2B", "50K", "12"]


def test_a_figure_of_an_english_briefing_is_proven_as_its_quote_has_it() -> None:
    quoted = evidence(replace(BASE, quote="极兔前三季度完成业务量171.2亿件。"))
    assert Figure("171.2亿件", 171.2, quoted, lang=Lang.EN).text == "17.12 billion parcels"
    unit = vocabulary(Lang.EN, {"units": {"亿件": "亿件"}}).label("units", "亿件")
    row = evidence(replace(BASE, quote="极兔 | 171.2 | +17.7"))
    assert Figure("171.2", 171.2, row, unit, Lang.EN).text == "17.12 billion parcels"
    assert Figure("171.2", 171.2, row, unit).text == "171.2亿件"
    with pytest.raises(Unproved):
        Figure("171.3", 171.3, row, unit, Lang.EN)
    with pytest.raises(Unproved):
        Figure("171.2", 171.2, row, "亿件")  # type: ignore[arg-type]
