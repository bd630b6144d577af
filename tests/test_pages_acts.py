"""What forms of the pages do: a report read and told, tasks and plans by the rules of API and commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from intel.api.problem import REFUSALS
from intel.review_views import Reviews
from intel.tasks import BadTask, TaskState
from intel.web.language import tables
from tests.asking import NOW, Service, reopened
from tests.conftest import Command
from tests.making import root
from tests.test_cli import refused
from tests.test_pages_access import browser
from tests.walking import everything

SAID = {"account": "taobao", "points": "淘宝财务负责人表示，快递费账期为45天，每月对账后按时付款。"}
API = "/api/v1/accounts/taobao"


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database; `other` is of the team of 拼多多."""
    with reopened(known_home, tmp_path) as service:
        yield service


def tasks(service: Service) -> dict[str, int]:
    """The number of the task under way on each account."""
    return {one.account: one.id for one in service.workspace.files.tasks(under_way=True)}


def page(client: TestClient, location: str) -> str:
    """A page's words."""
    return re.sub(r"<[^>]+>|\s+", " ", client.get(location).text)


def test_a_report_ends_a_task_of_its_account_and_tells_what_was_read(service: Service) -> None:
    client, task = browser(service, "analyst"), tasks(service)["taobao"]
    location = client.post("/field", data=SAID | {"task": str(task)}).headers["location"]
    assert location.endswith("done=reported")
    ended = service.workspace.files.task(task)
    assert ended is not None
    assert (ended.state, ended.by) == (TaskState.DONE, "analyst")
    assert "账期为45天" in page(client, location).partition("读出的内容")[2]


@pytest.mark.parametrize(
    ("user", "account", "status"), [("analyst", "pinduoduo", 422), ("other", "taobao", 404)]
)
def test_a_report_ends_no_task_of_another_account_or_team(
    service: Service, user: str, account: str, status: int
) -> None:
    """And is itself not kept: what can be refused is refused before."""
    service.users.set_role("viewer", service.users.user("admin").role, root(NOW))
    task, before = tasks(service)[account], everything(service)
    mine = {"account": "pinduoduo" if user == "other" else "taobao", "task": str(task)}
    answer = browser(service, user).post("/field", data=SAID | mine)
    assert answer.status_code == status
    assert everything(service) == before
    assert (SAID["points"] in answer.text) == (status == 422)  # what was written is not lost


def test_a_report_for_a_task_that_has_ended_is_refused_before_it_is_kept(service: Service) -> None:
    client, task = browser(service, "analyst"), str(tasks(service)["taobao"])
    client.post(f"/tasks/{task}/close", data={"state": "dropped", "note": "不再需要"})
    before = everything(service)
    assert client.post("/field", data=SAID | {"task": task}).status_code == 409
    assert client.post(f"/tasks/{task}/claim").status_code == 409
    assert everything(service) == before


@pytest.mark.parametrize(
    ("points", "key", "told"),
    [
        ("天气很好。", "reported_nothing", "没有可以回答问题的内容"),
        (f"{SAID['points']}他的手机号是13812345678。", "reported_without", "读取的原文"),
    ],
)
def test_what_reading_a_report_came_to_is_told(service: Service, points: str, key: str, told: str) -> None:
    client = browser(service, "analyst")
    location = client.post("/field", data=SAID | {"points": points}).headers["location"]
    assert location.endswith(f"done={key}")
    assert told in page(client, location)


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget": "-1"},
        {"budget": "inf"},
        {"spent": "nan"},
        {"outcome": "won", "reasons": "x"},
        {"budget": "x"},
    ],
)
def test_a_step_that_cannot_be_is_refused_by_page_api_and_command(
    service: Service, intel: Command, wrong: dict[str, str]
) -> None:
    step, before = {"stage": "gather"} | wrong, everything(service)
    client = browser(service, "analyst")
    assert 400 <= client.post("/accounts/taobao/stage", data=step).status_code < 500
    assert 400 <= client.post(f"{API}/stages", json=step).status_code < 500
    assert everything(service) == before
    intel("init")
    if "outcome" not in wrong:  # no option of the command says so
        [(name, value)] = wrong.items()
        assert intel("stage", "enter", "淘宝", "gather", f"--{name}", value, "--by", "x").code == 2


