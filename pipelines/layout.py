"""An HTML tree to the lines a reader sees, in reading order, and the blocks that hold them.

In: a parsed tree. Out: `Layout`: every visible line with how much of it is link and punctuation, and
every block element as a range of lines, so that later steps judge text without touching the tree.
Linear in the size of the page: a 5 MB page costs seconds, never minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from lxml import etree

from pipelines.charset import clean
from pipelines.sight import Sight
from pipelines.surroundings import beside, named

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary"
    " table tbody td tfoot th thead tr ul".split()
)
# A line ends where one of these begins.
BREAKING = _BLOCKS | {"br"}
UNSEEN = frozenset(
    "applet area audio button canvas datalist embed frameset head iframe input map math noframes noscript"
    " object option rp rt script select style svg template textarea title video".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_APART = frozenset({"nav", "footer", "aside", "menu"})
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—"
# A source line's end between two Chinese characters is no space; elsewhere it is one.
_WRAP = re.compile(rf"(?<=[{_CJK}])\r?\n(?=[{_CJK}])")
_MARKS = re.compile(r"[，。！？；：、,;!?“”](?!\d)|\.(?=\s|$)")
# A table cell with more than this in it is layout or prose, not a figure or its heading.
_CELL = 120
_LAYOUT = frozenset({"table", "ul", "ol", "form", "h1", "h2", "h3"})
CELL_BORDER = " | "
_RUNS = frozenset({"span", "em", "i", "b", "time", "cite", "strong"})
# Between fields of a header until the line is known; tidy() would remove it as a control character.
_BORDER = "\x1e"
_FIELDS = 80
# 2026 and Media, Harris and Photo are no one word wherever they meet.
_MEETING = re.compile(rf"(?<=[a-z\d.]){_BORDER}(?=[A-Z][a-z])")
_NONE: Mapping[str, str] = {}

# Texts and elements beside each other in one parent; comments among the elements.
Row = Sequence[etree._Element | str | None]


class _Name(NamedTuple):
    label: str
    apart: bool
    answers: bool
    beside: bool


_NAMELESS = _Name("", False, False, False)


@dataclass(slots=True)
class Line:
    """One visible line. `size`, `linked`: characters that are no space, all and inside links.

    `block` is the index of the innermost block that holds the line.
    """

    text: str
    size: int
    linked: int
    block: int
    heading: bool = False
    row: bool = False
    _marks: int = -1

    @property
    def marks(self) -> int:
        """How many marks of punctuation are in it."""
        if self._marks < 0:
            self._marks = len(_MARKS.findall(self.text))
        return self._marks


@dataclass(slots=True)
class Block:
    """A block element: its lines are lines[start:end].

    `apart`: its name says that it surrounds the article. `answers`: that it holds what readers wrote.
    `beside`: that it is a caption, or a quote that the text holds too.
    """

    tag: str
    label: str
    parent: int
    start: int
    end: int
    apart: bool
    answers: bool
    beside: bool


@dataclass(slots=True)
class Layout:
    """The visible lines of a page and its blocks, parents before children."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def layout(root: etree._Element, *, unveiled: bool = False) -> Layout:
    """Read the visible lines out of a tree (which is not changed).

    `unveiled` takes for visible what scripts may bring out: hidden by visibility, by opacity
    or in a style sheet.
    """
    return Walk(Sight(root, unveiled=unveiled)).over(root)


def tidy(text: str) -> str:
    """One line of text with single spaces and without invisible characters."""
    text = clean(text)
    return " ".join((_WRAP.sub("", text) if "\n" in text else text).split())


