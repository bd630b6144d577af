"""The event table's own examples, and what the step promises beyond them."""

from __future__ import annotations

from functools import cache

import pytest

from intel.model import COUNTED, Account, Event, Role
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from pipelines import accounts, entities, events
from pipelines.event_rules import EventType, Example, table

# Companies that the examples name and nobody watches.
OTHERS = ("红松资本", "青藤资本", "江南茶业有限公司", "嘉禾家居集团", "Kerry Logistics", "Best Retail Group", "中華郵政股份有限公司")
EXAMPLES = [(kind, example) for kind in table().types.values() for example in kind.examples]
COUNTEREXAMPLES = [(kind, text) for kind in table().types.values() for text in kind.counterexamples]


@cache
def _lexicon() -> entities.Lexicon:
    strangers = [Account(name, name, Role.PARTNER) for name in OTHERS]
    return entities.Lexicon.build([*load_accounts(ACCOUNTS_CSV), *strangers])


def events_of(content: str) -> tuple[Event, ...]:
    found = entities.find(content, _lexicon())
    return events.find(content, found, accounts.link(content, found))


def counted(content: str, kind: str) -> list[Event]:
    return [event for event in events_of(content) if event.type == kind and event.status in COUNTED]


def told(event: Event, role: str) -> str:
    return "、".join(argument.text for argument in event.filling(role))


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[example.text for _, example in EXAMPLES])
def test_an_example_of_the_table_is_found_with_its_arguments(kind: EventType, example: Example) -> None:
    found = counted(example.text, kind.name)
    assert len(found) == 1, f"{kind.name}: {[(event.type, event.status) for event in events_of(example.text)]}"
    wrong = {
        role: (told(found[0], role), text)
        for role, text in example.arguments.items()
        if text not in told(found[0], role).split("、")
    }
    assert not wrong, f"{found[0].rule}: {wrong}"


@pytest.mark.parametrize(("kind", "text"), COUNTEREXAMPLES, ids=[text for _, text in COUNTEREXAMPLES])
def test_a_counterexample_of_the_table_is_no_event_of_its_type(kind: EventType, text: str) -> None:
    assert [event.rule for event in counted(text, kind.name)] == []


def test_every_event_type_of_the_taxonomy_has_rules() -> None:
    assert {rule.type.name for rule in table().rules} == set(taxonomy().events)
