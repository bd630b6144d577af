"""When something was published, read from a date as Chinese and English pages write it.

In: a piece of text and `now`. Out: a point in time with its precision and the verbatim evidence, never
later than a day after `now`. Times without a zone are China Standard Time, for such are the sources.
What a sentence talks about (2026年1—8月, 第三季度) is `pipelines.timespans`' subject.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from intel.model import Precision
from pipelines.timespans import TWO_DAYS_AGO

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
# Clocks of servers and readers differ by up to a day around the date line.
TOLERANCE = timedelta(days=1)
# No page of the web was published before this; what reads as earlier is a number or the text's subject.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

MONTHS = {name.lower(): month for month, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): month for month, name in enumerate(calendar.month_abbr) if name}
MONTHS["sept"] = 9
MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept(?:ember)?|Sep|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)

# Digits of every width to ASCII, one code point for one, so that evidence can be cut from the original.
_WIDTH = str.maketrans(
    dict(zip("０１２３４５６７８９：／－．", "0123456789:/-.", strict=True))
    | dict.fromkeys("　\xa0\u2002\u2003\u2009", " ")
    | dict.fromkeys("○Ｏ", "〇")
    | dict.fromkeys("–—", "-")
)

_YEAR = r"(?<![\d.])(?P<y>(?:19|20)\d\d)"
_CLOCK = (
    r"(?P<half>上午|下午|晚上|晚间|晚|早上|早|凌晨|中午|傍晚)?\s{0,2}"
    r"(?P<H>[01]?\d|2[0-4])(?::(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d)(?:\.\d{1,9})?)?(?!\d)"
    r"|[时点](?:(?P<M2>[0-5]?\d)分?(?:(?P<S2>[0-5]?\d)秒)?)?)"
    r"(?:\s{0,2}(?P<ap>[AaPp])\.?[Mm]\b\.?)?(?:\s{0,2}(?P<tz>Z\b|UTC|GMT|[+-]\d{2}:?\d{2}(?!\d)))?"
)
_WEEKDAY = r"[(\[（]?(?:周|星期|礼拜|週)[一二三四五六日天][)\]）]?"
_TIME = rf"(?:\s{{0,4}}(?:T|,|，|\||·|-|at\b|{_WEEKDAY})?\s{{0,6}}{_CLOCK})?"
_HAN = "〇零一二三四五六七八九"
_HAN_MONTH = "十[一二]|十|[一二三四五六七八九]"
_HAN_DAY = "二?十[一二三四五六七八九]|三十一?|二十|十|[一二三四五六七八九]"
_SPAN = {
    "秒": timedelta(seconds=1),
    "秒钟": timedelta(seconds=1),
    "分": timedelta(minutes=1),
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "个小时": timedelta(hours=1),
    "小時": timedelta(hours=1),
    "分鐘": timedelta(minutes=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星期": timedelta(weeks=1),
    "个月": timedelta(days=30),
    "月": timedelta(days=30),
    "年": timedelta(days=365),
    "second": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hr": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_DAYS_BACK = {
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "前天": 2,
    "前日": 2,
    "today": 0,
    "yesterday": 1,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a text told it; `evidence` is text[start:end].

    `relative`: it depends on `now`. `doubtful`: 6/2/2022, where day and month can be swapped.
    """

    at: datetime
    precision: Precision
    evidence: str
    start: int
    end: int
    relative: bool = False
    doubtful: bool = False


Match = re.Match[str]
Reading = tuple[datetime, Precision]


def aware(at: datetime) -> datetime:
    """The point in time, China's where it names no zone."""
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def number(numeral: str) -> int:
    """A Chinese numeral up to 99, or the year spelt digit by digit, or plain digits, as a number."""
    if numeral.isdecimal():
        return int(numeral)
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        return (number(tens) if tens else 1) * 10 + (number(ones) if ones else 0)
    return int("".join("0" if digit in "〇零" else str(_HAN.index(digit) - 1) for digit in numeral))


def moments(text: str, now: datetime) -> tuple[Moment, ...]:
    """Every date of the text that can be when it was published, in text order, none overlapping."""
    if not _HINT.search(text):
        return ()
    plain = text.translate(_WIDTH)
    lower = plain.lower()
    found = []
    for form, read, relative, hints in _FORMS:
        for hint in hints:
            if hint in lower:
                break
        else:
            continue
        for match in form.finditer(plain):
            try:
                at, precision = read(match, now)
            except (ValueError, OverflowError):
                continue  # 2026-13-45 is no date
            if EARLIEST <= at <= now + TOLERANCE:
                start, end = match.span()
                doubtful = form is _SLASHES and _swappable(match)
                found.append(Moment(at, precision, text[start:end], start, end, relative, doubtful))
    return tuple(_settle(found))


