"""What `intel.health` needs of the database: the runs of every source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from intel.db import SourceCheckRow, SourceRunRow, read_only
from intel.health import History
from intel.model import RunState, SourceCheck, SourceRun

# Runs looked back on: enough to see how long a source has been failing.
LOOK_BACK = 20
_SUCCESSES = (RunState.OK, RunState.EMPTY, RunState.NOT_MODIFIED)


class Histories:
    """Reads of the runs in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def all(self, look_back: int = LOOK_BACK) -> Mapping[str, History]:
        """The history of every source that has ever run or been tried, by its name."""
        with Session(self._engine) as session:
            runs = _last_runs(session, look_back)
            first = _moments(session, func.min(SourceRunRow.started_at))
            success = _moments(
                session,
                func.max(SourceRunRow.finished_at).filter(SourceRunRow.state.in_(_SUCCESSES)),
            )
            new = _moments(session, func.max(SourceRunRow.finished_at).filter(SourceRunRow.new > 0))
            checks = {row.source: _check(row) for row in session.scalars(select(SourceCheckRow))}
        return {
            name: History(
                tuple(runs.get(name, ())), first.get(name), success.get(name), new.get(name), checks.get(name)
            )
            for name in sorted(runs.keys() | checks)
        }


def _last_runs(session: Session, look_back: int) -> Mapping[str, list[SourceRun]]:
    """The last runs of every source, newest first."""
    place = func.row_number().over(
        partition_by=SourceRunRow.source, order_by=(SourceRunRow.started_at.desc(), SourceRunRow.id.desc())
    )
    numbered = select(SourceRunRow.id, place.label("place")).subquery()
    rows = session.scalars(
        select(SourceRunRow)
        .join(numbered, numbered.c.id == SourceRunRow.id)
        .where(numbered.c.place <= look_back)
        .order_by(SourceRunRow.source, numbered.c.place)
    )
    runs: defaultdict[str, list[SourceRun]] = defaultdict(list)
    for row in rows:
        runs[row.source].append(_run(row))
    return runs


def _moments(session: Session, moment: ColumnElement[datetime]) -> dict[str, datetime | None]:
    rows = session.execute(select(SourceRunRow.source, moment).group_by(SourceRunRow.source))
    return dict(rows.all())


def _check(row: SourceCheckRow) -> SourceCheck:
    return SourceCheck(row.source, row.checked_at, row.robots, row.listed, tuple(row.problems))


def _run(row: SourceRunRow) -> SourceRun:
    return SourceRun(
        source=row.source,
        started_at=row.started_at,
        finished_at=row.finished_at,
        state=RunState(row.state),
        requests=row.requests,
        pages=row.pages,
        new=row.new,
        known=row.known,
        bytes=row.bytes,
        errors=row.errors,
        rejected=row.rejected,
        reason=row.reason,
    )
