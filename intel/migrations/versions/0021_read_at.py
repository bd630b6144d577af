"""When an article was first read: what came in since somebody looked is what was read since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back. Of what is kept only the fetching is known."""
    moment = sa.DateTime(timezone=True)
    op.add_column("article", sa.Column("read_at", moment, nullable=False, server_default="1970-01-01"))
    op.execute("UPDATE article SET read_at = (SELECT fetched_at FROM page WHERE page.id = article.page_id)")
    op.create_index(op.f("ix_article_read_at"), "article", ["read_at"])
