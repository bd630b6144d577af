"""Field reports: what staff heard from a client, from a form to a kept row and to the page it is read from.

In: entries as a person or a form gives them, or a FieldReport. Out: rows of field_report, and with each
version of a report a page of the source `field` at field:ID, which the usual flow reads.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.config import CHINA
from intel.db import AccountRow, FieldReportRow, read_only
from intel.model import FieldReport, Page, Source
from intel.query import UnknownName
from pipelines.field_report import CONTENT_TYPE, SCHEME, SOURCE
from pipelines.text import fold

FIELD = Source(
    name=SOURCE,
    label="客户接触记录",
    kind="field",
    channel="field",
    url="",
    owner="我司",
    reliability="B",
    lawful_basis="signed reports of our own staff",
    schedule="",
    expected_minimum=0,
    enabled=False,
)
FOLLOW_UP = timedelta(days=7)
MOST = 20_000  # characters of one entry
_TABLE = Path(__file__).parent / "field.toml"
_LINE = re.compile(
    r"\s{0,9}[-*]?\s{0,9}(?:\*\*)?(?P<name>[^：:*]{1,20})(?:\*\*)?\s{0,9}[：:](?:\*\*)?(?P<value>.*)"
)
_HEADING = re.compile(r"#{1,6}\s{1,9}(?P<name>.{1,60}?)\s{0,9}[：:]?\s{0,9}")


class BadReport(ValueError):
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
            reliability=(entries.get("reliability") or FIELD.reliability).strip().upper(),
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
        return date.fromisoformat(text.strip()) if text and text.strip() else otherwise
    except ValueError:
        raise BadReport(f"no such day {text!r}; write it like 2026-11-20") from None


def _way(text: str) -> str:
    known = form()
    if way := known.named_ways.get(fold(text.strip())):
        return way
    listed = ", ".join(f"{way} {label}" for way, label in known.ways.items())
    raise BadReport(f"no way {text!r} to meet a client; known: {listed}")


# ---- kept


def keep(session: Session, report: FieldReport, now: datetime) -> tuple[FieldReport, Page]:
    """Keep a report, over its earlier version if it has a number; its page is the caller's to keep.

    Raises UnknownName for a number that no report has.
    """
    row = session.get(FieldReportRow, report.id) if report.id else FieldReportRow()
    if row is None:
        raise no_report(report.id)
    for name, value in (asdict(report) | {"written_at": now}).items():
        if name not in ("id", "account"):
            setattr(row, name, value)
    row.account_id = report.account
    session.add(row)
    session.flush()
    kept = _report(row)
    return kept, _page(kept, session.get_one(AccountRow, report.account).name)


def follow_up(session: Session, number: int, day: date) -> FieldReport:
    """Keep that a report was followed up on a day. Raises UnknownName, BadReport."""
    row = session.get(FieldReportRow, number)
    if row is None:
        raise no_report(number)
    if day < row.happened_on:
        raise BadReport(f"a follow-up on {day} would be before {row.happened_on}")
    row.followed_up_on = day
    return _report(row)


def no_report(number: int) -> UnknownName:
    """The error for a number that no report has."""
    return UnknownName(f"no field report {number}; see: intel field list")


def _page(report: FieldReport, name: str) -> Page:
    """The page of a version of a report; `written_at` makes every version's bytes other ones."""
    assert report.written_at is not None
    told = asdict(report) | {"name": name, "way": form().ways[report.way]}
    body = json.dumps(told, ensure_ascii=False, default=lambda value: value.isoformat(), sort_keys=True)
    return Page(f"{SCHEME}{report.id}", SOURCE, report.written_at, body.encode(), CONTENT_TYPE)


def _report(row: FieldReportRow) -> FieldReport:
    own = {one.name: getattr(row, one.name) for one in fields(FieldReport) if one.name != "account"}
    return FieldReport(account=row.account_id, **own)


# ---- read back


class FieldReports:
    """Reads of the field reports of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def report(self, number: int) -> FieldReport:
        """One report. Raises UnknownName."""
        with Session(self._engine) as session:
            row = session.get(FieldReportRow, number)
            if row is None:
                raise no_report(number)
            return _report(row)

    def listed(self, account: str | None = None, due: date | None = None) -> Sequence[FieldReport]:
        """The reports, newest first; with `due` those to be followed up by that day, longest due first."""
        query = select(FieldReportRow).order_by(FieldReportRow.happened_on.desc(), FieldReportRow.id.desc())
        if account is not None:
            query = query.where(FieldReportRow.account_id == account)
        if due is not None:
            open_ = FieldReportRow.followed_up_on.is_(None) & (FieldReportRow.follow_up_on <= due)
            query = query.where(open_).order_by(None).order_by(FieldReportRow.follow_up_on, FieldReportRow.id)
        with Session(self._engine) as session:
            return [_report(row) for row in session.scalars(query)]
