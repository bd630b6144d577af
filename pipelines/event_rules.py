"""The event table: pipelines/events.toml in, compiled rules out.

A rule fires on one of its `triggers` when every pattern of `needs` and none of `unless` is found in
the trigger's sentence. Patterns are regular expressions over the folded sentence, in which names and
measures are masked, with these additions:

    ~         the trigger
    …         up to 16 characters (60 in an English pattern) without leaving the clause
    ……        up to 80 characters without leaving the sentence
    {org}     a name or measure of that kind: org (any), authority (an org with power over others),
              person, money, quantity, rate
    {courier} any expression of the table's [words]

A Latin trigger matches whole words; a final * lets it go on (acquir* matches acquires).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import ahocorasick

from intel.taxonomy import taxonomy
from pipelines.event_masks import MASKS, ORG, TRIGGER
from pipelines.text import fold

TABLE = Path(__file__).parent / "events.toml"
FRAMES = ("doer", "client", "undergoer", "either", "receiver")
_FILLED_FROM_ENTITIES = frozenset(
    {"amount", "quantity", "rate", "date", "place", "period", "person", "position", "product"}
)


class BadTable(ValueError):
    """A row of the event table that cannot be used; the message names the row and what is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence the type must match, with the arguments it must yield: role to verbatim text."""

    text: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EventType:
    """What all rules of a type share.

    `roles`: arguments taken from the measures and names in the sentence. `all_figures`: take every one
    in the sentence, not only the nearest. `apart`: roles whose different fillers keep two events of
    one subject apart. `needs_subject`: without one there is no event.
    """

    name: str
    roles: tuple[str, ...]
    apart: tuple[str, ...]
    all_figures: bool
    needs_subject: bool
    examples: tuple[Example, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way a type of event is said.

    `frame` says who is the subject: doer, client (a doer whom 由 does not make passive), undergoer
    (of an authority), receiver (what follows the trigger), either (the nearest). `mutual`: 与 and 和
    join subject and counterparty. `yields_to`: types beside which, in one sentence, this rule is silent.
    """

    name: str
    type: EventType
    frame: str
    mutual: bool
    triggers: tuple[str, ...]
    needs: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    yields_to: frozenset[str]

    def admits(self, sentence: str, start: int, end: int) -> bool:
        """Whether the masked sentence around the trigger `sentence[start:end]` satisfies the rule."""
        # A pattern may name the trigger by ~ or spell it out.
        views = (f"{sentence[:start]}{TRIGGER}{sentence[end:]}", sentence)
        return all(_in_any(need, views) for need in self.needs) and not any(
            _in_any(void, views) for void in self.unless
        )


def _in_any(pattern: re.Pattern[str], views: tuple[str, str]) -> bool:
    named, spelled = views
    return _found(pattern, spelled) or bool(pattern.search(named))


