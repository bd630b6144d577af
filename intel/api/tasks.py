"""Tasks: the work on what is not known yet; people take those that are theirs, and end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from intel.api.access import Principal, Reader, Worker
from intel.api.asked import ChosenAccount, Number, Reason
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import Problem, missing
from intel.api.tags import IfMatch, require_match, tagged
from intel.tasks import UNDER_WAY, Task, TaskState

router = APIRouter(tags=["tasks"])


class Closing(BaseModel):
    """What came of a task, or why nobody should do it."""

    note: Reason


@router.get("/tasks")
def list_tasks(
    account: ChosenAccount,
    who: Reader,
    desk: AtDesk,
    person: Annotated[bool | None, Query(description="Only for people, or only for the spiders.")] = None,
    ended: Annotated[bool, Query(description="Those that have ended too.")] = False,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[Task]:
    """Tasks in the order they were opened."""
    chosen = [
        one
        for one in desk.reading.files.tasks(account.id if account else None)
        if who.may_see(one.account) and (ended or one.state in UNDER_WAY) and person in (None, one.for_person)
    ]
    return paged(chosen, limit, cursor, lambda one: (one.id,))


@router.get("/tasks/{number}")
def get_task(number: Number, who: Reader, desk: AtDesk, response: Response) -> Task:
    """One task."""
    task = _task(desk, who, number)
    tagged(response, task)
    return task


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who changes a task: one that may be seen, has not ended, and is as it was last seen."""

    desk: Desk
    who: Principal
    number: int
    if_match: str | None

    def change(self, act: Callable[[Principal], Task]) -> Task:
        """Change it. Raises Problem (404, 409, 412)."""
        with self.desk.changing:
            task = _task(self.desk, self.who, self.number)
            require_match(self.if_match, task)
            if task.state not in UNDER_WAY:
                raise Problem(409, f"task {self.number} has ended: {task.state} on {task.closed_on}")
            return act(self.who)

    def close(self, state: TaskState, closing: Closing) -> Task:
        """End it. Raises Problem (404, 409, 412)."""
        files, day = self.desk.workspace.files, self.desk.today()
        return self.change(lambda who: files.close(self.number, state, closing.note, who.user, day))


def _hand(who: Worker, number: Number, desk: AtDesk, if_match: IfMatch = None) -> Hand:
    return Hand(desk, who, number, if_match)


AtHand = Annotated[Hand, Depends(_hand)]


@router.post("/tasks/{number}/claim")
def claim_task(hand: AtHand) -> Task:
    """Take a task."""
    return hand.change(lambda who: hand.desk.workspace.files.claim(hand.number, who.user))


@router.post("/tasks/{number}/done")
def end_task(hand: AtHand, closing: Closing) -> Task:
    """End a task that was done; what was learned goes into a field report."""
    return hand.close(TaskState.DONE, closing)


@router.post("/tasks/{number}/drop")
def drop_task(hand: AtHand, closing: Closing) -> Task:
    """End a task that nobody should do; its question rests for ninety days."""
    return hand.close(TaskState.DROPPED, closing)


def _task(desk: Desk, who: Principal, number: int) -> Task:
    task = desk.reading.files.task(number)
    if task is None or not who.may_see(task.account):
        raise missing("task", number)
    return task
