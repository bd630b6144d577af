"""A decision in; kept for ever and in force at once.

It is written to the append-only table `review`, then every article that it bears on is worked out anew: its
rows by `intel.reviewed`, its story by `intel.stories`. A later reading does the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intel import reviewed, search_index, stories
from intel.db import AnyFindingRow, ArticleRow, MentionRow, ReviewEffectRow, ReviewRow, quoted, table_of
from intel.model import Review, ReviewAction
from intel.refusal import Refusal
from intel.review_rules import name_of, same_sentence
from intel.review_word import Word, undone
from pipelines.text import fold

_FINDING, _MENTION = table_of(AnyFindingRow), table_of(MentionRow)


class BadReview(Refusal, ValueError):
    """A decision that cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, why, and when (aware)."""

    who: str
    why: str
    at: datetime


def decide(
    session: Session,
    by: By,
    action: ReviewAction,
    target: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    undoes: int | None = None,
) -> Review:
    """Keep a decision and put it in force. Raises BadReview without who and why."""
    if not by.who.strip() or not by.why.strip():
        raise BadReview("a decision needs who takes it and why: --by, --why")
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
    said = Word.of(every.values())
    if root.action in (ReviewAction.MERGE, ReviewAction.SPLIT):
        urls = root.target.get("articles") or [root.target["url"]]
        stories.join_again(session, urls, said.links)
        stories.renumber(session, _numbers(root, root.id not in undone(every.values())))
        return
    for article in sorted(_bearing(session, root)):
        reviewed.settle(session, article, said)
        row = session.get_one(ArticleRow, article)
        if stories.redate(session, row):
            stories.join_again(session, [row.url], said.links)
        search_index.put(session.connection(), article)
    if root.action is ReviewAction.DATE and root.id in undone(every.values()):
        stories.renumber(session, _numbers(root, in_force=False))


def _numbers(root: Review, in_force: bool) -> dict[int, frozenset[str]]:
    """The numbers that stories should have: the former ones, or the oldest of those that were merged."""
    told = root.before.get("stories", {})  # of a date corrected by an earlier release they were not kept
    before = {int(number): frozenset(urls) for number, urls in told.items()}
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
    query = (
        select(_FINDING.c.article_id, quoted(_FINDING.c))
        .join(ArticleRow, ArticleRow.id == _FINDING.c.article_id)
        .where(_FINDING.c.account_id == account)
    )
    return {article for article, said in session.execute(query) if same_sentence(said, sentence)}


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
