"""topics.toml to typed rules: which events and which words make a sentence evidence for a topic.

Raises BadTopics, naming the row and the mend, for a table that cannot be taken.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intel.model import COUNTED, Role, Status
from intel.taxonomy import taxonomy
from pipelines.text import fold

TOPICS_TOML = Path(__file__).parent / "topics.toml"

Need = Literal["number", "client", "courier", "named courier", "two couriers"]
Reach = Literal["sentence", "paragraph", "article"]


class BadTopics(ValueError):
    """A topics table that cannot be taken; the message names the topic and row."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EventRule(_Row):
    """An event of `type` is evidence for the accounts that fill `role` in it.

    `role` is a role of the taxonomy, or "named": the accounts its sentence is about (see `Cue.reach`).
    The sentence must hold one of `along` (if given) and none of `unless`.
    """

    type: str
    role: str = "subject"
    roles: tuple[Role, ...] = ()
    along: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    reach: Reach = "sentence"


class Cue(_Row):
    """A sentence is evidence if it holds one of `words`, one of `along` (if given) and none of `unless`.

    `pattern` must match the folded sentence too. `reach` says how far a sentence that does not name its
    account may look for it. `allow` lists the moods (see `moods` in the table) that do no harm here.
    """

    words: tuple[str, ...] = Field(min_length=1)
    along: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    needs: tuple[Need, ...] = ()
    roles: tuple[Role, ...] = ()
    reach: Reach = "article"
    allow: tuple[str, ...] = ()


class Mood(_Row):
    """Words that keep a sentence, or only the clause they stand in, from being evidence."""

    words: tuple[str, ...] = Field(min_length=1)
    scope: Literal["sentence", "clause"] = "sentence"


class Topic(_Row):
    """One topic: for whom it is kept, what is evidence, and sentences that are and are not."""

    roles: tuple[Role, ...] = Field(min_length=1)
    allow: tuple[str, ...] = ()
    statuses: frozenset[Status] = COUNTED
    events: tuple[EventRule, ...] = ()
    cues: tuple[Cue, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class Problem(_Row):
    """Something that goes wrong with a courier: the words, or a pattern, that say it."""

    label: str
    words: tuple[str, ...] = Field(min_length=1)
    pattern: re.Pattern[str] | None = None


class Table(_Row):
    """The whole table. `groups` are lists of words that cues name with an @."""

    groups: Mapping[str, tuple[str, ...]]
    problems: Mapping[str, Problem] = {}
    moods: Mapping[str, Mood]
    topics: Mapping[str, Topic]


@cache
def topic_table() -> Table:
    """The table shipped with the product, groups spelled out and words folded."""
    return read_table(TOPICS_TOML.read_text(encoding="utf-8"))


def read_table(source: str) -> Table:
    """Read a topics table. Raises BadTopics naming the first rows that cannot be taken."""
    try:
        table = Table.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise BadTopics(f"topics.toml: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors())
        raise BadTopics(f"topics.toml: {faults}") from error
    for fault in _faults(table):
        raise BadTopics(f"topics.toml: {fault}")
    return table.model_copy(
        update={
            "groups": {name: _folded(words) for name, words in table.groups.items()},
            "problems": {
                name: problem.model_copy(update={"words": _folded(problem.words)})
                for name, problem in table.problems.items()
            },
            "moods": {
                name: mood.model_copy(update={"words": _folded(mood.words)})
                for name, mood in table.moods.items()
            },
            "topics": {name: _spelled(topic, table) for name, topic in table.topics.items()},
        }
    )


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold, words)))


def _place(location: tuple[str | int, ...]) -> str:
    """A pydantic location as a reader counts rows: topics.resources.cues row 2, words."""
    return ".".join(f"row {part + 1}" if isinstance(part, int) else part for part in location)


def _faults(table: Table) -> Iterator[str]:
    known = taxonomy()
    for name, topic in table.topics.items():
        if name not in known.topics:
            yield f"topics.{name}: no such topic in the taxonomy"
        for number, rule in enumerate(topic.events, 1):
            where = f"topics.{name}.events row {number}"
            if rule.type not in known.events:
                yield f"{where}: no event type {rule.type!r} in the taxonomy"
            if rule.role not in {*known.event_roles, "named"}:
                yield f"{where}: no event role {rule.role!r} in the taxonomy"
            yield from _unknown_groups(where, (*rule.along, *rule.unless), table)
        for number, cue in enumerate(topic.cues, 1):
            where = f"topics.{name}.cues row {number}"
            yield from _unknown_groups(where, (*cue.words, *cue.along, *cue.unless), table)
            for mood in {*cue.allow, *topic.allow} - set(table.moods):
                yield f"{where}: no mood {mood!r}"


def _unknown_groups(where: str, words: Iterable[str], table: Table) -> Iterator[str]:
    for word in words:
        if word.startswith("@") and word[1:] not in table.groups:
            yield f"{where}: no group {word!r}"


def _spelled(topic: Topic, table: Table) -> Topic:
    def spell(words: Iterable[str]) -> tuple[str, ...]:
        lists = (table.groups[word[1:]] if word.startswith("@") else (word,) for word in words)
        return _folded(chain.from_iterable(lists))

    cues = tuple(
        cue.model_copy(
            update={
                "words": spell(cue.words),
                "along": spell(cue.along),
                "unless": spell((*cue.unless, *topic.unless)),
                "roles": cue.roles or topic.roles,
                "allow": (*cue.allow, *topic.allow),
            }
        )
        for cue in topic.cues
    )
    events = tuple(
        rule.model_copy(
            update={
                "along": spell(rule.along),
                "unless": spell(rule.unless),
                "roles": rule.roles or topic.roles,
            }
        )
        for rule in topic.events
    )
    return topic.model_copy(update={"cues": cues, "events": events})
