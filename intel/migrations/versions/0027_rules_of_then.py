"""An account's own rules and weights are only added, so that a past day is told by those of then."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_GROW = (
    "INSERT INTO account_version (account_id, number) SELECT DISTINCT t.whose, 1 FROM ({whose}) t "
    "WHERE t.whose IS NOT NULL ON CONFLICT (account_id) DO UPDATE SET number = account_version.number + 1"
)
_EVENTS = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}
# What stands between whose rule it is and who decided it.
_WHAT: dict[str, tuple[sa.Column[Any], ...]] = {
    "question_rule": (
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=True),
        sa.Column("fresh", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
    ),
    "criterion_weight": (
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
    ),
}


def upgrade() -> None:
    """Move forward; the database never moves back."""
    for table, what in _WHAT.items():
        _only_added(table, what)
        for event, rows in _EVENTS.items():
            _grows(table, event, rows)


def _only_added(table: str, what: tuple[sa.Column[Any], ...]) -> None:
    """Make a table anew with a number a row; what it held are the first of them, in the order of time."""
    columns = (
        sa.Column("account_id", sa.String(), nullable=False),
        *what,
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    names = [one.name for one in columns]
    former = sa.table(table, *(sa.column(one.name, one.type) for one in columns))
    kept = op.get_bind().execute(
        sa.select(former).order_by(former.c.at, *(former.c[one] for one in names[:2]))
    )
    rows = [dict(row) for row in kept.mappings()]
    op.drop_table(table)
    made = op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])
    if rows:
        op.bulk_insert(made, rows)


def _grows(table: str, event: str, rows: tuple[str, ...]) -> None:
    """The number of an account's file grows with each row, as with those of the table before."""
    name = f"account_version_{table}_{event}".lower()
    if op.get_bind().dialect.name == "sqlite":
        told = " UNION ".join(f"SELECT {row}.account_id AS whose" for row in rows)
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {_GROW.format(whose=told)}; END")
        return
    for row in rows:
        op.execute(
            f"CREATE TRIGGER {name}_{row.lower()} AFTER {event} ON {table} "
            f"REFERENCING {row} TABLE AS changed FOR EACH STATEMENT "
            "EXECUTE FUNCTION account_version_grow('SELECT changed.account_id AS whose FROM changed')"
        )
