"""Texts of writers who knew neither rules nor gold are read as surely as was aimed at."""

from __future__ import annotations

from collections import Counter

from bench.unseen import f1, measured


def test_types_subjects_and_topics_of_unseen_texts_reach_their_aims() -> None:
    seen = sum((one for _, one in measured()), Counter[str]())
    assert seen["texts"] == 228
    assert f1(seen, "type") >= 0.85
    assert seen["subject right"] >= 0.9 * seen["subjects"]
    assert f1(seen, "topic") >= 0.8
