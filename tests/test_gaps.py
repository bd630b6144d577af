"""Gaps drive collection: a question of the demo goes from unknown to corroborated, another to a person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intel.account_file import account_file, today
from intel.bootstrap import Workspace, open_workspace
from intel.config import Settings
from intel.coverage import State
from intel.tasks import Task, TaskState
from tests import crawling
from tests.conftest import Command
from tests.test_demo import free_port

LISTS = ("caigou-pingtai", "dianshang-zaobao", "wuliu-shibao")
GROWTH, TROUBLE = "potential_demand.growth", "carrier_problems.what"


def crawl(*names: str) -> None:
    """A round over some sources."""
    done = crawling.command("--demo", "run", *(word for one in names for word in ("--source", one)))
    assert done.code == 0, done.err


def said(intel: Command, *arguments: str) -> str:
    """What a command says that does what it was told."""
    done = intel("--demo", *arguments)
    assert done.code == 0, done.err
    return done.out


@pytest.fixture
def workspace(intel: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """What the commands work on."""
    monkeypatch.setenv("INTEL_DEMO_PORT", str(free_port()))
    said(intel, "init")
    opened = open_workspace(Settings(demo=True))
    yield opened
    opened.engine.dispose()


def state(workspace: Workspace, question: str) -> State:
    file = account_file(workspace, workspace.query.account("唯品会"), today())
    return next(one.state for one in file.answers if one.question.id == question)


def tasks(workspace: Workspace, question: str) -> list[Task]:
    return [one for one in workspace.files.tasks("vipshop") if one.question == question]


def test_a_question_goes_from_unknown_by_tasks_to_corroborated_and_another_to_a_person(
    intel: Command, workspace: Workspace
) -> None:
    crawl(*LISTS)
    assert state(workspace, GROWTH) is state(workspace, TROUBLE) is State.UNKNOWN
    assert [(one.way, one.state) for one in tasks(workspace, GROWTH)] == [("search", "open")]

    crawl("yanjiu-search")
    assert state(workspace, GROWTH) is State.SINGLE_SOURCE
    assert [(one.state, one.score) for one in tasks(workspace, GROWTH)] == [("open", 0.6)]

    crawl("caijing-search")
    assert state(workspace, GROWTH) is State.CORROBORATED
    assert [one.state for one in tasks(workspace, GROWTH)] == ["done"]

    # Of the couriers' troubles nobody writes; the institute is no channel for them, the news are.
    crawl("caijing-search")
    for other in workspace.files.tasks("vipshop", under_way=True):
        if other.for_person:  # three are open: the budget
            workspace.files.close(other.id, TaskState.DROPPED, "先问更要紧的", "李敏", today())
    crawl("caijing-search")
    searching, person = tasks(workspace, TROUBLE)
    assert (searching.way, searching.state, searching.runs) == ("search", "expired", 3)
    assert (person.way, person.state) == ("old_customer", "open")
    assert "唯品会现在的快递商哪里出问题" in said(intel, "tasks", "list", "唯品会", "--person")

    said(intel, "tasks", "claim", str(person.id), "--by", "李敏")
    said(intel, "tasks", "done", str(person.id), "--by", "李敏", "--note", "见拜访记录")
    assert [one.state for one in tasks(workspace, TROUBLE)] == ["expired", "done"]
    crawl("caijing-search")
    assert len(tasks(workspace, TROUBLE)) == 2, "a question that was asked in vain rests"
