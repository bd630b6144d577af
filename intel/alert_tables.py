"""Tables of alerts: rules, what was told to whom, the states last seen, and what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intel.db import Base


class AlertRuleRow(Base):
    """A rule of alerts; `rule` is the whole of it as JSON, `digested_at` when its last digest was due."""

    __tablename__ = "alert_rule"
    name: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    digested_at: Mapped[datetime]


class AlertToldRow(Base):
    """A report, by a digest of its address, that a recipient was told; by which rule it was.

    It points to no rule: what was told stays told when a rule is dropped.
    """

    __tablename__ = "alert_told"
    recipient: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str]
    at: Mapped[datetime]


class AlertSeenRow(Base):
    """The state in which a rule last saw a subject: a question, a score, a source."""

    __tablename__ = "alert_seen"
    rule: Mapped[str] = mapped_column(ForeignKey("alert_rule.name", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]


class AlertSentRow(Base):
    """A message that was given to the outbox: `form` is single, digest or test; `lines` how many it tells."""

    __tablename__ = "alert_sent"
    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str]
    recipient: Mapped[str]
    at: Mapped[datetime]
    form: Mapped[str]
    title: Mapped[str]
    lines: Mapped[int]

    __table_args__ = (Index(None, "rule", "recipient", "at"),)
