"""Text and its entities in; mentions of the watched accounts out, each decided by its context.

A name that also means something else (菜鸟 a beginner, EMS an electronics maker, 圆通 a manner) is decided
by the table linking.toml: by what stands right next to it, then by its sentence, then by the whole text.
An account's own units (京东超市, 阿里云, 顺丰同城) are the account; those with an account of their own
(京东物流) and strangers under the same word (京东方) are not.

Whether the text speaks of the account or names it in passing is decided by `pipelines.focus`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intel.model import Entity, Mention
from pipelines import focus
from pipelines.focus import joined
from pipelines.names import names
from pipelines.text import fold

_TABLE = Path(__file__).parent / "linking.toml"
_BESIDE = 24
_NEAR = 40
_SHORT = 3
_STOP = re.compile(r"[。！？!?;\n]")


@dataclass(frozen=True, slots=True)
class Sense:
    """One [[sense]] of the table, its patterns compiled; None where it has none."""

    is_before: re.Pattern[str] | None
    is_after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    is_near: re.Pattern[str] | None
    not_near: re.Pattern[str] | None
    otherwise: str


@dataclass(frozen=True, slots=True)
class Rules:
    """linking.toml, ready to use: senses by folded name, and what holds for every short name."""

    senses: Mapping[str, Sense]
    trade: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    person: re.Pattern[str]
    person_before: re.Pattern[str]
    person_after: re.Pattern[str]


@cache
def rules() -> Rules:
    """The table shipped with the product."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    everyone = table["everyone"]
    return Rules(
        senses={name: _sense(row) for row in table["sense"] for name in row["names"]},
        trade=re.compile("|".join(map(re.escape, table["trade"]["words"]))),
        not_before=_before(everyone["not_before"]),
        not_after=joined(everyone["not_after"]),
        person=_before([everyone["person"]]),
        person_before=_before(everyone["person_before"]),
        person_after=joined(everyone["person_after"]),
    )


def _sense(row: Mapping[str, Sequence[str]]) -> Sense:
    return Sense(
        is_before=_before(row["is_before"]) if "is_before" in row else None,
        is_after=joined(row["is_after"]) if "is_after" in row else None,
        not_before=_before(row["not_before"]) if "not_before" in row else None,
        not_after=joined(row["not_after"]) if "not_after" in row else None,
        is_near=joined(row["is_near"]) if "is_near" in row else None,
        not_near=joined(row["not_near"]) if "not_near" in row else None,
        otherwise=str(row["otherwise"]),
    )


def _before(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)})$")


