"""What a search costs among many articles, on both databases.

    python -m bench.search [ARTICLES]

Makes so many articles (100,000 if not told) of 400 characters over five years, a fifth of which hold 顺丰,
and measures searches one after the other: the first page of hits, and the facets.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, insert

from intel import db, search_index
from intel.db import ArticleRow, FindingRow, MentionRow, PageRow, StoryRow, table_of
from intel.model import Source
from intel.search_query import Search
from intel.store import Store
from intel.taxonomy import ACCOUNTS_CSV, load_accounts, taxonomy
from intel.views import SearchFilter
from tests.databases import running

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)
SOURCES = [
    Source(f"s{n}", f"第{n}报", "feed", "news" if n % 2 else "forum", "http://x", "o", "B", lawful_basis="x")
    for n in range(40)
]
# Word: in how many of a thousand articles it stands, beside what all of them are made of.
WORDS = {"顺丰": 200, "顺丰速运": 80, "爆仓": 50, "韵达": 30, "菜鸟裹裹": 3, "罕见词": 0.1}
SEARCHES = {
    "顺丰": ("顺丰", SearchFilter()),
    "菜鸟裹裹": ("菜鸟裹裹", SearchFilter()),
    "罕见词": ("罕见词", SearchFilter()),
    "爆仓 顺丰": ("爆仓 顺丰", SearchFilter()),
    "“顺丰速运” -韵达": ("“顺丰速运” -韵达", SearchFilter()),
    "罕见词 OR 爆仓": ("罕见词 OR 爆仓", SearchFilter()),
    "丰 (one character)": ("丰", SearchFilter()),
    "顺丰, of a small account": ("顺丰", SearchFilter(accounts=("vipshop",))),
    "顺丰, topic and channel": ("顺丰", SearchFilter(topics=("carrier_problems",), channels=("forum",))),
    "顺丰, a month years ago": ("顺丰", SearchFilter(since=date(2023, 5, 1), until=date(2023, 5, 31))),
}
ROUNDS = 20


def main() -> None:
    """Measure and print, as rows of a Markdown table."""
    told = argparse.ArgumentParser(prog="python -m bench.search")
    told.add_argument("articles", nargs="?", type=int, default=100_000)
    articles = told.parse_args().articles
    print("| database | search | first page, p50 / p95 ms | facets, p50 ms | matches |")
    print("|---|---|---|---|---|")
    for kind in (_sqlite, _postgresql):
        with kind() as url:
            engine = db.open_engine(url)
            print(f"| {engine.dialect.name} | indexing, articles/s | {_fill(engine, articles):.0f} | | |")
            for name, asked in SEARCHES.items():
                _row(Search(engine), engine.dialect.name, name, asked)
            engine.dispose()


def _row(search: Search, kind: str, name: str, asked: tuple[str, SearchFilter]) -> None:
    page = search.page(*asked)
    pages = _times(lambda: search.page(*asked))
    facets = _times(lambda: search.facets(*asked))
    total = f"{'' if page.exact else '≥ '}{page.total}"
    p95 = statistics.quantiles(pages, n=20)[-1]
    taken = f"{statistics.median(pages):.0f} / {p95:.0f} | {statistics.median(facets):.0f}"
    print(f"| {kind} | {name} | {taken} | {total} |")


def _times(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each round."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/intel.db"


@contextmanager
def _postgresql() -> Iterator[str]:
    with running() as server:
        yield server.url(server.make())


def _fill(engine: Engine, articles: int) -> float:
    """Fill a database; gives back how many articles a second were indexed."""
    db.upgrade(engine)
    store = Store(engine)
    store.load_taxonomy(taxonomy())
    store.load_accounts(load_accounts(ACCOUNTS_CSV))
    store.load_sources(SOURCES)
    chance = random.Random(7)
    for first in range(1, articles + 1, 5000):
        with engine.begin() as connection:
            numbers = range(first, min(first + 5000, articles + 1))
            for table, rows in _rows(chance, numbers, articles).items():
                connection.execute(insert(table_of(table)), rows)
    start = time.perf_counter()
    with engine.begin() as connection:
        search_index.rebuild(connection, db.quiet)
    seconds = time.perf_counter() - start
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return articles / seconds


def _rows(
    chance: random.Random, numbers: range, articles: int
) -> dict[type[db.Base], list[dict[str, object]]]:
    rows: dict[type[db.Base], list[dict[str, object]]] = {
        row: [] for row in (StoryRow, PageRow, ArticleRow, MentionRow, FindingRow)
    }
    for number in numbers:
        at = NEWEST - timedelta(minutes=chance.randrange(5 * 365 * 24 * 60))
        source, url = f"s{number % 40}", f"http://x/{number}"
        account = chance.choices(("taobao", "pinduoduo", "jd", "vipshop"), (50, 30, 19, 1))[0]
        rows[StoryRow].append({"id": number, "family_id": number})
        rows[PageRow].append(
            {
                "id": number, "url": url, "digest": "d", "source": source, "fetched_at": at,
                "content_type": "text/html", "body": b"", "state": "read", "reason": "", "detail": "",
                "checked_at": at,
            }
        )  # fmt: skip
        rows[ArticleRow].append(
            {
                "id": number, "url": url, "page_id": number, "story_id": number, "source": source,
                "title": _text(chance, 12), "text": _text(chance, 400), "lang": "zh", "encoding": "utf-8",
                "dated_at": at, "report": b"",
            }
        )  # fmt: skip
        rows[MentionRow].append(
            {"article_id": number, "account_id": account, "start": 0, "end": 2, "surface": "x", "about": True}
        )
        rows[FindingRow].append(
            {
                "article_id": number, "account_id": account, "start": 0, "end": 2, "rule": "r",
                "dated_at": at, "topic": chance.choice(("carrier_problems", "delivery_performance")),
                "stance": "", "couriers": "", "problem": "", "period": "", "speaker": "", "state": "kept",
                "confirmed": False,
            }
        )  # fmt: skip
    return rows


_CHARACTERS = [chr(0x4E00 + n) for n in range(3000)]
_WEIGHTS = [1 / (n + 5) for n in range(3000)]  # as in a language: few characters make up most of a text


def _text(chance: random.Random, length: int) -> str:
    words = [word for word, often in WORDS.items() if chance.random() * 1000 < often]
    filler = chance.choices(_CHARACTERS, _WEIGHTS, k=length)
    for at in range(15, length, 20):
        filler[at] = "，"
    for word in words:
        filler.insert(chance.randrange(len(filler)), word)
    return "".join(filler)


if __name__ == "__main__":
    main()
