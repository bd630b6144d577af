"""Values and far ends for tests of delivery: messages, a receiver of webhooks, a Tryton server of our own."""

import fcntl
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import trytond
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook as Verifier

from intel.crm.connector import Message
from intel.crm.record import BRIEFING, Record
from intel.crm.tryton_rpc import Calls
from intel.crm.wire import Wire
from intel.outbox import enqueue
from tests.loopback import listening
from tests.making import NOON

SECRET = "whsec_Y2FuYXJ5LXdlYmhvb2stc2VjcmV0LTAxMjM0NTY3ODk="
PASSWORD = "canary-tryton-password-0123456789"


def record(moment: datetime = NOON, **fields: Any) -> Record:
    """A briefing on 淘宝."""
    values: dict[str, Any] = {
        "title": "淘宝 · 情报简报",
        "account_name": "淘宝",
        "written_at": moment.isoformat(),
        "verdict": "信息不足：3 个必答问题中 2 个还没有可靠回答",
        "sufficient": False,
        "gaps": ("淘宝和谁签了物流合同？", "合同什么时候到期？"),
        "format": "md",
        "text": "# 淘宝 · 情报简报\n\n“韵达华东多个网点爆仓” 快递观察网\n",
    }
    return Record(**{**values, **fields})


def message(destination: str = "folder", account: str = "taobao", **fields: Any) -> Message:
    """A message with a key that its content makes."""
    told = record(**fields)
    said = f"{account}{json.dumps(told.to_json(), ensure_ascii=False)}"
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Message(key, destination, account, BRIEFING, told.to_json(), told.moment)


def put(engine: Engine, *messages: Message) -> None:
    """Into the outbox."""
    with Session(engine) as session, session.begin():
        for one in messages:
            enqueue(session, one)


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


# ---- a receiver of webhooks


@dataclass
class Receiver:
    """Keeps what it is told, once for each webhook-id; `answers` are given before it keeps anything."""

    port: int
    answers: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    came: int = 0
    methods: list[str] = field(default_factory=list)
    verifier: Verifier = field(default_factory=lambda: Verifier(SECRET))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """Count, verify, keep."""
        self.came += 1
        if self.answers:
            return self.answers.pop(0)
        kept = self.verifier.verify(body, dict(headers))
        self.kept.setdefault(headers["webhook-id"], kept)
        return 204, {}, b""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.methods.append(self.command)
            status, extra, said = receiver.take(body, headers)
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_PATCH = do_POST  # noqa: N815 (named by http.server)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    receiver = Receiver(0)
    with listening(Handler) as server:
        receiver.port = server.server_port
        yield receiver


# ---- a Tryton server


@dataclass(frozen=True)
class TrytonServer:
    """A running server with one database."""

    port: int

    @property
    def calls(self) -> Calls:
        """Calls as its administrator."""
        service = f"127.0.0.1:{self.port}"
        wire = Wire("tryton", frozenset({service}))
        return Calls(wire, f"http://{service}/crm/rpc/", "admin", SecretStr(PASSWORD))

    def environment(self) -> dict[str, str]:
        """The settings that lead to it."""
        return {
            "INTEL_CRM_TRYTON_URL": f"http://127.0.0.1:{self.port}/",
            "INTEL_CRM_TRYTON_DATABASE": "crm",
            "INTEL_CRM_TRYTON_USER": "admin",
            "INTEL_CRM_TRYTON_PASSWORD": PASSWORD,
            "INTEL_CRM_TRYTON_ALLOWED": f"127.0.0.1:{self.port}",
        }


@contextmanager
def tryton(folder: Path, cache: Path) -> Iterator[TrytonServer]:
    """A server on a copy of a database with a company; that one is made once and kept in `cache`."""
    template = cache / f"tryton-{trytond.__version__}.sqlite"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _make(cache, template)
    shutil.copy(template, folder / "crm.sqlite")
    with _running(folder) as server:
        yield server


def _make(cache: Path, template: Path) -> None:
    """All modules and a company; takes some forty seconds of a processor."""
    shutil.rmtree(cache / "making", ignore_errors=True)
    folder = cache / "making"
    folder.mkdir()
    (folder / "crm.sqlite").touch()
    (folder / "password").write_text(PASSWORD)
    environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    steps = (
        ["--all", "--email", "crm@example.com", "--password"],
        ["-u", "sale_opportunity", "--activate-dependencies"],
    )
    admin = str(Path(sys.executable).parent / "trytond-admin")
    for words in steps:
        subprocess.run(
            [admin, "-c", str(_configuration(folder)), "-d", "crm", *words],
            env=environment,
            check=True,
            capture_output=True,
            timeout=280,
        )
    with _running(folder) as server:
        _company(server.calls)
    whole = folder / "whole.sqlite"
    with closing(sqlite3.connect(folder / "crm.sqlite")) as made, closing(sqlite3.connect(whole)) as copy:
        made.backup(copy)  # with what is only in its log so far
    whole.replace(template)


def _configuration(folder: Path) -> Path:
    file = folder / "tryton.conf"
    file.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[attachment]\nfilestore = False\n")
    return file


@contextmanager
def _running(folder: Path) -> Iterator[TrytonServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = _configuration(folder)
    with configuration.open("a") as out:
        out.write(f"[web]\nlisten = 127.0.0.1:{port}\n")
    command = [str(Path(sys.executable).parent / "trytond"), "-c", str(configuration), "-d", "crm"]
    with (folder / "tryton.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_open(port, server)
        yield TrytonServer(port)
    finally:
        server.terminate()
        server.wait(20)


def _until_open(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("no Tryton server")


def _company(calls: Calls) -> None:
    """What an opportunity needs: a company, and the administrator in it."""
    [currency] = calls.call(
        "model.currency.currency.create", [{"name": "人民币", "code": "CNY", "symbol": "¥"}]
    )
    [party] = calls.call("model.party.party.create", [{"name": "我方快递"}])
    [company] = calls.call("model.company.company.create", [{"party": party, "currency": currency}])
    [employee] = calls.call("model.company.employee.create", [{"party": party, "company": company}])
    [user] = calls.call("model.res.user.search", [["login", "=", "admin"]], 0, 1, None)
    changed = {
        "companies": [["add", [company]]],
        "company": company,
        "employees": [["add", [employee]]],
        "employee": employee,
    }
    calls.call("model.res.user.write", [user], changed)
