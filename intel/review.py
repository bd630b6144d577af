"""The analyst's word: decisions in, kept for ever and in force at once; lists and the audit out.

A decision is written to the append-only table `review`, then every article that it bears on is worked out
anew: its rows by `intel.reviewed`, its story by `intel.stories`. A later reading does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, func, literal, select
from sqlalchemy.orm import Session

from intel import reviewed, stories
from intel.config import CHINA
from intel.db import (
    AnyFindingRow,
    ArticleRow,
    MentionRow,
    ReviewEffectRow,
    ReviewRow,
    table_of,
)
from intel.model import Review, ReviewAction
from intel.query import UnknownName
from intel.review_rules import REJECTED, Row, Rows, name_of, sentence_of
from pipelines.text import fold

_FINDING, _MENTION = table_of(AnyFindingRow), table_of(MentionRow)
# What a confirmed finding is made again from: all but what its article and reviews decide.
_PLACED = frozenset({"id", "article_id", "start", "end", "dated_at", "state", "confirmed", "review_id"})


class BadReview(ValueError):
    """A decision that cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, why, and when (aware)."""

    who: str
    why: str
    at: datetime


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
            return _decide(session, by, ReviewAction.CONFIRM, target, _state(finding), made)

    def reject(self, number: int, by: By) -> Review:
        """Reject a finding, and the same sentence for the same account and topic in every other article."""
        with Session(self._engine) as session, session.begin():
            rows, finding = _found(session, "finding", number)
            if finding["state"] == REJECTED:
                raise BadReview(f"finding {number} is already rejected by review {finding['review_id']}")
            target = _target(rows, finding) | {"topic": finding["topic"]}
            target["sentence"] = sentence_of(target["quote"])
            return _decide(session, by, ReviewAction.REJECT, target, _state(finding), {"state": REJECTED})

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
            return _decide(session, by, ReviewAction.EVENT, target, before, after)

    def date(self, article: str, day: date, by: By) -> Review:
        """Correct the day on which an article (number or address) was published."""
        if day > by.at.astimezone(CHINA).date():
            raise BadReview(f"{day} is yet to come")
        with Session(self._engine) as session, session.begin():
            rows = reviewed.present(session, find_article(session, article).id)
            target = _article_target(session, rows.article["url"])
            before = {name: reviewed.as_json(rows.article)[name] for name in ("published_at", "dated_at")}
            return _decide(session, by, ReviewAction.DATE, target, before, {"day": day.isoformat()})

    def merge(self, one: int, other: int, by: By) -> Review:
        """Say that two stories are one report."""
        with Session(self._engine) as session, session.begin():
            told = {number: members(session, number) for number in (one, other)}
            if len(told) < 2:
                raise BadReview(f"story {one} is one story already")
            articles = sorted(url for urls in told.values() for url in urls)
            accounts = sorted({name for url in articles for name in _accounts(session, url)})
            target = {"articles": articles, "accounts": accounts}
            return _decide(session, by, ReviewAction.MERGE, target, {"stories": told}, {"articles": articles})

    def split(self, article: str, by: By) -> Review:
        """Say that an article (number or address) is no copy of its story's others: it stands alone."""
        with Session(self._engine) as session, session.begin():
            row = find_article(session, article)
            urls = members(session, row.story_id)
            if len(urls) < 2:
                raise BadReview(f"article {row.id} is alone in story {row.story_id}")
            target, before = _article_target(session, row.url), {"stories": {row.story_id: urls}}
            return _decide(session, by, ReviewAction.SPLIT, target, before, {"alone": row.url})

    def undo(self, number: int, by: By) -> Review:
        """Take a review back; undoing an undo brings it into force again."""
        with Session(self._engine) as session, session.begin():
            every = {review.id: review for review in reviewed.reviews(session)}
            if number not in every:
                raise UnknownName(f"no review {number}; see: intel audit")
            if (by_whom := undone(every.values()).get(number)) is not None:
                raise BadReview(f"review {number} is already undone by review {by_whom}")
            one = every[number]
            return _decide(session, by, ReviewAction.UNDO, one.target, one.after, one.before, number)


