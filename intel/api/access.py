"""Who asks, and whether they may: an API key, or the cookie of a session with proof against forgery.

Every route says what it requires: `Require(scope)` in its dependencies, or `PUBLIC`. A test walks the route
table and fails on one that says nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request, Security
from starlette.datastructures import UploadFile

from intel import tokens
from intel.api.desk import BEARER, COOKIE, SESSION, Desk, FoundCaller, desk_of
from intel.api.problem import Problem
from intel.callers import Caller
from intel.users import Scope, UserRole

CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf_token"
# "Last used" is no audit, and a write waits for other writers: once a minute, after the answer, is enough.
TOUCH_EVERY = timedelta(minutes=1)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_WHO = {"WWW-Authenticate": 'Bearer realm="intel"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `accounts` are those whose files may be seen, None for all; `key` where a key was used."""

    user: str
    role: UserRole
    scopes: frozenset[Scope]
    accounts: frozenset[str] | None = None
    key: int | None = None

    @classmethod
    def of(cls, caller: Caller) -> Principal:
        """Whoever a key or a session belongs to."""
        return cls(caller.user, caller.role, caller.scopes, caller.accounts, caller.key)

    def may(self, scope: Scope) -> bool:
        """Whether something is allowed."""
        return scope in self.scopes

    def may_see(self, account: str) -> bool:
        """Whether an account's (id) file may be seen."""
        return self.accounts is None or account in self.accounts


def csrf_token(request: Request) -> str:
    """The proof that a form or a script of ours sends along; "" without a session."""
    return proof_of(request.cookies.get(COOKIE, ""))


def proof_of(token: str) -> str:
    """The proof against forgery of a session: worked out from its token, which no script can read."""
    return hashlib.sha256(f"csrf {token}".encode("utf-8", "replace")).hexdigest() if token else ""


async def _not_forged(request: Request) -> None:
    """An unsafe request by cookie proves that it comes from one of our pages. Raises Problem (403)."""
    by_cookie = COOKIE in request.cookies and "authorization" not in request.headers
    if request.method in SAFE or not by_cookie:
        return
    require_same_origin(request)
    given = request.headers.get(CSRF_HEADER, "")
    if not given and request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get(CSRF_FIELD, "")
        given = "" if isinstance(field, UploadFile) else field
    if not tokens.same(given, csrf_token(request)):
        raise Problem(403, f"the request lacks the session's {CSRF_HEADER} (or {CSRF_FIELD} in a form)")


def require_same_origin(request: Request) -> None:
    """Refuse what a browser says another site made it send. Raises Problem (403)."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host")
    if site not in (None, "same-origin", "none") or (site is None and foreign):
        raise Problem(403, "the request comes from another site")


async def principal(request: Request, after: BackgroundTasks, found: FoundCaller) -> Principal:
    """Who asks. Raises Problem (401, 403, 429)."""
    await _not_forged(request)
    desk = desk_of(request)
    if found is None:
        raise Problem(401, "log in, or send a key that holds: Authorization: Bearer ik_…", _WHO)
    if found.used_at is None or desk.now() - found.used_at >= TOUCH_EVERY:
        after.add_task(_touch, desk, found, request.cookies.get(COOKIE, ""))
    request.state.left = desk.limits.user(found.user)
    who = Principal.of(found)
    request.state.who = who  # a page that tells an error keeps its menu
    return who


def _touch(desk: Desk, caller: Caller, token: str) -> None:
    if caller.key is not None:
        desk.keys.touch(caller.key, desk.now())
    else:
        desk.sessions.touch(token, desk.now())


@dataclass(frozen=True, slots=True)
class Require:
    """A dependency: whoever asks, and may do this. Raises Problem (401, 403).

    The key and the session are there for the specification: `find_caller` has looked at them.
    """

    scope: Scope

    async def __call__(
        self,
        who: Annotated[Principal, Depends(principal)],
        _key: Annotated[object, Security(BEARER)] = None,
        _session: Annotated[object, Security(SESSION)] = None,
    ) -> Principal:
        """Who asks, if allowed."""
        if not who.may(self.scope):
            raise Problem(403, f"{who.user} may not {self.scope} (or the key's scopes leave it out)")
        return who


def require(scope: Scope) -> Require:
    """A dependency: whoever asks, and may do this."""
    return Require(scope)


async def public() -> None:
    """A dependency that says that anybody may ask."""


PUBLIC = Depends(public)
Reader = Annotated[Principal, Depends(Require(Scope.READ))]
Reporter = Annotated[Principal, Depends(Require(Scope.REPORT))]
Analyst = Annotated[Principal, Depends(Require(Scope.REVIEW))]
Worker = Annotated[Principal, Depends(Require(Scope.WORK))]
Operator = Annotated[Principal, Depends(Require(Scope.OPERATE))]
Admin = Annotated[Principal, Depends(Require(Scope.ADMINISTER))]
