"""The events of an account, of a type and a time, are a piece of an index: arguments repeat both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    moment = sa.DateTime(timezone=True)
    op.add_column("argument", sa.Column("type", sa.String(), nullable=False, server_default=""))
    op.add_column("argument", sa.Column("dated_at", moment, nullable=False, server_default="1970-01-01"))
    op.drop_index(op.f("ix_argument_account_id"), "argument")
    op.execute(
        "UPDATE argument SET type = e.type, dated_at = a.dated_at "
        "FROM event e JOIN article a ON a.id = e.article_id WHERE e.id = argument.event_id"
    )
    op.create_index(
        op.f("ix_argument_account_id_type_dated_at"), "argument", ["account_id", "type", "dated_at"]
    )
