"""Whose a source was and how far it was believed is only added to, so that a past day is told as of then."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    made = op.create_table(
        "source_standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("reliability", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_source_standing_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_standing")),
    )
    op.create_index(op.f("ix_source_standing_source"), "source_standing", ["source"])
    # Ratings named the owner of imported pages without a name.
    op.execute("UPDATE source SET owner = '导入的页面' WHERE name = 'import' AND owner = ''")
    # What stood before is not known: the first row of a source holds for all days before it, too.
    source = sa.table(
        "source", *(sa.column(one) for one in ("name", "label", "channel", "owner", "reliability"))
    )
    now = sa.literal(datetime.now(UTC), sa.DateTime(timezone=True))
    op.execute(
        made.insert().from_select(
            ["source", "label", "channel", "owner", "reliability", "at"],
            sa.select(*source.c, now).order_by(source.c.name),
        )
    )
