"""A job as it is shown, and what cannot be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intel.refusal import Refusal

# Of dbos's words to ours.
STATES = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}


class NoJobs(Refusal, RuntimeError):
    """Nothing has ever worked here; the message says how to begin."""


class NoJob(Refusal, LookupError):
    """No job of that number or kind."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands. `state` is a value of STATES; `told` is what it did, or why not."""

    id: str
    kind: str
    subject: str
    state: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    worker: str
    told: str
