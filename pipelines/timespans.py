"""Folded text in; dates and periods out, as ISO 8601 where the text says which year.

Values: "2026-11-12" (day), "2026-11" (month), "2026" (year), and "first/last" of two days or two months
for a longer period: "2026-01/2026-08". An expression that leaves its year or day to the reader (11月12日,
昨日, 上周三, 前三季度, 双11期间) has the value "": `resolve` works it out from the day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

TIMES = frozenset({"date", "period"})


@dataclass(frozen=True, slots=True)
class Timespan:
    """Where a time is named; `kind` is date or period, `value` the ISO form or ""."""

    kind: str
    start: int
    end: int
    value: str


_MONTHS = {
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
_SPOKEN = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEARS_AWAY = {"今年": 0, "本年": 0, "同年": 0, "当年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1,
               "this year": 0, "last year": -1, "next year": 1}  # fmt: skip
_MONTHS_AWAY = {"本月": 0, "当月": 0, "这个月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
_DAYS_AWAY = {"今日": 0, "今天": 0, "今晨": 0, "今晚": 0, "昨日": -1, "昨天": -1,
              "昨晚": -1, "前天": -2, "前日": -2,
              "明日": 1, "明天": 1, "后天": 2, "today": 0, "yesterday": -1, "tomorrow": 1}  # fmt: skip
# 前 may end the word before (目前日均, 此前天猫), and 日 or 天 begin the word after (涨价前日均, 先后天津).
TWO_DAYS_AGO = (
    "(?<![目此之以先当眼提年月周日天节会期号])前(?:天(?![猫津河])|日(?!"
    "[常益程志活]|产能|单量|揽收量|处理(?:能力|量|[0-9])|均(?![已未无有在可按被为])))"
)
_GUARDED = {"前天", "前日", "后天"}
_IN_TWO_DAYS = "(?<![以之此先今最前售])后天(?![津河数气])"
_WEEKS_AWAY = {"上": -1, "本": 0, "这": 0, "下": 1, "last": -1, "this": 0, "next": 1}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "monday": 0,
             "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
             "sunday": 6}  # fmt: skip
_PARTS = {"前三季度": (1, 9), "前三季": (1, 9), "前两季度": (1, 6), "前两个季度": (1, 6), "上半年": (1, 6),
          "下半年": (7, 12), "半年度": (1, 6), "全年": (1, 12), "年度": (1, 12), "first half": (1, 6),
          "second half": (7, 12), "first nine months": (1, 9), "h1": (1, 6), "h2": (7, 12)}  # fmt: skip
_FESTIVALS = {"双11": 11, "双十一": 11, "双12": 12, "双十二": 12, "618": 6, "年货节": 1, "黑五": 11,
              "黑色星期五": 11,
              "singles' day": 11, "singles day": 11, "double 11": 11, "double eleven": 11}  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_DAY_AWAY = f"{TWO_DAYS_AGO}|{_IN_TWO_DAYS}|{_any(_DAYS_AWAY.keys() - _GUARDED)}"
_DIGIT_YEAR = r"(?<![0-9.,])(?P<year>(?:19|20)[0-9]{2})"
_YEAR = (
    rf"(?:{_DIGIT_YEAR}\s?年|(?P<spoken>[一二][〇零九][〇零一二三四五六七八九]{{2}})年|"
    rf"(?P<away>{_any(w for w in _YEARS_AWAY if not w.isascii())}))"
)
_MONTH = r"(?P<month>(?<![0-9])(?:1[0-2]|0?[1-9])|十[一二]?|[一二三四五六七八九])"
_UNTIL = r"(?P<until>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s?月?\s?(?:-|–|—|~|至|到)\s?"
# 每周一 is no day, and 一周三次 no Wednesday.
_WEEK = r"(?<![每一两几半至到0-9])(?:(?P<week>[上本这下])个?)?(?:周|星期|礼拜)"
_ENGLISH_MONTH = rf"(?P<name>{_any(_MONTHS)})"
_ENGLISH_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?"
_ENGLISH_YEAR = r"(?P<year>(?:19|20)[0-9]{2})(?![0-9])"
_QUARTER = r"(?:第?(?P<quarter>[一二三四首1-4])季度?|q(?P<q>[1-4]))(?![0-9a-z])"
# 618 alone is a number: it needs its year before it or what it is after it.
_FESTIVAL = (
    r"[“\"]?(?!618(?![”\"]?(?:购物节|大促|年中|期间|旺季|预售|战报)))"
    rf"(?P<festival>(?<![0-9])(?:{_any(_FESTIVALS)})(?![0-9万亿元个名件%.]))[”\"]?"
    r"(?:购物节|大促|年中大促|电商节|狂欢节|旺季|期间|当天|当日|预售)?"
)

# The first row that matches at a place wins, so a row stands before those that read less of it.
_ROWS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("period", rf"(?:{_YEAR}\s?)?{_MONTH}\s?月\s?{_DAY}\s?[日号]?\s?(?:-|–|—|~|至|到)\s?"
                   r"(?:(?P<until>1[0-2]|0?[1-9])\s?月\s?)?(?P<last>3[01]|[12][0-9]|0?[1-9])\s?[日号]"),
        ("date", rf"(?:{_YEAR}\s?)?{_MONTH}\s?月\s?{_DAY}\s?[日号]"),
        ("date", rf"{_DIGIT_YEAR}(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=mark)"
                 r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9])"),
        ("period", rf"(?:{_YEAR}\s?)?{_MONTH}{_TO}{_UNTIL}\s?月份?"),
        ("period", rf"(?:{_YEAR}\s?)?(?:前|头)(?P<months>十[一二]?|[一二两三四五六七八九]|1[0-2]|[1-9])个月"),
        ("period", rf"(?<![a-z0-9])q(?P<q>[1-4])(?:,?\s(?:of\s)?{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("period", rf"(?:(?:{_YEAR}|{_DIGIT_YEAR.replace('year', 'bare')})\s?)?(?:{_QUARTER})"),
        ("period", rf"(?:{_YEAR}\s?)?(?P<part>{_any(p for p in _PARTS if not p.isascii())})"),
        ("date", rf"(?:{_YEAR}年?|(?<![0-9一二三四五六七八九十两几半多])年)(?P<edge>[底末初])(?!薪)"),
        ("period", rf"(?:{_YEAR}的?\s?)?{_FESTIVAL}"),
        ("period", rf"{_YEAR}\s?{_MONTH}月份"),
        ("date", rf"{_YEAR}\s?{_MONTH}\s?月"),
        ("period", rf"{_YEAR}"),
        ("period", r"(?P<month>(?<![0-9.个])(?:1[0-2]|[1-9])|(?<!个)十[一二]?|[二三四五六七八九])月份"),
        ("date", r"(?P<month>(?<![0-9.个])(?:1[0-2]|[1-9]))月(?![日0-9])"),
        ("date", rf"(?P<month_away>{_any(_MONTHS_AWAY)})\s?{_DAY}[日号]"),
        ("period", rf"(?P<month_away>{_any(_MONTHS_AWAY)})"),
        ("date", rf"(?<![a-z])(?P<day_away>{_DAY_AWAY})(?![a-z])"),
        ("date", rf"{_WEEK}(?P<weekday>[一二三四五六日]|(?<!周)天)(?![个至到、])"),
        ("period", r"(?P<week>[上本这下])个?(?:周|星期)(?![年末])"),
        ("date", r"(?<![a-z])(?:(?P<week>last|this|next)\s)?"
                 rf"(?P<weekday>{_any(day for day in _WEEKDAYS if day.isascii())})(?![a-z])"),
        ("date", r"(?<![0-9.,])(?<!第)(?P<day>3[01]|[12][0-9]|0?[1-9])日(?![内均游龄元后前夜])"),
        ("date", rf"(?<![a-z]){_ENGLISH_MONTH}\.?\s{_ENGLISH_DAY}(?:,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("date", rf"(?<![0-9]){_ENGLISH_DAY}\s{_ENGLISH_MONTH}(?:\.?,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("date", rf"(?<![a-z]){_ENGLISH_MONTH}\.?,?\s{_ENGLISH_YEAR}"),
        ("period", r"(?<![a-z])(?P<quarter>first|second|third|fourth)[\s-]quarter"
                   rf"(?:,?\s(?:of\s)?(?:{_ENGLISH_YEAR}|(?P<away>this year|last year)))?"),
        ("period", rf"(?<![a-z])(?P<part>{_any(p for p in _PARTS if p.isascii())})(?![a-z])"
                   rf"(?:,?\s(?:of\s)?(?:{_ENGLISH_YEAR}|(?P<away>this year|last year)))?"),
        ("period", rf"(?<![a-z])(?P<away>{_any(w for w in _YEARS_AWAY if w.isascii())})(?![a-z])"),
        ("date", rf"{_DIGIT_YEAR}-(?P<month>1[0-2]|0[1-9])(?![0-9-])"),
    )
)  # fmt: skip
# 每月10日 and 每年3月和9月 come again and again: no one time.
_EVERY = re.compile(
    r"每个?[年月]的?\s?(?:(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?|[0-9]{1,2}[日号]?)(?:[-~–—至到和、及与或]|以及)\s?){0,4}$"
)
_EVERY_REACH = 40
# A time begins at one of these; anywhere else no row is tried.
_START = re.compile(
    r"[一二三四五六七八九十首](?=[零〇一二三四五六七八九十]{0,3}[月年季])|第(?=[一二三四1-4])|[前头](?=[0-9一二两三四五六七八九十年天日])"
    r"|上(?=[半个月年周星礼])|[0-9双下全半年后今昨明本去同当这黑周星礼“\"]"
    rf"|(?<![a-z])(?:q[1-4]|h[12]|{_any(_MONTHS)}|first|second|third|fourth|today|yesterday|tomorrow|this|last"
    rf"|next|singles|double|{_any(day for day in _WEEKDAYS if day.isascii())})"
)


def timespans(folded: str) -> tuple[Timespan, ...]:
    """Dates and periods in folded text, sorted, none overlapping another."""
    found = []
    position = 0
    while opening := _START.search(folded, position):
        span = _at(folded, opening.start())
        if span is None:
            position = _past(folded, opening.start())
            continue
        if not _EVERY.search(folded, max(0, span.start - _EVERY_REACH), span.start):
            found.append(span)
        position = span.end
    return tuple(found)


def _past(folded: str, start: int) -> int:
    """The place after a start that began nothing; a run of digits is left at once."""
    position = start + 1
    while folded[start].isdigit() and folded[position : position + 1].isdigit():
        position += 1
    return position


def _at(folded: str, start: int) -> Timespan | None:
    for kind, pattern in _ROWS:
        match = pattern.match(folded, start)
        if match:
            groups = {name: text for name, text in match.groupdict().items() if text}
            return Timespan(kind, match.start(), match.end(), _value(groups, None))
    return None


def resolve(text: str, published: date) -> str:
    """The ISO form of a folded date or period expression, for a reader on the day of publication.

    A month without a year is the one nearest to that day; a day without a month and a day of the week the
    latest such day that is not after it. "" where the text is no expression of time.
    """
    for _, pattern in _ROWS:
        match = pattern.fullmatch(text)
        if match:
            return _value({name: said for name, said in match.groupdict().items() if said}, published)
    return ""


_OF_A_DAY = frozenset({"day", "day_away", "weekday"})
_WRITTEN_YEARS = frozenset({"year", "bare", "spoken"})


def _value(groups: Mapping[str, str], published: date | None) -> str:
    try:
        return _day(groups, published) if _OF_A_DAY & groups.keys() else _longer(groups, published)
    except ValueError:  # 2月30日: written, but no day of the calendar
        return ""


def _day(groups: Mapping[str, str], published: date | None) -> str:
    if published is None and not _WRITTEN_YEARS & groups.keys():
        return ""
    if published is not None and "day_away" in groups:
        return (published + timedelta(days=_DAYS_AWAY[groups["day_away"]])).isoformat()
    if published is not None and "weekday" in groups:
        return _weekday(groups, published).isoformat()
    month = _month(groups, published)
    if month is None:
        return _latest(_count(groups["day"]), published).isoformat() if published else ""
    year = _year(groups, published, month)
    first = date(year, month, _count(groups["day"]))
    if "last" not in groups:
        return first.isoformat()
    return (
        f"{first.isoformat()}/{date(year, int(groups.get('until', month)), int(groups['last'])).isoformat()}"
    )


def _longer(groups: Mapping[str, str], published: date | None) -> str:
    if published is None and not _WRITTEN_YEARS & groups.keys():
        return ""
    if published is not None and "month_away" in groups:
        month = published.month - 1 + _MONTHS_AWAY[groups["month_away"]]
        return f"{published.year + month // 12:04d}-{month % 12 + 1:02d}"
    if published is not None and "week" in groups:
        monday = _monday(groups["week"], published)
        return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
    first, last = _months(groups, published)
    year = _year(groups, published, last)
    if (first, last) == (1, 12):
        return f"{year:04d}"
    return f"{year:04d}-{first:02d}" + (f"/{year:04d}-{last:02d}" if last != first else "")


def _months(groups: Mapping[str, str], published: date | None) -> tuple[int, int]:
    """First and last month of what the groups name."""
    if "part" in groups:
        return _PARTS[groups["part"]]
    if "months" in groups:
        return 1, _count(groups["months"])
    quarter = groups.get("quarter") or groups.get("q")
    if quarter:
        return _count(quarter) * 3 - 2, _count(quarter) * 3
    if "festival" in groups:
        return (_FESTIVALS[groups["festival"]],) * 2
    month = _month(groups, published)
    return (month, int(groups.get("until", month))) if month else (1, 12)


def _month(groups: Mapping[str, str], published: date | None) -> int | None:
    if "name" in groups:
        return _MONTHS[groups["name"]]
    if "month" in groups:
        return _count(groups["month"])
    if "edge" in groups:
        return 1 if groups["edge"] == "初" else 12
    if published is not None and "month_away" in groups:
        return (published.month - 1 + _MONTHS_AWAY[groups["month_away"]]) % 12 + 1
    return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else _COUNTS[text]


def _year(groups: Mapping[str, str], published: date | None, month: int) -> int:
    written = groups.get("year") or groups.get("bare") or groups.get("spoken")
    if written:
        return int(written.translate(_SPOKEN))
    if published is None:
        return 0
    if "away" in groups:
        return published.year + _YEARS_AWAY[groups["away"]]
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
    day = monday + timedelta(days=_WEEKDAYS[groups["weekday"]])
    return day if "week" in groups or day <= published else day - timedelta(days=7)


def _latest(day: int, published: date) -> date:
    """The last day of that number that is not after the publication."""
    candidate = published
    while candidate.day != day:
        candidate -= timedelta(days=1)
    return candidate