def test_a_judgement_that_cannot_be_is_refused_by_page_api_and_command(
    service: Service, intel: Command
) -> None:
    client, before = browser(service, "analyst"), everything(service)
    intel("init")
    right = {"criterion": "effort", "low": "1", "high": "2", "why": "x"}
    for wrong in (
        {"high": "0"},
        {"low": "nan"},
        {"high": "inf"},
        {"why": " "},
        {"low": "-1"},
        {"high": "101"},
    ):
        made = right | wrong
        assert 400 <= client.post("/accounts/taobao/judgements", data=made).status_code < 500, wrong
        assert 400 <= client.post(f"{API}/judgements", json=made).status_code < 500, wrong
        given = [f"--{name}={made[name]}" for name in ("low", "high", "why")]
        assert refused(intel("assess", "judge", "淘宝", "effort", *given, "--by", "x")), wrong
    assert everything(service) == before


def test_a_task_ends_with_a_note_wherever_it_is_ended(service: Service) -> None:
    client, task, before = browser(service, "analyst"), tasks(service)["taobao"], everything(service)
    answer = client.post(f"/tasks/{task}/close", data={"state": "done", "note": " "})
    assert (answer.status_code, "结束任务要写明结果" in answer.text) == (400, True)
    assert client.post(f"/tasks/{task}/close", data={"state": "expired", "note": "x"}).status_code == 422
    assert client.post(f"/api/v1/tasks/{task}/done", json={"note": " "}).status_code == 422
    with pytest.raises(BadTask, match="needs a note"):  # what the command does
        service.workspace.files.close(task, TaskState.DONE, " ", "x", NOW.date())
    assert everything(service) == before


def test_of_two_who_end_a_development_the_second_is_refused(service: Service) -> None:
    client = browser(service, "analyst")
    ended = {"stage": "close", "outcome": "lost", "reasons": "账期谈不拢"}
    assert client.post("/accounts/taobao/stage", data=ended).status_code == 303
    assert client.post("/accounts/taobao/stage", data=ended).status_code == 409


def test_a_finding_is_relinked_to_an_account_by_any_of_its_names(service: Service) -> None:
    client = browser(service, "analyst")
    queue = client.get("/review?account=taobao").text
    offered = re.findall(r'<option value="([^"]+)"', queue.partition('<datalist id="others">')[2])
    assert "拼多多" in offered and "淘宝" not in offered
    forms = re.findall(r'action="(/review/relink/\d+)".*?<input name="account" list="(\w+)"', queue, re.S)
    assert forms and {told for _, told in forms} == {"others"}
    for name in ("没有这一家", "拼多多"):
        answer = client.post(forms[0][0], data={"account": name, "why": "说的是它"})
        assert answer.status_code == (303 if name in offered else 404)
    [last] = Reviews(service.workspace.engine).audit()[-1:]
    assert last.review.after == {"account": "pinduoduo"}


# ---- what cannot be is said in the reader's language

WRONG = {
    "not filled in": ("/accounts/taobao/stage", {"stage": "nonsense"}, "阶段"),
    "no range": (
        "/accounts/taobao/judgements",
        {"criterion": "effort", "low": "9", "high": "1", "why": "x"},
        "下限不高于上限",
    ),
    "a decision without reason": ("/review/findings/1/reject", {}, "请写明理由"),
    "out of order": ("/accounts/taobao/stage", {"stage": "gather", "outcome": "won"}, "结果只在结束阶段填写"),
    "one's own rights": ("/users/admin/disable", {}, "另一位管理员"),
    "a task that ended": ("/tasks/1/close", {"state": "done", "note": "x"}, "这项任务已经结束"),
    "a message as it stands": ("/outbox/1/drop", {"why": "x"}, "它现在的状态不允许这样做"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_said_in_the_reader_s_language(service: Service, case: str) -> None:
    path, form, said = WRONG[case]
    client = browser(service, "admin")
    client.post("/tasks/1/close", data={"state": "done", "note": "x"})
    client.post("/outbox/1/drop", data={"why": "x"})
    for part in ({}, {"HX-Request": "true"}):
        answer = client.post(path, data=form, headers={"Accept-Language": "zh", **part})
        assert answer.status_code in (400, 409, 422)
        assert said in answer.text
        assert 'class="detail" lang="en"' not in answer.text and '<span lang="en">' not in answer.text
        english = client.post(path, data=form, headers={"Accept-Language": "en", **part}).text
        assert not re.search("[\u4e00-\u9fff]", re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", english))


def test_every_refusal_has_words_in_both_languages() -> None:
    assert {kind.__name__ for kind in REFUSALS} <= tables()["refusals"].keys()
    assert all(set(words) == {"zh", "en"} for words in tables()["refusals"].values())
