"""What nobody should send, for every parameter and every field of every route: a refusal or an answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.asking import Service, reopened
from tests.test_api_access import NAMES
from tests.test_api_contract import exemplified, operations

# In an address and in a body; each was somewhere once the end of some program.
HOSTILE = (
    *("", "-1", "99999999999999999999999", "1e999", "NaN", "nonsense"),
    *("0001-01-01", "9999-12-31", "0000-01", "2026-11-20T00:00:00+24:00", "\0", "爆" * 3000),
)
BODIES: tuple[Any, ...] = (*HOSTILE, None, True, -1, 2**80, 1e308, [], {"": None})


@pytest.fixture(scope="module")
def service(known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An app over a known database, which the tests of this module may change."""
    with reopened(known_home, tmp_path_factory.mktemp("asked")) as service:
        yield service


def failed(answer: Any) -> bool:
    """Whether an answer is no answer, and no problem that says what is wrong."""
    if answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
        return True
    return bool(answer.status_code >= 500)


def filled(path: str, changed: str = "", value: str = "") -> str:
    """A path with something known in the place of every parameter, but for one."""
    for name, known in (NAMES | {"number": "1"}).items():
        path = path.replace(f"{{{name}}}", quote(value if name == changed else known, safe=""))
    return path


def with_parameters(
    client: TestClient, path: str, one: dict[str, Any], tried: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """The parameters with which a question failed."""
    told = one.get("parameters", [])
    needed = {each["name"]: "爆仓" for each in told if each["in"] == "query" and each.get("required")}
    for parameter in tried:
        place, name = parameter["in"], parameter["name"]
        for value in HOSTILE if place in ("path", "query") else ():
            at = filled(path, name, value) if place == "path" else filled(path)
            query = needed | {"account": "taobao"} if "briefing" in path else dict(needed)
            query |= {name: value} if place == "query" else {}
            if failed(answer := client.get(at, params=query)):
                yield f"{path} {name}={value[:30]!r}: {answer.status_code}"


def test_no_parameter_brings_a_route_down(service: Service) -> None:
    client, asked = service.asking("admin"), Counter[str]()
    specification = service.anonymous().get("/api/openapi.json").json()
    found: list[str] = []
    for method, path, one in operations(specification):
        if method == "GET":
            # What many routes share is checked by one dependency: asked of three, it is asked of all.
            told = [each for each in one.get("parameters", []) if asked[each["name"]] < 3]
            found += with_parameters(client, path, one, told)
            asked.update(each["name"] for each in told)
    assert found == []
    assert len(asked) > 20


def test_no_field_of_a_body_brings_a_route_down(service: Service) -> None:
    client, asked = service.asking("admin"), 0
    specification = service.anonymous().get("/api/openapi.json").json()
    for method, path, one in operations(specification):
        if "requestBody" not in one or "session" in path:
            continue
        schema = one["requestBody"]["content"]["application/json"]["schema"]
        example = exemplified(schema, specification)
        bodies: list[Any] = [*BODIES]
        if isinstance(example, dict):
            bodies += [example | {name: value} for name in example for value in BODIES]
        for body in bodies:
            service.clock.turn(timedelta(seconds=1))  # versions of a report differ by their moments
            answer = client.request(method, filled(path), json=body, headers={"If-Match": "*"})
            assert not failed(answer), (method, path, body, answer.text)
            asked += 1
    assert asked > 500


@pytest.mark.parametrize("query", ["since=nonsense", "until=2026-13-01", "as_of=0000-01", "since=20261"])
def test_a_day_that_is_none_is_refused_and_not_left_out(service: Service, query: str) -> None:
    answer = service.asking("viewer").get(f"/api/v1/accounts/pinduoduo/findings?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == f"query.{query.partition('=')[0]}"


def test_the_first_and_the_last_day_that_there_is_are_answered(service: Service) -> None:
    client = service.asking("admin")
    path = "/api/v1/accounts/taobao/findings"
    every = client.get(path).json()["items"]
    assert client.get(f"{path}?since=1900-01-01&until=2999-12-31").json()["items"] == every
    assert len(client.get(f"{path}?as_of=2999-12-31").json()["items"]) == len(every) > 0
    assert client.get(f"{path}?since=2999-12-31").json()["items"] == []
    assert client.get(f"{path}?until=1900-01-01").json()["items"] == []
    assert len(client.get("/api/v1/events?since=1900-01-01&until=2999-12-31").json()["items"]) > 2
    assert client.get("/api/v1/search?q=爆仓&since=1900-01-01&until=2999-12-31").json()["total"] > 1
    refused = client.get(f"{path}?since=0001-01-01")
    assert (refused.status_code, refused.json()["detail"][:10]) == (400, "0001-01-01")
