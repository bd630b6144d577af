"""What a person or a form says of a contact with a client in; a FieldReport out.

A form is Markdown or JSON whose entries bear the names of field.toml; anything else in it is refused, so
that nothing that was written down is lost unseen.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from intel.config import CHINA
from intel.days import FIRST, LAST
from intel.model import FieldReport
from intel.refusal import Refusal
from pipelines.text import fold

RELIABILITY = "B"  # what was said to our own staff, unless they judge otherwise
FOLLOW_UP = timedelta(days=7)
MOST = 20_000  # characters of one entry
_TABLE = Path(__file__).parent / "field.toml"
_LINE = re.compile(
    r"\s{0,9}[-*]?\s{0,9}(?:\*\*)?(?P<name>[^：:*]{1,20})(?:\*\*)?\s{0,9}[：:](?:\*\*)?(?P<value>.*)"
)
_HEADING = re.compile(r"#{1,6}\s{1,9}(?P<name>.{1,60}?)\s{0,9}[：:]?\s{0,9}")


class BadReport(Refusal, ValueError):
    """A field report that cannot be taken; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Form:
    """field.toml: the names of entries and of ways, folded, to what they mean; `ways` are the labels."""

    entries: Mapping[str, str]
    named_ways: Mapping[str, str]
    ways: Mapping[str, str]


@cache
def form() -> Form:
    """The form shipped with the product."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    entries = {fold(name): entry for entry, names in table["entries"].items() for name in names}
    named = {fold(name): way for way, names in table["ways"].items() for name in (way, *names)}
    return Form(entries, named, {way: names[0] for way, names in table["ways"].items()})


# ---- from what a person fills in


def filled(text: str) -> dict[str, str]:
    """The entries of a form in JSON or Markdown, by their name in FieldReport. Raises BadReport."""
    given = _json(text) if text.lstrip().startswith("{") else _markdown(text)
    entries: dict[str, str] = {}
    for name, value in given.items():
        entry = form().entries.get(fold(name.strip()))
        if entry is None:
            raise BadReport(f"no entry {name!r} in a field report; known: {', '.join(form().entries)}")
        if entry in entries:
            raise BadReport(f"{name!r} stands twice in the form")
        entries[entry] = value.strip()
    return entries


def _json(text: str) -> dict[str, str]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise BadReport(f"the form is no JSON: {error}") from error
    wrong = [name for name, value in told.items() if not isinstance(value, str)]
    if wrong:
        raise BadReport(f"{', '.join(wrong)} must be texts")
    return dict(told)


def _markdown(text: str) -> dict[str, str]:
    """Lines `- 日期：2026-11-20`, and headings with what stands below them; a title is passed over."""
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        if title := _HEADING.fullmatch(line):
            heading = title["name"] if fold(title["name"]) in form().entries else ""
            if heading:
                found.setdefault(heading, "")
        elif heading:
            found[heading] += f"{line.rstrip()}\n"
        elif entry := _LINE.fullmatch(line):
            found[entry["name"].strip()] = entry["value"]
        elif line.strip():
            raise BadReport(f"no entry of a field report: {line.strip()[:60]!r}")
    return found


def reported(entries: Mapping[str, str], now: datetime) -> FieldReport:
    """A report from its entries; `account` is an id. Raises BadReport naming what is missing or wrong."""
    missing = [name for name in ("account", "author", "points") if not entries.get(name, "").strip()]
    if missing:
        raise BadReport(f"a field report needs {', '.join(missing)}")
    day = _day(entries.get("happened_on"), now.astimezone(CHINA).date())
    return checked(
        FieldReport(
            account=entries["account"],
            author=entries["author"].strip(),
            happened_on=day,
            way=_way(entries.get("way") or "visit"),
            points=entries["points"].strip(),
            entered_at=now,
            follow_up_on=_day(entries.get("follow_up_on"), day + FOLLOW_UP),
            place=entries.get("place", "").strip(),
            ideas=entries.get("ideas", "").strip(),
            next_step=entries.get("next_step", "").strip(),
            reliability=(entries.get("reliability") or RELIABILITY).strip().upper(),
        )
    )


def altered(report: FieldReport, entries: Mapping[str, str]) -> FieldReport:
    """A report with some entries changed. Raises BadReport."""
    merged = _entries(report) | dict(entries)
    if "happened_on" in entries and "follow_up_on" not in entries and report.followed_up_on is None:
        moved = report.follow_up_on - report.happened_on
        merged["follow_up_on"] = (_day(entries["happened_on"], report.happened_on) + moved).isoformat()
    made = reported(merged, report.entered_at)
    return replace(made, id=report.id, followed_up_on=report.followed_up_on)


def _entries(report: FieldReport) -> dict[str, str]:
    names = set(form().entries.values())
    return {name: str(value) for name, value in asdict(report).items() if name in names}


def checked(report: FieldReport) -> FieldReport:
    """The report, if it can be one. Raises BadReport."""
    if report.reliability not in tuple("ABCDEF"):
        raise BadReport(f"no such reliability {report.reliability!r}; it is a letter from A to F")
    for day in (report.happened_on, report.follow_up_on):
        if not FIRST <= day <= LAST:
            raise BadReport(f"{day}: no day before {FIRST} or after {LAST}")
    if report.happened_on > report.entered_at.astimezone(CHINA).date():
        raise BadReport(f"{report.happened_on} is yet to come; a report tells what has happened")
    if report.follow_up_on < report.happened_on:
        raise BadReport(f"a follow-up on {report.follow_up_on} would be before {report.happened_on}")
    long = [one.name for one in fields(report) if len(str(getattr(report, one.name))) > MOST]
    if long:
        raise BadReport(f"{', '.join(long)}: more than {MOST} characters")
    return report


def _day(text: str | None, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text.strip()) if text and text.strip() else otherwise
    except ValueError:
        raise BadReport(f"no such day {text!r}; write it like 2026-11-20") from None
    return day


def _way(text: str) -> str:
    known = form()
    if way := known.named_ways.get(fold(text.strip())):
        return way
    listed = ", ".join(f"{way} {label}" for way, label in known.ways.items())
    raise BadReport(f"no way {text!r} to meet a client; known: {listed}")
