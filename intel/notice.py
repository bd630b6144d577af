"""The words of procurement as frozen values: what a notice says, and which contracts run out when.

Spans are code points in `Article.content`, as in `intel.model`. Sums are plain decimals with a unit:
"36000000 CNY", "1.38 CNY/票", "92 %".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice announces, in the order in which a procurement runs through them."""

    INTENTION = "intention"
    TENDER = "tender"
    PURCHASE = "purchase"
    CORRECTION = "correction"
    CANDIDATES = "candidates"
    CANCELLED = "cancelled"
    AWARD = "award"
    CONTRACT = "contract"
    RENEWAL = "renewal"


CONCLUDED = frozenset({NoticeKind.AWARD, NoticeKind.CONTRACT, NoticeKind.RENEWAL})


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in the content."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """A text taken from the notice as written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as written. `account` is set where it is a watched one."""

    name: str
    span: Span
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money or a rate with its unit; `lot` as written, "" for the whole."""

    value: str
    span: Span
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time: aware, in China's time. Without a clock in the text it is midnight."""

    at: datetime
    span: Span


@dataclass(frozen=True, slots=True)
class Term:
    """How long a contract runs. `months` is one contract's; it may be `recurring` up to `renewals` times.

    `start` and `end` (the last day) are as written or follow from start and months.
    """

    span: Span
    start: date | None = None
    end: date | None = None
    months: int | None = None
    recurring: bool = False
    renewals: int | None = None


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won, or is proposed to win at `rank`, which lot, for how much."""

    party: Party
    amount: Sum | None = None
    lot: str = ""
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """A tender, purchase, award or contract notice; what it does not say is None or empty.

    `current_end` is the last day of the contract that runs now, where the notice tells it.
    """

    kind: NoticeKind
    label: str
    span: Span
    buyer: Party | None = None
    project: Said | None = None
    number: Said | None = None
    budgets: tuple[Sum, ...] = ()
    deadline: Deadline | None = None
    opening: Deadline | None = None
    term: Term | None = None
    current_end: Term | None = None
    winners: tuple[Winner, ...] = ()
    published: date | None = None

    @property
    def accounts(self) -> frozenset[str]:
        """The watched accounts among buyer and winners."""
        parties = [self.buyer, *(winner.party for winner in self.winners)]
        return frozenset(party.account for party in parties if party and party.account)


@dataclass(frozen=True, slots=True)
class Expiry:
    """A contract that runs out: on which day, by which notice, and how far that is written or reckoned.

    `evidence` is a span in the content of `told`, which may be an earlier notice of the procurement.
    `estimated`: the notice gives a length but no first day, so it was counted from its publication.
    """

    end: date
    notice: Notice
    told: Notice
    evidence: Span
    estimated: bool
    recurring: bool


def chains(notices: Iterable[Notice]) -> tuple[tuple[Notice, ...], ...]:
    """Notices of one procurement together, oldest first; a notice without a number stands alone.

    A second call (二次) of a number is the same procurement.
    """
    together: dict[str, list[Notice]] = {}
    for position, notice in enumerate(notices):
        key = procurement_key(notice.number.text) if notice.number else f"#{position}"
        together.setdefault(key, []).append(notice)
    order = list(NoticeKind)
    return tuple(
        tuple(sorted(chain, key=lambda one: (one.published or date.min, order.index(one.kind))))
        for chain in together.values()
    )


def procurement_key(number: str) -> str:
    """A project number in the form in which all notices of one procurement share it."""
    bare = number.split("(")[0].split("（")[0]
    return "".join(character for character in bare.upper() if character.isalnum())


def expiring(notices: Iterable[Notice], today: date, within_days: int) -> tuple[Expiry, ...]:
    """Contracts that end from today to `within_days` days on, soonest first, one for each procurement."""
    until = today + timedelta(days=within_days)
    ends = (contract_end(chain) for chain in chains(notices))
    return tuple(sorted((end for end in ends if end and today <= end.end <= until), key=lambda end: end.end))


def contract_end(chain: Sequence[Notice]) -> Expiry | None:
    """When the contract that a procurement led to, or that it is to replace, ends; the newest word counts."""
    recurring = any(notice.term is not None and notice.term.recurring for notice in chain)
    for notice in reversed(chain):
        if notice.current_end is not None and notice.current_end.end is not None:
            return Expiry(notice.current_end.end, notice, notice, notice.current_end.span, False, recurring)
        if notice.kind in CONCLUDED:
            told = next((one for one in (notice, *reversed(chain)) if one.term), None)
            return _run_out(notice, told, recurring) if told else None
    return None


def _run_out(notice: Notice, told: Notice, recurring: bool) -> Expiry | None:
    term = told.term
    if term is None:
        return None
    if term.end is not None:
        return Expiry(term.end, notice, told, term.span, False, recurring)
    if term.months is None or notice.published is None:
        return None
    end = later(notice.published, term.months) - timedelta(days=1)
    return Expiry(end, notice, told, term.span, True, recurring)


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))
