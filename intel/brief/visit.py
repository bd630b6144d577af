"""Before a visit: what changed, what to ask, then all that is known of an account topic by topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from intel.brief import coverage, parts, pictures
from intel.brief.blocks import (
    AskLine,
    CountLine,
    Document,
    EvidenceLine,
    Heading,
    Listing,
    Note,
    Part,
    Section,
    UnknownLine,
)
from intel.brief.choosing import Choice, by, choose, news, spread, top
from intel.brief.material import Material, Order, TopicState
from intel.brief.rules import Rules, rules
from intel.brief.words import Count, Day, Label, Measure, Phrase, Said, Setting, Short, Vocabulary


def visit(materials: Sequence[Material], order: Order, vocabulary: Vocabulary) -> Document:
    """The briefing on one account."""
    [material] = materials
    return _Visit(material, order, vocabulary, rules()).document()


@dataclass(frozen=True)
class _Visit:
    material: Material
    order: Order
    vocabulary: Vocabulary
    rules: Rules

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        findings = [*self.material.findings, *self.material.beside]
        return choose(self.material.account, findings, self.rules, self.order.written_at)

    @cached_property
    def changed(self) -> list[Choice]:
        """What the first screen tells."""
        new = [one for one in self.choices if self._is_change(one)]
        limits = self.rules.visit
        return top(new, limits.first, limits.same_event)

    @cached_property
    def states(self) -> Sequence[TopicState]:
        given = self.material.coverage
        findings = [*self.material.findings, *self.material.beside]
        topics = self.vocabulary.tables["topics"]
        return given or coverage.states(topics, findings, self.rules, self.order.written_at)

    def document(self) -> Document:
        account = self.vocabulary.label("accounts", self.material.account.id)
        return parts.document(
            self.vocabulary,
            self.order,
            self.vocabulary.say(f"title_{self.order.kind.value}", account=account),
            (
                self._changed(),
                self._ask(),
                self._overview(),
                *self._charts(),
                *self._topics(),
                self._sources(),
            ),
            subject=account,
            since=self.order.since,
            facts=self._facts(),
            findings=tuple(one.id for one in (*self.material.findings, *self.material.beside)),
        )

    def _facts(self) -> tuple[Said, ...]:
        span = parts.since_phrase(self.vocabulary, self.order.since)
        new = parts.only_new(self.vocabulary, self.order, self.material.last)
        return parts.facts(self.vocabulary, self.order, self.choices, *new, span)

    # The first screen

    def _is_change(self, one: Choice) -> bool:
        """Whether it is news of the account: since the day asked for, else the last delivery, else lately."""
        if one.finding.account != self.material.account.id:
            return False
        if self.order.since or self.order.new:
            return True
        if self.material.fresh is not None:
            return one.finding.id in self.material.fresh
        return one.finding.dated_at >= self.order.written_at - timedelta(days=self.rules.visit.days)

    def _changed(self) -> Section:
        blocks: list[EvidenceLine | CountLine | Note] = [
            parts.line(self.vocabulary, one, parts.event_tag(self.vocabulary, one)) for one in self.changed
        ]
        told = {one.finding.story for one in self.changed}
        rest = [one for one in self.choices if self._is_change(one) and one.finding.story not in told]
        if not blocks:
            blocks.append(Note(self.vocabulary.word("nothing_changed")))
        elif rest:
            blocks.append(CountLine(self.vocabulary.say("more_changed", reports=parts.reports(rest))))
        return Section(Part.CHANGED, Heading(self._since_when()), tuple(blocks))

    def _since_when(self) -> Phrase:
        say = self.vocabulary.say
        if self.order.since:
            return say("changed_since", day=Day(self.order.since))
        if self.material.last is not None:
            return say("changed_delivered", day=parts.day(self.material.last))
        return say("changed_recent", days=Setting(self.rules.visit.days))

    def _ask(self) -> Section:
        asked: dict[Label | Phrase, AskLine] = {}
        for one in (*self._asks_of_changes(), *self._asks_of_wanting()):
            asked.setdefault(one.said, one)
        asks = tuple(asked.values())[: self.rules.visit.asks]
        nothing = (Note(self.vocabulary.word("nothing_to_ask")),)
        return Section(Part.ASK, Heading(self.vocabulary.word("ask")), asks or nothing)

    def _asks_of_changes(self) -> Iterable[AskLine]:
        """Of each sort of news on the first screen what to ask about it, once."""
        for one in self.changed:
            finding, event = one.finding, news(one.finding)
            table, key = ("events", event) if event else ("topics", finding.topic)
            if event and not self.vocabulary.has("asks", event):
                continue
            said = self.vocabulary.label("asks", key) if event else self._questions(key)[0]
            about = Short(self.vocabulary.label(table, key))
            day = parts.day(finding.dated_at)
            yield AskLine(said, self.vocabulary.say("because_event", event=about, day=day))

    def _asks_of_wanting(self) -> Iterable[AskLine]:
        """The first questions of each topic with open ones, or not well covered; the worst first."""
        for one in sorted(self.states, key=lambda one: coverage.STATES.index(one.state)):
            if one.state not in coverage.WANTING and not one.questions:
                continue
            topic, state = Short(self.vocabulary.label("topics", one.topic)), self._state(one)
            why = self.vocabulary.say("because_state", topic=topic, state=state)
            yield from (AskLine(said, why) for said in self._questions(one.topic))

    def _questions(self, topic: str) -> Sequence[Label]:
        """The first key questions of a topic; where none are given the table's, else the topic itself."""
        given = [f"{topic}.{number}" for number in range(self.rules.visit.questions)]
        if keys := [key for key in given if self.vocabulary.has("questions", key)]:
            return [self.vocabulary.label("questions", key) for key in keys]
        table = "topic_asks" if self.vocabulary.has("topic_asks", topic) else "topics"
        return [self.vocabulary.label(table, topic)]

    def _state(self, one: TopicState) -> Phrase:
        """A topic's state, and when it was last told of."""
        state = self.vocabulary.label("states", one.state)
        told = [choice.finding.dated_at for choice in self._of(one.topic)]
        if not told:
            return self.vocabulary.say("just_state", state=state)
        told_of = "unanswered" if one.state == coverage.UNKNOWN else "last_told"
        return self.vocabulary.say(told_of, state=state, day=parts.day(max(told)))

    # What is known

    def _of(self, topic: str) -> list[Choice]:
        """All that answers a topic, wherever it is shown."""
        return [one for one in self.choices if topic in (one.finding.topic, *one.topics)]

    def _overview(self) -> Section:
        topics = [self.vocabulary.label("topics", topic) for topic in self.vocabulary.tables["topics"]]
        known = [topic for topic in topics if self._of(topic.key)]
        unknown = [topic for topic in topics if topic not in known]
        counted = [
            self.vocabulary.say("topic_count", topic=Short(topic), reports=parts.reports(self._of(topic.key)))
            for topic in known
        ]
        lists = [Listing(self._number("known", known), tuple(counted) or (self.vocabulary.word("none"),))]
        if unknown:
            lists.append(Listing(self._number("unknown_topics", unknown), tuple(map(Short, unknown))))
        return Section(Part.OVERVIEW, Heading(self.vocabulary.word("contents")), tuple(lists))

    def _number(self, key: str, topics: Sequence[Label]) -> Phrase:
        return self.vocabulary.say(key, topics=Count(Measure.LABELS, tuple(topics)))

    def _charts(self) -> tuple[Section, ...]:
        if not self.order.charts:
            return ()
        drawn = pictures.charts(self.material, self.choices, self.states, self.vocabulary)
        return (Section(Part.CHARTS, Heading(self.vocabulary.word("figures")), drawn),) if drawn else ()

    def _topics(self) -> Iterable[Section]:
        for topic in self.vocabulary.tables["topics"]:
            label = self.vocabulary.label("topics", topic)
            answering = self._of(topic)
            if not answering:
                lines = (UnknownLine(label, self.vocabulary.word("unknown")),)
                yield Section(Part.TOPIC, Heading(label), lines)
                continue
            yield Section(
                Part.TOPIC,
                Heading(label, parts.reports(answering)),
                (*self._groups(topic), *self._elsewhere(topic, answering)),
            )

    def _groups(self, topic: str) -> Iterable[Section]:
        """The quotes that stand under a topic by event type, those without one last."""
        here = [one for one in self.choices if one.finding.topic == topic and one not in self.changed]
        groups = by(here, lambda one: one.finding.event or "")
        for event in sorted(groups, key=lambda event: not event):
            told = groups[event]
            shown = spread(told, self.order.most)
            heading = (
                Short(self.vocabulary.label("events", event)) if event else self.vocabulary.word("statements")
            )
            left = [one for one in told if one not in shown]
            more = (CountLine(self.vocabulary.say("more", quotes=parts.quotes(left))),) if left else ()
            lines = parts.lines(self.vocabulary, shown)
            yield Section(Part.GROUP, Heading(heading, parts.reports(told)), (*lines, *more))

    def _elsewhere(self, topic: str, answering: Sequence[Choice]) -> Iterable[CountLine]:
        above = [one for one in answering if one in self.changed]
        if above:
            yield CountLine(self.vocabulary.say("shown_above", quotes=parts.quotes(above)))
        others = [one for one in answering if one.finding.topic != topic and one not in self.changed]
        if others:
            places = by(others, lambda one: one.finding.topic)
            topics = [Short(self.vocabulary.label("topics", other)) for other in places]
            yield CountLine(
                self.vocabulary.say(
                    "listed_under",
                    quotes=parts.quotes(others),
                    topics=parts.joined(self.vocabulary, topics),
                )
            )

    def _sources(self) -> Section:
        return parts.sources(self.vocabulary, self.choices)
