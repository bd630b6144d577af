"""Browsers that are logged in: a token to a user, for twelve hours, or until an hour without a request."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from intel import tokens
from intel.user_tables import WebSessionRow

HOLDS = timedelta(hours=12)  # a working day
IDLE = timedelta(hours=1)


class WebSessions:
    """Reads and writes of one database's sessions. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, user: str, now: datetime) -> str:
        """A new session; gives its token. Those that no longer hold are cleared away."""
        token = tokens.new()
        with Session(self._engine) as session, session.begin():
            ended = (WebSessionRow.expires_at <= now) | (WebSessionRow.used_at <= now - IDLE)
            session.execute(delete(WebSessionRow).where(ended))
            row = WebSessionRow(digest=tokens.digest(token), user=user, created_at=now, used_at=now)
            row.expires_at = now + HOLDS
            session.add(row)
        return token

    def touch(self, token: str, now: datetime) -> None:
        """Note that a session was used."""
        mine = WebSessionRow.digest == tokens.digest(token)
        with self._engine.begin() as connection:
            connection.execute(update(WebSessionRow).where(mine).values(used_at=now))

    def end(self, token: str) -> None:
        """End a session; nothing where there is none."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(WebSessionRow).where(WebSessionRow.digest == tokens.digest(token)))
