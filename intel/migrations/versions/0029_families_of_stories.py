"""Stories have a family, which is told apart into them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.add_column("story", sa.Column("family_id", sa.Integer(), nullable=False, server_default="0"))
    # What was one story stays one until it is read again.
    op.execute("UPDATE story SET family_id = id")
    op.create_index(op.f("ix_story_family_id"), "story", ["family_id"])
