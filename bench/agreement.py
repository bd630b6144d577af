"""How far two annotators of the gold agree, by the rules by which the reading is measured.

    python -m bench.agreement

A second annotator marked passages of the train half anew (tests/gold/second.jsonl), who saw the texts and
tests/gold/GUIDELINES.md and nothing else. Prints their F1 against the gold: what a reading can be held to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from intel.gold import Passage, load
from intel.model import Argument, Event, Finding, Status
from intel.scoring import score
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.flow import Analysis

GOLD = Path("tests/gold")
SECOND = GOLD / "second.jsonl"
RULE = "second annotator"


def main() -> None:
    """Score and print."""
    watched = frozenset(account.id for account in load_accounts(ACCOUNTS_CSV))
    passages = {one.id: one for one in load(GOLD, "train")}
    rows = [json.loads(line) for line in SECOND.read_text(encoding="utf-8").splitlines()]
    scores = score((passages[row["id"]], annotated(passages[row["id"]], row, watched)) for row in rows)
    print(f"{len(rows)} passages\n\n| | F1 |\n|---|---|")
    for step in ("events", "events-by-passage", "topics", "topics-by-passage"):
        print(f"| {step} | {scores.total(step).f1:.3f} |")
    for rate in ("events.subject", "events.status", "topics.stance"):
        print(f"| {rate} right | {sum(scores.rates[rate])} of {len(scores.rates[rate])} |")


def annotated(passage: Passage, row: Mapping[str, Any], watched: frozenset[str]) -> Analysis:
    """One row of the second annotator as if it had been read."""
    findings = [
        Finding(
            topic["account"],
            topic["topic"],
            *_span(passage, topic),
            topic["quote"],
            RULE,
            stance=topic["stance"],
        )
        for topic in row["topics"]
    ]
    return Analysis("zh", (), tuple(_events(passage, row, watched)), tuple(findings))


def _events(passage: Passage, row: Mapping[str, Any], watched: frozenset[str]) -> Iterator[Event]:
    for event in row["events"]:
        start, end = _span(passage, event)
        subjects = [
            Argument("subject", name, start, start, name if name in watched else None)
            for name in event["subject"]
        ]
        yield Event(
            event["type"], "", start, end, event["quote"], Status(event["status"]), RULE, tuple(subjects)
        )


def _span(passage: Passage, row: Mapping[str, Any]) -> tuple[int, int]:
    """Where a quote stands. Raises ValueError for one that is not in the passage."""
    start = passage.content.index(row["quote"])
    return start, start + len(row["quote"])


if __name__ == "__main__":
    main()
