"""What an expression of time means: its named parts in, ISO 8601 out, for a reader on the day of publication.

The parts are those of the patterns in `pipelines.timespans`; the tables here say what their words count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip
_DIGITS = "零一二三四五六七八九"
_COUNTS = {
    ("" if ten == 0 else "十" if ten == 1 else f"{_DIGITS[ten]}十") + (_DIGITS[one] if one else ""): ten * 10
    + one
    for ten in range(4)
    for one in range(10)
} | {"两": 2, "首": 1, "first": 1, "second": 2, "third": 3, "fourth": 4}
# How many months a span ends with the month or day named: 截至9月30日止九个月, the six months to June.
SPANS = {"年度": 12, "季度": 3, "三个月": 3, "六个月": 6, "九个月": 9, "year": 12, "twelve months": 12,
         "12 months": 12, "nine months": 9, "9 months": 9, "six months": 6, "6 months": 6, "half": 6,
         "half year": 6, "half-year": 6, "three months": 3, "3 months": 3, "quarter": 3}  # fmt: skip
_SPOKEN = str.maketrans("〇零一二三四五六七八九", "00123456789")
YEARS_AWAY = {"今年": 0, "本年": 0, "同年": 0, "当年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1,
               "this year": 0, "last year": -1, "next year": 1}  # fmt: skip
MONTHS_AWAY = {"本月": 0, "当月": 0, "这个月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1,
               "this month": 0, "last month": -1, "next month": 1}  # fmt: skip
DAYS_AWAY = {"今日": 0, "今天": 0, "今晨": 0, "今晚": 0, "即日起": 0, "昨日": -1, "昨天": -1,
              "昨晚": -1, "前天": -2, "前日": -2, "前晚": -2,
              "明日": 1, "明天": 1, "后天": 2, "today": 0, "yesterday": -1, "tomorrow": 1,
              "with immediate effect": 0, "effective immediately": 0}  # fmt: skip
_SAME_MONTH = frozenset({"当月"})
_WEEKS_AWAY = {"上": -1, "本": 0, "这": 0, "下": 1, "last": -1, "this": 0, "next": 1}
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "monday": 0,
             "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
             "sunday": 6}  # fmt: skip
PARTS = {"前三季度": (1, 9), "前三季": (1, 9), "前两季度": (1, 6), "前两个季度": (1, 6), "上半年": (1, 6),
          "下半年": (7, 12), "半年度": (1, 6), "全年": (1, 12), "年度": (1, 12), "first half": (1, 6),
          "second half": (7, 12), "first nine months": (1, 9), "h1": (1, 6), "h2": (7, 12)}  # fmt: skip
FESTIVALS = {"双11": 11, "双十一": 11, "双12": 12, "双十二": 12, "618": 6, "年货节": 1, "黑五": 11,
              "黑色星期五": 11,
              "singles' day": 11, "singles day": 11, "double 11": 11, "double eleven": 11}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a text has said of time before an expression: the last day it named, and the last month or period.

    `near` is the last day where it stands close enough before to lend its month: 11月19日…20日.
    """

    day: date | None = None
    month: str = ""
    near: date | None = None

    def then(self, value: str) -> Told:
        """The same after an expression of that value was read."""
        last = value.rpartition("/")[2]
        if len(last) == len("2026-11-12"):
            day = date.fromisoformat(last)
            return Told(day, self.month, day)
        return Told(self.day, last if len(last) == len("2026-11") else self.month)

    def far(self) -> Told:
        """The same for an expression that stands far from what was told."""
        return Told(self.day, self.month)


NOTHING = Told()
_OF_A_DAY = frozenset({"day", "day_away", "weekday", "same_day"})
_WRITTEN_YEARS = frozenset({"year", "bare", "spoken"})


def value(groups: Mapping[str, str], published: date | None, told: Told = NOTHING) -> str:
    """The ISO form of an expression with those parts; "" where it takes a day that is not known."""
    if published is None and not _WRITTEN_YEARS & groups.keys():
        return ""
    try:
        if _OF_A_DAY & groups.keys() and "span" not in groups:
            return _day(groups, published or date.min, told)
        return _longer(groups, published or date.min, told)
    except (ValueError, OverflowError):  # 2月30日: written, but no day of the calendar
        return ""


