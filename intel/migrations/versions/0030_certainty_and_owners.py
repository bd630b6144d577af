"""How likely the reading of a finding is right, and whose imported articles are; as of the next reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_REVIEWED = sa.table("reviewed", sa.column("article_id", sa.Integer), sa.column("original", sa.JSON))


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.add_column("article", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("finding", sa.Column("certainty", sa.Float(), nullable=False, server_default="1"))
    # What reviews set aside is put back as it stands there.
    connection = op.get_bind()
    for article, original in connection.execute(sa.select(_REVIEWED)).all():
        found = [one | {"certainty": 1.0} for one in original["findings"]]
        told = sa.update(_REVIEWED).where(_REVIEWED.c.article_id == article)
        connection.execute(told.values(original=original | {"findings": found}))
