"""Signals that a client may change couriers, combined to a score of 0 to 100 that explains itself.

In: the client's sentences, open calls and expiring contracts. Out: `SwitchingSignals`: for each signal of
signals.toml weight × strength × age × agreement with the stories for and against it. The score is an
inference; without any evidence it is None (未知), which is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intel.brief import Evidence
from intel.evidence import day, evidence, stories
from intel.factors import INFERENCE
from intel.model import Account
from intel.seeking import fitting, sought
from intel.signal_table import SignalRule, signal_table
from intel.surges import Surge, Window, surges
from intel.views import EvidenceView, Sought

MOST = 100.0
_MOVES_TOLD = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal at a client: `points` = `weight` × `strength` × `age` × `agreement`, the last three 0 to 1.

    `strength`: the stories for it, each by its credibility, against what makes it full. `age`: how fresh they
    are. `agreement`: their part of all that is told for and against. With fewer `stories` than `minimum`
    it has no points.
    """

    id: str
    label: str
    en: str
    weight: float
    strength: float
    age: float
    agreement: float
    points: float
    stories: int
    minimum: int
    notes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SwitchingSignals:
    """What points to a change of couriers as of a day, the strongest signal first; `kind` says inference.

    `score` is None, and `level` "", where nothing is known for or against any signal.
    """

    account: str
    name: str
    as_of: date
    kind: str
    score: float | None
    level: str
    level_en: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class ClientMaterial:
    """What signals are read from: sentences, open calls, and contracts that end (`until`) soon.

    `since`: the day of the oldest sentence that is kept, among them or not.
    """

    told: Sequence[EvidenceView]
    calls: Sequence[EvidenceView] = ()
    expiring: Sequence[EvidenceView] = ()
    since: date | None = None


def horizon() -> int:
    """How many days ahead an expiring contract is of interest."""
    return max(signal.ahead for signal in signal_table().signals)


def remembered() -> int:
    """How many days back it matters whether anything is known of a client."""
    return max(signal.recent + signal.history for signal in signal_table().signals)


def sought_of(account: Account, as_of: date) -> Sought:
    """The sentences of a client that can be signals as of a day."""
    asked = [rule for one in signal_table().signals for rule in (*one.asked, *one.against)]
    return sought(asked, {"client": account}, as_of)


def combine(
    account: Account, material: ClientMaterial, names: Mapping[str, str], as_of: date
) -> SwitchingSignals:
    """A client's signals as of a day; `names` are what couriers are called."""
    found = [_signal(rule, account, material, names, as_of) for rule in signal_table().signals]
    found.sort(key=lambda one: (-one.points, -one.stories, -one.weight, one.id))
    known = any(one.evidence or one.against for one in found)
    score = min(MOST, sum(one.points for one in found)) if known else None
    level = next((one for one in signal_table().levels if score is not None and score >= one.least), None)
    return SwitchingSignals(
        account=account.id,
        name=account.name,
        as_of=as_of,
        kind=INFERENCE,
        score=None if score is None else round(score, 1),
        level=level.label if level else "",
        level_en=level.en if level else "",
        signals=tuple(found),
    )


def _signal(
    rule: SignalRule, account: Account, material: ClientMaterial, names: Mapping[str, str], as_of: date
) -> Signal:
    cast = {"client": account}
    told = fitting(rule.asked, material.told, cast, as_of)
    notes: tuple[str, ...] = ()
    if rule.source == "calls":
        told = [*material.calls, *told]
        notes = tuple(_call(view) for view in material.calls)
    elif rule.source == "expiring":
        ending = [v for v in material.expiring if v.until and 0 <= (v.until - as_of).days <= rule.ahead]
        told = [*ending, *told]
        notes = tuple(f"{view.until} 到期" for view in ending)
    elif rule.source == "surge":
        window = Window(rule.recent, rule.history, rule.minimum, rule.times)
        found = surges(told, material.since, as_of, window)
        told = list({(v.article, v.start): v for one in found for v in one.told}.values())
        notes = tuple(_surge(one, account, names, rule.recent) for one in found)
    against = fitting(rule.against, material.told, cast, as_of)
    # A sentence that says both is against: it is the weaker claim.
    denied = {(view.article, view.start) for view in against}
    told = [view for view in told if (view.article, view.start) not in denied]
    notes += tuple(dict.fromkeys(filter(None, (_moves(view, names) for view in told))))[:_MOVES_TOLD]
    return _weighed(rule, told, against, notes, as_of)


def _call(view: EvidenceView) -> str:
    return f"{view.until} 截止" if view.until else "未写明截止日"


def _moves(view: EvidenceView, names: Mapping[str, str]) -> str:
    """Who leaves a client and who joins, where a sentence says so: 换下韵达，换上圆通."""
    sides = (("换下", view.leaving), ("换上", view.joining))
    return "，".join(
        f"{word}{'、'.join(names.get(one, one) for one in some)}" for word, some in sides if some
    )


def _surge(one: Surge, account: Account, names: Mapping[str, str], days: int) -> str:
    courier = names.get(one.courier, one.courier)
    before = f"此前平均每 {days} 天 {one.mean:.1f} 篇"
    return f"{courier} × {account.name}：近 {days} 天 {one.recent} 篇独立报道，{before}"


def _weighed(
    rule: SignalRule,
    told: Sequence[EvidenceView],
    against: Sequence[EvidenceView],
    notes: tuple[str, ...],
    as_of: date,
) -> Signal:
    belief = signal_table().belief
    stands, opposes = stories(told), stories(against)
    certain = sum(belief[view.credibility] for view, _ in stands)
    fresh = sum(belief[view.credibility] * _age(view, rule.half_life, as_of) for view, _ in stands)
    contrary = sum(belief[view.credibility] * _age(view, rule.half_life, as_of) for view, _ in opposes)
    counts = len(stands) >= rule.minimum and certain > 0
    strength = min(1.0, certain / rule.full) if counts else 0.0
    age = fresh / certain if certain else 0.0
    agreement = fresh / (fresh + contrary) if fresh else 0.0
    return Signal(
        id=rule.id,
        label=rule.label,
        en=rule.en,
        weight=rule.weight,
        strength=round(strength, 2),
        age=round(age, 2),
        agreement=round(agreement, 2),
        points=round(rule.weight * round(strength, 2) * round(age, 2) * round(agreement, 2), 1),
        stories=len(stands),
        minimum=rule.minimum,
        notes=notes,
        evidence=tuple(evidence(view, copies) for view, copies in stands),
        against=tuple(evidence(view, copies) for view, copies in opposes),
    )


def _age(view: EvidenceView, half_life: float, as_of: date) -> float:
    """1 for today's, half for one half-life old, or so far ahead."""
    ahead = view.until is not None and view.until >= as_of
    days = (view.until - as_of).days if ahead and view.until else (as_of - day(view)).days
    return float(0.5 ** (max(days, 0) / half_life))
