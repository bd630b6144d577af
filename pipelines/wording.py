"""A text in, what it is written with out: hashed pairs of characters, and how alike two texts are in them.

Two tellings of one report share rare pairs (a place, a thing, a turn), whatever their order; two reports of
one company share common ones. How rare a pair is was counted on our own text (`pipelines.training`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.linear import MODELS, stored

BITS = 16
MOST = 600  # characters from the start that are looked at: news says at its head what is new
_WORD = re.compile(r"[\u3400-\u9fff]+|[a-z]{3,}")

Pairs = NDArray[np.uint16]


def pairs(folded: str, names: Iterable[tuple[int, int]]) -> Pairs:
    """The different pairs of Han characters, and Latin words, of a folded text but its `names`; ascending."""
    letters = list(folded[:MOST])
    for start, end in names:
        letters[start:end] = " " * len(letters[start:end])
    found: set[int] = set()
    for match in _WORD.finditer("".join(letters)):
        word = match.group()
        if word[0].isascii():
            found.add(_bucket(word))
        else:
            found.update(_bucket(word[at : at + 2]) for at in range(len(word) - 1))
    return np.array(sorted(found), dtype=np.uint16)


def alike(one: Pairs, other: Pairs) -> float:
    """From 0 to 1: how much of the rarity of the shorter text's pairs the other has too."""
    table = rarity_table()
    shared = float(table[np.intersect1d(one, other, assume_unique=True)].sum())
    least = min(float(table[one].sum()), float(table[other].sum()))
    return shared / least if least else 0.0


def rarest(text: Pairs, most: int) -> list[int]:
    """The rarest pairs of a text, at most so many, in order."""
    ranked = np.argsort(-rarity_table()[text], kind="stable")[:most]
    return sorted(int(pair) for pair in text[ranked])


def rarity(texts: Iterable[Pairs]) -> NDArray[np.float16]:
    """How rare each pair is in the texts: the logarithm of their number over those that hold it."""
    counts = np.ones(1 << BITS)
    total = 1
    for text in texts:
        counts[text] += 1
        total += 1
    return np.log(total / counts).astype(np.float16)


def _bucket(word: str) -> int:
    value = 0x811C9DC5
    for character in word:
        value = ((value ^ ord(character)) * 0x01000193) & 0xFFFFFFFF
    return (value ^ (value >> 15)) & 0xFFFF


@cache
def rarity_table() -> NDArray[np.float32]:
    """How rare each pair is, as the training counted it. Raises BadModel."""
    return load(MODELS / "wording.npz")


def load(file: Path) -> NDArray[np.float32]:
    """The table that the training wrote. Raises BadModel."""
    (table,) = stored(file, "rarity")
    return table.astype(np.float32)
