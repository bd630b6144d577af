"""All that is held of a person: what `intel export person` writes, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, undefer

from intel import sweep
from intel.db import ArgumentRow, ArticleRow, EventRow, FindingRow, PageRow, read_only
from intel.forgetting import files_with
from intel.outbox import OutboxRow
from pipelines.forgotten import Forgotten
from pipelines.personal_data import Edit
from pipelines.personal_page import seen_lines
from pipelines.text import sentences

OUTBOX = OutboxRow.__tablename__
_AROUND = 60
_PASSAGES = 50  # of one page or article


def held(engine: Engine, briefings: Path, person: Forgotten) -> dict[str, Any]:
    """What names the person: articles with their sentences, events and findings, pages, other rows,
    deliveries, files."""
    find = person.find
    with Session(read_only(engine)) as session:
        articles = [
            one for row in session.scalars(select(ArticleRow)) if (one := _article(session, row, find))
        ]
        pages = [one for row in _pages(session) if (one := _page(row, find))]
        rest = list(sweep.holding(session, find))
        other = [{"table": name, "row": row} for name, row in rest if name != OUTBOX]
        deliveries = [_delivery(row) for name, row in rest if name == OUTBOX]
    files = [str(file) for file in files_with(briefings, find)]
    return {
        "articles": articles,
        "pages": pages,
        "other": other,
        "deliveries": deliveries,
        "briefings": files,
    }


def _delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    """A message that names the person: to whom and, once it was delivered, when."""
    told = ("destination", "account", "kind", "state", "made_at", "receipt", "ended_at")
    return {name: row[name] for name in told} | {"title": row["content"].get("title", "")}


def _article(
    session: Session, row: ArticleRow, find: Callable[[str], Iterable[Edit]]
) -> dict[str, Any] | None:
    content = f"{row.title}\n{row.text}"
    spans = [(edit.start, edit.end) for edit in find(content)]
    credited = [name for name in (row.author, row.publisher) if name and any(True for _ in find(name))]
    if not spans and not credited:
        return None
    told = [(a, b) for a, b in sentences(content) if any(a <= start < b for start, _ in spans)]
    return {
        "url": row.url,
        "source": row.source,
        "title": row.title,
        "dated_at": row.dated_at,
        "credits": credited,
        "sentences": [content[a:b] for a, b in told],
        "events": _events(session, row.id, find),
        "findings": [
            {
                "account": finding.account_id,
                "topic": finding.topic,
                "quote": content[finding.start : finding.end],
            }
            for finding in session.scalars(select(FindingRow).where(FindingRow.article_id == row.id))
            if any(finding.start < end and start < finding.end for start, end in spans)
        ],
    }


def _events(session: Session, article: int, find: Callable[[str], Iterable[Edit]]) -> list[dict[str, Any]]:
    rows = session.execute(
        select(EventRow.type, EventRow.status, ArgumentRow.role, ArgumentRow.text)
        .join(ArgumentRow, ArgumentRow.event_id == EventRow.id)
        .where(EventRow.article_id == article)
    )
    return [dict(row._mapping) for row in rows if any(True for _ in find(row.text))]


def _pages(session: Session) -> Iterator[PageRow]:
    after = 0
    while rows := session.scalars(
        select(PageRow)
        .where(PageRow.id > after)
        .order_by(PageRow.id)
        .limit(50)
        .options(undefer(PageRow.body))
    ).all():
        yield from rows
        after = rows[-1].id


def _page(row: PageRow, find: Callable[[str], Iterable[Edit]]) -> dict[str, Any] | None:
    """A kept page that names the person; documents are told by their articles."""
    text = "\n".join((row.listed_title or "", *seen_lines(zstandard.decompress(row.body), row.content_type)))
    spans = [(edit.start, edit.end) for edit in find(text)][:_PASSAGES]
    if not spans:
        return None
    passages = [
        text[max(0, start - _AROUND) : end + _AROUND].replace("\n", " ").strip() for start, end in spans
    ]
    return {"url": row.url, "source": row.source, "fetched_at": row.fetched_at, "passages": passages}
