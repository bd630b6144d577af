"""Folded text in; sums of money, quantities, rates, dates and periods out, with normalised values.

A numeral is found once and the words around it say what it measures. Every repeat is bounded and a run
of digits is entered only at its first digit, so the time is linear in the text. Values:

- money: plain decimal and ISO 4217 code, "1200000000 CNY"; per unit "2.11 CNY/件"
- quantity: plain decimal and the unit as written, "86000000 件"; per day "30000000 件/日"
- rate: "12.3 %", "-0.8 pp" (below zero after a verb of falling), "1.5 倍"
- a range is "low..high unit"; a vague number (数十亿元) has the value ""
- date and period: see `pipelines.timespans`
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.timespans import timespans


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured span: `kind` and `value` as in `intel.model.Entity`."""

    kind: str
    start: int
    end: int
    value: str


_SCALES = {
    "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
    "thousand": 1000, "k": 1000, "million": 10**6, "mln": 10**6, "mn": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ARABIC = (
    r"(?:(?<![0-9a-z.])|(?<=rmb|usd|cny|hkd|twd|ntd|eur|gbp))(?<![0-9],)"
    r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})(?:\.[0-9]{1,8})?(?![0-9])"
)
_HAN = r"[数几上近]?[零〇一二两三四五六七八九十百千万亿]{1,12}(?:点[零〇一二三四五六七八九]{1,6})?"
_SCALE = (
    r"(?:\s?(?:thousand|million|mln|billion|trillion|(?:mn|bn|tn|[kmb])(?![a-z]))"
    r"|万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)?"
)
_NUMERAL = re.compile(
    rf"(?:(?P<low>{_ARABIC}|{_HAN})(?P<low_scale>{_SCALE})(?P<low_unit>元|件|%|个)?\s?(?:-|–|—|~|至|到)\s?)?"
    rf"(?P<high>{_ARABIC}|{_HAN})[余多来]?(?P<scale>{_SCALE})[余多来]?\+?"
)

