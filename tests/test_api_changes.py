"""Two processes that change the same at once: who changes an older version is refused; nothing is lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from intel import bootstrap
from intel.config import Settings
from intel.field import FIELD
from tests.asking import Service, tell
from tests.databases import Databases, migrated
from tests.making import SOURCES

RULE = "/api/v1/accounts/taobao/questions/payment_behaviour.period/rule"


@pytest.fixture
def pair(tmp_path: Path, databases: Databases) -> Iterator[tuple[Service, Service]]:
    """Two apps over one database, as two processes have them: they share no lock."""
    url = databases.url(tmp_path, migrated)
    with Service.new(tmp_path, (*SOURCES, FIELD), url) as one:
        tell(one.workspace)
        settings = Settings(home=tmp_path, database_url=url)
        with Service(bootstrap.open_workspace(settings)) as other:
            yield one, other
    databases.drop(url)


def changes(service: Service) -> list[tuple[str, str, dict[str, Any], str]]:
    """Of each kind of thing that has versions: how it is changed, and where it is read."""
    client = service.asking("analyst")
    report = client.post("/api/v1/field-reports", json={"account": "taobao", "points": "对方满意。"}).json()
    path = f"/api/v1/field-reports/{report['report']['id']}"
    service.asking("admin").put("/api/v1/teams/one", json={"members": ["viewer"], "accounts": []})
    account = {"name": "淘宝", "role": "client", "aliases": ["淘宝网"]}
    weights = "/api/v1/accounts/taobao/weights"
    return [
        ("PATCH", path, {"next_step": "{}"}, path),
        ("PUT", RULE, {"must": True, "why": "{}"}, RULE),
        ("PUT", f"{weights}/effort", {"weight": "{}"}, weights),
        ("PUT", "/api/v1/accounts/taobao", account | {"aliases": ["{}"]}, "/api/v1/accounts/taobao"),
        ("PUT", "/api/v1/teams/one", {"members": ["viewer"], "accounts": ["{}"]}, "/api/v1/teams/one"),
    ]


def test_of_two_that_change_one_version_at_once_one_is_refused(pair: tuple[Service, Service]) -> None:
    clients = [one.asking("admin") for one in pair]
    together = threading.Barrier(2)

    def change(number: int, asked: tuple[str, str, dict[str, Any]], tag: str) -> int:
        method, path, body = asked
        together.wait(30)
        answer = clients[number % 2].request(
            method, path, json=filled(body, number), headers={"If-Match": tag}
        )
        return int(answer.status_code)

    with ThreadPoolExecutor(2) as pool:
        for method, path, body, read in changes(pair[0]):
            for turn in (0, 2, 4):
                tag = clients[0].get(read).headers["ETag"]
                tried = [pool.submit(change, turn + one, (method, path, body), tag) for one in (0, 1)]
                assert sorted(one.result(60) for one in tried) == [200, 412], (method, path)


def filled(body: dict[str, Any], number: int) -> dict[str, Any]:
    """A body that says something else for every number."""
    words: dict[str, Any] = {
        "next_step": f"第{number}步",
        "why": f"理由{number}",
        "weight": number + 1.5,
        "aliases": [f"淘宝{number}号"],
        "accounts": [("taobao", "pinduoduo", "zto", "yto", "sto", "yunda")[number]],
    }
    return body | {name: words[name] for name in body if "{}" in str(body[name])}


def test_a_change_that_came_in_before_the_write_is_seen(
    pair: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing: the other process writes right before the transaction begins."""
    one, other = pair
    client = one.asking("analyst")
    tag = client.get(RULE).headers["ETag"]
    files = type(one.workspace.files)
    set_override, early = files.set_override, other.asking("analyst")
    came_in: list[int] = []

    def late(self: Any, rule: Any, at: Any) -> None:
        if rule.why == "后到":
            came_in.append(early.put(RULE, json={"must": False, "why": "先到"}).status_code)
        set_override(self, rule, at)

    monkeypatch.setattr(files, "set_override", late)
    answer = client.put(RULE, json={"must": True, "why": "后到"}, headers={"If-Match": tag})
    assert (came_in, answer.status_code) == ([200], 412)
    assert client.get(RULE).json()["why"] == "先到"
    # What was refused holds up nobody.
    assert early.put(RULE, json={"must": True, "why": "再来"}).status_code == 200
