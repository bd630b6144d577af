"""A text and its names in; out, how its Chinese names sound, as an English report would spell them.

A report in English and one in Chinese share few words but names: 青鸾 is Qingluan, 岑立新 Cen Lixin. Chinese
names are romanised (pypinyin); of English texts those words are kept that are syllables of pinyin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from intel.model import Entity

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]{4,}")
_SYLLABLE = (
    "(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?"
    "(?:i(?:ang|ong|ao|an|ng|a|e|u|n)?|u(?:ang|ai|an|a|o|i|n|e)?|a(?:ng|i|o|n)?|e(?:ng|i|n|r)?|o(?:ng|u)?)"
)
_SPELLED = re.compile(f"(?:{_SYLLABLE}){{2,4}}")
_SHORTEST = 4  # letters: 'lan' and 'she' are English words, too
_LONGEST = 600  # characters from the start that are looked at, as in `pipelines.wording`


def sounds(folded: str, entities: Iterable[Entity], *, english: bool) -> frozenset[str]:
    """How the names in a folded text (title, line break, text) sound."""
    if english:
        return frozenset(filter(_SPELLED.fullmatch, _WORD.findall(folded[:_LONGEST])))
    named = [one for one in entities if one.end <= _LONGEST]
    found = set(_heads(folded.partition("\n")[0]))  # headlines begin with whom they are about, known or not
    for one in named:
        name = folded[one.start : one.end]
        if one.kind in ("org", "place"):
            found.update(_heads(name))
        elif one.kind == "person":
            found.add("".join(_romanised(name)[1:]))
    return frozenset(sound for sound in found if len(sound) >= _SHORTEST)


def _heads(text: str) -> Iterator[str]:
    """How the first two and three characters of each run of Han characters sound: the rest is 快递 or 市."""
    for run in _HAN.findall(text):
        syllables = _romanised(run)
        yield from ("".join(syllables[:length]) for length in (2, 3) if len(syllables) >= length)


def _romanised(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # loads its dictionary, half a second that only reading needs

    syllables: list[str] = lazy_pinyin(text)
    return syllables