_CURRENCIES = {
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "元": "CNY", "元人民币": "CNY", "块": "CNY",
    "块钱": "CNY", "yuan": "CNY", "renminbi": "CNY", "us$": "USD", "usd": "USD", "$": "USD", "美元": "USD",
    "美金": "USD", "us dollars": "USD", "dollars": "USD", "hk$": "HKD", "hkd": "HKD", "港元": "HKD",
    "港币": "HKD", "hong kong dollars": "HKD", "€": "EUR", "eur": "EUR", "欧元": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "英镑": "GBP", "日元": "JPY", "韩元": "KRW", "新台币": "TWD", "台币": "TWD",
    "nt$": "TWD", "twd": "TWD", "ntd": "TWD", "澳门币": "MOP", "澳门元": "MOP", "mop$": "MOP",
    "卢比": "INR", "泰铢": "THB", "令吉": "MYR", "新加坡元": "SGD", "新元": "SGD", "s$": "SGD",
    "澳元": "AUD", "加元": "CAD", "卢布": "RUB", "印尼盾": "IDR", "越南盾": "VND", "比索": "PHP",
    "迪拉姆": "AED",
}  # fmt: skip


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# 人民币 and its like also follow the sum they name: 3亿港币3年.
_CURRENCY_BEFORE = re.compile(
    r"(?:(?<![0-9百千万亿元])(?:人民币|港币|新?台币|澳门币)"
    rf"|{_any([name for name in _CURRENCIES if not '一' <= name[0] <= '鿿'])})\s?$"
)
_CURRENCY_AFTER = re.compile(
    rf"\s?(?P<currency>{_any([name for name in _CURRENCIES if name[-1].isalpha()])})"
    r"(?![素件旦首宵复]|(?<=[a-z])[a-z])"
)
_PER = re.compile(
    r"(?:/|每|一(?=[件票单]))(?P<per>件|票|单|公斤|千克|kg|吨|平方米|平米|股|月|年|天|日|小时|人)"
)
_RATE = re.compile(
    r"\s?(?P<pp>个百分点|percentage points?|pp(?![a-z]))|\s?(?P<percent>%|percent|per cent|pct)|(?P<times>倍)"
    r"|(?P<tenths>成)(?P<half>[一二三四五六七八九半](?![一-鿿])|[一二三四五六七八九半](?=的|左右|以[上下]))?(?![为立本功员长交都果绩品分熟不]|人)"
)
_RATE_UNITS = {"pp": "pp", "percent": "%", "times": "倍", "tenths": "%"}
_FRACTION = re.compile(rf"(?P<base>百万|十万|百|千|万)分之(?P<number>{_HAN}|[0-9]{{1,3}}(?:\.[0-9]{{1,4}})?)")
_UNITS = (
    "件", "票", "单", "个包裹", "名", "人", "位", "家", "个", "座", "处", "架", "辆", "台", "条", "平方米",
    "平米", "㎡", "平方公里", "亩", "吨", "公斤", "千克", "公里", "千米", "小时", "股", "艘", "班", "航班",
    "立方米", "箱", "间", "户", "人次", "单位", "标方", "tons", "tonnes", "kg", "km", "square meters",
    "square metres", "sq m", "sqm", "square feet", "parcels", "packages", "orders", "employees", "people",
    "workers", "staff", "jobs", "outlets", "stores", "cities", "countries", "aircraft", "planes", "vehicles",
    "trucks", "hubs", "warehouses", "customers", "users", "merchants", "shipments", "complaints", "shares",
)  # fmt: skip
_COUNTED = (
    r"(?:个(?:网点|转运中心|分拨中心|集散中心|仓库|城市|国家|地区|省份|省|市|县|乡镇|站点|门店|驿站|包裹|岗位"
    r"|小时|工作日|月|车位|航点|格口|加盟商|商家|项目|席位|标段|包件)?)"
)
_UNIT = re.compile(rf"\s?(?P<unit>{_COUNTED}|{_any(_UNITS)})(?!(?<=[a-z])[a-z])(?!性|民币|工智|工)")
_PER_DAY = re.compile(r"/(?P<per>日|天|小时|年|月)|(?: per| a) (?P<english>day|hour|year|month)")
_DAILY = re.compile(r"(?:日均|每日|每天|单日)[一-鿿]{0,8}$")
_FALLING = re.compile(
    r"(?:下降|下滑|减少|降低|回落|下跌|收窄|跌|降|缩减|萎缩|缩水|减|负增长|fell|down|declined|dropped|decreased)"
    r"(?:了|约|近|逾|超|至少|by|by about|\s){0,3}-?$"
)


def find(folded: str) -> tuple[Measure, ...]:
    """Measures in folded text, sorted by start, none overlapping another."""
    times = [Measure(span.kind, span.start, span.end, span.value) for span in timespans(folded)]
    taken = sorted([*times, *_fractions(folded)], key=lambda measure: measure.start)
    starts = [measure.start for measure in taken]
    found = list(taken)
    for match in _NUMERAL.finditer(folded):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and taken[before].end > match.start():
            continue
        measure = _classify(folded, match)
        if measure is not None and not _overlaps(taken, starts, measure):
            found.append(measure)
    return tuple(sorted(found, key=lambda measure: measure.start))


def _overlaps(taken: Sequence[Measure], starts: Sequence[int], measure: Measure) -> bool:
    before = bisect_right(starts, measure.end - 1) - 1
    return before >= 0 and taken[before].end > measure.start


def _classify(folded: str, match: re.Match[str]) -> Measure | None:
    for kind in (_money, _rate, _quantity):
        measure = kind(folded, match)
        if measure is not None:
            return measure
    return None


def _money(folded: str, match: re.Match[str]) -> Measure | None:
    left = _CURRENCY_BEFORE.search(folded, max(0, match.start() - 5), match.start())
    right = _CURRENCY_AFTER.match(folded, match.end())
    if left is None and (right is None or _bare_small(match)):
        return None
    end = right.end() if right else match.end()
    # In 港币3.2亿元 the 元 are those of what stands before.
    named = left.group().strip() if left else ""
    name = right["currency"] if right and not (named and right["currency"] == "元") else named
    per = _PER.match(folded, end)
    unit = _CURRENCIES[name] + (f"/{per['per']}" if per else "")
    start = match.start() - (len(left.group()) if left else 0)
    return Measure("money", start, per.end() if per else end, _value(match, unit))


