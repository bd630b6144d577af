"""A number of each account that grows with every change of what its file shows, kept by triggers.

Triggers, so that no writer can forget it: readings, reviews, stories, forgetting, retention, people's work.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Whose number grows with a row of a table. "*": how couriers compare, which the files of all clients show;
# "": what all files show. Ratings of comparisons rest on denials, too.
_COMPARED = "CASE WHEN {row}.topic = 'competitor_landscape' THEN '*' END"
_DENIED = "CASE WHEN {row}.status = 'denied' THEN '*' END"
BULK = {
    "finding": ("{row}.account_id", _COMPARED),
    "mention": ("{row}.account_id",),
    "event": (_DENIED,),
    "argument": ("{row}.account_id",),
}
SINGLE = {
    "question_rule": ("{row}.account_id",),
    "criterion_weight": ("{row}.account_id",),
    "judgement": ("{row}.account_id",),
    "task": ("{row}.account_id",),
    "stage": ("{row}.account_id",),
    "field_report": ("{row}.account_id",),
    "briefing": ("{row}.account",),
    "account": ("''",),
    "alias": ("''",),
}
SHOWN = {
    "article": (
        "story_id", "source", "title", "text", "url", "publisher", "dated_at", "published_precision",
        "reliability",
    ),
    "source": ("label", "channel", "owner", "reliability"),
}  # fmt: skip
# Of articles that changed: who is named in them, and whether they compare couriers or deny something.
_OF_ARTICLES = (
    "SELECT account_id AS whose FROM finding WHERE article_id {articles} "
    "UNION SELECT account_id FROM mention WHERE article_id {articles} "
    "UNION SELECT a.account_id FROM argument a JOIN event e ON e.id = a.event_id "
    "WHERE e.article_id {articles} "
    "UNION SELECT '*' FROM finding WHERE article_id {articles} AND topic = 'competitor_landscape' "
    "UNION SELECT '*' FROM event WHERE article_id {articles} AND status = 'denied'"
)
_GROW = (
    "INSERT INTO account_version (account_id, number) SELECT DISTINCT t.whose, 1 FROM ({whose}) t "
    "WHERE t.whose IS NOT NULL ON CONFLICT (account_id) DO UPDATE SET number = account_version.number + 1"
)


def upgrade() -> None:
    """Move forward; the database never moves back."""
    made = op.create_table(
        "account_version",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_version")),
    )
    # What is denied of anybody is little among all that happened.
    op.create_index(op.f("ix_event_status_type"), "event", ["status", "type"])
    # So that a database restored in another's place has numbers of its own.
    op.bulk_insert(made, [{"account_id": "", "number": time.time_ns() // 1000}])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table, whose in (BULK | SINGLE).items():
        for event, rows in (("INSERT", ("NEW",)), ("DELETE", ("OLD",)), ("UPDATE", ("OLD", "NEW"))):
            told = " UNION ".join(f"SELECT {one.format(row=row)} AS whose" for one in whose for row in rows)
            _trigger(f"{table}_{event.lower()}", f"AFTER {event} ON {table}", told)
    for table, columns in SHOWN.items():
        names = ", ".join(columns)
        changed = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in columns)
        told = _OF_ARTICLES.format(articles="= NEW.id") if table == "article" else "SELECT '' AS whose"
        _trigger(f"{table}_update", f"AFTER UPDATE OF {names} ON {table} WHEN {changed}", told)


def _trigger(name: str, when: str, whose: str) -> None:
    op.execute(f"CREATE TRIGGER account_version_{name} {when} BEGIN {_GROW.format(whose=whose)}; END")


def _postgresql() -> None:
    """One statement a change, however many rows it has."""
    op.execute(
        "CREATE OR REPLACE FUNCTION account_version_grow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "EXECUTE '" + _GROW.format(whose="' || TG_ARGV[0] || '") + "'; RETURN NULL; END $$"
    )
    for table, whose in (BULK | SINGLE).items():
        told = " UNION ".join(f"SELECT {one.format(row='changed')} AS whose FROM changed" for one in whose)
        for event, rows in (("INSERT", ("NEW",)), ("DELETE", ("OLD",)), ("UPDATE", ("OLD", "NEW"))):
            for row in rows:
                _statement(f"{table}_{event}_{row}".lower(), event, table, f"{row} TABLE AS changed", told)
    for table, columns in SHOWN.items():
        now, then = (", ".join(f"{row}.{one}" for one in columns) for row in ("changed", "former"))
        key = "name" if table == "source" else "id"
        differing = f"FROM changed JOIN former USING ({key}) WHERE ({now}) IS DISTINCT FROM ({then})"
        articles = f"IN (SELECT id {differing})"
        told = (
            _OF_ARTICLES.format(articles=articles)
            if table == "article"
            else f"SELECT '' AS whose {differing}"
        )
        _statement(f"{table}_update", "UPDATE", table, "NEW TABLE AS changed OLD TABLE AS former", told)


def _statement(name: str, event: str, table: str, rows: str, whose: str) -> None:
    quoted = whose.replace("'", "''")
    op.execute(
        f"CREATE TRIGGER account_version_{name} AFTER {event} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION account_version_grow('{quoted}')"
    )