def _day(groups: Mapping[str, str], published: date, told: Told) -> str:
    if "same_day" in groups:
        return told.day.isoformat() if told.day else ""
    if "day_away" in groups:
        return (published + timedelta(days=DAYS_AWAY[groups["day_away"]])).isoformat()
    if "weekday" in groups:
        return _weekday(groups, published).isoformat()
    month = _month(groups, published)
    if month is None:
        return _of_that_number(_count(groups["day"]), published, told).isoformat()
    first = date(_year(groups, published, month), month, _count(groups["day"]))
    if "last" not in groups:
        return first.isoformat()
    month = MONTHS[groups["until_name"]] if "until_name" in groups else int(groups.get("until", month))
    last = date(first.year + (month < first.month), month, int(groups["last"]))
    return f"{first.isoformat()}/{last.isoformat()}"


def _longer(groups: Mapping[str, str], published: date, told: Told) -> str:
    if "month_away" in groups:
        if groups["month_away"] in _SAME_MONTH and told.month:
            return told.month
        return _months_before(published.year, published.month, -MONTHS_AWAY[groups["month_away"]])
    if "week" in groups:
        monday = _monday(groups["week"], published)
        return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
    first, last = _months(groups, published)
    year = _year(groups, published, last)
    if "span" in groups:
        count = SPANS[groups["span"]]
        begin = _months_before(year, last, count - 1)
        return (
            f"{year:04d}" if begin == f"{year:04d}-01" and count == 12 else f"{begin}/{year:04d}-{last:02d}"
        )
    if (first, last) == (1, 12):
        return f"{year:04d}"
    return f"{year:04d}-{first:02d}" + (f"/{year:04d}-{last:02d}" if last != first else "")


def _months_before(year: int, month: int, count: int) -> str:
    months = year * 12 + month - 1 - count
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _months(groups: Mapping[str, str], published: date) -> tuple[int, int]:
    """First and last month of what the groups name."""
    if "part" in groups:
        return PARTS[groups["part"]]
    if "months" in groups:
        return 1, _count(groups["months"])
    quarter = groups.get("quarter") or groups.get("q")
    if quarter:
        return _count(quarter) * 3 - 2, _count(quarter) * 3
    if "festival" in groups:
        return (FESTIVALS[groups["festival"]],) * 2
    month = _month(groups, published)
    return (month, int(groups.get("until", month))) if month else (1, 12)


def _month(groups: Mapping[str, str], published: date) -> int | None:
    if "name" in groups:
        return MONTHS[groups["name"]]
    if "month" in groups:
        return _count(groups["month"])
    if "edge" in groups:
        return 1 if groups["edge"] == "初" else 12
    if "month_away" in groups:
        return (published.month - 1 + MONTHS_AWAY[groups["month_away"]]) % 12 + 1
    return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else _COUNTS[text]


def _year(groups: Mapping[str, str], published: date, month: int) -> int:
    written = groups.get("year") or groups.get("bare") or groups.get("spoken")
    if written:
        return int(written.translate(_SPOKEN))
    if "away" in groups:
        return published.year + YEARS_AWAY[groups["away"]]
    if "edge" in groups:
        return published.year
    # In November a text's 1月 is the coming or the past one, whichever is nearer.
    years = (published.year - 1, published.year, published.year + 1)
    return min(years, key=lambda year: abs((year - published.year) * 12 + month - published.month))


def _monday(week: str, published: date) -> date:
    return published + timedelta(days=7 * _WEEKS_AWAY[week] - published.weekday())


def _weekday(groups: Mapping[str, str], published: date) -> date:
    """上周三 is of the week before; 周三 alone is the last one that is not after the publication."""
    monday = _monday(groups.get("week", "本"), published)
    day = monday + timedelta(days=WEEKDAYS[groups["weekday"]])
    return day if "week" in groups or day <= published else day - timedelta(days=7)


def _of_that_number(day: int, published: date, told: Told) -> date:
    """The last day of that number not after the publication; after a day told just before, the next one.

    That a text looks back is likelier than that it goes from a past day to a coming one.
    """
    if told.near:
        following = _nearest(day, told.near, 1)
        if following <= published or told.near > published:
            return following
    return _nearest(day, published, -1)


def _nearest(day: int, start: date, step: int) -> date:
    """The first day of that number from a day on, forwards or backwards."""
    while start.day != day:
        start += timedelta(days=step)
    return start
