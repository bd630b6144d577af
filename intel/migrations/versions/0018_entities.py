"""The normalised values of arguments; organisations to ask the analyst about, and what was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back. Older arguments have no value until read again."""
    op.add_column("argument", sa.Column("value", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "stranger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_stranger_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stranger_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stranger")),
    )
    for column in ("article_id", "account_id", "name"):
        op.create_index(op.f(f"ix_stranger_{column}"), "stranger", [column])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_proposal_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("name", name=op.f("uq_proposal_name")),
    )
    op.create_index(op.f("ix_proposal_account_id"), "proposal", ["account_id"])