def moment(text: str, now: datetime) -> Moment | None:
    """The first date of the text that can be when it was published."""
    return next(iter(moments(text, now)), None)


def _settle(found: list[Moment]) -> list[Moment]:
    """Earliest first; where two overlap the longer."""
    settled: list[Moment] = []
    for candidate in sorted(found, key=lambda each: (each.start, -each.end)):
        if not settled or candidate.start >= settled[-1].end:
            settled.append(candidate)
    return settled


def _timed(match: Match, day: datetime) -> Reading:
    """The day with the clock of the match, if it shows one."""
    parts = match.groupdict()
    if parts.get("H") is None:
        return day, Precision.DAY
    hour = int(parts["H"])
    half, suffix = parts["half"] or "", (parts["ap"] or "").lower()
    if hour < 12 and (suffix == "p" or half in {"下午", "晚上", "晚间", "晚", "傍晚"}):
        hour += 12
    elif hour == 12 and suffix == "a":
        hour = 0
    minute, second = parts["M"] or parts["M2"], parts["S"] or parts["S2"]
    at = day + timedelta(hours=hour, minutes=int(minute or 0), seconds=int(second or 0))
    if parts["tz"]:
        at = at.replace(tzinfo=_zone(parts["tz"]))
    return at, Precision.SECOND if second else Precision.MINUTE if minute else Precision.HOUR


def _zone(name: str) -> timezone:
    if name[0] not in "+-":
        return UTC
    digits = name[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if name[0] == "+" else -offset)


def _year_month_day(match: Match, now: datetime) -> Reading:
    return _timed(match, datetime(int(match["y"]), int(match["m"]), int(match["d"]), tzinfo=CHINA))


def _han_date(match: Match, now: datetime) -> Reading:
    year, month = number(match["y"]), number(match["m"])
    if match["d"]:
        return _timed(match, datetime(year, month, number(match["d"]), tzinfo=CHINA))
    return datetime(year, month, 1, tzinfo=CHINA), Precision.MONTH


def _republic(match: Match, now: datetime) -> Reading:
    """民國115年11月20日 as Taiwan counts: the year 1911 is none."""
    return _timed(match, datetime(int(match["y"]) + 1911, int(match["m"]), int(match["d"]), tzinfo=CHINA))


def _slashed(match: Match, now: datetime) -> Reading:
    """9/17/2004 and 17/9/2004: the month first unless that is no month, or the text is zoned in Europe."""
    first, second = int(match["a"]), int(match["c"])
    month, day = (first, second) if first <= 12 else (second, first)
    return _timed(match, datetime(int(match["y"]), month, day, tzinfo=CHINA))


def _swappable(match: Match) -> bool:
    """Day and month can be swapped. 7/5/2005 9:23:57 PM is how American servers write a time: 5 July."""
    american = match["S"] and match["ap"]
    return not american and max(int(match["a"]), int(match["c"])) <= 12


def _named(match: Match, now: datetime) -> Reading:
    month = MONTHS[match["b"].lower()]
    return _timed(match, datetime(int(match["y"]), month, int(match["d"]), tzinfo=CHINA))


def _yearless(match: Match, now: datetime) -> Reading:
    """11月20日 is the last one that is not in the future."""
    local = now.astimezone(CHINA)
    for year in (local.year + 1, local.year, local.year - 1):
        at, precision = _timed(match, datetime(year, int(match["m"]), int(match["d"]), tzinfo=CHINA))
        if at <= now + TOLERANCE:
            return at, precision
    raise ValueError(match.group())


def _year_month(match: Match, now: datetime) -> Reading:
    return datetime(int(match["y"]), int(match["m"]), 1, tzinfo=CHINA), Precision.MONTH


_PRECISE = (
    (timedelta(hours=1), Precision.MINUTE),
    (timedelta(days=1), Precision.HOUR),
    (timedelta(weeks=1), Precision.DAY),
)


def _ago(match: Match, now: datetime) -> Reading:
    span = _SPAN[match["unit"].lower()]
    count = match["n"]
    amount = (
        0.5 if count == "半" else 1 if count.lower() in {"a", "an"} else number(count.replace("两", "二"))
    )
    precision = next((name for limit, name in _PRECISE if span < limit), Precision.MONTH)
    return (now - span * amount).astimezone(CHINA), precision


