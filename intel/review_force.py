"""A decision in; kept for ever and in force at once.

It is written to the append-only table `review`, then every article that it bears on is worked out anew: its
rows by `intel.reviewed`, its story by `intel.stories`. A later reading does the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intel import reviewed, search_index, stories
from intel.acts import By
from intel.db import AnyFindingRow, ArticleRow, MentionRow, ReviewEffectRow, ReviewRow, quoted, table_of
from intel.model import Review, ReviewAction
from intel.refusal import Refusal
from intel.review_rules import name_of, same_sentence
from intel.review_word import Word
from pipelines.text import fold

_FINDING, _MENTION = table_of(AnyFindingRow), table_of(MentionRow)


class BadReview(Refusal, ValueError):
    """A decision that cannot be taken; the message says why."""


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
    every = {review.id: review for review in reviewed.reviews(session)}
    number = max(every, default=0) + 1  # one writes at a time
    told = By(by.who.strip(), by.why.strip(), by.at)
    made = Review(number, told.at, told.who, told.why, action, target, before, after, undoes)
    regrouped = _take_effect(session, every | {number: made}, made)
    former = {name: value for name, value in before.items() if name != "stories"}
    row = ReviewRow(
        id=number,
        at=told.at,
        who=told.who,
        why=told.why,
        action=action.value,
        target=dict(target),
        before=former | ({"stories": regrouped} if regrouped else {}),
        after=dict(after),
        undoes=undoes,
    )
    session.add(row)
    session.flush()
    session.expire_all()  # numbers of stories are texts once they are JSON
    return next(one for one in reviewed.reviews(session) if one.id == number)


def _take_effect(session: Session, every: Mapping[int, Review], review: Review) -> stories.Numbered:
    """Put a review in force; gives back the stories that it regroups, as they were before."""
    root = review
    while root.undoes is not None:
        root = every[root.undoes]
    said = Word.of(every.values())
    if root.action in (ReviewAction.MERGE, ReviewAction.SPLIT):
        retold = list(root.target.get("articles") or [root.target["url"]])
    else:
        touched = sorted(bearing(session, root))
        retold = [url for article in touched for url in _settle(session, article, said)]
    if not retold:
        return {}
    former = stories.numbers(session)
    stories.join_again(session, retold, said.links)
    if review.undoes is not None:
        stories.renumber(session, stories_before(every[review.undoes]))
    return stories.regrouped(session, former)


def _settle(session: Session, article: int, said: Word) -> Iterator[str]:
    """Make an article what the reviews say; gives back its address if it is another report now."""
    settled = reviewed.settle(session, article, said)
    row = session.get_one(ArticleRow, article)
    if stories.retell(session, row, settled.before, settled.since):
        yield row.url
    search_index.put(session.connection(), article)


def stories_before(review: Review) -> dict[int, frozenset[str]]:
    """The stories that a review regrouped, by number as they were before; none where none were kept."""
    return {int(number): frozenset(urls) for number, urls in review.before.get("stories", {}).items()}


def bearing(session: Session, review: Review) -> set[int]:
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
