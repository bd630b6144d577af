"""A place in a notice in; the sum, point in time, contract term or organisation that is written there out.

`Reading` holds what all readers of one notice share. Spans are code points in its content.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from intel.model import Mention, Precision
from intel.notice import Deadline, Party, Said, Span, Sum, Term, later
from pipelines import measures
from pipelines.dates import CHINA, Moment, moments

# Numerals as cheques write them, one code point for one.
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟圆", "一二三四五六七八九十百千元")
_BEIJING = re.compile(r"[(]?北京时间[)]?")
_FAR = datetime(2100, 1, 1, tzinfo=UTC)  # deadlines lie ahead: no date is too late
_YEAR = re.compile(r"^(?:19|20)\d\d|(?:19|20)\d\d$|^[一二][〇零]|(?:19|20)\d\d")

_SCALES = {"亿": Decimal(10**8), "万": Decimal(10**4), "元": Decimal(1), "million": Decimal(10**6)}
_HINT = re.compile(r"(?P<scale>亿|万)?元(?:/(?P<per>[一-鿿a-z]{1,4}))?|(?P<percent>%)|(?P<million>million)")
# 186.5000000 万元 and 172.3000000（万元）, as the public procurement network writes them.
_BEHIND = re.compile(r"\s{0,3}[(]?\s?" + _HINT.pattern)
_PLAIN = re.compile(
    r"\s{0,3}[¥]?\s?(\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,10})?|\d{1,13}(?:\.\d{1,10})?)(?![\d.年月日:-])"
)
_FOREIGN_BEFORE = re.compile(r"(?P<name>港元|美元|美金|欧元)\s?$")
_FOREIGN = {"港元": "HKD", "美元": "USD", "美金": "USD", "欧元": "EUR"}
_PER_BEFORE = re.compile(r"每(?P<per>件|票|单|公斤|千克|kg|吨|平方米|月|年|天|箱|车)\s?$")
_LEAST_WITHOUT_UNIT = 1000  # a bare number that small is a count or a share, not yuan

_SUFFIX = (
    r"(?:公司|集团|事业部|总行|分行|支行|银行|信用社|联社|医院|卫生院|大学|学院|学校|中学|小学|幼儿园|研究院|研究所|"
    r"设计院|出版社|报社|杂志社|中心|委员会|管委会|政府|厅|局|处|署|委|法院|检察院|协会|学会|基金会|办公室|总队|支队|"
    r"商行|商会|工厂|总厂|厂|采购组|项目部|平台|商城|电商|基地|图书馆|博物馆|档案馆|供销社|合作社|事务所|总社|总站|机场|港|"
    r"(?:co\.,? ?)?(?:ltd\.?|limited|inc\.?|plc|gmbh|corporation|corp\.?|company|authority|"
    r"council|ministry|university|agency|department|bank))"
)
# A name goes on past its first ending (…集团有限公司下属资产公司), but not past a word that joins two.
_GOES_ON = r"(?![^\W与和及由向对就以为的在于]{0,7}(?:公司|分行|支行|采购组|事业部|分局|中心))"
_ENGLISH = (
    r"[a-z][a-z0-9&.,'()\- ]{1,60}?\b(?:limited|ltd|inc|plc|gmbh|corporation|corp|"
    r"company|authority|council)\b\.?"
)
ORG = rf"(?P<org>(?![与和及])[一-鿿a-z0-9][一-鿿a-z0-9·&()]{{1,36}}?{_SUFFIX}{_GOES_ON}|{_ENGLISH})"
_NAME = re.compile(
    rf"[一-鿿a-z0-9·&()\-.'， ]{{1,44}}?{_SUFFIX}(?=$|[\s(),。;|、:]|地址|联系|与|和|及|以|为)"
)
_LEADING = re.compile(
    r"^(?:招标人|采购人|采购方|招标方|由|经|与|向|为|是|对|受|及|和|现|推荐|确定|评审|评标|委员会|公开招标)(?=[一-鿿]{4})"
)
_TRAILING = re.compile(r"[\s(].*$", re.S)
_LIST = re.compile(r"[、,;/]|\s{2,}|\d[.、)]")
_LONGEST_NAME = 30

_HAN_COUNT = {"半": Decimal("0.5"), "两": Decimal(2), "一": Decimal(1), "二": Decimal(2), "三": Decimal(3),
              "四": Decimal(4), "五": Decimal(5), "六": Decimal(6), "七": Decimal(7), "八": Decimal(8),
              "九": Decimal(9), "十": Decimal(10), "十二": Decimal(12), "十八": Decimal(18),
              "二十四": Decimal(24),
              "三十六": Decimal(36), "one": Decimal(1), "two": Decimal(2), "three": Decimal(3),
              "four": Decimal(4), "five": Decimal(5)}  # fmt: skip
_MONTHS = {
    "年": 12,
    "周年": 12,
    "年度": 12,
    "个月": 1,
    "个季度": 3,
    "year": 12,
    "years": 12,
    "month": 1,
    "months": 1,
}
_DAYS = frozenset({"天", "日", "日历天", "个日历天", "日历日", "days"})
_LENGTH = re.compile(
    r"(?<![\d第.+])(?P<n>\d{1,4}|[一二三]?十[二四六八]?|[一二两三四五六七八九半]|(?<![a-z])(?:one|two|three|four|five))\s?(?:[(]\d{1,3}[)])?\s?-?"
    r"(?P<unit>周年|年(?!度?第|\d|[一-鿿]{0,2}月)|个月|个季度|个?日历[天日]|天|日(?!前|内|起|止)|years?|months?|days)(?!以[上内])"
)
_STAGES = re.compile(r"(?<!\d)(?P<first>[1-3一二三])\s?\+\s?[1-3一二三](?:\s?\+\s?[1-3一二三])?")
_YEARLY = re.compile(
    r"一年一[签招续聘]|[逐每按]年(?:一?签|签订|续签)|合同一年一|annually renewable|renewed annually"
)
_RENEWABLE = re.compile(
    r"(?<!不)(?<!不得)(?<!不可)(?<!不再)续[签约]|滚动|可(?:顺延|延长|延续)|renewable|(?:may|"
    r"can) be (?:extended|renewed)|option to (?:extend|renew)"
)
_RENEWALS = re.compile(
    r"续[签约](?:[^。;\d]{0,6}?)(?P<n>[一二两三四五\d])次|(?:最多|"
    r"至多)(?:可)?(?P<m>[一二两三\d])次|extend(?:ed)? (?P<o>one|once|twice|two)"
)
_LIMIT = re.compile(r"(?:最长|最多|总期限|累计|合计|不超过|不得超过)[^。;\d]{0,8}?(?P<n>\d|[二两三四五])年")
_TO = re.compile(
    r"^(?:\s|起|[(][^)]{0,8}[)]|00:00|0时)*(?:至|到|-{1,2}|—{1,2}|–|~|～|止|to|until|through)[^。;\d]{0,6}$"
)
_COUNTS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "one": 1, "once": 1, "two": 2, "twice": 2}


@dataclass(frozen=True)
class Reading:
    """One notice as its readers need it: the content, the same folded, its day, who is named where."""

    content: str
    folded: str
    published: date | None
    mentions: Sequence[Mention]

    @cached_property
    def _money(self) -> tuple[measures.Measure, ...]:
        found = measures.find(self.folded.translate(_FORMAL))
        return tuple(measure for measure in found if measure.kind in ("money", "rate") and measure.value)

    @cached_property
    def _moments(self) -> tuple[Moment, ...]:
        plain = _BEIJING.sub(lambda match: " " * len(match.group()), self.folded)
        return tuple(moment for moment in moments(plain, _FAR) if not moment.relative)

    # ---- sums

    def sums(self, where: Span, label: str = "") -> tuple[Sum, ...]:
        """The sums in a place, each value once; the label may name the unit of bare numbers (万元)."""
        first = bisect_left(self._money, where.start, key=lambda measure: measure.start)
        found = [self._sum(measure) for measure in self._money[first:] if measure.end <= where.end]
        if not found and (plain := self._plain(where, label)):
            found = [plain]
        return tuple({one.value: one for one in reversed(found)}.values())[::-1]

    def _sum(self, measure: measures.Measure) -> Sum:
        per = _PER_BEFORE.search(self.folded[max(0, measure.start - 5) : measure.start])
        value = measure.value + (f"/{per['per']}" if per and "/" not in measure.value else "")
        foreign = _FOREIGN_BEFORE.search(self.folded[max(0, measure.start - 5) : measure.start])
        if foreign:
            value = value.replace("CNY", _FOREIGN[foreign["name"]])
        return Sum(value, Span(measure.start, measure.end))

    def _plain(self, where: Span, label: str) -> Sum | None:
        number = _PLAIN.match(self.folded, where.start, where.end)
        if number is None:
            return None
        value = Decimal(number[1].replace(",", ""))
        hint = _BEHIND.match(self.folded, number.end(), where.end) or _HINT.search(label)
        span = Span(number.start(1), number.end(1))
        if hint is None:
            return Sum(f"{_plain(value)} CNY", span) if value >= _LEAST_WITHOUT_UNIT else None
        if hint["percent"]:
            return Sum(f"{_plain(value)} %", span)
        scale = _SCALES["million" if hint["million"] else hint["scale"] or "元"]
        return Sum(f"{_plain(value * scale)} CNY" + (f"/{hint['per']}" if hint["per"] else ""), span)

    # ---- times

    def deadline(self, where: Span) -> Deadline | None:
        """The last point in time named in a place: a correction names the old one first."""
        found = [moment for moment in self._within(where) if moment.precision is not Precision.MONTH]
        if not found:
            return None
        at = self._at(found[-1])
        return Deadline(at, Span(found[-1].start, found[-1].end)) if at else None

    def day(self, where: Span) -> date | None:
        """The first day named in a place."""
        at = next((self._at(moment) for moment in self._within(where)), None)
        return at.date() if at else None

    def _within(self, where: Span) -> list[Moment]:
        first = bisect_left(self._moments, where.start, key=lambda moment: moment.start)
        found = []
        for moment in self._moments[first:]:
            if moment.start >= where.end:
                break
            found.append(moment)
        return found

    def _at(self, moment: Moment, after: date | None = None) -> datetime | None:
        """The moment in China's time; without a year, the next such day after `after` or the notice."""
        at = moment.at.astimezone(CHINA)
        if _YEAR.search(moment.evidence):
            return at
        after = after or (self.published and self.published - timedelta(days=30))
        if after is None:
            return None
        for year in (after.year, after.year + 1):
            try:
                candidate = at.replace(year=year)
            except ValueError:
                continue  # 29 February
            if candidate.date() >= after:
                return candidate
        return None

    # ---- terms

    def term(self, where: Span) -> Term | None:
        """The contract term told in a place, or None where it tells neither day nor length."""
        text = self.folded[where.start : where.end]
        start, end, days = self._range(where)
        length = self._length(where, days)
        months, extra = length.months, timedelta(days=length.days)
        stages, yearly, limit = _STAGES.search(text), _YEARLY.search(text), _LIMIT.search(text)
        renewals = _renewals(text)
        if stages:
            months = 12 * _count(stages["first"])
            renewals = renewals or stages.group().count("+")
        elif yearly and months and months > 12:
            renewals, months = renewals or months // 12 - 1, 12
        elif yearly:
            months = 12
        if limit and yearly and renewals is None:
            renewals = _count(limit["n"]) - 1
        if start and not end and (months or extra):
            end = later(start, months or 0) + extra - timedelta(days=1)
        if not (start or end or months):
            return None
        recurring = bool(stages or yearly or renewals or _RENEWABLE.search(text))
        return Term(where, start, end, months, recurring, renewals)

    def _range(self, where: Span) -> tuple[date | None, date | None, list[Moment]]:
        found = self._within(where)
        if not found:
            return None, None, found
        first = self._at(found[0])
        start = first.date() if first else None
        if len(found) > 1 and _TO.search(self.folded[found[0].end : found[1].start]):
            last = self._at(found[1], start)
            return start, last and _last_day(found[1], last), found
        before = self.folded[max(where.start, found[0].start - 4) : found[0].start]
        if re.search(r"[至到]\s?$", before):
            return None, first and _last_day(found[0], first), found
        return start, None, found

    def _length(self, where: Span, days: Sequence[Moment]) -> _Length:
        for match in _LENGTH.finditer(self.folded, where.start, where.end):
            if any(match.start() < moment.end and moment.start < match.end() for moment in days):
                continue
            number = Decimal(match["n"]) if match["n"].isdigit() else _HAN_COUNT.get(match["n"], Decimal(0))
            if match["unit"] in _DAYS:
                return _Length(None, int(number))
            return _Length(int(number * _MONTHS[match["unit"]]), 0)
        return _Length(None, 0)

    # ---- names

    def parties(self, where: Span) -> tuple[Party, ...]:
        """The organisations in a place that is said to name one or several."""
        text = self.folded[where.start : where.end]
        found = [self.party(Span(where.start + start, where.start + end)) for start, end in _names(text)]
        return tuple(party for party in found if party)

    def party(self, where: Span) -> Party | None:
        """The organisation that stands exactly there, words before its name left off."""
        text = self.folded[where.start : where.end]
        lead = _LEADING.match(text)
        start = where.start + (lead.end() if lead else len(text) - len(text.lstrip()))
        span = Span(start, where.end)
        name = self.content[span.start : span.end].strip()
        return Party(name, span, self._account(span)) if len(name) > 1 else None

    def _account(self, span: Span) -> str | None:
        """The account mentioned in a name, or in brackets right behind it: …贸易有限公司（京东物流）."""
        behind = re.match(r"\s?[(][^)\n]{1,20}[)]", self.folded[span.end : span.end + 24])
        end = span.end + (behind.end() if behind else 0)
        inside = [one for one in self.mentions if span.start <= one.start and one.end <= end]
        return inside[0].account if inside else None

    def said(self, where: Span) -> Said:
        """The text of a place as written."""
        return Said(self.content[where.start : where.end].strip(), where)


