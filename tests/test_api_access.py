"""Who may ask what: every route for every role, and nothing of accounts that a team must not see."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from intel import bootstrap
from intel.api import create_app
from intel.api.access import CSRF_HEADER, SAFE
from intel.config import Settings
from intel.users import ALLOWED, Scope, UserRole
from tests.asking import NOW, Service, known, reopened
from tests.databases import Databases
from tests.making import root
from tests.snapshot import snapshot
from tests.test_docs import DOCS, rows
from tests.walking import Route, everything, numbers, of_the_api, routes, told_apart

# What stands in the place of a parameter: of 淘宝 alone, so that a team of 拼多多 must not see it.
NAMES = {
    "account": "taobao",
    "question": "payment_behaviour.period",
    "criterion": "effort",
    "series": "courier.price",
    "source": "wire",
    "name": "viewer",
    "job": "collect:wire@2026-11-20T04:00Z",
    "rule": "ours",
}


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database."""
    with reopened(known_home, tmp_path) as service:
        yield service


def path_of(route: Route, known_numbers: dict[str, int]) -> str:
    """The path with something known in the place of every parameter."""
    path = re.sub(r"/([\w-]+)/\{number\}", lambda m: f"/{m[1]}/{known_numbers[m[1]]}", route.path)
    return re.sub(r"\{(\w+)\}", lambda m: NAMES[m[1]], path)


def test_every_route_is_refused_to_who_is_not_logged_in(service: Service) -> None:
    found = numbers(service)
    client = service.anonymous()
    for route in of_the_api(service.app):
        answer = client.request(route.method, path_of(route, found))
        if route.scope is None:
            assert answer.status_code != 403, route
            assert answer.status_code in (200, 422), route
        else:
            assert answer.status_code == 401, route


@pytest.mark.parametrize("role", UserRole)
def test_every_route_is_open_to_the_roles_that_it_names_and_to_no_other(
    service: Service, role: UserRole
) -> None:
    found = numbers(service)
    client = service.asking(role.value)
    for route in of_the_api(service.app):
        if route.scope is None or route.path.startswith("/api/v1/session"):
            continue
        # An empty body: what is allowed gets as far as saying that it is not as it should be.
        answer = client.request(route.method, path_of(route, found), json={})
        assert (answer.status_code == 403) == (route.scope not in ALLOWED[role]), (route, answer.text)
        assert answer.status_code != 401, route
        assert answer.status_code < 500, (route, answer.text)


