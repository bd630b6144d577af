"""Sums of events are numbers, and their times are ISO dates for a reader on the day of publication."""

from __future__ import annotations

from datetime import date

import pytest

from intel.model import Event
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines import events
from pipelines.flow import Watchlist, analyse

WATCHLIST = Watchlist.of(load_accounts(ACCOUNTS_CSV))


def times(event: Event) -> dict[str, str]:
    return {one.text: one.value for one in event.arguments if one.role in ("date", "period")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("中通快递昨日宣布涨价。", {"昨日": "2026-11-24"}),
        ("中通快递上月营收130亿元，同比增长8%。", {"上月": "2026-10"}),
        ("中通快递12月1日起涨价。", {"12月1日": "2026-12-01"}),
        ("中通快递今年第三季度营收130亿元，同比增长8%。", {"今年第三季度": "2026-07/2026-09"}),
        ("中通快递2025年3月2日宣布涨价。", {"2025年3月2日": "2025-03-02"}),
        ("中通快递上周三宣布涨价。", {"上周三": "2026-11-18"}),
        ("中通快递下月起涨价。", {"下月": "2026-12"}),
    ],
)
def test_times_of_events_are_dated_by_the_day_of_publication(text: str, told: dict[str, str]) -> None:
    analysis = analyse(f"\n{text}", WATCHLIST)
    found = [times(event) for event in events.dated(analysis.events, date(2026, 11, 25))]
    assert told.items() <= {text: value for one in found for text, value in one.items()}.items()


def test_without_a_day_of_publication_only_what_the_text_dates_has_a_value() -> None:
    analysis = analyse("\n中通快递2025年3月2日宣布涨价0.5元。申通快递昨日宣布涨价。", WATCHLIST)
    found = [times(event) for event in events.dated(analysis.events, None)]
    assert found == [{"2025年3月2日": "2025-03-02"}, {"昨日": ""}]


def test_sums_have_their_value() -> None:
    analysis = analyse("\n韵达快递被国家邮政局罚款5万元。", WATCHLIST)
    [event] = analysis.events
    assert [(one.text, one.value) for one in event.filling("amount")] == [("5万元", "50000 CNY")]
