"""The pages of a database in which nothing was collected yet: each says what it is for and how to begin."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from intel import rounds, web
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits
from intel.config import Settings
from intel.users import UserRole, Users
from tests.asking import CHEAP, NOW, PASSWORD, UNLIMITED
from tests.making import root

BEGIN = "intel serve"
# What each page says of its empty list, and where it leads; None where a form stands on the page itself.
EMPTY = {
    "/": ("还没有采集到文章", "/sources"),
    "/accounts/taobao/findings": ("还没有读到与它有关的内容", "/field/new?account=taobao"),
    "/review": ("没有要复核的", "/accounts"),
    "/audit": ("还没有复核决定", "/review"),
    "/tasks": ("没有自动查找的任务", None),
    "/field": ("还没有接触记录", "/field/new"),
    "/field?due=true": ("跟进日期到了", "/field/new"),
    "/search?q=爆仓": ("没有文章同时含有这些词", None),
    "/couriers": ("还没有可比的数字", "/sources"),
    "/series": ("还没有读到数据", "/sources"),
    "/series/courier.volume": ("还没有读到数据", "/series"),
    "/outbox": ("还没有消息", "/accounts"),
    "/alerts": ("还没有发出过提醒", None),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """An administrator on the pages of a fresh installation."""
    settings = Settings(home=tmp_path_factory.mktemp("fresh"))
    workspace = rounds.init(settings)
    Users(workspace.engine, CHEAP).add("admin", UserRole.ADMIN, PASSWORD, root(NOW))
    app = create_app(workspace, [web.router], Options(hasher=CHEAP, limits=Limits(UNLIMITED)))
    asking = TestClient(app, headers={"Accept-Language": "zh-CN"})
    asking.post("/login", data={"name": "admin", "password": PASSWORD})
    return asking


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_page_says_what_it_is_for_and_what_to_do_next(client: TestClient, path: str) -> None:
    said, leads = EMPTY[path]
    boxes = re.findall(r'<div class="empty">.*?</div>', client.get(path).text)
    [told] = [one for one in boxes if said in one]
    assert BEGIN in told
    if leads is not None:
        assert f'href="{leads}"' in told


def test_choosing_what_does_not_fit_is_not_taken_for_an_empty_list(client: TestClient) -> None:
    assert "没有符合条件的发现" in client.get("/accounts/taobao/findings?rejected=true").text
    assert "没有符合条件的消息" in client.get("/outbox?account=taobao").text


def test_no_table_stands_empty_under_its_header(client: TestClient) -> None:
    for path in (*EMPTY, "/accounts", "/accounts/taobao", "/accounts/taobao/briefings", "/jobs", "/users"):
        assert not re.search(r"<tbody>\s*</tbody>", client.get(path).text), path
