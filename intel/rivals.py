"""A workspace to the material of judgements on couriers and clients: battlecards, comparisons, signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from intel import battlecard, comparison, factors, past, signals
from intel.battlecard import CardMaterial
from intel.battlecard_rules import card_table
from intel.bootstrap import Workspace
from intel.comparison import Comparison, Material
from intel.comparison_lines import lines
from intel.days import end_of
from intel.model import Account
from intel.query_evidence import EvidenceQuery
from intel.series import SeriesQuery
from intel.signals import ClientMaterial
from intel.views import EvidenceView

_COURIERS = frozenset({"rival", "ours"})


def client_material(
    workspace: Workspace, client: Account, when: date, told: Sequence[EvidenceView] | None = None
) -> ClientMaterial:
    """What a client's signals are read from, as of a day; `told` are its sentences where they are at hand."""
    with workspace.gone_back(when) as then:
        query = EvidenceQuery(then.engine)
        return ClientMaterial(
            told=query.told(client.id, when) if told is None else told,
            calls=query.open_calls(client.id, when),
            expiring=query.expiring(client.id, when, signals.horizon()),
        )


def compared(workspace: Workspace, couriers: Sequence[Account], when: date) -> Comparison:
    """The comparison of couriers as of a day."""
    within = max(line.within for line in lines())
    with workspace.gone_back(when) as then:
        query = EvidenceQuery(then.engine)
        told = {one.id: query.told(one.id, when, within) for one in couriers}
        return _compared(then, couriers, told, when)


def carded(workspace: Workspace, cast: dict[str, Account], when: date) -> battlecard.Battlecard:
    """The battlecard of a cast as of a day."""
    with workspace.gone_back(when) as then:
        return battlecard.compose(cast, _card_material(then, cast, when), when)


def _card_material(workspace: Workspace, cast: dict[str, Account], when: date) -> CardMaterial:
    query = EvidenceQuery(workspace.engine)
    within = {part: _looks_back() if part in _COURIERS else None for part in cast}
    told = {part: query.told(account.id, when, within[part]) for part, account in cast.items()}
    couriers, client = (cast["rival"], cast["ours"]), cast.get("client")
    of_couriers = {cast[part].id: told[part] for part in ("rival", "ours")}
    return CardMaterial(
        told=told,
        comparison=_compared(workspace, couriers, of_couriers, when),
        won=query.won(cast["rival"].id, client.id, when) if client else (),
        signals=_signals(workspace, client, told["client"], when) if client else None,
        factors=factors.rank(client, told["client"], when) if client else None,
    )


def _looks_back() -> int | None:
    """How many days a battlecard and its comparison look back on a courier; None: however many."""
    days = [one.asked.within for one in card_table().rules if one.of in _COURIERS]
    told = [one for one in days if one is not None]
    return max([line.within for line in lines()] + told) if len(told) == len(days) else None


def _signals(
    workspace: Workspace, client: Account, told: Sequence[EvidenceView], when: date
) -> signals.SwitchingSignals:
    names = {account.id: account.name for account in workspace.query.watched()}
    material = client_material(workspace, client, when, told)
    return signals.combine(client, material, names, when)


def _compared(
    workspace: Workspace,
    couriers: Sequence[Account],
    told: Mapping[str, Sequence[EvidenceView]],
    when: date,
) -> Comparison:
    series = SeriesQuery(past.as_of(workspace.engine, end_of(when)))
    wanted = {line.series for line in lines() if line.series}
    points = {name: series.points(name) for name in sorted(wanted)}
    return comparison.compare(couriers, Material(points=points, told=told), when)
