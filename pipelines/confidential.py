"""What a page marks itself as: its lines in; the line that says it is not for the public out, or nothing.

A word in a sentence is no marker: 机密 counts where a line consists of markers and what goes with them, in
the header or footer of a document, at the very start or end of a text, or, if it is unmistakable
(请勿外传, internal use only), wherever it stands. The words are those of confidential.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text import fold

_TABLE = Path(__file__).parent / "confidential.toml"
_LONGEST = 40  # characters of a line that is a marker; a longer one is a sentence
_FIRST, _LAST = 4, 3
_REPEATED = 3
# Whose it is may stand before an unmistakable marker: 某某快递 内部资料 请勿外传.
# Every marker has one of these; most lines do not.
_HINT = re.compile(r"[密部外阅]|confid|intern|priv|distrib|release|secret|classif|restrict")
_OWNER = r"[\u3400-\u9fffa-z0-9 ()&©.]{0,24}"
_SEPARATORS = r"[\s\-–—_|/·.,,;:!。、、…*★☆◆■●()\[\]【】<>《》「」\"'“”0-9©]{0,12}"
_BRACKETED = r"\s{0,3}[\[【(<《]\s?"


def marker(title: str, lines: Sequence[str], margins: Iterable[str] = ()) -> str:
    """The line that marks a text as confidential, as written, or "".

    `margins` are the headers and footers of a document. Blank lines do not count as first or last ones.
    """
    told = [line.strip() for line in lines if line.strip()]
    words = _words()
    if words.titled.match(fold(title)):
        return title.strip()
    edges = [title, *margins, *told[:_FIRST], *told[-_LAST:]]
    repeated = [line for line, count in Counter(told).items() if count >= _REPEATED]
    for line in (*edges, *repeated):
        if _is(words.any, line) or _is(words.strong, line):
            return line.strip()
    return unmistakable(told)


def unmistakable(lines: Iterable[str]) -> str:
    """The first line that consists of a marker that leaves no doubt, or "". Lines may be a whole page's."""
    strong = _words().strong
    return next((line.strip() for line in lines if _is(strong, line)), "")


def _is(pattern: re.Pattern[str], line: str) -> bool:
    bare = line.strip()
    if not 2 <= len(bare) <= _LONGEST:
        return False
    folded = fold(bare)
    return _HINT.search(folded) is not None and pattern.fullmatch(folded) is not None


@dataclass(frozen=True, slots=True)
class _Words:
    strong: re.Pattern[str]
    any: re.Pattern[str]
    titled: re.Pattern[str]


@cache
def _words() -> _Words:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    strong, weak = (_alternatives(table[name]) for name in ("strong", "weak"))
    beside = rf"(?:{_alternatives(table['beside'])}|{weak})"
    around = rf"{_SEPARATORS}(?:{beside}{_SEPARATORS}){{0,4}}"
    return _Words(
        strong=re.compile(
            rf"{_OWNER}?{around}(?:{strong}){_SEPARATORS}(?:(?:{strong}|{beside}){_SEPARATORS}){{0,4}}"
        ),
        any=re.compile(
            rf"{around}(?:{strong}|{weak}){_SEPARATORS}(?:(?:{strong}|{beside}){_SEPARATORS}){{0,4}}"
        ),
        titled=re.compile(rf"{_BRACKETED}(?:{strong}|{weak})\s?[\]】)>》]"),
    )


def _alternatives(words: Iterable[str]) -> str:
    """Words with separators allowed between Chinese characters of a marker: 内部资料 注意保存, 密级：机密."""
    ordered = sorted(map(fold, words), key=len, reverse=True)
    return "|".join(
        re.escape(word).replace(r"\ ", r"[\s\-–—&]{1,3}")
        if word.isascii()
        else r"[\s:,,、-]{0,3}".join(map(re.escape, word))
        for word in ordered
    )
