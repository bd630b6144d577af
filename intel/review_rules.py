"""One decision of an analyst and what was read of an article in; what then holds of it out.

Pure: rows to rows. `intel.review_word` says which reviews hold, and applies them in the order they were made.

A review names what it is about by what a new reading finds again, never by row numbers:

| action  | target                                                  | after                       |
|---------|---------------------------------------------------------|-----------------------------|
| confirm | url, account, topic, quote                              | the finding's columns       |
| reject  | account, topic, sentence (of any article)               |                             |
| relink  | account, sentence or "", names: [surface, left, right]  | account, or None            |
| event   | url, type, quote, subjects                              | of type, status, subject    |
| date    | url                                                     | day                         |
| merge   | articles (the addresses of both stories)                |                             |
| split   | url                                                     |                             |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from intel.config import CHINA
from intel.model import COUNTED, Precision, Review, ReviewAction
from pipelines.text import fold, sentences

KEPT, REJECTED = "kept", "rejected"
_COUNTED = frozenset(status.value for status in COUNTED)
BESIDE = 4  # letters and characters on each side of a name that make its context
_REACH = 24

# A row as its table has it: what later releases add to a table comes through unchanged.
Row = dict[str, Any]


# What an argument repeats of its event and its article, and no review looks at.
REPEATED = ("type", "dated_at")


@dataclass(slots=True)
class Rows:
    """All that is kept of an article's reading that a review can change."""

    article: Row
    findings: list[Row]
    events: list[Row]
    arguments: list[Row]
    mentions: list[Row]

    @property
    def content(self) -> str:
        """The text that all spans point into."""
        return f"{self.article['title']}\n{self.article['text']}"

    def quote(self, row: Row) -> str:
        """What a finding, event or mention says."""
        return self.content[row["start"] : row["end"]]

    def of_table(self, name: str) -> list[Row]:
        """The rows as their table keeps them: arguments with what they repeat."""
        rows: list[Row] = getattr(self, name)
        if name != "arguments":
            return rows
        types, at = {one["id"]: one["type"] for one in self.events}, self.article["dated_at"]
        return [one | dict(zip(REPEATED, (types[one["event_id"]], at), strict=True)) for one in rows]

    def subjects(self, event: Row) -> list[str]:
        """Who the subjects of an event are: accounts, or names as written."""
        return sorted(
            one["account_id"] or one["text"]
            for one in self.arguments
            if one["event_id"] == event["id"] and one["role"] == "subject"
        )


