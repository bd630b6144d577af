"""Findings to the state of each topic, where no better judgement is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from intel.brief.material import TopicState
from intel.brief.rules import Rules
from intel.views import FindingView
from intel.witnesses import NEAR

# The states in the order in which they call for a question.
UNKNOWN = "unknown"
WANTING = (UNKNOWN, "contradicted", "stale", "single-source")
STATES = (*WANTING, "corroborated")
DISPUTED = 1 / 3  # of the reports near the newest, from which on a topic counts as contradicted


def states(
    topics: Mapping[str, str], findings: Sequence[FindingView], rules: Rules, now: datetime
) -> tuple[TopicState, ...]:
    """The state of every topic, in the taxonomy's order."""
    return tuple(
        TopicState(topic, _state([one for one in findings if one.topic == topic], rules, now))
        for topic in topics
    )


def _state(findings: Sequence[FindingView], rules: Rules, now: datetime) -> str:
    if not findings:
        return UNKNOWN
    newest = max(one.dated_at for one in findings)
    if now - newest > timedelta(days=rules.stale):
        return "stale"
    near = [one for one in findings if newest - one.dated_at <= NEAR]
    if sum(one.disputed for one in near) >= DISPUTED * len(near):
        return "contradicted"
    return "corroborated" if len({one.source for one in findings}) > 1 else "single-source"
