"""What came in since a moment: findings by the accounts they are on, a report once.

An article comes in when it is first read, or when its page was found changed and is read anew, however long
before it was fetched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intel.db import ArticleRow, FindingRow, SourceRow, quoted, read_only
from intel.ratings import reliability

MOST = 3000  # findings looked at: more than anybody reads


@dataclass(frozen=True, slots=True)
class Arrival:
    """A finding that came in: whose, what it says, and who published it."""

    id: int
    account: str
    topic: str
    event: str | None
    quote: str
    title: str
    url: str
    article: int
    story: int
    dated_at: datetime
    source_label: str
    reliability: str


@dataclass(frozen=True, slots=True)
class News:
    """What came in on one account: how many reports, and the newest of them."""

    account: str
    reports: int
    newest: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class CameIn:
    """What came in, the account with most reports first, and up to when: what is read later comes after."""

    news: tuple[News, ...]
    up_to: datetime


class Arrivals:
    """Reads of what came in, of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def since(self, moment: datetime, accounts: Collection[str] | None = None, shown: int = 3) -> CameIn:
        """What came in after a moment.

        `accounts` are those to tell of (None: all), `shown` how many findings of each, an account's newest.
        """
        told: dict[str, dict[int, Arrival]] = {}
        with Session(self._engine) as session:  # one state of the database
            last = session.scalar(select(func.max(ArticleRow.read_at)))
            found = _findings(session, moment, accounts)
        for one in found:
            told.setdefault(one.account, {}).setdefault(one.story, one)
        news = [
            News(account, len(reports), tuple(list(reports.values())[:shown]))
            for account, reports in told.items()
        ]
        news.sort(key=lambda one: (-one.reports, one.account))
        return CameIn(tuple(news), max(moment, last or moment))


def _findings(session: Session, moment: datetime, accounts: Collection[str] | None) -> Sequence[Arrival]:
    row = FindingRow
    query = (
        select(
            row.id,
            row.account_id.label("account"),
            row.topic,
            row.event,
            quoted(row).label("quote"),
            ArticleRow.title,
            ArticleRow.url,
            ArticleRow.id.label("article"),
            ArticleRow.story_id.label("story"),
            row.dated_at,
            SourceRow.label.label("source_label"),
            reliability(),
        )
        .join(ArticleRow, ArticleRow.id == row.article_id)
        .join(SourceRow, SourceRow.name == ArticleRow.source)
        # Looked for by themselves, since SQLite would rather go through all findings.
        .where(row.article_id.in_(select(ArticleRow.id).where(ArticleRow.read_at > moment)))
        .order_by(row.dated_at.desc(), row.id.desc())
        .limit(MOST)
    )
    if accounts is not None:
        query = query.where(row.account_id.in_(accounts))
    return [Arrival(**one) for one in session.execute(query).mappings()]
