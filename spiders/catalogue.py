"""The table of sources in, Source values out; each row that cannot be taken is named with its line.

A `[[source]]` row is a source; a `[[refused]]` row is a place we do not collect from, and why; it is there so
that nobody adds it unknowing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from intel.model import Source
from intel.refusal import Refusal
from spiders.source_row import BadField, Refused, one_source, refused_place

ACCOUNT = "account"  # the option that names an account of the watchlist


class BadSources(Refusal, ValueError):
    """A table of sources that cannot be taken; a line for each fault names file, row and field."""


_Taken = TypeVar("_Taken", Source, Refused)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it stands in the file, and where."""

    fields: dict[str, Any]
    where: str


@dataclass(frozen=True, slots=True)
class _Table:
    sources: tuple[Source, ...]
    refused: tuple[Refused, ...]
    where: tuple[str, ...]  # of each source


def load_sources(path: Path) -> tuple[Source, ...]:
    """The sources of a table, in its order. Raises BadSources naming every row that cannot be taken."""
    return _table(path, _text(path)).sources


def load_refused(path: Path) -> tuple[Refused, ...]:
    """The places a table says are not collected, in its order. Raises BadSources as load_sources does."""
    return _table(path, _text(path)).refused


def refuse_strangers(path: Path, strangers: Collection[str]) -> None:
    """Raise BadSources for the rows of a table whose account is one of these: no account of the watchlist."""
    table = _table(path, _text(path))
    faults = [
        f"{where}: options.{ACCOUNT}: {one.options[ACCOUNT]!r} is no account of the watchlist "
        "(intel accounts list)"
        for one, where in zip(table.sources, table.where, strict=True)
        if one.options.get(ACCOUNT) in strangers
    ]
    if faults:
        raise BadSources("\n".join(faults))


# The overview asks at each look how sources do; the table hardly ever changes.
@lru_cache(maxsize=4)
def _table(path: Path, text: str) -> _Table:
    sources, refused = _rows(path, text)
    faults: list[str] = []
    taken = [*_taken(sources, one_source, faults)]
    places = [one for one, _ in _taken(refused, refused_place, faults)]
    if faults:
        raise BadSources("\n".join(faults))
    return _Table(tuple(one for one, _ in taken), tuple(places), tuple(row.where for _, row in taken))


def _taken(
    rows: Sequence[_Row], take: Callable[[dict[str, Any]], _Taken], faults: list[str]
) -> Iterator[tuple[_Taken, _Row]]:
    """What can be taken of rows; what is wrong with the others is added to `faults`."""
    names: set[str] = set()
    for row in rows:
        try:
            taken = take(row.fields)
            if taken.name in names:
                raise BadField("name", "stands twice")
        except BadField as error:
            faults.append(f"{row.where}: {error}")
            continue
        names.add(taken.name)
        yield taken, row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows editors begin with a mark
    except OSError as error:
        raise BadSources(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSources(f"{path}: not UTF-8; save it as UTF-8") from error


def _rows(path: Path, text: str) -> tuple[list[_Row], list[_Row]]:
    """The rows of sources and of refused places, the table as a whole having been looked at."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSources(f"{path}: not TOML: {error}") from error
    sources, refused = table.pop("source", []), table.pop("refused", [])
    for name in table:
        raise BadSources(f"{path}: {name}: only [[source]] and [[refused]] rows stand in a table of sources")
    for name, found in (("source", sources), ("refused", refused)):
        if not _are_tables(found):
            raise BadSources(f"{path}: {name}: is no list of rows; write [[{name}]] above each")
    if not sources:
        raise BadSources(f"{path}: holds no [[source]] rows")
    return _placed(path, text, "source", sources), _placed(path, text, "refused", refused)


def _are_tables(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _placed(path: Path, text: str, kind: str, rows: Sequence[dict[str, Any]]) -> list[_Row]:
    """Rows with file and line, the line left out where the file is not written a row below its heading."""
    heading = re.compile(rf"\s*\[\[\s*{kind}\s*\]\]")
    lines = [f":{number}" for number, line in enumerate(text.split("\n"), 1) if heading.match(line)]
    if len(lines) != len(rows):
        lines = [""] * len(rows)
    return [
        _Row(row, f"{path}{line}: {kind} {row.get('name') or f'number {number}'}")
        for number, (line, row) in enumerate(zip(lines, rows, strict=True), 1)
    ]
