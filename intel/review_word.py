"""All reviews in; which are in force, on what they bear, and what holds of an article by them all, out.

Reviews are applied in the order in which they were made, so the later word holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from intel.model import Review, ReviewAction
from intel.review_rules import OF_PATTERN, RULES, Effect, Rows


@dataclass(frozen=True, slots=True)
class Links:
    """What analysts say of stories: articles (addresses) that stand alone, and those that are one report."""

    alone: frozenset[str] = frozenset()
    together: tuple[frozenset[str], ...] = ()


def in_force(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The reviews that nothing takes back, oldest first, without those that take back."""
    reviews = tuple(reviews)
    gone = undone(reviews)
    held = (one for one in reviews if one.undoes is None and one.id not in gone)
    return tuple(sorted(held, key=lambda one: one.id))


def undone(reviews: Iterable[Review]) -> Mapping[int, int]:
    """The numbers of the reviews that are taken back, each with the review that does so."""
    found: dict[int, int] = {}
    for review in sorted(reviews, key=lambda one: one.id, reverse=True):
        if review.undoes is not None and review.id not in found:
            found[review.undoes] = review.id
    return found


@dataclass(frozen=True)
class Word:
    """The reviews in force, by what they bear on; made once for many articles."""

    by_url: Mapping[str, Sequence[Review]]
    by_account: Mapping[str, Sequence[Review]]
    links: Links

    @classmethod
    def of(cls, reviews: Iterable[Review]) -> Word:
        """The word that these reviews, undone ones among them, come to."""
        held = in_force(reviews)
        by_url: dict[str, list[Review]] = defaultdict(list)
        by_account: dict[str, list[Review]] = defaultdict(list)
        for review in held:
            if review.action in OF_PATTERN:
                by_account[review.target["account"]].append(review)
            elif review.action in RULES:
                by_url[review.target["url"]].append(review)
        return cls(by_url, by_account, _links(held))

    @property
    def silent(self) -> bool:
        """Whether no review can change any article's rows."""
        return not self.by_url and not self.by_account

    def applied(self, read: Rows) -> tuple[Rows, tuple[Effect, ...]]:
        """What holds of an article of which this was read, and which review changed what."""
        reviews = self._bearing_on(read)
        rows = deepcopy(read) if reviews else read
        effects = [
            Effect(review.id, kind, text)
            for review in reviews
            for kind, text in RULES[review.action](rows, review)
        ]
        return rows, tuple(effects)

    def _bearing_on(self, read: Rows) -> list[Review]:
        """The reviews of an article's address and of its accounts, in order."""
        found = {review.id: review for review in self.by_url.get(read.article["url"], ())}
        waiting = {row["account_id"] for row in (*read.mentions, *read.findings)}
        waiting |= {review.target["account"] for review in found.values() if "account" in review.target}
        seen: set[str] = set()
        while waiting:
            account = waiting.pop()
            seen.add(account)
            for review in self.by_account.get(account, ()):
                found[review.id] = review
                # What is linked to another account is then that account's to be rejected.
                waiting |= {review.after.get("account") or account} - seen
        return [found[number] for number in sorted(found)]


def _links(held: Sequence[Review]) -> Links:
    """An article split off stands alone; a later merge joins it again, an earlier one no longer holds it."""
    split = {one.target["url"]: one.id for one in held if one.action is ReviewAction.SPLIT}
    together = [
        frozenset(url for url in one.target["articles"] if split.get(url, 0) < one.id)
        for one in held
        if one.action is ReviewAction.MERGE
    ]
    return Links(frozenset(split), tuple(group for group in together if len(group) > 1))
