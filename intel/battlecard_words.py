"""A battlecard to the vocabulary that it is written in: names, cells, groups, lines, questions, units."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from intel.battlecard import Battlecard
from intel.battlecard_questions import Question
from intel.battlecard_rules import card_table
from intel.brief import Lang, Vocabulary, vocabulary
from intel.brief.words import Phrase, Said
from intel.comparison_lines import lines
from intel.factor_table import confidence_labels
from intel.factor_words import factor_words
from intel.signal_table import signal_table
from pipelines.series_rules import SCALES
from pipelines.series_rules import rules as series_rules


def card_vocabulary(card: Battlecard, lang: Lang) -> Vocabulary:
    """The headings table and the labels of a card, in a language; quotes and names stay as they are."""
    chinese = lang is Lang.ZH
    table = card_table()
    confidence = confidence_labels()
    return vocabulary(
        lang,
        {
            "accounts": {one.id: one.name for one in (card.rival, card.ours, card.client) if one},
            "cells": {key: label if chinese else en for key, (label, en) in table.cells.items()},
            "groups": {label: label if chinese else en for label, en in _groups()},
            "lines": {line.id: line.label if chinese else line.en for line in lines()},
            "questions": {one.text: one.text if chinese else one.en for one in table.questions},
            "factors": {key: label if chinese else en for key, (label, en) in factor_words().factors.items()},
            "confidence": {key: label if chinese else key for key, label in confidence.items()},
            "units": {
                f"{scale}{unit}": f"{scale}{unit}" for unit in series_rules().units for scale in SCALES
            },
        },
    )


def _groups() -> Iterator[tuple[str, str]]:
    """Whatever a group of quotes may be called: a rule's, a line's or a signal's label."""
    table = card_table()
    yield table.signals.label, table.signals.en
    yield from ((one.label, one.en) for one in table.rules)
    yield from ((one.label, one.en) for one in lines())
    yield from ((one.label, one.en) for one in signal_table().signals)


def question(asked: Question, card: Battlecard, words: Vocabulary) -> Phrase:
    """A question of the table with its names filled in."""
    label = words.label("questions", asked.rule.text)
    filling: dict[str, Said] = {
        part: words.label("accounts", one.id)
        for part, one in (("rival", card.rival), ("ours", card.ours), ("client", card.client))
        if one
    }
    if asked.factor:
        filling["factor"] = words.label("factors", asked.factor.id)
    holes = [name for _, name, _, _ in Formatter().parse(label.text) if name]
    return Phrase(label, tuple((name, filling[name]) for name in dict.fromkeys(holes)))


def because(asked: Question, words: Vocabulary) -> Phrase:
    """Why a question is asked."""
    if asked.factor:
        return words.say(asked.because, confidence=words.label("confidence", asked.factor.confidence))
    return words.say(asked.because)
