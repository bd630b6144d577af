"""What a client decides by: quality, price, service and long-term cooperation, ranked as an inference.

In: the client's findings. Out: a `FactorRanking`. Places rest on what is said of the order (told in words or
as points), each independent story one vote a pair; what nobody orders follows by how many stories name it,
for less against. Factors that nothing tells apart share a place; without any evidence all is 未知.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from intel.brief import Evidence
from intel.evidence import evidence, stories, witnesses
from intel.factor_table import factor_table
from intel.factor_words import Pair, Spoken, above, factor_words, spoken
from intel.model import Account
from intel.views import EvidenceView, Sought

INFERENCE = "推断"


@dataclass(frozen=True, slots=True)
class Order:
    """An order that a story tells: `told` as read (质量 40 > 价格 30). `agrees` with the inferred places."""

    told: str
    agrees: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor with its place, None where nothing speaks for one; places may be shared.

    `basis` is "order" or "mentions", "" without a place; `confidence` a level of factors.toml, "" likewise,
    and `why` says what it rests on. `evidence` and `against` are sentences beside those that tell an order.
    """

    id: str
    label: str
    en: str
    place: int | None
    basis: str
    confidence: str
    why: str
    evidence: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class FactorRanking:
    """What a client decides by as of a day, in order of place; `kind` says that it is an inference."""

    account: str
    name: str
    as_of: date
    kind: str
    known: bool
    factors: tuple[Factor, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one story tells of the order, with the sentence that tells most of it."""

    view: EvidenceView
    copies: tuple[str, ...]
    told: str
    pairs: frozenset[Pair]


def sought_of() -> Sought:
    """The sentences of a client that say something of factors, however old."""
    return Sought(dict.fromkeys(factor_table().topics), {}, _speaks)


def _speaks(view: EvidenceView) -> bool:
    if view.kind != "finding" or view.topic not in factor_table().topics:
        return False
    said = spoken(view.quote)
    if said.above or said.points:
        return True
    return view.topic in factor_table().mentioned and bool(said.named or said.against)


def rank(account: Account, told: Sequence[EvidenceView], as_of: date) -> FactorRanking:
    """The client's factors as of a day, from sentences published up to it."""
    findings = [view for view in told if view.kind == "finding" and view.topic in factor_table().topics]
    said = {view: spoken(view.quote) for view in findings}
    votes = _votes(said)
    ordering = {vote.view.story for vote in votes}
    # A sentence of a story that tells an order is in its vote already.
    rest = {v: s for v, s in said.items() if v.topic in factor_table().mentioned and v.story not in ordering}
    naming = {name: _naming(name, rest) for name in factor_words().factors}
    places = _places(
        votes, {name: len(told_for) - len(against) for name, (told_for, against) in naming.items()}
    )
    factors = [_factor(name, places, votes, naming[name]) for name in factor_words().factors]
    factors.sort(key=lambda one: (one.place is None, one.place or 0))
    return FactorRanking(
        account=account.id,
        name=account.name,
        as_of=as_of,
        kind=INFERENCE,
        known=any(one.place is not None for one in factors),
        factors=tuple(factors),
        orders=tuple(
            Order(vote.told, _agrees(vote.pairs, places), evidence(vote.view, vote.copies)) for vote in votes
        ),
    )


def _votes(said: Mapping[EvidenceView, Spoken]) -> list[_Vote]:
    """One vote for each story that tells an order; a pair it tells both ways round is no vote."""
    votes = []
    of_article: dict[int, dict[EvidenceView, Spoken]] = {}
    for view, one in said.items():
        of_article.setdefault(view.article, {})[view] = one
    for view, copies in stories(view for view, one in said.items() if one.above or one.points):
        tellings = of_article[view.article]
        pairs = _above(tellings.values())
        one_way = frozenset(pair for pair in pairs if pair[::-1] not in pairs)
        if one_way:
            best = max(tellings, key=lambda v: (*_telling(tellings[v], one_way), -v.start))
            votes.append(_Vote(best, copies, _told(tellings, best, one_way), one_way))
    return votes


def _above(tellings: Iterable[Spoken]) -> frozenset[Pair]:
    """The pairs that an article tells; points told one by one in several sentences count together."""
    tellings = list(tellings)
    pairs = frozenset(pair for one in tellings for pair in one.above)
    points: dict[str, set[float]] = {}
    for factor, told in (item for one in tellings for item in one.points.items()):
        points.setdefault(factor, set()).add(told)
    if all(len(told) == 1 for told in points.values()):
        pairs |= above({factor: min(told) for factor, told in points.items()})
    return pairs


def _telling(one: Spoken, pairs: frozenset[Pair]) -> tuple[int, int]:
    """How much of an order a sentence tells."""
    return len(one.above & pairs), len(one.points)


def _told(tellings: Mapping[EvidenceView, Spoken], best: EvidenceView, pairs: frozenset[Pair]) -> str:
    """The order as read, the most important first, with points where they are told."""
    points = {factor: n for one in tellings.values() for factor, n in one.points.items()}
    points |= tellings[best].points
    beaten = Counter(pair[0] for pair in pairs)
    named = dict.fromkeys(name for pair in sorted(pairs) for name in pair)
    ordered = sorted(named, key=lambda name: (-beaten[name], list(factor_words().factors).index(name)))
    labels = factor_words().factors
    return " > ".join(f"{labels[n][0]} {points[n]:g}" if n in points else labels[n][0] for n in ordered)


def _naming(
    name: str, said: Mapping[EvidenceView, Spoken]
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """The stories that name a factor, and those that say it does not decide."""
    against = {view.story for view, one in said.items() if name in one.against}
    return (
        witnesses(view for view, one in said.items() if name in one.named and view.story not in against),
        witnesses(view for view, one in said.items() if name in one.against),
    )


def _places(votes: Sequence[_Vote], mentions: Mapping[str, int]) -> dict[str, int]:
    """The place of each factor: by how many others most stories put it above, then by net mentions."""
    won = Counter(pair for vote in votes for pair in vote.pairs)
    ordered = {name for pair in won for name in pair}

    def weight(name: str) -> tuple[bool, int, int]:
        net = sum(
            (won[name, other] > won[other, name]) - (won[name, other] < won[other, name])
            for other in ordered
            if other != name
        )
        return name in ordered, net, 0 if name in ordered else mentions[name]

    placed = sorted((n for n in mentions if n in ordered or mentions[n] > 0), key=weight, reverse=True)
    places: dict[str, int] = {}
    for _, tied in groupby(placed, key=weight):
        place = len(places) + 1
        places |= dict.fromkeys(tied, place)
    return places


def _agrees(pairs: Iterable[Pair], places: Mapping[str, int]) -> bool:
    return all(places[upper] < places[lower] for upper, lower in pairs)


def _factor(
    name: str,
    places: Mapping[str, int],
    votes: Sequence[_Vote],
    naming: tuple[tuple[Evidence, ...], tuple[Evidence, ...]],
) -> Factor:
    label, en = factor_words().factors[name]
    voting = [vote for vote in votes if any(name in pair for pair in vote.pairs)]
    basis = "" if name not in places else "order" if voting else "mentions"
    level, why = "", ""
    if basis:
        level, why = _sureness(name, places, voting, naming)
    return Factor(name, label, en, places.get(name), basis, level, why, *naming)


def _sureness(
    name: str,
    places: Mapping[str, int],
    voting: Sequence[_Vote],
    naming: tuple[tuple[Evidence, ...], tuple[Evidence, ...]],
) -> tuple[str, str]:
    pairs = [pair for vote in voting for pair in vote.pairs if name in pair]
    agreeing = sum(_agrees([pair], places) for pair in pairs)
    share = agreeing / len(pairs) if pairs else 0.0
    owners = len({vote.view.owner for vote in voting})
    level = next(
        one
        for one in factor_table().confidence
        if len(voting) >= one.stories and owners >= one.owners and share >= one.agreeing
    )
    if not voting:
        return (
            level.level,
            f"没有说到次序的报道；提到它的 {len(naming[0])} 篇，说它不决定的 {len(naming[1])} 篇",
        )
    return (
        level.level,
        f"{len(voting)} 篇独立报道说到次序，{owners} 个来源主体，{agreeing}/{len(pairs)} 处比较相符",
    )
