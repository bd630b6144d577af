"""An app of the API in this process, and clients that ask it as one user or another."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from argon2 import PasswordHasher
from dbos import DBOS
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import bootstrap, reader, series, web
from intel.alerts.book import RuleBook
from intel.alerts.rule import Kind, Rule
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.db import BriefingRow
from intel.field import FIELD
from intel.jobs.desk import desk
from intel.jobs.engine import jobs_url
from intel.keys import Keys
from intel.model import NotAnArticle, Page, Point, Source
from intel.outbox import OutboxRow, State
from intel.query import Query
from intel.store import Store
from intel.tasks import Task
from intel.teams import Team, Teams
from intel.users import ALLOWED, UserRole, Users
from tests.making import SOURCES, root

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
UNLIMITED = Rates(*["1000000/minute"] * 5)


@dataclass
class Clock:
    """A clock that a test turns."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Service:
    """An app over a database, with a user of every role."""

    workspace: Workspace
    clock: Clock = field(default_factory=Clock)
    rates: Rates = UNLIMITED

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self.workspace.engine.dispose()
        self.app.state.desk.reading.engine.dispose()

    def __post_init__(self) -> None:
        self._open = ExitStack()
        self.users = Users(self.workspace.engine, CHEAP)
        self.keys = Keys(self.workspace.engine)
        self.app: FastAPI = create_app(
            self.workspace,
            [web.router],
            Options(clock=self.clock, hasher=CHEAP, limits=Limits(self.rates)),
        )

    @classmethod
    def new(cls, home: Path, sources: tuple[Source, ...] = (), url: str = "") -> "Service":
        """On a fresh database."""
        service = cls(bootstrap.init(Settings(home=home, database_url=url), sources))
        for role in UserRole:
            service.users.add(role.value, role, PASSWORD, root(NOW))
        return service

    def key(self, user: str, *, days: int = 30) -> str:
        """A key with all scopes that the user's role allows."""
        scopes = ALLOWED[self.users.user(user).role]
        return self.keys.issue(user, "test", scopes, days, root(self.clock()))[1]

    def anonymous(self, url: str = "http://testserver", host: str = "testclient") -> TestClient:
        """A client that nobody knows."""
        client = TestClient(self.app, url, raise_server_exceptions=False, client=(host, 50000))
        return self._open.enter_context(client)  # else each request starts a thread and a loop of its own

    def asking(self, user: str) -> TestClient:
        """A client with a key of a user."""
        client = self.anonymous()
        client.headers["Authorization"] = f"Bearer {self.key(user)}"
        return client

    def logged_in(self, user: str) -> TestClient:
        """A browser in which a user has logged in, without proof against forgery."""
        client = self.anonymous()
        answer = client.post("/api/v1/session", json={"name": user, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return client


# ---- what an app of the tests knows

_PAGE = """<html><head><title>{title}</title><meta charset="utf-8"></head><body><article><h1>{title}</h1>
<p class="time">发布时间：{at}</p>{body}</article></body></html>"""
TOLD = (
    (
        "淘宝双11包裹创新高 韵达华东爆仓",
        "2026-11-12 09:00",
        "淘宝物流业务负责人在杭州表示，双11当天平台产生包裹1.9亿件，较去年增长一成。\n"
        "淘宝商家投诉韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。\n"
        "淘宝表示，现行物流合同将于2027年3月到期，新一轮招标预计2027年1月启动。",
    ),
    (
        "拼多多与极兔续签物流合同",
        "2026-11-14 10:00",
        "拼多多与极兔速递续签了2027年度物流合同，极兔继续承运其华北地区的包裹。\n"
        "拼多多商家表示，极兔在河北的多个网点爆仓，部分包裹延误五天，商家不满意。\n"
        "拼多多的付款周期为月结60天，多家快递商对此表示不满。",
    ),
    (
        "淘宝与拼多多同日宣布下调运费补贴",
        "2026-11-16 11:00",
        "淘宝宣布下调运费险补贴，拼多多同日宣布跟进。业内人士认为，中通与圆通的单票价格将承受压力。\n"
        "拼多多计划更换快递商，正在与中通接触。",
    ),
    (
        "全国快递业务量继续增长",
        "2026-11-18 08:00",
        "国家邮政局表示，全国快递业务继续增长，末端服务总体平稳，没有出现明显积压。",
    ),
)


class Keeping(Protocol):
    """What has a store and queries: a workspace, or a test's database."""

    @property
    def store(self) -> Store: ...
    @property
    def query(self) -> Query: ...


def tell(workspace: Keeping) -> None:
    """Keep and read articles on two clients, on both, and on none."""
    for number, (title, at, text) in enumerate(TOLD, 1):
        body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        html = _PAGE.format(title=title, at=at, body=body)
        workspace.store.add_page(
            Page(f"http://wire.localhost/{number}", "wire", NOW, html.encode(), "text/html")
        )
    for kept in workspace.store.pages(0, 99, unread_only=True):
        outcome = reader.read_one(workspace.store, workspace.query.watched(), kept)
        assert not isinstance(outcome, NotAnArticle), outcome


def known(home: Path, url: str = "") -> None:
    """A database with something of every kind in the files of 淘宝 and of 拼多多, made as people would."""
    with Service.new(home, (*SOURCES, FIELD), url) as service:
        tell(service.workspace)
        for account in ("taobao", "pinduoduo"):
            _work(service.asking("analyst"), account)
        task = Task("taobao", "payment_behaviour.period", "call", ("财务", "付款周期"), 0.1, NOW.date())
        service.workspace.files.keep_tasks([task, replace(task, account="pinduoduo")])
        point = Point(
            "courier.price", "taobao", "2026-10", Decimal("2.1"), Decimal("0.1"), "元/件", None, 0, 9
        )
        with Session(service.workspace.engine) as session, session.begin():
            series.keep(session, 1, [point])
            told = {"written_at": NOW, "delivered_at": NOW, "up_to": []}
            kind = {"account": "taobao", "kind": "before-visit", "format": "md", "digest": "taobao-digest"}
            session.add(BriefingRow(**told, **kind))
        Teams(service.workspace.engine).put(Team("platforms", ("viewer",), ("pinduoduo",)), root(NOW))
        _running(service.workspace)


def _running(workspace: Workspace) -> None:
    """A dead message and a rule of alerts of 淘宝 and of 拼多多, and a job that was cancelled."""
    with Session(workspace.engine) as session, session.begin():
        for account in ("taobao", "pinduoduo"):
            content = {"title": f"只属于{account}", "verdict": "信息不足。", "gaps": ["账期多长？"]}
            row = OutboxRow(
                key=account, destination="folder", account=account, kind="verdict", content=content
            )
            row.state, row.error, row.attempts = State.DEAD.value, "HTTP 500 (attempt 12, the last)", 12
            row.made_at = row.due_at = row.ended_at = NOW
            session.add(row)
            session.flush()  # so that the number of 淘宝's is 1
    for name, accounts in (("ours", ("taobao",)), ("both", ("taobao", "pinduoduo"))):
        RuleBook(workspace.engine).keep(Rule(name, Kind.EVENT, accounts=accounts), root(NOW))
    DBOS.migrate(jobs_url(workspace.settings))
    with desk(workspace) as at:
        at.cancel(at.ask("collect", "wire", root(NOW)), root(NOW))


def _work(client: TestClient, account: str) -> None:
    """A report, a review, a rule, a weight, a judgement and a stage; each with words of its own."""
    mark = f"只属于{account}"
    base = f"/api/v1/accounts/{account}"
    finding = client.get(f"{base}/findings").json()["items"][-1]["id"]
    points = f"{mark}：对方表示韵达华东网点爆仓，延误三天以上。"
    rule = f"{base}/questions/payment_behaviour.period/rule"
    answers = [
        client.post("/api/v1/field-reports", json={"account": account, "points": points}),
        client.post(f"/api/v1/findings/{finding}/confirm", json={"why": mark}),
        client.put(rule, json={"must": True, "why": mark}),
        client.put(f"{base}/weights/effort", json={"weight": 2}),
        client.post(f"{base}/judgements", json={"criterion": "effort", "low": 1, "high": 2, "why": mark}),
        client.post(f"{base}/stages", json={"stage": "select", "reasons": mark}),
    ]
    assert all(answer.is_success for answer in answers), [answer.text for answer in answers]


def reopened(home: Path, to: Path) -> Service:
    """An app over a copy of a known database."""
    shutil.copytree(home, to, dirs_exist_ok=True)
    return Service(bootstrap.open_workspace(Settings(home=to)))
