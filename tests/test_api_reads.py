"""What the API answers: pages that lose nothing, tags, errors as problems, limits, and reads that end."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from intel import db
from intel.api import create_app, limiting
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.api.paging import paged
from intel.lists import Lists, Part
from intel.views import EventFilter, FindingFilter
from tests.asking import CHEAP, Service, reopened, tell
from tests.conftest import Kept

API = "/api/v1"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

ENDING = ENDLESS.replace("FROM n)", "FROM n WHERE x < 2000)")


@pytest.fixture(scope="module")
def service(known_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An app over a known database, which these tests only read."""
    with reopened(known_home, tmp_path_factory.mktemp("asked")) as service:
        yield service


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    """Somebody who sees all."""
    return service.asking("admin")


def pages(client: TestClient, path: str, limit: int) -> Iterator[dict[str, Any]]:
    """All items of a list, so many at a time."""
    query: dict[str, str | int] = {"limit": limit}
    while True:
        page = client.get(API + path, params=query).json()
        assert len(page["items"]) <= limit
        yield from page["items"]
        if page["next"] is None:
            return
        query |= {"cursor": page["next"]}


LISTS = (
    "/accounts",
    "/accounts/taobao/findings",
    "/accounts/pinduoduo/findings",
    "/events",
    "/stories",
    "/gaps",
    "/tasks",
    "/sources",
    "/field-reports",
    "/reviews",
    "/audit",
    "/developments",
    "/series/courier.price/points",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_in_pages_is_the_list(client: TestClient, path: str) -> None:
    whole = list(pages(client, path, 200))
    assert whole
    assert list(pages(client, path, max(1, len(whole) // 3))) == whole


def test_pages_neither_repeat_nor_lose_what_stays_when_rows_come_and_go() -> None:
    rows = list(range(0, 100, 10))
    first = paged(rows, 3, None, lambda one: (one,))
    assert first.items == [0, 10, 20]
    changed = sorted({*rows, 5, 15, 25, 35} - {20, 40})
    rest = paged(changed, 100, first.next, lambda one: (one,))
    assert rest.items == [25, 30, 35, 50, 60, 70, 80, 90]


@pytest.mark.parametrize(
    "cursor",
    ["bm9uc2Vuc2U", "WyJ4IiwxXQ", "W251bGwsMV0", "W10", "e30", "W251bGxd", "_", "W" * 2000, "W1tbW1tbW1s"],
)
def test_a_cursor_of_none_of_ours_is_a_problem(client: TestClient, cursor: str) -> None:
    for path in ("/accounts", "/events", "/accounts/taobao/findings"):
        answer = client.get(API + path, params={"cursor": cursor})
        assert answer.status_code == 400, path
        assert "begin without one" in answer.json()["detail"]


def test_findings_are_those_of_the_command(service: Service, client: TestClient) -> None:
    told = list(pages(client, "/accounts/taobao/findings", 2))
    kept = service.workspace.query.findings("taobao", FindingFilter())
    assert [one["id"] for one in told] == [one.id for one in kept]
    assert {one["quote"] for one in told} == {one.quote for one in kept}
    assert client.get(f"{API}/accounts/淘宝/findings").json()["items"][0]["account"] == "taobao"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("topic=carrier_problems", lambda one: one["topic"] == "carrier_problems"),
        ("event=service_disruption", lambda one: one["event"] == "service_disruption"),
        ("since=2026-11-19", lambda one: one["dated_at"] >= "2026-11-18T16:00"),
        ("until=2026-11-13", lambda one: one["dated_at"] < "2026-11-13T16:00"),
        ("rejected=true", lambda one: False),
    ],
)
def test_findings_are_chosen_by_filters(client: TestClient, query: str, wanted: Any) -> None:
    whole = client.get(f"{API}/accounts/taobao/findings").json()["items"]
    chosen = client.get(f"{API}/accounts/taobao/findings?{query}").json()["items"]
    assert [one["id"] for one in chosen] == [one["id"] for one in whole if wanted(one)]


@pytest.mark.parametrize(
    "query", ["topic=nonsense", "event=nonsense", "since=gestern", "limit=0", "limit=201"]
)
def test_a_filter_that_is_none_is_a_problem_that_says_where(client: TestClient, query: str) -> None:
    answer = client.get(f"{API}/accounts/taobao/findings?{query}")
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["at"] == f"query.{query.partition('=')[0]}"


def test_events_tell_who_plays_which_part(client: TestClient) -> None:
    found = client.get(f"{API}/events", params={"account": "韵达", "type": "service_disruption"}).json()[
        "items"
    ]
    assert found
    for event in found:
        assert event["type"] == "service_disruption"
        assert "yunda" in {part["account"] for part in event["arguments"]}
        assert client.get(f"{API}/events/{event['id']}").json() == event


def test_a_story_names_its_articles_with_the_earliest_first(client: TestClient) -> None:
    story = client.get(f"{API}/stories/1").json()
    assert [one["url"] for one in story["articles"]] == ["http://wire.localhost/1"]
    listed = client.get(f"{API}/stories", params={"account": "pinduoduo"}).json()["items"]
    assert 1 not in {one["id"] for one in listed}


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("md", "text/markdown", "# 淘宝".encode()),
        ("html", "text/html", b"<!doctype html>"),
        ("docx", "application/vnd.openxmlformats", b"PK"),
        ("json", "application/json", b"{"),
    ],
)
def test_a_briefing_comes_in_every_format(
    client: TestClient, form: str, media_type: str, begins: bytes
) -> None:
    answer = client.get(f"{API}/briefing", params={"account": "taobao", "format": form})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert f"taobao-before-visit.{form}" in answer.headers["content-disposition"]
    assert answer.content.startswith(begins)


