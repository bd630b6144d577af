"""Folded text of a notice in; its slots out: what stands where a label says what it is.

Notices give their facts as "label：value" lines, as a heading over a line, as tables of two columns, as
tables with a header, and all of these in one page. A slot is one such value with its label, whatever
the form. Cells of a table line are joined by " | ", as extraction writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from intel.notice import Span

CELL = " | "
_NUMBERING = re.compile(
    r"^(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}(?:\.\d{1,2}){0,3})[).、]|[★▲*●◆■·•※○□>-]|\d{1,2}(?=[一-鿿]{3}))\s?"
)
_BRACKETS = re.compile(r"[(\[【][^)\]】]{0,24}[)\]】]")
_COLON = re.compile(r"(?<!\d):(?!//)|:(?!\d|//)")
# A wide gap parts what stands in one line, but not the two characters of 名    称.
_BREAK = re.compile(r"[。;,!?]|(?<=\S\S)\s{2,20}|\s{2,20}(?=[^\s:]{2})")
_STOP = re.compile(r"[。;]")
_NAME_ONLY = frozenset({"名称", "全称", "单位名称", "单位全称", "名字", "机构名称"})
_LONGEST_LABEL = 30
_HEADING = 24


@dataclass(frozen=True, slots=True)
class Slot:
    """A value and its label. `label` is bare (no numbering, brackets, spaces), `raw` as written, folded.

    `row` numbers the table row the value stands in; None outside tables that have a header.
    """

    label: str
    raw: str
    value: Span
    row: int | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str


def bare(label: str) -> str:
    """A label without spaces, numbering and brackets: "二、中标（成交） 金额" → "中标金额"."""
    text = label.strip()
    while numbered := _NUMBERING.match(text):
        text = text[numbered.end() :]
    text = _BRACKETS.sub("", text)
    squeezed = "".join(text.split()) if not text.isascii() else " ".join(text.split())
    return squeezed.strip(":、.*\"'“”")


def slots(folded: str, known: Callable[[str], bool]) -> tuple[Slot, ...]:
    """The slots in text order. `known` tells whether a bare label is one of those looked for."""
    found: list[Slot] = []
    lines = list(_lines(folded))
    position, section = 0, ""
    while position < len(lines):
        table = _table(lines, position)
        if table:
            found += _table_slots(table, known)
            position += len(table)
            continue
        line, following = lines[position], lines[position + 1] if position + 1 < len(lines) else None
        of_line = [*_line_slots(line)]
        if not of_line and (heading := _heading(line.text)):
            section = heading
            if following and CELL not in following.text and not [*_line_slots(following)]:
                of_line = [Slot(heading, line.text, _span(following, 0, len(following.text)))]
        found += (_under(slot, section) for slot in of_line)
        position += 1
    return tuple(found)


def _lines(folded: str) -> Iterator[_Line]:
    start = 0
    for text in folded.split("\n"):
        if text.strip():
            yield _Line(start, text)
        start += len(text) + 1


def _span(line: _Line, start: int, end: int) -> Span:
    piece = line.text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return Span(line.start + left, line.start + max(left, start + len(piece.rstrip())))


def _under(slot: Slot, section: str) -> Slot:
    """名称 under the heading 采购人信息 is 采购人信息名称."""
    return Slot(section + slot.label, slot.raw, slot.value) if slot.label in _NAME_ONLY else slot


def _heading(text: str) -> str:
    label = bare(text.rstrip(" :"))
    return label if 2 <= len(label) <= _HEADING and not _STOP.search(label) else ""


def _line_slots(line: _Line) -> Iterator[Slot]:
    """The "label：value" pairs of a line; a value ends where the next label or sentence begins."""
    labels = [(start, colon) for start, colon in _labels(line.text) if bare(line.text[start:colon])]
    for number, (start, colon) in enumerate(labels):
        end = labels[number + 1][0] if number + 1 < len(labels) else len(line.text)
        stop = _STOP.search(line.text, colon + 1, end)
        value = _span(line, colon + 1, stop.start() if stop else end)
        if value.start < value.end:
            yield Slot(bare(line.text[start:colon]), line.text[start:colon], value)


def _labels(text: str) -> Iterator[tuple[int, int]]:
    """Where each label begins, and its colon."""
    last = 0
    for colon in _COLON.finditer(text):
        breaks = [match.end() for match in _BREAK.finditer(text, last, colon.start())]
        start = _after_space(text, breaks[-1] if breaks else last, colon.start())
        if 0 < len(text[start : colon.start()].strip()) <= _LONGEST_LABEL:
            yield start, colon.start()
        last = colon.end()


def _after_space(text: str, start: int, end: int) -> int:
    """Past what a space parts from the label (采购人:甲 地址:乙), but not within 名 称 or 3. 预算."""
    words = list(re.finditer(r"\S+", text[start:end]))
    if not words or text[start:end].isascii():
        return start
    first = len(words) - 1
    while first and (len(words[first][0]) == 1 or _NUMBERING.fullmatch(words[first - 1][0])):
        first -= 1
    return start + words[first].start()


# ---- tables


def _table(lines: Sequence[_Line], position: int) -> list[_Line]:
    end = position
    while end < len(lines) and CELL in lines[end].text:
        end += 1
    return list(lines[position:end])


def _cells(line: _Line) -> list[Span]:
    cells, start = [], 0
    for text in line.text.split(CELL):
        cells.append(_span(line, start, start + len(text)))
        start += len(text) + len(CELL)
    return cells


def _table_slots(lines: Sequence[_Line], known: Callable[[str], bool]) -> Iterator[Slot]:
    rows = [_Row(line, _cells(line)) for line in lines]
    header: _Row | None = None
    by_row = sum(known(row.label(0)) for row in rows) * 2 > len(rows)
    for row in rows:
        labels = [known(row.label(place)) for place in range(len(row.cells))]
        if by_row and not (sum(labels) > 2 and labels[:2] == [True, True]):
            yield from row.pairs(labels, lines[0].start)
        elif sum(labels) >= 2 or (any(labels) and sum(labels) * 2 >= len(labels)):
            header = row
        elif header is not None and len(row.cells) <= len(header.cells):
            yield from row.under(header)


@dataclass(frozen=True, slots=True)
class _Row:
    line: _Line
    cells: Sequence[Span]

    def raw(self, place: int) -> str:
        cell = self.cells[place]
        return self.line.text[cell.start - self.line.start : cell.end - self.line.start]

    def label(self, place: int) -> str:
        return bare(self.raw(place))

    def pairs(self, labels: Sequence[bool], table: int) -> Iterator[Slot]:
        """Label and value in turn; or one label with a value for each column (候选人 | 甲 | 乙)."""
        in_turn = len(labels) < 3 or (any(labels[2::2]) and not any(labels[1::2]))
        for place in range(1, len(self.cells), 2 if in_turn else 1):
            head = place - 1 if in_turn else 0
            row = None if in_turn else table + place
            yield Slot(self.label(head), self.raw(head), self.cells[place], row)

    def under(self, header: _Row) -> Iterator[Slot]:
        """The cells with the labels over them; a short row lacks its first cells, merged with those above."""
        missing = len(header.cells) - len(self.cells)
        for place, cell in enumerate(self.cells):
            head = place + missing
            if cell.start < cell.end:
                yield Slot(header.label(head), header.raw(head), cell, self.line.start)
