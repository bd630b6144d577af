"""The normalised values of arguments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back. Older arguments have no value until read again."""
    op.add_column("argument", sa.Column("value", sa.String(), nullable=False, server_default=""))