@pytest.mark.parametrize(
    ("form", "begins"), [("md", "# 竞争对比卡".encode()), ("docx", b"PK"), ("json", b"{")]
)
def test_a_battlecard_comes_in_the_formats_of_briefings(client: TestClient, form: str, begins: bytes) -> None:
    asked = {"courier": "韵达", "client": "淘宝", "format": form}
    answer = client.get(f"{API}/battlecard", params=asked)
    assert answer.status_code == 200 and answer.content.startswith(begins)
    assert f"battlecard-yunda-sf-taobao.{form}" in answer.headers["content-disposition"]


@pytest.mark.parametrize("courier", ["taobao", "sf"])
def test_a_battlecard_is_of_another_courier_than_ours(client: TestClient, courier: str) -> None:
    assert client.get(f"{API}/battlecard", params={"courier": courier}).status_code == 409


def test_coverage_and_assessment_are_those_of_the_day_asked_for(client: TestClient) -> None:
    for what in ("coverage", "assessment"):
        before = client.get(f"{API}/accounts/taobao/{what}", params={"as_of": "2026-11-01"}).json()
        today = client.get(f"{API}/accounts/taobao/{what}").json()
        assert (before["day"], today["day"]) == ("2026-11-01", "2026-11-20")
        assert before["verdict"]["answered"] == 0
        assert today["verdict"]["must_have"] > 0


@pytest.mark.parametrize(
    "path", ["accounts/taobao/coverage", "accounts/taobao/assessment", "accounts/taobao/findings"]
)
def test_what_was_known_then_is_asked_with_the_day(client: TestClient, path: str) -> None:
    refused = client.get(f"{API}/{path}", params={"known_then": True})
    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "known_then asks for a past day; add as_of",
    )


# ---- tags


def test_what_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"{API}/accounts")
    again = client.get(f"{API}/accounts", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers
    weak = f'"other", W/{first.headers["etag"]}'
    assert client.get(f"{API}/accounts", headers={"If-None-Match": weak}).status_code == 304
    assert client.get(f"{API}/accounts", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_answer_is_kept_by_the_asker_alone(client: TestClient) -> None:
    answer = client.get(f"{API}/accounts")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= {one.strip() for one in answer.headers["vary"].split(",")}


# ---- errors


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{API}/nothing", 404),
        ("GET", f"{API}/accounts/nobody", 404),
        ("GET", f"{API}/findings/0", 422),
        ("GET", f"{API}/findings/99999999999999", 422),
        ("DELETE", f"{API}/accounts", 405),
        ("GET", f"{API}/search?q=@", 400),
    ],
)
def test_every_error_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["type"] == "about:blank"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_problem_names_no_account_that_was_not_asked_for(client: TestClient) -> None:
    assert client.get(f"{API}/accounts/taobaoo").json()["detail"] == "no account 'taobaoo'"