@dataclass(frozen=True, slots=True)
class _Length:
    months: int | None
    days: int


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand in a value: those that end like an organisation, else its first words."""
    position, any_found = 0, False
    while match := _NAME.match(text, position) or _NAME.search(text, position):
        start = match.start() + len(match.group()) - len(match.group().lstrip(" .,，、"))
        yield start, match.end()
        any_found, position = True, match.end()
        rest = re.match(r"(?:\s?[(][^)]{0,20}[)])?\s?[、,;/和及与]\s?", text[position:])
        if rest is None:
            return
        position += rest.end()
    if not any_found:
        end = _LIST.search(text)
        name = _TRAILING.sub("", text[: end.start() if end else len(text)].strip())
        if 2 <= len(name) <= _LONGEST_NAME and not name[:1].isdigit():
            start = text.find(name)
            yield start, start + len(name)


def _last_day(moment: Moment, at: datetime) -> date:
    if moment.precision is Precision.MONTH:
        return later(at.date().replace(day=1), 1) - timedelta(days=1)
    return at.date()


def _renewals(text: str) -> int | None:
    match = _RENEWALS.search(text)
    return _count(match["n"] or match["m"] or match["o"]) if match else None


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _COUNTS[text]


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_lot(found: Sum, lot: str) -> Sum:
    """The same sum for a lot."""
    return replace(found, lot=lot)
