"""What every route works with: the workspace to write to, the same to read from, users, limits, the clock.

What a route reads is as who asks may see it; who is nobody to us sees no field report at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated

from argon2 import PasswordHasher
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from intel import db
from intel.api.kept import Kept
from intel.api.limiting import Limits
from intel.bootstrap import Workspace
from intel.callers import Caller, Callers
from intel.config import CHINA
from intel.file_store import FileStore
from intel.keys import Keys
from intel.query import Query
from intel.store import Store
from intel.teams import Teams
from intel.users import Users
from intel.web_sessions import WebSessions

READ_SECONDS = 10.0  # for one statement; the slowest takes a hundredth of that
COOKIE = "intel_session"
BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key: intel keys add")
SESSION = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="session", description="POST /api/v1/session"
)


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
    kept: Kept
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
            kept=Kept(),
            clock=options.clock,
        )

    def shown_to(self, caller: Caller | None) -> Desk:
        """The desk as somebody sees it, or nobody."""
        accounts = frozenset[str]() if caller is None else caller.accounts
        return replace(self, reading=self.reading.seen_by(accounts))

    def when(self, look: Callable[[], None]) -> Workspace:
        """The workspace for one change: `look` sees whether it may still be made, and refuses it by raising.

        It reads from the desk, in the transaction of the change, when nobody else can write.
        """
        engine = db.looking_first(self.workspace.engine, look)
        store = Store(engine, self.workspace.tombstones.redaction)
        return replace(self.workspace, engine=engine, store=store, files=FileStore(engine))

    def now(self) -> datetime:
        """The moment it is."""
        return self.clock()

    def today(self) -> date:
        """The day it is in China."""
        return self.clock().astimezone(CHINA).date()


def desk_of(request: Request) -> Desk:
    """The desk at which all may be seen."""
    found = request.app.state.desk
    assert isinstance(found, Desk)
    return found


async def _whole(request: Request) -> Desk:
    return desk_of(request)


# For who comes in, and for the machine: no route that shows what is kept works at it.
WholeDesk = Annotated[Desk, Depends(_whole)]


# FastAPI walks through all that a route depends on, again for each time that it is named: what stands in
# nearly every route depends on little.
def find_caller(request: Request) -> Caller | None:
    """Who asks, if it is somebody. A key that is wrong is not made good by a cookie."""
    desk, given = desk_of(request), request.headers.get("authorization")
    if given is not None:
        scheme, key = get_authorization_scheme_param(given)
        return desk.callers.by_key(key if scheme.lower() == "bearer" else "", desk.now())
    session = request.cookies.get(COOKIE)
    return desk.callers.by_session(session, desk.now()) if session else None


FoundCaller = Annotated[Caller | None, Depends(find_caller)]


async def _shown(request: Request, caller: FoundCaller) -> Desk:
    return desk_of(request).shown_to(caller)


AtDesk = Annotated[Desk, Depends(_shown)]
