"""A text and its names in; its sentences out, and who each sentence may be speaking of.

A sentence is seen from every candidate: whoever it names, and where it names nobody of a role, whoever
the sentences before it or the title named. The learned steps judge each of these viewpoints.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from intel.model import Entity, Mention, Role
from pipelines import concepts, features
from pipelines.features import Features, Hashes
from pipelines.symbols import CLIENT, COURIER, ORGANISATION, Name, Symbols, symbols
from pipelines.text import fold, sentences

IN_TITLE = 9
_REACH = 4
_MOST_BEFORE = 2
NOTHING: Hashes = np.zeros(0, dtype=np.uint64)
_LOOKED_AT = 2  # places of one name in a sentence


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence: its span in the content, its symbols (from `first` up to `last`), the names in it.

    `runs` are those of the whole text, `hashes` those of the sentence, `concepts` its concepts'
    numbers, ascending.
    """

    number: int
    start: int
    end: int
    first: int
    last: int
    runs: tuple[Hashes, ...]
    hashes: Hashes
    names: tuple[Name, ...]
    in_title: bool
    concepts: tuple[int, ...]
    _near: dict[int, Hashes] = field(default_factory=dict, compare=False)

    def near(self, place: int) -> Hashes:
        """The runs around a symbol."""
        if place not in self._near:
            self._near[place] = features.around(self.runs, place, self.first, self.last)
        return self._near[place]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone a sentence may speak of: `places` are the symbols that name them, none if it does not.

    `distance` is how many sentences back they were named: 0 in the sentence, IN_TITLE in the title. `name` is
    the nearest naming, `rank` its place among those carried from there; `titled`: the title names them.
    """

    name: Name
    places: tuple[int, ...]
    distance: int
    titled: bool
    rank: int = 0

    @property
    def key(self) -> str:
        """The account, or where no account is, the place of the name."""
        return self.name.account or f"{self.name.start}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A content read as symbols and cut into sentences."""

    content: str
    symbols: Symbols
    lines: tuple[Line, ...]
    _candidates: dict[int, tuple[Candidate, ...]] = field(default_factory=dict, compare=False)

    def candidates(self, line: Line) -> tuple[Candidate, ...]:
        """Who a sentence may speak of."""
        if line.number not in self._candidates:
            self._candidates[line.number] = candidates(line, self.lines, self.symbols)
        return self._candidates[line.number]

    def line_at(self, place: int) -> Line:
        """The sentence that holds a place of the content."""
        return self.lines[bisect_right([line.start for line in self.lines], place) - 1]


def see(
    content: str, entities: Sequence[Entity], mentions: Sequence[Mention], roles: Mapping[str, Role]
) -> Seen:
    """Read a content (title + line break + text) with its names."""
    folded = fold(content)
    read = symbols(folded, entities, mentions, roles)
    meant = concepts.table().find(folded, read.masked)
    return Seen(content, read, lines(content, read, meant))


def lines(content: str, read: Symbols, meant: concepts.Found) -> tuple[Line, ...]:
    """The sentences of a content (title + line break + text)."""
    title_end = content.find("\n")
    hashed = features.runs(read.codes)
    begins = [name.start for name in read.names]
    ends = [end for end, _ in meant]
    found = []
    for number, (start, end) in enumerate(sentences(content)):
        place = read.between(start, end)
        inside = read.names[bisect_left(begins, start) : bisect_left(begins, end)]
        hashes = features.of_span(hashed, place.start, place.stop)
        here = {one for _, some in meant[bisect_right(ends, start) : bisect_right(ends, end)] for one in some}
        found.append(
            Line(
                number,
                start,
                end,
                place.start,
                place.stop,
                hashed,
                hashes,
                inside,
                start < title_end,
                tuple(sorted(here)),
            )
        )
    return tuple(found)


def candidates(line: Line, before: Sequence[Line], read: Symbols) -> tuple[Candidate, ...]:
    """Who a sentence may speak of: the names in it first, then those carried into it, each once."""
    found: dict[str, Candidate] = {}
    titled = {name.account for name in before[0].names if name.account} if before[0].in_title else set()
    for name in line.names:
        place = read.between(name.start, name.start + 1).start
        key = name.account or f"{name.start}"
        earlier = found.get(key)
        places = (*(earlier.places if earlier else ()), place)[:_LOOKED_AT]
        found[key] = Candidate(earlier.name if earlier else name, places, 0, name.account in titled)
    for sign in (CLIENT, COURIER, ORGANISATION):
        if not any(name.sign == sign for name in line.names):
            for one in _carried(line, before, sign, titled):
                found.setdefault(one.key, one)
    return tuple(found.values())


def _carried(line: Line, before: Sequence[Line], sign: str, titled: Collection[str]) -> Iterator[Candidate]:
    """Of the nearest sentence before that names such parties, the first ones; else the title's."""
    nearest = before[max(0, line.number - _REACH) : line.number]
    title = before[:1] if before and before[0].in_title else ()
    for number, one in [*((line.number - each.number, each) for each in reversed(nearest)),
                        *((IN_TITLE, each) for each in title)]:  # fmt: skip
        named = {name.account or name.start: name for name in one.names if name.sign == sign}
        if named:
            distance = IN_TITLE if one.in_title else number
            for rank, name in enumerate(list(named.values())[:_MOST_BEFORE]):
                yield Candidate(name, (), distance, name.account in titled, rank)
            return


def seen_from(
    line: Line, candidate: Candidate, purpose: str, hints: Sequence[str] = (), also: Hashes = NOTHING
) -> Features:
    """The features of a sentence seen from a candidate.

    `purpose` tells apart what is asked (an event type); `hints` are what rules say of it; `also` are features
    of the sentence that not every question needs.
    """
    role = candidate.name.sign
    stand = f"{purpose} {role}{'in' if candidate.places else 'out'}"
    salt = features.hash_of(stand) & 0xFFFF
    near = [line.near(place) for place in candidate.places]
    words = [stand, f"{purpose} {role} {candidate.distance}", *hints, *_order(line, candidate, purpose)]
    parts = [*near, line.hashes, features.salted(line.hashes, salt), also]
    if purpose:
        parts += [features.salted(each, salt) for each in near]
        words += [f"{purpose} titled {candidate.titled}", f"{stand} about {candidate.name.about}"]
    parts.append(features.named(words))
    return features.folded(np.concatenate(parts))


def _order(line: Line, candidate: Candidate, purpose: str) -> list[str]:
    """Where the candidate stands among the names of the sentence."""
    if not candidate.places:
        return [
            f"{purpose} not named beside {min(len(line.names), 3)}",
            f"{purpose} carried {candidate.rank}",
        ]
    start = candidate.name.start
    earlier = min(3, len({name.account or name.start for name in line.names if name.start < start}))
    later = min(2, len({name.account or name.start for name in line.names if name.start > start}))
    share = min(3, 4 * (candidate.places[0] - line.first) // max(1, line.last - line.first))
    return [f"{purpose} {earlier}th", f"{purpose} {min(earlier, 2)}/{later}", f"{purpose} at {share}"]
