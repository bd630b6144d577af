"""The events of an account, of a type and a time, are a piece of an index: arguments repeat both.

And an event that changes grows the numbers of its accounts: some answers rest on one account alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_GROW = (
    "INSERT INTO account_version (account_id, number) SELECT DISTINCT t.whose, 1 FROM ({whose}) t "
    "WHERE true ON CONFLICT (account_id) DO UPDATE SET number = account_version.number + 1"
)
_WHOSE = "SELECT account_id AS whose FROM argument WHERE event_id {events} AND account_id IS NOT NULL"


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
    if op.get_bind().dialect.name == "sqlite":
        done = f"BEGIN {_GROW.format(whose=_WHOSE.format(events='= NEW.id'))}; END"
    else:
        told = _WHOSE.format(events="IN (SELECT id FROM changed)")
        done = (
            "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT "
            f"EXECUTE FUNCTION account_version_grow('{told}')"
        )
    op.execute(f"CREATE TRIGGER account_version_event_parties AFTER UPDATE ON event {done}")
