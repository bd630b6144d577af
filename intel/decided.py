"""What analysts had decided of findings by a moment, so that an answer as of a past day stays what it was.

Confirmations and rejections that came later, and what was taken back later, count as they stood then. Links,
dates, events and stories are as they are now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from intel import reviewed
from intel.db import ReviewRow
from intel.model import Review, ReviewAction
from intel.review_rules import KEPT, REJECTED, same_sentence
from intel.review_word import in_force


@dataclass(frozen=True, slots=True)
class Decided:
    """The confirmations and rejections that held at a moment, and which reviews came later."""

    held: Sequence[Review]
    later: frozenset[int]

    def of(self, finding: RowMapping) -> tuple[str, bool, int | None]:
        """Of a finding, by its columns as they are now: its state then, if confirmed, its last review."""
        state, confirmed, last = KEPT, False, None
        # What a link changed or set aside is known by the number of the review alone.
        if finding["review"] is not None and finding["review"] not in self.later:
            last = finding["review"]
            if last not in {one.id for one in self.held}:
                state = finding["state"]
        for review in self.held:
            if _is_of(review, finding):
                confirmed, last = review.action is ReviewAction.CONFIRM, review.id
                state = KEPT if confirmed else REJECTED
        return state, confirmed, last


def decided(session: Session, moment: datetime | None) -> Decided | None:
    """What was decided by a moment; None where nothing was decided since, so that rows are as they were."""
    if moment is None or session.scalar(select(ReviewRow.id).where(ReviewRow.at > moment).limit(1)) is None:
        return None
    every = reviewed.reviews(session)
    before = [one for one in every if one.at <= moment]
    held = [one for one in in_force(before) if one.action in (ReviewAction.CONFIRM, ReviewAction.REJECT)]
    return Decided(held, frozenset(one.id for one in every if one.at > moment))


def _is_of(review: Review, finding: RowMapping) -> bool:
    target = review.target
    if (target["account"], target["topic"]) != (finding["account"], finding["topic"]):
        return False
    if review.action is ReviewAction.CONFIRM:
        return bool((target["url"], target["quote"]) == (finding["url"], finding["quote"]))
    return same_sentence(finding["quote"], target["sentence"])
