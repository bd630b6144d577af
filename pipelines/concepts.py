"""A folded text and the spans of its names in; which concepts of pipelines/concepts.toml stand where, out.

A concept is a list of words that mean much the same: what the models learn of one word holds for its kin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from pipelines.features import Hashes, hash_of

TABLE = Path(__file__).parent / "concepts.toml"
_LATIN = re.compile(r"[a-z]")
_NAMED = "\0"

Found = Sequence[tuple[int, tuple[int, ...]]]
"""Where words of the table end in a text, in order, and the numbers of the concepts each belongs to."""


class Concepts:
    """The table: its concepts in order, and one automaton that finds the words of all of them."""

    def __init__(self, words: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.names: list[str] = []
        belongs: dict[str, list[int]] = {}
        for number, (name, some) in enumerate(words):
            self.names.append(name)
            for word in some:
                belongs.setdefault(word.replace("_", " "), []).append(number)
        self._words = ahocorasick.Automaton()
        for word, numbers in belongs.items():
            self._words.add_word(word, (len(word), tuple(dict.fromkeys(numbers))))
        self._words.make_automaton()
        alone = [hash_of(f"concept {name}") for name in self.names]
        self.alone: Hashes = np.array(alone, dtype=np.uint64)
        both = [[hash_of(f"concepts {one} {other}") for other in self.names] for one in self.names]
        self.both: NDArray[np.uint64] = np.array(both, dtype=np.uint64)

    def find(self, folded: str, names: Iterable[tuple[int, int]]) -> Found:
        """The words outside the names, the longest where they overlap; a Latin word only whole."""
        letters = list(folded)
        for start, end in names:
            letters[start:end] = _NAMED * (end - start)
        text = "".join(letters)
        found = [
            (last + 1 - length, -last - 1, numbers)
            for last, (length, numbers) in self._words.iter(text)
            if _is_whole(text, last + 1 - length, last + 1)
        ]
        kept: list[tuple[int, tuple[int, ...]]] = []
        for _, end, numbers in sorted(found):
            if not kept or -end > kept[-1][0]:
                kept.append((-end, numbers))
        return kept


def _is_whole(text: str, start: int, end: int) -> bool:
    if not _LATIN.match(text, start):
        return True
    return not (start and _LATIN.match(text, start - 1)) and not _LATIN.match(text, end)


def alone(numbers: Sequence[int]) -> Hashes:
    """A feature for each of a sentence's concepts."""
    return table().alone[list(numbers)]


def together(numbers: Sequence[int]) -> Hashes:
    """A feature for each two of a sentence's concepts, given ascending."""
    some = np.array(numbers, dtype=np.intp)
    first, second = _pairs(len(some))
    return np.asarray(table().both[some[first], some[second]], dtype=np.uint64)


@cache
def _pairs(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(size, 1)


@cache
def table() -> Concepts:
    """The table shipped with the product."""
    words = tomllib.loads(TABLE.read_text(encoding="utf-8"))["concepts"]
    return Concepts((name, some.split()) for name, some in words.items())
