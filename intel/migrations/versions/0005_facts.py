"""What a finding tells of a client's couriers: stance, couriers, problem, period, speaker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back. Older findings tell nothing until they are read again."""
    for name in ("stance", "couriers", "problem", "period", "speaker"):
        op.add_column("finding", sa.Column(name, sa.String(), nullable=False, server_default=""))
