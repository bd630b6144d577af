"""The acts of those who run the service, which nobody can change afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("who", "why", "action", "subject")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("before", "after", "accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_index(op.f("ix_act_action_subject"), "act", ["action", "subject"])
    if op.get_bind().dialect.name == "sqlite":
        _append_only_sqlite()
    else:
        _append_only_postgresql()


def _append_only_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END"
    op.execute(f"CREATE TRIGGER act_never_changes BEFORE UPDATE ON act {refuse}")
    op.execute(f"CREATE TRIGGER act_never_goes BEFORE DELETE ON act {refuse}")
    # INSERT OR REPLACE deletes without asking the trigger above.
    op.execute(
        "CREATE TRIGGER act_never_replaced BEFORE INSERT ON act "
        f"WHEN EXISTS (SELECT 1 FROM act WHERE id = NEW.id) {refuse}"
    )


def _append_only_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION act_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'acts are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER act_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON act "
        "FOR EACH STATEMENT EXECUTE FUNCTION act_is_append_only()"
    )
