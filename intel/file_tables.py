"""Tables of the account file: what our own people and the service decide about an account."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intel.db import Base


class QuestionRuleRow(Base):
    """What is different about a key question for one account; NULL leaves what the table says.

    Rows are only added, the last one of a question holds; so it is with weights.
    """

    __tablename__ = "question_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    must: Mapped[bool | None]
    fresh: Mapped[int | None]
    skipped: Mapped[bool]
    by: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]


class WeightRow(Base):
    """The weight of a criterion of the value assessment for one account."""

    __tablename__ = "criterion_weight"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str]
    weight: Mapped[float]
    by: Mapped[str]
    at: Mapped[datetime]


class JudgementRow(Base):
    """What one of our own people says of a criterion; rows are only added."""

    __tablename__ = "judgement"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str]
    low: Mapped[float]
    high: Mapped[float]
    why: Mapped[str]
    by: Mapped[str]
    day: Mapped[date]


class TaskRow(Base):
    """Work on a gap, for the spiders or for a person; `words` are search words, addresses or a question."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    question: Mapped[str]
    way: Mapped[str]
    words: Mapped[list[str]]
    state: Mapped[str] = mapped_column(index=True)
    score: Mapped[float]
    runs: Mapped[int]
    opened_on: Mapped[date]
    due_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    by: Mapped[str]
    note: Mapped[str]

    __table_args__ = (Index(None, "account_id", "question"),)


class StageRow(Base):
    """That an account entered a stage of its development; rows are only added, the last one holds.

    `outcome` is won or lost where the development ended, else "".
    """

    __tablename__ = "stage"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str]
    entered_on: Mapped[date]
    planned_until: Mapped[date | None]
    budget: Mapped[float | None]
    spent: Mapped[float | None]
    outcome: Mapped[str]
    reasons: Mapped[str]
    by: Mapped[str]
