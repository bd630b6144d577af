"""Hits to the alerts that channels send: one of its own, many in a digest, or a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from intel.alerts.hit import Hit
from intel.alerts.rule import Rule
from intel.channels.alert import Alert, Line

EACH = 4  # quotes of one subject
GATHERED = 30  # lines of a digest
SINGLE, DIGEST, TEST = "single", "digest", "test"


def single(rule: Rule, hit: Hit) -> Alert:
    """A message on one subject, with its first quotes and how many are left out."""
    shown = [item.line for item in hit.items[:EACH]]
    return Alert(hit.title, tuple(shown), rule.name, more=len(hit.items) - len(shown))


def digest(rule: Rule, hits: Sequence[Hit]) -> Alert:
    """A message on many: a line of each, the most urgent first."""
    lines = [replace(hit.items[0].line, heading=hit.title) for hit in hits[:GATHERED]]
    more = sum(len(hit.items) for hit in hits) - len(lines)
    return Alert(f"情报汇总 · {len(hits)} 项", tuple(lines), rule.name, more=more)


def trial(rule: Rule) -> Alert:
    """A message that is marked as a test and tells nothing of anybody."""
    said = f"规则 {rule.name} 的消息会发到这里；这一条不含情报。"
    return Alert("测试消息", (Line(said, "", "", "", "", ""),), rule.name, test=True)
