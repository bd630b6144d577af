"""A search index in order of time, with what an article can be chosen by; every article is indexed anew.

A later change of the index takes the indexing out of here: it is done by the code of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from intel import search_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    op.execute("DROP TABLE article_search")
    if op.get_bind().dialect.name == "sqlite":
        op.get_bind().exec_driver_sql(
            "CREATE VIRTUAL TABLE article_search USING fts5 (title, tokens, terms, prefix = '1', "
            "tokenize = \"unicode61 remove_diacritics 0 tokenchars ':_-.'\")"
        )
    else:
        op.execute(
            "CREATE TABLE article_search (rowid BIGINT CONSTRAINT pk_article_search PRIMARY KEY, "
            "title TEXT NOT NULL, tokens TEXT NOT NULL, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
    op.create_table(
        "indexed",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_indexed_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_indexed")),
    )
    search_index.rebuild(op.get_bind(), context.config.attributes["tell"])
