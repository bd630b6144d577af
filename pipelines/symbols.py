"""A text, its entities and its mentions in; the symbols that the learned steps read out.

A symbol is a Han character, a Latin word, a mark, a number, or one sign for a whole name or measure:
what a sentence says is learned apart from whom it names. Symbols are 32-bit numbers; spans are kept.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from intel.model import Entity, Mention, Role

CLIENT, COURIER, OTHER_ACCOUNT, ORGANISATION = (f"<{name}>" for name in ("c", "k", "r", "o"))
_OF_ROLE = {Role.CLIENT: CLIENT, Role.COMPETITOR: COURIER}
_OF_KIND = {
    "org": ORGANISATION, "person": "<p>", "position": "<z>", "place": "<l>",
    "money": "<m>", "quantity": "<q>", "rate": "<%>", "date": "<d>", "period": "<e>",
}  # fmt: skip
_TOKEN = re.compile(r"[a-z][a-z'&]{0,30}|\d[\d.,]{0,20}|[^\s]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that can be a party: its span, the account it is, and the sign it is read as.

    `about`: the text is about that account.
    """

    start: int
    end: int
    account: str | None
    sign: str
    about: bool = False


@dataclass(frozen=True, slots=True)
class Symbols:
    """The symbols of a text in order: their codes, and where each starts and ends in it.

    `masked` are the spans read as one sign.
    """

    codes: NDArray[np.uint32]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    names: tuple[Name, ...]
    masked: tuple[tuple[int, int], ...]

    def between(self, start: int, end: int) -> slice:
        """The symbols that start within a span."""
        return slice(bisect_left(self.starts, start), bisect_left(self.starts, end))


@lru_cache(maxsize=50_000)
def code(token: str) -> int:
    """The number of a symbol, the same in every process."""
    return ord(token) if len(token) == 1 else zlib.crc32(token.encode()) | 0x80000000


_NUMBER = code("<n>")
# Symbols that stand for names and measures.
SIGNS = frozenset(code(sign) for sign in (CLIENT, COURIER, OTHER_ACCOUNT, *_OF_KIND.values()))


def names(
    entities: Iterable[Entity], mentions: Sequence[Mention], roles: Mapping[str, Role]
) -> tuple[Name, ...]:
    """The mentions and the other likely organisations, in text order; a rejected alias is neither."""
    found = [
        Name(
            m.start,
            m.end,
            m.account,
            _OF_ROLE.get(roles.get(m.account, Role.PARTNER), OTHER_ACCOUNT),
            m.about,
        )
        for m in mentions
    ]
    taken = {(name.start, name.end) for name in found}
    found += [
        Name(entity.start, entity.end, None, ORGANISATION)
        for entity in entities
        if entity.kind == "org"
        and entity.is_likely
        and not entity.accounts
        and (entity.start, entity.end) not in taken
    ]
    return tuple(sorted(found, key=lambda name: (name.start, -name.end)))


def symbols(
    folded: str, entities: Iterable[Entity], mentions: Sequence[Mention], roles: Mapping[str, Role]
) -> Symbols:
    """Read a folded text as symbols."""
    entities = tuple(entities)
    known = names(entities, mentions, roles)
    covers = [(name.start, name.end, code(name.sign)) for name in known]
    covers += [
        (entity.start, entity.end, code(_OF_KIND[entity.kind]))
        for entity in entities
        if entity.kind != "org" and entity.kind in _OF_KIND
    ]
    codes: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    masked: list[tuple[int, int]] = []
    at = 0
    for start, end, sign in sorted(covers):
        if start < at:
            continue
        _tokens(folded, at, start, (codes, starts, ends))
        codes.append(sign)
        starts.append(start)
        ends.append(end)
        masked.append((start, end))
        at = end
    _tokens(folded, at, len(folded), (codes, starts, ends))
    return Symbols(np.array(codes, dtype=np.uint32), tuple(starts), tuple(ends), known, tuple(masked))


def _tokens(folded: str, start: int, end: int, into: tuple[list[int], list[int], list[int]]) -> None:
    codes, starts, ends = into
    for match in _TOKEN.finditer(folded, start, end):
        token = match.group()
        codes.append(_NUMBER if token[0].isdigit() and token[0].isascii() else code(token))
        starts.append(match.start())
        ends.append(match.end())
