"""`intel deliver` and `intel outbox` as a person or a script asks them; forgetting; no secret anywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from intel import account_file, bootstrap, crm, db, retention, telling
from intel.config import Settings
from intel.crm.connector import BadDestination
from intel.delivering import Delivering
from intel.outbox import Outbox, State
from tests.conftest import Command, Kept
from tests.delivering import PASSWORD, SECRET, Clock, message, put, receiving
from tests.making import NOON, root
from tests.test_cli import refused


@pytest.fixture
def ready(intel: Command) -> Command:
    """The command on a home folder with a database."""
    intel("init")
    return intel


def listed(run: Command, *words: str) -> list[dict[str, str]]:
    found = json.loads(run("outbox", "list", "--json", *words).out)
    assert isinstance(found, list)
    return found


def test_a_delivered_briefing_goes_through_the_outbox_into_the_folder(ready: Command, tmp_path: Path) -> None:
    ready("brief", "淘宝", "--deliver")
    [waiting] = listed(ready)
    assert (waiting["account"], waiting["kind"], waiting["state"]) == ("taobao", "briefing", "pending")
    assert "briefing" in ready("deliver", "--dry-run").out and not (tmp_path / "home/briefings/crm").exists()
    said = ready("deliver")
    assert said.code == 0 and "1 tried; 0 wait, 0 are dead" in said.out
    [record] = (tmp_path / "home/briefings/crm/taobao").glob("*.record.json")
    told = json.loads(record.read_text("utf-8"))
    assert "信息不足" in told["verdict"] and len(told["gaps"]) == 5
    assert "未知" in (record.parent / told["file"]).read_text("utf-8")
    assert "0 tried" in ready("deliver").out


def test_a_word_file_goes_out_as_a_page(ready: Command, tmp_path: Path) -> None:
    ready("brief", "淘宝", "--deliver", "--format", "docx", "--output", str(tmp_path / "t.docx"))
    shown = json.loads(ready("outbox", "show", "1").out)
    assert shown["content"]["format"] == "html" and "<html" in shown["content"]["text"]


def test_only_the_messages_of_one_account_can_be_sent(ready: Command) -> None:
    ready("brief", "淘宝", "--deliver")
    ready("brief", "拼多多", "--deliver")
    ready("deliver", "--account", "拼多多")
    assert [one["state"] for one in listed(ready)] == ["delivered", "pending"]
    assert [one["account"] for one in listed(ready, "--account", "淘宝")] == ["taobao"]
    assert [one["account"] for one in listed(ready, "--state", "delivered")] == ["pinduoduo"]


def test_a_message_can_be_dropped_and_a_delivered_one_replayed(ready: Command, tmp_path: Path) -> None:
    ready("brief", "淘宝", "--deliver")
    ready("deliver")
    before = sorted((tmp_path / "home/briefings/crm").rglob("*"))
    assert "pending" in ready("outbox", "replay", "1").out
    assert json.loads(ready("deliver", "--json").out)[0]["state"] == "delivered"
    assert sorted((tmp_path / "home/briefings/crm").rglob("*")) == before
    ready("brief", "拼多多", "--deliver")
    assert "dropped" in ready("outbox", "drop", "2", "--why", "not ours").out
    assert refused(ready("outbox", "replay", "2"), "is dropped")
    assert refused(ready("outbox", "show", "9"), "no message 9")
    assert refused(ready("outbox", "replay"), "which message?")


def test_when_nothing_could_be_delivered_the_command_says_so(
    ready: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INTEL_CRM_FOLDER_PATH", str(tmp_path / "file"))
    ready("brief", "淘宝", "--deliver")
    said = ready("deliver")
    assert said.code == 1 and "NotADirectoryError" in said.out and "1 wait" in said.out


def test_an_unknown_destination_is_refused_in_one_line_and_an_unready_one_stops_no_other(
    ready: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEL_CRM", "sap")
    assert refused(ready("deliver"), "there are folder, tryton, webhook")
    monkeypatch.setenv("INTEL_CRM", "folder, webhook")
    ready("brief", "淘宝", "--deliver")
    said = ready("deliver")
    assert (said.code, said.err) == (1, "set INTEL_CRM_WEBHOOK_URL\n") and "delivered" in said.out
    monkeypatch.setenv("INTEL_CRM", "")
    before = listed(ready)
    assert ready("brief", "淘宝", "--deliver").code == 0 and listed(ready) == before


def test_a_verdict_is_told_when_it_changed_and_not_again(ready: Command, tmp_path: Path) -> None:
    workspace = bootstrap.open_workspace(Settings(home=tmp_path / "home"))
    clients = len(account_file.clients(workspace))
    assert telling.of_verdicts(workspace, NOON) == clients > 0
    assert telling.of_verdicts(workspace, NOON + timedelta(minutes=1)) == 0
    [told] = Outbox(workspace.engine).listed(account="taobao")
    assert (told.kind, told.state) == ("verdict", State.PENDING)
    workspace.engine.dispose()


# ---- forgetting and retention


class _Kept:
    def deliver(self, message: crm.connector.Message, now: datetime) -> crm.connector.Receipt:
        return crm.connector.Receipt("kept")


def test_a_waiting_message_goes_out_without_a_person_who_was_forgotten(
    ready: Command, tmp_path: Path
) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'home/intel.db'}")
    put(engine, message(text="# 简报\n\n物流总监陆知远说网点爆仓\n"))
    ready("forget", "person", "陆知远", "--yes")
    ready("deliver")
    [file] = (tmp_path / "home/briefings/crm/taobao").glob("*.md")
    assert "陆知远" not in file.read_text("utf-8") and "〔姓名已略〕" in file.read_text("utf-8")
    engine.dispose()


def test_what_quotes_a_forgotten_address_does_not_go_out(ready: Command, tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'home/intel.db'}")
    put(engine, message(text="网点爆仓 (https://news.example.com/1)"), message(moment=NOON + timedelta(1)))
    ready("forget", "url", "https://news.example.com/1", "--yes")
    assert [one["state"] for one in listed(ready)] == ["pending", "dropped"]
    assert json.loads(ready("outbox", "show", "1").out)["content"] == {}
    engine.dispose()


def test_a_delivered_message_that_was_emptied_cannot_be_sent_again(ready: Command, tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'home/intel.db'}")
    put(engine, message(text="网点爆仓 (https://news.example.com/1)"))
    ready("deliver")
    ready("forget", "url", "https://news.example.com/1", "--yes")
    assert refused(ready("outbox", "replay", "1"), "is forgotten")
    engine.dispose()


def test_an_export_tells_what_of_a_person_was_delivered_to_whom_and_when(
    ready: Command, tmp_path: Path
) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'home/intel.db'}")
    put(engine, message(text="物流总监陆知远说网点爆仓"))
    ready("deliver")
    [told] = json.loads(ready("export", "person", "陆知远").out)["deliveries"]
    assert (told["destination"], told["state"], told["account"]) == ("folder", "delivered", "taobao")
    assert told["ended_at"].startswith(str(datetime.now(UTC).date()))
    engine.dispose()


def test_what_ended_goes_after_its_days_and_what_waits_stays(kept: Kept) -> None:
    put(kept.engine, message(), message("webhook"))
    list(Delivering(kept.engine, {"folder": _Kept()}, Clock()).due())
    days = dict.fromkeys(retention.CLASSES, 0) | {"outbox": 90}
    gone = {
        one.name: one.rows for one in retention.let_go(kept.engine, days, root(NOON + timedelta(days=91)))
    }
    assert gone["outbox"] == 1
    assert [one.state for one in Outbox(kept.engine).listed()] == [State.PENDING]


# ---- secrets


def everything(kept: Kept) -> str:
    """All rows of all tables."""
    with Session(kept.engine) as session:
        tables = inspect(kept.engine).get_table_names()
        return "\n".join(
            str(row) for name in tables for row in session.execute(text(f'SELECT * FROM "{name}"'))
        )


def test_no_secret_is_in_rows_errors_logs_or_files_however_a_destination_fails(
    kept: Kept,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    echo = f"you said {PASSWORD} {SECRET}".encode()
    answers = [
        (status, {"Retry-After": PASSWORD, "Location": f"/{SECRET}"}, echo)
        for status in (200, 302, 401, 404, 429, 500)
    ]
    answers.append((200, {}, json.dumps({"error": [PASSWORD, [SECRET]]}).encode()))
    seen = []
    with receiving() as far:
        for name, value in {
            "WEBHOOK_URL": far.url,
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_ALLOWED": f"127.0.0.1:{far.port}",
            "TRYTON_URL": f"http://127.0.0.1:{far.port}/",
            "TRYTON_DATABASE": "crm",
            "TRYTON_USER": "u",
            "TRYTON_PASSWORD": PASSWORD,
            "TRYTON_ALLOWED": f"127.0.0.1:{far.port}",
        }.items():
            monkeypatch.setenv(f"INTEL_CRM_{name}", value)
        clock = Clock()
        for number, answer in enumerate(answers):
            for name in ("webhook", "tryton"):
                far.answers = [answer]
                connector = crm.connect(name, tmp_path)
                seen.append(repr(connector))
                put(kept.engine, message(name, account=f"a{number}", moment=NOON - timedelta(number)))
                seen += [
                    str(one) for one in Delivering(kept.engine, {name: connector}, clock).due(f"a{number}")
                ]
        monkeypatch.setenv("INTEL_CRM_WEBHOOK_URL", f"ftp://u:{PASSWORD}@h/")
        with pytest.raises(BadDestination) as caught:
            crm.connect("webhook", tmp_path)
    printed = capfd.readouterr()
    seen += [everything(kept), caplog.text, printed.out, printed.err, str(caught.value)]
    seen += [file.read_bytes().decode("utf-8", "replace") for file in tmp_path.rglob("*") if file.is_file()]
    assert all(f"HTTP {status}" in everything(kept) for status in (302, 401, 404, 429, 500))
    for canary in (SECRET, SECRET.removeprefix("whsec_"), PASSWORD):
        assert not any(canary in one for one in seen)
