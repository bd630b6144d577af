"""Tables of what a user keeps for himself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intel.db import Base


class SeenRow(Base):
    """Up to when a user has seen what came in."""

    __tablename__ = "seen"
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class SavedSearchRow(Base):
    """A search that a user comes back to."""

    __tablename__ = "saved_search"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user", "name"),)
