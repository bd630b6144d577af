"""A battlecard as a document: what changed, what to ask and to verify, then the cells and the figures.

In: a `Battlecard` and an `Order`. Out: a `Document` of the briefings' blocks, which refuse a sentence without
evidence, so that every format of briefings writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from intel.battlecard import Battlecard, Group, SwotCell
from intel.battlecard_figures import Figures
from intel.battlecard_words import because, card_vocabulary, question
from intel.brief import Document, Evidence, Judgement, Lang, Order, Vocabulary, parts
from intel.brief.blocks import (
    AskLine,
    CountLine,
    EvidenceLine,
    Heading,
    Listing,
    Note,
    Part,
    Section,
    UnknownLine,
)
from intel.brief.choosing import fresh
from intel.brief.rules import Rules, rules
from intel.brief.standing import standing
from intel.brief.words import Aspect, Count, Day, Measure, Said, Setting, Told

MOST = 3  # quotes of a group on a page: a card is read in the lift, JSON has them all
_OF_A_CELL = 2  # quotes of one cell on the first screen


def card_document(card: Battlecard, order: Order) -> Document:
    """The battlecard as blocks, with at most `order.most` quotes of a group."""
    return _Card(card, order, card_vocabulary(card, order.lang), rules()).document()


def questions(card: Battlecard, lang: Lang) -> tuple[AskLine, ...]:
    """The questions to put to a client, each with why."""
    words = card_vocabulary(card, lang)
    return tuple(
        AskLine(question(one, card, words), because(one, words)) for one in card.questions if not one.doubt
    )


@dataclass(frozen=True)
class _Card:
    card: Battlecard
    order: Order
    words: Vocabulary
    rules: Rules

    def document(self) -> Document:
        pair = {"rival": self.card.rival, "ours": self.card.ours}
        names = {part: self.words.label("accounts", one.id) for part, one in pair.items()}
        return parts.document(
            self.words,
            self.order,
            self.words.say("title_battlecard", **names),
            (
                Note(self.words.word("card_inference")),
                self._changed(),
                self._ask(),
                *map(self._cell, self.card.cells),
                *self._serves(),
                self._figures(),
            ),
            kind=Judgement.BATTLECARD,
            subject=names["rival"],
            since=None,
            facts=self._facts(),
            findings=(),
        )

    def _facts(self) -> tuple[Said, ...]:
        client = self.card.client
        whom = self.words.word("card_general")
        said: Said = (
            self.words.say("card_client", client=self.words.label("accounts", client.id)) if client else whom
        )
        proof = tuple(dict.fromkeys((*self._quoted, *self.card.serves, *self._measured)))
        counts = {one.value: Count(one, proof) for one in (Measure.REPORTS, Measure.QUOTES, Measure.SOURCES)}
        as_of = self.words.say("card_as_of", day=Day(self.card.as_of))
        return (said, as_of, self.words.say("rests_on", **counts))

    @cached_property
    def _quoted(self) -> tuple[Evidence, ...]:
        """The quotes of the cells."""
        return tuple(one for _, group in self._groups() for one in group.evidence)

    @cached_property
    def _measured(self) -> tuple[Evidence, ...]:
        """The quotes behind the figures."""
        cells = [cell for line in self.card.comparison.lines for cell in line.cells]
        return tuple(one for cell in cells for one in (*cell.evidence, *(d.evidence for d in cell.differing)))

    def _groups(self) -> Iterator[tuple[SwotCell, Group]]:
        for cell in self.card.cells:
            yield from ((cell, group) for group in cell.groups if not group.measure)

    # The first screen

    @cached_property
    def _doubts(self) -> Mapping[Evidence, None]:
        """The quotes that are to be verified."""
        return dict.fromkeys(one.doubt for one in self.card.questions if one.doubt)

    @cached_property
    def _recent(self) -> Sequence[Evidence]:
        """The quotes of the last days that tell most, few of a cell and one of a report, newest first."""
        since = self.card.as_of - timedelta(days=self.rules.visit.days)
        taken: list[Evidence] = []
        cells: dict[str, int] = {}
        found = [(cell, one) for cell, group in self._groups() for one in group.evidence if one.day > since]
        for cell, one in sorted(found, key=lambda told: -self._worth(told[1], self.rules.half_life)):
            is_new = one not in self._doubts and one.story not in {other.story for other in taken}
            if is_new and cells.get(cell.id, 0) < _OF_A_CELL and len(taken) < self.rules.visit.first:
                cells[cell.id] = cells.get(cell.id, 0) + 1
                taken.append(one)
        return _newest_first(taken)

    def _worth(self, one: Evidence, half_life: float) -> float:
        """What a quote is worth to read: how sure, fresh and whole it is, as a briefing ranks it."""
        cast = filter(None, (self.card.rival, self.card.ours, self.card.client))
        alone = max(standing(one.quote, account, self.rules, one.title) for account in cast)
        left = fresh((self.card.as_of - one.day).days, half_life)
        return alone * left * self.rules.credibility[str(one.credibility)]

    def _changed(self) -> Section:
        lines = tuple(self._line(one) for one in self._recent)
        nothing = (Note(self.words.word("nothing_changed")),)
        said = self.words.say("changed_recent", days=Setting(self.rules.visit.days))
        return Section(Part.CHANGED, Heading(said), lines or nothing)

    def _line(self, one: Evidence, remark: Said | None = None) -> EvidenceLine:
        """A quote outside its cell, with cell and group."""
        cell, group = next((c, g) for c, g in self._groups() if one in g.evidence)
        tags = (self.words.label("cells", cell.id), self.words.label("groups", group.label))
        return EvidenceLine(one, tags, remark)

    def _ask(self) -> Section:
        asks = questions(self.card, self.words.lang)
        nothing = (Note(self.words.word("nothing_to_ask")),)
        heading = Heading(self.words.word("ask"))
        return Section(Part.ASK, heading, (*asks, *self._verify()) or nothing)

    def _verify(self) -> tuple[Section, ...]:
        lines = tuple(self._line(one, self._doubt(one)) for one in self._doubts)
        if not lines:
            return ()
        return (Section(Part.GROUP, Heading(self.words.word("card_verify")), lines),)

    def _doubt(self, one: Evidence) -> Said:
        """How far a quote can be believed; why, is told in Chinese only."""
        grade = self.words.label("grades", str(one.credibility))
        if self.words.lang is not Lang.ZH or not one.why:
            return grade
        return self.words.say("because_doubt", grade=grade, why=Told(one, Aspect.WHY))

    # The cells

    def _cell(self, cell: SwotCell) -> Section:
        label = self.words.label("cells", cell.id)
        heading = Heading(label)
        if not cell.groups:
            return Section(Part.CELL, heading, (UnknownLine(label, self.words.word("unknown")),))
        return Section(Part.CELL, heading, tuple(map(self._group, cell.groups)))

    def _group(self, group: Group) -> Listing | Section:
        if group.measure:
            return self._numbers.better(group.label)
        heading = Heading(self.words.label("groups", group.label), self._quotes(group.evidence))
        return Section(Part.GROUP, heading, self._lines(group.evidence))

    def _lines(self, told: Sequence[Evidence]) -> tuple[EvidenceLine | CountLine, ...]:
        """The best of the quotes, newest first, then how many stand above and how many are left out."""
        above = [one for one in told if one in self._above]
        rest = [one for one in told if one not in self._above]
        shown = self._best(rest)
        left = [one for one in rest if one not in shown]
        counted = (("shown_above", above), ("more", left))
        lines = (CountLine(self.words.say(key, quotes=self._quotes(of))) for key, of in counted if of)
        return (*map(EvidenceLine, shown), *lines)

    def _best(self, told: Sequence[Evidence]) -> Sequence[Evidence]:
        ranked = sorted(told, key=lambda one: -self._worth(one, self.rules.half_life_known))
        return _newest_first(ranked[: self.order.most])

    @cached_property
    def _above(self) -> set[Evidence]:
        return {*self._recent, *self._doubts}

    def _quotes(self, told: Iterable[Evidence]) -> Count:
        return Count(Measure.QUOTES, tuple(told))

    # What it does for the client, and the figures

    def _serves(self) -> tuple[Section, ...]:
        if not self.card.client:
            return ()
        names = {"rival": self.card.rival.id, "client": self.card.client.id}
        said = self.words.say(
            "card_serves", **{part: self.words.label("accounts", one) for part, one in names.items()}
        )
        if not self.card.serves:
            unknown = UnknownLine(self.words.label("accounts", names["rival"]), self.words.word("unknown"))
            return (Section(Part.FIGURES, Heading(said), (unknown,)),)
        heading = Heading(said, self._quotes(self.card.serves))
        return (Section(Part.FIGURES, heading, self._lines(self.card.serves)),)

    @cached_property
    def _numbers(self) -> Figures:
        return Figures(self.card.comparison, self.words)

    def _figures(self) -> Section:
        shown = {
            *self._above,
            *(
                one
                for _, group in self._groups()
                for one in self._best(_without(group.evidence, self._above))
            ),
        }
        sources = self._numbers.sources({one.quote for one in shown})
        blocks: tuple[Section, ...] = ()
        if sources:
            blocks = (Section(Part.GROUP, Heading(self.words.word("card_sources")), sources),)
        heading = Heading(self.words.word("card_figures"))
        return Section(Part.FIGURES, heading, (self._numbers.table(), *blocks))


def _without(told: Iterable[Evidence], others: set[Evidence]) -> list[Evidence]:
    return [one for one in told if one not in others]


def _newest_first(told: Iterable[Evidence]) -> list[Evidence]:
    return sorted(told, key=lambda one: (-one.day.toordinal(), one.url, one.quote))