# Every trigger of a sentence asks the same of it again.
@lru_cache(maxsize=5000)
def _found(pattern: re.Pattern[str], sentence: str) -> bool:
    return bool(pattern.search(sentence))


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger found in a text, and the rules it may fire."""

    start: int
    end: int
    rules: tuple[Rule, ...]


class Table:
    """All rules, and one automaton that finds the triggers of all of them in one pass."""

    def __init__(self, types: Iterable[EventType], rules: Iterable[Rule]) -> None:
        self.types = {kind.name: kind for kind in types}
        self.rules = tuple(rules)
        heard: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for trigger in rule.triggers:
                heard.setdefault(fold(trigger), []).append(rule)
        self._automaton = ahocorasick.Automaton()
        for trigger, rules_of_trigger in heard.items():
            word = trigger.rstrip("*")
            self._automaton.add_word(word, (word, trigger.endswith("*"), tuple(rules_of_trigger)))
        self._automaton.make_automaton()

    def hits(self, masked: str) -> list[Hit]:
        """Every trigger in the masked text, overlapping ones too, in order of their ends."""
        found = []
        for last, (word, is_open, rules) in self._automaton.iter(masked):
            start, end = last + 1 - len(word), last + 1
            if _is_word(masked, start, end, is_open):
                found.append(Hit(start, end, rules))
        return found


def _is_word(text: str, start: int, end: int, is_open: bool) -> bool:
    """Whether a Latin word starts and ends where the match does; Han text has no such borders."""
    if text[start].isascii() and text[start].isalpha() and start and _is_latin(text[start - 1]):
        return False
    return is_open or not (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


@cache
def table(path: Path = TABLE) -> Table:
    """The table at `path`, compiled once. Raises BadTable naming the row."""
    with path.open("rb") as file:
        rows = tomllib.load(file)
    words = rows.pop("words", {})
    unknown = set(rows) - set(taxonomy().events)
    if unknown:
        raise BadTable(f"{path.name}: {', '.join(sorted(unknown))}: not an event type of the taxonomy")
    types, rules = [], []
    for name, row in rows.items():
        kind = _type(name, row)
        types.append(kind)
        rules += [_rule(kind, row, index, words) for index in range(len(row["rules"]))]
    return Table(types, rules)


_TYPE_KEYS = {
    "frame",
    "mutual",
    "roles",
    "apart",
    "all_figures",
    "needs_subject",
    "rules",
    "examples",
    "counterexamples",
}
_RULE_KEYS = {"name", "frame", "mutual", "triggers", "needs", "unless", "yields_to"}


def _type(name: str, row: Mapping[str, Any]) -> EventType:
    _check(name, row, _TYPE_KEYS, required={"rules", "examples", "counterexamples"})
    roles = tuple(row.get("roles", ()))
    _known(name, "role", roles, _FILLED_FROM_ENTITIES)
    apart = tuple(row.get("apart", ()))
    _known(name, "role", apart, taxonomy().event_roles)
    examples = []
    for number, example in enumerate(row["examples"], 1):
        where = f"{name}: example {number}"
        if "text" not in example:
            raise BadTable(f"{where}: no text")
        arguments = {role: text for role, text in example.items() if role != "text"}
        _known(where, "role", arguments, taxonomy().event_roles)
        examples.append(Example(example["text"], arguments))
    return EventType(
        name,
        roles,
        apart,
        bool(row.get("all_figures", False)),
        bool(row.get("needs_subject", True)),
        tuple(examples),
        tuple(row["counterexamples"]),
    )


def _rule(kind: EventType, row: Mapping[str, Any], index: int, words: Mapping[str, str]) -> Rule:
    fields = row["rules"][index]
    where = f"{kind.name}: rule {fields.get('name', index + 1)}"
    _check(where, fields, _RULE_KEYS, required={"name", "triggers"})
    triggers = fields["triggers"]
    if not isinstance(triggers, list) or not triggers or not all(triggers):
        raise BadTable(f"{where}: triggers must be a list of words")
    frame = fields.get("frame", row.get("frame", "doer"))
    _known(where, "frame", (frame,), FRAMES)
    yields_to = frozenset(fields.get("yields_to", ()))
    _known(where, "type", yields_to, taxonomy().events)
    return Rule(
        f"{kind.name}.{fields['name']}",
        kind,
        frame,
        bool(fields.get("mutual", row.get("mutual", False))),
        tuple(triggers),
        tuple(_compile(pattern, words, where) for pattern in fields.get("needs", ())),
        tuple(_compile(pattern, words, where) for pattern in fields.get("unless", ())),
        yields_to,
    )


def _check(where: str, row: Mapping[str, Any], allowed: set[str], required: set[str]) -> None:
    if missing := required - set(row):
        raise BadTable(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown := set(row) - allowed:
        raise BadTable(f"{where}: unknown key {', '.join(sorted(unknown))}")


def _known(where: str, what: str, given: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(given) - set(known):
        raise BadTable(f"{where}: unknown {what} {', '.join(sorted(unknown))}")


_SLOT = re.compile(r"\{([a-z_]+)\}")


def _compile(pattern: str, words: Mapping[str, str], where: str) -> re.Pattern[str]:
    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        if name == "org":
            return f"{ORG}+"
        if name in MASKS:
            return f"{MASKS[name]}+"
        if name not in words:
            raise BadTable(f"{where}: {{{name}}} is neither a kind of entity nor one of [words]")
        return f"(?:{_SLOT.sub(fill, words[name])})"

    gap = 60 if pattern.replace("…", "").isascii() else 16
    expression = _SLOT.sub(fill, pattern).replace("~", TRIGGER)
    expression = expression.replace("……", r"[^。;!?\n]{0,80}").replace("…", rf"[^,。;:!?\n]{{0,{gap}}}")
    try:
        return re.compile(expression)
    except re.error as error:
        raise BadTable(f"{where}: {pattern!r} is no regular expression: {error}") from error
