"""The weekly digest: what is new of all watched accounts, or of one, each report once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from intel.brief import parts
from intel.brief.blocks import (
    CountLine,
    Document,
    EvidenceLine,
    Heading,
    Listing,
    Note,
    Part,
    Row,
    Section,
    Table,
)
from intel.brief.choosing import Choice, by, choose, newest_first, spread, top
from intel.brief.material import Material, Order
from intel.brief.rules import Rules, rules
from intel.brief.words import Vocabulary
from intel.config import CHINA


def weekly(materials: Sequence[Material], order: Order, vocabulary: Vocabulary) -> Document:
    """The digest of the accounts given."""
    return _Weekly(materials, order, vocabulary, rules()).document()


@dataclass(frozen=True)
class _Weekly:
    materials: Sequence[Material]
    order: Order
    vocabulary: Vocabulary
    rules: Rules

    @cached_property
    def since(self) -> date | None:
        """The first day told: the one asked for, else a week back; none where what is new is asked for."""
        if self.order.since or self.order.new:
            return self.order.since
        return self.order.written_at.astimezone(CHINA).date() - timedelta(days=self.rules.weekly.days)

    @cached_property
    def choices(self) -> list[Choice]:
        """Each report under the one account to which it is worth most."""
        told: list[Choice] = []
        for material in self.materials:
            findings = [
                one for one in material.findings if self._in_time(one.dated_at.astimezone(CHINA).date())
            ]
            told += choose(material.account, findings, self.rules, self.order.written_at)
        home: dict[int, str] = {}
        for one in sorted(told, key=lambda one: -one.worth):
            home.setdefault(one.finding.story, one.finding.account)
        return newest_first(one for one in told if home[one.finding.story] == one.finding.account)

    def _in_time(self, day: date) -> bool:
        return self.since is None or day >= self.since

    @cached_property
    def first(self) -> list[Choice]:
        """What the first screen tells."""
        limits = self.rules.weekly
        return top(self.choices, limits.first, limits.same_event)

    def document(self) -> Document:
        new = parts.only_new(
            self.vocabulary, self.order, max((one.last for one in self.materials if one.last), default=None)
        )
        span = parts.since_phrase(self.vocabulary, self.since)
        one = self.materials[0].account.id if len(self.materials) == 1 else ""
        subject = self.vocabulary.label("accounts", one) if one else None
        name = subject or self.vocabulary.word("all_accounts")
        return parts.document(
            self.vocabulary,
            self.order,
            self.vocabulary.say(f"title_{self.order.kind.value}", account=name),
            (
                self._first(),
                *self._overview(),
                *self._accounts(),
                parts.sources(self.vocabulary, self.choices),
            ),
            subject=subject,
            since=self.since,
            facts=parts.facts(self.vocabulary, self.order, self.choices, *new, span),
            findings=tuple(finding.id for material in self.materials for finding in material.findings),
        )

    def _first(self) -> Section:
        lines: list[EvidenceLine | Note] = [
            parts.line(
                self.vocabulary,
                one,
                self.vocabulary.label("accounts", one.finding.account),
                parts.event_tag(self.vocabulary, one),
            )
            for one in self.first
        ]
        nothing = [Note(self.vocabulary.word("nothing_changed"))]
        return Section(Part.CHANGED, Heading(self.vocabulary.word("weekly_top")), tuple(lines or nothing))

    def _overview(self) -> tuple[Section, ...]:
        """How much is new of whom, and of whom nothing."""
        told = by(self.choices, lambda one: one.finding.account)
        rows = [
            Row(
                (
                    self.vocabulary.label("accounts", account),
                    parts.reports(choices),
                    parts.quotes(choices),
                    parts.day(choices[0].finding.dated_at),
                )
            )
            for account, choices in sorted(told.items(), key=lambda item: (-len(item[1]), item[0]))
        ]
        header = tuple(self.vocabulary.word(key) for key in ("account", "reports", "quotes", "newest"))
        silent = [one.account.id for one in self.materials if one.account.id not in told]
        blocks: list[Table | Listing] = [Table(header, tuple(rows))] if len(rows) > 1 else []
        if silent and len(self.materials) > 1:
            names = tuple(self.vocabulary.label("accounts", account) for account in silent)
            blocks.append(Listing(self.vocabulary.word("weekly_quiet"), names))
        if not blocks:
            return ()
        return (Section(Part.OVERVIEW, Heading(self.vocabulary.word("weekly_counts")), tuple(blocks)),)

    def _accounts(self) -> list[Section]:
        """Of each account what the first screen did not tell: one quote a report, then how many more."""
        sections = []
        for account, told in by(self.choices, lambda one: one.finding.account).items():
            above = [one for one in told if one in self.first]
            rest = [one for one in told if one not in self.first]
            if not rest:
                continue
            shown = spread(rest, self.order.most or self.rules.weekly.each)
            lines: list[EvidenceLine | CountLine] = [
                parts.line(self.vocabulary, one, parts.event_tag(self.vocabulary, one)) for one in shown
            ]
            if above:
                lines.append(CountLine(self.vocabulary.say("shown_above", quotes=parts.quotes(above))))
            if left := [one for one in rest if one not in shown]:
                lines.append(CountLine(self.vocabulary.say("more", quotes=parts.quotes(left))))
            heading = Heading(self.vocabulary.label("accounts", account), parts.reports(told))
            sections.append(Section(Part.TOPIC, heading, tuple(lines)))
        return sections
