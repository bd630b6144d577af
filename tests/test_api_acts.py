"""What can be done by the API: signed with who asks, and never over what others changed meanwhile."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from intel import rounds
from intel.api.access import CSRF_FIELD
from intel.model import Source
from intel.pauses import Pauses
from intel.teams import Team, Teams
from tests.asking import NOW, PASSWORD, Service, reopened
from tests.conftest import Command
from tests.making import WIRE, root

API = "/api/v1"


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database."""
    with reopened(known_home, tmp_path) as service:
        yield service


@pytest.fixture
def analyst(service: Service) -> TestClient:
    return service.asking("analyst")


def done(answer: Any, status: int = 201) -> Any:
    """What an act that must succeed answers."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


# ---- field reports


def report(**entries: str) -> dict[str, str]:
    return {"account": "taobao", "points": "对方表示付款周期为月结45天，从不拖欠。"} | entries


def test_a_report_is_signed_by_who_sends_it_and_read_at_once(analyst: TestClient) -> None:
    answer = analyst.post(f"{API}/field-reports", json=report(way="phone", author="somebody else"))
    entered = done(answer)
    assert entered["report"]["author"] == "analyst"
    assert entered["findings"] > 0
    assert answer.headers["location"] == f"{API}/field-reports/{entered['report']['id']}"
    quotes = [one["quote"] for one in analyst.get(f"{API}/accounts/taobao/findings").json()["items"]]
    assert any("月结45天" in quote for quote in quotes)


def test_a_correction_needs_the_version_that_it_corrects(service: Service, analyst: TestClient) -> None:
    number = done(analyst.post(f"{API}/field-reports", json=report()))["report"]["id"]
    path = f"{API}/field-reports/{number}"
    seen = analyst.get(path).headers["etag"]
    assert analyst.patch(path, json={"place": "杭州"}).status_code == 428
    changed = done(
        service.asking("admin").patch(path, json={"place": "杭州"}, headers={"If-Match": seen}), 200
    )
    assert (changed["report"]["place"], changed["report"]["author"]) == ("杭州", "admin")
    late = analyst.patch(path, json={"place": "上海"}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert analyst.get(path).json()["place"] == "杭州"


@pytest.mark.parametrize(
    "wrong",
    [{"happened_on": "2027-01-01"}, {"follow_up_on": "2020-01-01"}],
)
def test_a_report_of_what_cannot_be_is_refused(analyst: TestClient, wrong: dict[str, str]) -> None:
    answer = analyst.post(f"{API}/field-reports", json=report(**wrong))
    assert answer.status_code == 400
    assert "2027-01-01" in answer.text or "2020-01-01" in answer.text


@pytest.mark.parametrize("wrong", [{"way": "telepathy"}, {"reliability": "Z"}, {"points": "  "}])
def test_a_report_that_is_none_is_refused_by_the_specification(
    analyst: TestClient, wrong: dict[str, str]
) -> None:
    assert analyst.post(f"{API}/field-reports", json=report(**wrong)).status_code == 422


def test_a_report_is_followed_up(analyst: TestClient) -> None:
    number = done(analyst.post(f"{API}/field-reports", json=report()))["report"]["id"]
    told = done(analyst.post(f"{API}/field-reports/{number}/follow-up", json={}), 200)
    assert told["followed_up_on"] == "2026-11-20"


# ---- reviews


def findings(client: TestClient, account: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{API}/accounts/{account}/findings", params=query).json()[
        "items"
    ]
    return found


def test_a_review_is_signed_by_who_asks_holds_and_can_be_undone(analyst: TestClient) -> None:
    number = findings(analyst, "taobao")[0]["id"]
    review = done(analyst.post(f"{API}/findings/{number}/reject", json={"why": "看错了", "who": "boss"}))
    assert (review["who"], review["action"], review["why"]) == ("analyst", "reject", "看错了")
    assert number not in [one["id"] for one in findings(analyst, "taobao")]
    assert number in [one["id"] for one in findings(analyst, "taobao", rejected="true")]
    again = analyst.post(f"{API}/findings/{number}/reject", json={"why": "看错了"})
    assert again.status_code == 409
    assert "already rejected" in again.json()["detail"]
    done(analyst.post(f"{API}/reviews/{review['id']}/undo", json={"why": "原来没错"}))
    assert number in [one["id"] for one in findings(analyst, "taobao")]
    told = analyst.get(f"{API}/audit", params={"by": "analyst", "account": "taobao"}).json()["items"]
    assert [one["review"]["action"] for one in told][-2:] == ["reject", "undo"]
    assert told[-2]["undone_by"] == told[-1]["review"]["id"]


def test_names_findings_events_and_dates_are_corrected(analyst: TestClient) -> None:
    article = analyst.get(f"{API}/articles/1").json()
    mention, event = article["mentions"][0]["id"], article["events"][0]["id"]
    done(analyst.post(f"{API}/articles/1/date", json={"day": "2026-11-10", "why": "页面日期有误"}))
    assert analyst.get(f"{API}/articles/1").json()["dated_at"] == "2026-11-09T16:00:00Z"
    done(analyst.post(f"{API}/events/{event}/correct", json={"status": "rumoured", "why": "只是传闻"}))
    assert analyst.get(f"{API}/events/{event}").json()["status"] == "rumoured"
    done(analyst.post(f"{API}/mentions/{mention}/relink", json={"account": None, "why": "不是它"}))
    assert mention not in [one["id"] for one in analyst.get(f"{API}/articles/1").json()["mentions"]]
    number = findings(analyst, "pinduoduo")[0]["id"]
    relinked = done(analyst.post(f"{API}/findings/{number}/relink", json={"account": "京东", "why": "x"}))
    assert relinked["after"] == {"account": "jd"}


def test_stories_are_merged_and_split(analyst: TestClient) -> None:
    done(analyst.post(f"{API}/stories/1/merge", json={"other": 2, "why": "同一报道"}))
    assert len(analyst.get(f"{API}/stories/1").json()["articles"]) == 2
    done(analyst.post(f"{API}/articles/2/split", json={"why": "不是转载"}))
    assert len(analyst.get(f"{API}/stories/1").json()["articles"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("findings/1/confirm", {"why": " "}, 422),
        ("findings/1/confirm", {}, 422),
        ("events/1/correct", {"why": "x"}, 409),
        ("events/1/correct", {"type": "nonsense", "why": "x"}, 422),
        ("articles/1/date", {"day": "2030-01-01", "why": "x"}, 409),
        ("articles/1/split", {"why": "x"}, 409),
        ("stories/1/merge", {"other": 1, "why": "x"}, 409),
        ("stories/1/merge", {"other": 999, "why": "x"}, 404),
        ("findings/1/relink", {"account": "nobody", "why": "x"}, 404),
        ("reviews/999/undo", {"why": "x"}, 404),
    ],
)
def test_a_review_that_cannot_be_is_a_problem(
    analyst: TestClient, path: str, body: dict[str, Any], status: int
) -> None:
    assert analyst.post(f"{API}/{path}", json=body).status_code == status


def test_a_team_links_nothing_to_an_account_that_it_does_not_see(service: Service) -> None:
    Teams(service.workspace.engine).put(Team("platforms", ("analyst",), ("pinduoduo",)), root(NOW))
    client = service.asking("analyst")
    number = findings(client, "pinduoduo")[0]["id"]
    answer = client.post(f"{API}/findings/{number}/relink", json={"account": "taobao", "why": "x"})
    assert answer.status_code == 404


# ---- tasks, questions, assessment, stages


def test_a_task_is_taken_and_ended_by_who_asks(analyst: TestClient) -> None:
    task = analyst.get(f"{API}/tasks", params={"account": "taobao", "person": "true"}).json()["items"][0]
    path = f"{API}/tasks/{task['id']}"
    seen = analyst.get(path).headers["etag"]
    assert done(analyst.post(f"{path}/claim", headers={"If-Match": seen}), 200)["by"] == "analyst"
    assert analyst.post(f"{path}/claim", headers={"If-Match": seen}).status_code == 412
    ended = done(analyst.post(f"{path}/done", json={"note": "见接触记录"}), 200)
    assert (ended["state"], ended["note"], ended["closed_on"]) == ("done", "见接触记录", "2026-11-20")
    again = analyst.post(f"{path}/drop", json={"note": "x"})
    assert again.status_code == 409
    assert task["id"] not in [one["id"] for one in analyst.get(f"{API}/tasks").json()["items"]]
    every = analyst.get(f"{API}/tasks", params={"ended": "true"}).json()["items"]
    assert task["id"] in [one["id"] for one in every]


def test_a_question_gets_a_rule_of_the_account_and_loses_it(analyst: TestClient) -> None:
    path = f"{API}/accounts/taobao/questions/payment_behaviour.period/rule"
    seen = analyst.get(path).headers["etag"]
    rule = {"skipped": True, "why": "不适用"}
    assert done(analyst.put(path, json=rule, headers={"If-Match": seen}), 200)["by"] == "analyst"
    asked = [one["id"] for one in analyst.get(f"{API}/accounts/taobao/questions").json()]
    assert "payment_behaviour.period" not in asked
    assert analyst.put(path, json=rule, headers={"If-Match": seen}).status_code == 412
    assert done(analyst.put(path, json={"why": "又适用"}), 200)["skipped"] is False
    assert analyst.get(path.replace("period", "nothing")).status_code == 404


def test_a_judgement_and_a_weight_count_in_the_assessment(analyst: TestClient) -> None:
    base = f"{API}/accounts/taobao"
    judged = {"criterion": "business_value", "low": 60, "high": 80, "why": "量大"}
    made = done(analyst.post(f"{base}/judgements", json=judged))
    assert (made["by"], made["day"]) == ("analyst", "2026-11-20")
    assert done(analyst.put(f"{base}/weights/share", json={"weight": 0}), 200)["share"] == 0
    scores = {
        one["criterion"]: one for one in analyst.get(f"{base}/assessment").json()["assessment"]["scores"]
    }
    assert scores["business_value"]["judgement"]["why"] == "量大"
    assert scores["share"]["weight"] == 0
    assert analyst.post(f"{base}/judgements", json=judged | {"high": 1}).status_code == 400


def test_a_last_weight_stays(analyst: TestClient) -> None:
    base = f"{API}/accounts/taobao/weights"
    *most, last = analyst.get(base).json()
    for criterion in most:
        done(analyst.put(f"{base}/{criterion}", json={"weight": 0}), 200)
    assert analyst.put(f"{base}/{last}", json={"weight": 0}).status_code == 409


def test_a_development_is_begun_and_ended_with_reasons(analyst: TestClient) -> None:
    path = f"{API}/accounts/taobao/stages"
    assert done(analyst.post(path, json={"stage": "gather", "budget": 1000}))["by"] == "analyst"
    assert analyst.post(path, json={"stage": "close", "outcome": "won"}).status_code == 409
    assert analyst.post(path, json={"stage": "gather", "outcome": "won", "reasons": "x"}).status_code == 409
    done(analyst.post(path, json={"stage": "close", "outcome": "won", "reasons": "价格合适"}))
    known_of = analyst.get(f"{API}/developments").json()["items"]
    assert {one["last"]["account"]: one["last"]["outcome"] for one in known_of}["taobao"] == "won"
    found = analyst.get(f"{API}/stages", params={"search": "价格"}).json()
    assert [(one["account"], one["outcome"]) for one in found] == [("taobao", "won")]
    assert analyst.get(f"{API}/stages", params={"search": "账期"}).json() == []


# ---- the watchlist and the sources


def test_an_operator_loads_a_watchlist_and_says_how_texts_call_an_account(service: Service) -> None:
    operator = service.asking("operator")
    new = [{"id": "dewu", "name": "得物", "role": "client", "aliases": ["毒"]}]
    assert done(operator.post(f"{API}/accounts", json=new)) == {"accounts": 1}
    seen = operator.get(f"{API}/accounts/dewu").headers["etag"]
    entry = {"name": "得物", "role": "client", "aliases": ["得物App", "得物App"]}
    changed = operator.put(f"{API}/accounts/dewu", json=entry, headers={"If-Match": seen})
    assert done(changed, 200)["aliases"] == ["得物App"]
    assert operator.put(f"{API}/accounts/dewu", json=entry, headers={"If-Match": seen}).status_code == 412
    assert operator.get(f"{API}/accounts/得物App").json()["account"]["id"] == "dewu"


def test_a_paused_source_rests_until_it_is_let_go_on(service: Service) -> None:
    operator, store = service.asking("operator"), service.workspace.store
    pause = done(operator.put(f"{API}/sources/wire/pause", json={"why": "改版"}), 200)
    assert (pause["by"], pause["source"]) == ("operator", "wire")
    assert operator.get(f"{API}/sources/wire").json()["enabled"] is False
    store.load_sources([WIRE])
    assert operator.get(f"{API}/sources/wire").json()["enabled"] is False
    assert [one["why"] for one in operator.get(f"{API}/pauses").json()] == ["改版"]
    done(operator.delete(f"{API}/sources/wire/pause"), 204)
    store.load_sources([WIRE])
    assert operator.get(f"{API}/sources/wire").json()["enabled"] is True
    assert operator.put(f"{API}/sources/nothing/pause", json={"why": "x"}).status_code == 404


def test_a_pause_is_set_by_command_and_outlasts_the_table(intel: Command) -> None:
    intel("init")
    [name, *_] = [line.split()[0] for line in intel("sources", "list").out.splitlines()[1:]]
    assert "paused" in intel("sources", "pause", name, "--why", "rebuilt", "--by", "li").out
    assert intel("init").code == 0
    assert name in intel("sources", "resume", name).out
    assert intel("sources", "pause", "nothing", "--why", "x").code == 2


def test_a_round_leaves_paused_sources_out(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(rounds, "listed_sources", lambda _: (WIRE,))

    def crawl(chosen: Iterable[Source], *_: object) -> tuple[()]:
        asked.extend(one.name for one in chosen)
        return ()

    monkeypatch.setattr("spiders.crawl.crawl", crawl)
    rounds.collect(service.workspace)
    assert asked == ["wire"]
    service.asking("operator").put(f"{API}/sources/wire/pause", json={"why": "x"})
    assert Pauses(service.workspace.engine).names() == {"wire"}
    rounds.collect(service.workspace)
    assert asked == ["wire"]


# ---- administration


def test_an_admin_lets_somebody_in_and_out_again(service: Service) -> None:
    admin = service.asking("admin")
    assert done(admin.post(f"{API}/users", json={"name": "li", "role": "analyst"}))["role"] == "analyst"
    assert admin.post(f"{API}/users", json={"name": "li"}).status_code == 409
    token = done(admin.post(f"{API}/users/li/link"))["token"]
    browser = service.anonymous()
    assert browser.post(f"{API}/session/link", json={"token": token}).json()["user"] == "li"
    issued = done(admin.post(f"{API}/keys", json={"user": "li", "label": "CRM", "scopes": ["read"]}))
    program = service.anonymous()
    program.headers["Authorization"] = f"Bearer {issued['text']}"
    assert program.get(f"{API}/accounts").status_code == 200
    assert issued["text"] not in admin.get(f"{API}/keys").text
    done(admin.delete(f"{API}/keys/{issued['key']['id']}"), 200)
    assert program.get(f"{API}/accounts").status_code == 401
    done(admin.patch(f"{API}/users/li", json={"disabled": True}), 200)
    assert browser.get(f"{API}/session").status_code == 401
    assert admin.post(f"{API}/users/li/link").status_code == 409


def test_nobody_takes_the_own_rights_away(service: Service) -> None:
    assert service.asking("admin").patch(f"{API}/users/admin", json={"role": "viewer"}).status_code == 409


def test_an_admin_issues_no_key_above_the_role_of_its_user(service: Service) -> None:
    body = {"user": "viewer", "label": "x", "scopes": ["operate"]}
    assert service.asking("admin").post(f"{API}/keys", json=body).status_code == 400


def test_teams_are_made_changed_and_removed(service: Service) -> None:
    admin = service.asking("admin")
    body = {"members": ["analyst"], "accounts": ["taobao"]}
    assert done(admin.put(f"{API}/teams/east", json=body), 200)["members"] == ["analyst"]
    assert service.asking("analyst").get(f"{API}/accounts/jd").status_code == 404
    assert admin.put(f"{API}/teams/east", json=body | {"members": ["nobody"]}).status_code == 404
    seen = admin.get(f"{API}/teams/east").headers["etag"]
    done(admin.put(f"{API}/teams/east", json=body | {"accounts": ["jd"]}, headers={"If-Match": seen}), 200)
    assert admin.put(f"{API}/teams/east", json=body, headers={"If-Match": seen}).status_code == 412
    done(admin.delete(f"{API}/teams/east"), 204)
    assert admin.get(f"{API}/teams/east").status_code == 404
    assert service.asking("analyst").get(f"{API}/accounts/jd").status_code == 200


def test_a_form_of_ours_proves_itself_by_a_field(service: Service) -> None:
    browser = service.anonymous()
    login = browser.post(f"{API}/session", json={"name": "viewer", "password": PASSWORD}).json()
    wrong = browser.request("DELETE", f"{API}/session", data={CSRF_FIELD: "x"})
    assert wrong.status_code == 403
    right = browser.request("DELETE", f"{API}/session", data={CSRF_FIELD: login["csrf_token"]})
    assert right.status_code == 204
