"""Who stands behind a key or a session that holds: one statement for each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, bindparam, select

from intel import tokens
from intel.db import by_statement
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


_ALL = frozenset(Scope)


def _of_users(*columns: Any) -> Select[Any]:
    """Of users: a row an account of each team; one for a team without any, and for who is in none."""
    member = TeamMemberRow.user == UserRow.name
    account = TeamAccountRow.team == TeamMemberRow.team
    query = select(UserRow.name, UserRow.role, TeamMemberRow.team, TeamAccountRow.account_id, *columns)
    query = query.select_from(UserRow).outerjoin(TeamMemberRow, member).outerjoin(TeamAccountRow, account)
    return query.where(UserRow.disabled_at.is_(None))


_BY_KEY = (
    _of_users(ApiKeyRow.used_at, ApiKeyRow.digest, ApiKeyRow.scopes)
    .join(ApiKeyRow, ApiKeyRow.user == UserRow.name)
    .where(ApiKeyRow.id == bindparam("number"))
    .where(ApiKeyRow.revoked_at.is_(None), ApiKeyRow.expires_at > bindparam("now"))
)
_BY_SESSION = (
    _of_users(WebSessionRow.used_at)
    .join(WebSessionRow, WebSessionRow.user == UserRow.name)
    .where(WebSessionRow.digest == bindparam("digest"))
    .where(WebSessionRow.expires_at > bindparam("now"), WebSessionRow.used_at > bindparam("idle"))
)


class Callers:
    """Reads of one database's keys, sessions, users and teams."""

    def __init__(self, engine: Engine) -> None:
        self._engine = by_statement(engine)

    def by_key(self, text: str, now: datetime) -> Caller | None:
        """Who acts by a key: one that is neither revoked nor over, of a user who is not disabled."""
        number, secret = parts_of(text)
        if number is None:
            return None
        rows = self._rows(_BY_KEY, number=number, now=now)
        if not rows or not tokens.same(rows[0].digest, tokens.digest(secret)):
            return None
        return _caller(rows, frozenset(map(Scope, rows[0].scopes.split())), number)

    def by_session(self, token: str, now: datetime) -> Caller | None:
        """Who is logged in by a token: not too long ago, not left alone, and not disabled."""
        rows = self._rows(_BY_SESSION, digest=tokens.digest(token), now=now, idle=now - IDLE)
        return _caller(rows, _ALL, None) if rows else None

    def _rows(self, query: Select[Any], **values: object) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(query, values).all()


def _caller(rows: Sequence[Row[Any]], scopes: frozenset[Scope], key: int | None) -> Caller:
    first = rows[0]
    role = UserRole(first.role)
    mine = frozenset(one.account_id for one in rows if one.account_id is not None)
    accounts = None if first.team is None else mine
    return Caller(first.name, role, ALLOWED[role] & scopes, accounts, first.used_at, key)
