"""What a briefing or a battlecard is: a tree of typed blocks.

What a block says is a `Said` (a label of a table, a count of evidence, a figure that its quote holds, a
day) or `Evidence` with its quote. A block given anything else raises Unproved when it is made, so a
sentence without evidence cannot reach a renderer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from intel.brief.evidence import Evidence, Unproved
from intel.brief.words import Count, Figure, Label, Lang, Phrase, Said, Short


class Checked:
    """A value that refuses fields of other types than it declares."""

    __slots__ = ()

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for one in fields(self):  # type: ignore[arg-type]  # its subclasses are dataclasses
            value = getattr(self, one.name)
            if not _is(value, hints[one.name]):
                raise Unproved(f"{type(self).__name__}.{one.name} cannot be {value!r}")


def _is(value: object, wanted: Any) -> bool:
    """Whether a value is of a type: a class, a union, or a tuple of such."""
    if get_origin(wanted) in (Union, UnionType):
        return any(_is(value, one) for one in get_args(wanted))
    if get_origin(wanted) is tuple:
        inner = get_args(wanted)[0]
        return isinstance(value, tuple) and all(_is(one, inner) for one in value)
    return isinstance(value, NoneType if wanted is None else wanted)


@dataclass(frozen=True, slots=True)
class Heading(Checked):
    """The heading of a section, with how much is under it."""

    name: ClassVar[str] = "heading"
    said: Label | Short | Phrase
    count: Count | None = None

    @property
    def anchor(self) -> str:
        """What links lead to: the key of its label."""
        return self.said.key if isinstance(self.said, Label) else self.said.label.key


@dataclass(frozen=True, slots=True)
class EvidenceLine(Checked):
    """A quote with its source, day, rating and link; `tags` say what it is of, `remark` why it is here."""

    name: ClassVar[str] = "evidence"
    evidence: Evidence
    tags: tuple[Said, ...] = ()
    remark: Said | None = None


@dataclass(frozen=True, slots=True)
class CountLine(Checked):
    """How much there is: a phrase with counts in it."""

    name: ClassVar[str] = "count"
    said: Phrase


@dataclass(frozen=True, slots=True)
class UnknownLine(Checked):
    """That nothing is known of a topic."""

    name: ClassVar[str] = "unknown"
    topic: Label
    said: Label


@dataclass(frozen=True, slots=True)
class AskLine(Checked):
    """A question of the tables to put, and why."""

    name: ClassVar[str] = "ask"
    said: Label | Phrase
    why: Phrase


@dataclass(frozen=True, slots=True)
class Listing(Checked):
    """Labels in one line, after what they have in common."""

    name: ClassVar[str] = "listing"
    said: Label | Phrase
    items: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Note(Checked):
    """A remark of the headings table: demo data, nothing new, how to read the ratings."""

    name: ClassVar[str] = "note"
    said: Label | Phrase


@dataclass(frozen=True, slots=True)
class Table(Checked):
    """Rows of cells under a header; None is an empty cell."""

    name: ClassVar[str] = "table"
    header: tuple[Said, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Row(Checked):
    """A row: what it is of, and its cells."""

    name: ClassVar[str] = "row"
    cells: tuple[Said | None, ...]


class ChartKind(StrEnum):
    """How numbers are drawn: a grid of dots, bars on one another, lines, or one mark a row."""

    GRID = "grid"
    STACK = "stack"
    LINES = "lines"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class Chart(Checked):
    """A picture of a table: what it draws are the counts and figures of the cells after the first."""

    name: ClassVar[str] = "chart"
    kind: ChartKind
    said: Label | Phrase
    alt: Phrase
    table: Table
    no_font: Label
    data_word: Label

    @property
    def values(self) -> tuple[tuple[float | None, ...], ...]:
        """The numbers of each row; None where a cell holds none."""
        return tuple(
            tuple(float(cell.number) if isinstance(cell, Count | Figure) else None for cell in row.cells[1:])
            for row in self.table.rows
        )


class Kind(StrEnum):
    """What a briefing is for."""

    VISIT = "before-visit"
    WEEKLY = "weekly"
    FLASH = "flash"


class Judgement(StrEnum):
    """What else is written as a briefing is."""

    BATTLECARD = "battlecard"


class Part(StrEnum):
    """Which part of a briefing a section is: pages lay out each in its own way."""

    CHANGED = "changed"
    ASK = "ask"
    OVERVIEW = "overview"
    CHARTS = "charts"
    TOPIC = "topic"
    GROUP = "group"
    CELL = "cell"
    FIGURES = "figures"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Section(Checked):
    """A heading and the blocks under it."""

    name: ClassVar[str] = "section"
    part: Part
    heading: Heading
    blocks: tuple[
        EvidenceLine | CountLine | UnknownLine | AskLine | Listing | Note | Table | Chart | Section, ...
    ]


Block = Heading | EvidenceLine | CountLine | UnknownLine | AskLine | Listing | Note | Table | Chart | Section
BLOCKS = (Heading, EvidenceLine, CountLine, UnknownLine, AskLine, Listing, Note, Table, Chart, Section)


@dataclass(frozen=True, slots=True)
class Document(Checked):
    """A briefing. `subject` is the account it is on, None for all; `findings` number what it rests on.

    `facts` say when it was written, on what it rests and since when; `grades` name credibility 1 to 6.
    """

    kind: Kind | Judgement
    subject: Label | None
    lang: Lang
    written_at: datetime
    since: date | None
    title: Phrase
    facts: tuple[Said, ...]
    also: Label
    contents: Label
    grades: tuple[Label, ...]
    blocks: tuple[Note | Section, ...]
    footnote: Note
    findings: tuple[int, ...]

    @property
    def account(self) -> str:
        """The id of the account it is on, "" for all."""
        return self.subject.key if self.subject else ""
