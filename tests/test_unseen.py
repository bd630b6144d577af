"""Texts of writers who knew neither rules nor gold are read as surely as was aimed at."""

from __future__ import annotations

import json
from collections import Counter

from bench.unseen import UNSEEN, f1, measured, rates
from intel.taxonomy import taxonomy


def test_accounts_types_subjects_and_topics_of_unseen_texts_reach_their_aims() -> None:
    seen = sum((one for _, one in measured()), Counter[str]())
    assert seen["texts"] == 848
    assert f1(seen, "type") >= 0.85
    assert seen["subject right"] >= 0.9 * seen["subjects"]
    assert f1(seen, "topic") >= 0.8
    assert all(rate >= aim for rate, aim in zip(rates(seen, "account"), (0.98, 0.96), strict=True))


def test_every_label_of_the_unseen_texts_is_one_of_the_taxonomy() -> None:
    rows = [json.loads(line) for file in UNSEEN.glob("*.jsonl") for line in file.open(encoding="utf-8")]
    topics = {one["topic"] for row in rows for one in row["topics"]}
    events = {one["type"] for row in rows for one in row["events"]}
    assert topics and topics <= taxonomy().topics.keys()
    assert events and events <= taxonomy().events.keys()
