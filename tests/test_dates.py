from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import Precision
from pipelines.dates import CHINA, TOLERANCE, moment, moments, number

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


def at(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("发布时间：2026年11月20日 09:30", at(11, 20, 9, 30), Precision.MINUTE),
        ("2026-11-20", at(11, 20), Precision.DAY),
        ("2026/11/20 09:30:15", at(11, 20, 9, 30, 15), Precision.SECOND),
        ("2026.11.20 周五 下午3:05", at(11, 20, 15, 5), Precision.MINUTE),
        ("2026年11月20日09时30分", at(11, 20, 9, 30), Precision.MINUTE),
        ("２０２６年１１月２０日", at(11, 20), Precision.DAY),
        ("二〇二六年十一月二十日", at(11, 20), Precision.DAY),
        ("中華民國115年11月20日", at(11, 20), Precision.DAY),
        ("民国115.11.20 09:30", at(11, 20, 9, 30), Precision.MINUTE),
        ("20 2026-11", at(11, 20), Precision.DAY),
        ("202026-11", at(11, 20), Precision.DAY),
        ("11月20日", at(11, 20), Precision.DAY),
        ("12月24日", at(12, 24, year=2025), Precision.DAY),
        ("10-20 09:30", at(10, 20, 9, 30), Precision.MINUTE),
        ("2026年3月", at(3, 1), Precision.MONTH),
        ("3小时前", at(11, 23, 9), Precision.HOUR),
        ("25分钟前", at(11, 23, 11, 35), Precision.MINUTE),
        ("昨天 14:20", at(11, 22, 14, 20), Precision.MINUTE),
        ("前天", at(11, 21), Precision.DAY),
        ("2 hours ago", at(11, 23, 10), Precision.HOUR),
        ("November 20, 2026 at 3:15 p.m.", at(11, 20, 15, 15), Precision.MINUTE),
        ("20 Nov 2026", at(11, 20), Precision.DAY),
        ("9/17/2026 5:54:13 AM", at(9, 17, 5, 54, 13), Precision.SECOND),
        ("17/9/2026", at(9, 17), Precision.DAY),
    ],
)
def test_a_date_is_read_as_pages_write_it(text: str, expected: datetime, precision: Precision) -> None:
    found = moment(text, NOW)
    assert found is not None
    assert (found.at, found.precision) == (expected, precision)


def test_a_named_zone_is_kept() -> None:
    found = moment("Fri, 20 Nov 2026 09:30:00 GMT", NOW)
    assert found is not None
    assert found.at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_evidence_is_the_text_as_it_stands() -> None:
    text = "本刊　２０２６年１１月２０日　讯"
    found = moment(text, NOW)
    assert found is not None
    assert found.evidence == "２０２６年１１月２０日" == text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-25",
        "2026-13-45",
        "2026年2月30日",
        "电话 2026-1120",
        "1234567",
        "1.5.2",
        "2026年1—2月运行情况",
        "目前日均约6000万件",
        "此前天猫商家",
        "提价前日均件量",
    ],
)
def test_what_cannot_be_when_it_was_published_is_no_date(text: str) -> None:
    assert moment(text, NOW) is None


def test_tomorrow_is_tolerated_for_clocks_that_differ() -> None:
    assert moment("2026-11-24 08:00", NOW) is not None


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("06/02/2026", True),
        ("06/02/2026 21:23", True),
        ("17/02/2026", False),
        ("7/5/2026 9:23:57 PM", False),
    ],
)
def test_day_and_month_that_can_be_swapped_are_doubtful(text: str, doubtful: bool) -> None:
    found = moment(text, NOW)
    assert found is not None
    assert found.doubtful is doubtful


def test_a_twelve_hour_clock_with_seconds_tells_the_month_first() -> None:
    found = moment("发布日期：7/5/2026 9:23:57 PM", NOW)
    assert found is not None
    assert found.at == datetime(2026, 7, 5, 21, 23, 57, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("numeral", "value"), [("十", 10), ("二十", 20), ("三十一", 31), ("二〇二六", 2026), ("7", 7)]
)
def test_chinese_numerals_are_numbers(numeral: str, value: int) -> None:
    assert number(numeral) == value


@given(st.text(alphabet="0123456789年月日时分前天小昨:-/. 二〇十六", max_size=40))
def test_no_text_gives_a_date_in_the_future_or_false_evidence(text: str) -> None:
    for found in moments(text, NOW):
        assert found.at <= NOW + TOLERANCE
        assert found.evidence == text[found.start : found.end]


@given(st.integers(0, 18_000_000).map(lambda minutes: NOW - timedelta(minutes=minutes)))
def test_every_minute_written_in_chinese_is_read_back(written: datetime) -> None:
    text = f"{written.year}年{written.month}月{written.day}日 {written.hour:02}:{written.minute:02}"
    found = moment(text, NOW)
    assert found is not None
    assert found.at == written
