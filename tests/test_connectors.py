"""One contract over all connectors, each against its real far end; and what is particular to each."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intel import crm
from intel.addresses import why_closed
from intel.crm import wire
from intel.crm.connector import BadDestination, Connector, Message, Receipt, Refused, TryLater
from intel.crm.wire import MOST, Request, Wire
from intel.delivering import LEASE, Delivering
from intel.outbox import Outbox, State
from tests.conftest import Kept
from tests.delivering import (
    PASSWORD,
    SECRET,
    Clock,
    Receiver,
    TrytonServer,
    message,
    put,
    receiving,
    tryton,
)
from tests.making import NOON


@dataclass
class FarEnd:
    """What a connector leads to: the settings for it, and what it holds of a message."""

    name: str
    environment: dict[str, str]
    effects: Callable[[Message], list[object]]


@pytest.fixture(scope="session")
def tryton_server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[TrytonServer]:
    """A Tryton server for the tests of one worker."""
    assert pytestconfig.cache is not None
    with tryton(tmp_path_factory.mktemp("tryton"), pytestconfig.cache.mkdir("tryton")) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiving() as running:
        yield running


def _folder(request: pytest.FixtureRequest, tmp_path: Path) -> FarEnd:
    def effects(message: Message) -> list[object]:
        found = (tmp_path / "crm").rglob(f"*{message.key[:16]}*")
        return [*sorted(file for file in found if file.is_file())]

    return FarEnd("folder", {"INTEL_CRM_FOLDER_PATH": str(tmp_path / "crm")}, effects)


def webhook_environment(receiver: Receiver) -> dict[str, str]:
    """The settings that lead to a receiver."""
    return {
        "INTEL_CRM_WEBHOOK_URL": receiver.url,
        "INTEL_CRM_WEBHOOK_SECRET": SECRET,
        "INTEL_CRM_WEBHOOK_ALLOWED": f"127.0.0.1:{receiver.port}",
    }


def _webhook(request: pytest.FixtureRequest, tmp_path: Path) -> FarEnd:
    receiver: Receiver = request.getfixturevalue("receiver")

    def effects(message: Message) -> list[object]:
        return [kept for key, kept in receiver.kept.items() if key == message.key]

    return FarEnd("webhook", webhook_environment(receiver), effects)


def _tryton(request: pytest.FixtureRequest, tmp_path: Path) -> FarEnd:
    server: TrytonServer = request.getfixturevalue("tryton_server")

    def effects(message: Message) -> list[object]:
        calls = server.calls
        [party] = calls.call("model.party.party.search", [["code", "=", message.account]], 0, None, None)
        owner = ["resource", "=", f"party.party,{party}"]
        mark = ["message", "like", f"%{message.key}%"]
        notes = calls.call("model.ir.note.search", [owner, mark], 0, None, None)
        files = calls.call(
            "model.ir.attachment.search", [owner, ["name", "like", f"%{message.key[:16]}%"]], 0, None, None
        )
        deals = calls.call("model.sale.opportunity.search", [["party", "=", party]], 0, None, None)
        return [*notes, *files, *deals]

    return FarEnd("tryton", server.environment(), effects)


FAR_ENDS = {"folder": _folder, "webhook": _webhook, "tryton": _tryton}
EFFECTS = {"folder": 2, "webhook": 1, "tryton": 3}


def test_the_contract_is_held_to_every_vendor_there_is() -> None:
    assert tuple(sorted(FAR_ENDS)) == crm.names()


@pytest.fixture(params=sorted(FAR_ENDS))
def far_end(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FarEnd:
    """Each vendor's, with its settings in the environment."""
    made = FAR_ENDS[request.param](request, tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def now() -> datetime:
    """The signatures of webhooks hold for minutes."""
    return datetime.now(UTC)


def unique(far_end: FarEnd, tmp_path: Path, account: str) -> Message:
    """A message on an account that no other test uses: the Tryton server outlives a test."""
    name = f"{account}-{tmp_path.name}"
    return message(far_end.name, account=name, account_name=f"客户 {name}")


def test_a_message_takes_effect_once_however_often_it_is_given(far_end: FarEnd, tmp_path: Path) -> None:
    connector, told = crm.connect(far_end.name, tmp_path), unique(far_end, tmp_path, "a")
    first = connector.deliver(told, now())
    effects = far_end.effects(told)
    assert len(effects) == EFFECTS[far_end.name]
    again = crm.connect(far_end.name, tmp_path).deliver(replace(told, links=first.links), now())
    assert far_end.effects(told) == effects and again.links == first.links


@pytest.mark.sqlite
def test_killed_between_effect_and_acknowledgement_the_effect_is_still_one(
    kept: Kept, far_end: FarEnd, tmp_path: Path
) -> None:
    told = unique(far_end, tmp_path, "k")
    put(kept.engine, told)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, kept.url, far_end.name, str(tmp_path)],
        env={**os.environ, **far_end.environment},
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    [waiting] = Outbox(kept.engine).listed()
    assert waiting.state is State.PENDING and len(far_end.effects(told)) == EFFECTS[far_end.name]
    connectors = {far_end.name: crm.connect(far_end.name, tmp_path)}
    assert list(Delivering(kept.engine, connectors, now).due()) == []  # the dead process's lease
    later = Clock(now() + LEASE)
    if far_end.name == "webhook":  # whose receiver wants a signature of these minutes
        connectors = {far_end.name: _Now(connectors[far_end.name])}
    [outcome] = Delivering(kept.engine, connectors, later).due()
    assert outcome.state is State.DELIVERED and len(far_end.effects(told)) == EFFECTS[far_end.name]


