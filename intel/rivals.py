"""A workspace to the material of judgements on couriers and clients: battlecards, comparisons, signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from intel import battlecard, comparison, factors, past, signals
from intel.battlecard import CardMaterial
from intel.bootstrap import Workspace
from intel.comparison import Comparison, Material
from intel.comparison_lines import lines
from intel.days import end_of
from intel.factors import FactorRanking
from intel.model import Account
from intel.query_evidence import EvidenceQuery
from intel.seeking import either
from intel.series import SeriesQuery
from intel.signals import ClientMaterial, SwitchingSignals
from intel.views import EvidenceView, Sought


def client_material(
    workspace: Workspace, client: Account, when: date, told: Sequence[EvidenceView] | None = None
) -> ClientMaterial:
    """What a client's signals are read from, as of a day; `told` are its sentences where they are at hand."""
    with workspace.gone_back(when) as then:
        query = EvidenceQuery(then.engine)
        return ClientMaterial(
            told=query.told(client.id, when, signals.sought_of(client, when)) if told is None else told,
            calls=query.open_calls(client.id, when),
            expiring=query.expiring(client.id, when, signals.horizon()),
            since=query.known_since(client.id, when, signals.remembered()),
        )


def judged(workspace: Workspace, client: Account, when: date) -> tuple[SwitchingSignals, FactorRanking]:
    """What may make a client change couriers, and what it decides by, as of a day."""
    with workspace.gone_back(when) as then:
        wanted = either(signals.sought_of(client, when), factors.sought_of())
        told = EvidenceQuery(then.engine).told(client.id, when, wanted)
        return _signals(then, client, told, when), factors.rank(client, told, when)


def ranked(workspace: Workspace, client: Account, when: date) -> FactorRanking:
    """What a client decides by as of a day."""
    told = EvidenceQuery(workspace.engine).told(client.id, when, factors.sought_of())
    return factors.rank(client, told, when)


def compared(workspace: Workspace, couriers: Sequence[Account], when: date) -> Comparison:
    """The comparison of couriers as of a day."""
    sought = {one.id: comparison.sought_of(one, when) for one in couriers}
    with workspace.gone_back(when) as then:
        told = EvidenceQuery(then.engine).told_of(sought, when)
        return _compared(then, couriers, told, when)


def carded(workspace: Workspace, cast: dict[str, Account], when: date) -> battlecard.Battlecard:
    """The battlecard of a cast as of a day."""
    with workspace.gone_back(when) as then:
        return battlecard.compose(cast, _card_material(then, cast, when), when)


def _card_material(workspace: Workspace, cast: dict[str, Account], when: date) -> CardMaterial:
    query = EvidenceQuery(workspace.engine)
    told = {part: query.told(one.id, when, _sought(part, cast, when)) for part, one in cast.items()}
    couriers, client = (cast["rival"], cast["ours"]), cast.get("client")
    of_couriers = {cast[part].id: told[part] for part in ("rival", "ours")}
    return CardMaterial(
        told=told,
        comparison=_compared(workspace, couriers, of_couriers, when),
        won=query.won(cast["rival"].id, client.id, when) if client else (),
        signals=_signals(workspace, client, told["client"], when) if client else None,
        factors=factors.rank(client, told["client"], when) if client else None,
    )


def _sought(part: str, cast: dict[str, Account], when: date) -> Sought:
    """The sentences of a part of the cast that a card shows, counts or infers from."""
    of_card = battlecard.sought_of(part, cast, when)
    if part != "client":
        return either(of_card, comparison.sought_of(cast[part], when))
    inferred = either(signals.sought_of(cast[part], when), factors.sought_of())
    return either(of_card, inferred)


def _signals(
    workspace: Workspace, client: Account, told: Sequence[EvidenceView], when: date
) -> SwitchingSignals:
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