def happenings(read: Rows, rows: Rows) -> frozenset[tuple[str, str]]:
    """What an article tells to have happened, as (event type, subject), by what reviews say of its events.

    A subject that was read goes by the account it was `read` as: another link makes no other event of it.
    """
    accounts = {one["id"]: one["account_id"] for one in read.arguments}
    counted = {one["id"]: one["type"] for one in rows.events if one["status"] in _COUNTED}
    return frozenset(
        (counted[one["event_id"]], accounts.get(one.get("id"), one["account_id"]) or one["text"])
        for one in rows.arguments
        if one["role"] == "subject" and one["event_id"] in counted
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What a review changed in an article, in words."""

    review: int
    kind: str
    text: str


_LEFT_OUT = re.compile("〔[^〔〕]{1,8}已略〕")  # the marks of what is left out
_TELLING = 6  # characters that must be left of a sentence for it to be known again


def in_step(target: Mapping[str, Any]) -> dict[str, Any]:
    """A review's target whose sentence is that of its quote again, once words of the quote were left out.

    A sentence has no spaces: a name in it that is written with them cannot be looked for there.
    """
    sentence = target.get("sentence") and sentence_of(target["quote"])
    return {**target, "sentence": sentence} if sentence else dict(target)


@lru_cache(maxsize=10_000)  # asked of the same findings by every rejection of their account
def sentence_of(quote: str) -> str:
    """A sentence by which copies of it are known: folded, letters, digits and characters only."""
    return "".join(filter(str.isalnum, fold(quote)))


def same_sentence(quote: str, sentence: str) -> bool:
    """Whether a quote is a sentence of `sentence_of`, also once something was left out of it."""
    if sentence_of(quote) == sentence:
        return True
    pieces = [sentence_of(piece) for piece in _LEFT_OUT.split(quote)]
    if len(pieces) == 1 or sum(map(len, pieces)) < _TELLING:
        return False
    # What stood there, or the mark of it, for in the sentence itself more or less may have been left out.
    return re.fullmatch(".{0,30}".join(map(re.escape, pieces)), sentence) is not None


def name_of(content: str, start: int, end: int) -> tuple[str, str, str]:
    """A name with what stands right beside it in its sentence: surface, left, right, folded."""
    first, last = next(((s, e) for s, e in _around(content, start) if s <= start < e), (start, end))
    left = sentence_of(content[max(first, start - _REACH) : start])[-BESIDE:]
    right = sentence_of(content[end : min(max(last, end), end + _REACH)])[:BESIDE]
    return fold(content[start:end]), left, right


def _around(content: str, start: int) -> Iterator[tuple[int, int]]:
    """The sentences near a place."""
    offset = max(0, start - 2000)
    for first, last in sentences(content[offset : start + 2000]):
        yield first + offset, last + offset


# ---- one rule an action: changes the rows, yields (kind, text) for each change

Changes = Iterator[tuple[str, str]]


def _confirm(rows: Rows, review: Review) -> Changes:
    target = review.target
    key = (target["account"], target["topic"], target["quote"])
    found = [one for one in rows.findings if (one["account_id"], one["topic"], rows.quote(one)) == key]
    start = rows.content.find(target["quote"])
    if not found and start >= 0:
        # A rule no longer finds what an analyst confirmed; the sentence still stands there.
        place = {"start": start, "end": start + len(target["quote"]), "dated_at": rows.article["dated_at"]}
        found = [dict(review.after) | place | {"article_id": rows.article["id"]}]
        rows.findings += found
    for one in found:
        one |= {"state": KEPT, "confirmed": True, "review_id": review.id}
        yield "finding", rows.quote(one)


def _reject(rows: Rows, review: Review) -> Changes:
    target = review.target
    for one in rows.findings:
        same = (one["account_id"], one["topic"]) == (target["account"], target["topic"])
        if same and same_sentence(rows.quote(one), target["sentence"]):
            _set_aside(one, review)
            yield "finding", rows.quote(one)


def _set_aside(finding: Row, review: Review) -> None:
    finding |= {"state": REJECTED, "confirmed": False, "review_id": review.id}


def _relink(rows: Rows, review: Review) -> Changes:
    target, account = review.target, review.after["account"]
    names = {tuple(name) for name in target["names"]}
    ours = [one for one in rows.mentions if one["account_id"] == target["account"]]
    moved = [one for one in ours if names and name_of(rows.content, one["start"], one["end"]) in names]
    left = [one for one in ours if one not in moved]
    findings = [one for one in rows.findings if _goes_along(rows, one, target, moved, left)]
    yield from _relink_arguments(rows, review, moved, findings)
    for one in moved:
        yield "mention", one["surface"]
        if account is None:
            rows.mentions.remove(one)
        else:
            one["account_id"] = account
    for one in findings:
        yield "finding", rows.quote(one)
        taken = any(
            (other["account_id"], other["topic"], other["start"]) == (account, one["topic"], one["start"])
            for other in rows.findings
        )
        if account is None or taken:
            _set_aside(one, review)
        else:
            one |= {"account_id": account, "review_id": review.id}


def _goes_along(
    rows: Rows, finding: Row, target: Mapping[str, Any], moved: Sequence[Row], left: Sequence[Row]
) -> bool:
    """Whether a finding rests on the link: its very sentence, or one that only the moved names link."""
    if finding["account_id"] != target["account"]:
        return False
    if target["sentence"] and same_sentence(rows.quote(finding), target["sentence"]):
        return True
    if any(_within(one, finding) for one in left):
        return False
    return any(_within(one, finding) for one in moved) or bool(moved and not left)


def _within(one: Row, other: Row) -> bool:
    return bool(other["start"] <= one["start"] < other["end"])


def _relink_arguments(rows: Rows, review: Review, moved: Sequence[Row], findings: Sequence[Row]) -> Changes:
    told = {one["start"] for one in findings}
    events = {one["id"]: one for one in rows.events}
    for argument in rows.arguments:
        event = events[argument["event_id"]]
        named = any(_within(one, argument) or _within(argument, one) for one in moved)
        if argument["account_id"] == review.target["account"] and (named or event["start"] in told):
            argument["account_id"] = review.after["account"]
            yield "event", rows.quote(event)


def _event(rows: Rows, review: Review) -> Changes:
    target, after = review.target, review.after
    key = (target["type"], target["quote"], target["subjects"])
    for event in rows.events:
        if (event["type"], rows.quote(event), rows.subjects(event)) != key:
            continue
        if "subject" in after:
            _give_subject(rows, event, after["subject"])
        event |= {name: after[name] for name in ("type", "status") if name in after}
        for finding in rows.findings:
            if (finding["start"], finding["event"]) == (event["start"], target["type"]):
                finding["event"] = event["type"]
        yield "event", rows.quote(event)


def _give_subject(rows: Rows, event: Row, account: str) -> None:
    """Make an account the one subject, in words of the article: of the event's sentence if they are there."""
    named = [one for one in rows.mentions if one["account_id"] == account]
    if not named:  # a new reading no longer sees it named: nothing is invented
        return
    mention = min(named, key=lambda one: (not _within(one, event), one["start"]))
    rows.arguments[:] = [
        one for one in rows.arguments if (one["event_id"], one["role"]) != (event["id"], "subject")
    ]
    argument = {"event_id": event["id"], "role": "subject", "text": rows.quote(mention)}
    span = {"start": mention["start"], "end": mention["end"], "account_id": account}
    rows.arguments.append(argument | span)


def _date(rows: Rows, review: Review) -> Changes:
    day = date.fromisoformat(review.after["day"])
    at = datetime.combine(day, time(), CHINA)
    told = {"published_evidence": review.why, "published_origin": "review"}
    rows.article |= {"published_at": at, "published_precision": Precision.DAY.value, "dated_at": at} | told
    for finding in rows.findings:
        finding["dated_at"] = at
    yield "date", day.isoformat()


RULES: Mapping[ReviewAction, Callable[[Rows, Review], Changes]] = {
    ReviewAction.CONFIRM: _confirm,
    ReviewAction.REJECT: _reject,
    ReviewAction.RELINK: _relink,
    ReviewAction.EVENT: _event,
    ReviewAction.DATE: _date,
}
OF_PATTERN = frozenset({ReviewAction.REJECT, ReviewAction.RELINK})
