"""Users, keys and teams: who may use the service. Passwords are set by command or by a link, never here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from intel.acts import ActView
from intel.api.access import Admin
from intel.api.asked import Acting, Number, Seen
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, page, part
from intel.api.problem import Problem, not_oneself
from intel.api.resource import Resource
from intel.api.tags import IfMatch, require_match, tagged
from intel.keys import LONGEST_DAYS, ApiKey
from intel.teams import Team, Teams
from intel.users import Scope, User, UserRole

router = Resource(tags=["administration"])
Name = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$", examples=["wang"])]
UserName = Annotated[str, Path(max_length=40, examples=["wang"])]
TeamName = Annotated[str, Path(max_length=40, pattern=r"^[\w.-]{1,40}$", examples=["platforms"])]


class NewUser(Acting):
    """A user without a password, who comes in by links and keys until one is set."""

    name: Name
    role: UserRole = UserRole.VIEWER


class UserChange(Acting):
    """What a user is from now on; what is left out stays."""

    role: Annotated[UserRole | None, Field(examples=["operator"])] = None
    disabled: bool | None = None


class NewKey(Acting):
    """A key to be issued: for whom, for what, allowing what, for how long."""

    user: Name
    label: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S", examples=["CRM"])]
    scopes: Annotated[set[Scope], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90


class TeamEntry(Acting):
    """Who is in a team, and which accounts' (ids) files it sees."""

    members: Annotated[list[Name], Field(max_length=500)]
    accounts: Annotated[
        list[Annotated[str, Field(max_length=40)]], Field(max_length=1000, examples=[["taobao"]])
    ]


@dataclass(frozen=True, slots=True)
class Issued:
    """A key, and its text, which is shown this once."""

    key: ApiKey
    text: str


@dataclass(frozen=True, slots=True)
class LoginToken:
    """The token of a link that logs a user in once, for POST /api/v1/session/link."""

    user: str
    token: str
    made_at: datetime


@router.get("/users")
def list_users(_who: Admin, desk: AtDesk) -> list[User]:
    """All users, by name."""
    return list(desk.users.listed())


@router.post("/users", status_code=201)
def add_user(_who: Admin, new: NewUser, desk: AtDesk, seen: Seen) -> User:
    """Add a user."""
    if any(one.name == new.name for one in desk.users.listed()):
        raise Problem(409, f"there is a user {new.name} already")
    return desk.users.add(new.name, new.role, "", seen.by(new.why))


@router.patch("/users/{name}")
def change_user(who: Admin, name: UserName, change: UserChange, desk: AtDesk, seen: Seen) -> User:
    """Give a user another role, let one in no more, or again."""
    not_oneself(who.user, name)
    user, by = desk.users.user(name), seen.by(change.why)
    if change.role is not None:
        user = desk.users.set_role(name, change.role, by)
    if change.disabled is not None:
        user = desk.users.disable(name, by) if change.disabled else desk.users.enable(name, by)
    return user


@router.post("/users/{name}/link", status_code=201)
def link_user(_who: Admin, name: UserName, desk: AtDesk, seen: Seen) -> LoginToken:
    """A link that logs a user in once, within ten minutes."""
    if desk.users.user(name).disabled_at is not None:
        raise Problem(409, f"user {name} is disabled")
    by = seen.by()
    return LoginToken(name, desk.users.link(name, by), by.at)


@router.get("/keys")
def list_keys(_who: Admin, desk: AtDesk) -> list[ApiKey]:
    """All keys without their secrets."""
    return list(desk.keys.listed())


@router.post("/keys", status_code=201)
def issue_key(_who: Admin, new: NewKey, desk: AtDesk, seen: Seen) -> Issued:
    """Issue a key; its text is shown this once."""
    return Issued(*desk.keys.issue(new.user, new.label, new.scopes, new.days, seen.by(new.why)))


@router.delete("/keys/{number}")
def revoke_key(_who: Admin, number: Number, desk: AtDesk, seen: Seen) -> ApiKey:
    """Let a key hold no more; it stays in the list."""
    return desk.keys.revoke(number, seen.by())


@router.get("/teams")
def list_teams(_who: Admin, desk: AtDesk) -> list[Team]:
    """All teams with their members and accounts."""
    return list(desk.teams.listed())


@router.get("/teams/{name}")
def get_team(_who: Admin, name: TeamName, desk: AtDesk, response: Response) -> Team:
    """One team."""
    team = desk.teams.team(name)
    tagged(response, team)
    return team


@router.put("/teams/{name}")
def put_team(
    _who: Admin, name: TeamName, entry: TeamEntry, desk: AtDesk, seen: Seen, if_match: IfMatch = None
) -> Team:
    """Make a team, or give one its members and accounts anew."""
    team = Team(name, tuple(entry.members), tuple(entry.accounts))

    def look() -> None:
        if if_match is not None:
            require_match(if_match, desk.teams.team(name))

    return Teams(desk.when(look).engine).put(team, seen.by(entry.why))


@router.delete("/teams/{name}", status_code=204)
def remove_team(_who: Admin, name: TeamName, desk: AtDesk, seen: Seen) -> None:
    """Take a team away; a member of no other team then sees all accounts' files."""
    desk.teams.remove(name, seen.by())


@router.get("/acts")
def list_acts(_who: Admin, seen: Seen, limit: Limit = USUAL, cursor: Cursor = None) -> Page[ActView]:
    """Who did what to users, keys, teams, sources, rules, messages and the data itself; the newest first."""
    asked = part(limit, cursor, (int,))
    [before] = asked.after or (None,)
    return page(seen.acts(asked.limit, before), limit, lambda one: (one.id,))