def _just_now(match: Match, now: datetime) -> Reading:
    return now.astimezone(CHINA), Precision.HOUR


def _days_back(match: Match, now: datetime) -> Reading:
    local = now.astimezone(CHINA) - timedelta(days=_DAYS_BACK[match["word"].lower()])
    return _timed(match, local.replace(hour=0, minute=0, second=0, microsecond=0))


_SLASHES = re.compile(rf"(?<![\d/])(?P<a>\d{{1,2}})/(?P<c>\d{{1,2}})/(?P<y>(?:19|20)\d\d)(?!\d){_TIME}")

_MONTH_HINTS = tuple(name[:3].lower() for name in calendar.month_abbr if name)

# Without one of these a text holds no date; most lines of a page do not.
_HINT = re.compile(r"\d|[年前刚剛今昨]|ago|now|day", re.I)

# Form, how to read it, whether it is relative to now, and texts of which one is in all that it fits: asking
# for these takes a tenth of the time. Overlaps go to the longer match, so order is free.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[Match, datetime], Reading], bool, tuple[str, ...]], ...] = (
    (
        re.compile(
            rf"{_YEAR}\s?(?:年|[-/.])\s?(?P<m>\d{{1,2}})\s?(?:月|[-/.])\s?(?P<d>\d{{1,2}})(?!\d|\s?月)\s?[日号]?{_TIME}"
        ),
        _year_month_day,
        False,
        ("20", "19"),
    ),
    (
        re.compile(rf"(?P<y>[一二][{_HAN}]{{3}})年(?P<m>{_HAN_MONTH})月(?:(?P<d>{_HAN_DAY})[日号]{_TIME})?"),
        _han_date,
        False,
        ("年",),
    ),
    (
        re.compile(
            rf"民[国國]\s?(?P<y>\d{{2,3}})\s?[年.]\s?(?P<m>\d{{1,2}})\s?[月.]\s?(?P<d>\d{{1,2}})\s?日?{_TIME}"
        ),
        _republic,
        False,
        ("民",),
    ),
    (_SLASHES, _slashed, False, ("/",)),
    (
        re.compile(
            rf"\b(?P<b>{MONTH_NAME})\.?\s{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<y>(?:19|20)\d\d)\b{_TIME}",
            re.I,
        ),
        _named,
        False,
        _MONTH_HINTS,
    ),
    (
        re.compile(
            rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-](?P<b>{MONTH_NAME})\.?,?[\s-](?P<y>(?:19|20)\d\d)\b{_TIME}",
            re.I,
        ),
        _named,
        False,
        _MONTH_HINTS,
    ),
    (re.compile(rf"(?<![\d年])(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]{_TIME}"), _yearless, False, ("月",)),
    (
        re.compile(rf"(?<![\d.:/-])(?P<m>[01]?\d)[-/](?P<d>[0-3]?\d)\s{{1,3}}{_CLOCK}"),
        _yearless,
        False,
        ("-", "/"),
    ),
    (re.compile(rf"{_YEAR}年\s?(?P<m>\d{{1,2}})\s?月(?!\s?\d)"), _year_month, False, ("月",)),
    # A box with the day in large type above year and month: 13 2026-11.
    (re.compile(r"^(?P<d>[0-3]?\d)\s?(?P<y>20\d\d)[-/.](?P<m>[01]?\d)$"), _year_month_day, False, ("20",)),
    (
        re.compile(
            r"(?<![\d.])(?P<n>\d{1,3}|半|一|两|[二三四五六七八九十])\s?"
            r"(?P<unit>秒钟|秒|分钟|分鐘|分|个小时|小时|小時|天|日|周|星期|个月|月|年)[之以]?前"
        ),
        _ago,
        True,
        ("前",),
    ),
    (
        re.compile(
            r"\b(?P<n>\d{1,3}|an?)\s(?P<unit>second|sec|minute|min|hour|hr|day|week|month|year)s?\sago\b",
            re.I,
        ),
        _ago,
        True,
        ("ago",),
    ),
    (re.compile(r"刚刚|剛剛|just now", re.I), _just_now, True, ("刚", "剛", "just")),
    (
        re.compile(
            rf"(?P<word>今天|今日|今早|昨天|昨日|昨晚|{TWO_DAYS_AGO}|\btoday\b|\byesterday\b){_TIME}", re.I
        ),
        _days_back,
        True,
        ("今", "昨", "前", "day"),
    ),
)
