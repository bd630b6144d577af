"""Gold passages and what was read out of them in; precision, recall, F1 and the worst mistakes out.

Matching is one to one and lenient about borders: a mention, event or finding is right where account or
type agree and the spans overlap.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from intel.gold import GoldEvent, Passage
from intel.model import COUNTED, Event
from pipelines.flow import Analysis
from pipelines.text import fold

PARTIES = ("subject", "counterparty")
# The gold marks couriers of a change as counterparties, and not which leaves.
UNMARKED = frozenset({*PARTIES, "leaving", "joining"})


@dataclass(slots=True)
class Tally:
    """Counts of one kind of answer: hits, and what was found wrongly or missed."""

    hits: int = 0
    spurious: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1.0 where nothing was found."""
        return self.hits / (self.hits + self.spurious) if self.hits + self.spurious else 1.0

    @property
    def recall(self) -> float:
        """Share of what there is that was found; 1.0 where there is nothing."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = 2 * self.hits + self.spurious + self.missed
        return 2 * self.hits / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer: `sign` is + for what was found wrongly, - for what was missed, ~ for a confusion."""

    step: str
    passage: str
    sign: str
    label: str
    text: str


@dataclass(slots=True)
class Scores:
    """A whole measuring. Tallies by step ("accounts", "events" …), then by account, type or topic.

    `rates` are shares of right answers among matched ones; `confusion` counts (gold type, found type)
    where spans overlap and types differ.
    """

    tallies: dict[str, dict[str, Tally]] = field(default_factory=lambda: defaultdict(dict))
    rates: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    mistakes: list[Mistake] = field(default_factory=list)

    def total(self, step: str) -> Tally:
        """All labels of a step together."""
        tallies = self.tallies[step].values()
        return Tally(*(sum(getattr(t, name) for t in tallies) for name in ("hits", "spurious", "missed")))

    def rate(self, name: str) -> float:
        """Share of right answers; 1.0 where none was asked."""
        answers = self.rates[name]
        return sum(answers) / len(answers) if answers else 1.0

    def figures(self) -> dict[str, float]:
        """Every total as one number, by the names that floors.json uses."""
        found = {}
        for step in self.tallies:
            total = self.total(step)
            for name in ("precision", "recall", "f1"):
                found[f"{step}.{name}"] = round(getattr(total, name), 4)
        return found | {f"{name}.right": round(self.rate(name), 4) for name in self.rates}


@dataclass(frozen=True, slots=True)
class _Item:
    """Something with a label at a span, gold or found."""

    label: str
    start: int
    end: int
    value: object = None


def score(read: Iterable[tuple[Passage, Analysis]]) -> Scores:
    """Score what was read out of each passage."""
    scores = Scores()
    for passage, analysis in read:
        _score_accounts(scores, passage, analysis)
        _score_events(scores, passage, analysis)
        _score_topics(scores, passage, analysis)
    return scores


def score_stories(scores: Scores, passages: Sequence[Passage], told: Mapping[str, object]) -> None:
    """Add the pairwise score of stories; `told` maps passage ids to the story each was put into."""
    tally = scores.tallies["stories"].setdefault("pairs", Tally())
    for one, other in combinations(passages, 2):
        gold, found = one.story == other.story, told[one.id] == told[other.id]
        tally.hits += gold and found
        if gold != found:
            tally.missed += gold
            tally.spurious += found
            sign = "-" if gold else "+"
            scores.mistakes.append(Mistake("stories", one.id, sign, "pairs", f"{one.title} | {other.title}"))


def _score_accounts(scores: Scores, passage: Passage, analysis: Analysis) -> None:
    gold = [_Item(m.account, m.start, m.end, m.about) for m in passage.mentions]
    found = [_Item(m.account, m.start, m.end, m.about) for m in analysis.mentions]
    for one, other in _matched(scores, "accounts", passage, (gold, found)):
        scores.rates["accounts.span"].append((one.start, one.end) == (other.start, other.end))
        scores.rates["accounts.about"].append(one.value == other.value)


def _score_events(scores: Scores, passage: Passage, analysis: Analysis) -> None:
    gold = [_Item(e.type, e.start, e.end, e) for e in passage.events if e.status in COUNTED]
    found = [_Item(e.type, e.start, e.end, e) for e in analysis.events if e.status in COUNTED]
    pairs = _matched(scores, "events", passage, (gold, found), _agreement)
    _score_labels(scores, "events-by-passage", (gold, found))
    for one, other in pairs:
        assert isinstance(one.value, GoldEvent) and isinstance(other.value, Event)
        right = _subject_right(one.value, other.value)
        scores.rates["events.subject"].append(right)
        if not right:
            words = f"{' '.join(one.value.subject)} ~ {_who(other.value)} | {other.value.quote}"
            scores.mistakes.append(Mistake("subject", passage.id, "~", one.label, words))
        _score_arguments(scores, passage, one.value, other.value)
    _confuse(scores, pairs, gold, found)
    _score_status(scores, passage, analysis)


