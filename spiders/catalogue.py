"""The table of sources in, Source values out; a row that cannot be taken is named with file and field.

A row is `[[source]]` with the fields of Source; `[source.options]` holds what only its kind needs.
`verified` is a note for the reader of the table: when the row was last tried, or that it was not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from intel.model import Source
from intel.taxonomy import taxonomy
from spiders.base import BadOption
from spiders.kinds import KINDS
from spiders.urls import BadUrl, canonical_url


class BadSources(ValueError):
    """A table of sources that cannot be taken; the message names the file, the source and the field."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column: the type it has and whether every row must fill it."""

    type: type | tuple[type, ...]
    required: bool = False


_NUMBER = (int, float)
_FIELDS: Mapping[str, _Field] = {
    "name": _Field(str, required=True),
    "label": _Field(str, required=True),
    "kind": _Field(str, required=True),
    "channel": _Field(str, required=True),
    "url": _Field(str, required=True),
    "owner": _Field(str, required=True),
    "reliability": _Field(str, required=True),
    "lawful_basis": _Field(str, required=True),
    "schedule": _Field(str),
    "expected_minimum": _Field(int),
    "delay": _Field(_NUMBER),
    "enabled": _Field(bool),
    "options": _Field(dict),
    "verified": _Field(str),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_LONGEST_DELAY = 600


class _BadField(ValueError):
    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def load_sources(path: Path) -> tuple[Source, ...]:
    """The sources of a table, in its order. Raises BadSources naming the first row that cannot be taken."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSources(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSources(f"{path}: not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSources(f"{path}: not TOML: {error}") from error
    rows = table.get("source", [])
    if not _are_tables(rows) or set(table) != {"source"}:
        raise BadSources(f"{path}: holds no [[source]] rows, or something beside them")
    return tuple(_sources(rows, path))


def _are_tables(rows: object) -> bool:
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, dict) for row in rows)


def _sources(rows: list[Any], path: Path) -> Iterator[Source]:
    names: set[str] = set()
    for number, row in enumerate(rows, 1):
        where = f"{path}: source {row.get('name') or f'number {number}'}"
        try:
            source = _source(row)
        except _BadField as error:
            raise BadSources(f"{where}: {error.field}: {error}") from error
        except BadOption as error:
            raise BadSources(f"{where}: options.{error.field}: {error}") from error
        if source.name in names:
            raise BadSources(f"{where}: name: stands twice")
        names.add(source.name)
        yield source


def _source(row: dict[str, Any]) -> Source:
    _check_types(row)
    _check_values(row)
    source = Source(**{name: value for name, value in row.items() if name != "verified"})
    _check_options(source)
    return source


def _check_types(row: dict[str, Any]) -> None:
    for name in row:
        if name not in _FIELDS:
            raise _BadField(name, f"is no field; the fields are {', '.join(_FIELDS)}")
    for name, field in _FIELDS.items():
        if name not in row:
            if field.required:
                raise _BadField(name, "is missing")
            continue
        if not _is(row[name], field.type):
            raise _BadField(name, f"{row[name]!r} is of the wrong type")
        if field.required and not row[name].strip():
            raise _BadField(name, "is empty")


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _check_values(row: dict[str, Any]) -> None:
    for name, fits, problem in (
        ("name", _NAME.fullmatch(row["name"]), "takes small letters, digits, - and _"),
        ("kind", row["kind"] in KINDS, f"is none of {', '.join(KINDS)}"),
        ("channel", row["channel"] in taxonomy().channels, f"is none of {', '.join(taxonomy().channels)}"),
        ("reliability", re.fullmatch("[A-F]", row["reliability"]), "is no letter from A to F"),
        ("schedule", _is_cron(row.get("schedule", "0 0 * * *")), "is no cron line of five fields"),
        ("expected_minimum", row.get("expected_minimum", 0) >= 0, "is below zero"),
        ("delay", 0 <= row.get("delay", 0) <= _LONGEST_DELAY, f"is not from 0 to {_LONGEST_DELAY} seconds"),
    ):
        if not fits:
            raise _BadField(name, f"{row[name]!r} {problem}")
    try:
        canonical_url(row["url"])
    except BadUrl as error:
        raise _BadField("url", str(error)) from error
    host = urlsplit(row["url"]).hostname or ""
    if not (host == "localhost" or host.endswith(".localhost")) and row.get("delay", 5) < 1:
        raise _BadField("delay", "is below 1 second; other people's servers get more time")


def _check_options(source: Source) -> None:
    spider = KINDS[source.kind]
    for name, value in source.options.items():
        if name not in spider.options:
            known = ", ".join(spider.options) or "none"
            raise BadOption(name, f"is no option of kind {source.kind}; its options: {known}")
        if not _is(value, spider.options[name]):
            raise BadOption(name, f"{value!r} is of the wrong type")
    for name in sorted(spider.required - set(source.options)):
        raise BadOption(name, f"is missing; kind {source.kind} needs it")
    spider.check(source.options)


def _is_cron(line: str) -> bool:
    """Whether a line has five fields of numbers in range, lists, ranges, steps or stars."""
    fields = line.split()
    if len(fields) != len(_CRON_RANGES):
        return False
    return all(
        _is_cron_part(part, low, high)
        for field, (low, high) in zip(fields, _CRON_RANGES, strict=True)
        for part in field.split(",")
    )


def _is_cron_part(part: str, low: int, high: int) -> bool:
    found = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", part, re.ASCII)
    if found is None:
        return False
    first, last = found[1], found[2]
    numbers = [int(number) for number in (first, last) if number is not None]
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers)
