"""A text and what the rules found in it in; units and their features for the learned names out.

A unit is a Han character, a Latin word, a number or a mark; white space is none. A sentence is one sequence,
cut where it grows too long, so the time is linear in any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import rjieba

from intel.model import Entity

# A longer sequence is cut: the memory of the decoding grows with it, and no name is that long.
LONGEST = 240
_UNIT = re.compile(r"[a-z\u00e0-\u024f]{1,40}|[0-9]{1,20}(?:[.,][0-9]{1,20}){0,3}|\S")
_STOP = re.compile(r"[。!?;…\n]+[”’」』)\"']{0,3}")
_LONE = re.compile("[\ud800-\udfff]")
_HAN = re.compile("[\u3400-\u9fff]")
_OUTSIDE = "-"
_POINTING = frozenset("某该本各这那此")
# jieba's classes of names of persons, organisations and others.
_PROPER = frozenset({"nr", "nrt", "nt", "nz", "x"})


@dataclass(frozen=True, slots=True)
class Units:
    """Spans of units in the text, and a list of features for each."""

    starts: list[int]
    ends: list[int]
    features: list[list[str]]


@dataclass(frozen=True, slots=True)
class _Traits:
    """What is known of each character: how it is written, its word and place in it, and the rules' label."""

    content: str
    words: Sequence[tuple[str, str]]
    ruled: Sequence[str]


@cache
def segmenter() -> rjieba.Jieba:
    """The dictionary as shipped: a watchlist must not change what the model reads."""
    return rjieba.Jieba()


def cut(folded: str) -> list[str]:
    """The words of a folded text; together they have its length."""
    words: list[str] = segmenter().cut(_LONE.sub("\ufffd", folded))
    return words


def is_distinct(folded: str, start: int, end: int) -> bool:
    """Whether a name in a folded text is more than common words and places: 景区, 某小区, 国际物流 are not.

    Of a name in Latin letters nothing is known but that it stands among Chinese ones.
    """
    name = folded[start:end]
    if not _HAN.search(name):
        return bool(_HAN.search(folded[max(0, start - 2) : start] + folded[end : end + 2]))
    return not all(_is_common(word, tag) for word, tag in segmenter().tag(name, False))


def _is_common(word: str, tag: str) -> bool:
    # A name the dictionary lacks falls into single characters.
    return word in _POINTING or (len(word) > 1 and tag not in _PROPER)


def sequences(content: str, folded: str, known: Sequence[Entity]) -> Iterator[Units]:
    """The sentences of a text as sequences of units; `known`, sorted, is what the rules found."""
    clean = _LONE.sub("\ufffd", folded)  # CRFsuite takes UTF-8, which has no lone surrogates
    traits = _Traits(content, _words(clean), _ruled(len(clean), known))
    for start, end in _spans(clean):
        found = list(_UNIT.finditer(clean, start, end))
        for low in range(0, len(found), LONGEST):
            yield _units(found[low : low + LONGEST], traits)


def _spans(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOP.finditer(folded):
        yield start, stop.end()
        start = stop.end()
    if start < len(folded):
        yield start, len(folded)


def _words(folded: str) -> list[tuple[str, str]]:
    """For each character the word it stands in, and that word's class with the place in it: "nrB"."""
    found: list[tuple[str, str]] = []
    for start, end in _spans(folded):
        # Of a piece such as a.a.a.… the segmenter's time grows with the square of its length.
        for low in range(start, end, LONGEST):
            for word, tag in segmenter().tag(folded[low : min(end, low + LONGEST)], True):
                found += _placed(word, tag)
    return found


def _placed(word: str, tag: str) -> list[tuple[str, str]]:
    if len(word) == 1:
        return [(word, tag + "S")]
    return [(word, tag + "B"), *[(word, tag + "I")] * (len(word) - 2), (word, tag + "E")]


def _ruled(size: int, known: Iterable[Entity]) -> list[str]:
    ruled = [_OUTSIDE] * size
    for entity in known:
        kind = entity.kind + ("*" if entity.accounts else "")
        ruled[entity.start] = f"B{kind}"
        for place in range(entity.start + 1, entity.end):
            ruled[place] = f"I{kind}"
        ruled[entity.end - 1] = f"E{kind}" if entity.end - entity.start > 1 else f"S{kind}"
    return ruled


def _shape(text: str, written: str) -> str:
    """What kind of unit it is; of a Latin word, which is folded, whether it is written in capitals."""
    if "\u3400" <= text[0] <= "\u9fff":
        return "h"
    if text[0].isdigit():
        return "d"
    if text[0].isalpha():
        return "A" if written.isupper() else "C" if written[0].isupper() else "a"
    return text


def _units(found: Sequence[re.Match[str]], traits: _Traits) -> Units:
    """Each unit with what it is, what stands around it, which words these are in, and what the rules say."""
    starts = [unit.start() for unit in found]
    texts = [unit.group() for unit in found]
    w = ["<", "<", *texts, ">", ">"]
    shapes = ["<", *(_shape(unit.group(), traits.content[unit.start() : unit.end()]) for unit in found), ">"]
    p = ["<", *(traits.words[at][1] for at in starts), ">"]
    r = ["<", *(traits.ruled[at] for at in starts), ">"]
    around = zip(
        w, w[1:], w[2:], w[3:], w[4:], p, p[1:], p[2:], r, r[1:], r[2:], shapes, shapes[1:], shapes[2:],
        (traits.words[at][0] for at in starts), strict=False,
    )  # fmt: skip
    features = [
        [
            "b", "a" + w0, "b" + w1, "c" + w2, "d" + w3, "e" + w4, "f" + w1 + w2, "g" + w2 + w3,
            "h" + w0 + "|" + w1, "i" + w3 + "|" + w4, "j" + w1 + "|" + w3,
            "k" + p0, "l" + p1, "m" + p2, "n" + p0 + p1, "o" + p1 + p2, "p" + word,
            "q" + r0, "r" + r1, "s" + r2, "t" + r0 + r1, "u" + r1 + r2, "v" + s0 + s1 + s2, "x" + r1 + p1,
        ]
        for w0, w1, w2, w3, w4, p0, p1, p2, r0, r1, r2, s0, s1, s2, word in around
    ]  # fmt: skip
    return Units(starts, [unit.end() for unit in found], features)
