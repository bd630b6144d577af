"""Users, keys, sessions and teams as they are kept, and the commands that manage them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from intel.callers import Callers
from intel.keys import Keys
from intel.query import UnknownName
from intel.teams import Team, Teams
from intel.users import ALLOWED, BadUser, Scope, UserRole, Users
from intel.web_sessions import HOLDS, IDLE, WebSessions
from tests.conftest import Command, Kept
from tests.making import root

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def users(kept: Kept) -> Users:
    """Users of a fresh database, 王 an analyst among them."""
    users = Users(kept.engine, CHEAP)
    users.add("wang", UserRole.ANALYST, PASSWORD, root(NOW))
    return users


def stored(kept: Kept) -> str:
    """All that the tables of users hold."""
    tables = ("login_user", "api_key", "web_session", "login_link")
    with kept.engine.connect() as connection:
        return "\n".join(str(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)


def test_a_password_lets_in_and_another_does_not(users: Users) -> None:
    user = users.checked("wang", PASSWORD)
    assert user is not None
    assert user.role is UserRole.ANALYST
    assert users.checked("wang", PASSWORD + "x") is None
    assert users.checked("wang", "") is None


def test_no_secret_is_kept_as_it_is(kept: Kept, users: Users) -> None:
    _, key = Keys(kept.engine).issue("wang", "CRM", {Scope.READ}, 30, root(NOW))
    secrets = (
        PASSWORD,
        key.split("_", 2)[2],
        WebSessions(kept.engine).begin("wang", NOW),
        users.link("wang", root(NOW)),
    )
    rows = stored(kept)
    assert "argon2id" in rows
    assert not [secret for secret in secrets if secret in rows]


class Counting(PasswordHasher):
    """A hasher that counts what it verifies."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002 (the library's name)
        self.verified += 1
        return super().verify(hash, password)


@pytest.mark.parametrize("name", ["wang", "nobody", "program", ""])
def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(kept: Kept, name: str) -> None:
    counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
    users = Users(kept.engine, counting)
    users.add("wang", UserRole.VIEWER, PASSWORD, root(NOW))
    users.add("program", UserRole.VIEWER, "", root(NOW))
    assert users.checked(name, "not the password") is None
    assert counting.verified == 1


def test_a_user_without_password_gets_in_with_none(kept: Kept) -> None:
    users = Users(kept.engine, CHEAP)
    users.add("program", UserRole.VIEWER, "", root(NOW))
    assert users.checked("program", "") is None


def test_a_disabled_user_is_let_in_by_nothing(kept: Kept, users: Users) -> None:
    sessions, callers = WebSessions(kept.engine), Callers(kept.engine)
    token, link = sessions.begin("wang", NOW), users.link("wang", root(NOW))
    users.disable("wang", root(NOW))
    assert users.checked("wang", PASSWORD) is None
    assert callers.by_session(token, NOW) is None
    assert users.redeem(link, NOW) is None
    with pytest.raises(BadUser, match="intel users enable"):
        users.link("wang", root(NOW))
    users.enable("wang", root(NOW))
    assert users.checked("wang", PASSWORD) is not None


def test_another_password_ends_the_sessions(kept: Kept, users: Users) -> None:
    token = WebSessions(kept.engine).begin("wang", NOW)
    users.set_password("wang", "quite another one", root(NOW))
    assert Callers(kept.engine).by_session(token, NOW) is None
    assert users.checked("wang", PASSWORD) is None


@pytest.mark.parametrize("password", ["short", "x" * 257])
def test_a_password_that_is_too_short_or_too_long_is_refused(users: Users, password: str) -> None:
    with pytest.raises(BadUser, match="12 to 256"):
        users.set_password("wang", password, root(NOW))


@pytest.mark.parametrize("name", ["", "王", "a b", "-x", "x" * 41, "A"])
def test_a_name_that_cannot_be_typed_everywhere_is_refused(users: Users, name: str) -> None:
    with pytest.raises(BadUser, match="bad name"):
        users.add(name, UserRole.VIEWER, "", root(NOW))


def test_a_link_holds_once_and_for_ten_minutes(users: Users) -> None:
    token = users.link("wang", root(NOW))
    late = users.link("wang", root(NOW))
    used = users.redeem(token, NOW + timedelta(minutes=9))
    assert used is not None
    assert used.name == "wang"
    assert users.redeem(token, NOW) is None
    assert users.redeem(late, NOW + timedelta(minutes=10)) is None


def test_a_session_ends_after_an_hour_without_a_request_and_after_twelve_in_any_case(
    kept: Kept, users: Users
) -> None:
    sessions, callers = WebSessions(kept.engine), Callers(kept.engine)
    token, at = sessions.begin("wang", NOW), NOW
    assert callers.by_session(token, NOW + IDLE) is None
    while at < NOW + HOLDS - timedelta(minutes=50):
        at += timedelta(minutes=50)
        found = callers.by_session(token, at)
        assert found is not None, at
        sessions.touch(token, at)
    assert callers.by_session(token, NOW + HOLDS) is None


def test_a_key_allows_no_more_than_its_user_s_role(kept: Kept, users: Users) -> None:
    with pytest.raises(BadUser, match="analyst and may not operate"):
        Keys(kept.engine).issue("wang", "CRM", {Scope.READ, Scope.OPERATE}, 30, root(NOW))