def undone(reviews: Iterable[Review]) -> Mapping[int, int]:
    """The numbers of the reviews that are taken back, each with the review that does so."""
    found: dict[int, int] = {}
    for review in sorted(reviews, key=lambda one: one.id, reverse=True):
        if review.undoes is not None and review.id not in found:
            found[review.undoes] = review.id
    return found


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
    rows = reviewed.present(session, article)
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
    return _decide(session, by, ReviewAction.RELINK, target, before, after)


# ---- kept and in force


def _decide(
    session: Session,
    by: By,
    action: ReviewAction,
    target: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    undoes: int | None = None,
) -> Review:
    if not by.who.strip() or not by.why.strip():
        raise BadReview("a decision needs who takes it and why: --who, --why")
    row = ReviewRow(
        at=by.at,
        who=by.who.strip(),
        why=by.why.strip(),
        action=action.value,
        target=dict(target),
        before=dict(before),
        after=dict(after),
        undoes=undoes,
    )
    session.add(row)
    session.flush()
    number = row.id
    session.expire_all()  # numbers of stories are texts once they are JSON
    every = {review.id: review for review in reviewed.reviews(session)}
    _take_effect(session, every, every[number])
    return every[number]


def _take_effect(session: Session, every: Mapping[int, Review], review: Review) -> None:
    root = review
    while root.undoes is not None:
        root = every[root.undoes]
    said = reviewed.word(session)
    if root.action in (ReviewAction.MERGE, ReviewAction.SPLIT):
        urls = root.target.get("articles") or [root.target["url"]]
        stories.join_again(session, urls, said.links)
        stories.renumber(session, _numbers(root, root.id not in undone(every.values())))
        return
    for article in sorted(_bearing(session, root)):
        reviewed.settle(session, article, said)


def _numbers(root: Review, in_force: bool) -> dict[int, frozenset[str]]:
    """The numbers that stories should have: the former ones, or the oldest of those that were merged."""
    before = {int(number): frozenset(urls) for number, urls in root.before["stories"].items()}
    if not in_force:
        return before
    left = frozenset[str]().union(*before.values())
    if root.action is ReviewAction.SPLIT:
        left -= {root.target["url"]}
    return {min(before): left}


def _bearing(session: Session, review: Review) -> set[int]:
    """The articles that a review changes, or changed so far."""
    effects = select(ReviewEffectRow.article_id).where(ReviewEffectRow.review_id == review.id)
    found = set(session.scalars(effects))
    target = review.target
    found |= set(session.scalars(select(ArticleRow.id).where(ArticleRow.url == target["url"])))
    if sentence := target.get("sentence"):
        found |= _saying(session, target["account"], sentence)
    if names := {tuple(name) for name in target.get("names", ())}:
        found |= _naming(session, target["account"], names)
    return found


def _saying(session: Session, account: str, sentence: str) -> set[int]:
    """The articles with a finding of an account in this sentence."""
    content = ArticleRow.title + literal("\n") + ArticleRow.text
    quote = func.substr(content, _FINDING.c.start + 1, _FINDING.c.end - _FINDING.c.start)
    query = (
        select(_FINDING.c.article_id, quote)
        .join(ArticleRow, ArticleRow.id == _FINDING.c.article_id)
        .where(_FINDING.c.account_id == account)
    )
    return {article for article, said in session.execute(query) if sentence_of(said) == sentence}


def _naming(session: Session, account: str, names: set[tuple[str, ...]]) -> set[int]:
    """The articles that name an account with the same beside it."""
    surfaces = {name[0] for name in names}
    query = select(_MENTION).where(_MENTION.c.account_id == account).order_by(_MENTION.c.article_id)
    found: set[int] = set()
    for mention in session.execute(query).mappings():
        article = mention["article_id"]
        if article in found or fold(mention["surface"]) not in surfaces:
            continue
        row = session.get_one(ArticleRow, article)
        if name_of(f"{row.title}\n{row.text}", mention["start"], mention["end"]) in names:
            found.add(article)
    return found