def _score_status(scores: Scores, passage: Passage, analysis: Analysis) -> None:
    """Whether what is told as no event (denied, rumoured …) is not counted as one."""
    gold = [_Item(e.type, e.start, e.end, e) for e in passage.events]
    every = [_Item(e.type, e.start, e.end, e) for e in analysis.events]
    for one, other in _pairs(gold, every, _agreement):
        assert isinstance(one.value, GoldEvent) and isinstance(other.value, Event)
        scores.rates["events.status"].append(one.value.status == other.value.status)


def _score_arguments(scores: Scores, passage: Passage, gold: GoldEvent, found: Event) -> None:
    got = {one.role: one.text for one in reversed(found.arguments) if one.role not in UNMARKED}
    for role in gold.arguments.keys() | got.keys():
        tally = scores.tallies["arguments"].setdefault(role, Tally())
        said, read = gold.arguments.get(role), got.get(role)
        if said is not None and read is not None and (said in read or read in said):
            tally.hits += 1
        else:
            tally.missed += said is not None
            tally.spurious += read is not None
            words = f"{said} ~ {read} | {found.quote}"
            scores.mistakes.append(Mistake("arguments", passage.id, "~", role, words))


def _score_topics(scores: Scores, passage: Passage, analysis: Analysis) -> None:
    gold = [_Item(f"{t.topic} {t.account}", t.start, t.end, t.stance) for t in passage.topics]
    found = [_Item(f"{f.topic} {f.account}", f.start, f.end, f.stance) for f in analysis.findings]
    for one, other in _matched(scores, "topics", passage, (gold, found), name=lambda label: label.split()[0]):
        if one.value or other.value:
            scores.rates["topics.stance"].append(one.value == other.value)
    _score_labels(scores, "topics-by-passage", (gold, found))


def _score_labels(scores: Scores, step: str, items: tuple[Sequence[_Item], Sequence[_Item]]) -> None:
    """Count which labels a passage has, wherever in it."""
    gold, found = ({item.label for item in side} for side in items)
    for label in gold | found:
        tally = scores.tallies[step].setdefault(label.split()[0], Tally())
        tally.hits += label in gold and label in found
        tally.missed += label not in found
        tally.spurious += label not in gold


def _matched(
    scores: Scores,
    step: str,
    passage: Passage,
    items: tuple[Sequence[_Item], Sequence[_Item]],
    merit: Callable[[_Item, _Item], int] = lambda one, other: 0,
    name: Callable[[str], str] = lambda label: label,
) -> list[tuple[_Item, _Item]]:
    """Count a step of a passage; gives back what was matched."""
    gold, found = items
    pairs = _pairs(gold, found, merit)
    hit = {id(item) for pair in pairs for item in pair}
    for side, sign in ((gold, "-"), (found, "+")):
        for item in side:
            tally = scores.tallies[step].setdefault(name(item.label), Tally())
            if id(item) in hit:
                tally.hits += side is gold
                continue
            tally.missed += side is gold
            tally.spurious += side is found
            quote = passage.content[item.start : item.end]
            scores.mistakes.append(Mistake(step, passage.id, sign, item.label, quote))
    return pairs


def _pairs(
    gold: Sequence[_Item], found: Sequence[_Item], merit: Callable[[_Item, _Item], int]
) -> list[tuple[_Item, _Item]]:
    """Matches one to one, the best merit first, then the largest overlap."""
    rated = sorted(
        (
            (-merit(one, other), -_overlap(one, other), i, j)
            for i, one in enumerate(gold)
            for j, other in enumerate(found)
            if one.label == other.label and _overlap(one, other) > 0
        )
    )
    pairs, used = [], set()
    for _, _, i, j in rated:
        if ("gold", i) not in used and ("found", j) not in used:
            used |= {("gold", i), ("found", j)}
            pairs.append((gold[i], found[j]))
    return pairs


def _overlap(one: _Item, other: _Item) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _agreement(one: _Item, other: _Item) -> int:
    assert isinstance(one.value, GoldEvent) and isinstance(other.value, Event)
    return int(_subject_right(one.value, other.value))


def _confuse(
    scores: Scores, pairs: Sequence[tuple[_Item, _Item]], gold: Sequence[_Item], found: Sequence[_Item]
) -> None:
    hit = {id(item) for pair in pairs for item in pair}
    spare = [item for item in found if id(item) not in hit]
    for one in gold:
        if id(one) not in hit:
            beside = [other.label for other in spare if _overlap(one, other) > 0]
            scores.confusion[one.label, beside[0] if beside else "nothing"] += 1


def _who(event: Event) -> str:
    return " ".join(one.who for one in event.filling("subject"))


def _subject_right(gold: GoldEvent, found: Event) -> bool:
    """Whether the subjects are the same; of names as written, one may hold the other (中通义乌公司, 中通)."""
    said, read = list(gold.subject), [one.who for one in found.filling("subject")]
    if gold.type == "partnership":
        # Either of two partners may be told first.
        said, read = [*said, *gold.counterparty], [*read, *(o.who for o in found.filling("counterparty"))]
        return bool(list(_same_names(said, read)))
    return len(said) == len(read) == len(list(_same_names(said, read)))


def _same_names(said: Sequence[str], read: Sequence[str]) -> Iterator[str]:
    left = [fold(name) for name in read]
    for name in map(fold, said):
        for other in left:
            if name in other or other in name:
                left.remove(other)
                yield name
                break
