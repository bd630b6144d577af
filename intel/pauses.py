"""Sources that an operator paused: the table of sources says what is watched, a pause that it rests for now.

A pause outlasts the loading of the table. What the table has disabled no operator can enable: that has
reasons in law or manners, which stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.db import SourcePauseRow, SourceRow, read_only
from intel.model import Source
from intel.query import unknown


@dataclass(frozen=True, slots=True)
class Pause:
    """That a source is not asked: who said so, why and when (aware)."""

    source: str
    by: str
    why: str
    at: datetime


class Pauses:
    """Reads and writes of one database's pauses. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def listed(self) -> Sequence[Pause]:
        """All pauses, by source."""
        with Session(self._reading) as session:
            rows = session.scalars(select(SourcePauseRow).order_by(SourcePauseRow.source))
            return [Pause(row.source, row.by, row.why, row.at) for row in rows]

    def names(self) -> frozenset[str]:
        """The names of the paused sources."""
        return frozenset(one.source for one in self.listed())

    def pause(self, pause: Pause) -> Pause:
        """Pause a source, or say anew why. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            _enable(session, pause.source, enabled=False)
            session.merge(SourcePauseRow(**asdict(pause)))
            note(session, By(pause.by, pause.why, pause.at), Act(Action.SOURCE_PAUSED, pause.source))
        return pause

    def resume(self, source: str, table: Iterable[Source], by: By) -> bool:
        """Take a pause away; gives whether the source is enabled then, as its row in the table has it.

        Raises UnknownName.
        """
        enabled = any(one.enabled for one in table if one.name == source)
        with Session(self._engine) as session, session.begin():
            _enable(session, source, enabled=enabled)
            if (row := session.get(SourcePauseRow, source)) is not None:
                session.delete(row)
                note(session, by, Act(Action.SOURCE_RESUMED, source))
        return enabled


def _enable(session: Session, name: str, *, enabled: bool) -> None:
    if session.get(SourceRow, name) is None:
        names = session.scalars(select(SourceRow.name).order_by(SourceRow.name)).all()
        raise unknown("source", name, names, names)
    session.execute(update(SourceRow).where(SourceRow.name == name).values(enabled=enabled))
