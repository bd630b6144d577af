"""The words of the domain as frozen values; everything else imports these.

Spans are code points (`start` inclusive, `end` exclusive) in `Article.content`, which is
title + "\n" + text exactly as stored, so `content[start:end]` is always the verbatim quote.
Every datetime is aware.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from intel.notice import Notice

# The option of a source's row under which its selectors stand.
ARTICLE_OPTION = "article"
# The kind of source of pages that were saved elsewhere.
IMPORTED = "import"
# Why an entry was not fetched that is older than the source is read back.
TOO_OLD = "too_old"
# Why a run failed whose site has no address; where all fail so, there is no network.
NO_SUCH_HOST = "host name not found"


class Role(StrEnum):
    """What an account is to us."""

    CLIENT = "client"
    COMPETITOR = "competitor"
    PARTNER = "partner"
    REGULATOR = "regulator"


class Precision(StrEnum):
    """How exactly a page told its date."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Status(StrEnum):
    """How a text asserts an event. Only ASSERTED and ANNOUNCED count as events."""

    ASSERTED = "asserted"
    ANNOUNCED = "announced"
    DENIED = "denied"
    RUMOURED = "rumoured"
    HYPOTHETICAL = "hypothetical"
    BACKGROUND = "background"


COUNTED = frozenset({Status.ASSERTED, Status.ANNOUNCED})


class RunState(StrEnum):
    """How one run of one source ended. EMPTY is a valid answer without entries.

    BEGUN has not ended: it is under way, or its process was killed.
    """

    OK = "ok"
    EMPTY = "empty"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class Account:
    """An organisation we watch. `id` is stable; `name` and `aliases` are how texts call it."""

    id: str
    name: str
    role: Role
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Source:
    """One row of sources.toml: where to knock, how, how reliable, on what lawful basis.

    `reliability` is the Admiralty letter A-F. `delay` is seconds between requests to the host.
    `options` holds what only one kind of source needs (selectors, page limits). `terms_reviewed` is the
    day a person read the owner's terms (2026-11-20), or "not yet".
    """

    name: str
    label: str
    kind: str
    channel: str
    url: str
    owner: str
    reliability: str
    lawful_basis: str
    schedule: str = "30 6 * * *"
    expected_minimum: int = 1
    delay: float = 5.0
    enabled: bool = True
    options: Mapping[str, object] = field(default_factory=dict)
    terms_reviewed: str = ""


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where the pages of a source show an article's fields, in CSS; "" where its row does not say.

    A selector may end in `::text` or `::attr(name)`; that of the body selects elements.
    """

    title: str = ""
    body: str = ""
    published: str = ""
    author: str = ""

    @classmethod
    def of(cls, options: Mapping[str, object]) -> Selectors | None:
        """Those that the options of a source give, None if they give none."""
        given = options.get(ARTICLE_OPTION)
        if not isinstance(given, Mapping):
            return None
        return cls(**{one.name: str(given.get(one.name, "")) for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched: the bytes as served and how we came by them.

    `content_type` is the header's value or "". `listed_title` and `listed_at` are what the feed,
    sitemap or list said of the page, where it said anything.
    """

    url: str
    source: str
    fetched_at: datetime
    body: bytes = field(repr=False)
    content_type: str = ""
    listed_title: str | None = None
    listed_at: datetime | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the body, hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Watched:
    """That a page is watched for change: the version before it, if any, and whose it is and on what topic.

    `account` and `topic` are "" where the source does not say.
    """

    before: Page | None = None
    account: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with the number the store gave it; `watched` if its source watches it for change.

    `selectors` are those that its source has for articles today, whenever the page was fetched. `released`:
    lines by which versions of it marked themselves as confidential, and were released.
    """

    id: int
    page: Page
    watched: Watched | None = None
    selectors: Selectors | None = None
    released: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A point in time as a page told it. `evidence` is the verbatim text, `origin` where it stood."""

    at: datetime
    precision: Precision
    evidence: str
    origin: str


