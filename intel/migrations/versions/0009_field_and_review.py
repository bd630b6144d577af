"""Field reports, an article's own reliability, and the analyst's word with what it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move forward; the database never moves back."""
    _field()
    _review()


def _field() -> None:
    op.add_column("article", sa.Column("reliability", sa.String(), nullable=True))
    texts = ("author", "place", "way", "points", "ideas", "next_step", "reliability")
    op.create_table(
        "field_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("follow_up_on", sa.Date(), nullable=False),
        sa.Column("followed_up_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_field_report_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_report")),
    )
    op.create_index(op.f("ix_field_report_account_id"), "field_report", ["account_id"])
    op.create_index(
        op.f("ix_field_report_followed_up_on_follow_up_on"),
        "field_report",
        ["followed_up_on", "follow_up_on"],
    )


def _review() -> None:
    op.add_column("finding", sa.Column("state", sa.String(), nullable=False, server_default="kept"))
    op.add_column("finding", sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("finding", sa.Column("review_id", sa.Integer(), nullable=True))
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("who", "why", "action")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("target", "before", "after")),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_table(
        "review_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_review_effect_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_effect")),
    )
    op.create_index(op.f("ix_review_effect_review_id"), "review_effect", ["review_id"])
    op.create_index(op.f("ix_review_effect_article_id"), "review_effect", ["article_id"])
    op.create_table(
        "reviewed",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("original", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_reviewed_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_reviewed")),
    )
    _append_only()


def _append_only() -> None:
    """No review is changed, deleted or replaced, whoever holds the connection."""
    if op.get_bind().dialect.name == "sqlite":
        _append_only_sqlite()
    else:
        _append_only_postgresql()


def _append_only_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END"
    op.execute(f"CREATE TRIGGER review_never_changes BEFORE UPDATE ON review {refuse}")
    op.execute(f"CREATE TRIGGER review_never_goes BEFORE DELETE ON review {refuse}")
    # INSERT OR REPLACE deletes without asking the trigger above.
    op.execute(
        "CREATE TRIGGER review_never_replaced BEFORE INSERT ON review "
        f"WHEN EXISTS (SELECT 1 FROM review WHERE id = NEW.id) {refuse}"
    )


def _append_only_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION review_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'reviews are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER review_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON review "
        "FOR EACH STATEMENT EXECUTE FUNCTION review_is_append_only()"
    )
