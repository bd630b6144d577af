"""A battlecard: a competing courier against ours for a client, each cell made of quotes and figures.

In: sentences of the three, the comparison of the two couriers, the client's signals and factors. Out: a
`Battlecard`. What stands in which cell follows from battlecard.toml; a cell without evidence says 未知.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intel.battlecard_questions import Question, Standing, questions
from intel.battlecard_rules import card_table
from intel.brief import Evidence
from intel.comparison import ComparedLine, Comparison
from intel.evidence import Cast, witnesses
from intel.factors import FactorRanking
from intel.model import Account
from intel.seeking import seeker, sought
from intel.signals import SwitchingSignals
from intel.views import EvidenceView, Sought
from pipelines.text import fold


@dataclass(frozen=True, slots=True)
class Group:
    """Quotes of a cell that tell the same kind of thing.

    `note` are the figures of a `measure`, or what a signal counted.
    """

    label: str
    en: str
    note: str
    measure: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SwotCell:
    """A cell of the SWOT; without groups it is unknown."""

    id: str
    label: str
    en: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Battlecard:
    """A rival against ours as of a day, for a client where one is named."""

    rival: Account
    ours: Account
    client: Account | None
    as_of: date
    cells: tuple[SwotCell, ...]
    comparison: Comparison
    serves: tuple[Evidence, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class CardMaterial:
    """What a battlecard is made of: `told` by part of the cast ("rival", "ours", "client"); `won` are notices
    by which the rival won something of the client; `signals` and `factors` are the client's, if there is one.
    """

    told: Mapping[str, Sequence[EvidenceView]]
    comparison: Comparison
    won: Sequence[EvidenceView] = ()
    signals: SwitchingSignals | None = None
    factors: FactorRanking | None = None


def sought_of(part: str, cast: Cast, as_of: date) -> Sought:
    """The sentences of a part of the cast that can stand in a cell as of a day."""
    asked = [one.asked for one in card_table().rules if one.of == part]
    return sought([*asked, card_table().serves] if part == "client" else asked, cast, as_of)


def compose(cast: Cast, material: CardMaterial, as_of: date) -> Battlecard:
    """The battlecard of `cast["rival"]` against `cast["ours"]`, for `cast["client"]` if it is there."""
    rival, ours, client = cast["rival"], cast["ours"], cast.get("client")
    used: set[str] = set()
    told = _told(cast, material, as_of, used)
    groups = [*_measured(material.comparison, rival, ours), *told, *_signalled(material.signals, used)]
    cells = _cells(groups)
    serves = _serves(cast, material, as_of, used) if client else ()
    standing = Standing(
        empty=frozenset(cell.id for cell in cells if not cell.groups),
        serves=bool(serves),
        quotes=tuple(one for _, group in told for one in group.evidence),
        comparison=material.comparison,
        factors=material.factors,
    )
    return Battlecard(
        rival=rival,
        ours=ours,
        client=client,
        as_of=as_of,
        cells=cells,
        comparison=material.comparison,
        serves=serves,
        questions=questions(cast, standing),
    )


def _cells(groups: Iterable[tuple[str, Group]]) -> tuple[SwotCell, ...]:
    """Every cell with its groups; what is true of us anywhere comes after what is true of this client."""
    ours_anywhere = {one.label for one in card_table().rules if one.of == "ours"}
    ordered = sorted(groups, key=lambda one: one[1].label in ours_anywhere)
    return tuple(
        SwotCell(name, label, en, tuple(group for cell, group in ordered if cell == name))
        for name, (label, en) in card_table().cells.items()
    )


def _told(cast: Cast, material: CardMaterial, as_of: date, used: set[str]) -> list[tuple[str, Group]]:
    """The groups of the rules: each sentence by the first rule that it fits."""
    found: dict[tuple[str, str, str], list[EvidenceView]] = {}
    for one in card_table().rules:
        fitting = filter(seeker(one.asked, cast, as_of), material.told.get(one.of, ()))
        found.setdefault((one.cell, one.label, one.en), []).extend(fitting)
    # A sentence may be known of two, as the rival's event and as the client's finding: its words count.
    groups = ((cell, Group(label, en, "", False, _unused(v, used))) for (cell, label, en), v in found.items())
    return [(cell, group) for cell, group in groups if group.evidence]


def _unused(views: Iterable[EvidenceView], used: set[str]) -> tuple[Evidence, ...]:
    """One sentence a story as evidence, without those whose words were used; marks theirs as used."""
    fresh = [view for view in views if _words(view.quote) not in used]
    used |= {_words(view.quote) for view in fresh}
    return witnesses(fresh)


def _words(quote: str) -> str:
    return "".join(fold(quote).split())


def _measured(comparison: Comparison, rival: Account, ours: Account) -> list[tuple[str, Group]]:
    """The lines on which one of the two is better, for the same period."""
    lines = {line.id: line for line in comparison.lines}
    found = []
    for measures in card_table().measures:
        for line in (lines[name] for name in measures.lines):
            better = _rival_is_better(line, rival, ours)
            if better is not None:
                cells = [comparison.cell(line.id, one.id) for one in (rival, ours)]
                told = " · ".join(
                    f"{one.name} {cell.shown}" for one, cell in zip((rival, ours), cells, strict=True)
                )
                quotes = tuple(cell.evidence[0] for cell in cells)
                period = line.period.replace("/", "–")
                group = Group(line.label, line.en, f"{told}（{period}）", True, quotes)
                found.append((measures.better if better else measures.worse, group))
    return found


def _rival_is_better(line: ComparedLine, rival: Account, ours: Account) -> bool | None:
    """Whether the rival is, None where that cannot be said: no value, other periods, equal, no better end."""
    theirs, own = (
        next(cell for cell in line.cells if cell.courier == courier.id) for courier in (rival, ours)
    )
    if theirs.value is None or own.value is None or not (theirs.comparable and own.comparable):
        return None
    if theirs.value == own.value or not line.better:
        return None
    return (theirs.value < own.value) == (line.better == "low")


def _signalled(signals: SwitchingSignals | None, used: set[str]) -> list[tuple[str, Group]]:
    """The client's signals, and together the signs that it stays with its couriers."""
    if signals is None:
        return []
    table = card_table().signals
    cells = dict.fromkeys(table.opportunities, "opportunities") | dict.fromkeys(table.threats, "threats")
    found = []
    for signal in signals.signals:
        quotes = _fresh(signal.evidence, used) if signal.points >= table.least and signal.id in cells else ()
        if quotes:
            note = "；".join(signal.notes)
            found.append((cells[signal.id], Group(signal.label, signal.en, note, False, quotes)))
    against = [one for signal in signals.signals if signal.id in table.against for one in signal.against]
    against.sort(key=lambda one: (-one.day.toordinal(), one.url, one.quote))
    if stays := _fresh(against, used):
        found.append(("threats", Group(table.label, table.en, "", False, stays)))
    return found


def _fresh(quotes: Iterable[Evidence], used: set[str]) -> tuple[Evidence, ...]:
    """Those whose words were not used yet; marks them as used."""
    fresh = []
    for one in quotes:
        if _words(one.quote) not in used:
            used.add(_words(one.quote))
            fresh.append(one)
    return tuple(fresh)


def _serves(cast: Cast, material: CardMaterial, as_of: date, used: set[str]) -> tuple[Evidence, ...]:
    """What the rival does for the client, newest first: its notices, and sentences not used elsewhere."""
    told = filter(seeker(card_table().serves, cast, as_of), material.told.get("client", ()))
    return _unused([*material.won, *told], used)
