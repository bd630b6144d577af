"""Who may use the service: users with a role, their passwords and what they may do.

In: names and passwords. Out: a `User`, or a refusal that does not tell which of the two was wrong. Passwords
are kept as argon2 hashes; every other secret is random and kept as its SHA-256 (`intel.tokens`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from intel import tokens
from intel.acts import Act, Action, By, note
from intel.db import read_only
from intel.query import unknown
from intel.refusal import Refusal
from intel.user_tables import LoginLinkRow, UserRow, WebSessionRow

SHORTEST, LONGEST = 12, 256  # characters of a password
LINK_HOLDS = timedelta(minutes=10)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
# One check takes 64 MiB: a flood of log-ins must wait, not fill the memory.
_AT_ONCE = BoundedSemaphore(2)


class Scope(StrEnum):
    """What can be allowed.

    READ: look. REPORT: enter field reports. REVIEW: decide on what was read. WORK: tasks, questions,
    judgements, stages. OPERATE: watchlist, sources, jobs. ADMINISTER: users, keys, teams.
    """

    READ = "read"
    REPORT = "report"
    REVIEW = "review"
    WORK = "work"
    OPERATE = "operate"
    ADMINISTER = "administer"


class UserRole(StrEnum):
    """What somebody is to the service."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"


ALLOWED: Mapping[UserRole, frozenset[Scope]] = {
    UserRole.VIEWER: frozenset({Scope.READ}),
    UserRole.ANALYST: frozenset({Scope.READ, Scope.REPORT, Scope.REVIEW, Scope.WORK}),
    UserRole.OPERATOR: frozenset({Scope.READ, Scope.OPERATE}),
    UserRole.ADMIN: frozenset(Scope),
}


class BadUser(Refusal, ValueError):
    """A user, key or team that cannot be made as asked; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in, unless disabled."""

    name: str
    role: UserRole
    created_at: datetime
    disabled_at: datetime | None = None


class Users:
    """Reads and writes of one database's users. Every public method is one transaction."""

    def __init__(self, engine: Engine, hasher: PasswordHasher | None = None) -> None:
        self._engine = engine
        self._reading = read_only(engine)
        self._hasher = hasher or PasswordHasher()

    def add(self, name: str, role: UserRole, password: str, by: By) -> User:
        """Add a user; without a password ("") only by links and keys. Raises BadUser."""
        require_name(name)
        hashed = self._hashed(password) if password else ""
        with Session(self._engine) as session, session.begin():
            if session.get(UserRow, name) is not None:
                raise BadUser(f"there is a user {name} already")
            row = UserRow(name=name, role=role.value, password=hashed, created_at=by.at)
            session.add(row)
            note(session, by, Act(Action.USER_ADDED, name, after={"role": role.value}))
            return _user(row)

    def listed(self) -> Sequence[User]:
        """All users, by name."""
        with Session(self._reading) as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]

    def user(self, name: str) -> User:
        """One user. Raises UnknownName."""
        with Session(self._reading) as session:
            return _user(_row(session, name))

    def set_role(self, name: str, role: UserRole, by: By) -> User:
        """Give a user another role. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = _row(session, name)
            if row.role != role.value:
                change = {"role": row.role}, {"role": role.value}
                note(session, by, Act(Action.USER_ROLE, name, *change))
            row.role = role.value
            return _user(row)

    def set_password(self, name: str, password: str, by: By) -> User:
        """Set another password, and end the user's sessions. Raises UnknownName, BadUser."""
        hashed = self._hashed(password)
        with Session(self._engine) as session, session.begin():
            row = _row(session, name)
            row.password = hashed
            _log_out(session, name)
            note(session, by, Act(Action.USER_PASSWORD, name))
            return _user(row)

    def disable(self, name: str, by: By) -> User:
        """Let a user in no more: sessions and links end, keys are refused. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = _row(session, name)
            if row.disabled_at is None:
                row.disabled_at = by.at
                note(session, by, Act(Action.USER_DISABLED, name))
            _log_out(session, name)
            return _user(row)

    def enable(self, name: str, by: By) -> User:
        """Let a disabled user in again. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = _row(session, name)
            if row.disabled_at is not None:
                row.disabled_at = None
                note(session, by, Act(Action.USER_ENABLED, name))
            return _user(row)

    # Logging in

    def checked(self, name: str, password: str) -> User | None:
        """The user of this name and password, if both are right and the user is not disabled.

        An unknown name takes as long as a wrong password.
        """
        with Session(self._reading) as session:
            row = session.get(UserRow, name)
            hashed = row.password if row is not None else ""
            user = _user(row) if row is not None else None
        right = self._verified(hashed or _nobodys(self._hasher), password)
        if not right or user is None or not hashed or user.disabled_at is not None:
            return None
        return user

    def link(self, name: str, by: By) -> str:
        """A token that logs a user in once, within ten minutes. Raises UnknownName, BadUser."""
        token = tokens.new()
        with Session(self._engine) as session, session.begin():
            if _row(session, name).disabled_at is not None:
                raise BadUser(f"user {name} is disabled; first: intel users enable {name}")
            session.execute(delete(LoginLinkRow).where(LoginLinkRow.expires_at <= by.at))
            expires = by.at + LINK_HOLDS
            session.add(LoginLinkRow(digest=tokens.digest(token), user=name, expires_at=expires))
            note(session, by, Act(Action.USER_LINK, name))
        return token

    def redeem(self, token: str, now: datetime) -> User | None:
        """The user of a link that was not used yet; it is used up by this."""
        with Session(self._engine) as session, session.begin():
            row = session.get(LoginLinkRow, tokens.digest(token), with_for_update=True)
            if row is None:
                return None
            session.delete(row)
            user = _user(_row(session, row.user))
            return user if row.expires_at > now and user.disabled_at is None else None

    def _hashed(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadUser(f"a password has {SHORTEST} to {LONGEST} characters")
        with _AT_ONCE:
            return self._hasher.hash(password)

    def _verified(self, hashed: str, password: str) -> bool:
        with _AT_ONCE:
            try:
                return self._hasher.verify(hashed, password[: LONGEST + 1])
            except VerificationError:
                return False


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """A hash as the hasher makes them, of a password that nobody has."""
    return hasher.hash(tokens.new())


def _row(session: Session, name: str) -> UserRow:
    row = session.get(UserRow, name)
    if row is None:
        names = session.scalars(select(UserRow.name).order_by(UserRow.name)).all()
        raise unknown("user", name, names, names)
    return row


def _user(row: UserRow) -> User:
    return User(row.name, UserRole(row.role), row.created_at, row.disabled_at)


def _log_out(session: Session, name: str) -> None:
    session.execute(delete(WebSessionRow).where(WebSessionRow.user == name))
    session.execute(delete(LoginLinkRow).where(LoginLinkRow.user == name))


def require_name(name: str) -> None:
    """Raises BadUser for what no user can be called."""
    if not _NAME.fullmatch(name):
        raise BadUser(f"bad name {name!r}: up to 40 of a-z, 0-9, '.', '_', '-', a letter or digit first")


def login_link(url: str, token: str) -> str:
    """Behind the #: browsers send it to nobody, so that it stands in no server's log."""
    return f"{url.rstrip('/')}/login#link={token}"
