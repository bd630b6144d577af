"""Articles and stories as they were told: a text with the places of what was read in it, and its copies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.db import (
    AnyFindingRow,
    ArticleRow,
    EventRow,
    MentionRow,
    PageRow,
    SourceRow,
    read_only,
    table_of,
)
from intel.query import UnknownName
from intel.ratings import owner_of, reliability
from pipelines.text import fold, sentences


@dataclass(frozen=True, slots=True)
class Place:
    """What was read at a place of a text (code points of title, line break, text).

    `kind` is mention, finding or event; `what` the account, topic or event type; `account` whose it is.
    """

    kind: str
    id: int
    start: int
    end: int
    what: str
    account: str = ""
    event: str = ""
    state: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ToldArticle:
    """An article with who published it, and all places of it."""

    id: int
    url: str
    title: str
    text: str
    author: str | None
    publisher: str | None
    dated_at: datetime
    precision: str | None
    fetched_at: datetime
    source: str
    source_label: str
    owner: str
    reliability: str
    story: int
    places: tuple[Place, ...] = ()

    @property
    def content(self) -> str:
        """What the places count in."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Copy:
    """An article of a story with the sentences that none before it told."""

    article: ToldArticle
    adds: tuple[str, ...]
    sentences: int


class Told:
    """Reads of articles and stories of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def article(self, number: int) -> ToldArticle:
        """One article. Raises UnknownName."""
        with Session(self._engine) as session:
            row = session.execute(_articles().where(ArticleRow.id == number)).mappings().one_or_none()
            if row is None:
                raise UnknownName(f"no article {number}")
            return ToldArticle(**row, places=tuple(_places(session, number)))

    def copies(self, articles: Collection[int]) -> Sequence[Copy]:
        """Articles of one story, the first to tell it first."""
        query = _articles().where(ArticleRow.id.in_(articles))
        with Session(self._engine) as session:
            rows = session.execute(query.order_by(ArticleRow.dated_at, ArticleRow.id)).mappings()
            return _compared([ToldArticle(**row) for row in rows])


def _articles() -> Any:
    return (
        select(
            ArticleRow.id,
            ArticleRow.url,
            ArticleRow.title,
            ArticleRow.text,
            ArticleRow.author,
            ArticleRow.publisher,
            ArticleRow.dated_at,
            ArticleRow.published_precision.label("precision"),
            PageRow.fetched_at,
            ArticleRow.source,
            SourceRow.label.label("source_label"),
            owner_of(),
            reliability(),
            ArticleRow.story_id.label("story"),
        )
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        .join(PageRow, PageRow.id == ArticleRow.page_id)
    )


def _places(session: Session, article: int) -> list[Place]:
    findings = table_of(AnyFindingRow)
    mentions = session.scalars(select(MentionRow).where(MentionRow.article_id == article))
    events = session.scalars(select(EventRow).where(EventRow.article_id == article))
    rows = session.execute(select(findings).where(findings.c.article_id == article)).mappings()
    found = [Place("mention", one.id, one.start, one.end, one.account_id, one.account_id) for one in mentions]
    found += [Place("event", one.id, one.start, one.end, one.type, state=one.status) for one in events]
    found += [
        Place(
            kind="finding",
            id=one["id"],
            start=one["start"],
            end=one["end"],
            what=one["topic"],
            account=one["account_id"],
            event=one["event"] or "",
            state=one["state"],
            confirmed=one["confirmed"],
        )
        for one in rows
    ]
    return sorted(found, key=lambda one: (one.start, one.end, one.kind, one.id))


def _compared(told: Sequence[ToldArticle]) -> Sequence[Copy]:
    """Each article with the sentences that none before it had, whatever their spacing and width."""
    known: set[str] = set()
    copies = []
    for article in told:
        spoken = [article.text[start:end].strip() for start, end in sentences(article.text)]
        spoken = [one for one in spoken if len(one) > 3]
        fresh = [one for one in spoken if "".join(fold(one).split()) not in known]
        known |= {"".join(fold(one).split()) for one in spoken}
        copies.append(Copy(article, tuple(fresh), len(spoken)))
    return copies
