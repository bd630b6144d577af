"""What the CRM is told of an account: a briefing, or that the verdict changed, with what is still lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from intel.crm.connector import Message

BRIEFING, VERDICT = "briefing", "verdict"


@dataclass(frozen=True, slots=True)
class Record:
    """One state of an account's file. `text` is a whole briefing in its format, "" for a verdict alone."""

    title: str
    account_name: str
    written_at: str
    verdict: str
    sufficient: bool | None
    gaps: tuple[str, ...]
    format: str = ""
    text: str = ""

    def to_json(self) -> Mapping[str, Any]:
        """As it is kept and sent."""
        return {**asdict(self), "gaps": list(self.gaps)}

    @classmethod
    def of(cls, message: Message) -> Self:
        """The record in a message. Raises TypeError or KeyError for a message of another kind."""
        return cls(**{**message.content, "gaps": tuple(message.content["gaps"])})

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.written_at)
