"""`intel alerts`: what a person types, and what is said of a mistake."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.receivers import Receiver, receiving, wecom


@pytest.fixture
def robot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A robot that is configured as the recipient `team`."""
    file = tmp_path / "recipients.toml"
    monkeypatch.setenv("INTEL_RECIPIENTS", str(file))
    with receiving(wecom) as running:
        allowed = running.address.removeprefix("http://")
        file.write_text(
            f'[recipient.team]\nchannel = "wecom"\nurl = {{ env = "TEAM_ROBOT" }}\nallowed = ["{allowed}"]\n'
        )
        monkeypatch.setenv("TEAM_ROBOT", f"{running.address}/send?key=robot-key")
        yield running


@pytest.fixture
def ready(intel: Command, robot: Receiver) -> Command:
    """A database with the shipped rules."""
    assert intel("init").code == 0
    return intel


def rules(intel: Command) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in json.loads(intel("alerts", "list", "--json").out)}


def test_a_shipped_rule_tells_somebody_once_a_recipient_is_added(ready: Command) -> None:
    assert "tell nobody yet: answers, client-events" in ready("alerts", "list").err
    assert ready("alerts", "add", "client-events", "--to", "team").out == "changed client-events\n"
    changed = rules(ready)["client-events"]
    assert (changed["recipients"], changed["threshold"], changed["urgent"]) == (["team"], 6.0, 9.0)


def test_a_rule_is_added_with_names_as_people_say_them_and_dropped(ready: Command) -> None:
    words = "--kind event --account 手机淘宝 --event carrier_change --digest daily --at 09:00 --cap 3".split()
    assert ready("alerts", "add", "mine", "--to", "team", *words).out == "added mine\n"
    mine = rules(ready)["mine"]
    assert (mine["accounts"], mine["events"], mine["digest"]) == (["taobao"], ["carrier_change"], "daily")
    assert "daily 09:00" in ready("alerts", "list").out
    assert ready("alerts", "drop", "mine").out == "dropped mine\n"
    assert "mine" not in rules(ready)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("add mine --to team", "a rule needs kind"),
        ("add mine --kind event --to nobody", "no recipient 'nobody'; known: team"),
        ("add mine --kind event --account 某某某", "no account '某某某'"),
        ("add mine --kind event --event tendr", "did you mean tender?"),
        ("add mine --kind event --state stale", "a rule of kind event has no states"),
        ("add mine --kind state --state sure", "states of a rule of kind state are contradicted,"),
        ("add mine --kind event --quiet soon", "quiet is like 22:00-08:00"),
        ("drop nobody", "no alert rule 'nobody'"),
        ("test week", "rule week tells nobody"),
        ("feed 某某某", "no account '某某某'"),
    ],
)
def test_a_mistake_is_one_line(ready: Command, words: str, said: str) -> None:
    answer = ready("alerts", *words.split())
    assert answer.code == 2
    assert said in answer.err and len(answer.err.splitlines()) == 1


def test_a_test_message_goes_out_at_once_and_is_marked(ready: Command, robot: Receiver) -> None:
    ready("alerts", "add", "week", "--to", "team")
    assert ready("alerts", "test", "week").out == "team: sent\n"
    [asked] = robot.asked
    assert asked.json["markdown"]["content"].startswith("**【测试】测试消息**")
    [one] = json.loads(ready("alerts", "log", "--json").out)
    assert (one["rule"], one["recipient"], one["form"]) == ("week", "team", "test")


def test_a_test_that_fails_says_why_and_keeps_the_secret(
    ready: Command, robot: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready("alerts", "add", "week", "--to", "team")
    monkeypatch.setenv("TEAM_ROBOT", f"{robot.address}/send?key=wrong-key")
    answer = ready("alerts", "test", "week")
    assert (answer.code, answer.out) == (1, "team: team: errcode 93000\n")
    assert "wrong-key" not in answer.out + answer.err


def test_a_run_says_what_it_did_and_who_is_not_configured(
    ready: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ready("alerts", "add", "client-events", "--to", "team")
    ran = ready("alerts", "run")
    assert (ran.code, ran.out) == (0, "client-events: 0 messages\n")
    (tmp_path / "none.toml").write_text("")
    monkeypatch.setenv("INTEL_RECIPIENTS", str(tmp_path / "none.toml"))
    assert json.loads(ready("alerts", "run", "--json").out) == {"sent": {}, "waiting": 0, "missing": ["team"]}


def test_a_feed_is_printed(ready: Command) -> None:
    assert ready("alerts", "feed", "淘宝").out.startswith('<?xml version="1.0" encoding="utf-8"?>\n<feed')