@dataclass(frozen=True, slots=True)
class Article:
    """A page's readable part.

    `publisher` is the credited original source (来源：…), else who the page says publishes it.

    `missed` are the fields for which the source has a selector that found nothing on this page.
    """

    url: str
    title: str
    text: str
    lang: str
    encoding: str
    author: str | None = None
    publisher: str | None = None
    published: Dated | None = None
    missed: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The text all spans point into."""
        return f"{self.title}\n{self.text}"


class NotAnArticle(Exception):
    """A page that holds no article. `reason` is a stable slug, `detail` says what was seen.

    Reasons: empty_body, not_html, undecodable, index_page, consent_wall, error_page, no_text,
    too_large, too_slow, unchanged, scanned_document, encrypted_document, broken_document,
    legacy_document, not_a_document, confidential.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


# Of the organisations that no list or rule knows, 20 of 27 with at least this certainty were right in a
# twofold check on the train half, and 19 of 67 with less.
_SURE = 0.95
_LIKELY = 0.6


@dataclass(frozen=True, slots=True)
class Entity:
    """A name or measure in a text, before it is known whose it is.

    `kind`: org, person, position, place, product, money, quantity, rate, date, period.
    `value` is the normalised form for measures (number with unit, ISO date), else "".
    `accounts` are the ids whose alias this surface is (empty: not a watched name).
    `certainty`: 1 where a list or a rule knows it, else what the learned tagger gives it, 0 to 1.
    """

    kind: str
    start: int
    end: int
    text: str
    value: str = ""
    accounts: tuple[str, ...] = ()
    certainty: float = 1.0

    @property
    def is_sure(self) -> bool:
        """Whether rules may take it for a party, and it may be proposed as an account."""
        return self.certainty >= _SURE

    @property
    def is_likely(self) -> bool:
        """Whether the learned steps may take it for a party of an event; the less likely is only shown."""
        return self.certainty >= _LIKELY


@dataclass(frozen=True, slots=True)
class Mention:
    """A watched account named in a text. `about`: the text is about it, not naming it in passing."""

    account: str
    surface: str
    start: int
    end: int
    about: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """An organisation nobody watches, as written, in the sentence content[start:end] beside an account."""

    name: str
    account: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Argument:
    """One role of an event. `account` is set where the filler is a watched account.

    `value` is the normalised form of a measure, as in `Entity`; of a date or period the ISO form, worked out
    from the day of publication where the text leaves the year or the day to its reader; else "".
    """

    role: str
    text: str
    start: int
    end: int
    account: str | None = None
    value: str = ""

    @property
    def who(self) -> str:
        """The account's id, or the name as written."""
        return self.account or self.text


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, said in `quote` = content[start:end]. `rule` names what found it.

    `certainty` is how likely it tells of such an event, 0 to 1.
    """

    type: str
    trigger: str
    start: int
    end: int
    quote: str
    status: Status
    rule: str
    arguments: tuple[Argument, ...] = ()
    certainty: float = 1.0

    def filling(self, role: str) -> tuple[Argument, ...]:
        """The arguments of one role, in text order."""
        return tuple(argument for argument in self.arguments if argument.role == role)


@dataclass(frozen=True, slots=True)
class Finding:
    """A quote that answers a topic for an account. `event` is the event type behind it, if one is.

    `stance`: raises or lowers (the wish to change couriers), satisfied or dissatisfied, or "". The rest
    is what a client's finding says of its couriers, as written: which (account ids), what goes wrong (a
    problem of topics.toml), when, and who says it; "" where the text does not tell. `certainty`: how likely
    it is evidence for the topic and tells of the event, 0 to 1.
    """

    account: str
    topic: str
    start: int
    end: int
    quote: str
    rule: str
    event: str | None = None
    stance: str = ""
    couriers: tuple[str, ...] = ()
    problem: str = ""
    period: str = ""
    speaker: str = ""
    certainty: float = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series; its quote is content[start:end].

    `subject` is 全国, a region's short name or an account's id. `period` is 2026-08, 2026-Q3, 2026-H1,
    2026, or 2026-01/2026-08. `value` and `step` (one unit of the last digit told) are in `unit`, a base
    unit: 165.3亿件 is 16530000000 件 to the nearest 10000000. `yoy` is growth over a year in percent.
    """

    series: str
    subject: str
    period: str
    value: Decimal
    step: Decimal
    unit: str
    yoy: Decimal | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read out of one article.

    `report` tells copies and rewrites of it (bytes of pipelines.reports.Report); `keys` are what these
    share at least one of. `left_out` counts by kind what was left out of the article as read. `strangers`
    are the unwatched organisations beside watched accounts.
    """

    article: Article
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    report: bytes
    keys: tuple[str, ...]
    points: tuple[Point, ...] = ()
    notice: Notice | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    strangers: tuple[Stranger, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldReport:
    """A contact with a client as a member of staff signs it.

    `way` is one of intel/field.toml. Only `points`, what was said there, are evidence about the client;
    `ideas` and `next_step` are ours. `reliability` is the author's judgement, A to F. `id` is 0 before
    it is kept; `written_at` is when it was last changed.
    """

    account: str
    author: str
    happened_on: date
    way: str
    points: str
    entered_at: datetime
    follow_up_on: date
    place: str = ""
    ideas: str = ""
    next_step: str = ""
    reliability: str = "B"
    followed_up_on: date | None = None
    written_at: datetime | None = None
    id: int = 0


class ReviewAction(StrEnum):
    """What an analyst can say of what was read. UNDO takes an earlier review back."""

    CONFIRM = "confirm"
    REJECT = "reject"
    RELINK = "relink"
    EVENT = "event"
    DATE = "date"
    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Review:
    """A decision of an analyst, kept for ever. `undoes` is the number of the review that it takes back.

    `target` names what it is about by what a new reading finds again: addresses, accounts, sentences.
    `before` and `after` say what changed. Their shapes are those of `intel.review_rules`.
    """

    id: int
    at: datetime
    who: str
    why: str
    action: ReviewAction
    target: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What an HTTP server gave us to ask "changed since?" with."""

    etag: str | None = None
    last_modified: str | None = None


