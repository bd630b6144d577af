"""Passages annotated by hand in, as typed values out: what the reading is measured against.

A file holds [[passage]] tables (tests/gold/GUIDELINES.md tells how they are annotated). Every quote,
surface and trigger must stand in its passage.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from intel.model import Status
from intel.refusal import Refusal


class BadGold(Refusal, ValueError):
    """A gold file that cannot be used; the message names file, passage and what is wrong."""


@dataclass(frozen=True, slots=True)
class GoldMention:
    """An account named at content[start:end]."""

    account: str
    start: int
    end: int
    about: bool


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event told in content[start:end]; parties are account ids or names as written."""

    type: str
    status: Status
    start: int
    end: int
    subject: tuple[str, ...]
    counterparty: tuple[str, ...]
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GoldTopic:
    """Evidence for a topic at content[start:end]; `stance` is "" where none is heard."""

    topic: str
    account: str
    start: int
    end: int
    stance: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One annotated text. `genre` is its file's name; passages that tell one report share `story`."""

    id: str
    genre: str
    split: str
    title: str
    text: str
    published: date
    story: str
    mentions: tuple[GoldMention, ...] = ()
    events: tuple[GoldEvent, ...] = ()
    topics: tuple[GoldTopic, ...] = ()
    traps: tuple[str, ...] = field(default=())

    @property
    def content(self) -> str:
        """What all spans point into, as of an article."""
        return f"{self.title}\n{self.text}"


def load(folder: Path, split: str | None = None) -> tuple[Passage, ...]:
    """The passages of a folder's files, or those of one split. Raises BadGold."""
    if not folder.is_dir():
        raise BadGold(f"no folder {folder}")
    found = [one for file in sorted(folder.glob("*.toml")) for one in _passages(file)]
    chosen = tuple(one for one in found if split is None or one.split == split)
    if not chosen:
        raise BadGold(f"{folder}: no passage" + (f" of split {split!r}" if split else ""))
    return chosen


def _passages(file: Path) -> Iterator[Passage]:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get("passage", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadGold(f"{file}: {error}") from error
    for row in rows:
        try:
            yield _passage(file.stem, row)
        except (KeyError, ValueError) as error:
            raise BadGold(f"{file}: {row.get('id', 'a passage without id')}: {error}") from error


def _passage(genre: str, row: Mapping[str, Any]) -> Passage:
    content = f"{row['title']}\n{row['text']}"
    return Passage(
        id=row["id"],
        genre=genre,
        split=row["split"],
        title=row["title"],
        text=row["text"],
        published=row["published"],
        story=row.get("story", row["id"]),
        mentions=tuple(_mentions(content, row["mentions"], row["traps"])),
        events=tuple(_event(content, one) for one in row.get("events", ())),
        topics=tuple(
            GoldTopic(one["id"], one["account"], *_span(content, one["quote"]), one["stance"])
            for one in row.get("topics", ())
        ),
        traps=tuple(row["traps"]),
    )


def _mentions(content: str, rows: Sequence[Mapping[str, Any]], traps: Sequence[str]) -> Iterator[GoldMention]:
    """In text order: a surface is looked for after the mention before it, and outside longer traps."""
    at = 0
    for row in rows:
        start, at = _outside(content, row["surface"], at, traps)
        yield GoldMention(row["id"], start, at, row["about"])


def _outside(content: str, surface: str, after: int, traps: Sequence[str]) -> tuple[int, int]:
    """The first place of the surface that lies in no longer trap; the first of all if every one does."""
    first = start, end = _span(content, surface, after)
    longer = [trap for trap in traps if surface in trap and surface != trap]
    while any(_covers(content, trap, start, end) for trap in longer):
        if content.find(surface, end) < 0:
            return first
        start, end = _span(content, surface, end)
    return start, end


def _covers(content: str, trap: str, start: int, end: int) -> bool:
    return content.find(trap, max(0, end - len(trap)), start + len(trap)) >= 0


def _event(content: str, row: Mapping[str, Any]) -> GoldEvent:
    return GoldEvent(
        row["type"],
        Status(row["status"]),
        *_span(content, row["quote"]),
        tuple(row["subject"]),
        tuple(row["counterparty"]),
        row["args"],
    )


def _span(content: str, text: str, after: int = 0) -> tuple[int, int]:
    start = content.find(text, after)
    if start < 0 or not text:
        raise ValueError(f"{text!r} does not stand in the passage")
    return start, start + len(text)
