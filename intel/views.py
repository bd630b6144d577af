"""What queries answer: flat, typed rows that commands print, briefings quote and the API will serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from intel.model import Account
from intel.witnesses import SURE_ENOUGH


class FileVersion(NamedTuple):
    """An account, and a number that grows with every change of what its file shows."""

    account: Account
    version: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with what is kept about it."""

    id: str
    name: str
    role: str
    aliases: tuple[str, ...]
    articles: int
    findings: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its quote, where it stands and who published it."""

    id: int
    account: str
    topic: str
    event: str | None
    quote: str
    dated_at: datetime
    precision: str | None
    title: str
    url: str
    publisher: str | None
    source: str
    source_label: str
    channel: str
    reliability: str
    article: int
    story: int
    start: int
    end: int
    rule: str
    stance: str
    couriers: tuple[str, ...]
    problem: str
    period: str
    speaker: str
    place: str | None
    owner: str
    credibility: int
    why: str
    disputed: bool
    confirmed: bool = False
    review: int | None = None
    certainty: float = 1.0

    @property
    def hardly_certain(self) -> bool:
        """Whether its reading may well be wrong."""
        return self.certainty < SURE_ENOUGH


@dataclass(frozen=True, slots=True)
class FindingStanding:
    """How a finding stands, without its words: what is needed to choose some of many."""

    id: int
    topic: str
    story: int
    dated_at: datetime
    confirmed: bool
    review: int | None
    credibility: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and how its last run went."""

    name: str
    label: str
    kind: str
    channel: str
    url: str
    owner: str
    reliability: str
    schedule: str
    enabled: bool
    pages: int
    last_run: datetime | None
    last_state: str | None
    last_reason: str | None


Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches a search, with the passage that holds most of what was searched for.

    `marks` are the matches in that passage and `title_marks` those in the title, as spans of code points of
    the `snippet` and the `title`: whoever shows them writes marks of its own kind (`pieces`). The snippet
    is the article's title + line break + text from `start` to `end`, line breaks as spaces; `more` follows.
    """

    article: int
    story: int
    title: str
    title_marks: Spans
    snippet: str
    marks: Spans
    start: int
    end: int
    more: bool
    url: str
    source: str
    source_label: str
    channel: str
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits, the best first, of `total` articles that match: exactly so many, or at least.

    `after` asks for the page that follows; None where there is none.
    """

    hits: tuple[Hit, ...]
    total: int
    exact: bool
    after: str | None


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the articles that match have this in common."""

    id: str
    label: str
    articles: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Matches by what they can be narrowed down to, the most frequent first; months the newest first.

    Counted over `total` articles: all that match where `exact`, else the newest.
    """

    total: int
    exact: bool
    accounts: tuple[FacetCount, ...]
    topics: tuple[FacetCount, ...]
    events: tuple[FacetCount, ...]
    sources: tuple[FacetCount, ...]
    channels: tuple[FacetCount, ...]
    months: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which articles to search: of each what is given, one value; from and to a day of China, both included.

    `readers`: only what a team of these accounts may see; None for everything.
    """

    accounts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    readers: frozenset[str] | None = None


def pieces(text: str, marks: Spans) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is marked."""
    at = 0
    for start, end in marks:
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings of an account: from and to a day (both included), of an event type, of a topic.

    `as_of` leaves out what was published later, and rates the rest as it would have been rated then.
    `courier` is one that they name. `rejected`: those that an analyst rejected, not those that are kept.
    `newest`: of each topic only so many, the newest. `numbers`: these alone, where there are any.
    """

    since: date | None = None
    until: date | None = None
    event: str | None = None
    topic: str | None = None
    as_of: datetime | None = None
    rejected: bool = False
    newest: int | None = None
    courier: str | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingKind:
    """How many findings of an account have a topic, an event and name certain couriers."""

    topic: str
    event: str | None
    couriers: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class KeptCount:
    """How much a database keeps; `rejected` counts pages by reason."""

    pages: int
    unread: int
    articles: int
    stories: int
    findings: int
    rejected: dict[str, int]


class EvidenceView(NamedTuple):
    """A sentence that may be evidence on an account, with who published it.

    `kind` is "finding" (then `topic`, perhaps `stance`, `problem`, `speaker`), "event" (then `event`, the
    account's `role` in it and its `status`) or "notice" (then `event` is the notice's kind, or "expiry", and
    `until` its deadline or the contract's last day). `parties` are the other accounts it speaks of: the
    couriers of a client's finding, the other arguments of an event, the winners of a notice; of those that a
    change of couriers names, `leaving` and `joining` are the client's old and new ones.
    """

    kind: str
    account: str
    quote: str
    dated_at: datetime
    title: str
    url: str
    source_label: str
    owner: str
    reliability: str
    article: int
    story: int
    start: int
    end: int
    topic: str = ""
    event: str = ""
    role: str = ""
    status: str = ""
    stance: str = ""
    problem: str = ""
    speaker: str = ""
    parties: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()
    until: date | None = None
    place: str | None = None
    confirmed: bool = False
    certainty: float = 1.0
    credibility: int = 6
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which sentences of an account a judgement can rest on, so that the others need not be read or rated.

    `topics` of findings and types of `events`, each with how many days it looks back, None for however many;
    of these what `fits`.
    """

    topics: Mapping[str, int | None]
    events: Mapping[str, int | None]
    fits: Callable[[EvidenceView], bool]


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """One role of an event; `account` where a watched one fills it."""

    role: str
    text: str
    account: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """An event with its quote, where it stands and who plays which part."""

    id: int
    type: str
    trigger: str
    status: str
    quote: str
    dated_at: datetime
    title: str
    url: str
    source: str
    source_label: str
    channel: str
    reliability: str
    article: int
    story: int
    start: int
    end: int
    rule: str
    place: str | None
    arguments: tuple[ArgumentView, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """An article of a story."""

    article: int
    title: str
    url: str
    source_label: str
    reliability: str
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story: one witness, told by these articles, the earliest first."""

    id: int
    articles: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events: in which an account plays a part, of a type, of a status, between two days (included)."""

    account: str | None = None
    type: str | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None
