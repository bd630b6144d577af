"""Periods of statistics in folded text: a month, a quarter, a half, a year, or January to a month.

Values: "2026-08", "2026-Q3", "2026-H1", "2026", and "2026-01/2026-08" for any other run of months. One
period has one value, so January to June is 2026-H1 however it is written. A period that is none of
these (days, a festival, a fiscal year) is found too, with the value "": its numbers belong to no series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
           "十一": 11, "十二": 12, "首": 1}  # fmt: skip
_YEAR = r"(?:(?P<year>20[0-9]{2})\s?年?|(?P<away>今年|本年|去年|上年|前年))?\s?"
_M = r"(?:1[0-2]|0?[1-9](?![0-9])|十[一二]?|[一二三四五六七八九])"
_TO = r"\s?(?:-|–|—|—{2}|~|至|到)\s?"
_HALVES = {"上半年": (1, 6), "下半年": (7, 12), "全年": (1, 12), "年度": (1, 12)}
_AWAY = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2}
_NAMES = {(1, 12): "", (1, 6): "-H1", (7, 12): "-H2"} | {(3 * q - 2, 3 * q): f"-Q{q}" for q in range(1, 5)}

_VOID = re.compile(
    rf"(?:20[0-9]{{2}}\s?年?)?{_M}\s?月\s?[0-9]{{1,2}}\s?[日号]?{_TO}(?:{_M}\s?月\s?)?[0-9]{{1,2}}\s?[日号]"
    rf"|(?:20[0-9]{{2}}\s?年?)?{_M}\s?月\s?[0-9]{{1,2}}\s?[日号](?:当[天日])?"
    r"|20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|20[0-9]{2}\s?财年(?:第?[一二三四]季度)?|财年"
    r"|(?:双1[12]|双十[一二]|(?<![0-9.])618(?![0-9.万亿])|春节|国庆|五一|元旦|中秋|年货节)(?:假期|期间|当[天日])?"
    r"|本周|上周|当周|旺季|黄金周"
)
_PERIOD = re.compile(
    rf"(?P<until>截至|截止|截止到|截至到)?\s?{_YEAR}(?:"
    rf"(?P<first>(?<![0-9.]){_M})\s?月?{_TO}(?P<last>{_M})\s?月份?"
    rf"|前(?P<months>{_M})\s?(?:个月|月)"
    r"|(?P<quarters>前[两二三]个?季度?)"
    r"|第?(?P<quarter>[一二三四1-4])\s?季度?(?![0-9度节])|q(?P<q>[1-4])(?![0-9])"
    r"|(?P<half>上半年|下半年|全年|年度)"
    rf"|(?P<month>(?<![0-9.]){_M})\s?月份?(?P<end>底|末)?(?!内)"
    r")|(?<![0-9.])(?P<whole>20[0-9]{2})\s?年(?:度|全年)?(?!代|前|来|内)"
    r"|(?P<alone>今年以来|今年|去年|上年)(?!同|末|底)"
)
# A period only compared with: 比7月, 较1-7月, 与2025年相比.
_COMPARED = re.compile(r"(?:比|较|与|同|低于|高于)\s?$")


@dataclass(frozen=True, slots=True)
class Period:
    """A period as told: months `first` to `last` of `year` (None: not told); first 0: of no series.

    `until`: 截至8月, which is January to August where the number is cumulative.
    """

    start: int
    end: int
    year: int | None
    first: int
    last: int
    until: bool = False

    @property
    def is_month(self) -> bool:
        """Whether it is one month only."""
        return self.first == self.last != 0

    @property
    def cumulative(self) -> bool:
        """Whether it runs from January over several months."""
        return self.first == 1 and self.last > 1


def periods(folded: str, published: date | None) -> Iterator[Period]:
    """The periods of a text in order; years away (去年) are reckoned from the publication."""
    taken = [(void.start(), void.end()) for void in _VOID.finditer(folded)]
    found = [Period(start, end, None, 0, 0) for start, end in taken]
    for match in _PERIOD.finditer(folded):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        period = _period(match, published)
        if period is not None and not _COMPARED.search(folded, max(0, match.start() - 3), match.start()):
            found.append(period)
    yield from sorted(found, key=lambda period: period.start)


def _period(match: re.Match[str], published: date | None) -> Period | None:
    group = match.groupdict()
    if alone := group["alone"]:
        year = _relative(alone[:2], published)
        # 今年 alone has no end yet; a number of it is told "so far", and a month may follow later.
        return Period(match.start(), match.end(), year, *((0, 0) if alone.startswith("今") else (1, 12)))
    year = int(group["year"] or group["whole"] or 0) or _relative(group["away"], published)
    first, last = _months(group)
    if not 1 <= first <= last <= 12:
        return None
    return Period(match.start(), match.end(), year, first, last, bool(group["until"] or group["end"]))


def _relative(away: str | None, published: date | None) -> int | None:
    return published.year + _AWAY[away] if away and published else None


def _months(group: dict[str, str | None]) -> tuple[int, int]:
    """First and last month of what was matched."""
    if group["first"] and group["last"]:
        return _count(group["first"]), _count(group["last"])
    if group["months"]:
        return 1, _count(group["months"])
    if group["quarters"]:
        return 1, 9 if "三" in group["quarters"] else 6
    if quarter := group["quarter"] or group["q"]:
        return 3 * _count(quarter) - 2, 3 * _count(quarter)
    if group["half"]:
        return _HALVES[group["half"]]
    if group["month"]:
        return (_count(group["month"]),) * 2
    return 1, 12


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else _DIGITS[written]


def value(period: Period, year: int | None, published: date | None) -> str:
    """The ISO form of a period; "" for one of no series, of an unknown year, or not over by then.

    `year` is what the text around says (its title), used where the period names none and it fits;
    else it is the last such period that had begun when the text was published.
    """
    if not period.first:
        return ""
    told = period.year or _year(period, year, published)
    if told is None or (published and (told, period.last) >= (published.year, published.month)):
        return ""
    name = _NAMES.get((period.first, period.last))
    if name is not None:
        return f"{told}{name}"
    first, last = f"{told}-{period.first:02d}", f"{told}-{period.last:02d}"
    return last if first == last else f"{first}/{last}"


def _year(period: Period, year: int | None, published: date | None) -> int | None:
    if published is None:
        return year
    if year and (year, period.last) < (published.year, published.month):
        return year
    return published.year if period.last <= published.month else published.year - 1


def month_of(period: Period) -> Period:
    """The last month of a period: what 当月 means beside it."""
    return Period(period.start, period.end, period.year, period.last, period.last)


def year_to(period: Period) -> Period:
    """January to the last month of a period: what 累计 means beside it."""
    return Period(period.start, period.end, period.year, 1, period.last)
