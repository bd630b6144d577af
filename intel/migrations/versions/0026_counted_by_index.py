"""Articles that name an account are counted, and messages on one found, by an index alone."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.create_index(op.f("ix_mention_account_id_article_id"), "mention", ["account_id", "article_id"])
    op.drop_index(op.f("ix_mention_account_id"), "mention")
    op.create_index(op.f("ix_outbox_account"), "outbox", ["account"])
