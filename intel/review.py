"""The analyst's word: what can be said of findings, names, events, articles and stories, by their numbers.

Each is checked and named by what a new reading finds again; `intel.review_force` then puts it in force.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intel import reviewed
from intel.acts import By
from intel.config import CHINA
from intel.days import FIRST
from intel.db import ArticleRow, MentionRow
from intel.model import Review, ReviewAction
from intel.query import UnknownName
from intel.review_force import BadReview, decide
from intel.review_rules import REJECTED, Row, Rows, name_of, sentence_of
from intel.review_word import undone

# What a confirmed finding is made again from: all but what its article and reviews decide.
_PLACED = frozenset({"id", "article_id", "start", "end", "dated_at", "state", "confirmed", "review_id"})


@dataclass(frozen=True, slots=True)
class Correction:
    """What an event should be: type, status and subject (an account's id), each None where it stays."""

    type: str | None = None
    status: str | None = None
    subject: str | None = None


class Reviewer:
    """Takes decisions on one database. Every method is one transaction, raising UnknownName or BadReview."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def confirm(self, number: int, by: By) -> Review:
        """Confirm a finding: it is at least probable, and stays although a rule no longer finds it."""
        with Session(self._engine) as session, session.begin():
            rows, finding = _found(session, "finding", number)
            if finding["confirmed"]:
                raise BadReview(f"finding {number} is already confirmed by review {finding['review_id']}")
            target = _target(rows, finding) | {"topic": finding["topic"]}
            made = {name: value for name, value in finding.items() if name not in _PLACED}
            return decide(session, by, ReviewAction.CONFIRM, target, _state(finding), made)

    def reject(self, number: int, by: By) -> Review:
        """Reject a finding, and the same sentence for the same account and topic in every other article."""
        with Session(self._engine) as session, session.begin():
            rows, finding = _found(session, "finding", number)
            if finding["state"] == REJECTED:
                raise BadReview(f"finding {number} is already rejected by review {finding['review_id']}")
            target = _target(rows, finding) | {"topic": finding["topic"]}
            target["sentence"] = sentence_of(target["quote"])
            return decide(session, by, ReviewAction.REJECT, target, _state(finding), {"state": REJECTED})

    def relink(self, number: int, account: str | None, by: By) -> Review:
        """Say that a finding's sentence speaks of another account, or of none that we watch.

        The names that linked it are linked so in other texts too where the same stands beside them.
        """
        with Session(self._engine) as session, session.begin():
            rows, finding = _found(session, "finding", number)
            names = [
                list(name_of(rows.content, one["start"], one["end"]))
                for one in rows.mentions
                if one["account_id"] == finding["account_id"]
                and finding["start"] <= one["start"] < finding["end"]
            ]
            sentence = sentence_of(rows.quote(finding))
            target = _target(rows, finding) | {"sentence": sentence, "names": names}
            return _relink(session, by, target, account)

    def relink_mention(self, number: int, account: str | None, by: By) -> Review:
        """Say that a name means another account, or none, wherever the same stands beside it."""
        with Session(self._engine) as session, session.begin():
            rows, mention = _found(session, "mention", number)
            name = list(name_of(rows.content, mention["start"], mention["end"]))
            return _relink(session, by, _target(rows, mention) | {"sentence": "", "names": [name]}, account)

    def event(self, number: int, correction: Correction, by: By) -> Review:
        """Correct an event's type, status or subject."""
        after = {name: value for name, value in asdict(correction).items() if value is not None}
        with Session(self._engine) as session, session.begin():
            rows, event = _found(session, "event", number)
            subjects = rows.subjects(event)
            before = {"type": event["type"], "status": event["status"], "subjects": subjects}
            if not after:
                raise BadReview("nothing to correct: give a type, a status or a subject")
            named = {one["account_id"] for one in rows.mentions}
            if correction.subject is not None and correction.subject not in named:
                raise BadReview(f"{correction.subject} is not named in the article: it cannot be the subject")
            parties = {one["account_id"] for one in rows.arguments if one["event_id"] == event["id"]}
            target = {
                "url": rows.article["url"],
                "type": event["type"],
                "quote": rows.quote(event),
                "subjects": subjects,
                "accounts": sorted({*filter(None, parties), *filter(None, [correction.subject])}),
            }
            return decide(session, by, ReviewAction.EVENT, target, before, after)

    def date(self, article: str, day: date, by: By) -> Review:
        """Correct the day on which an article (number or address) was published."""
        if day > by.at.astimezone(CHINA).date():
            raise BadReview(f"{day} is yet to come")
        if day < FIRST:
            raise BadReview(f"no page is of {day}")
        with Session(self._engine) as session, session.begin():
            number = find_article(session, article).id
            rows = reviewed.present(session, [number])[number]
            target = _article_target(session, rows.article["url"])
            before = {name: reviewed.as_json(rows.article)[name] for name in ("published_at", "dated_at")}
            return decide(session, by, ReviewAction.DATE, target, before, {"day": day.isoformat()})

    def merge(self, one: int, other: int, by: By) -> Review:
        """Say that two stories are one report."""
        with Session(self._engine) as session, session.begin():
            told = {number: members(session, number) for number in (one, other)}
            if len(told) < 2:
                raise BadReview(f"story {one} is one story already")
            articles = sorted(url for urls in told.values() for url in urls)
            accounts = sorted({name for url in articles for name in _accounts(session, url)})
            target = {"articles": articles, "accounts": accounts}
            return decide(session, by, ReviewAction.MERGE, target, {}, {"articles": articles})

    def split(self, article: str, by: By) -> Review:
        """Say that an article (number or address) is no copy of its story's others: it stands alone."""
        with Session(self._engine) as session, session.begin():
            row = find_article(session, article)
            urls = members(session, row.story_id)
            if len(urls) < 2:
                raise BadReview(f"article {row.id} is alone in story {row.story_id}")
            target = _article_target(session, row.url)
            return decide(session, by, ReviewAction.SPLIT, target, {}, {"alone": row.url})

    def undo(self, number: int, by: By) -> Review:
        """Take a review back; undoing an undo brings it into force again."""
        with Session(self._engine) as session, session.begin():
            every = {review.id: review for review in reviewed.reviews(session)}
            if number not in every:
                raise UnknownName(f"no review {number}; see: intel audit")
            if (by_whom := undone(every.values()).get(number)) is not None:
                raise BadReview(f"review {number} is already undone by review {by_whom}")
            one = every[number]
            return decide(session, by, ReviewAction.UNDO, one.target, one.after, one.before, number)


# ---- what a decision is about


def find_article(session: Session, name: str) -> ArticleRow:
    """The article of a number or an address. Raises UnknownName."""
    chosen = ArticleRow.id == int(name) if name.isascii() and name.isdigit() else ArticleRow.url == name
    row = session.scalar(select(ArticleRow).where(chosen))
    if row is None:
        raise UnknownName(f"no article {name!r}; give its number or its address")
    return row


def members(session: Session, story: int) -> list[str]:
    """The addresses of a story's articles. Raises UnknownName."""
    urls = session.scalars(select(ArticleRow.url).where(ArticleRow.story_id == story).order_by(ArticleRow.id))
    found = list(urls)
    if not found:
        raise UnknownName(f"no story {story}; see: intel review show ARTICLE")
    return found


def _found(session: Session, what: str, number: int) -> tuple[Rows, Row]:
    """The article's rows that hold a finding, mention or event of this number, and that row."""
    table = reviewed.TABLES[f"{what}s"]
    article = session.scalar(select(table.c.article_id).where(table.c.id == number))
    if article is None:
        raise UnknownName(f"no {what} {number}; see: intel review show ARTICLE")
    rows = reviewed.present(session, [article])[article]
    return rows, next(one for one in getattr(rows, f"{what}s") if one["id"] == number)


def _target(rows: Rows, row: Row) -> dict[str, Any]:
    account = row["account_id"]
    return {
        "url": rows.article["url"],
        "account": account,
        "quote": rows.quote(row),
        "accounts": [account],
    }


def _article_target(session: Session, url: str) -> dict[str, Any]:
    return {"url": url, "accounts": _accounts(session, url)}


def _accounts(session: Session, url: str) -> list[str]:
    """The accounts that an article names."""
    query = (
        select(MentionRow.account_id)
        .join(ArticleRow, ArticleRow.id == MentionRow.article_id)
        .where(ArticleRow.url == url)
    )
    return sorted(set(session.scalars(query)))


def _state(finding: Row) -> Row:
    return {name: finding[name] for name in ("state", "confirmed", "review_id")}


def _relink(session: Session, by: By, target: dict[str, Any], account: str | None) -> Review:
    if account == target["account"]:
        raise BadReview(f"it is linked to {account} already")
    target["accounts"] = sorted({target["account"], *filter(None, [account])})
    before, after = {"account": target["account"]}, {"account": account}
    return decide(session, by, ReviewAction.RELINK, target, before, after)
