"""The slots of an award notice in; who won which lot for how much out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from intel.notice import Sum, Winner
from pipelines.notice_slots import Slot
from pipelines.notice_values import Reading
from pipelines.notice_words import Words

_RANK = re.compile(
    r"第\s?(?P<n>[一二三四五1-5])\s?(?:中标|成交|中选|推荐|预中标|顺位|名|候选)|(?:中标|成交)?候选人\s?(?P<m>[1-5])"
)
_RANKS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
# A winner's cell that names nobody: all bids rejected, or the lot was not awarded.
_NOBODY = re.compile(r"^(?:无|/|-+|—+|流标|废标|未成交|详见)")


@dataclass(frozen=True)
class WinnerReader:
    """Reads the winners of one notice; `lot` tells the lot a slot belongs to."""

    reading: Reading
    table: Words
    slots: Sequence[Slot]
    lot: Callable[[Slot], str]
    candidates: bool

    def winners(self) -> tuple[Winner, ...]:
        """The winners in text order, each once for a lot."""
        found: dict[tuple[str, str], Winner] = {}
        for winner in self._all():
            key = (winner.party.name, winner.lot)
            if key not in found or (found[key].amount is None and winner.amount is not None):
                found[key] = winner
        return tuple(found.values())

    def _all(self) -> Iterator[Winner]:
        rows: dict[int | None, list[Slot]] = {}
        for slot in self.slots:
            rows.setdefault(slot.row, []).append(slot)
        for row, together in rows.items():
            yield from (self._in_lines(together) if row is None else self._in_row(together))

    def _is(self, field: str, slot: Slot) -> bool:
        return self.table.fields[field].rank(slot.label) is not None

    def _in_row(self, row: Sequence[Slot]) -> Iterator[Winner]:
        """The winners of a table row; a sum belongs to the winner on its left, else to the only one."""
        places = [place for place, slot in enumerate(row) if self._is("winner", slot)]
        # 供应商 beside 中标人 in one header is the same or somebody else: the better label counts.
        ranks = [self.table.fields["winner"].rank(row[place].label) for place in places]
        if len(set(ranks)) > 1 and min(rank for rank in ranks if rank is not None) == 0:
            places = [place for place, rank in zip(places, ranks, strict=True) if rank == 0]
            ranks = [0] * len(places)
        for number, place in enumerate(places):
            end = places[number + 1] if number + 1 < len(places) else len(row)
            amount = self._amount(row[place + 1 : end])
            if amount is None and len(places) == 1:
                amount = self._amount(row)
            # A list of winners may be ranked too: those are all winners, not candidates for one place.
            ranked = self.candidates or ranks[number] != 0
            rank = self._row_rank(row, row[place]) if ranked else _rank(row[place].raw)
            yield from self._winner(row[place], amount, rank)

    def _amount(self, slots: Sequence[Slot]) -> Sum | None:
        """The total if one is given, else the price of a unit."""
        fields = [slot for slot in slots if self._is("amount", slot)]
        fields.sort(key=lambda slot: self._is("unit_price", slot))
        sums = (self.reading.sums(slot.value, slot.raw) for slot in fields)
        return next((found[0] for found in sums if found), None)

    def _row_rank(self, row: Sequence[Slot], winner: Slot) -> int:
        for slot in row:
            if self._is("rank", slot):
                text = self.reading.folded[slot.value.start : slot.value.end]
                found = re.search(r"[1-9一二三四五]", text)
                if found:
                    return _RANKS.get(found.group()) or int(found.group())
        return _rank(winner.raw)

    def _in_lines(self, lines: Sequence[Slot]) -> Iterator[Winner]:
        """Winners of "label：value" lines; a sum belongs to the winner before it."""
        places = [place for place, slot in enumerate(lines) if self._is("winner", slot)]
        best = min((self.table.fields["winner"].rank(lines[place].label) or 0 for place in places), default=0)
        strong = best < _WEAK
        for number, place in enumerate(places):
            rank = self.table.fields["winner"].rank(lines[place].label) or 0
            if strong and rank >= _WEAK:
                continue
            end = places[number + 1] if number + 1 < len(places) else len(lines)
            amount = self._amount(lines[place + 1 : end])
            if amount is None:
                amount = self._behind(lines[place])
            if amount is None and len(places) == 1:
                amount = self._amount(lines)
            yield from self._winner(lines[place], amount, _rank(lines[place].raw))

    def _behind(self, slot: Slot) -> Sum | None:
        """The sum in the value itself: 第二中标候选人：某公司，报价94800万元."""
        return next(iter(self.reading.sums(slot.value)), None)

    def _winner(self, slot: Slot, amount: Sum | None, rank: int) -> Iterator[Winner]:
        if _NOBODY.match(self.reading.folded[slot.value.start : slot.value.end]):
            return
        for party in self.reading.parties(slot.value):
            yield Winner(party, amount, self.lot(slot), rank)


# Labels from this rank on (供应商, 乙方) name bidders too: they count only where no better one stands.
_WEAK = 3


def _rank(label: str) -> int:
    match = _RANK.search(label)
    if match is None:
        return 1
    number = match["n"] or match["m"]
    return _RANKS.get(number) or int(number)
