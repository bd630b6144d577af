import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Engine, Integer, column, insert, inspect, select, table, text

from intel import acts, alert_tables, bookmark_tables, db, file_tables, user_tables
from intel.file_store import FileStore
from intel.query import Query
from intel.questions import Override
from intel.search_query import Search
from intel.views import FindingFilter, SearchFilter
from tests.databases import Databases
from tests.making import STRAYED

RELEASED = sorted((Path(__file__).parent / "released").glob("*.sql"))


@pytest.fixture
def engine(tmp_path: Path, databases: Databases) -> Iterator[Engine]:
    """An empty database."""
    url = databases.url(tmp_path)
    made = db.open_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    db.upgrade(engine)
    rows = (file_tables.TaskRow, alert_tables.AlertRuleRow, bookmark_tables.SeenRow, user_tables.UserRow)
    assert {row.metadata for row in (*rows, acts.ActRow)} == {db.Base.metadata}
    assert differences(engine) == []


def differences(engine: Engine) -> list[object]:
    """Where a database has other tables than the code declares."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [
            change
            for change in compare_metadata(context, db.Base.metadata)
            # The search index is no table of the code's; FTS5 keeps it in tables of its own.
            if "article_search" not in str(getattr(change[1], "name", ""))
        ]


def test_migrating_an_up_to_date_database_changes_nothing(engine: Engine) -> None:
    assert not db.is_current(engine)
    db.upgrade(engine)
    db.upgrade(engine)
    assert db.is_current(engine)


def test_there_are_rows_of_every_released_schema_to_migrate() -> None:
    versions = (db.MIGRATIONS / "versions").glob("[0-9]*.py")
    assert {file.stem for file in RELEASED} == {file.name[:4] for file in versions}


def fill(engine: Engine, rows: Path) -> None:
    """Put rows into a database of their schema; they are in the words of SQLite."""
    statements = [one for one in rows.read_text().split(";\n") if one.strip()]
    if engine.dialect.name == "postgresql":
        # It takes no number for a truth value unless told to.
        statements.insert(
            0,
            "UPDATE pg_cast SET castcontext = 'a' "
            "WHERE castsource = 'int'::regtype AND casttarget = 'bool'::regtype",
        )
        statements = [_indexed(re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'", statement)) for statement in statements]
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


_FIRST_INDEX = re.compile(r"(article_search) \(rowid, tokens\) VALUES \((\d+), ('.*')\)")
_INDEX = re.compile(
    r"(article_search) \(rowid, title, tokens, terms\) VALUES \((\d+), ('.*'), ('.*'), ('.*')\)"
)


def _indexed(statement: str) -> str:
    """A statement that fills the search index in the words of PostgreSQL, any other as it is."""
    words = "array_to_tsvector(string_to_array({}, ' ')))"
    first = r"\1 (rowid, tokens, words) VALUES (\2, \3, " + words.format(r"\3")
    now = r"\1 (rowid, title, tokens, words) VALUES (\2, \3, \4, "
    now += words.format(r"\3 || ' ' || \4 || ' ' || \5")
    return _INDEX.sub(now, _FIRST_INDEX.sub(first, statement))


@pytest.mark.parametrize("rows", RELEASED, ids=lambda file: file.stem)
def test_rows_of_a_released_schema_are_read_after_migrating(engine: Engine, rows: Path) -> None:
    db.upgrade(engine, to=rows.stem)
    fill(engine, rows)
    told: list[tuple[int, int]] = []
    db.upgrade(engine, tell=lambda done, total: told.append((done, total)))
    assert told == ([(1, 1)] if rows.stem < "0011" else [])
    [finding] = Query(engine).findings("taobao", FindingFilter(topic="carrier_problems"))
    assert finding.quote == "淘宝商家称韵达网点爆仓。"
    assert finding.dated_at.isoformat() == "2026-10-31T16:30:00+00:00"
    topic = SearchFilter(topics=("carrier_problems",), readers=frozenset({"taobao"}))
    assert [hit.title for hit in Search(engine).page("爆仓 韵达", topic).hits] == ["华东爆仓"]
    assert Query(engine).sources()[0].last_state == "ok"
    with engine.connect() as connection:
        assert connection.scalar(text(STRAYED)) == 0


def test_what_a_review_set_aside_before_has_a_certainty_too(engine: Engine) -> None:
    db.upgrade(engine, to="0028")
    fill(engine, next(rows for rows in RELEASED if rows.stem == "0028"))
    aside = table("reviewed", column("article_id", Integer), column("original", JSON))
    with engine.begin() as connection:
        connection.execute(
            insert(aside).values(article_id=1, original={"findings": [{"id": 1}], "events": []})
        )
    db.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(select(aside.c.original)) == {
            "findings": [{"id": 1, "certainty": 1.0}],
            "events": [],
        }
    assert [one.certainty for one in Query(engine).findings("taobao", FindingFilter())] == [1.0]


@pytest.mark.parametrize("first", ["0007", "0025"])
def test_rules_and_weights_of_before_hold_from_when_they_were_decided(engine: Engine, first: str) -> None:
    db.upgrade(engine, to=first)
    fill(engine, next(rows for rows in RELEASED if rows.stem == first))
    with engine.begin() as connection:
        for statement in (
            """INSERT INTO question_rule (account_id, question, must, fresh, skipped, "by", why, at) """
            "VALUES ('taobao', 'market_outlook.rules', NULL, 30, true, 'wang', '不影响报价', :at)",
            """INSERT INTO criterion_weight (account_id, criterion, weight, "by", at) """
            "VALUES ('taobao', 'effort', 2.5, 'wang', :at)",
        ):
            connection.execute(text(statement), {"at": "2026-11-20 01:00:00.000000+00:00"})
    db.upgrade(engine)
    files, at = FileStore(engine), datetime(2026, 11, 20, 1, tzinfo=UTC)

    def held(until: datetime | None = None) -> tuple[set[Override], float | None]:
        rules = {one for one in files.overrides("taobao", until) if one.question == rule.question}
        return rules, files.weights("taobao", until).get("effort")

    rule = Override("taobao", "market_outlook.rules", None, 30, True, "wang", "不影响报价")
    assert held(at) == held() == ({rule}, 2.5)
    assert held(at - timedelta(seconds=1)) == (set(), None)
    version = Query(engine).version("taobao")
    files.set_override(Override("taobao", rule.question, by="li", why="照表"), at + timedelta(1))
    files.set_weight("taobao", "effort", 1.0, "li", at + timedelta(1))
    assert Query(engine).version("taobao") == version + 2
    assert held() == (set(), 1.0) and held(at) == ({rule}, 2.5)


def test_a_migration_that_was_killed_half_way_leaves_the_former_schema_and_is_done_again(
    engine: Engine,
) -> None:
    db.upgrade(engine, to="0010")
    fill(engine, next(rows for rows in RELEASED if rows.stem == "0010"))
    url = engine.url.render_as_string(hide_password=False)
    script = (
        "import os, signal\nfrom sqlalchemy import event\nfrom intel import db\n"
        f"engine = db.open_engine({url!r})\n"
        "@event.listens_for(engine, 'before_cursor_execute')\n"
        "def die(connection, cursor, statement, *rest):\n"
        "    if statement.strip().startswith('CREATE TABLE outbox'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "db.upgrade(engine)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    with engine.connect() as connection:
        assert db.version(connection) == "0010"
        assert not {"indexed", "outbox"} & set(inspect(connection).get_table_names())
    db.upgrade(engine)
    assert db.is_current(engine)
    assert differences(engine) == []
    assert [one.topic for one in Query(engine).findings("taobao", FindingFilter())] == ["carrier_problems"]