def lost_pages(rejected: Mapping[str, int]) -> dict[str, int]:
    """Of the pages rejected by reason those that were wanted: what is only too old is no loss."""
    return {reason: count for reason, count in rejected.items() if reason != TOO_OLD}


@dataclass(frozen=True, slots=True)
class SourceRun:
    """The account of one run of one source. `rejected` counts by reason; `reason` explains FAILED.

    Of one that has BEGUN the counts are those at `finished_at`, when it was last heard of.
    """

    source: str
    started_at: datetime
    finished_at: datetime
    state: RunState
    requests: int = 0
    pages: int = 0
    new: int = 0
    known: int = 0
    bytes: int = 0
    errors: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What trying a source out of turn found. Without `problems`, in words, it was well."""

    source: str
    checked_at: datetime
    robots: str
    listed: int
    problems: tuple[str, ...] = ()


class PageStore(Protocol):
    """What a crawl needs of the store; `intel.store.Store` is the real one."""

    def known(self, urls: Collection[str]) -> Mapping[str, datetime]:
        """Those of the URLs of which a page is kept, each with the moment it was last given to `add_page`."""

    def last_page(self, url: str) -> Page | None:
        """The newest page kept of a URL, or of its versions where it is watched."""

    def add_page(self, page: Page) -> bool:
        """Keep and commit a page; False if the same bytes of that URL are already kept."""

    def as_kept(self, page: Page) -> Page:
        """The page as it would be kept: without what must not be."""

    def validators(self, source: str) -> Validators:
        """The validators of the source's last complete run."""

    def set_validators(self, source: str, validators: Validators) -> None:
        """Remember them, once everything the answer listed has been kept."""

    def completed(self, source: str) -> bool:
        """Whether the source's last run that began also completed; True if none ever began."""

    def set_completed(self, source: str, completed: bool) -> None:
        """Commit False as a run begins and True once everything it listed is kept, known or gone."""

    def add_run(self, run: SourceRun) -> None:
        """Keep the account of a run."""
