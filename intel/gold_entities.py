"""Sentences with their entities marked in them in, as typed values out: what naming is measured against.

The file entities.toml of a gold folder holds [[part]] tables of sentences of one split and genre. Marks are
{kind text}, and {kind text=value} where the normalised value is held to as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intel.gold import BadGold
from intel.model import Entity

FILE = "entities.toml"
NAMES = frozenset({"org", "person", "position", "place", "product"})
KINDS = NAMES | {"money", "quantity", "rate", "date", "period"}
_MARK = re.compile(r"\{(?P<kind>\w+) (?P<text>[^{}=]+)(?:=(?P<value>[^{}]+))?\}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and its entities in text order; `value` is "" where none is held to."""

    id: str
    genre: str
    split: str
    content: str
    entities: tuple[Entity, ...]


def load_marked(folder: Path, split: str | None = None) -> tuple[Marked, ...]:
    """The marked sentences of a folder, or those of one split; none where it has no such file.

    Raises BadGold.
    """
    file = folder / FILE
    if not file.is_file():
        return ()
    return tuple(one for one in _sentences(file) if split is None or one.split == split)


def _sentences(file: Path) -> Iterator[Marked]:
    try:
        parts = tomllib.loads(file.read_text(encoding="utf-8"))["part"]
        for part in parts:
            name = f"{part['split']}-{part['genre']}"
            for number, marked in enumerate(part["marked"], 1):
                yield _read(marked, f"{name}-{number:02d}", part["genre"], part["split"])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise BadGold(f"{file}: {error}") from error


def _read(marked: str, name: str, genre: str, split: str) -> Marked:
    content, at, entities = "", 0, []
    for mark in _MARK.finditer(marked):
        content += marked[at : mark.start()]
        at = mark.end()
        if mark["kind"] not in KINDS:
            raise ValueError(f"{name}: no kind of entity {mark['kind']!r}")
        start, content = len(content), content + mark["text"]
        entities.append(Entity(mark["kind"], start, len(content), mark["text"], mark["value"] or ""))
    content += marked[at:]
    if "{" in content or "}" in content:
        raise ValueError(f"{name}: a mark that cannot be read: {content!r}")
    return Marked(name, genre, split, content, tuple(entities))
