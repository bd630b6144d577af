"""Statements on an account in, and out come for each those that tell the same, or the contrary, near it.

A witness is another story of another owner that says the same within NEAR: copies are nobody. An account may
have a hundred thousand statements, so the time is walked through once with what is near at hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

# Reports further apart than this speak of different occasions.
NEAR = timedelta(days=45)
NAMED = 3  # witnesses
SURE_ENOUGH = 0.3  # a reading that is less certain is more often wrong than right
_OPPOSITE = {"raises": "lowers", "lowers": "raises", "satisfied": "dissatisfied", "dissatisfied": "satisfied"}


class Statement(NamedTuple):
    """A finding as a witness: what it says of an account, who published it, when, and how certain that is.

    `certainty` is 0 to 1: how likely the text was read right.
    """

    id: int
    topic: str
    event: str | None
    stance: str
    couriers: tuple[str, ...]
    problem: str
    story: int
    owner: str
    reliability: str
    dated_at: datetime
    confirmed: bool = False
    certainty: float = 1.0

    @property
    def hardly_certain(self) -> bool:
        """Whether it may well be no such statement, and so is nobody's witness."""
        return self.certainty < SURE_ENOUGH


# What a statement says apart from the couriers: its event, courier's problem and stance.
_Kind = tuple[str, str, str]
_SILENT: _Kind = ("", "", "")
_ANY, _NONE = "*", ""


class _Tellers:
    """Who tells one thing, and in which stories. Owners are bits: hundreds are looked at as one number."""

    __slots__ = ("_all", "_of_story", "_several", "_stories", "_times")

    def __init__(self) -> None:
        self._times: dict[tuple[int, int], int] = {}  # by owner and story
        self._stories: dict[int, int] = {}  # how many of each owner
        self._of_story: dict[int, int] = {}
        self._all = self._several = 0  # those of any, and of more than one

    def add(self, owner: int, story: int) -> None:
        """Take a telling in."""
        times = self._times[owner, story] = self._times.get((owner, story), 0) + 1
        if times > 1:
            return
        self._of_story[story] = self._of_story.get(story, 0) | owner
        stories = self._stories[owner] = self._stories.get(owner, 0) + 1
        if stories == 1:
            self._all |= owner
        elif stories == 2:
            self._several |= owner

    def take_out(self, owner: int, story: int) -> None:
        """Take a telling out again."""
        times = self._times[owner, story] = self._times[owner, story] - 1
        if times:
            return
        self._of_story[story] &= ~owner
        stories = self._stories[owner] = self._stories[owner] - 1
        if stories == 0:
            self._all &= ~owner
        elif stories == 1:
            self._several &= ~owner

    def elsewhere(self, story: int) -> int:
        """The owners that tell it in another story than this."""
        return self._several | (self._all & ~self._of_story.get(story, 0))


class Near:
    """The statements of a topic within NEAR of a moment, by what they say and of which courier.

    An account may have a hundred thousand of them: of each only those are looked at that can say the same.
    """

    def __init__(self, owners: Iterable[str]) -> None:
        self._names = sorted(set(owners))
        self._bits = {name: 1 << place for place, name in enumerate(self._names)}
        # By kind and by courier (any, none, or its id).
        self._told: dict[_Kind, dict[str, _Tellers]] = {}
        self._relations: dict[_Kind, tuple[list[_Kind], ...]] = {}

    def add(self, one: Statement) -> Sequence[_Tellers]:
        """Take a statement in; of what is given back it is to be taken out again."""
        kind = _kind(one)
        if kind == _SILENT or one.hardly_certain:
            return ()
        by_courier = self._told.get(kind)
        if by_courier is None:
            by_courier = self._told[kind] = {}
            self._relations.clear()
        owner, story = self._bits[one.owner], one.story
        told = []
        for courier in (_ANY, *(one.couriers or (_NONE,))):
            if (tellers := by_courier.get(courier)) is None:
                tellers = by_courier[courier] = _Tellers()
            tellers.add(owner, story)
            told.append(tellers)
        return told

    def take_out(self, one: Statement, told: Iterable[_Tellers]) -> None:
        """Take a statement out of what `add` gave back."""
        owner, story = self._bits[one.owner], one.story
        for tellers in told:
            tellers.take_out(owner, story)

    def agreeing(self, one: Statement) -> tuple[int, Sequence[str]]:
        """The owners of other stories that tell the same event, courier's problem or stance.

        How many there are, and the first NAMED of them by name.
        """
        problems, same, _ = self._related(_kind(one))
        owners = self._owners(problems, one, one.couriers) | self._owners(same, one, _overlapping(one))
        return owners.bit_count(), self._named(owners, NAMED)

    def contradicting(self, one: Statement) -> Sequence[str]:
        """The owners of other stories that take the opposite stance on the same couriers, by name."""
        *_, opposite = self._related(_kind(one))
        return self._named(self._owners(opposite, one, _overlapping(one)))

    def _related(self, mine: _Kind) -> tuple[list[_Kind], ...]:
        """The kinds that tell the same problem, or else the same, and those that take the opposite stance."""
        if mine not in self._relations:
            problems = [kind for kind in self._told if _same_problem(mine, kind)]
            same = [kind for kind in self._told if kind not in problems and _same(mine, kind)]
            self._relations[mine] = problems, same, [kind for kind in self._told if _opposed(mine, kind)]
        return self._relations[mine]

    def _owners(self, kinds: Iterable[_Kind], one: Statement, couriers: Sequence[str]) -> int:
        found = 0
        for kind in kinds:
            by_courier = self._told[kind]
            for courier in couriers:
                if (tellers := by_courier.get(courier)) is not None:
                    found |= tellers.elsewhere(one.story)
        return found & ~self._bits[one.owner]

    def _named(self, owners: int, most: int | None = None) -> Sequence[str]:
        found: list[str] = []
        while owners and len(found) != most:
            first = owners & -owners
            found.append(self._names[first.bit_length() - 1])
            owners ^= first
        return found


def surrounded(statements: Sequence[Statement]) -> Iterator[tuple[Statement, Near]]:
    """Each statement with those near it, for as long as the next one is not asked for."""
    ordered = sorted(statements, key=lambda one: one.dated_at)
    near, last = Near(one.owner for one in ordered), 0
    there: deque[tuple[Statement, Sequence[_Tellers]]] = deque()
    for one in ordered:
        since, until = one.dated_at - NEAR, one.dated_at + NEAR
        while last < len(ordered) and ordered[last].dated_at <= until:
            there.append((ordered[last], near.add(ordered[last])))
            last += 1
        while there[0][0].dated_at < since:
            near.take_out(*there.popleft())
        yield one, near


def _kind(one: Statement) -> _Kind:
    return one.event or "", one.problem, one.stance


def _same_problem(one: _Kind, other: _Kind) -> bool:
    """Whether both tell, without an event, one problem, and not in opposite stances."""
    no_event = not one[0] and not other[0]
    return no_event and bool(one[1]) and one[1] == other[1] and not _opposed(one, other)


def _same(one: _Kind, other: _Kind) -> bool:
    """Whether both tell the same event, or without one the same stance."""
    if one[0] or other[0]:
        return one[0] == other[0] and not _opposed(one, other)
    return bool(one[2]) and one[2] == other[2]


def _opposed(one: _Kind, other: _Kind) -> bool:
    return bool(one[2]) and other[2] == _OPPOSITE.get(one[2])


def _overlapping(one: Statement) -> tuple[str, ...]:
    """The couriers of statements that may speak of the same ones: who names none speaks of all."""
    return (*one.couriers, _NONE) if one.couriers else (_ANY,)
