"""Who gets in, by password, link, cookie and key, and who does not."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from intel.api.access import CSRF_HEADER
from intel.api.desk import COOKIE
from intel.api.limiting import Rates
from intel.teams import Team, Teams
from intel.users import Scope, UserRole
from tests.asking import NOW, PASSWORD, Service
from tests.making import root

SESSION = "/api/v1/session"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """An app over a fresh database."""
    with Service.new(tmp_path) as service:
        yield service


def proof(client: TestClient) -> dict[str, str]:
    return {CSRF_HEADER: client.get(SESSION).json()["csrf_token"]}


def test_a_password_opens_a_session_that_scripts_and_other_sites_cannot_use(service: Service) -> None:
    answer = service.anonymous().post(SESSION, json={"name": "analyst", "password": PASSWORD})
    assert answer.status_code == 201
    assert answer.json()["role"] == "analyst"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_over_https_the_cookie_is_sent_over_https_only(service: Service) -> None:
    client = service.anonymous("https://intel.test")
    answer = client.post(SESSION, json={"name": "analyst", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(("name", "password"), [("analyst", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    service: Service, name: str, password: str
) -> None:
    answer = service.anonymous().post(SESSION, json={"name": name, "password": password})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "name or password are wrong, or the user is disabled"


def test_a_session_ends_at_log_out_and_its_cookie_is_worth_nothing_then(service: Service) -> None:
    client = service.logged_in("viewer")
    token = client.cookies[COOKIE]
    assert client.delete(SESSION, headers=proof(client)).status_code == 204
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, token)
    assert client.get(SESSION).status_code == 401


def test_a_change_by_cookie_without_proof_is_refused(service: Service) -> None:
    client, other = service.logged_in("viewer"), service.logged_in("analyst")
    assert client.delete(SESSION).status_code == 403
    assert client.delete(SESSION, headers=proof(other)).status_code == 403
    assert client.get(SESSION).status_code == 200


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "http://evil.test"}])
def test_what_another_site_makes_a_browser_send_is_refused(service: Service, header: dict[str, str]) -> None:
    client = service.logged_in("viewer")
    assert client.delete(SESSION, headers=proof(client) | header).status_code == 403
    login = {"name": "viewer", "password": PASSWORD}
    assert service.anonymous().post(SESSION, json=login, headers=header).status_code == 403


def test_a_link_logs_in_once(service: Service) -> None:
    token = service.users.link("viewer", root(NOW))
    client = service.anonymous()
    assert client.post(f"{SESSION}/link", json={"token": token}).status_code == 201
    assert client.get(SESSION).json()["user"] == "viewer"
    assert client.post(f"{SESSION}/link", json={"token": token}).status_code == 401


def test_logging_in_again_ends_the_earlier_session(service: Service) -> None:
    client = service.logged_in("viewer")
    earlier = client.cookies[COOKIE]
    client.post(SESSION, json={"name": "viewer", "password": PASSWORD})
    stolen = service.anonymous()
    stolen.cookies.set(COOKIE, earlier)
    assert stolen.get(SESSION).status_code == 401


def test_a_session_left_alone_for_an_hour_is_over(service: Service) -> None:
    client = service.logged_in("viewer")
    service.clock.turn(timedelta(minutes=59))
    assert client.get(SESSION).status_code == 200
    service.clock.turn(timedelta(minutes=59))
    assert client.get(SESSION).status_code == 200
    service.clock.turn(timedelta(minutes=61))
    assert client.get(SESSION).status_code == 401


def test_a_key_acts_within_its_scopes_until_it_expires_or_is_revoked(service: Service) -> None:
    key, text = service.keys.issue("admin", "CRM", {Scope.READ}, 30, root(NOW))
    client = service.anonymous()
    client.headers["Authorization"] = f"Bearer {text}"
    assert client.get(SESSION).json() == {
        "user": "admin",
        "role": "admin",
        "scopes": ["read"],
        "accounts": None,
        "csrf_token": "",
    }
    service.clock.turn(timedelta(days=30))
    assert client.get(SESSION).status_code == 401
    service.clock.turn(timedelta(days=-1))
    assert client.get(SESSION).status_code == 200
    service.keys.revoke(key.id, root(service.clock()))
    answer = client.get(SESSION)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_loses_what_its_user_s_role_loses(service: Service) -> None:
    client = service.asking("admin")
    service.users.set_role("admin", UserRole.VIEWER, root(NOW))
    assert client.get(SESSION).json()["scopes"] == ["read"]
    service.users.disable("admin", root(NOW))
    assert client.get(SESSION).status_code == 401


@pytest.mark.parametrize("sent", ["Bearer nonsense", "Basic YTpi", "Bearer ", "ik_1_x"])
def test_a_key_that_is_wrong_is_not_made_good_by_a_cookie(service: Service, sent: str) -> None:
    client = service.logged_in("viewer")
    assert client.get(SESSION, headers={"Authorization": sent}).status_code == 401


def test_when_a_key_was_last_used_is_kept(service: Service) -> None:
    service.asking("viewer").get(SESSION)
    assert [key.used_at for key in service.keys.listed()] == [NOW]


def test_whose_files_are_seen_is_told(service: Service) -> None:
    Teams(service.workspace.engine).put(Team("one", ("viewer",), ("taobao",)), root(NOW))
    assert service.asking("viewer").get(SESSION).json()["accounts"] == ["taobao"]


def test_guessing_a_password_is_slowed_down_for_the_name_and_not_for_others(service: Service) -> None:
    service = Service(service.workspace, rates=Rates())
    client = service.anonymous()
    wrong = {"name": "viewer", "password": "wrong"}
    answers = [client.post(SESSION, json=wrong).status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]
    refused = client.post(SESSION, json={"name": "viewer", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert client.post(SESSION, json={"name": "analyst", "password": PASSWORD}).status_code == 201
    assert service.anonymous(host="10.0.0.9").post(SESSION, json=wrong).status_code == 401


def test_guessing_links_locks_nobody_out_who_has_one(service: Service) -> None:
    service = Service(service.workspace, rates=Rates())
    link = service.users.link("viewer", root(NOW))

    def tried(host: str, token: str) -> int:
        client = service.anonymous(host=host)
        return client.post(f"{SESSION}/link", json={"token": token}).status_code

    for number in range(11):
        assert {tried(f"10.0.0.{number}", f"guess {number} {one}") for one in range(10)} == {401}
    answers = [tried("10.0.0.9", f"guess {one}") for one in range(40)]
    assert set(answers) == {401, 429}  # one address is slowed down, whichever links it tries
    assert [tried("10.0.1.1", "the same") for _ in range(9)] == [401] * 8 + [429]
    assert tried("10.0.1.2", link) == 201


def test_coming_in_forgives_the_failures_before(service: Service) -> None:
    service = Service(service.workspace, rates=Rates())
    client = service.anonymous()
    for _ in range(3):
        for _ in range(7):
            client.post(SESSION, json={"name": "viewer", "password": "wrong"})
        assert client.post(SESSION, json={"name": "viewer", "password": PASSWORD}).status_code == 201


def test_no_password_and_no_key_stands_in_a_log_or_an_error(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client, key = service.anonymous(), service.key("viewer")
    told = [
        client.post(SESSION, json={"name": "viewer", "password": PASSWORD, "more": [PASSWORD]}),
        client.post(SESSION, json={"name": ["viewer"], "password": [PASSWORD]}),
        client.post(SESSION, content=PASSWORD, headers={"content-type": "application/json"}),
        client.get(SESSION, headers={"Authorization": f"Bearer {key}x"}),
        client.get(SESSION, headers={"Authorization": f"Bearer {key}"}),
    ]
    assert [answer.status_code for answer in told] == [201, 422, 422, 401, 200]
    for text in (*(answer.text for answer in told), caplog.text):
        assert PASSWORD not in text
        assert key[5:] not in text
