"""Pieces that several kinds of briefing are put together from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from intel.brief.blocks import Document, EvidenceLine, Heading, Note, Part, Row, Section, Table
from intel.brief.choosing import Choice, news
from intel.brief.evidence import CREDIBILITIES, Evidence
from intel.brief.material import Order
from intel.brief.words import (
    Aspect,
    Count,
    Day,
    Label,
    Measure,
    Moment,
    Phrase,
    Said,
    Short,
    Told,
    Vocabulary,
)
from intel.config import CHINA


def evidence_of(choices: Iterable[Choice]) -> tuple[Evidence, ...]:
    """The evidence of choices."""
    return tuple(one.evidence for one in choices)


def reports(choices: Iterable[Choice]) -> Count:
    """How many independent reports."""
    return Count(Measure.REPORTS, evidence_of(choices))


def quotes(choices: Iterable[Choice]) -> Count:
    """How many quotes."""
    return Count(Measure.QUOTES, evidence_of(choices))


def event_tag(vocabulary: Vocabulary, one: Choice) -> Short:
    """What a quote is of: its event type, else its topic."""
    event, topic = news(one.finding), one.finding.topic
    return Short(vocabulary.label("events", event) if event else vocabulary.label("topics", topic))


def line(vocabulary: Vocabulary, one: Choice, *tags: Said) -> EvidenceLine:
    """A choice as a line, which says so where its reading is hardly certain."""
    return EvidenceLine(one.evidence, tags, vocabulary.word("unsure") if one.finding.hardly_certain else None)


def lines(vocabulary: Vocabulary, choices: Iterable[Choice]) -> tuple[EvidenceLine, ...]:
    """Choices as lines without tags."""
    return tuple(line(vocabulary, one) for one in choices)


def joined(vocabulary: Vocabulary, said: Sequence[Said]) -> Said:
    """Several in one, as the language joins them."""
    first, *rest = said
    whole: Said = first
    for one in rest:
        whole = vocabulary.say("and", one=whole, other=one)
    return whole


def facts(vocabulary: Vocabulary, order: Order, choices: Sequence[Choice], *span: Said) -> tuple[Said, ...]:
    """When it was written, over which time, and on what it rests."""
    proof = evidence_of(choices)
    counts = {m.value: Count(m, proof) for m in (Measure.REPORTS, Measure.QUOTES, Measure.SOURCES)}
    written = vocabulary.say("written", moment=Moment(order.written_at))
    return (written, *span, vocabulary.say("rests_on", **counts))


def only_new(vocabulary: Vocabulary, order: Order, last: datetime | None) -> tuple[Label, ...]:
    """That the briefing holds only what is new, where that was asked for."""
    if not order.new:
        return ()
    return (vocabulary.word("only_new" if last else "only_new_first"),)


def demo_note(vocabulary: Vocabulary, order: Order) -> tuple[Note, ...]:
    """That the data is the demo's."""
    return (Note(vocabulary.word("demo")),) if order.demo else ()


def sources(vocabulary: Vocabulary, choices: Sequence[Choice]) -> Section:
    """How many quotes each source gave, most first."""
    told = Counter((one.finding.source_label, one.finding.reliability) for one in choices)
    rows = []
    for source, _ in told.most_common():
        of_it = [one for one in choices if (one.finding.source_label, one.finding.reliability) == source]
        proof = of_it[0].evidence
        rows.append(Row((Told(proof, Aspect.SOURCE), Told(proof, Aspect.RELIABILITY), quotes(of_it))))
    header = tuple(vocabulary.word(key) for key in ("source", "reliability", "quotes"))
    heading = Heading(vocabulary.word("sources"))
    return Section(Part.SOURCES, heading, (Table(header, tuple(rows)),) if rows else ())


def document(
    vocabulary: Vocabulary,
    order: Order,
    title: Phrase,
    blocks: tuple[Note | Section, ...],
    **rest: object,
) -> Document:
    """A briefing with what all kinds say alike."""
    return Document(
        lang=order.lang,
        written_at=order.written_at,
        title=title,
        also=vocabulary.word("also"),
        contents=vocabulary.word("contents"),
        grades=tuple(vocabulary.label("grades", str(grade)) for grade in CREDIBILITIES),
        blocks=(*demo_note(vocabulary, order), *blocks),
        footnote=Note(vocabulary.word("footnote")),
        **({"kind": order.kind} | rest),  # type: ignore[arg-type]  # checked by Document
    )


def day(moment: datetime) -> Day:
    """A moment's day in China."""
    return Day(moment.astimezone(CHINA).date())


def since_phrase(vocabulary: Vocabulary, since: date | None) -> Said:
    """Since when it tells."""
    return vocabulary.say("since", day=Day(since)) if since else vocabulary.word("all_time")