@dataclass
class _Now:
    within: Connector

    def deliver(self, message: Message, now: datetime) -> Receipt:
        return self.within.deliver(message, datetime.now(UTC))


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from intel import crm, db
from intel.delivering import Delivering

url, name, folder = sys.argv[1:]

class Killed:
    def deliver(self, message, now):
        crm.connect(name, Path(folder)).deliver(message, now)
        os.kill(os.getpid(), signal.SIGKILL)

list(Delivering(db.open_engine(url), {name: Killed()}, lambda: datetime.now(UTC)).due())
"""


# ---- the folder


def test_a_folder_holds_the_briefing_and_a_record_for_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTEL_CRM_FOLDER_PATH", raising=False)
    told = message()
    crm.connect("folder", tmp_path).deliver(told, NOON)
    [record] = (tmp_path / "crm" / "taobao").glob("*.record.json")
    said = json.loads(record.read_text("utf-8"))
    assert said["key"] == told.key and said["gaps"] == list(told.content["gaps"])
    assert (record.parent / said["file"]).read_text("utf-8") == told.content["text"]


def test_an_account_s_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    crm.connect("folder", tmp_path / "in").deliver(message(account="../../up"), NOON)
    assert all(file.is_relative_to(tmp_path / "in") for file in tmp_path.rglob("*") if file.is_file())


# ---- the webhook and the way out


def hook(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Connector:
    for name, value in webhook_environment(receiver).items():
        monkeypatch.setenv(name, value)
    return crm.connect("webhook", Path())


def test_a_vendor_can_be_asked_what_it_holds_before_it_is_told(receiver: Receiver) -> None:
    receiver.answers += [(200, {}, b'{"list": []}'), (200, {}, b"{}"), (503, {"Retry-After": "7"}, b"")]
    way = Wire("espo", frozenset({f"127.0.0.1:{receiver.port}"}))
    assert way.ask(Request("GET", f"{receiver.url}?key=1", {"X-Api-Key": "k"})).body == b'{"list": []}'
    assert way.ask(Request("PATCH", receiver.url, {}, b"{}")).status == 200
    with pytest.raises(TryLater, match="espo: HTTP 503") as told:
        way.ask(Request("GET", receiver.url, {}))
    assert (receiver.methods, told.value.after) == (["GET", "PATCH", "GET"], 7.0)


@pytest.mark.parametrize(
    ("status", "headers", "after"),
    [
        (500, {}, None),
        (503, {"Retry-After": "120"}, 120.0),
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"Retry-After": "soon"}, None),
        (401, {}, None),
    ],
)
def test_an_answer_that_may_pass_is_tried_later_when_it_says_so(
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    after: float | None,
) -> None:
    receiver.answers = [(status, headers, b"\xff\x00 garbage")]
    with pytest.raises(TryLater, match=f"HTTP {status}") as caught:
        hook(receiver, monkeypatch).deliver(message("webhook"), now())
    assert caught.value.after == after


def test_a_date_to_come_back_is_understood(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = now() + timedelta(seconds=90)
    told = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answers = [(503, {"Retry-After": told}, b"")]
    with pytest.raises(TryLater) as caught:
        hook(receiver, monkeypatch).deliver(message("webhook"), now())
    assert caught.value.after is not None and 60 < caught.value.after <= 90


@pytest.mark.parametrize("status", [302, 400, 404, 410, 422])
def test_an_answer_that_will_not_pass_is_refused_and_no_redirect_is_followed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    receiver.answers = [(status, {"Location": receiver.url}, b"")]
    with pytest.raises(Refused, match=f"HTTP {status}"):
        hook(receiver, monkeypatch).deliver(message("webhook"), now())
    assert receiver.came == 1


def test_a_server_that_does_not_answer_or_does_not_end_is_tried_later(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answers = [(200, {}, b"x" * (MOST + 1))]
    with pytest.raises(TryLater, match="RemoteProtocolError"):
        hook(receiver, monkeypatch).deliver(message("webhook"), now())
    closed = Wire("w", frozenset({"127.0.0.1:9"}))
    with pytest.raises(TryLater, match="ConnectError"):
        closed.post("http://127.0.0.1:9/", b"", {})


def test_a_server_that_says_nothing_is_tried_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "QUIET", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TryLater, match="ReadTimeout"):
            Wire("w", frozenset({f"127.0.0.1:{port}"})).post(f"http://127.0.0.1:{port}/", b"", {})


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://2130706433:{}/"])
def test_an_address_that_is_not_public_is_not_connected_to(receiver: Receiver, url: str) -> None:
    with pytest.raises(Refused, match=r"loopback|disguise"):
        Wire("w", frozenset({f"127.0.0.9:{receiver.port}"})).post(url.format(receiver.port), b"", {})
    assert receiver.came == 0


def test_a_name_that_changes_its_address_is_not_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.2 stands for a public address, at which nobody listens."""
    answers = iter(["127.0.0.2", "127.0.0.1"])
    looked_up = socket.getaddrinfo

    def rebinding(host: str, *said: Any, **more: Any) -> Any:
        return looked_up(next(answers) if host == "rebind.example" else host, *said, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(
        wire, "why_closed", lambda address: None if str(address) == "127.0.0.2" else why_closed(address)
    )
    for expected in (TryLater, Refused):
        with pytest.raises(expected):
            Wire("w").post(f"http://rebind.example:{receiver.port}/", b"", {})
    assert receiver.came == 0 and next(answers, None) is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"INTEL_CRM_WEBHOOK_URL": ""}, "set INTEL_CRM_WEBHOOK_URL"),
        ({"INTEL_CRM_WEBHOOK_URL": "http://crm.example.com/"}, "not https"),
        ({"INTEL_CRM_WEBHOOK_URL": f"https://u:{SECRET}@crm.example.com/"}, "holds a password"),
        ({"INTEL_CRM_WEBHOOK_SECRET": ""}, "set INTEL_CRM_WEBHOOK_SECRET_FILE"),
        ({"INTEL_CRM_WEBHOOK_SECRET": f"whsec_é{PASSWORD}"}, "not like whsec_"),
        ({"INTEL_CRM_WEBHOOK_SECRET_FILE": "/nowhere/at/all"}, "cannot read the file"),
    ],
)
def test_what_a_destination_lacks_is_said_without_its_secrets(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], told: str
) -> None:
    for name, value in {**webhook_environment(receiver), **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadDestination, match=told) as caught:
        crm.connect("webhook", Path())
    assert SECRET not in str(caught.value) and PASSWORD not in str(caught.value)


