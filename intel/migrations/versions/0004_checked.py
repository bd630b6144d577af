"""When a page was last seen, and when a source's terms were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    epoch = sa.text("'1970-01-01 00:00:00'")
    op.add_column(
        "page", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False, server_default=epoch)
    )
    op.execute("UPDATE page SET checked_at = fetched_at")
    op.add_column("source", sa.Column("terms_reviewed", sa.String(), nullable=False, server_default=""))
