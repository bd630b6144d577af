"""What a user keeps for himself: up to when news was seen, and searches to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from intel.bookmark_tables import SavedSearchRow, SeenRow
from intel.db import ArticleRow, read_only

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

    def see(self, user: str, up_to: datetime) -> None:
        """Keep that a user has seen what came in up to a moment: that of the page that showed it.

        What came in between the page and this is not seen, nor what is yet to come; an older page takes
        nothing back.
        """
        with Session(self._engine) as session, session.begin():
            last = session.scalar(select(func.max(ArticleRow.read_at)))
            row = session.get(SeenRow, user)
            at = up_to if last is None else min(up_to, last)
            if row is None:
                session.add(SeenRow(user=user, at=at))
            elif row.at < at:
                row.at = at

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
