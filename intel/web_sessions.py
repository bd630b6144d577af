"""Browsers that are logged in: a token to a user, for twelve hours, or until an hour without a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from intel import tokens
from intel.db import read_only
from intel.user_tables import WebSessionRow

HOLDS = timedelta(hours=12)  # a working day
IDLE = timedelta(hours=1)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WebSession:
    """A session that holds, without its token."""

    digest: str
    user: str
    used_at: datetime
    expires_at: datetime


class WebSessions:
    """Reads and writes of one database's sessions. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

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

    def found(self, token: str, now: datetime) -> WebSession | None:
        """The session of a token, if it holds."""
        with Session(self._reading) as session:
            row = session.get(WebSessionRow, tokens.digest(token))
            if row is None or row.expires_at <= now or row.used_at <= now - IDLE:
                return None
            return WebSession(row.digest, row.user, row.used_at, row.expires_at)

    def touch(self, one: WebSession, now: datetime) -> None:
        """Note that a session was used, at most once a minute."""
        if now - one.used_at < TOUCH_EVERY:
            return
        with Session(self._engine) as session, session.begin():
            row = session.get(WebSessionRow, one.digest)
            if row is not None:
                row.used_at = now

    def end(self, token: str) -> None:
        """End a session; nothing where there is none."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(WebSessionRow).where(WebSessionRow.digest == tokens.digest(token)))
