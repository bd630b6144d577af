"""Words that mean much the same are found as one concept, whole, outside names, and the table is clean."""

from __future__ import annotations

import tomllib

import pytest

from pipelines.concepts import TABLE, Concepts, alone, table, together
from pipelines.text import fold

SMALL = Concepts(
    [("stops", ["停收", "停", "halt"]), ("reports", ["半年报", "年报"]), ("listing", ["ipo", "停"])]
)


def named(text: str, *names: tuple[int, int]) -> list[tuple[str, ...]]:
    return [tuple(SMALL.names[number] for number in numbers) for _, numbers in SMALL.find(text, names)]


def test_of_overlapping_words_the_longest_counts() -> None:
    assert named("明起停收，半年报已出") == [("stops",), ("reports",)]


def test_a_word_of_two_concepts_is_both() -> None:
    assert named("停") == [("stops", "listing")]


@pytest.mark.parametrize(
    ("text", "count"), [("halt", 1), ("a halt.", 1), ("halted", 0), ("hippo", 0), ("ipo停", 2)]
)
def test_a_latin_word_is_found_only_whole(text: str, count: int) -> None:
    assert len(named(text)) == count


def test_no_concept_is_read_inside_a_name() -> None:
    assert named("年报快递停收", (0, 4)) == [("stops",)]


def test_every_word_of_the_table_is_folded_and_stands_once_in_its_concept() -> None:
    concepts = tomllib.loads(TABLE.read_text(encoding="utf-8"))["concepts"]
    for name, words in concepts.items():
        found = words.split()
        assert [word for word in found if fold(word) != word] == [], name
        assert len(found) == len(set(found)), name


def test_features_tell_each_concept_and_each_two_apart() -> None:
    numbers = tuple(range(len(table().names)))
    features = [*alone(numbers).tolist(), *together(numbers).tolist()]
    assert len(features) == len(set(features)) == len(numbers) * (len(numbers) + 1) // 2
