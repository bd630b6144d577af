"""The outbox: messages to the CRM, what the CRM calls things, and the verdict that was told last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    texts = ("key", "destination", "account", "kind", "state", "claim", "error", "receipt")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("destination", "key", name=op.f("uq_outbox_destination_key")),
    )
    op.create_index(
        op.f("ix_outbox_state_destination_account"), "outbox", ["state", "destination", "account"]
    )
    op.create_table(
        "crm_link",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("destination", "account", "kind", "external")
        ),
        sa.PrimaryKeyConstraint("destination", "account", "kind", name=op.f("pk_crm_link")),
    )
    op.create_table(
        "verdict_told",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_verdict_told")),
    )
