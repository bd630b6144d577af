"""API keys: how a program acts for a user, with no more than some scopes and for no longer than some days.

A key is `ik_NUMBER_SECRET`; it is shown once, when it is issued.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from intel import tokens
from intel.acts import Act, Action, By, note
from intel.db import read_only
from intel.query import UnknownName, unknown
from intel.user_tables import ApiKeyRow, UserRow
from intel.users import ALLOWED, BadUser, Scope, UserRole

LONGEST_DAYS = 366
_KEY = re.compile(r"ik_([0-9]{1,9})_([\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    id: int
    user: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


class Keys:
    """Reads and writes of one database's API keys. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def issue(
        self, user: str, label: str, scopes: Collection[Scope], days: int, by: By
    ) -> tuple[ApiKey, str]:
        """A new key and its text; it holds so many days. Raises BadUser, UnknownName."""
        if not label.strip() or not scopes:
            raise BadUser("a key needs a label, what it is for, and at least one scope")
        if not 1 <= days <= LONGEST_DAYS:
            raise BadUser(f"a key holds 1 to {LONGEST_DAYS} days")
        secret = tokens.new()
        with Session(self._engine) as session, session.begin():
            _allowed(session, user, scopes)
            row = ApiKeyRow(
                user=user,
                label=label.strip(),
                digest=tokens.digest(secret),
                scopes=" ".join(sorted(scopes)),
                created_at=by.at,
                expires_at=by.at + timedelta(days=days),
            )
            session.add(row)
            session.flush()
            told = {"user": user, "label": row.label, "scopes": row.scopes.split(), "days": days}
            note(session, by, Act(Action.KEY_ISSUED, str(row.id), after=told))
            return _key(row), f"ik_{row.id}_{secret}"

    def listed(self, user: str | None = None) -> Sequence[ApiKey]:
        """All keys, or those of a user, in the order of issue."""
        query = select(ApiKeyRow).order_by(ApiKeyRow.id)
        if user is not None:
            query = query.where(ApiKeyRow.user == user)
        with Session(self._reading) as session:
            return [_key(row) for row in session.scalars(query)]

    def revoke(self, number: int, by: By) -> ApiKey:
        """Let a key hold no more. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = session.get(ApiKeyRow, number)
            if row is None:
                raise UnknownName(f"no key {number}; see: intel keys list")
            if row.revoked_at is None:
                row.revoked_at = by.at
                told = {"user": row.user, "label": row.label}
                note(session, by, Act(Action.KEY_REVOKED, str(number), before=told))
            return _key(row)

    def touch(self, number: int, now: datetime) -> None:
        """Note that a key was used."""
        with self._engine.begin() as connection:
            connection.execute(update(ApiKeyRow).where(ApiKeyRow.id == number).values(used_at=now))


def parts_of(text: str) -> tuple[int | None, str]:
    """The number and the secret of a key's text; no number where it is none of ours."""
    parts = _KEY.fullmatch(text)
    return (int(parts[1]), parts[2]) if parts else (None, "")


def _allowed(session: Session, user: str, scopes: Collection[Scope]) -> None:
    row = session.get(UserRow, user)
    if row is None:
        names = session.scalars(select(UserRow.name).order_by(UserRow.name)).all()
        raise unknown("user", user, names, names)
    if row.disabled_at is not None:
        raise BadUser(f"user {user} is disabled; first: intel users enable {user}")
    if above := sorted(set(scopes) - ALLOWED[UserRole(row.role)]):
        raise BadUser(f"{user} is {row.role} and may not {', '.join(above)} itself")


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        user=row.user,
        label=row.label,
        scopes=tuple(Scope(scope) for scope in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
