"""A sentence is weighed in the light of its text: what the others say of the same thing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.linear import BadModel
from pipelines.whole_text import (
    LOOKED_AT,
    NOTHING,
    PARTS,
    Asked,
    SecondLook,
    certainty,
    load_second_look,
    parts,
)

LABELS = ("closure", "tender")


def asked(number: int, key: str = "", *, in_title: bool = False, hinted: tuple[str, ...] = ()) -> Asked:
    return Asked(number, key, in_title, False, frozenset(hinted))


def part(name: str) -> int:
    order = (
        "own", "elsewhere", "better elsewhere", "title", "before", "after", "other label", "beside",
        "in title", "carried", "hinted", "place", "length",
    )  # fmt: skip
    assert len(order) == PARTS
    return order.index(name)


def weighed(margins: list[list[float]], places: list[Asked]) -> np.ndarray:
    return parts(np.array(margins, dtype=np.float32), places, LABELS)


def test_each_sentence_knows_the_best_of_the_other_sentences() -> None:
    found = weighed([[0.5, -1], [0.25, -1], [0.5, -1]], [asked(n) for n in (1, 2, 3)])
    assert found[:, 0, part("elsewhere")].tolist() == [0.5, 0.5, 0.5]
    assert found[:, 0, part("better elsewhere")].tolist() == [0, 0.25, 0]


def test_a_sentence_alone_has_nothing_elsewhere() -> None:
    [[closure, _]] = weighed([[0.5, 0.25]], [asked(1)])
    assert closure[part("elsewhere")] == closure[part("title")] == closure[part("before")] == NOTHING
    assert closure[part("other label")] == 0.25


def test_the_title_is_told_apart_from_the_body() -> None:
    found = weighed([[1, -1], [0.5, -1]], [asked(0, in_title=True), asked(1)])
    assert found[:, 0, part("title")].tolist() == [NOTHING, 1]
    assert found[:, 0, part("elsewhere")].tolist() == [0.5, NOTHING]


def test_neighbours_are_those_of_the_same_account_right_beside() -> None:
    places = [asked(3, "sf"), asked(1, "sf"), asked(2, "yto"), asked(2, "sf"), asked(5, "sf")]
    found = weighed([[0.3, 0], [0.1, 0], [0.9, 0], [0.2, 0], [0.5, 0]], places)
    assert found[:, 0, part("before")].tolist() == pytest.approx([0.2, NOTHING, NOTHING, 0.1, NOTHING])
    assert found[:, 0, part("after")].tolist() == pytest.approx([NOTHING, 0.2, NOTHING, 0.3, NOTHING])
    assert found[:, 0, part("beside")].tolist() == pytest.approx([NOTHING, NOTHING, 0.2, 0.9, NOTHING])


def test_what_rules_heard_counts_for_its_label_only() -> None:
    found = weighed([[0, 0]], [asked(1, hinted=("tender", "type closure"))])
    assert found[0, :, part("hinted")].tolist() == [0, 1]


def test_what_was_most_unlikely_is_not_looked_at_again() -> None:
    sure = SecondLook(np.zeros(PARTS, dtype=np.float32), np.array([1, 1], dtype=np.float32))
    margins = np.array([[LOOKED_AT, 0]], dtype=np.float32)
    assert sure.again(margins, [asked(1)], LABELS).tolist() == [[-np.inf, 1]]


def test_a_text_without_questions_has_no_answers() -> None:
    sure = SecondLook(np.zeros(PARTS, dtype=np.float32), np.zeros(2, dtype=np.float32))
    assert sure.again(np.zeros((0, 2), dtype=np.float32), [], LABELS).shape == (0, 2)


@pytest.mark.parametrize("name", ["event-types", "topics"])
def test_the_second_looks_are_there(name: str, tmp_path: Path) -> None:
    assert load_second_look(name).weights.shape == (PARTS,)
    with pytest.raises(BadModel, match=rf"{name}-again\.npz is missing: .*make model"):
        load_second_look(name, tmp_path)


def test_an_answer_with_a_wider_margin_is_surer_and_none_is_ever_sure() -> None:
    told = [certainty(margin) for margin in (0.0, 0.3, 1.0, 3.0, 10.0)]
    assert told == sorted(set(told)) and told[0] > 0 and told[-1] < 1