@pytest.mark.parametrize("days", [0, 367])
def test_a_key_holds_for_a_year_at_most(kept: Kept, users: Users, days: int) -> None:
    with pytest.raises(BadUser, match="1 to 366"):
        Keys(kept.engine).issue("wang", "CRM", {Scope.READ}, days, root(NOW))


def test_a_key_holds_until_it_expires_or_is_revoked(kept: Kept, users: Users) -> None:
    keys, callers = Keys(kept.engine), Callers(kept.engine)
    key, token = keys.issue("wang", "CRM", {Scope.READ}, 30, root(NOW))
    found = callers.by_key(token, NOW + timedelta(days=29))
    assert found is not None
    assert (found.user, found.key, found.scopes) == ("wang", key.id, frozenset({Scope.READ}))
    assert callers.by_key(token, NOW + timedelta(days=30)) is None
    assert callers.by_key(token[:-1] + ("A" if token[-1] != "A" else "B"), NOW) is None
    assert callers.by_key("ik_999_" + "x" * 43, NOW) is None
    assert callers.by_key("nonsense", NOW) is None
    keys.revoke(key.id, root(NOW))
    assert callers.by_key(token, NOW) is None


def test_every_role_may_read_and_only_admins_administer() -> None:
    assert all(Scope.READ in scopes for scopes in ALLOWED.values())
    assert [role for role, scopes in ALLOWED.items() if Scope.ADMINISTER in scopes] == [UserRole.ADMIN]


def test_who_is_in_no_team_sees_all_and_who_is_in_some_sees_theirs(kept: Kept, users: Users) -> None:
    teams, token = Teams(kept.engine), WebSessions(kept.engine).begin("wang", NOW)

    def seen() -> frozenset[str] | None:
        found = Callers(kept.engine).by_session(token, NOW)
        assert found is not None
        return found.accounts

    assert seen() is None
    teams.put(Team("one", ("wang",), ("taobao",)), root(NOW))
    teams.put(Team("two", ("wang",), ("pinduoduo",)), root(NOW))
    assert seen() == frozenset({"taobao", "pinduoduo"})
    teams.put(Team("two", ("wang",), ()), root(NOW))
    assert seen() == frozenset({"taobao"})
    teams.remove("one", root(NOW))
    assert seen() == frozenset()
    teams.remove("two", root(NOW))
    assert seen() is None


@pytest.mark.parametrize("team", [Team("one", ("nobody",), ()), Team("one", (), ("nothing",))])
def test_a_team_has_only_known_members_and_accounts(kept: Kept, users: Users, team: Team) -> None:
    with pytest.raises(UnknownName):
        Teams(kept.engine).put(team, root(NOW))
    assert not Teams(kept.engine).listed()


# ---- commands


@pytest.fixture
def ready(intel: Command) -> Command:
    """The command on a database of its own, with a first admin."""
    assert intel("init").code == 0
    assert intel("users", "add", "root", "--role", "admin", stdin=f"{PASSWORD}\n").code == 0
    return intel


def test_the_first_admin_comes_by_the_command_line(ready: Command) -> None:
    said = ready("users", "list")
    assert "root" in said.out
    assert "admin" in said.out
    assert PASSWORD not in said.out + said.err


def test_a_password_is_never_an_argument(ready: Command) -> None:
    assert ready("users", "add", "li", "--password", PASSWORD).code == 2
    refused = ready("users", "add", "li")
    assert refused.code == 2
    assert "standard input" in refused.err


def test_a_user_is_changed_by_commands(ready: Command) -> None:
    assert "operator" in ready("users", "role", "root", "operator").out
    assert "disabled since" in ready("users", "disable", "root").out
    assert "disabled" not in ready("users", "enable", "root").out
    assert ready("users", "password", "root", stdin="quite another one\n").code == 0
    said = ready("users", "role", "rot", "admin")
    assert (said.code, said.err) == (2, "intel: no user 'rot'; did you mean root?\n")


def test_a_link_is_printed_for_the_browser(ready: Command) -> None:
    assert ready("users", "link", "root", "--url", "http://localhost:9/").out.startswith(
        "http://localhost:9/login#link="
    )


def test_a_key_is_shown_once(ready: Command) -> None:
    said = ready("keys", "add", "root", "CRM", "--scope", "read", "--scope", "report")
    assert said.out.startswith("ik_1_")
    listed = ready("keys", "list", "--json").out
    assert said.out.strip() not in listed
    assert '"report"' in listed
    assert ready("keys", "revoke", "1").out == "key 1 of root revoked\n"
    assert ready("keys", "revoke", "7").code == 2


def test_a_team_is_set_listed_and_removed(ready: Command) -> None:
    said = ready("teams", "set", "platforms", "--member", "root", "--account", "淘宝")
    assert said.out == "platforms: root see taobao\n"
    assert "taobao" in ready("teams", "list").out
    assert ready("teams", "set", "platforms", "--account", "没有").code == 2
    assert ready("teams", "remove", "platforms").code == 0
    assert ready("teams", "list", "--json").out == "[]\n"
