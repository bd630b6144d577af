"""Findings to a briefing: what changed, what to ask, what is known topic by topic, each sentence proved.

In: `Material`, the views of what is kept on accounts, and an `Order`. Out: a `Document`, a tree of blocks
that holds nothing but quotes with their evidence, counts, figures and labels of tables; `render` writes it
as Markdown, HTML, a Word file or JSON. A topic without evidence says 未知.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from intel.brief.blocks import Document, Judgement, Kind
from intel.brief.evidence import Evidence, Unproved
from intel.brief.flash import flash
from intel.brief.formats import FORMATS, Format, render
from intel.brief.material import Material, Order, TopicState, Voice
from intel.brief.visit import visit
from intel.brief.weekly import weekly
from intel.brief.words import Lang, Vocabulary, vocabulary

UNKNOWN = "未知"  # what is said of a topic without evidence, in other judgements too

__all__ = [
    "FORMATS",
    "KINDS",
    "UNKNOWN",
    "Document",
    "Evidence",
    "Format",
    "Judgement",
    "Kind",
    "Lang",
    "Material",
    "Order",
    "TopicState",
    "Unproved",
    "Vocabulary",
    "Voice",
    "compose",
    "render",
    "vocabulary",
]

KINDS: Mapping[Kind, Callable[[Sequence[Material], Order, Vocabulary], Document]] = {
    Kind.VISIT: visit,
    Kind.WEEKLY: weekly,
    Kind.FLASH: flash,
}


def compose(materials: Sequence[Material], order: Order, labels: Mapping[str, Mapping[str, str]]) -> Document:
    """The briefing that is asked for, on the accounts of which there is material.

    `labels` are the taxonomy's "topics" and "events", the names of "accounts", and the titles of "series"
    and their "subjects" where these are to be drawn. A briefing before a visit is on one account.
    """
    asked = {
        f"{state.topic}.{number}": question
        for material in materials
        for state in material.coverage or ()
        for number, question in enumerate(state.questions)
    }
    return KINDS[order.kind](materials, order, vocabulary(order.lang, {**labels, "questions": asked}))