def test_a_route_that_does_not_say_what_it_requires_is_noticed(service: Service) -> None:
    app = create_app(service.workspace)

    @app.get("/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(AssertionError, match="/forgotten must say what it requires"):
        routes(app)


def test_the_manual_tells_the_scope_of_every_route(service: Service) -> None:
    told = rows((DOCS / "api.md").read_text("utf-8"))
    for route in of_the_api(service.app):
        cell = told[str(route).replace("/api/v1", "")][0]
        if route.path.startswith("/api/v1"):
            assert cell == (route.scope or "–"), route


def test_a_key_allows_only_its_own_scopes_whatever_the_role(service: Service) -> None:
    _, text_of_key = service.keys.issue("admin", "reader", {Scope.READ}, 3, root(service.clock()))
    client = service.anonymous()
    client.headers["Authorization"] = f"Bearer {text_of_key}"
    found = numbers(service)
    for route in of_the_api(service.app):
        if route.scope not in (None, Scope.READ):
            answer = client.request(route.method, path_of(route, found), json={})
            assert answer.status_code == 403, route


def test_every_change_by_cookie_without_proof_is_refused(service: Service) -> None:
    found = numbers(service)
    client = service.logged_in("admin")
    before = everything(service)
    for route in of_the_api(service.app):
        if route.method in SAFE or route.scope is None:
            continue
        answer = client.request(route.method, path_of(route, found), json={})
        assert answer.status_code == 403, route
        assert CSRF_HEADER in answer.json()["detail"]
    assert everything(service) == before


def test_asking_changes_nothing_in_the_database(service: Service) -> None:
    found = numbers(service)
    client = service.asking("admin")
    url = str(service.workspace.engine.url)
    before = snapshot(url), everything(service)
    asked = [route for route in of_the_api(service.app) if route.method == "GET"]
    for route in asked:
        for query in ("", "?account=taobao&limit=1", "?q=爆仓&kind=weekly&new=true"):
            assert client.get(path_of(route, found) + query).status_code < 500, route
    assert (snapshot(url), everything(service)) == before
    assert len(asked) > 30


def test_every_question_is_answered_on_postgresql_too(on_postgresql: Databases, tmp_path: Path) -> None:
    url = on_postgresql.url(tmp_path)
    known(tmp_path, url)
    with Service(bootstrap.open_workspace(Settings(home=tmp_path, database_url=url))) as service:
        found = numbers(service)
        for client in (service.asking("admin"), only(service, UserRole.ADMIN)):
            for route in of_the_api(service.app):
                if route.method == "GET":
                    answer = client.get(path_of(route, found) + "?q=爆仓&kind=weekly&limit=2&courier=yunda")
                    assert answer.status_code in (200, 404), (route, answer.text)
        body = {"why": "空\0字符"}
        assert service.asking("admin").post("/api/v1/findings/1/confirm", json=body).status_code == 400
    on_postgresql.drop(url)


# ---- account teams: the viewer sees 拼多多 alone


def only(service: Service, role: UserRole) -> TestClient:
    """A client of the viewer, who is of the team, as something else."""
    service.users.set_role("viewer", role, root(NOW))
    return service.asking("viewer")


def of_an_account(route: Route) -> bool:
    """Whether a route is about something that belongs to an account's file."""
    return bool(re.search(r"\{(account|number)\}", route.path)) and not route.path.startswith("/api/v1/keys")


def test_what_a_team_must_not_see_is_not_there_for_it_on_any_route(service: Service) -> None:
    found = numbers(service)
    client, before = only(service, UserRole.ADMIN), everything(service)
    asked = [route for route in of_the_api(service.app) if of_an_account(route)]
    for route in asked:
        path = path_of(route, found)
        nowhere = path_of(route, dict.fromkeys(found, 999_999)).replace("taobao", "nobody")
        answers = [
            client.request(route.method, one, json=_body(route), headers={"If-Match": "*"})
            for one in (path, nowhere)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], (route, [a.text for a in answers])
        told = [re.sub(r"'\w+'|\d+", "…", answer.json()["detail"]) for answer in answers]
        assert told[0] == told[1], route
    assert everything(service) == before
    assert len(asked) > 30


def _body(route: Route) -> dict[str, Any]:
    """A body that the route takes."""
    bodies: dict[str, dict[str, Any]] = {
        "relink": {"account": None, "why": "x"},
        "date": {"day": "2026-11-01", "why": "x"},
        "merge": {"other": 1, "why": "x"},
        "weights/{criterion}": {"weight": 3},
        "judgements": {"criterion": "effort", "low": 1, "high": 2, "why": "x"},
        "stages": {"stage": "gather"},
        "accounts/{account}": {"name": "x", "role": "client"},
        "done": {"note": "x"},
        "drop": {"note": "x", "why": "x"},
    }
    return next((body for end, body in bodies.items() if route.path.endswith(end)), {"why": "x"})


def test_no_list_tells_a_team_anything_of_other_accounts(service: Service) -> None:
    admin, client = service.asking("admin"), only(service, UserRole.ADMIN)
    lists = [
        route
        for route in of_the_api(service.app)
        if route.method == "GET" and "{" not in route.path and route.path.startswith("/api/v1/")
    ]
    administration = {f"/api/v1/{one}" for one in ("users", "keys", "teams", "session")}
    telling = set()
    for route in lists:
        path = route.path
        for query in told_apart(
            route, ("limit=200", "q=爆仓", "kind=weekly&since=2026-11-01", "limit=200&ended=true")
        ):
            whole, seen = (one.get(f"{path}?{query}") for one in (admin, client))
            if re.search(r"taobao|淘宝双11|只属于taobao", whole.text):
                telling.add(path)
            if path in administration:
                continue
            assert not re.search(r"taobao-digest|淘宝双11|只属于taobao", seen.text), (path, query)
            assert '"taobao"' not in re.sub(r'"account":"taobao"(?=\})', "", seen.text), (path, query)
    # The check can fail: who sees all is told of 淘宝 by each of these.
    assert {
        f"/api/v1/{one}" for one in ("accounts", "events", "tasks", "field-reports", "reviews")
    } <= telling
    assert {
        f"/api/v1/{one}" for one in ("audit", "gaps", "developments", "stages", "briefings", "briefing")
    } <= telling
    assert {"/api/v1/search", "/api/v1/series", "/api/v1/stories"} <= telling


def test_a_team_sees_its_own_accounts_and_what_is_told_of_both(service: Service) -> None:
    client = service.asking("viewer")
    assert [one["id"] for one in client.get("/api/v1/accounts").json()["items"]] == ["pinduoduo"]
    findings = client.get("/api/v1/accounts/pinduoduo/findings").json()["items"]
    assert {one["account"] for one in findings} == {"pinduoduo"}
    assert client.get("/api/v1/accounts/taobao/findings").status_code == 404
    hits = client.get("/api/v1/search", params={"q": "拼多多"}).json()["hits"]
    assert {hit["url"] for hit in hits} >= {"http://wire.localhost/2", "http://wire.localhost/3"}
    assert client.get("/api/v1/search", params={"q": "国家邮政局"}).json()["total"] == 0
    for path in ("search", "search/facets"):
        told = [
            client.get(f"/api/v1/{path}", params={"q": "拼多多", "account": a}) for a in ("taobao", "nobody")
        ]
        assert [one.status_code for one in told] == [404, 404], path
    article = client.get("/api/v1/articles/3").json()
    assert {one["account_id"] for one in (*article["findings"], *article["mentions"])} == {"pinduoduo"}
    assert client.get("/api/v1/articles/1").status_code == 404


def test_a_team_without_accounts_sees_none(service: Service) -> None:
    client = service.asking("admin")
    body = {"members": ["viewer"], "accounts": []}
    assert client.put("/api/v1/teams/platforms", json=body).status_code == 200
    seen = service.asking("viewer")
    for path in ("accounts", "events", "stories", "tasks", "gaps", "audit", "field-reports"):
        assert seen.get(f"/api/v1/{path}").json()["items"] == [], path
    assert seen.get("/api/v1/search", params={"q": "爆仓"}).json()["total"] == 0


def test_a_field_report_is_seen_only_by_who_sees_its_account(service: Service) -> None:
    """Also where it names an account of the team."""
    points = "淘宝表示不会像拼多多那样更换快递商。"
    service.asking("analyst").post("/api/v1/field-reports", json={"account": "taobao", "points": points})
    assert service.asking("analyst").get("/api/v1/search", params={"q": "不会像拼多多"}).json()["total"] == 1
    assert service.asking("viewer").get("/api/v1/search", params={"q": "不会像拼多多"}).json()["total"] == 0


def test_who_is_of_a_team_adds_no_accounts(service: Service) -> None:
    client = only(service, UserRole.OPERATOR)
    new = [{"id": "new", "name": "新客户", "role": "client"}]
    assert client.post("/api/v1/accounts", json=new).status_code == 403
    assert service.asking("operator").post("/api/v1/accounts", json=new).json() == {"accounts": 1}


def test_measures_are_for_the_machine_itself_and_for_operators(service: Service) -> None:
    near = service.anonymous(host="127.0.0.1")
    near.get("/healthz")
    assert 'route="/healthz"' in near.get("/metrics").text
    assert near.get("/metrics", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 401
    assert service.asking("operator").get("/metrics").status_code == 200
    assert json.loads(service.asking("analyst").get("/metrics").text)["status"] == 403


def test_measures_are_kept_by_route_whatever_is_asked_for(service: Service) -> None:
    client = service.asking("viewer")
    client.get("/api/v1/accounts/pinduoduo")
    before = _labels(service)
    for number in range(5):
        client.get(f"/api/v1/accounts/nobody{number}")
        client.get(f"/api/v1/findings/{number}/")
        client.get(f"/nowhere/{number}")
    added = _labels(service) - before
    assert ("GET", "/api/v1/accounts/{account}", "200") in before
    paths = ("/api/v1/accounts/{account}", "/{name:page}", "none")
    assert added == {("GET", path, "404") for path in paths}


def _labels(service: Service) -> set[tuple[str, str, str]]:
    """Method, route and status of what was counted."""
    text = service.anonymous(host="127.0.0.1").get("/metrics").text
    line = r'intel_http_requests_total\{method="(\w+)",route="([^"]*)",status="(\d+)"\}'
    return {one for one in re.findall(line, text) if one[1] != "/metrics"}
