"""Who did what to the service is written down with the deed, for good, without a secret, and seen by few."""

import getpass
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import adding, backup, bootstrap, db, reader, retention, sweep
from intel.acts import Act, Action, Acts, By, forget_source, note
from intel.added_sources import AddedSource, AddedSources
from intel.alerts.book import RuleBook
from intel.alerts.rule import Kind, Rule
from intel.api.access import CSRF_HEADER
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.keys import Keys
from intel.model import Account, Role
from intel.outbox import Outbox, OutboxRow, State
from intel.pauses import Pause, Pauses
from intel.teams import Team, Teams
from intel.users import Scope, UserRole, Users
from pipelines.forgotten import PERSON
from pipelines.personal_data import Edit
from tests.asking import CHEAP, NOW, PASSWORD, Service, reopened
from tests.conftest import Command, Kept
from tests.databases import Databases, migrated
from tests.making import SOURCES, WIRE, page, root

BY = By("root", "例行", NOW)
MINE = Account("mine", "我的店", Role.CLIENT, ("我店",))
SET = Team("one", ("wang",), ("taobao",))


@pytest.fixture
def workspace(tmp_path: Path, databases: Databases) -> Iterator[Workspace]:
    """A workspace on either database, with a user, and two messages on 淘宝: dead and waiting."""
    url = databases.url(tmp_path, migrated)
    made = bootstrap.init(Settings(home=tmp_path, database_url=url), SOURCES)
    Users(made.engine, CHEAP).add("wang", UserRole.VIEWER, "", root(NOW))
    with Session(made.engine) as session, session.begin():
        for state in (State.DEAD, State.PENDING):
            row = OutboxRow(key=state.value, destination="folder", account="taobao", kind="verdict")
            row.content, row.state, row.made_at, row.due_at = {"title": "x"}, state.value, NOW, NOW
            session.add(row)
            session.flush()
    yield made
    made.engine.dispose()
    databases.drop(url)


def users(workspace: Workspace) -> Users:
    return Users(workspace.engine, CHEAP)


def added() -> AddedSource:
    return AddedSource(replace(WIRE, name="mine", url="http://mine.localhost/feed"), "allowed", "root", NOW)


