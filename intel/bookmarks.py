"""What a user keeps for himself: up to when news was seen, and searches to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from intel.bookmark_tables import SavedSearchRow, SeenRow
from intel.db import read_only

MOST = 50  # searches of a user


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with the name it is kept under; `query` is the part of the address behind the ?."""

    id: int
    name: str
    query: str


class Bookmarks:
    """Reads and writes of one database's bookmarks. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def seen(self, user: str) -> datetime | None:
        """Up to when a user has seen what came in; None before the first time."""
        with Session(self._reading) as session:
            row = session.get(SeenRow, user)
            return row.at if row is not None else None

    def see(self, user: str, now: datetime) -> None:
        """Keep that a user has seen all that came in until now."""
        with Session(self._engine) as session, session.begin():
            session.merge(SeenRow(user=user, at=now))

    def searches(self, user: str) -> Sequence[SavedSearch]:
        """A user's searches, by name."""
        query = select(SavedSearchRow).where(SavedSearchRow.user == user).order_by(SavedSearchRow.name)
        with Session(self._reading) as session:
            return [SavedSearch(row.id, row.name, row.query) for row in session.scalars(query)]

    def save(self, user: str, name: str, query: str, now: datetime) -> None:
        """Keep a search in place of one of the same name; of more than MOST the oldest goes."""
        with Session(self._engine) as session, session.begin():
            mine = SavedSearchRow.user == user
            session.execute(delete(SavedSearchRow).where(mine, SavedSearchRow.name == name))
            session.add(SavedSearchRow(user=user, name=name, query=query, at=now))
            session.flush()
            rows = session.scalars(select(SavedSearchRow).where(mine).order_by(SavedSearchRow.at.desc()))
            for row in rows.all()[MOST:]:
                session.delete(row)

    def forget(self, user: str, number: int) -> None:
        """Take a user's search away; nothing where there is none."""
        with Session(self._engine) as session, session.begin():
            mine = (SavedSearchRow.user == user) & (SavedSearchRow.id == number)
            session.execute(delete(SavedSearchRow).where(mine))
