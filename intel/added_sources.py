"""Sources that users added beside the table of sources, and who did when.

A name that the table has too is the table's: what is shipped can be mended without asking what was added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.db import SourceAddedRow, read_only
from intel.model import Source
from intel.query import unknown


@dataclass(frozen=True, slots=True)
class AddedSource:
    """A source that somebody added at a moment (aware); `robots` is what its robots.txt said then."""

    source: Source
    robots: str
    by: str
    at: datetime


class AddedSources:
    """Reads and writes of one database's added sources. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def listed(self) -> Sequence[AddedSource]:
        """All of them, the last first."""
        query = select(SourceAddedRow).order_by(SourceAddedRow.at.desc(), SourceAddedRow.name)
        with Session(self._reading) as session:
            return [
                AddedSource(Source(**row.row), row.robots, row.by, row.at) for row in session.scalars(query)
            ]

    def beside(self, table: Iterable[Source]) -> tuple[Source, ...]:
        """A table of sources and, after it, those that were added."""
        rows = tuple(table)
        names = {one.name for one in rows}
        return (*rows, *(one.source for one in self.listed() if one.source.name not in names))

    def keep(self, added: AddedSource) -> None:
        """Add a source, in place of one of its name."""
        row = asdict(added.source)
        kept = SourceAddedRow(name=added.source.name, row=row, robots=added.robots, by=added.by, at=added.at)
        with Session(self._engine) as session, session.begin():
            session.merge(kept)
            act = Act(Action.SOURCE_ADDED, added.source.name, after=_told(row))
            note(session, By(added.by, "", added.at), act)

    def remove(self, name: str, by: By) -> None:
        """Take a source away; the pages it brought in stay. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = session.get(SourceAddedRow, name)
            if row is None:
                names = session.scalars(select(SourceAddedRow.name).order_by(SourceAddedRow.name)).all()
                raise unknown("added source", name, names, names)
            note(session, by, Act(Action.SOURCE_REMOVED, name, before=_told(row.row)))
            session.delete(row)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("label", "kind", "url", "lawful_basis")}