# What is done, and what is then written down last: action, subject, before, after.
DEEDS: dict[str, tuple[Callable[[Workspace], object], tuple[object, ...]]] = {
    "role": (
        lambda w: users(w).set_role("wang", UserRole.ANALYST, BY),
        (Action.USER_ROLE, "wang", {"role": "viewer"}, {"role": "analyst"}),
    ),
    "password": (
        lambda w: users(w).set_password("wang", PASSWORD, BY),
        (Action.USER_PASSWORD, "wang", {}, {}),
    ),
    "disabled": (lambda w: users(w).disable("wang", BY), (Action.USER_DISABLED, "wang", {}, {})),
    "link": (lambda w: users(w).link("wang", BY), (Action.USER_LINK, "wang", {}, {})),
    "key": (
        lambda w: Keys(w.engine).issue("wang", "CRM", {Scope.READ}, 30, BY),
        (
            Action.KEY_ISSUED,
            "1",
            {},
            {"user": "wang", "label": "CRM", "scopes": ["read"], "days": 30},
        ),
    ),
    "team": (
        lambda w: Teams(w.engine).put(SET, BY),
        (Action.TEAM_SET, "one", {}, {"members": ["wang"], "accounts": ["taobao"]}),
    ),
    "account": (
        lambda w: w.store.load_accounts([MINE], BY),
        (
            Action.ACCOUNT_SET,
            "mine",
            {},
            {"name": "我的店", "role": "client", "aliases": ["我店"]},
        ),
    ),
    "source": (
        lambda w: AddedSources(w.engine).keep(added()),
        (
            Action.SOURCE_ADDED,
            "mine",
            {},
            {
                "label": "快递观察网",
                "kind": "feed",
                "url": "http://mine.localhost/feed",
                "lawful_basis": "test",
            },
        ),
    ),
    "pause": (
        lambda w: Pauses(w.engine).pause(Pause("wire", "root", "例行", NOW)),
        (Action.SOURCE_PAUSED, "wire", {}, {}),
    ),
    "rule": (
        lambda w: RuleBook(w.engine).keep(Rule("big", Kind.EVENT), BY),
        (Action.RULE_SET, "big", {}, Rule("big", Kind.EVENT).to_json()),
    ),
    "replay": (
        lambda w: Outbox(w.engine).replay(1, BY),
        (Action.MESSAGE_REPLAYED, "1", {"state": "dead", "destination": "folder", "kind": "verdict"}, {}),
    ),
    "drop": (
        lambda w: Outbox(w.engine).drop(2, BY),
        (Action.MESSAGE_DROPPED, "2", {"state": "pending", "destination": "folder", "kind": "verdict"}, {}),
    ),
    "forget": (
        lambda w: w.tombstones.bury(PERSON, "王小明", "", BY),
        (Action.DATA_FORGOTTEN, "person", {}, {}),
    ),
    "cleared": (lambda w: w.tombstones.settle(BY), (Action.DATA_CLEARED, "", {}, {})),
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_written_down_with_who_when_and_why(workspace: Workspace, name: str) -> None:
    deed, (action, subject, before, after) = DEEDS[name]
    deed(workspace)
    act = Acts(workspace.engine).listed(1)[0]
    assert (act.action, act.subject, act.before, act.after) == (action, subject, before, after)
    assert (act.who, act.why, act.at) == ("root", "" if name == "source" else "例行", NOW)


def test_of_a_watchlist_loaded_anew_only_what_changed_is_written_down(workspace: Workspace) -> None:
    known = workspace.query.account("taobao")
    workspace.store.load_accounts([known, replace(known, aliases=("淘宝网",))], BY)
    act, earlier = Acts(workspace.engine).listed()
    assert (act.action, earlier.action) == (Action.ACCOUNT_SET, Action.USER_ADDED)
    assert act.before == {"name": "淘宝", "role": "client", "aliases": list(known.aliases)}
    assert act.after == {"name": "淘宝", "role": "client", "aliases": ["淘宝网"]}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_that_cannot_be_written_down_is_not_done(workspace: Workspace, name: str) -> None:
    def pull(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO act "):
            raise RuntimeError("the plug is pulled")

    before = rows_of(workspace)
    event.listen(workspace.engine, "before_cursor_execute", pull)
    with pytest.raises(RuntimeError, match="the plug is pulled"):
        DEEDS[name][0](workspace)
    event.remove(workspace.engine, "before_cursor_execute", pull)
    assert rows_of(workspace) == before


def rows_of(workspace: Workspace) -> str:
    with workspace.engine.connect() as connection:
        tables = db.Base.metadata.sorted_tables
        return repr([[tuple(row) for row in connection.execute(select(table))] for table in tables])


def test_what_is_taken_back_and_taken_away_is_written_down_too(workspace: Workspace) -> None:
    engine = workspace.engine
    users(workspace).disable("wang", BY)
    users(workspace).enable("wang", BY)
    Keys(engine).revoke(Keys(engine).issue("wang", "CRM", {Scope.READ}, 30, BY)[0].id, BY)
    Teams(engine).put(SET, BY)
    Teams(engine).remove("one", BY)
    AddedSources(engine).keep(added())
    adding.remove(workspace, "mine", BY)
    Pauses(engine).pause(Pause("wire", "root", "例行", NOW))
    Pauses(engine).resume("wire", SOURCES, BY)
    RuleBook(engine).keep(Rule("big", Kind.EVENT), BY)
    RuleBook(engine).drop("big", BY)
    told = [one.action.value for one in Acts(engine).listed()]
    assert told[::2] == [
        "rule_dropped", "source_resumed", "source_removed", "team_removed", "key_revoked", "user_enabled",
        "user_added",
    ]  # fmt: skip


def test_what_changes_nothing_is_no_act(workspace: Workspace) -> None:
    engine = workspace.engine
    Teams(engine).put(SET, BY)
    RuleBook(engine).keep(Rule("big", Kind.EVENT), BY)
    users(workspace).disable("wang", BY)
    before = Acts(engine).listed()
    Teams(engine).put(SET, BY)
    RuleBook(engine).keep(Rule("big", Kind.EVENT), BY)
    users(workspace).disable("wang", BY)
    users(workspace).set_role("wang", UserRole.VIEWER, BY)
    Pauses(engine).resume("wire", SOURCES, BY)
    assert Acts(engine).listed() == before


def test_what_retention_lets_go_is_one_act_a_class_with_how_much(workspace: Workspace) -> None:
    for number in range(3):
        workspace.store.add_page(replace(page(f"http://wire.localhost/{number}"), body=b""))
    reader.read_pages(workspace.store, workspace.query.watched())
    days = dict.fromkeys(retention.CLASSES, 0) | {"rejected_bytes": 30}
    late = root(NOW + timedelta(days=400))
    for _ in range(2):
        list(retention.let_go(workspace.engine, days, late))
    [act] = [one for one in Acts(workspace.engine).listed() if one.action is Action.DATA_LET_GO]
    assert (act.subject, act.after, act.who) == ("rejected_bytes", {"days": 30, "rows": 3}, "root")


def test_a_restored_database_tells_from_what_and_keeps_the_acts_of_its_source(
    workspace: Workspace, tmp_path: Path
) -> None:
    before = Acts(workspace.engine).listed()
    backup.write(workspace.engine, tmp_path / "b.zip")
    users(workspace).disable("wang", BY)
    taken = backup.restore(workspace.engine, tmp_path / "b.zip", BY, replace=True).taken_at
    restored, *others = Acts(workspace.engine).listed()
    assert others == before
    assert (restored.action, restored.subject, restored.who) == (Action.DATA_RESTORED, "b.zip", "root")
    assert (restored.after["taken_at"], restored.after["replaced"]) == (taken, True)


def test_no_act_is_changed_deleted_or_replaced_by_anybody(kept: Kept) -> None:
    with kept.engine.begin() as connection:
        note(connection, BY, Act(Action.USER_LINK, "wang"))
    again = (
        "INTO act (id, at, who, why, action, subject, before, after, accounts) "
        "VALUES (1, '2026-01-01 00:00:00', 'x', 'x', 'user_link', 'x', '{}', '{}', '[]')"
    )
    statements = [
        "UPDATE act SET who = 'x'",
        "DELETE FROM act",
        f"INSERT {again} ON CONFLICT (id) DO UPDATE SET who = 'x'",
    ]
    kinds = {"sqlite": f"INSERT OR REPLACE {again}", "postgresql": "TRUNCATE act"}
    for statement in [*statements, kinds[kept.engine.dialect.name]]:
        with pytest.raises(IntegrityError, match="append-only"), kept.engine.begin() as connection:
            connection.execute(text(statement))
    [act] = Acts(kept.engine).listed()
    assert (act.who, act.subject) == ("root", "wang")


def test_a_forgotten_person_and_source_go_from_the_acts(workspace: Workspace) -> None:
    engine = workspace.engine
    AddedSources(engine).keep(added())
    users(workspace).disable("wang", By("root", "王小明要求停用", NOW))
    with Session(engine) as session, session.begin():
        sweep.rewrite(
            session,
            lambda text: [Edit(m.start(), m.end(), "name", "某人") for m in re.finditer("王小明", text)],
        )
        for name in ("mine", "mines"):
            note(session, BY, Act(Action.JOB_ASKED, f"collect:{name}@2026-11-26T06:30Z"))
        forget_source(session, "mine")
    other, job, disabled, source, _ = Acts(engine).listed()
    assert (job.subject, other.subject) == ("", "collect:mines@2026-11-26T06:30Z")
    assert disabled.why == "某人要求停用"
    assert (source.subject, source.after) == ("", {})
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM act"))  # the triggers are back


# ---- who sees them


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database, in which a team sees 拼多多 alone."""
    with reopened(known_home, tmp_path) as service:
        yield service


def acts(client: TestClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/acts", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_what_an_admin_does_by_the_api_is_signed_and_seen_by_admins_alone(service: Service) -> None:
    client = service.asking("admin")
    body = {"role": "analyst", "why": "转岗"}
    assert client.patch("/api/v1/users/operator", json=body).status_code == 200
    act = acts(client)[0]
    assert (act["who"], act["why"], act["action"], act["subject"]) == (
        "admin",
        "转岗",
        "user_role",
        "operator",
    )
    assert (act["before"], act["after"]) == ({"role": "operator"}, {"role": "analyst"})
    for role in ("viewer", "analyst", "operator"):
        assert service.asking(role).get("/api/v1/acts").status_code == 403


def test_acts_are_read_page_by_page(service: Service) -> None:
    client, found, cursor = service.asking("admin"), [], ""
    whole = [one["id"] for one in acts(client, limit="200")]
    while cursor is not None:
        answer = client.get("/api/v1/acts", params={"limit": "3", **({"cursor": cursor} if cursor else {})})
        found += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next"]
    assert found == whole == sorted(whole, reverse=True)
    assert len(whole) > 6


def test_an_admin_of_a_team_sees_no_act_that_concerns_other_accounts(service: Service) -> None:
    service.users.set_role("viewer", UserRole.ADMIN, root(NOW))
    Teams(service.workspace.engine).put(Team("others", (), ("taobao",)), root(NOW))
    admin = service.asking("admin")
    for number in (1, 2):
        assert admin.post(f"/api/v1/outbox/{number}/replay").status_code == 200
    whole, seen = acts(admin), acts(service.asking("viewer"))
    of = [(one["action"], one["subject"]) for one in seen]
    assert {("message_replayed", "1"), ("team_set", "others"), ("rule_set", "both")} <= {
        (one["action"], one["subject"]) for one in whole
    }
    assert ("message_replayed", "2") in of
    assert not {("message_replayed", "1"), ("team_set", "others"), ("rule_set", "both")} & set(of)


def test_no_secret_is_in_an_act(service: Service) -> None:
    service.users.set_password("viewer", "canary-password-1", root(NOW))
    _, key = service.keys.issue("viewer", "CRM", {Scope.READ}, 3, root(NOW))
    link = service.users.link("viewer", root(NOW))
    kept = repr(Acts(service.workspace.engine).listed())
    assert Action.USER_PASSWORD in kept
    for secret in ("canary-password-1", key, key.split("_", 2)[2], link, "argon2"):
        assert secret not in kept


def test_the_pages_tell_who_did_what(service: Service) -> None:
    client = service.logged_in("admin")
    client.headers[CSRF_HEADER] = client.get("/api/v1/session").json()["csrf_token"]
    client.post("/users/viewer/role", data={"role": "operator"})
    chinese = client.get("/acts", headers={"Accept-Language": "zh"}).text
    assert "更改角色" in chinese and "<del>viewer</del>" in chinese and "<ins>operator</ins>" in chinese
    row = (
        client.get("/users", headers={"Accept-Language": "zh"})
        .text.partition(">viewer</th>")[2]
        .partition("</tr>")[0]
    )
    assert "更改角色" in row and "admin · " in row


def test_a_command_signs_with_who_is_logged_in_or_is_named(intel: Command) -> None:
    intel("init")
    intel("users", "add", "wang", "--no-password", "--by", "li", "--why", "新同事")
    intel("keys", "add", "wang", "CRM")
    told = json.loads(intel("audit", "--acts", "--json").out)
    assert [(one["who"], one["action"], one["why"]) for one in told] == [
        ("li", "user_added", "新同事"),
        (getpass.getuser(), "key_issued", ""),
    ]
    assert "新同事" in intel("audit", "--acts").out
