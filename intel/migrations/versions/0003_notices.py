"""Procurement notices, and the pages of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.create_table(
        "notice",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("procurement", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_notice_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_kind"), "notice", ["kind"], unique=False)
    op.create_index(op.f("ix_notice_procurement"), "notice", ["procurement"], unique=False)
    op.create_index(op.f("ix_notice_published"), "notice", ["published"], unique=False)
    op.create_table(
        "notice_account",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["notice.article_id"],
            name=op.f("fk_notice_account_article_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_account_id")),
        sa.PrimaryKeyConstraint("article_id", "account_id", name=op.f("pk_notice_account")),
    )
    op.create_index(op.f("ix_notice_account_account_id"), "notice_account", ["account_id"], unique=False)
    op.create_table(
        "place",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_place_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "start", name=op.f("pk_place")),
    )
