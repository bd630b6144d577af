"""Folded text and a watchlist in; the names of the watchlist and of names.toml that stand in it out.

The leftmost longest first, and only where they do not cut a word in two: 中通 is not in 其中通过, nor STO in
Stonehenge. A registered name (圆通速递股份有限公司) is one span with the alias in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import ahocorasick
import rjieba

from intel.model import Account, Entity
from pipelines.names import names
from pipelines.organisations import registered
from pipelines.text import fold

# Words of at most this many characters are checked against the segmentation; longer names are unmistakable.
_SHORT = 3
# With this frequency, 中通|道歉 beats 中|通道|歉 and 其中|通过 beats 其|中通|过 (tried 3, 30, 300, 3000).
_FREQUENCY = 300
_REACH = 16


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names to look for, ready for `find`; built once for a watchlist.

    `automaton` yields (length, entity kind, account ids) for a folded name.
    """

    automaton: Any  # pyahocorasick ships no types
    words: rjieba.Jieba

    @classmethod
    def build(cls, accounts: Iterable[Account]) -> Lexicon:
        """A lexicon of the accounts' names, their further forms, and the names listed in names.toml."""
        automaton, words = ahocorasick.Automaton(), rjieba.Jieba()
        watched = _watched(accounts)
        for name, (kind, ids) in (_listed() | watched).items():
            automaton.add_word(name, (len(name), kind, ids))
        for name in watched:
            if not name.isascii():
                words.add_word(name, _FREQUENCY, None)
        automaton.make_automaton()
        return cls(automaton, words)


def _watched(accounts: Iterable[Account]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Folded name to kind and the ids of the accounts that bear it."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for account in accounts:
        more = (*names().forms.get(account.id, ()), *names().units.get(account.id, ()))
        for name in (*account.names, *more):
            _, ids = found.get(fold(name), ("org", ()))
            found[fold(name)] = ("org", tuple(dict.fromkeys((*ids, account.id))))
    return found


def _listed() -> dict[str, tuple[str, tuple[str, ...]]]:
    tables = [("place", names().places), ("product", names().products)]
    tables += [("org", group) for group in names().organisations.values()]
    tables += list(names().traps.items())
    return {fold(name): (kind, ()) for kind, group in tables for name in group}


def find(folded: str, lexicon: Lexicon) -> list[Entity]:
    """The known names in a folded text, sorted, none overlapping; `text` is left "". Linear time."""
    return registered(folded, _longest(_candidates(folded, lexicon)))


def holds_watched(folded: str, lexicon: Lexicon) -> bool:
    """Whether a name of the watchlist stands in a folded text, also as part of another name. Linear time."""
    return any(
        ids and _stands(folded, last + 1 - length, last + 1, lexicon)
        for last, (length, _, ids) in lexicon.automaton.iter(folded)
    )


def _candidates(folded: str, lexicon: Lexicon) -> list[Entity]:
    return [
        Entity(kind, last + 1 - length, last + 1, "", accounts=ids)
        for last, (length, kind, ids) in lexicon.automaton.iter(folded)
        if _stands(folded, last + 1 - length, last + 1, lexicon)
    ]


def _stands(folded: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a name is there as a word, and not the beginning of another one."""
    if folded.startswith(names().unless.get(folded[start:end], ()), end):
        return False
    if folded[start] == "方" and _edges().before.search(folded[max(0, start - _REACH) : start + 1]):
        return False  # 合作方|圆通 holds no 方圆通
    return _whole(folded, start, end) and not _cuts_word(folded, start, end, lexicon)


def _is_letter(character: str) -> bool:
    """A letter or digit of a script that puts spaces between words."""
    return character.isalnum() and ord(character) < 0x2E80


def _whole(folded: str, start: int, end: int) -> bool:
    """Whether no letter, domain or address goes on where the name begins or ends with a letter."""
    before, after = folded[max(0, start - 1) : start], folded[end : end + 2]
    if _is_letter(folded[start]) and before and (_is_letter(before) or before in "@_."):
        return False
    if not _is_letter(folded[end - 1]) or not after:
        return True
    return not (
        _is_letter(after[0]) or after[0] in "@_" or (after[0] == "." and _is_letter(after[1:] or " "))
    )


def _cuts_word(folded: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a short Chinese name begins or ends inside a word of the text around it."""
    if end - start > _SHORT or _is_letter(folded[start]) or _is_letter(folded[end - 1]):
        return False
    left, right = start, end
    while left > 0 and start - left < _REACH and _is_han(folded[left - 1]):
        left -= 1
    while right < len(folded) and right - end < _REACH and _is_han(folded[right]):
        right += 1
    edges = _ends(folded[left:right], left, lexicon)
    if end not in edges:
        resumes = _edges().after_opening if start == left else _edges().after
        if not resumes.match(folded, end):
            return True
        edges |= _ends(folded[left:end], left, lexicon)
    return start not in edges and not _edges().before.search(folded[left:start])


def _ends(run: str, at: int, lexicon: Lexicon) -> set[int]:
    """Where the words of a run of Chinese characters at `at` begin and end."""
    return set(accumulate(map(len, lexicon.words.cut(run, False)), initial=at))


@dataclass(frozen=True, slots=True)
class _Edges:
    """What shows, right before or after a name, that no longer word goes on there."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    after_opening: re.Pattern[str]


@cache
def _edges() -> _Edges:
    table = names()
    return _Edges(
        before=re.compile(f"(?:{'|'.join(table.parts)})$"),
        after=re.compile("|".join(table.resumes)),
        after_opening=re.compile("|".join((*table.resumes, *table.resumes_opening))),
    )


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _longest(candidates: Iterable[Entity]) -> list[Entity]:
    """The leftmost candidates, the longest of those that start together, none overlapping."""
    kept: list[Entity] = []
    for entity in sorted(candidates, key=lambda entity: (entity.start, -entity.end)):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return kept
