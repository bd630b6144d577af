"""A database cleared of what is forgotten: pages, articles, what was read out of them, every other table.

In: what is forgotten. Out: how many rows of which table held it. A page is rewritten, an article rewritten
and read again, so that spans and quotes stay true; what an address or a source gave is deleted. Each batch is
one transaction; a clearing that was cut off is done again from the start by `intel forget apply`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import zstandard
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session, undefer

from intel import acts, dialects, keeping, outbox, readings, reviewed, sweep
from intel.db import (
    ArticleRow,
    Base,
    PageRow,
    PlaceRow,
    SourceAddedRow,
    SourceCheckRow,
    SourcePauseRow,
    SourceRow,
    SourceRunRow,
    SourceStandingRow,
)
from intel.model import Article, Dated, NotAnArticle, Page, Precision, Reading, Watched
from pipelines import field_report
from pipelines.documents import Document, holds_document, read_document
from pipelines.flow import Watchlist, read, reread
from pipelines.forgotten import Forgotten, normal_address
from pipelines.personal_data import Edit
from pipelines.personal_page import redacted_body
from pipelines.redaction import Redaction

BATCH = 50
SEEN = "seen"  # the origin of the date of an account of what changed
_URL = re.compile(r"https?://[^\s\"'<>()（）\]]{1,2000}")
_ADDRESS_MARK = "〔网址已略〕"


@dataclass(frozen=True, slots=True)
class Clearing:
    """A database, how articles are read again, and the folder of written briefings."""

    engine: Engine
    watchlist: Watchlist
    briefings: Path
    dry_run: bool = False
    progress: Callable[[int], None] = lambda done: None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def of(self, forgotten: Forgotten) -> Counter[str]:
        """Clear all that is forgotten; counts rows by table, and files. With `dry_run` nothing changes."""
        count: Counter[str] = Counter()
        gone = self._delete_pages(forgotten, count)
        self._delete_sources(forgotten, count)
        if forgotten.persons:
            self._each_page(lambda session, page: _rewrite_page(session, page, forgotten), count)
            self._each_article(forgotten, count)

        def find(content: str) -> Iterator[Edit]:
            yield from forgotten.find(content)
            yield from _addresses(content, gone, forgotten)

        with Session(self.engine) as session:
            # With the addresses it names go the words it quotes from them, so all of it.
            count["outbox"] += outbox.empty(session, lambda text: _addresses(text, gone, forgotten), self.now)
            count.update(sweep.rewrite(session, find))
            self._end(session)
        for file in files_with(self.briefings, find):
            count["briefings"] += 1
            if not self.dry_run:
                file.unlink()
        if not self.dry_run:
            compact(self.engine)
        return count

    def _end(self, session: Session) -> None:
        session.rollback() if self.dry_run else session.commit()

    # ---- addresses and sources

    def _delete_pages(self, forgotten: Forgotten, count: Counter[str]) -> frozenset[str]:
        """Delete what forgotten addresses and sources gave; gives back the addresses of it."""
        with Session(self.engine) as session:
            sources = {name for name in session.scalars(select(SourceRow.name)) if forgotten.source(name)}
            pages = [
                (number, url)
                for number, url, source in session.execute(select(PageRow.id, PageRow.url, PageRow.source))
                if source in sources or forgotten.address(url)
            ]
            for start in range(0, len(pages), BATCH):
                numbers = [number for number, _ in pages[start : start + BATCH]]
                word = reviewed.word(session)
                for article in session.scalars(select(ArticleRow).where(ArticleRow.page_id.in_(numbers))):
                    readings.remove(session, article, word)
                    count["article"] += 1
                session.execute(delete(PageRow).where(PageRow.id.in_(numbers)))
                count["page"] += len(numbers)
                if not self.dry_run:
                    session.commit()
            self._end(session)
        return frozenset(normal_address(url) for _, url in pages)

    def _delete_sources(self, forgotten: Forgotten, count: Counter[str]) -> None:
        with Session(self.engine) as session:
            for name in session.scalars(select(SourceRow.name)).all():
                if not forgotten.source(name) or self.dry_run:
                    count["source"] += forgotten.source(name)
                    continue
                for table in (SourceRunRow, SourceCheckRow, SourcePauseRow, SourceStandingRow):
                    session.execute(delete(table).where(table.source == name))
                for row in (SourceRow, SourceAddedRow):
                    session.execute(delete(row).where(row.name == name))
                acts.forget_source(session, name)
                count["source"] += 1
            self._end(session)

    # ---- persons

    def _each_page(self, change: Callable[[Session, PageRow], bool], count: Counter[str]) -> None:
        after = 0
        while True:
            with Session(self.engine) as session:
                query = select(PageRow).where(PageRow.id > after).order_by(PageRow.id).limit(BATCH)
                rows = session.scalars(query.options(undefer(PageRow.body))).all()
                if not rows:
                    return
                count["page"] += sum(change(session, row) for row in rows)
                after = rows[-1].id
                self._end(session)
            self.progress(len(rows))

    def _each_article(self, forgotten: Forgotten, count: Counter[str]) -> None:
        with Session(self.engine) as session:
            numbers = session.scalars(select(ArticleRow.id).order_by(ArticleRow.id)).all()
        for start in range(0, len(numbers), BATCH):
            with Session(self.engine) as session:
                query = select(ArticleRow).where(ArticleRow.id.in_(numbers[start : start + BATCH]))
                for row in session.scalars(query).all():
                    article, left_out = Redaction(forgotten).article(article_of(session, row))
                    if not left_out["name"]:
                        continue
                    count["article"] += 1
                    if not self.dry_run:
                        self._read_again(session, row, article)
                self._end(session)

    def _read_again(self, session: Session, row: ArticleRow, article: Article) -> None:
        page = session.get_one(PageRow, row.page_id)
        reading = self._reading(session, row, page, article)
        readings.put(session, page, row, reading, reviewed.word(session))

    def _reading(self, session: Session, row: ArticleRow, page: PageRow, article: Article) -> Reading:
        if row.source == field_report.SOURCE:  # its page tells whose words are whose
            kept = Page(
                row.url, row.source, page.fetched_at, zstandard.decompress(page.body), page.content_type
            )
            return read(kept, self.watchlist, page.fetched_at)
        source = session.get_one(SourceRow, row.source)
        watched = None
        if row.published_origin == SEEN:
            options = source.options
            watched = Watched(None, str(options.get("account", "")), str(options.get("topic", "")))
        return reread(article, self.watchlist, watched, {})


def _rewrite_page(session: Session, row: PageRow, forgotten: Forgotten) -> bool:
    """Take forgotten names out of a page; a document that holds one loses its bytes. Whether it held one."""
    held = False
    for column in ("listed_title", "detail"):
        done = Redaction(forgotten).text(getattr(row, column) or "")
        if done.counts["name"]:
            setattr(row, column, done.text)
            held = True
    if row.dropped_at is not None:
        return held
    body = zstandard.decompress(row.body)
    if holds_document(body):
        if _document_names(row, body, forgotten):
            keeping.drop_bytes(session, [row.id], datetime.now(UTC))
            held = True
        return held
    changed, done = redacted_body(body, row.content_type, forgotten.find)
    if done.edits:
        row.body = zstandard.compress(changed)
        held = True
    return held


def _document_names(row: PageRow, body: bytes, forgotten: Forgotten) -> bool:
    page = Page(row.url, row.source, row.fetched_at, body, row.content_type, row.listed_title)
    try:
        read = read_document(page, row.fetched_at)
    except NotAnArticle:
        return False
    return any(True for _ in forgotten.find("\n".join((read.content, *read.margins))))


def article_of(session: Session, row: ArticleRow) -> Article:
    """A kept article as it was read."""
    published = None
    if row.published_at is not None:
        precision = Precision(row.published_precision or Precision.DAY)
        published = Dated(
            row.published_at, precision, row.published_evidence or "", row.published_origin or ""
        )
    places = session.execute(
        select(PlaceRow.start, PlaceRow.end, PlaceRow.label)
        .where(PlaceRow.article_id == row.id)
        .order_by(PlaceRow.start)
    )
    return Document(
        url=row.url,
        title=row.title,
        text=row.text,
        lang=row.lang,
        encoding=row.encoding,
        author=row.author,
        publisher=row.publisher,
        published=published,
        pages=tuple((start, end, label) for start, end, label in places),
    )


# ---- what stands elsewhere


def _addresses(content: str, gone: frozenset[str], forgotten: Forgotten) -> Iterator[Edit]:
    for match in _URL.finditer(content):
        if normal_address(match[0]) in gone or forgotten.address(match[0]):
            yield Edit(match.start(), match.end(), "address", _ADDRESS_MARK)


def files_with(folder: Path, find: Callable[[str], Iterable[Edit]]) -> Sequence[Path]:
    """The files of a folder in which something is found."""
    if not folder.is_dir():
        return []
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if any(True for _ in find(file.read_bytes().decode("utf-8", "replace")))]


def compact(engine: Engine) -> None:
    """Leave nothing of what was deleted in the database's files."""
    tables = [*Base.metadata.tables, "article_search"]
    dialects.of(engine).compact(engine, tables)