def test_a_secret_may_lie_in_a_file(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    for name, value in webhook_environment(receiver).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("INTEL_CRM_WEBHOOK_SECRET")
    monkeypatch.setenv("INTEL_CRM_WEBHOOK_SECRET_FILE", str(file))
    crm.connect("webhook", Path()).deliver(message("webhook"), now())
    [kept] = receiver.kept.values()
    assert kept["type"] == "intel.briefing" and kept["data"]["account"] == "taobao"


# ---- Tryton


@pytest.fixture
def server(tryton_server: TrytonServer, monkeypatch: pytest.MonkeyPatch) -> TrytonServer:
    """The server, with the settings that lead to it."""
    for name, value in tryton_server.environment().items():
        monkeypatch.setenv(name, value)
    return tryton_server


def test_a_party_that_the_crm_has_by_name_is_taken_and_people_s_words_stay(server: TrytonServer) -> None:
    calls = server.calls
    [party] = calls.call("model.party.party.create", [{"name": "真有的客户"}])
    [deal] = calls.call(
        "model.sale.opportunity.create", [{"party": party, "comment": "张经理的话：下周再谈"}]
    )
    connector = crm.connect("tryton", Path())
    told = message("tryton", account="real", account_name="真有的客户")
    receipt = connector.deliver(told, NOON)
    assert receipt.links == {"party": str(party), "opportunity": str(deal)}
    newer = message(
        "tryton",
        account="real",
        account_name="真有的客户",
        moment=NOON + timedelta(days=1),
        verdict="信息足够",
        gaps=(),
    )
    connector.deliver(replace(newer, links=receipt.links), NOON)
    connector.deliver(replace(told, links=receipt.links), NOON)  # an old one, replayed
    [kept] = calls.call("model.sale.opportunity.read", [deal], ["description", "comment"])
    assert kept["comment"].startswith("张经理的话：下周再谈") and kept["comment"].count("竞争情报完") == 1
    assert "信息足够" in kept["comment"] and kept["description"] == "信息足够"


def test_several_parties_of_one_name_are_for_a_person_to_tell_apart(server: TrytonServer) -> None:
    server.calls.call("model.party.party.create", [{"name": "同名"}, {"name": "同名"}])
    with pytest.raises(Refused, match="several parties are called 同名"):
        crm.connect("tryton", Path()).deliver(message("tryton", account="t", account_name="同名"), NOON)


def test_a_wrong_password_is_no_fault_of_the_message(
    server: TrytonServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEL_CRM_TRYTON_USER", "nobody")
    with pytest.raises(TryLater, match="HTTP 401"):
        crm.connect("tryton", Path()).deliver(message("tryton"), NOON)


def test_a_session_that_ended_is_opened_again(server: TrytonServer) -> None:
    calls = server.calls
    calls.call("model.party.party.search", [], 0, 1, None)
    calls._session = base64.b64encode(b"admin:1:ended").decode()
    assert calls.call("model.party.party.search", [["code", "=", "no such"]], 0, 1, None) == []
