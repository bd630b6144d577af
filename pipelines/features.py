"""Symbols of a text in; numbers of features out: runs of one to four symbols, hashed.

The runs of a whole text are hashed once; a sentence, or the surroundings of a name in it, are slices of
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 20
LONGEST = 4
NEAR = 8
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_FOLD = np.uint64(29)
_SHIFT = np.uint64(64 - BITS)
_BEFORE, _AFTER, _ACROSS = 11, 13, 17

Codes = NDArray[np.uint32]
Features = NDArray[np.uint32]
Hashes = NDArray[np.uint64]


def runs(codes: Codes) -> tuple[Hashes, ...]:
    """Hashes of the runs of one to LONGEST symbols: the n-th array holds one for each start of a run of n."""
    wide = codes.astype(np.uint64) + np.uint64(1)
    rolling = np.zeros(len(wide), dtype=np.uint64)
    found = []
    for length in range(1, LONGEST + 1):
        rolling = rolling[: max(0, len(wide) - length + 1)] * _PRIME + wide[length - 1 :] * _MIX
        rolling ^= rolling >> _FOLD
        found.append(rolling)
    return tuple(found)


def of_span(hashed: Sequence[Hashes], start: int, end: int) -> Hashes:
    """The runs within the symbols from `start` to `end`, each once: how often one occurs tells little."""
    return np.unique(np.concatenate([each[start : max(start, end - n)] for n, each in enumerate(hashed)]))


def around(hashed: Sequence[Hashes], place: int, start: int, end: int) -> Hashes:
    """The runs within NEAR symbols of a place in a sentence (`start` to `end`), told apart by their side."""
    left, right = max(start, place - NEAR), min(end, place + 1 + NEAR)
    slices, tags, sizes = [], [], []
    for n, each in enumerate(hashed):
        for tag, first, last in (
            (_BEFORE, left, place - n),
            (_ACROSS, max(start, place - n), min(place + 1, end - n)),
            (_AFTER, place + 1, right - n),
        ):
            if last > first:
                slices.append(each[first:last])
                tags.append(tag)
                sizes.append(last - first)
    return np.concatenate(slices) * _PRIME + np.repeat(np.array(tags, dtype=np.uint64), sizes)


def salted(hashes: Hashes, salt: int) -> Hashes:
    """The same features told apart by what they are asked for."""
    return hashes * _PRIME + np.full(1, salt, dtype=np.uint64) * _MIX


def named(words: Sequence[str]) -> Hashes:
    """Features that stand for themselves: the name of a rule that fired, a part played."""
    return np.array([hash_of(word) for word in words], dtype=np.uint64)


@lru_cache(maxsize=20_000)
def hash_of(word: str) -> int:
    """A 64-bit number of a name, the same in every process."""
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def folded(hashes: Hashes) -> Features:
    """Hashes as numbers of features."""
    return ((hashes * _MIX) >> _SHIFT).astype(np.uint32)
