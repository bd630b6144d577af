"""A Reading to rows: the article, what points into it, its search text and its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from intel import reviewed, search_index, series, stories, tenders
from intel.db import (
    AnyFindingRow,
    ArgumentRow,
    ArticleRow,
    Base,
    EventRow,
    MentionRow,
    PageRow,
    ReportKeyRow,
    SourceRow,
    StoryRow,
    StrangerRow,
    table_of,
)
from intel.model import IMPORTED, Event, Finding, Reading
from intel.review_word import Word


def put(session: Session, page: PageRow, earlier: ArticleRow | None, reading: Reading, word: Word) -> None:
    """Keep a reading of a page, over the `earlier` article of its URL if there is one.

    What analysts said, in `word`, holds of it at once. A finding that is found again keeps its number.
    """
    article = earlier or ArticleRow(story_id=stories.open_story(session))
    if article.page_id != page.id:  # the same bytes read again are no news
        article.read_at = _moment(session)
    _fill(article, page, reading)
    article.owner = _site_owner(session, page)
    session.add(article)
    session.flush()
    numbers = reviewed.numbers(session, article.id) if earlier is not None else {}
    if earlier is not None:
        _clear(session, article.id)
        stories.leave(session, article, word.links)
    _add_rows(session, article, reading)
    _add_findings(session, article, reading.findings, numbers)
    series.keep(session, article.id, reading.points)
    tenders.keep_notice(session, article.id, reading.notice)
    tenders.keep_places(session, article.id, getattr(reading.article, "pages", ()))
    settled = reviewed.settle(session, article.id, word)
    stories.retell(session, article, settled.before, settled.since)
    stories.join(session, article, word.links)
    search_index.put(session.connection(), article.id)


def remove(session: Session, article: ArticleRow, word: Word) -> None:
    """Take an article away with all that points into it."""
    _clear(session, article.id)
    search_index.remove(session.connection(), article.id)
    stories.leave(session, article, word.links)
    story = article.story_id
    session.delete(article)
    session.flush()
    session.delete(session.get_one(StoryRow, story))


def _moment(session: Session) -> datetime:
    """Now, but after all that is kept: who has seen what came in until a moment has seen all before it.

    One writes at a time, so the moments are in the order in which readers come to see them, whatever the
    clocks of several machines say.
    """
    last, now = session.scalar(select(func.max(ArticleRow.read_at))), datetime.now(UTC)
    return now if last is None or last < now else last + timedelta(microseconds=1)


def _fill(article: ArticleRow, page: PageRow, reading: Reading) -> None:
    read = reading.article
    published = read.published
    article.url, article.page_id, article.source = page.url, page.id, page.source
    article.title, article.text = read.title, read.text
    article.lang, article.encoding = read.lang, read.encoding
    article.author, article.publisher = read.author, read.publisher
    article.published_at = published.at if published else None
    article.published_precision = published.precision.value if published else None
    article.published_evidence = published.evidence if published else None
    article.published_origin = published.origin if published else None
    article.dated_at = published.at if published else page.fetched_at
    article.reliability = getattr(read, "reliability", None)
    article.report = reading.report


def _site_owner(session: Session, page: PageRow) -> str | None:
    """Whose site an imported page stood on, as far as its address tells: a known source's owner, or the host.

    None for pages that their source's owner answers for, and for files without an address.
    """
    if session.get_one(SourceRow, page.source).kind != IMPORTED:
        return None
    host = _host(page.url)
    known = session.execute(select(SourceRow.url, SourceRow.owner).where(SourceRow.kind != IMPORTED))
    return {_host(url): owner for url, owner in known}.get(host, host) if host else None


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:  # [ without ]
        return None
    return host.removeprefix("www.") if host else None


def _clear(session: Session, article_id: int) -> None:
    # Arguments go with their events (ON DELETE CASCADE).
    for table in (AnyFindingRow, EventRow, MentionRow, ReportKeyRow, StrangerRow):
        session.execute(delete(table_of(table)).where(table.article_id == article_id))
    reviewed.forget(session, article_id)


def _add_rows(session: Session, article: ArticleRow, reading: Reading) -> None:
    _add_events(session, article, reading.events)
    rows: dict[type[Base], list[dict[str, Any]]] = {
        MentionRow: [
            {"account_id": m.account, "start": m.start, "end": m.end, "surface": m.surface, "about": m.about}
            for m in reading.mentions
        ],
        StrangerRow: [
            {"account_id": one.account, "name": one.name, "start": one.start, "end": one.end}
            for one in reading.strangers
        ],
        ReportKeyRow: [{"key": key} for key in sorted(set(reading.keys))],
    }
    for table, values in rows.items():
        if values:
            session.execute(insert(table), [{"article_id": article.id, **value} for value in values])


def _add_findings(
    session: Session,
    article: ArticleRow,
    findings: Sequence[Finding],
    numbers: Mapping[tuple[str, str, int, int], int],
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "article_id": article.id,
            "account_id": f.account,
            "topic": f.topic,
            "event": f.event,
            "start": f.start,
            "end": f.end,
            "rule": f.rule,
            "dated_at": article.dated_at,
            "stance": f.stance,
            "couriers": " ".join(f.couriers),
            "problem": f.problem,
            "period": f.period,
            "speaker": f.speaker,
            "certainty": f.certainty,
        }
        for f in findings
    ]
    known: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    for row in rows:
        number = numbers.get((row["account_id"], row["topic"], row["start"], row["end"]))
        if number is None:
            new.append(row)
        else:
            known.append(row | {"id": number})
    # Known numbers first: a new one is given after them.
    for some in filter(None, (known, new)):
        session.execute(insert(table_of(AnyFindingRow)), some)


def _add_events(session: Session, article: ArticleRow, events: Sequence[Event]) -> None:
    if not events:
        return
    rows = [
        {
            "article_id": article.id,
            "type": event.type,
            "trigger": event.trigger,
            "start": event.start,
            "end": event.end,
            "status": event.status.value,
            "rule": event.rule,
        }
        for event in events
    ]
    numbers = session.scalars(insert(EventRow).returning(EventRow.id, sort_by_parameter_order=True), rows)
    arguments = [
        {
            "event_id": number,
            "role": argument.role,
            "text": argument.text,
            "start": argument.start,
            "end": argument.end,
            "account_id": argument.account,
            "value": argument.value,
            "type": event.type,
            "dated_at": article.dated_at,
        }
        for number, event in zip(numbers, events, strict=True)
        for argument in event.arguments
    ]
    if arguments:
        session.execute(insert(ArgumentRow), arguments)
