"""Whether the figures in a text stand in a quote, whichever way they are written.

165.3亿, １６５．３亿, 16,530,000,000 and 一百六十五亿三千万 are one number; so are 8万 and eighty thousand
as 80k. A digit alone counts as a number only where a unit follows: the 一 of 一直 is none.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.text import fold

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_ENGLISH = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mln": 10**6, "mn": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_HAN = "零〇一二两三四五六七八九十百千万亿"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,18})(?:\.[0-9]{1,9})?"
_SCALE = r"(?:\s?(?:thousand|million|mln|mn|billion|bn|trillion|tn|[kmb])(?![a-z])|[十百千万亿]{1,3})?"
_NUMBER = re.compile(
    rf"(?<![0-9.])(?P<parts>{_ARABIC}{_SCALE}(?:{_ARABIC}[百千万亿]{{1,2}}){{0,3}})"
    rf"|(?P<han>[{_HAN}]{{1,24}}(?:点[零〇一二三四五六七八九]{{1,9}}[万亿]{{0,2}})?)"
)
_SHOWN = re.compile(r"[-+]?[0-9][0-9.,]*(?:[万亿]{0,2})(?P<unit>[^0-9万亿]{0,8})")
_PART = re.compile(rf"(?P<number>{_ARABIC})(?P<scale>{_SCALE})")
# What may follow a single Han digit for it to be a number.
_UNIT = re.compile(
    r"[件票单个名人位家座处架辆台条吨倍成天日周月年小分秒元块点%亩股艘班箱间户次级期季号层轮批款项款条省市县]"
)


def numbers(text: str) -> frozenset[Decimal]:
    """The values of the numbers in a text; a scale after a number is taken into it."""
    folded = fold(text)
    found = set()
    for match in _NUMBER.finditer(folded):
        if match["parts"]:
            found.add(_arabic(match["parts"]))
        elif len(match["han"]) > 1 or _UNIT.match(folded, match.end()):
            value = _han(match["han"])
            if value is not None:
                found.add(value)
    return frozenset(found)


def proven(shown: str, quote: str) -> bool:
    """Whether a quote holds a figure: its number in whatever writing, and its unit."""
    match = _SHOWN.fullmatch(fold(shown))
    return (
        match is not None and numbers(shown.lstrip("+-")) <= numbers(quote) and match["unit"] in fold(quote)
    )


def _arabic(text: str) -> Decimal:
    """3亿5000万 is the sum of its parts."""
    return sum((_scaled(part["number"], part["scale"].strip()) for part in _PART.finditer(text)), Decimal(0))


def _scaled(number: str, scale: str) -> Decimal:
    value = Decimal(number.replace(",", ""))
    if scale in _ENGLISH:
        return value * _ENGLISH[scale]
    for character in scale:
        value *= _SMALL.get(character, 0) or _LARGE[character]
    return value


def _han(text: str) -> Decimal | None:
    whole, _, rest = text.partition("点")
    fraction = rest.rstrip("万亿")
    scale = rest[len(fraction) :]
    value = Decimal(_integer(whole))
    if whole and all(character in _DIGITS for character in whole):  # 二〇二六
        value = Decimal("".join(str(_DIGITS[character]) for character in whole))
    if fraction:
        value += Decimal("0." + "".join(str(_DIGITS[character]) for character in fraction))
    for character in scale:
        value *= _LARGE[character]
    # What begins with a scale is a word (千方百计, 万一), not a number; 十 is both.
    return value if text[0] in _DIGITS or text[0] == "十" else None


def _integer(text: str) -> int:
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        else:
            total = ((total if character == "亿" else 0) + section + digit or 1) * _LARGE[character] + (
                0 if character == "亿" else total
            )
            section = digit = 0
    return total + section + digit
