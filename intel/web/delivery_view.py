"""What an account's file shows of deliveries: what went where and when, what did not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intel.bootstrap import Workspace
from intel.channels import destination
from intel.destinations import destinations
from intel.outbox import Entry, Outbox

SHOWN = 5
_ALERT = destination("")


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """The last messages on an account, how many wait, where to, and how many ways are not set up right."""

    entries: Sequence[Entry]
    waiting: int
    destinations: Sequence[str]
    wrong: int


def deliveries(reading: Workspace, account: str) -> DeliveryView:
    """The delivery of an account's briefings, verdicts and alerts."""
    entries, waiting = Outbox(reading.engine).latest(account, SHOWN)
    reached = destinations(reading)
    return DeliveryView(
        entries=entries,
        waiting=waiting,
        destinations=[name for name in sorted(reached.connectors) if not name.startswith(_ALERT)],
        wrong=len(reached.wrong),
    )
