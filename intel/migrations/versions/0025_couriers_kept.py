"""Values of series and notices grow the numbers of files, too; findings are counted by an index alone."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Whose number grows with a row of a table. A subject may be a region; a notice may go on with one of others.
_WHOSE = {
    "series_point": "(SELECT id FROM account WHERE id = {row}.subject)",
    "notice": "''",
}
_GROW = (
    "INSERT INTO account_version (account_id, number) "
    "SELECT DISTINCT t.whose, 1 FROM (SELECT {whose} AS whose) t "
    "WHERE t.whose IS NOT NULL ON CONFLICT (account_id) DO UPDATE SET number = account_version.number + 1"
)
_EVENTS = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}


def upgrade() -> None:
    """Move forward; the database never moves back."""
    # Kept and rejected ones apart: those of an account are counted, and the newest found, without the rows.
    for former, columns in (
        ("ix_finding_account_id_dated_at", ["account_id", "state", "dated_at"]),
        ("ix_finding_account_id_topic_dated_at", ["account_id", "topic", "state", "dated_at"]),
    ):
        op.create_index(op.f(f"ix_finding_{'_'.join(columns)}"), "finding", columns)
        op.drop_index(op.f(former), "finding")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, whose in _WHOSE.items():
        for event, rows in _EVENTS.items():
            for row in rows:
                name = f"account_version_{table}_{event}_{row}".lower()
                when = f"CREATE TRIGGER {name} AFTER {event} ON {table} "
                op.execute(when + (_sqlite(whose, row) if sqlite else _postgresql(whose, row)))


def _sqlite(whose: str, row: str) -> str:
    return f"BEGIN {_GROW.format(whose=whose.format(row=row))}; END"


def _postgresql(whose: str, row: str) -> str:
    """One statement a change, however many rows it has."""
    told = f"SELECT {whose.format(row='changed')} AS whose FROM changed".replace("'", "''")
    return (
        f"REFERENCING {row} TABLE AS changed FOR EACH STATEMENT "
        f"EXECUTE FUNCTION account_version_grow('{told}')"
    )
