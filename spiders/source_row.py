"""A row of the table of sources in, a Source or a Refused place out; BadField for one that cannot be taken.

The fields of `[[source]]` are those of Source; `[source.options]` holds what only its kind needs.
`verified` is a note for the reader of the table: when the row was last tried, or that it was not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from intel.model import Source
from intel.refusal import Refusal
from intel.taxonomy import taxonomy
from spiders.cron_line import NO_CRON, is_cron
from spiders.kinds import KINDS
from spiders.options import BadOption, check_common
from spiders.urls import BadUrl, canonical_url


@dataclass(frozen=True, slots=True)
class _Field:
    """A column: the type it has and whether every row must fill it."""

    type: type | tuple[type, ...]
    required: bool = False


_NUMBER = (int, float)
_CALLED: Mapping[type | tuple[type, ...], str] = {
    str: 'a text: write it in "quotes"',
    int: "a whole number",
    _NUMBER: "a number",
    bool: "true or false",
    list: "a list: [...]",
    dict: "a table of names and values",
}
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
    "terms_reviewed": _Field(str),
    "verified": _Field(str),
}
_REFUSED_FIELDS: Mapping[str, _Field] = {
    "name": _Field(str, required=True),
    "label": _Field(str, required=True),
    "channel": _Field(str, required=True),
    "owner": _Field(str, required=True),
    "reason": _Field(str, required=True),
    "instead": _Field(str),
}
NOT_YET = "not yet"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LONGEST_DELAY = 600


@dataclass(frozen=True, slots=True)
class Refused:
    """A place that is not collected: `reason` says why, `instead` where the same may be learnt lawfully."""

    name: str
    label: str
    channel: str
    owner: str
    reason: str
    instead: str = ""


class BadField(Refusal, ValueError):
    """A field of a row that cannot be taken, and why not."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


def one_source(row: dict[str, Any]) -> Source:
    """The source of one row. Raises BadField."""
    _check_types(row, _FIELDS)
    _check_values(row)
    source = Source(**{name: value for name, value in row.items() if name != "verified"})
    try:
        _check_options(source)
    except BadOption as error:
        raise BadField(f"options.{error.field}", " ".join(str(error).split())) from error
    return source


def refused_place(row: dict[str, Any]) -> Refused:
    """The place of one row that is not collected. Raises BadField."""
    _check_types(row, _REFUSED_FIELDS)
    _check_name_and_channel(row)
    return Refused(**row)


def _check_types(row: dict[str, Any], fields: Mapping[str, _Field]) -> None:
    for name in row:
        if name not in fields:
            of_options = any(name in {**kind.options, **kind.common} for kind in KINDS.values())
            where = "; it is an option: write it below [source.options]" if of_options else ""
            raise BadField(name, f"is no field; the fields are {', '.join(fields)}{where}")
    for name, field in fields.items():
        if name not in row:
            if field.required:
                raise BadField(name, "is missing")
            continue
        if not _is(row[name], field.type):
            raise BadField(name, f"{row[name]!r} is not {_called(field.type)}")
        if field.required and not row[name].strip():
            raise BadField(name, "is empty")


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _called(kind: type | tuple[type, ...]) -> str:
    """What a type is to who writes a table."""
    return _CALLED[kind]


def _check_name_and_channel(row: dict[str, Any]) -> None:
    channels = taxonomy().channels
    if not _NAME.fullmatch(row["name"]):
        raise BadField("name", f"{row['name']!r} takes small letters, digits, - and _")
    if row["channel"] not in channels:
        raise BadField("channel", f"{row['channel']!r} is none of {', '.join(channels)}")


def _check_values(row: dict[str, Any]) -> None:
    _check_name_and_channel(row)
    for name, fits, problem in (
        ("kind", row["kind"] in KINDS, f"is none of {', '.join(KINDS)}"),
        ("reliability", re.fullmatch("[A-F]", row["reliability"]), "is no letter from A to F"),
        ("schedule", is_cron(row.get("schedule", "0 0 * * *")), NO_CRON),
        ("expected_minimum", row.get("expected_minimum", 0) >= 0, "is below zero"),
        ("delay", 0 <= row.get("delay", 0) <= _LONGEST_DELAY, f"is not from 0 to {_LONGEST_DELAY} seconds"),
        ("terms_reviewed", _is_review(row.get("terms_reviewed", NOT_YET)), f"is no day, nor {NOT_YET!r}"),
    ):
        if not fits:
            raise BadField(name, f"{row[name]!r} {problem}")
    try:
        canonical_url(row["url"])
    except BadUrl as error:
        raise BadField("url", str(error)) from error
    host = urlsplit(row["url"]).hostname or ""
    if not (host == "localhost" or host.endswith(".localhost")) and row.get("delay", 5) < 1:
        raise BadField("delay", "is below 1 second; other people's servers get more time")


def _check_options(source: Source) -> None:
    spider = KINDS[source.kind]
    if spider.place not in source.url:
        raise BadField("url", f"has no place for {spider.place}; kind {source.kind} needs one")
    known = {**spider.options, **spider.common}
    for name, value in source.options.items():
        if name not in known:
            raise BadOption(name, f"is no option of kind {source.kind}; its options: {', '.join(known)}")
        if not _is(value, known[name]):
            raise BadOption(name, f"{value!r} is not {_called(known[name])}")
    for name in sorted(spider.required - set(source.options)):
        raise BadOption(name, f"is missing; kind {source.kind} needs it")
    check_common(source.options)
    spider.check(source.options)


def _is_review(text: str) -> bool:
    try:
        return text == NOT_YET or date.fromisoformat(text) is not None
    except ValueError:
        return False