def test_a_failure_inside_tells_nothing_of_the_inside(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(service.workspace)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the inside")

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "GET /broken failed" in caplog.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    headers = {"content-type": "application/json"}
    for body in (b"x" * 1_048_577, endless()):
        answer = client.post(f"{API}/field-reports", content=body, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


def test_browsers_are_told_what_not_to_do(client: TestClient) -> None:
    headers = client.get("/healthz").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-cache"


# ---- limits


def limited(service: Service, rates: Rates) -> TestClient:
    app = create_app(service.workspace, options=Options(service.clock, CHEAP, Limits(rates)))
    return TestClient(app, headers={"Authorization": f"Bearer {service.key('admin')}"})


def test_who_asks_too_often_is_told_when_to_go_on(service: Service) -> None:
    client = limited(service, Rates(user="3/minute"))
    answers = [client.get(f"{API}/session") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"user";q=3;w=60'
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["status"] == 429
    assert client.get("/healthz").status_code == 200


def test_an_address_without_a_key_is_limited_too(service: Service) -> None:
    client = limited(service, Rates(address="2/minute"))
    del client.headers["Authorization"]
    assert [client.get(f"{API}/session").status_code for _ in range(3)] == [401, 401, 429]


def test_moments_pass_out_of_a_window_and_who_asks_no_more_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, moments = 1000.0, limiting.Moments()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert [moments.hit(("user", "wang"), 2, 60) for _ in range(3)] == [
        (True, 1, 60.0),
        (True, 0, 60.0),
        (False, 0, 60.0),
    ]
    now += 40
    moments.forget(("user", "wang"))
    assert moments.hit(("user", "wang"), 2, 60) == (True, 1, 60.0)
    now += 30
    assert moments.hit(("user", "wang"), 2, 60) == (True, 0, 30.0)
    now += 31
    assert moments.hit(("user", "wang"), 2, 60) == (True, 0, 29.0)
    for number in range(limiting.SWEEP):
        moments.hit(("address", str(number)), 2, 60)
    now += 61
    for _ in range(limiting.SWEEP):
        moments.hit(("user", "li"), 2, 60)
    assert len(moments) == 1


# ---- reads that end


def test_a_read_ends_after_its_time_and_the_next_has_its_own(kept: Kept) -> None:
    reading = db.read_only(db.open_engine(kept.url, statement_seconds=0.3))
    for _ in range(2):
        with pytest.raises(OperationalError), reading.connect() as connection:
            connection.execute(text(ENDLESS)).all()
        with reading.connect() as connection:
            assert connection.scalar(text(ENDING)) == 2_000
    reading.dispose()


def test_a_database_that_takes_too_long_is_a_problem_that_says_when_to_ask_again(service: Service) -> None:
    app = create_app(service.workspace, options=Options(service.clock, CHEAP, read_seconds=0.3))

    @app.get("/slow")
    def slow() -> None:
        with app.state.desk.reading.engine.connect() as connection:
            connection.execute(text(ENDLESS)).all()

    answer = TestClient(app).get("/slow")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_service_is_ready_only_with_a_database_of_its_version(tmp_path: Path) -> None:
    with Service.new(tmp_path) as service:
        _check_ready(service)


def _check_ready(service: Service) -> None:
    client = service.anonymous()
    assert client.get("/readyz").json() == {"status": "ok"}
    with service.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


# ---- lists, on every database


def test_lists_go_on_behind_the_row_of_the_page_before(kept: Kept) -> None:
    tell(kept)
    lists = Lists(kept.engine)
    whole = lists.events(EventFilter(), Part(100), None)
    assert len(whole) > 3
    after = [whole[0].dated_at.isoformat(), whole[0].id]
    assert lists.events(EventFilter(), Part(100, after), None) == whole[1:]
    mine = lists.events(EventFilter(), Part(100), ["pinduoduo"])
    assert mine
    assert all("pinduoduo" in {part.account for part in one.arguments} for one in mine)
    assert lists.events(EventFilter(), Part(100), []) == []
    assert {one.id for one in lists.stories(None, Part(9), ["taobao"])} == {1, 3}
    assert lists.seen([1, 2, 3, 4], ["taobao"]) == {1, 3}
    findings = kept.query.findings("pinduoduo", FindingFilter())
    first = findings[0]
    behind = [first.dated_at.isoformat(), first.url, first.start, first.topic, first.id]
    assert kept.query.findings("pinduoduo", FindingFilter(), 100, behind) == findings[1:]
