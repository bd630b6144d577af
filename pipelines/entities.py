"""Text and watchlist in; the organisations, persons, positions, places, products and measures it names out.

Three components in one order, the same ones as in the spaCy pipeline (`pipelines.spacy_zh`): known names by
Aho-Corasick (`pipelines.aliases`), measures by rules (`pipelines.measures`), and the other names by a
learned tagger that weighs what the rules found (`pipelines.name_model`). Whether an alias means the account
in its context is decided later, by `pipelines.accounts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from intel.model import Entity
from pipelines import aliases, measures
from pipelines.aliases import Lexicon
from pipelines.name_features import is_distinct
from pipelines.name_model import NAMES, NameModel, shipped
from pipelines.organisations import unlisted
from pipelines.people import left_out, people
from pipelines.text import fold
from pipelines.time_values import NOTHING
from pipelines.timespans import TIMES, resolve

__all__ = ["KINDS", "Lexicon", "dated", "find", "known", "measured", "named"]

_WHOSE = re.compile("(?:[对我贵]|客户)方|[我他她它]们|[该本贵我]?公司")
_MEASURES = frozenset({"money", "quantity", "rate"}) | TIMES
# What is told of; entities of another kind are look-alikes of watched names.
KINDS = NAMES | _MEASURES
# A name in Latin letters is no surer than this, one of common words, such as 国际物流, unlikely.
_LATIN, _COMMON = 0.8, 0.5
# Characters over which a time lends its month to the day after it.
_NEAR = 10


def find(content: str, lexicon: Lexicon, model: NameModel | None = None) -> tuple[Entity, ...]:
    """What the text names, sorted by start, no two overlapping; spans point into `content`.

    Watched names carry `accounts`; every other entity has none. Takes any text in linear time. `model` is the
    shipped one by default. Raises BadModel.
    """
    folded = fold(content)
    listed = aliases.find(folded, lexicon)
    told = known(folded, listed, measured(folded))
    return verbatim(content, named(content, folded, told, model or shipped()))


def measured(folded: str) -> list[Entity]:
    """Money, quantities, rates, dates and periods with their values."""
    return [Entity(found.kind, found.start, found.end, "", found.value) for found in measures.find(folded)]


def known(folded: str, listed: Sequence[Entity], measures: Sequence[Entity]) -> list[Entity]:
    """What the rules find: the listed names, those told by their form, and the measures beside them."""
    places = [entity for entity in listed if entity.kind == "place"]
    kept = [entity for entity in listed if entity.kind != "place"]
    # A place gives way to the name that holds it: 安徽 is part of 安徽…有限公司.
    for more in (unlisted(folded, kept), places, people(folded, listed), measures):
        kept = _merged(kept, more)
    return kept


def named(content: str, folded: str, told: Sequence[Entity], model: NameModel) -> list[Entity]:
    """The entities of a text by rules and model together; `told` is what `known` found in it.

    Watched names, look-alikes and the marks of names left out stand; of the other names the model decides,
    with the rules' word for it.
    """
    fixed = _merged(
        [entity for entity in told if entity.accounts or entity.kind not in NAMES | _MEASURES],
        left_out(folded),
    )
    kept = _merged(fixed, (_judged(one, folded) for one in model.names(content, folded, told)))
    return _merged(kept, [entity for entity in told if entity.kind in _MEASURES])


def _judged(name: Entity, folded: str) -> Entity:
    """A name; a learned one of common words, or in an English text, is not sure whatever the model says.

    Whose a position is, in words that name nobody, is no part of it.
    """
    if name.kind == "position" and (whose := _WHOSE.match(folded, name.start, name.end - 1)):
        return replace(name, start=whose.end())
    if name.certainty == 1 or name.kind != "org" or is_distinct(folded, name.start, name.end):
        return name
    most = _LATIN if folded[name.start : name.end].isascii() else _COMMON
    return replace(name, certainty=min(name.certainty, most))


def verbatim(content: str, found: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities with their text as it is written."""
    return tuple(replace(entity, text=content[entity.start : entity.end]) for entity in found)


def dated(found: Iterable[Entity], published: date | None) -> tuple[Entity, ...]:
    """The entities with their dates and periods as ISO 8601, for a reader on the day of publication.

    `found` is sorted by start: what a text has told of time before says what 同日 and 当月 mean.
    """
    if published is None:
        return tuple(found)
    dated, told, end = [], NOTHING, 0
    for one in found:
        if one.kind in TIMES:
            before = told if one.start - end <= _NEAR else told.far()
            one = replace(one, value=one.value or resolve(fold(one.text), published, before))
            told, end = told.then(one.value), one.end
        dated.append(one)
    return tuple(dated)


def _merged(kept: Sequence[Entity], more: Iterable[Entity]) -> list[Entity]:
    """Both, sorted; of `more` only what overlaps nothing in `kept`."""
    merged: list[Entity] = []
    for entity, older in sorted(
        [(entity, True) for entity in kept] + [(entity, False) for entity in more],
        key=lambda pair: (pair[0].start, -pair[0].end, not pair[1]),
    ):
        if merged and entity.start < merged[-1].end:
            if older:
                merged[-1] = entity
            continue
        merged.append(entity)
    return merged
