"""A sentence with its entities marked in; the same sentence about other names, persons and places out.

So the model learns what surrounds a name and how names are formed, not which firms we happened to write of.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from intel.model import Entity
from pipelines.names import names

_TABLE = Path(__file__).parent / "variants.toml"
_REPLACED = 0.75  # share of the marked names that another takes the place of
_WATCHED_KEPT = 0.6  # what is written of watched names is written of them oftener than of others


@dataclass(frozen=True, slots=True)
class Marking:
    """A text and entities known to stand in it, sorted; `whole`: it names nothing else."""

    content: str
    entities: tuple[Entity, ...]
    whole: bool = False


@cache
def _pools() -> Mapping[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def variants(
    marking: Marking, watched: Sequence[Entity], number: int, chance: random.Random
) -> Iterator[Marking]:
    """So many variants of a marked sentence; `watched` are the watched names in it."""
    for _ in range(number):
        yield _varied(marking, watched, chance)


def _varied(marking: Marking, watched: Sequence[Entity], chance: random.Random) -> Marking:
    content, at, entities = "", 0, []
    for entity in marking.entities:
        content += marking.content[at : entity.start]
        at = entity.end
        is_watched = any(entity.start < one.end and one.start < entity.end for one in watched)
        kept = is_watched and chance.random() < _WATCHED_KEPT
        text = entity.text
        if entity.kind in _MAKERS and not kept and chance.random() < _REPLACED:
            text = _MAKERS[entity.kind](entity.text.isascii(), chance) or text
        start, content = len(content), content + text
        entities.append(Entity(entity.kind, start, len(content), text))
    return Marking(content + marking.content[at:], tuple(entities), whole=True)


def _person(is_latin: bool, chance: random.Random) -> str:
    pool, people = _pools()["person"], names().people
    if is_latin:
        return f"{chance.choice(pool['first'])} {chance.choice(pool['last'])}"
    lot = chance.random()
    family: str = chance.choice(
        people.compound if lot < 0.04 else people.guarded if lot < 0.22 else people.surnames
    )
    lot = chance.random()
    if lot < 0.04:
        return family + chance.choice(("某", "某某"))
    if lot < 0.09:
        return family + str(chance.choice(pool["honorifics"]))
    if lot < 0.13:
        return str(chance.choice(pool["prefixes"])) + family
    return family + "".join(chance.choice(pool["given"]) for _ in range(chance.choice((1, 2, 2, 2))))


def _place(is_latin: bool, chance: random.Random) -> str:
    pool = _pools()["place"]
    if is_latin:
        return str(chance.choice(pool["english"]))
    if chance.random() < 0.7:
        return str(chance.choice(pool["chinese"]))
    listed = [name for name in names().places if not name.isascii()]
    return str(chance.choice(listed)) + str(chance.choice(("", "", "", "市", "地区")))


def _org(is_latin: bool, chance: random.Random) -> str:
    pool = _pools()["org"]
    if is_latin:
        return f"{chance.choice(pool['first'])} {chance.choice(pool['last'])}"
    core = "".join(chance.choice(pool["core"]) for _ in range(chance.choice((2, 2, 3))))
    lot = chance.random()
    if lot < 0.6:
        return core + str(chance.choice(pool["trades"]))
    place = _place(False, chance)
    if lot < 0.8:
        return place + core + str(chance.choice(pool["trades"])) + str(chance.choice(pool["forms"]))
    return place + str(chance.choice(pool["authorities"]))


def _product(is_latin: bool, chance: random.Random) -> str:
    pool = _pools()["product"]
    if is_latin:
        return ""
    version = str(chance.choice(pool["versions"])) if chance.random() < 0.15 else ""
    return f"{chance.choice(pool['first'])}{chance.choice(pool['last'])}{version}"


def _position(is_latin: bool, chance: random.Random) -> str:
    pool, people = _pools()["position"], names().people
    if is_latin:
        return str(chance.choice(people.english_titles))
    lot = chance.random()
    if lot < 0.35:
        return f"{chance.choice(pool['departments'])}{chance.choice(pool['ranks'])}"
    before = str(chance.choice(pool["before"])) if lot < 0.5 else ""
    return before + str(chance.choice(people.titles))


_MAKERS: Mapping[str, Callable[[bool, random.Random], str]] = {
    "person": _person,
    "place": _place,
    "org": _org,
    "product": _product,
    "position": _position,
}
