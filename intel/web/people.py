"""Users and teams, for administrators: who may come in, as what, and sees which accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response

from intel.acts import Acts, ActView
from intel.api.access import Admin
from intel.api.problem import not_oneself
from intel.teams import Team
from intel.users import User, UserRole
from intel.web.accounts import names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import Asked

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class UsersView:
    """All users and teams, with the last act on each user."""

    users: Sequence[User]
    teams: Sequence[Team]
    roles: Sequence[str]
    names: dict[str, str]
    last: Mapping[str, ActView]


@router.get("/users")
def users(asked: Asked, who: Admin) -> Response:
    """Who may come in."""
    desk = asked.desk
    roles = [one.value for one in UserRole]
    last = Acts(desk.reading.engine).last("user")
    view = UsersView(desk.users.listed(), desk.teams.listed(), roles, names(asked), last)
    return asked.show("users.html.jinja", view, who)


@router.post("/users/{name}/role")
def set_role(name: str, role: Annotated[UserRole, Form()], asked: Asked, who: Admin) -> Response:
    """Give a user another role; nobody takes his own away."""
    not_oneself(who.user, name)
    asked.desk.users.set_role(name, role, asked.sight(who).by())
    return done("/users", "user_changed")


@router.post("/users/{name}/disable")
def disable(name: str, asked: Asked, who: Admin) -> Response:
    """Let a user in no more."""
    not_oneself(who.user, name)
    asked.desk.users.disable(name, asked.sight(who).by())
    return done("/users", "user_changed")


@router.post("/users/{name}/enable")
def enable(name: str, asked: Asked, who: Admin) -> Response:
    """Let a user in again."""
    asked.desk.users.enable(name, asked.sight(who).by())
    return done("/users", "user_changed")
