"""Folded text to the marks that tell one report of a kind from the next: figures, days, periods, places.

In: text as `pipelines.text.fold` gives it. Out: Marks, and the text without credit lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

LEAD = 120

# Lines a reprint adds or drops: who edited, who credits whom, what the law makes them say.
_CREDIT_LINE = re.compile(
    r"(?:责任?编辑|责编|编辑|校对|审核|审校|监制|作者|记者|撰文|文/|来源|文章来源|信息来源|稿源|原标题|图片?来源|图/|图源"
    r"|(?:免责|特别|版权|重要)?声明|版权|免责|转载|未经授权|更多|相关(?:阅读|新闻|链接)|推荐阅读|延伸阅读|扫一?[码描]"
    r"|(?:欢迎)?关注|点击|下载|分享|打印|字号|举报|返回|上一篇|下一篇|发布时间|发布日期|编者按|风险提示"
    r"|source:|by |editor|copyright|all rights reserved|disclaimer|\(reporting by|read more|share )"
)
_CREDIT_WORDS = re.compile(
    r"仅代表作者|不代表本|版权归|版权所有|如有侵权|侵权.{0,6}删除|投资有风险|仅供参考|转载请?注明|请注明出处"
    r"|微信公众号|客户端下载|联系我们删除|all rights reserved"
)
_CREDIT_LONGEST = 160
_INLINE_CREDIT = re.compile(
    r"[(\[【](?:责任?编辑|责编|编辑|记者|作者|来源|完|本文|原标题|reporting by|editing by)[^)\]】\n]{0,40}[)\]】]"
    r"|(?:^|(?<=\n))[^\n。]{0,24}?(?:\d{1,2}月)?\d{1,2}日(?:电|讯|消息)[:,]?\s*(?:[(][^)\n]{0,20}[)])?"
    r"|(?:^|(?<=\n))[^\n。,]{0,12}?(?:网|社|报|台|财经|快讯)讯[:,]?\s*(?:[(]?记者[^,)\n]{0,12}[,)])?"
)

_SCALE = {
    "万亿": 10**12, "亿": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "thousand": 10**3,
}  # fmt: skip
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN = "零〇一二两三四五六七八九十百千"

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s{0,1}"
    r"(?P<unit>万亿|亿|百万|万|千(?!米|克|瓦)|trillion|billion|bn\b|million|mn\b|thousand|个百分点|%|成|年|月|日|号|季度)?"
    rf"|(?P<han>[{_HAN}]{{1,7}})(?P<after>万亿|亿|万|成|季度|月|日|天|家|个|件|名|人|辆|条|倍|批|次|轮|周|吨|元|小时|期|座)"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}(?:省|市|县|区|镇)")
_NO_PLACE = re.compile(
    r"[上股超城门楼夜菜都全本该市]市|[地小社园校片景辖新灾战各分城市]区|[全本该各]省|[全本该各]县|[城乡集]镇"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a report fixes in number and place.

    `all` are every mark as written down; `lead` those of the opening LEAD characters; `figures`
    are the telling numbers among them (amounts, shares, counts from ten up), days as 20日.
    """

    all: frozenset[str] = frozenset()
    lead: frozenset[str] = frozenset()

    def as_lists(self) -> list[list[str]]:
        """A form JSON can carry."""
        return [sorted(self.all), sorted(self.lead)]

    @classmethod
    def from_lists(cls, lists: list[list[str]]) -> Marks:
        """The marks that `as_lists` gave."""
        everything, lead = lists
        return cls(frozenset(everything), frozenset(lead))

    def contradict(self, other: Marks) -> bool:
        """Whether each holds a mark that the other lacks, as two notices of one template do."""
        return bool(self.all - other.all) and bool(other.all - self.all)

    def leads_agree(self, other: Marks) -> bool:
        """Whether neither opens with a telling mark that the other nowhere has: a follow-up does."""
        return _known(self.lead, other.all) and _known(other.lead, self.all)

    def tell_the_same(self, other: Marks) -> bool:
        """Whether two texts in other words fix the same facts: most figures shared, none new in the lead."""
        ours, theirs = _figures(self.all), _figures(other.all)
        fewest = min(len(ours), len(theirs))
        shared = sum(any(_equal(one, another) for another in theirs) for one in ours)
        enough = shared >= 2 and shared >= 0.6 * fewest
        return enough and self.leads_agree(other)


def bare(folded: str) -> str:
    """The text without credit lines, datelines and disclaimers."""
    kept = (line for line in folded.split("\n") if not _is_credit(line.strip()))
    return _INLINE_CREDIT.sub("", "\n".join(kept))


def _is_credit(line: str) -> bool:
    if len(line) > _CREDIT_LONGEST:
        return False
    return bool(_CREDIT_LINE.match(line) or _CREDIT_WORDS.search(line))


def marks(folded: str) -> Marks:
    """The marks of a text."""
    text = _CLOCK.sub(" ", folded)
    found = tuple(_marks(text))
    return Marks(
        frozenset(mark for _, mark in found), frozenset(mark for start, mark in found if start < LEAD)
    )


def _marks(text: str) -> Iterator[tuple[int, str]]:
    for match in _NUMBER.finditer(text):
        yield match.start(), _number(match)
    for match in _PLACE.finditer(text):
        if not _NO_PLACE.search(match[0]):
            yield match.start(), match[0]


def _number(match: re.Match[str]) -> str:
    unit = match["unit"] or match["after"] or ""
    value = Decimal(match["digits"].replace(",", "")) if match["digits"] else Decimal(_han(match["han"]))
    if unit == "成":
        value, unit = value * 10, "%"
    if unit in {"日", "号"}:
        return f"{value}日"
    if unit in {"年", "月", "季度", "%"}:
        return f"{_plain(value)}{unit}"
    return _plain(value * _SCALE.get(unit, 1))


def _han(numeral: str) -> int:
    total = digit = 0
    for character in numeral:
        if character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_DAY = re.compile(r"\d+日")
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)%?")


def _figures(found: Iterable[str]) -> frozenset[str]:
    """The marks that tell: shares, amounts, counts from ten up; not years, months and small counts."""
    return frozenset(mark for mark in found if (m := _FIGURE.fullmatch(mark)) and _tells(mark, m[1]))


def _tells(mark: str, digits: str) -> bool:
    return mark.endswith("%") or "." in digits or len(digits) > 1


def _known(lead: frozenset[str], known: frozenset[str]) -> bool:
    days = frozenset(mark for mark in known if _DAY.fullmatch(mark))
    new_days = [mark for mark in lead if _DAY.fullmatch(mark) and mark not in days]
    if days and new_days:
        return False
    return all(any(_equal(one, another) for another in known) for one in _figures(lead))


def _equal(one: str, another: str) -> bool:
    """Whether two figures agree to the precision of the rougher, if that is two digits or more."""
    if one == another:
        return True
    if one.endswith("%") != another.endswith("%") or not (_FIGURE.fullmatch(another)):
        return False
    left, right = Decimal(one.rstrip("%")), Decimal(another.rstrip("%"))
    digits = min(_precision(left), _precision(right))
    return digits >= 2 and _rounded(left, digits) == _rounded(right, digits)


def _precision(value: Decimal) -> int:
    return len(value.as_tuple().digits) if value.as_tuple().exponent else len(str(value).rstrip("0"))


def _rounded(value: Decimal, digits: int) -> str:
    return f"{value:.{digits - 1}e}"
