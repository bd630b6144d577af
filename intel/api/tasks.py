"""Tasks: the work on what is not known yet; people take those that are theirs, and end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import BaseModel

from intel.api.access import Reader, Worker
from intel.api.asked import ChosenAccount, Number, Reason, Seen
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.resource import Resource
from intel.api.sight import Sight
from intel.api.tags import IfMatch, require_match, tagged
from intel.file_store import FileStore
from intel.tasks import UNDER_WAY, Task, TaskState

router = Resource(tags=["tasks"])


class Closing(BaseModel):
    """What came of a task, or why nobody should do it."""

    note: Reason


@router.get("/tasks")
def list_tasks(
    account: ChosenAccount,
    _who: Reader,
    seen: Seen,
    person: Annotated[bool | None, Query(description="Only for people, or only for the spiders.")] = None,
    ended: Annotated[bool, Query(description="Those that have ended too.")] = False,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Page[Task]:
    """Tasks in the order they were opened."""
    chosen = [
        one
        for one in seen.tasks(account.id if account else None)
        if (ended or one.state in UNDER_WAY) and person in (None, one.for_person)
    ]
    return paged(chosen, limit, cursor, lambda one: (one.id,))


@router.get("/tasks/{number}")
def get_task(number: Number, _who: Reader, seen: Seen, response: Response) -> Task:
    """One task."""
    task = seen.task(number)
    tagged(response, task)
    return task


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who changes a task: one that may be seen, has not ended, and is as it was last seen."""

    seen: Sight
    number: int
    if_match: str | None = None

    def claim(self) -> Task:
        """Take it. Raises Problem (404, 412), TaskEnded."""
        return self._change(lambda files: files.claim(self.number, self.seen.who.user))

    def close(self, state: TaskState, note: str) -> Task:
        """End it. Raises Problem (404, 412), TaskEnded, BadTask."""
        user, day = self.seen.who.user, self.seen.desk.today()
        return self._change(lambda files: files.close(self.number, state, note, user, day))

    def _change(self, act: Callable[[FileStore], Task]) -> Task:
        self._look()
        return act(self.seen.desk.when(self._look).files)

    def _look(self) -> None:
        require_match(self.if_match, self.seen.task(self.number))


async def _hand(_who: Worker, number: Number, seen: Seen, if_match: IfMatch = None) -> Hand:
    return Hand(seen, number, if_match)


AtHand = Annotated[Hand, Depends(_hand)]


@router.post("/tasks/{number}/claim")
def claim_task(hand: AtHand) -> Task:
    """Take a task."""
    return hand.claim()


@router.post("/tasks/{number}/done")
def end_task(hand: AtHand, closing: Closing) -> Task:
    """End a task that was done; what was learned goes into a field report."""
    return hand.close(TaskState.DONE, closing.note)


@router.post("/tasks/{number}/drop")
def drop_task(hand: AtHand, closing: Closing) -> Task:
    """End a task that nobody should do; its question rests for ninety days."""
    return hand.close(TaskState.DROPPED, closing.note)
