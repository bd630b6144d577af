"""A flash: the events of the last days that are too important to wait, or that there are none.

An alert gathers the reports of one type of event of one account. It counts by the best weight ×
credibility among them, and by how many other sources surely tell it in reports of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from intel.brief import parts
from intel.brief.blocks import AskLine, CountLine, Document, Heading, Note, Part, Section
from intel.brief.choosing import Choice, believed, best_of_stories, by, choose, newest_first
from intel.brief.material import Material, Order
from intel.brief.rules import Rules, rules
from intel.brief.words import Count, Measure, Short, Vocabulary
from intel.config import CHINA

MOST_WITNESSES = 2  # further ones do not make it more urgent


def flash(materials: Sequence[Material], order: Order, vocabulary: Vocabulary) -> Document:
    """The alerts of the accounts given."""
    return _Flash(materials, order, vocabulary, rules()).document()


def by_event(told: Sequence[Choice]) -> Iterable[list[Choice]]:
    """Reports of events by account and type, each report under the one account that it says most of."""
    home: dict[tuple[int, str | None], str] = {}
    for one in sorted(told, key=lambda one: -one.worth):
        home.setdefault((one.finding.story, one.finding.event), one.finding.account)
    own = [one for one in told if home[one.finding.story, one.finding.event] == one.finding.account]
    return by(own, lambda one: f"{one.finding.account} {one.finding.event}").values()


@dataclass(frozen=True)
class _Flash:
    materials: Sequence[Material]
    order: Order
    vocabulary: Vocabulary
    rules: Rules

    @cached_property
    def since(self) -> date:
        """The first day told."""
        if self.order.since:
            return self.order.since
        return self.order.written_at.astimezone(CHINA).date() - timedelta(days=self.rules.flash.days)

    @cached_property
    def alerts(self) -> list[list[Choice]]:
        """The reports of each alert, newest first; the most urgent alert first."""
        found: list[tuple[float, list[Choice]]] = []
        for told in self._events():
            stories = best_of_stories(told)
            urgency = self._urgency(stories)
            if urgency >= self.rules.flash.threshold:
                found.append((urgency, newest_first(stories)))
        return [told for _, told in sorted(found, key=lambda one: -one[0])]

    def _events(self) -> Iterable[list[Choice]]:
        """Choices by account and event type, each report under one account."""
        told: list[Choice] = []
        for material in self.materials:
            findings = [
                one
                for one in material.findings
                if one.event and one.dated_at.astimezone(CHINA).date() >= self.since
            ]
            told += choose(material.account, findings, self.rules, self.order.written_at)
        return by_event([one for one in told if one.named])

    def _urgency(self, stories: Sequence[Choice]) -> float:
        sure = {one.finding.source_label for one in stories if not one.finding.hardly_certain}
        best = max(believed(one.finding, self.rules) for one in stories)
        return best + self.rules.flash.witness * min(max(len(sure) - 1, 0), MOST_WITNESSES)

    def document(self) -> Document:
        told = [one for alert in self.alerts for one in alert]
        one = self.materials[0].account.id if len(self.materials) == 1 else ""
        subject = self.vocabulary.label("accounts", one) if one else None
        name = subject or self.vocabulary.word("all_accounts")
        last = max((one.last for one in self.materials if one.last), default=None)
        new = parts.only_new(self.vocabulary, self.order, last)
        span = parts.since_phrase(self.vocabulary, self.since)
        return parts.document(
            self.vocabulary,
            self.order,
            self.vocabulary.say(f"title_{self.order.kind.value}", account=name),
            self._blocks(),
            subject=subject,
            since=self.since,
            facts=parts.facts(self.vocabulary, self.order, told, *new, span),
            findings=self._covered(told),
        )

    def _blocks(self) -> tuple[Note | Section, ...]:
        if not self.alerts:
            return (Note(self.vocabulary.word("flash_none")),)
        return tuple(self._alert(told) for told in self.alerts)

    def _alert(self, told: Sequence[Choice]) -> Section:
        first = told[0].finding
        event = first.event or ""
        said = self.vocabulary.say(
            "flash_alert",
            account=self.vocabulary.label("accounts", first.account),
            event=Short(self.vocabulary.label("events", event)),
        )
        shown = told[: self.order.most or self.rules.flash.each]
        proof = parts.evidence_of(told)
        counts = {one.value: Count(one, proof) for one in (Measure.REPORTS, Measure.SOURCES)}
        witnesses = CountLine(self.vocabulary.say("flash_witnesses", **counts))
        left = told[len(shown) :]
        more = (CountLine(self.vocabulary.say("more", quotes=parts.quotes(left))),) if left else ()
        return Section(
            Part.CHANGED,
            Heading(said),
            (witnesses, *parts.lines(self.vocabulary, shown), *more, *self._ask(told[0])),
        )

    def _ask(self, one: Choice) -> tuple[AskLine, ...]:
        event = one.finding.event or ""
        clients = {m.account.id for m in self.materials if m.account.role.value == "client"}
        if one.finding.account not in clients or not self.vocabulary.has("asks", event):
            return ()
        why = self.vocabulary.say(
            "because_event",
            event=Short(self.vocabulary.label("events", event)),
            day=parts.day(one.finding.dated_at),
        )
        return (AskLine(self.vocabulary.label("asks", event), why),)

    def _covered(self, told: Sequence[Choice]) -> tuple[int, ...]:
        """The findings behind the alerts: what stayed below the threshold may still come to it."""
        stories = {one.finding.story for one in told}
        return tuple(
            finding.id
            for material in self.materials
            for finding in material.findings
            if finding.event and finding.story in stories
        )
