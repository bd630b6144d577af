"""Text in; the same text without private details of persons out, with how many of which kind were left out.

Kinds: phone, id_number, bank_card, email, home_address, messenger. What organisations publish to be reached
by, and numbers that only look alike (parcels, orders, tenders, amounts), stay. The words that decide are in
personal_data.toml. Time is linear in the text: bounded patterns, and for each match a bounded look around.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from pipelines.personal_contacts import emails, homes, messengers
from pipelines.personal_numbers import numbers
from pipelines.personal_words import words
from pipelines.text import fold


class Edit(NamedTuple):
    """A span of a text (code points) and what stands in its place. `kind` is what it was."""

    start: int
    end: int
    kind: str
    mark: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with marks in place of what was left out. `edits` are in the old text, sorted, apart."""

    text: str
    edits: tuple[Edit, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """How many of each kind were left out."""
        return Counter(edit.kind for edit in self.edits)

    def moved(self, offset: int) -> int:
        """Where an offset of the old text is in the new one; inside of an edit: its mark's start."""
        ends = [edit.end for edit in self.edits]
        done = bisect_right(ends, offset)
        grown = [0, *accumulate(len(edit.mark) - (edit.end - edit.start) for edit in self.edits)]
        if done < len(self.edits) and self.edits[done].start < offset:
            offset = self.edits[done].start
        return offset + grown[done]


def redacted(text: str) -> Redacted:
    """The text without private details. A text without any, or already redacted, comes back as it is."""
    return replaced(text, find(text))


def replaced(text: str, edits: Iterable[Edit]) -> Redacted:
    """The text with edits carried out; of overlapping ones the first, or the longer one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    if not kept:
        return Redacted(text)
    pieces: list[str] = []
    last = 0
    for edit in kept:
        pieces += (text[last : edit.start], edit.mark)
        last = edit.end
    return Redacted("".join((*pieces, text[last:])), tuple(kept))


def find(text: str) -> Iterator[Edit]:
    """What would be left out of a text, in no order; spans may overlap."""
    folded = fold(text)
    marks = words().marks
    for finder in (emails, numbers, messengers, homes):
        for found in finder(folded):
            yield Edit(found.start, found.end, found.kind, marks[found.kind])