class Walk:
    """One pass over a tree, keeping the line being written; several trees become one layout."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.layout = Layout()
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.preformatted = 0
        self.open: list[int] = []

    def over(self, root: etree._Element) -> Layout:
        """The layout of the whole tree, behind what was walked before."""
        self._through(root)
        self._flush()
        return self.layout

    def along(self, row: Row) -> Layout:
        """The layout of elements and texts that stand beside each other in one parent."""
        for one in row:
            if isinstance(one, str):
                self._write(one)
            elif one is not None and isinstance(one.tag, str):
                self._through(one)
        self._flush()
        return self.layout

    def _through(self, root: etree._Element) -> None:
        sight, pieces, write = self.sight, self.pieces, self._write
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        skipped = None
        for event, element in walker:
            if event == "start":
                tag = element.tag
                items = element.items()
                given = dict(items) if items else _NONE
                if tag in UNSEEN or (items and sight.hides(element, given)):
                    skipped = element
                    walker.skip_subtree()
                    continue
                self._enter(element, tag, given)
                # Between blocks there is mostly white space: asked here, most calls are saved.
                if (text := element.text) and (pieces or self.links or not text.isspace()):
                    write(text)
                continue
            if event == "end":
                if sight.grounds:
                    sight.leave(element)
                if element is not skipped:
                    self._leave(element.tag)
            tail = element.tail
            if tail and element is not root and (pieces or self.links or not tail.isspace()):
                write(tail)

    def _enter(self, element: etree._Element, tag: str, given: Mapping[str, str]) -> None:
        if tag in _BLOCKS:
            if self.pieces:
                self._flush()
            self._open(tag, given)
        elif tag == "br":
            if self.pieces:
                self._flush()
        elif tag == "a":
            self.links += 1
        elif tag in _RUNS and self.pieces and "class" in given and _follows_run(element):
            self.pieces.append(_BORDER)

    def _open(self, tag: str, given: Mapping[str, str]) -> None:
        """Begin a block."""
        name = _called(given.get("class", ""), given.get("id", "")) if given else _NAMELESS
        parent = self.open[-1] if self.open else -1
        position = len(self.layout.lines)
        self.open.append(len(self.layout.blocks))
        self.layout.blocks.append(
            Block(
                tag,
                name.label,
                parent,
                position,
                position,
                name.apart or tag in _APART,
                name.answers,
                name.beside or tag == "figcaption",
            )
        )
        self.preformatted += tag == "pre"

    def _leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            if self.pieces:
                self._flush()
            index = self.open.pop()
            self.layout.blocks[index].end = len(self.layout.lines)
            if tag == "tr":
                self._join_row(index)
            elif tag == "pre":
                self.preformatted -= 1
        elif tag == "a":
            self.links -= 1

    def _write(self, text: str) -> None:
        if self.preformatted and "\n" in text:
            *whole, text = text.split("\n")
            for part in whole:
                self.pieces.append(part)
                self._flush()
        self.pieces.append(text)
        if self.links:
            self.linked += len(text) - text.count(" ")

    def _flush(self) -> None:
        if not self.pieces:
            return
        written = "".join(self.pieces)
        self.pieces.clear()
        text = "" if written.isspace() else tidy(_parted(written))
        linked, self.linked = self.linked, 0
        if not text:
            return
        size = len(text) - text.count(" ")
        block = self.open[-1] if self.open else 0
        heading = bool(self.open) and self.layout.blocks[block].tag in _HEADINGS
        self.layout.lines.append(Line(text, size, min(linked, size), block, heading))

    def _join_row(self, index: int) -> None:
        """A row of short cells becomes one line, so that a figure stands beside what it counts."""
        row = self.layout.blocks[index]
        lines = self.layout.lines[row.start : row.end]
        if len(lines) < 2 or any(line.row for line in lines):
            return
        within = self.layout.blocks[index + 1 :]
        if any(block.tag in _LAYOUT or (block.tag == "div" and block.label) for block in within):
            return
        cells: dict[int, list[str]] = {}
        for line in lines:
            cells.setdefault(self._cell(line.block), []).append(line.text)
        if len(cells) < 2 or any(sum(map(len, texts)) > _CELL for texts in cells.values()):
            return
        text = CELL_BORDER.join(" ".join(texts) for texts in cells.values())
        size, linked = (sum(map(attrgetter(name), lines)) for name in ("size", "linked"))
        self.layout.lines[row.start : row.end] = [Line(text, size, linked, index, row=True)]
        row.end = row.start + 1
        for inner in self.layout.blocks[index + 1 :]:
            inner.start = inner.end = row.start

    def _cell(self, index: int) -> int:
        """The table cell around a block."""
        while index >= 0 and self.layout.blocks[index].tag not in {"td", "th"}:
            index = self.layout.blocks[index].parent
        return index


@lru_cache(maxsize=4096)
def _called(names: str, identity: str) -> _Name:
    """What a block with this class and id is."""
    label = f"{names} {identity}".strip()[:200]
    return _Name(label, *named(label), beside(label))


def _follows_run(element: etree._Element) -> bool:
    """Whether an inline element stands right behind another: two fields of a header."""
    before = element.getprevious()
    return before is not None and before.tag in _RUNS and not before.tail


def _parted(written: str) -> str:
    """The line with a space where two fields meet in a short line; in a sentence they are one text."""
    if _BORDER not in written:
        return written
    written = _MEETING.sub(" ", written)
    return written.replace(_BORDER, " " if len(written) <= _FIELDS and not _MARKS.search(written) else "")
