"""Folded text in; dates and periods out, as ISO 8601 where the text says which year.

Values: "2026-11-12" (day), "2026-11" (month), "2026" (year), and "first/last" of two days or two months
for a longer period: "2026-01/2026-08". An expression that leaves its year or day to the reader (11月12日,
昨日, 上周三, 前三季度, 双11期间, 同日) has the value "": `resolve` works it out from the day of publication
and the times told before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipelines.time_values import (
    DAYS_AWAY,
    FESTIVALS,
    MONTHS,
    MONTHS_AWAY,
    NOTHING,
    PARTS,
    SPANS,
    WEEKDAYS,
    YEARS_AWAY,
    Told,
    value,
)

TIMES = frozenset({"date", "period"})


@dataclass(frozen=True, slots=True)
class Timespan:
    """Where a time is named; `kind` is date or period, `value` the ISO form or ""."""

    kind: str
    start: int
    end: int
    value: str


# 前 may end the word before (目前日均, 此前天猫), and 日 or 天 begin the word after (涨价前日均, 先后天津).
_NO_WORD_BEFORE = "(?<![目此之以先当眼提年月周日天节会期号])"
TWO_DAYS_AGO = (
    f"{_NO_WORD_BEFORE}前(?:天(?![猫津河])|日(?!"
    "[常益程志活]|产能|单量|揽收量|处理(?:能力|量|[0-9])|均(?![已未无有在可按被为])))"
)
_GUARDED = {"前天", "前日", "前晚", "后天"}
_IN_TWO_DAYS = "(?<![以之此先今最前售])后天(?![津河数气])"


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_DAY_AWAY = f"{TWO_DAYS_AGO}|{_NO_WORD_BEFORE}前晚|{_IN_TWO_DAYS}|{_any(DAYS_AWAY.keys() - _GUARDED)}"
_DIGIT_YEAR = r"(?<![0-9.])(?<![0-9],)(?P<year>(?:19|20)[0-9]{2})"
_YEAR = (
    rf"(?:{_DIGIT_YEAR}\s?年|(?P<spoken>[一二][〇零九][〇零一二三四五六七八九]{{2}})年|"
    rf"(?P<away>{_any(w for w in YEARS_AWAY if not w.isascii())}))"
)
_MONTH = r"(?P<month>(?<![0-9])(?:1[0-2]|0?[1-9])|十[一二]?|[一二三四五六七八九])"
_UNTIL = r"(?P<until>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CLOCK = (
    r"(?:\s?(?:上午|下午|中午|早上|晚上?|凌晨|零时"
    r"|(?:2[0-4]|1[0-9]|0?[0-9])\s?(?:[时点](?:[0-9]{1,2}分)?|:[0-9]{2}))){0,2}"
)
_TO = r"\s?月?\s?(?:-|–|—|~|至|到)\s?"
# 每周一 is no day, and 一周三次 no Wednesday.
_WEEK = r"(?<![每一两几半至到0-9])(?:(?P<week>[上本这下])个?)?(?:周|星期|礼拜)"
_ENGLISH_MONTH = rf"(?P<name>{_any(MONTHS)})"
_ENGLISH_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?"
_ENGLISH_YEAR = r"(?P<year>(?:19|20)[0-9]{2})(?![0-9])"
# may and march are months only where a preposition says so, or nothing else stands there.
_SURE_MONTH = _any(name for name in MONTHS if len(name) > len("may") and name != "march")
_AT_A_MONTH = "|".join(
    f"(?<={word} )" for word in ("in", "since", "by", "until", "during", "from", "of", "early", "late")
)
_ENGLISH_MONTH_ALONE = (
    rf"(?<![a-z])(?:(?={_SURE_MONTH})|{_AT_A_MONTH}|^(?=[a-z]+\Z)){_ENGLISH_MONTH}(?![a-z])"
)
_ENGLISH_SPANS = _any(span for span in SPANS if span.isascii())
_ENDING = r"\s(?:ended|ending|to|through)\s"
_TILL = r"\s?(?:-|–|—|to|through|until|till)\s?"
_LAST = r"(?P<last>3[01]|[12][0-9]|0?[1-9])"
_AWAY = _any(away for away in MONTHS_AWAY if not away.isascii())
_ENGLISH_AWAY = _any(away for away in MONTHS_AWAY if away.isascii())
_QUARTER = r"(?:第?(?P<quarter>[一二三四首1-4])季度?|q(?P<q>[1-4]))(?![0-9a-z])"
# 618 alone is a number: it needs its year before it or what it is after it.
_FESTIVAL = (
    r"[“\"]?(?!618(?![”\"]?(?:购物节|大促|年中|期间|旺季|预售|战报)))"
    rf"(?P<festival>(?<![0-9])(?:{_any(FESTIVALS)})(?![0-9万亿元个名件%.]))[”\"]?"
    r"(?:购物节|大促|年中大促|电商节|狂欢节|旺季|期间|当天|当日|预售)?"
)

# The first row that matches at a place wins, so a row stands before those that read less of it.
_ROWS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("period", rf"(?:{_YEAR}\s?)?{_MONTH}\s?月\s?{_DAY}\s?[日号]?{_CLOCK}\s?(?:-|–|—|~|至|到)\s?"
                   r"(?:(?P<until>1[0-2]|0?[1-9])\s?月\s?)?(?P<last>3[01]|[12][0-9]|0?[1-9])\s?[日号]"),
        ("period", rf"截[至止](?:{_YEAR}\s?)?{_MONTH}\s?月(?:\s?(?:{_DAY}\s?[日号]|底))?止的?"
                   rf"(?P<span>{_any(span for span in SPANS if not span.isascii())})"),
        ("date", rf"(?:{_YEAR}\s?)?{_MONTH}\s?月\s?{_DAY}\s?[日号](?!城)"),
        ("date", rf"{_DIGIT_YEAR}(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=mark)"
                 r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9])"),
        ("period", rf"(?:{_YEAR}\s?)?{_MONTH}{_TO}{_UNTIL}\s?月份?"),
        ("period", rf"(?:{_YEAR}\s?)?(?:前|头)(?P<months>十[一二]?|[一二两三四五六七八九]|1[0-2]|[1-9])个月"),
        ("period", rf"(?<![a-z0-9])q(?P<q>[1-4])(?:,?\s(?:of\s)?{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("period", rf"(?:(?:{_YEAR}|{_DIGIT_YEAR.replace('year', 'bare')})\s?)?(?:{_QUARTER})"),
        ("period", rf"(?:{_YEAR}\s?)?(?P<part>{_any(p for p in PARTS if not p.isascii())})"),
        ("date", rf"(?:{_YEAR}年?|(?<![0-9一二三四五六七八九十两几半多])年)(?P<edge>[底末初])(?!薪)"),
        ("period", rf"(?:{_YEAR}的?\s?)?{_FESTIVAL}"),
        ("period", rf"{_YEAR}\s?{_MONTH}月份"),
        ("date", rf"{_YEAR}\s?{_MONTH}\s?月(?:[上中下]旬)?"),
        ("period", rf"{_YEAR}"),
        ("period", r"(?P<month>(?<![0-9.个])(?:1[0-2]|[1-9])|(?<!个)十[一二]?|[二三四五六七八九])月份"),
        ("date", r"(?P<month>(?<![0-9.个])(?:1[0-2]|[1-9]))月(?:[上中下]旬)?(?![日0-9])"),
        ("date", r"(?<!个)(?P<month>十[一二]?|[二三四五六七八九])月"
                 r"(?:[上中下]旬|(?=[起初底末以到至,。、]|\Z))"),
        ("date", rf"(?P<month_away>{_AWAY})\s?{_DAY}[日号]"),
        ("date", r"(?P<month_away>本月|这个月|上个?月|下个?月)(?:[上中下]旬|[底末初])"),
        ("period", rf"(?P<month_away>{_AWAY})"),
        ("period", rf"(?<![a-z])(?P<month_away>{_ENGLISH_AWAY})(?![a-z])"),
        ("period", r"(?<![a-z])(?P<week>last|this|next)\sweek(?![a-z])"),
        ("date", r"(?P<same_day>同日|(?:(?<=[,。;])|^)当[日天])(?![达送件内起往])"),
        ("date", r"(?<![a-z])(?P<same_day>(?:the|that) same day|that day)(?![a-z])"),
        ("date", rf"[今昨]\s?\({_DAY}\)\s?[日晚]"),
        ("date", rf"(?<![a-z])(?P<day_away>{_DAY_AWAY})(?![a-z])"),
        ("date", rf"{_WEEK}(?P<weekday>[一二三四五六日]|(?<!周)天)(?![个至到、])"),
        ("period", r"(?P<week>[上本这下])个?(?:周|星期)(?![年末])"),
        ("date", r"(?<![a-z])(?:(?P<week>last|this|next)\s)?"
                 rf"(?P<weekday>{_any(day for day in WEEKDAYS if day.isascii())})(?![a-z])"),
        ("date", r"(?<![0-9.第])(?<![0-9],)(?P<day>3[01]|[12][0-9]|0?[1-9])日(?![内均游龄元后前夜城])"),
        ("date", r"(?<![0-9a-z.第])(?<![0-9],)(?P<day>3[01]|[12][0-9]|0?[1-9])号"
                 r"(?=[起到至前晚早凌中才就又开]|上午|下午|当天|那天|左右|之前|\Z)"),
        ("period", rf"(?<![a-z]){_ENGLISH_MONTH}\.?\s{_ENGLISH_DAY}{_TILL}"
                   rf"(?:(?P<until_name>{_any(MONTHS)})\.?\s)?{_LAST}(?:st|nd|rd|th)?"
                   rf"(?:,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("period", rf"(?<![0-9]){_ENGLISH_DAY}{_TILL}{_LAST}(?:st|nd|rd|th)?\s{_ENGLISH_MONTH}"
                   rf"(?:\.?,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("period", rf"(?<![a-z])(?P<span>{_ENGLISH_SPANS}){_ENDING}(?:(?:the\s)?end[\s-](?:of\s)?)?"
                   rf"(?:{_ENGLISH_DAY}\s)?{_ENGLISH_MONTH}(?:\s[0-3]?[0-9](?:st|nd|rd|th)?)?"
                   rf"(?:,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("period", rf"(?<![a-z]){_ENGLISH_MONTH}[\s-](?P<span>quarter|half)(?![a-z])"),
        ("date", rf"(?<![a-z]){_ENGLISH_MONTH}\.?\s{_ENGLISH_DAY}(?:,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("date", rf"(?<![0-9]){_ENGLISH_DAY}\s{_ENGLISH_MONTH}(?:\.?,?\s{_ENGLISH_YEAR})?(?![0-9a-z])"),
        ("date", rf"(?<![a-z]){_ENGLISH_MONTH}\.?,?\s{_ENGLISH_YEAR}"),
        ("date", _ENGLISH_MONTH_ALONE),
        ("period", r"(?<![a-z])(?P<quarter>first|second|third|fourth)[\s-]quarter"
                   rf"(?:,?\s(?:of\s)?(?:{_ENGLISH_YEAR}|(?P<away>this year|last year)))?"),
        ("period", rf"(?<![a-z])(?P<part>{_any(p for p in PARTS if p.isascii())})(?![a-z])"
                   rf"(?:,?\s(?:of\s)?(?:{_ENGLISH_YEAR}|(?P<away>this year|last year)))?"),
        ("period", rf"(?<![a-z])(?P<away>{_any(w for w in YEARS_AWAY if w.isascii())})(?![a-z])"),
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
    r"[一二三四五六七八九十首](?=[零〇一二三四五六七八九十]{0,3}[月年季])|第(?=[一二三四1-4])|[前头](?=[0-9一二两三四五六七八九十年天日晚])"
    r"|上(?=[半个月年周星礼])|截(?=[至止])|即(?=日起)|当(?=[月年日天])|同(?=[年日])"
    r"|[0-9双下全半年后今昨明本去这黑周星礼“\"]"
    rf"|(?<![a-z])(?:q[1-4]|h[12]|{_any(MONTHS)}|first|second|third|fourth|today|yesterday|tomorrow|this|last"
    rf"|next|singles|double|{_any(day for day in WEEKDAYS if day.isascii())}|with(?= imm)|effective(?= imm)"
    rf"|(?:the|that)(?=\s(?:same\s)?day)|(?:{_ENGLISH_SPANS})(?={_ENDING}))"
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
            return Timespan(kind, match.start(), match.end(), value(groups, None))
    return None


def resolve(text: str, published: date, told: Told = NOTHING) -> str:
    """The ISO form of a folded date or period expression, for a reader on the day of publication.

    A month without a year is the one nearest to that day; a day without a month and a day of the week the
    latest such day that is not after it. What the text has `told` of time before says which day 同日 is, of
    which month 当月 speaks, and to which month the 20日 belongs that follows 11月19日. "" where the text is
    no expression of time.
    """
    for _, pattern in _ROWS:
        match = pattern.fullmatch(text)
        if match:
            return value({name: said for name, said in match.groupdict().items() if said}, published, told)
    return ""


def names_a_month(text: str) -> bool:
    """Whether a folded expression of time names one month, in any year."""
    return len(resolve(text, date(2000, 1, 1))) == len("2000-01")