def link(content: str, entities: Sequence[Entity]) -> tuple[Mention, ...]:
    """The mentions of watched accounts in `content`, in text order.

    `entities` are those of `pipelines.entities.find` for the same content.
    """
    folded = fold(content)
    watched = [entity for entity in entities if entity.accounts]
    named_in_full = _unmistakable(folded, watched)
    reading = Reading.of(folded, entities, named_in_full)
    linked = [
        (entity, account)
        for entity in watched
        for account in entity.accounts
        if (account in named_in_full if len(entity.accounts) > 1 else _is_account(folded, entity, reading))
    ]
    passing = focus.in_passing(folded, [(entity.start, entity.end, account) for entity, account in linked])
    return tuple(
        Mention(
            account, content[entity.start : entity.end], entity.start, entity.end, entity.start not in passing
        )
        for entity, account in linked
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What the whole text says, asked once: asked for every name it would make the time quadratic.

    `people`: persons' names that hold a watched name. `misled`: Latin names given another sense. `elsewhere`:
    names that stand for something else here (圆通寺) and nowhere certainly for their account.
    """

    named: frozenset[str]
    on_topic: bool
    people: frozenset[str]
    misled: frozenset[str]
    elsewhere: frozenset[str]

    @classmethod
    def of(cls, folded: str, entities: Sequence[Entity], named: frozenset[str]) -> Reading:
        """The reading of a text with these entities; `named`: the accounts it names in full."""
        senses = rules().senses
        watched = [entity for entity in entities if entity.accounts]
        latin = {name for entity in watched if (name := folded[entity.start : entity.end]).isascii()}
        return cls(
            named=named,
            on_topic=bool(named) or rules().trade.search(folded) is not None,
            people=frozenset(folded[e.start - 1 : e.end] for e in watched if _is_person(folded, e)),
            misled=frozenset(name for name in latin & senses.keys() if _hit(senses[name].not_near, folded)),
            elsewhere=_elsewhere(folded, entities, named),
        )


def _elsewhere(folded: str, entities: Iterable[Entity], named: frozenset[str]) -> frozenset[str]:
    """The names that what stands right beside them gives another sense, never the account's."""
    told: dict[str, set[bool | None]] = {}
    for entity in entities:
        name = folded[entity.start : entity.end]
        if not entity.accounts and (inner := _misread().get(name)):
            told.setdefault(inner, set()).add(False)
        elif entity.accounts and (sense := _ambiguous().get(name)):
            sure = not named.isdisjoint(entity.accounts)
            told.setdefault(name, set()).add(sure or _beside(sense, *_sides(folded, entity)))
    return frozenset(name for name, senses in told.items() if False in senses and True not in senses)


@cache
def _ambiguous() -> Mapping[str, Sense]:
    """The names that whole texts use in another sense (圆通, 菜鸟); 顺丰路 leaves 顺丰 what it is."""
    return {name: sense for name, sense in rules().senses.items() if sense.not_near}


@cache
def _misread() -> Mapping[str, str]:
    """Longer names that are something else (圆通寺), and the name of several senses that each begins with."""
    traps = [fold(trap) for group in names().traps.values() for trap in group]
    return {trap: name for trap in traps for name in _ambiguous() if trap.startswith(name)}


def _is_person(folded: str, entity: Entity) -> bool:
    """Whether the name is the given name of a person."""
    if entity.end - entity.start > _SHORT:
        return False
    left, right = _sides(folded, entity)
    if rules().person.search(left):
        return True
    return bool(rules().person_before.search(left) and rules().person_after.match(right))


def _unmistakable(folded: str, watched: Iterable[Entity]) -> frozenset[str]:
    """Accounts that some name in the text can only mean."""
    return frozenset(
        entity.accounts[0]
        for entity in watched
        if len(entity.accounts) == 1 and _speaks_for_itself(folded[entity.start : entity.end])
    )


def _speaks_for_itself(name: str) -> bool:
    return name not in rules().senses or (len(name) > _SHORT and not name.isascii())


def _is_account(folded: str, entity: Entity, reading: Reading) -> bool:
    """Whether a name stands for its account here."""
    name = folded[entity.start : entity.end]
    left, right = _sides(folded, entity)
    if len(name) <= _SHORT and _other_by_form(left, right, name, reading):
        return False
    sense = rules().senses.get(name)
    if sense is None:
        return True
    if (told := _beside(sense, left, right)) is not None:
        return told
    if name in reading.elsewhere:
        return False
    near = _sentence(folded, entity)
    if _hit(sense.is_near, near):
        return True
    if _hit(sense.not_near, near):
        return False
    return _otherwise(sense.otherwise, entity, name, reading)


def _sides(folded: str, entity: Entity) -> tuple[str, str]:
    """What stands right before a name and right after it."""
    return folded[max(0, entity.start - _BESIDE) : entity.start], folded[entity.end : entity.end + _BESIDE]


def _beside(sense: Sense, left: str, right: str) -> bool | None:
    """Whether what stands right beside a name makes it the account; None where it tells nothing."""
    if _hit(sense.is_before, left) or _hits_start(sense.is_after, right):
        return True
    if _hit(sense.not_before, left) or _hits_start(sense.not_after, right):
        return False
    return None


def _otherwise(otherwise: str, entity: Entity, name: str, reading: Reading) -> bool:
    """What holds for a name that nothing in its sentence decides."""
    if otherwise == "context":
        return reading.on_topic and name not in reading.misled
    return otherwise == "link" or (otherwise == "named" and entity.accounts[0] in reading.named)


def _other_by_form(left: str, right: str, name: str, reading: Reading) -> bool:
    """Whether the name is part of a person's or another firm's name."""
    if rules().not_before.search(left) or rules().not_after.match(right):
        return True
    return left[-1:] + name in reading.people


def _hit(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _hits_start(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is not None and pattern.match(text) is not None


def _sentence(folded: str, entity: Entity) -> str:
    """What stands in the name's sentence, at most 40 characters each way, without the name."""
    left = _STOP.split(folded[max(0, entity.start - _NEAR) : entity.start])[-1]
    right = _STOP.split(folded[entity.end : entity.end + _NEAR])[0]
    return f"{left}\n{right}"
