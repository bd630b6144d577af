"""Tables of who may use the service: users, keys, sessions, links, teams. Secrets only as digests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from intel.db import Base


class UserRow(Base):
    """A person or a program that may log in. `password` is an argon2 hash, or "" where none is set."""

    __tablename__ = "login_user"
    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    password: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiKeyRow(Base):
    """A key by which a program acts for a user; `digest` is the SHA-256 of its secret."""

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    digest: Mapped[str]
    # Scopes, joined by a space.
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class WebSessionRow(Base):
    """A browser that is logged in; `digest` is the SHA-256 of the token in its cookie."""

    __tablename__ = "web_session"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginLinkRow(Base):
    """A link that logs a user in once; `digest` is the SHA-256 of its token."""

    __tablename__ = "login_link"
    digest: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class TeamRow(Base):
    """People who look after the same accounts."""

    __tablename__ = "team"
    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class TeamMemberRow(Base):
    """A user of a team."""

    __tablename__ = "team_member"
    team: Mapped[str] = mapped_column(ForeignKey("team.name", ondelete="CASCADE"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("login_user.name", ondelete="CASCADE"), primary_key=True)


class TeamAccountRow(Base):
    """An account that a team looks after."""

    __tablename__ = "team_account"
    team: Mapped[str] = mapped_column(ForeignKey("team.name", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