def _bare_small(match: re.Match[str]) -> bool:
    """Whether it is a lone Chinese digit as in 二元结构, 多元, 一块: no sum of money."""
    return match["high"] in {*_DIGITS, "十", "上", "百", "千", "万"} and not match["scale"]


def _rate(folded: str, match: re.Match[str]) -> Measure | None:
    right = _RATE.match(folded, match.end())
    if right is None or (right["times"] and match["high"] == "一"):
        return None
    falling = _FALLING.search(folded[max(0, match.start() - 12) : match.start()])
    sign = "-" if falling else ""
    start = match.start() - (1 if folded[match.start() - 1 : match.start()] == "-" and sign else 0)
    unit = next(unit for group, unit in _RATE_UNITS.items() if right[group])
    value = _value(match, unit, factor=10 if right["tenths"] else 1)
    if right["half"] and value:  # 两成三, 三成半
        low, range_sign, high = value.split()[0].rpartition("..")
        more = 5 if right["half"] == "半" else _DIGITS[right["half"]]
        value = f"{low}{range_sign}{Decimal(high) + more} %"
    return Measure("rate", start, right.end(), f"{sign}{value}" if value else "")


def _fractions(folded: str) -> Iterator[Measure]:
    """百分之五, 百万分之2.3: a rate told the other way round."""
    for match in _FRACTION.finditer(folded):
        number = _number(match["number"])
        if number is not None:
            sign = "-" if _FALLING.search(folded[max(0, match.start() - 12) : match.start()]) else ""
            percent = number * 100 / _SCALES[match["base"]]
            yield Measure("rate", match.start(), match.end(), f"{sign}{_plain(percent)} %")


def _quantity(folded: str, match: re.Match[str]) -> Measure | None:
    right = _UNIT.match(folded, match.end())
    if right is None or _indefinite(match):
        return None
    per = _PER_DAY.match(folded, right.end())
    daily = _DAILY.search(folded[max(0, match.start() - 12) : match.start()])
    unit = right["unit"] + (f"/{per['per'] or per['english']}" if per else "/日" if daily else "")
    return Measure("quantity", match.start(), per.end() if per else right.end(), _value(match, unit))


def _indefinite(match: re.Match[str]) -> bool:
    """Whether it is 一家, 一个: an article, not a count."""
    return match["high"] in {"一", "上", "近", "几", "数", "万一"} and not match["scale"]


def _value(match: re.Match[str], unit: str, factor: int = 1) -> str:
    high = _scaled(match["high"], match["scale"])
    if high is None:
        return ""
    if match["low"] is None:
        return f"{_plain(high * factor)} {unit}"
    low = _scaled(match["low"], match["low_scale"])
    if low is not None and not match["low_scale"] and not match["low_unit"]:
        # 3至5万元 shares the scale, 5000至1.5万元 doesn't: a range ascends.
        shared = _scaled(match["low"], match["scale"])
        low = shared if shared is not None and shared <= high else low
    return f"{_plain(low * factor)}..{_plain(high * factor)} {unit}" if low is not None else ""


def _scaled(number: str, scale: str) -> Decimal | None:
    value = _number(number)
    return None if value is None else value * _SCALES.get(scale.strip(), 1)


def _number(text: str) -> Decimal | None:
    """The number a numeral stands for; None for a vague one."""
    if text[0] in "数几上":
        return None
    text = text.removeprefix("近")
    if text[:1].isdigit() and text[0].isascii():
        return Decimal(text.replace(",", ""))
    whole, _, decimals = text.partition("点")
    value = Decimal(_han(whole))
    return value + Decimal("0." + "".join(str(_DIGITS[digit]) for digit in decimals)) if decimals else value


def _han(text: str) -> int:
    """三千二百万 → 32000000; 二〇二六 → 2026; 十五 → 15."""
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text) or 0)
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
            continue
        scale = _SCALES[character]
        if scale >= 10**4:
            total, section = (total + section + digit or 1) * scale, 0
        else:
            section += (digit or 1) * scale
        digit = 0
    return total + section + digit


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
