"""Who stands behind a key or a session that holds: one look into the database for each request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session

from intel import tokens
from intel.db import read_only
from intel.keys import parts_of
from intel.user_tables import ApiKeyRow, TeamAccountRow, TeamMemberRow, UserRow, WebSessionRow
from intel.users import ALLOWED, Scope, UserRole
from intel.web_sessions import IDLE


@dataclass(frozen=True, slots=True)
class Caller:
    """A user who may go on, with what is allowed and whose files may be seen (None: all).

    `used_at` is when the key or session was last used, as far as it is known.
    """

    user: str
    role: UserRole
    scopes: frozenset[Scope]
    accounts: frozenset[str] | None
    used_at: datetime | None
    key: int | None = None


class Callers:
    """Reads of one database's keys, sessions, users and teams."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def by_key(self, text: str, now: datetime) -> Caller | None:
        """Who acts by a key: one that is neither revoked nor over, of a user who is not disabled."""
        number, secret = parts_of(text)
        if number is None:
            return None
        columns = (UserRow.name, UserRow.role, ApiKeyRow.used_at, ApiKeyRow.digest, ApiKeyRow.scopes)
        query = select(*columns).join(UserRow, UserRow.name == ApiKeyRow.user)
        query = query.where(ApiKeyRow.id == number, UserRow.disabled_at.is_(None))
        query = query.where(ApiKeyRow.revoked_at.is_(None), ApiKeyRow.expires_at > now)
        with Session(self._engine) as session:
            row = session.execute(query).first()
            if row is None or not tokens.same(row.digest, tokens.digest(secret)):
                return None
            return _caller(session, row, frozenset(map(Scope, row.scopes.split())), number)

    def by_session(self, token: str, now: datetime) -> Caller | None:
        """Who is logged in by a token: not too long ago, not left alone, and not disabled."""
        query = (
            select(UserRow.name, UserRow.role, WebSessionRow.used_at)
            .join(UserRow, UserRow.name == WebSessionRow.user)
            .where(WebSessionRow.digest == tokens.digest(token), UserRow.disabled_at.is_(None))
            .where(WebSessionRow.expires_at > now, WebSessionRow.used_at > now - IDLE)
        )
        with Session(self._engine) as session:
            row = session.execute(query).first()
            return _caller(session, row, frozenset(Scope), None) if row is not None else None


def _caller(
    session: Session, row: Row[*tuple[object, ...]], scopes: frozenset[Scope], key: int | None
) -> Caller:
    role = UserRole(row.role)
    query = (
        select(TeamAccountRow.account_id)
        .select_from(TeamMemberRow)
        .outerjoin(TeamAccountRow, TeamAccountRow.team == TeamMemberRow.team)
        .where(TeamMemberRow.user == row.name)
    )
    mine = session.scalars(query).all()  # a team without accounts is a row without one
    accounts = frozenset(one for one in mine if one is not None) if mine else None
    return Caller(row.name, role, ALLOWED[role] & scopes, accounts, row.used_at, key)
