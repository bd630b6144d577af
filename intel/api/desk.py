"""What every route works with: the workspace to write to, the same to read from, users, limits, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from threading import Lock
from typing import Annotated

from argon2 import PasswordHasher
from fastapi import Depends, Request

from intel import db
from intel.api.limiting import Limits
from intel.bootstrap import Workspace
from intel.callers import Callers
from intel.config import CHINA
from intel.file_store import FileStore
from intel.keys import Keys
from intel.query import Query
from intel.teams import Teams
from intel.users import Users
from intel.web_sessions import WebSessions

READ_SECONDS = 10.0  # for one statement; the slowest takes a hundredth of that


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Options:
    """How an app is set up; tests turn the clock and hash cheaply."""

    clock: Callable[[], datetime] = _now
    hasher: PasswordHasher | None = None
    limits: Limits | None = None
    read_seconds: float = READ_SECONDS


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of one app. Reading through `reading` ends after some seconds; `workspace` writes."""

    workspace: Workspace
    reading: Workspace
    callers: Callers
    users: Users
    keys: Keys
    sessions: WebSessions
    teams: Teams
    limits: Limits
    changing: Lock  # held from looking at a version until it is changed
    clock: Callable[[], datetime]

    @classmethod
    def of(cls, workspace: Workspace, options: Options) -> Desk:
        """The desk over a workspace."""
        url = workspace.engine.url.render_as_string(hide_password=False)
        engine = db.read_only(db.open_engine(url, statement_seconds=options.read_seconds))
        reading = replace(workspace, engine=engine, query=Query(engine), files=FileStore(engine))
        return cls(
            workspace=workspace,
            reading=reading,
            callers=Callers(engine),
            users=Users(workspace.engine, options.hasher),
            keys=Keys(workspace.engine),
            sessions=WebSessions(workspace.engine),
            teams=Teams(workspace.engine),
            limits=options.limits or Limits(),
            changing=Lock(),
            clock=options.clock,
        )

    def now(self) -> datetime:
        """The moment it is."""
        return self.clock()

    def today(self) -> date:
        """The day it is in China."""
        return self.clock().astimezone(CHINA).date()


def _desk(request: Request) -> Desk:
    found = request.app.state.desk
    assert isinstance(found, Desk)
    return found


AtDesk = Annotated[Desk, Depends(_desk)]
