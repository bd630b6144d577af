"""Jobs, the outbox and the rules of alerts by the API: what pages and commands do, by the same functions."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from intel.acts import Action, Acts
from intel.jobs.desk import desk
from intel.users import UserRole
from tests.asking import NOW, Service, reopened
from tests.making import root

API = "/api/v1"


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database: a dead message of each account, two rules, a cancelled job."""
    with reopened(known_home, tmp_path) as service:
        yield service


@pytest.fixture
def operator(service: Service) -> TestClient:
    return service.asking("operator")


def listed(client: TestClient, path: str, **query: str) -> list[dict[str, Any]]:
    """All items of a list, one a page."""
    found, cursor = [], None
    while True:
        asked = query | {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        answer = client.get(f"{API}/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if (cursor := answer.json()["next"]) is None:
            return found


# ---- jobs


def test_a_job_is_asked_for_again_and_ended(service: Service, operator: TestClient) -> None:
    [job] = listed(operator, "jobs")
    path = f"{API}/jobs/{job['id']}"
    assert (job["state"], job["kind"], job["subject"]) == ("cancelled", "collect", "wire")
    assert operator.post(f"{path}/cancel").status_code == 409
    again = operator.post(f"{path}/retry", json={"why": "源已恢复"})
    assert (again.status_code, again.json()["state"]) == (201, "waiting")
    assert "waits or runs already" in operator.post(f"{path}/retry").json()["detail"]
    ended = operator.post(f"{API}/jobs/{again.json()['id']}/cancel")
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
    assert operator.get(f"{API}/jobs/collect:wire@never").status_code == 404
    acts = Acts(service.workspace.engine).listed(2)
    assert [(one.action, one.who, one.why) for one in acts] == [
        (Action.JOB_CANCELLED, "operator", ""),
        (Action.JOB_RETRIED, "operator", "源已恢复"),
    ]


def test_jobs_are_listed_page_by_page_by_state_and_kind(service: Service, operator: TestClient) -> None:
    with desk(service.workspace) as at:
        asked = [at.ask("collect", f"source{number}", root(NOW)) for number in range(5)] + [
            at.ask("read", "", root(NOW))
        ]
    whole = operator.get(f"{API}/jobs").json()["items"]
    assert {one["id"] for one in whole} > set(asked)
    assert [one["id"] for one in listed(operator, "jobs")] == [one["id"] for one in whole]
    assert [one["id"] for one in listed(operator, "jobs", kind="read")] == asked[-1:]
    assert {one["id"] for one in listed(operator, "jobs", state="waiting")} == set(asked)
    assert [one["state"] for one in listed(operator, "jobs", state="cancelled")] == ["cancelled"]


def test_jobs_asked_for_at_one_moment_are_neither_repeated_nor_left_out(
    service: Service, operator: TestClient
) -> None:
    with desk(service.workspace) as at:
        asked = {at.ask("collect", f"source{number}", root(NOW)) for number in range(7)}
    at_once(service)
    for limit in (1, 2, 3, 7):
        found, cursor = [], None
        while True:
            query = {"limit": str(limit), "state": "waiting"} | ({"cursor": cursor} if cursor else {})
            told = operator.get(f"{API}/jobs", params=query).json()
            found += [one["id"] for one in told["items"]]
            if (cursor := told["next"]) is None:
                break
        assert sorted(found) == sorted(asked), limit


def at_once(service: Service) -> None:
    """Let all jobs have been asked for at one moment."""
    with sqlite3.connect(service.workspace.settings.folder / "jobs.db") as connection:
        moment = "(SELECT max(created_at) FROM workflow_status)"
        connection.execute(f"UPDATE workflow_status SET created_at = {moment}")


def test_where_no_worker_has_ever_run_there_are_no_jobs(service: Service, operator: TestClient) -> None:
    (service.workspace.settings.folder / "jobs.db").unlink()
    assert operator.get(f"{API}/jobs").json() == {"items": [], "next": None}
    answer = operator.post(f"{API}/jobs/read@x/retry")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no worker has run here yet")


# ---- the outbox


def test_a_dead_message_says_why_and_is_sent_again_or_dropped(operator: TestClient) -> None:
    dead = listed(operator, "outbox", state="dead")
    assert [(one["id"], one["account"]) for one in dead] == [(2, "pinduoduo"), (1, "taobao")]
    assert {one["error"] for one in dead} == {"HTTP 500 (attempt 12, the last)"}
    assert operator.get(f"{API}/outbox/1").json()["content"]["verdict"] == "信息不足。"
    again = operator.post(f"{API}/outbox/1/replay")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "pending", 0)
    assert operator.post(f"{API}/outbox/1/replay").status_code == 409
    dropped = operator.post(f"{API}/outbox/1/drop", json={"why": "发错了"})
    assert (dropped.json()["state"], dropped.json()["error"]) == ("dropped", "发错了")
    assert operator.get(f"{API}/outbox/1").json()["content"] == {}
    assert [one["id"] for one in listed(operator, "outbox", state="dead", account="淘宝")] == []


def test_a_message_that_changed_meanwhile_is_not_moved(operator: TestClient) -> None:
    seen = operator.get(f"{API}/outbox/1").headers["etag"]
    assert operator.post(f"{API}/outbox/1/replay", headers={"If-Match": seen}).status_code == 200
    late = operator.post(f"{API}/outbox/1/drop", json={"why": "x"}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert operator.get(f"{API}/outbox/1").json()["message"]["state"] == "pending"


def test_a_team_sees_and_moves_the_messages_of_its_own_accounts_alone(service: Service) -> None:
    service.users.set_role("viewer", UserRole.OPERATOR, root(NOW))
    client = service.asking("viewer")
    assert [one["id"] for one in listed(client, "outbox")] == [2]
    assert client.get(f"{API}/outbox", params={"account": "taobao"}).status_code == 404
    assert client.post(f"{API}/outbox/1/replay").status_code == 404
    assert client.post(f"{API}/outbox/2/replay").status_code == 200


# ---- rules of alerts


def test_a_rule_is_added_changed_and_dropped(operator: TestClient) -> None:
    path = f"{API}/alert-rules/big"
    entry = {"kind": "event", "accounts": ["淘宝"], "threshold": 6}
    added = operator.put(path, json=entry)
    assert (added.status_code, added.json()["accounts"], added.json()["cap"]) == (200, ["taobao"], 10)
    assert [one["name"] for one in listed(operator, "alert-rules")] == ["big", "both", "ours"]
    seen = operator.get(path).headers["etag"]
    assert operator.put(path, json=entry | {"cap": 3}, headers={"If-Match": seen}).json()["cap"] == 3
    assert operator.put(path, json=entry, headers={"If-Match": seen}).status_code == 412
    assert operator.delete(path).status_code == 204
    assert operator.get(path).status_code == 404
    assert operator.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"zone": "Asia"}, 400),
        ({"zone": "../etc"}, 400),
        ({"quiet": "25:00"}, 400),
        ({"states": ["stale"]}, 400),
        ({"recipients": ["nobody"]}, 404),
        ({"accounts": ["nobody"]}, 404),
        ({"events": ["nonsense"]}, 422),
        ({"threshold": 101}, 422),
        ({"kind": "gossip"}, 422),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    operator: TestClient, wrong: dict[str, object], status: int
) -> None:
    answer = operator.put(f"{API}/alert-rules/big", json={"kind": "event"} | wrong)
    assert answer.status_code == status, answer.text
    assert operator.get(f"{API}/alert-rules/big").status_code == 404


def test_who_is_of_a_team_reads_rules_of_its_accounts_and_changes_none(service: Service) -> None:
    service.users.set_role("viewer", UserRole.OPERATOR, root(NOW))
    client = service.asking("viewer")
    assert [(one["name"], one["accounts"]) for one in listed(client, "alert-rules")] == [
        ("both", ["pinduoduo"])
    ]
    assert client.get(f"{API}/alert-rules/ours").status_code == 404
    assert client.put(f"{API}/alert-rules/both", json={"kind": "event"}).status_code == 403
    assert client.delete(f"{API}/alert-rules/both").status_code == 403
