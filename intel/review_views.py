"""What analysts decided, as lists: reviews in force with what each took, the audit, an article's numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intel import reviewed
from intel.db import ArticleRow, ReviewEffectRow, ReviewRow, by_statement, read_only
from intel.model import Review
from intel.readers import open_reports
from intel.review import find_article, members
from intel.review_rules import Row, Rows
from intel.review_word import in_force, undone
from pipelines.field_report import SCHEME


@dataclass(frozen=True, slots=True)
class Taken:
    """What a review changed in one article: a finding, mention, event or the date, in the article's words."""

    article: int
    url: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with what it holds now. `undone_by` is the review that takes it back."""

    review: Review
    undone_by: int | None
    took: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with the numbers by which findings, events and mentions in it are reviewed."""

    article: int
    url: str
    title: str
    dated_at: object
    story: int
    members: tuple[str, ...]
    findings: tuple[Row, ...]
    events: tuple[Row, ...]
    mentions: tuple[Row, ...]


class Reviews:
    """Reads of the reviews of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = read_only(engine)

    def audit(self, account: str | None = None) -> Sequence[ReviewView]:
        """Every review, oldest first: all, or those that concern an account."""
        with Session(self._engine) as session:
            every = reviewed.reviews(session)
            back, reports = undone(every), open_reports(session)
            took: dict[int, list[Taken]] = {}
            query = (
                select(ReviewEffectRow, ArticleRow.url)
                .join(ArticleRow, ArticleRow.id == ReviewEffectRow.article_id)
                .order_by(ArticleRow.dated_at.desc(), ReviewEffectRow.id)
            )
            for effect, url in session.execute(query):
                one = Taken(effect.article_id, url, effect.kind, effect.text)
                took.setdefault(effect.review_id, []).append(one)
        return [
            ReviewView(review, back.get(review.id), tuple(took.get(review.id, ())))
            for review in every
            if (account is None or account in review.target["accounts"]) and _is_open(review, reports)
        ]

    def in_force(self) -> Sequence[ReviewView]:
        """The reviews that hold, newest first, each with what it took."""
        held = [one for one in self.audit() if one.undone_by is None and one.review.undoes is None]
        return held[::-1]

    def holding(self) -> frozenset[int]:
        """The numbers of the reviews that hold."""
        with Session(self._engine) as session:
            return frozenset(one.id for one in in_force(reviewed.reviews(session)))

    def last(self) -> int:
        """The number of the last review; 0 before the first."""
        with by_statement(self._engine).connect() as connection:
            return connection.scalar(select(func.max(ReviewRow.id))) or 0

    def article(self, name: str) -> ArticleView:
        """An article by number or address. Raises UnknownName."""
        with Session(self._engine) as session:
            row = find_article(session, name)
            rows = reviewed.present(session, [row.id])[row.id]
            return ArticleView(
                article=row.id,
                url=row.url,
                title=row.title,
                dated_at=row.dated_at,
                story=row.story_id,
                members=tuple(members(session, row.story_id)),
                findings=tuple(_shown(rows, one, "account_id", "topic", "state") for one in rows.findings),
                events=tuple(
                    _shown(rows, one, "type", "status") | {"subjects": rows.subjects(one)}
                    for one in rows.events
                ),
                mentions=tuple(_shown(rows, one, "account_id") for one in rows.mentions),
            )


def _is_open(review: Review, reports: Collection[str] | None) -> bool:
    """Whether a review quotes no field report but these (None: all)."""
    url = review.target.get("url", "")
    return reports is None or not url.startswith(SCHEME) or url in reports


def _shown(rows: Rows, row: Row, *names: str) -> dict[str, Any]:
    return {"id": row["id"], **{name: row[name] for name in names}, "quote": rows.quote(row)}
