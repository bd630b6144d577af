"""How far a single finding can be believed: the Admiralty's second figure, 1 to 6, with the reason in words.

In: a finding and what else is kept of its account. It is rated apart from its source's reliability: by
whether independent witnesses (other stories of other owners, not copies) tell the same, whether anybody
tells the contrary or denies it, and by its age. What an analyst confirmed is at least probable.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CONFIRMED, PROBABLE, POSSIBLE, DOUBTFUL, IMPROBABLE, UNJUDGED = range(1, 7)
# Reports further apart than this speak of different occasions.
NEAR = timedelta(days=45)
# What was so a year ago need not be so now.
OLD = timedelta(days=365)
ANALYST = "分析员已确认"
_OPPOSITE = {"raises": "lowers", "lowers": "raises", "satisfied": "dissatisfied", "dissatisfied": "satisfied"}
_ALONE = {"A": PROBABLE, "B": POSSIBLE, "C": POSSIBLE, "D": DOUBTFUL, "E": DOUBTFUL, "F": UNJUDGED}


@dataclass(frozen=True, slots=True)
class Statement:
    """A finding as a witness: what it says of an account, who published it, and when."""

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


@dataclass(frozen=True, slots=True)
class Denial:
    """That an event of a type is denied of the account, in a story of somebody's.

    `parties` are the other accounts of the event.
    """

    event: str
    parties: frozenset[str]
    story: int
    owner: str
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class Credibility:
    """1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged."""

    grade: int
    why: str
    # Whether somebody else tells the contrary, or denies it.
    disputed: bool = False


def rate(
    statements: Sequence[Statement],
    denials: Iterable[Denial],
    now: datetime,
    wanted: Container[int] | None = None,
) -> Mapping[int, Credibility]:
    """Rate the findings of one account, all or those wanted, by their numbers."""
    beside: dict[str, list[Statement]] = defaultdict(list)
    for one in statements:
        beside[one.topic].append(one)
    denied: dict[str, list[Denial]] = defaultdict(list)
    for denial in denials:
        denied[denial.event].append(denial)
    return {
        one.id: _rated(one, told, denied.get(one.event or "", ()), now)
        for topic in beside.values()
        for one, told in _surrounded(topic)
        if wanted is None or one.id in wanted
    }


def _rated(one: Statement, told: _Near, denials: Sequence[Denial], now: datetime) -> Credibility:
    witnesses, contrary = told.agreeing(one), told.contradicting(one)
    refused = sorted({d.owner for d in denials if _refuses(d, one)})
    grade, reasons = _grade(one, witnesses)
    if contrary:
        grade = max(grade, PROBABLE if witnesses else DOUBTFUL)
        reasons.append(f"另有相反说法（{'、'.join(contrary)}）")
    if refused:
        grade = DOUBTFUL if witnesses else IMPROBABLE
        reasons.append(f"有否认的报道（{'、'.join(refused)}）")
    if now - one.dated_at > OLD:
        grade = min(grade + 1, IMPROBABLE) if grade < UNJUDGED else grade
        reasons.append(f"已过去 {(now - one.dated_at).days} 天")
    if one.confirmed:
        grade = min(grade, PROBABLE)
        reasons.append(ANALYST)
    return Credibility(grade, "；".join(reasons), bool(contrary or refused))


def _grade(one: Statement, witnesses: Sequence[str]) -> tuple[int, list[str]]:
    """The grade by witnesses alone."""
    if witnesses:
        certain = len(witnesses) > 1 or one.reliability in "AB"
        named = "、".join(witnesses[:3]) + ("等" if len(witnesses) > 3 else "")
        return CONFIRMED if certain else PROBABLE, [f"另有 {len(witnesses)} 家独立来源印证（{named}）"]
    return _ALONE[one.reliability], [f"仅此一家，来源可靠性 {one.reliability}"]


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


class _Near:
    """The statements of a topic within NEAR of a moment, by what they say and of which courier.

    An account may have a hundred thousand of them: of each only those are looked at that can say the same.
    """

    def __init__(self, owners: Iterable[str]) -> None:
        self._names = sorted(set(owners))
        self._bits = {name: 1 << place for place, name in enumerate(self._names)}
        # By kind and by courier (any, none, or its id).
        self._told: dict[_Kind, dict[str, _Tellers]] = {}
        self._relations: dict[_Kind, tuple[list[_Kind], ...]] = {}

    def add(self, one: Statement) -> Callable[[], None]:
        """Take a statement in; what is given back takes it out again."""
        kind = _kind(one)
        if kind == _SILENT:
            return _nothing
        if kind not in self._told:
            self._told[kind] = {}
            self._relations.clear()
        by_courier, owner, story = self._told[kind], self._bits[one.owner], one.story
        told = []
        for courier in (_ANY, *(one.couriers or (_NONE,))):
            if (tellers := by_courier.get(courier)) is None:
                tellers = by_courier[courier] = _Tellers()
            tellers.add(owner, story)
            told.append(tellers)

        def take_out() -> None:
            for tellers in told:
                tellers.take_out(owner, story)

        return take_out

    def agreeing(self, one: Statement) -> Sequence[str]:
        """The owners of other stories that tell the same event, courier's problem or stance, by name."""
        problems, same, _ = self._related(_kind(one))
        of_courier = self._owners(problems, one, one.couriers)
        return self._named(of_courier | self._owners(same, one, _overlapping(one)))

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

    def _named(self, owners: int) -> Sequence[str]:
        found = []
        while owners:
            first = owners & -owners
            found.append(self._names[first.bit_length() - 1])
            owners ^= first
        return found


def _surrounded(statements: Sequence[Statement]) -> Iterator[tuple[Statement, _Near]]:
    """Each statement with those near it, for as long as the next one is not asked for."""
    ordered = sorted(statements, key=lambda one: one.dated_at)
    near, last = _Near(one.owner for one in ordered), 0
    there: deque[tuple[datetime, Callable[[], None]]] = deque()
    for one in ordered:
        since, until = one.dated_at - NEAR, one.dated_at + NEAR
        while last < len(ordered) and ordered[last].dated_at <= until:
            there.append((ordered[last].dated_at, near.add(ordered[last])))
            last += 1
        while there[0][0] < since:
            there.popleft()[1]()
        yield one, near


def _nothing() -> None:
    """What to do about a statement that says nothing others could say too."""


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


def _refuses(denial: Denial, one: Statement) -> bool:
    """Whether a denial is of what is stated. Who says that nothing will change says what the denial says."""
    near = abs(denial.dated_at - one.dated_at) <= NEAR
    return near and one.stance != "lowers" and _same_parties(one, denial)


def _same_parties(one: Statement, denial: Denial) -> bool:
    """Whether what is denied is between the account and a courier that the finding names, or names nobody."""
    couriers = frozenset(one.couriers)
    return bool(couriers & denial.parties) if couriers or denial.parties else True
