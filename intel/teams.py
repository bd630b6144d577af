"""Account teams: who sees which accounts' files.

A user who is in no team sees all. One who is in teams sees the accounts of these and no others, whatever the
role; a team without accounts sees none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from intel.acts import Act, Action, By, note
from intel.db import AccountRow, read_only
from intel.query import unknown
from intel.user_tables import TeamAccountRow, TeamMemberRow, TeamRow, UserRow
from intel.users import BadUser

_NAME = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Team:
    """People who look after the same accounts (ids)."""

    name: str
    members: tuple[str, ...]
    accounts: tuple[str, ...]


class Teams:
    """Reads and writes of one database's teams. Every public method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = read_only(engine)

    def listed(self) -> Sequence[Team]:
        """All teams, by name."""
        with Session(self._reading) as session:
            names = session.scalars(select(TeamRow.name).order_by(TeamRow.name)).all()
            return [_team(session, name) for name in names]

    def team(self, name: str) -> Team:
        """One team. Raises UnknownName."""
        with Session(self._reading) as session:
            _require(session, name)
            return _team(session, name)

    def put(self, team: Team, by: By) -> Team:
        """Make a team what it should be, or a new one. Raises BadUser, UnknownName."""
        if not _NAME.fullmatch(team.name):
            raise BadUser(f"bad name {team.name!r}: up to 40 letters, digits, '.', '_', '-'")
        with Session(self._engine) as session, session.begin():
            _known(session, "user", UserRow.name, team.members)
            _known(session, "account", AccountRow.id, team.accounts)
            before = _team(session, team.name) if session.get(TeamRow, team.name) else None
            if before is None:
                session.add(TeamRow(name=team.name, created_at=by.at))
                session.flush()
            for row, mine in ((TeamMemberRow, TeamMemberRow.team), (TeamAccountRow, TeamAccountRow.team)):
                session.execute(delete(row).where(mine == team.name))
            session.add_all(TeamMemberRow(team=team.name, user=one) for one in set(team.members))
            session.add_all(TeamAccountRow(team=team.name, account_id=one) for one in set(team.accounts))
            session.flush()
            after = _team(session, team.name)
            if after != before:
                note(session, by, _act(Action.TEAM_SET, before, after))
            return after

    def remove(self, name: str, by: By) -> None:
        """Take a team away. Raises UnknownName."""
        with Session(self._engine) as session, session.begin():
            row = _require(session, name)
            note(session, by, _act(Action.TEAM_REMOVED, _team(session, name), None))
            session.delete(row)


def _require(session: Session, name: str) -> TeamRow:
    row = session.get(TeamRow, name)
    if row is None:
        names = session.scalars(select(TeamRow.name).order_by(TeamRow.name)).all()
        raise unknown("team", name, names, names)
    return row


def _team(session: Session, name: str) -> Team:
    members = select(TeamMemberRow.user).where(TeamMemberRow.team == name).order_by(TeamMemberRow.user)
    accounts = select(TeamAccountRow.account_id).where(TeamAccountRow.team == name)
    return Team(
        name,
        tuple(session.scalars(members)),
        tuple(session.scalars(accounts.order_by(TeamAccountRow.account_id))),
    )


def _act(action: Action, before: Team | None, after: Team | None) -> Act:
    both = [one for one in (before, after) if one is not None]
    accounts = sorted({account for one in both for account in one.accounts})
    return Act(action, both[0].name, _members(before), _members(after), accounts)


def _members(team: Team | None) -> dict[str, Any]:
    return {} if team is None else {"members": list(team.members), "accounts": list(team.accounts)}


def _known(session: Session, what: str, column: object, names: Collection[str]) -> None:
    known = session.scalars(select(column)).all()  # type: ignore[call-overload]
    for name in names:
        if name not in known:
            raise unknown(what, name, known, known)
