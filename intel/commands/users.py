"""`intel users`, `keys` and `teams`: who may use the service, by which keys, and whose files they see.

A password comes from a prompt or from standard input, never from the command line, where others could see it.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from intel import bootstrap, screen
from intel.commands.options import AsJson, By, Why, acting
from intel.keys import Keys
from intel.teams import Team, Teams
from intel.users import BadUser, Scope, User, UserRole, Users, login_link, require_name

users_app = typer.Typer(no_args_is_help=True, help="Who may use the service, and as what.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys by which programs use the API.")
teams_app = typer.Typer(no_args_is_help=True, help="Account teams: who sees which accounts' files.")


Name = Annotated[str, typer.Argument(metavar="NAME", help="As the user logs in.")]
TeamName = Annotated[str, typer.Argument(metavar="TEAM", help="Its name.")]
Role = Annotated[UserRole, typer.Option(help="viewer, analyst, operator or admin.")]


@users_app.command("add")
def users_add(
    context: typer.Context,
    name: Name,
    by: By,
    role: Role = UserRole.VIEWER,
    without: Annotated[
        bool, typer.Option("--no-password", help="Let in by links and keys only, as for a program.")
    ] = False,
    why: Why = "",
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    require_name(name)
    users = _users(context)
    user = users.add(name, role, "" if without else _password(), acting(by, why))
    screen.out.print(f"user {user.name}: {user.role}")


@users_app.command("list")
def users_list(context: typer.Context, json: AsJson = False) -> None:
    """All users, with what they are and since when."""
    users = _users(context).listed()
    if json:
        screen.print_json(users)
        return
    columns = ("user", "role", "added", "disabled")
    screen.table(
        columns,
        [(one.name, one.role, one.created_at, one.disabled_at) for one in users],
        "nobody may log in yet; add a user with: intel users add NAME --role ROLE",
    )


@users_app.command("role")
def users_role(
    context: typer.Context,
    name: Name,
    role: Annotated[UserRole, typer.Argument(help="viewer, analyst, operator or admin.")],
    by: By,
    why: Why = "",
) -> None:
    """Give a user another role; it holds from the next request on, for keys too."""
    _tell(_users(context).set_role(name, role, acting(by, why)))


@users_app.command("password")
def users_password(context: typer.Context, name: Name, by: By, why: Why = "") -> None:
    """Set another password, asked for or read from standard input; the user's sessions end."""
    users = _users(context)
    users.user(name)
    _tell(users.set_password(name, _password(), acting(by, why)))


@users_app.command("disable")
def users_disable(context: typer.Context, name: Name, by: By, why: Why = "") -> None:
    """Let a user in no more; sessions end at once, keys are refused."""
    _tell(_users(context).disable(name, acting(by, why)))


@users_app.command("enable")
def users_enable(context: typer.Context, name: Name, by: By, why: Why = "") -> None:
    """Let a disabled user in again."""
    _tell(_users(context).enable(name, acting(by, why)))


@users_app.command("link")
def users_link(
    context: typer.Context,
    name: Name,
    by: By,
    url: Annotated[str, typer.Option(help="Where the service answers.")] = "http://127.0.0.1:8750",
    why: Why = "",
) -> None:
    """A link that logs a user in once, within ten minutes."""
    token = _users(context).link(name, acting(by, why))
    screen.out.print(login_link(url, token), markup=False, soft_wrap=True)


@keys_app.command("add")
def keys_add(
    context: typer.Context,
    name: Name,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is for: CRM, dashboard …")],
    by: By,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it allows; may be given several times.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How long it holds.")] = 90,
    why: Why = "",
    json: AsJson = False,
) -> None:
    """Issue a key that acts for a user; it is shown this once. It only reads if no scope is given."""
    keys = Keys(bootstrap.open_workspace(context.obj).engine)
    key, text = keys.issue(name, label, set(scope or [Scope.READ]), days, acting(by, why))
    if json:
        screen.print_json({"text": text, "key": key})
        return
    screen.out.print(text, markup=False)
    screen.err.print(f"key {key.id} holds until {screen.shown(key.expires_at)}; it is not shown again")


@keys_app.command("list")
def keys_list(context: typer.Context, json: AsJson = False) -> None:
    """All keys: whose, what for, what they allow, until when, last used."""
    keys = Keys(bootstrap.open_workspace(context.obj).engine).listed()
    if json:
        screen.print_json(keys)
        return
    columns = ("key", "user", "label", "scopes", "expires", "revoked", "last used")
    screen.table(
        columns,
        [(k.id, k.user, k.label, " ".join(k.scopes), k.expires_at, k.revoked_at, k.used_at) for k in keys],
        "no program has a key yet; issue one with: intel keys add USER LABEL",
    )


@keys_app.command("revoke")
def keys_revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="KEY", help="As `intel keys list` numbers it.")],
    by: By,
    why: Why = "",
) -> None:
    """Let a key hold no more, from the next request on."""
    key = Keys(bootstrap.open_workspace(context.obj).engine).revoke(number, acting(by, why))
    screen.out.print(f"key {key.id} of {key.user} revoked")


@teams_app.command("list")
def teams_list(context: typer.Context, json: AsJson = False) -> None:
    """All teams with their members and accounts."""
    teams = Teams(bootstrap.open_workspace(context.obj).engine).listed()
    if json:
        screen.print_json(teams)
        return
    columns = ("team", "members", "accounts")
    screen.table(
        columns,
        [(one.name, " ".join(one.members), " ".join(one.accounts)) for one in teams],
        "there are no teams, so everybody sees all accounts; make one with: intel teams set TEAM",
    )


@teams_app.command("set")
def teams_set(
    context: typer.Context,
    name: TeamName,
    by: By,
    member: Annotated[list[str] | None, typer.Option(help="A user; may be given several times.")] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="An account: id, name or alias; may be given several times.")
    ] = None,
    why: Why = "",
) -> None:
    """Make a team, or give one its members and accounts anew: they see no other accounts' files."""
    workspace = bootstrap.open_workspace(context.obj)
    accounts = tuple(workspace.query.account(one).id for one in account or ())
    team = Teams(workspace.engine).put(Team(name, tuple(member or ()), accounts), acting(by, why))
    screen.out.print(f"{team.name}: {' '.join(team.members)} see {' '.join(team.accounts) or 'nothing'}")


@teams_app.command("remove")
def teams_remove(context: typer.Context, name: TeamName, by: By, why: Why = "") -> None:
    """Take a team away; a member of no other team then sees all accounts' files."""
    Teams(bootstrap.open_workspace(context.obj).engine).remove(name, acting(by, why))
    screen.out.print(f"{name}: removed")


def _users(context: typer.Context) -> Users:
    return Users(bootstrap.open_workspace(context.obj).engine)


def _password() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise BadUser("no password on standard input; for a user without one: --no-password")
    return given


def _tell(user: User) -> None:
    state = f", disabled since {screen.shown(user.disabled_at)}" if user.disabled_at else ""
    screen.out.print(f"user {user.name}: {user.role}{state}")
