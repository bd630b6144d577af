"""What came in since a moment: findings by the accounts they are on, a report once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel.db import ArticleRow, FindingRow, PageRow, SourceRow, quoted, read_only
from intel.query import reliability

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


class Arrivals:
    """Reads of what came in, of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def since(
        self, moment: datetime, accounts: Collection[str] | None = None, shown: int = 3
    ) -> Sequence[News]:
        """What was fetched since a moment, the account with most reports first.

        `accounts` are those to tell of (None: all), `shown` how many findings of each, an account's newest.
        """
        told: dict[str, dict[int, Arrival]] = {}
        for one in self._findings(moment):
            if accounts is None or one.account in accounts:
                told.setdefault(one.account, {}).setdefault(one.story, one)
        news = [
            News(account, len(reports), tuple(list(reports.values())[:shown]))
            for account, reports in told.items()
        ]
        return sorted(news, key=lambda one: (-one.reports, one.account))

    def _findings(self, moment: datetime) -> Sequence[Arrival]:
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
            .join(PageRow, PageRow.id == ArticleRow.page_id)
            .join(SourceRow, SourceRow.name == ArticleRow.source)
            .where(PageRow.fetched_at >= moment)
            .order_by(row.dated_at.desc(), row.id.desc())
            .limit(MOST)
        )
        with Session(self._engine) as session:
            return [Arrival(**one) for one in session.execute(query).mappings()]
