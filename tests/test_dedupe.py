"""Copies and rewrites of one report are one story; follow-ups and notices of one template are not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from pipelines.dedupe import Fingerprint, Report, fingerprint, same_report

STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text(encoding="utf-8"))["report"]


@dataclass(frozen=True)
class Told:
    """A report and the story it really tells."""

    story: str
    variant: str
    report: Report


def report(text: str, published: date | None = None) -> Report:
    return Report(fingerprint(text), published)


def variants(text: str) -> dict[str, str]:
    """A text as the web reprints it."""
    lines = text.strip().split("\n")
    return {
        "as written": "\n".join(lines),
        "credited": "\n".join(("来源：快递早报 2026-01-01 08:30", *lines, "（责任编辑：何平）")),
        "datelined": "本网讯 " + "\n".join(lines),
        "traditional": "\n".join(lines).replace("快递", "快遞").replace("万件", "萬件").replace("，", "， "),
        "disclaimed": "\n".join((*lines, "声明：本文转载自其他媒体，仅代表作者观点，投资有风险，邮箱123@example.com。")),
    }


def told() -> list[Told]:
    """Every report of the table, copied in every way."""
    return [
        Told(
            row["story"],
            f"{row['story']} {number} {variant}",
            Report(
                fingerprint(text),
                row["published"],
                frozenset(row["accounts"]),
                frozenset((kind, subject) for kind, subject in row["events"]),
            ),
        )
        for number, row in enumerate(STORIES)
        for variant, text in variants(row["text"]).items()
    ]


LONG = next(row["text"].strip() for row in STORIES if row["story"] == "backlog")


def test_pairwise_f1_over_the_families_keeps_its_floor() -> None:
    hits = misses = false_alarms = 0
    for a, b in combinations(told(), 2):
        same = same_report(a.report, b.report)
        hits += same and a.story == b.story
        misses += not same and a.story == b.story
        false_alarms += same and a.story != b.story
    precision, recall = hits / (hits + false_alarms), hits / (hits + misses)
    assert (round(precision, 3), round(recall, 3)) >= (0.99, 0.9)
    assert 2 * precision * recall / (precision + recall) >= 0.93
