"""Text to text of the same length, to its language and to its sentences: what every step shares.

`fold` keeps the length, so a span found in folded text is the span in the stored text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import opencc

_BLOCKS = (
    range(0x00A0, 0x0250),  # Latin supplements
    range(0x0370, 0x0530),  # Greek, Cyrillic
    range(0x2000, 0x2070),  # spaces and punctuation
    range(0x2E80, 0x2FE0),  # radicals that look like characters
    range(0xFE30, 0xFE70),  # vertical and small forms
    range(0xFF01, 0xFFEF),  # full-width forms
)
_LONG = 5000
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def _one(candidate: str, character: str) -> str:
    return candidate if len(candidate) == 1 else character


@cache
def _table() -> dict[int, str]:
    """Code point to its folded form, for every code point that folding changes."""
    table = {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)} | {0x3000: " "}
    for block in _BLOCKS:
        for code in block:
            table[code] = _one(unicodedata.normalize("NFKC", chr(code)), chr(code))
            table[code] = _one(table[code].casefold(), table[code])
    han = [_one(unicodedata.normalize("NFKC", chr(code)), chr(code)) for block in _HAN for code in block]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    codes = [code for block in _HAN for code in block]
    table |= {code: _one(simple, one) for code, simple, one in zip(codes, simplified, han, strict=True)}
    return {code: folded for code, folded in table.items() if chr(code) != folded}


def fold(text: str) -> str:
    """The text in lower case, half width and simplified characters, code point by code point.

    Has the length of `text`; characters whose folded form is longer stay as they are.
    """
    return _folded(text) if len(text) < _LONG else _folded_long(text)


# Every step folds the text, and sentences of it, for itself. Of long ones, which have no bound, few are kept.
@lru_cache(maxsize=1000)
def _folded(text: str) -> str:
    return text.translate(_table())


@lru_cache(maxsize=2)
def _folded_long(text: str) -> str:
    return text.translate(_table())


_TRADITIONAL = re.compile(r"[這個們為與國際東車電業務寄貨運價網點購陽進還過後發開關門間說讓對場產員無將]")
_SIMPLIFIED = re.compile(r"[这个们为与国际东车电业务货运价网点购阳进还过后发开关门间说让对场产员无将]")
_CJK = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[A-Za-z]+")


def language(text: str) -> str:
    """The language of a text: "zh" (simplified), "zh-Hant", "en", or "other"."""
    sample = text[:5000]
    han, latin = (sum(map(len, runs.findall(sample))) for runs in (_CJK, _LATIN))
    # A Chinese word has about two characters and an English one five letters.
    if han * 2.5 >= latin and han:
        traditional, simplified = len(_TRADITIONAL.findall(sample)), len(_SIMPLIFIED.findall(sample))
        return "zh-Hant" if traditional > simplified else "zh"
    return "en" if latin else "other"


# A full stop ends a sentence only before white space and a capital or Han character: 3.5, J.D., No. 5.
_BREAK = re.compile(
    r"[。！？；!?;…]+[”’」』）)\"']*|\n+|(?<=[a-z0-9)%][a-z0-9)%])\.[”\"')]*(?=\s+[A-Z\u3400-\u9fff“\"])"
)

# What is read of a sentence is weighed against the rest of it; a text without full stops would never end.
_LONG_SENTENCE, _LONGEST_SENTENCE = 600, 900
_PAUSE = re.compile(r"[、：:|]|[，,](?!\d)|\s")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences, without the white space around them, closing quotes included.

    One that is very long is cut at a comma, and where none comes anywhere.
    """
    spans = []
    start = 0
    for stop in _stops(text):
        piece = text[start:stop]
        left = start + len(piece) - len(piece.lstrip())
        right = stop - (len(piece) - len(piece.rstrip()))
        if left < right:
            spans.append((left, right))
        start = stop
    return tuple(spans)


def _stops(text: str) -> Iterator[int]:
    start = 0
    for stop in [match.end() for match in _BREAK.finditer(text)] + [len(text)]:
        while stop - start > _LONGEST_SENTENCE:
            pause = _PAUSE.search(text, start + _LONG_SENTENCE, start + _LONGEST_SENTENCE)
            start = pause.end() if pause else start + _LONGEST_SENTENCE
            yield start
        yield stop
        start = stop
