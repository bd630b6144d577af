"""Field reports kept: what staff heard from a client, to a row and to the page that it is read from.

In: a FieldReport (`intel.field_form` makes them). Out: rows of field_report, and with each
version of a report a page of the source `field` at field:ID, which the usual flow reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.db import AccountRow, FieldReportRow, PageRow, read_only
from intel.field_form import RELIABILITY, BadReport, form
from intel.model import FieldReport, Page, Source
from intel.query import UnknownName
from pipelines.field_report import CONTENT_TYPE, SCHEME, SOURCE

FIELD = Source(
    name=SOURCE,
    label="客户接触记录",
    kind="field",
    channel="field",
    url="",
    owner="我司",
    reliability=RELIABILITY,
    lawful_basis="signed reports of our own staff",
    schedule="",
    expected_minimum=0,
    enabled=False,
)

# ---- kept


TEXTS = ("place", "points", "ideas", "next_step")  # what staff write freely


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

    def unread(self, number: int) -> str:
        """Why nothing is read out of a report: a reason, "new" if it was not tried yet, "" if it was read."""
        newest = (
            select(PageRow).where(PageRow.url == f"{SCHEME}{number}").order_by(PageRow.id.desc()).limit(1)
        )
        with Session(self._engine) as session:
            page = session.scalars(newest).one()
            return page.reason or ("" if page.state == "read" else page.state)

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
