"""Gaps drive collection: a question of the demo goes from unknown to corroborated, another to a person."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intel.account_file import account_file, today
from intel.bootstrap import Workspace, open_workspace
from intel.config import Settings
from intel.coverage import State
from intel.tasks import Task, TaskState
from tests.test_demo import free_port

LISTS = ("caigou-pingtai", "dianshang-zaobao", "wuliu-shibao")
GROWTH, TROUBLE = "potential_demand.growth", "carrier_problems.what"
Intel = Callable[..., str]


@pytest.fixture
def intel(tmp_path: Path) -> Intel:
    """The command as a process, on a demo of its own."""
    environment = os.environ | {"INTEL_HOME": str(tmp_path), "INTEL_DEMO_PORT": str(free_port())}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "intel", "--demo", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def workspace(intel: Intel, tmp_path: Path) -> Iterator[Workspace]:
    """What those processes work on."""
    intel("init")
    opened = open_workspace(Settings(home=tmp_path, demo=True))
    yield opened
    opened.engine.dispose()


def state(workspace: Workspace, question: str) -> State:
    file = account_file(workspace, workspace.query.account("唯品会"), today())
    return next(one.state for one in file.answers if one.question.id == question)


def tasks(workspace: Workspace, question: str) -> list[Task]:
    return [one for one in workspace.files.tasks("vipshop") if one.question == question]


def test_a_question_goes_from_unknown_by_tasks_to_corroborated_and_another_to_a_person(
    intel: Intel, workspace: Workspace
) -> None:
    intel("run", *(word for name in LISTS for word in ("--source", name)))
    assert state(workspace, GROWTH) is state(workspace, TROUBLE) is State.UNKNOWN
    assert [(one.way, one.state) for one in tasks(workspace, GROWTH)] == [("search", "open")]

    intel("run", "--source", "yanjiu-search")
    assert state(workspace, GROWTH) is State.SINGLE_SOURCE
    assert [(one.state, one.score) for one in tasks(workspace, GROWTH)] == [("open", 0.6)]

    intel("run", "--source", "caijing-search")
    assert state(workspace, GROWTH) is State.CORROBORATED
    assert [one.state for one in tasks(workspace, GROWTH)] == ["done"]

    # Of the couriers' troubles nobody writes; the institute is no channel for them, the news are.
    intel("run", "--source", "caijing-search")
    for other in workspace.files.tasks("vipshop", under_way=True):
        if other.for_person:  # three are open: the budget
            workspace.files.close(other.id, TaskState.DROPPED, "先问更要紧的", "李敏", today())
    intel("run", "--source", "caijing-search")
    searching, person = tasks(workspace, TROUBLE)
    assert (searching.way, searching.state, searching.runs) == ("search", "expired", 3)
    assert (person.way, person.state) == ("old_customer", "open")
    assert "唯品会现在的快递商哪里出问题" in intel("tasks", "list", "唯品会", "--person")

    intel("tasks", "claim", str(person.id), "--by", "李敏")
    intel("tasks", "done", str(person.id), "--by", "李敏", "--note", "见拜访记录")
    assert [one.state for one in tasks(workspace, TROUBLE)] == ["expired", "done"]
    intel("run", "--source", "caijing-search")
    assert len(tasks(workspace, TROUBLE)) == 2, "a question that was asked in vain rests"
