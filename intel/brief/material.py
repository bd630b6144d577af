"""What a briefing is made of and what is asked for: values that the kinds of briefing compose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intel.brief.blocks import Kind
from intel.brief.words import Lang
from intel.model import Account
from intel.series import PointView
from intel.views import FindingView


@dataclass(frozen=True, slots=True)
class TopicState:
    """How well a topic is covered: a key of the table of states, and its questions that are open."""

    topic: str
    state: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """That a report names a courier beside the account; its quote is the report's title."""

    courier: str
    quote: str
    day: date
    url: str
    source: str
    reliability: str
    story: int


@dataclass(frozen=True, slots=True)
class Material:
    """All that is kept on an account.

    `beside` are findings of other accounts in the reports that name this one. `fresh` are the numbers of
    the findings that no delivered briefing of the kind held, None where none was delivered; `last` is when
    the last one was. Without `coverage`, states are worked out from the findings.
    """

    account: Account
    findings: Sequence[FindingView] = ()
    beside: Sequence[FindingView] = ()
    fresh: frozenset[int] | None = None
    last: datetime | None = None
    coverage: Sequence[TopicState] | None = None
    voices: Sequence[Voice] = ()
    points: Sequence[PointView] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `most`: quotes of an event type on a topic, None for all."""

    written_at: datetime
    kind: Kind = Kind.VISIT
    lang: Lang = Lang.ZH
    since: date | None = None
    new: bool = False
    most: int | None = None
    charts: bool = False
    demo: bool = False
