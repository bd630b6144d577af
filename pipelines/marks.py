"""Folded text to the marks that tell one report of a kind from the next: figures, days, periods, places.

In: text as `pipelines.text.fold` gives it. Out: Marks, and the text without credit lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

LEAD = 120
_FEW = 3  # figures that two may give without sharing any

# Lines a reprint adds or drops: who edited, who credits whom, what the law makes them say.
_CREDIT_LINE = re.compile(
    r"(?:责任?编辑|责编|编辑|校对|审核|审校|监制|作者|记者|通讯员|撰文|文|图|来源|文章来源|信息来源|稿源|原标题|图片?来源|图源"
    r"|发布时间|发布日期|日期|字号|浏览次数|阅读|风险提示|编者按|source|editor|reporting|editing)\s{0,2}[:/|]"
    r"|(?:免责|特别|版权)声明|版权所有|未经授权|本文(?:转载|来自|来源|系|首发)|转载自"
    r"|(?:相关|推荐|延伸|猜你)(?:阅读|新闻|链接|喜欢)|更多(?:精彩|内容|资讯|新闻)|上一篇|下一篇|扫一?[码描扫]|点击(?:查看|下载|进入|阅读)"
    r"|(?:欢迎|长按|请)?关注(?:我们|公众号|微信|本|官方)|返回(?:首页|列表|搜狐|顶部)|分享(?:到|至)|打印本页"
    r"|copyright|all rights reserved|disclaimer|read more|share this|by [a-z]+ [a-z]+$"
)
_CREDIT_WORDS = re.compile(
    r"仅代表作者|不代表本|版权归|版权所有|如有侵权|侵权.{0,6}删除|投资有风险|仅供参考|转载请?注明|请注明出处"
    r"|微信公众号|客户端下载|联系我们删除|all rights reserved"
)
_CREDIT_LONGEST = 160
_FURNITURE_LONGEST = 40
_SENTENCE_OR_ROW = re.compile(r"[。!?;,，|]|[:.]")
_INLINE_CREDIT = re.compile(
    r"[(\[【](?:责任?编辑|责编|编辑|记者|作者|来源|完|本文|原标题|reporting by|editing by)"
    r"[^)\]】\n]{0,40}[)\]】]"
    r"|(?:^|(?<=\n))[^\n。]{0,24}?(?:\d{1,2}月)?\d{1,2}日(?:电|讯|消息)[:,]?\s*(?:[(][^)\n]{0,20}[)])?"
    r"|(?:^|(?<=\n))[^\n。,]{0,12}?(?:网|社|报|台|财经|快讯)讯[:,]?\s*(?:[(]?记者[^,)\n]{0,12}[,)])?"
)

_SCALE = {
    "万亿": 10**12, "亿": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "thousand": 10**3,
}  # fmt: skip
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_HAN = "零〇一二两三四五六七八九十百千"

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s{0,1}[多余]?"
    r"(?P<unit>万亿|亿|百万|万|千(?!米|克|瓦)|trillion|billion|bn\b|million|mn\b|thousand"
    r"|个百分点|%|per ?cent|成|年|月|日|号|季度)?"
    rf"|(?P<han>[{_HAN}](?:[{_HAN}万亿]{{0,8}}[{_HAN}万亿])?)[多余来]?"
    r"(?P<after>万|亿|成|季度|月|日|天|家|个|件|单|票|名|人|辆|条|倍|批|次|轮|周|吨|元|块|毛|小时|期|座)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ENGLISH_DAY = re.compile(
    rf"\b{_MONTH} (?P<day>\d{{1,2}})\b(?!,\d)|\b(?P<before>\d{{1,2}}) {_MONTH.replace('month', 'after')}\b"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}(?:省|市|县|区|镇)")
_NO_PLACE = re.compile(
    r"[上股超城门楼夜菜都全本该市]市|[地小社园校片景辖新灾战各分城市]区|[全本该各]省|[全本该各]县|[城乡集]镇"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a report fixes in number and place.

    `all` are the marks of the whole text of `length` characters, and `lead` those of its opening LEAD
    characters and where they stand: figures with their scale worked out (3.2万 is 32000), days as
    20日, periods as 8月 or 2季度, places.
    """

    length: int
    all: frozenset[str]
    lead: tuple[tuple[int, str], ...]

    def as_json(self) -> str:
        """A text that `from_json` reads."""
        return json.dumps(
            [self.length, sorted(self.all), self.lead], ensure_ascii=False, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> Marks:
        """The marks that `as_json` wrote."""
        length, everything, lead = json.loads(text)
        return cls(length, frozenset(everything), tuple((at, mark) for at, mark in lead))

    def contradict(self, other: Marks) -> bool:
        """Whether each holds a mark that the other lacks, as two notices of one template do."""
        return bool(self.all - other.all) and bool(other.all - self.all)

    def recount(self, other: Marks) -> bool:
        """Whether each gives a telling figure that the other lacks, as the notices of two months do."""
        return bool(self.figures - other.figures) and bool(other.figures - self.figures)

    def counts_else(self, other: Marks) -> bool:
        """Whether each gives several telling figures and they share hardly one."""
        fewest = min(len(self.figures), len(other.figures))
        return self.shared(other) < (fewest - _FEW) / 4

    def other_day(self, other: Marks) -> bool:
        """Whether both open with days, and neither day stands anywhere in the other."""
        ours, theirs = (_days(mark for _, mark in one.lead) for one in (self, other))
        return bool(ours and theirs) and not (ours & other.all or theirs & self.all)

    def news(self, other: Marks) -> float:
        """Which share of the telling figures that this opens with the other nowhere has.

        What stands beyond the other's length is not asked for: a cut copy cannot have it.
        """
        telling = _figures(mark for at, mark in self.lead if at < other.length)
        return len(telling - _agreeing(telling, _figures(other.all))) / len(telling) if telling else 0.0

    def shared(self, other: Marks) -> int:
        """How many figures both give, roughly written ones counted as equal to exact ones."""
        ours, theirs = self.figures, other.figures
        return min(len(_agreeing(ours, theirs)), len(_agreeing(theirs, ours)))

    def roughly(self, other: Marks) -> int:
        """How many large figures one gives in one digit and the other exactly: 两万多 and 2.4万."""
        ours, theirs = self.figures, other.figures
        return sum(_is_rough(one, theirs) for one in ours) + sum(_is_rough(one, ours) for one in theirs)

    @property
    def figures(self) -> frozenset[str]:
        """The telling figures: shares, amounts, counts from ten up; not years, days, small counts."""
        return _figures(self.all)

    @property
    def days(self) -> frozenset[str]:
        """The days, as 20日."""
        return _days(self.all)

    @property
    def places(self) -> frozenset[str]:
        """The places, as 柳州市."""
        return frozenset(mark for mark in self.all if _PLACE.fullmatch(mark))


def bare(folded: str) -> str:
    """The text without credit lines, datelines and disclaimers."""
    kept = [line for line in folded.split("\n") if not _is_credit(line.strip())]
    while len(kept) > 1 and _is_page_furniture(kept[-1]):
        kept.pop()
    return _INLINE_CREDIT.sub("", "\n".join(kept))


def _is_credit(line: str) -> bool:
    if len(line) > _CREDIT_LONGEST:
        return False
    return bool(_CREDIT_LINE.match(line) or _CREDIT_WORDS.search(line))


def _is_page_furniture(line: str) -> bool:
    """Whether a last line is what pages end with: counts of readers, names of columns, links."""
    return len(line) <= _FURNITURE_LONGEST and not _SENTENCE_OR_ROW.search(line)


def marks(folded: str) -> Marks:
    """The marks of a text."""
    text = _ENGLISH_DAY.sub(_as_chinese, _CLOCK.sub(" ", folded))
    found = tuple(_marks(text))
    lead = sorted((at, mark) for at, mark in found if at < LEAD)
    return Marks(len(folded), frozenset(mark for _, mark in found), tuple(lead))


def _as_chinese(match: re.Match[str]) -> str:
    month = _MONTHS.index(match["month"] or match["after"]) + 1
    return f"{month}月{match['day'] or match['before']}日"


def _marks(text: str) -> Iterator[tuple[int, str]]:
    for match in _NUMBER.finditer(text):
        yield match.start(), _number(match)
    for match in _PLACE.finditer(text):
        if not _NO_PLACE.search(match[0]):
            yield match.start(), match[0]


def _number(match: re.Match[str]) -> str:
    unit = match["unit"] or match["after"] or ""
    value = Decimal(match["digits"].replace(",", "")) if match["digits"] else Decimal(_han(match["han"]))
    if unit == "成":  # a rough word for a share: 一成多 may stand for 11.3%
        return f"{value}成"
    if unit in {"日", "号"}:
        return f"{value}日"
    if unit.startswith("per"):
        return f"{_plain(value)}%"
    if unit in {"年", "月", "季度", "%"}:
        return f"{_plain(value)}{unit}"
    if unit == "毛":
        return _plain(value / 10)
    return _plain(value * _SCALE.get(unit, 1))


def _han(numeral: str) -> int:
    whole = total = digit = 0
    for character in numeral:
        if character in _MYRIADS:
            # 亿 counts all before it (三万亿), 万 what stands since (一亿二千万).
            before, below = (0, whole + total + digit) if character == "亿" else (whole, total + digit)
            whole, total, digit = before + below * _MYRIADS[character], 0, 0
        elif character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return whole + total + digit


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_DAY = re.compile(r"\d+日")
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")


def _days(found: Iterable[str]) -> frozenset[str]:
    return frozenset(mark for mark in found if _DAY.fullmatch(mark))


def _figures(found: Iterable[str]) -> frozenset[str]:
    return frozenset(mark for mark in found if _FIGURE.fullmatch(mark) and len(mark) > 1)


def _agreeing(ours: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
    """Those of our figures that theirs hold, exactly or to the precision of the rougher."""
    exact = ours & theirs
    loose = theirs - exact
    return exact | {one for one in ours - exact if any(_rounds_to(one, another) for another in loose)}


def _rounds_to(one: str, another: str) -> bool:
    """Whether two figures agree to the precision of the rougher, if that is two digits or more."""
    if one.endswith("%") != another.endswith("%"):
        return False
    left, right = Decimal(one.rstrip("%")), Decimal(another.rstrip("%"))
    digits = min(_precision(left), _precision(right))
    return digits >= 2 and _rounded(left, digits) == _rounded(right, digits)


def _is_rough(one: str, exact: frozenset[str]) -> bool:
    if len(one) < 4 or not one.isdecimal() or _precision(Decimal(one)) != 1:
        return False
    return one not in exact and any(
        len(each) == len(one)
        and each.isdecimal()
        and (each[0] == one[0] or _rounded(Decimal(each), 1)[0] == one[0])
        for each in exact
    )


def _precision(value: Decimal) -> int:
    return len(value.as_tuple().digits) if value.as_tuple().exponent else len(str(value).rstrip("0"))


def _rounded(value: Decimal, digits: int) -> str:
    return f"{value:.{digits - 1}e}"
