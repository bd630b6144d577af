"""Field reports, an article's own reliability, and the analyst's word with what it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    _field()


def _field() -> None:
    op.add_column("article", sa.Column("reliability", sa.String(), nullable=True))
    texts = ("author", "place", "way", "points", "ideas", "next_step", "reliability")
    op.create_table(
        "field_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("follow_up_on", sa.Date(), nullable=False),
        sa.Column("followed_up_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_field_report_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_report")),
    )
    op.create_index(op.f("ix_field_report_account_id"), "field_report", ["account_id"])
    op.create_index(
        op.f("ix_field_report_followed_up_on_follow_up_on"),
        "field_report",
        ["followed_up_on", "follow_up_on"],
    )
