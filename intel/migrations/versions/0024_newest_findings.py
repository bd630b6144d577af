"""The newest findings of a topic by an index; a number that grows when a search may find others."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_GROW = (
    "INSERT INTO account_version (account_id, number) VALUES ('#', 1) "
    "ON CONFLICT (account_id) DO UPDATE SET number = account_version.number + 1"
)


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.create_index(
        op.f("ix_finding_account_id_topic_dated_at"), "finding", ["account_id", "topic", "dated_at"]
    )
    op.create_index(op.f("ix_finding_topic_dated_at"), "finding", ["topic", "dated_at"])
    op.drop_index(op.f("ix_finding_account_id_topic"), "finding")
    sqlite = op.get_bind().dialect.name == "sqlite"
    # What changes the search index changes `indexed` in the same transaction.
    done = (
        f"BEGIN {_GROW}; END"
        if sqlite
        else "FOR EACH STATEMENT EXECUTE FUNCTION account_version_grow('SELECT ''#'' AS whose')"
    )
    for event in ("INSERT", "UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER account_version_indexed_{event.lower()} AFTER {event} ON indexed {done}")
    if not sqlite:
        # A short article's entry stays whole in its row: a search looks at thousands of them.
        op.execute("ALTER TABLE article_search SET (toast_tuple_target = 8160)")
