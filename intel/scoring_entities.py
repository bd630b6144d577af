"""Marked sentences and the entities found in them in; what was right, missed and wrong added to the scores.

Entities are held to their exact borders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intel.gold_entities import KINDS, NAMES, Marked
from intel.model import Entity
from intel.scoring import Mistake, Scores, Tally


def score_entities(scores: Scores, read: Iterable[tuple[Marked, Sequence[Entity]]]) -> None:
    """Add the score of entities: right is the same kind at the very same span.

    Names and measures are steps of their own too, since the ones are learned and the others are rules. Where
    a value is marked, the rate `entities.value` tells how often it is the same.
    """
    for marked, found in read:
        gold = {(one.kind, one.start, one.end): one.value for one in marked.entities}
        told = {(one.kind, one.start, one.end): one.value for one in found if one.kind in KINDS}
        for span in sorted(gold.keys() | told.keys(), key=lambda each: each[1:]):
            kind, start, end = span
            for step in ("entities", "names" if kind in NAMES else "measures"):
                tally = scores.tallies[step].setdefault(kind, Tally())
                tally.hits += span in gold and span in told
                tally.missed += span not in told
                tally.spurious += span not in gold
            if span not in gold or span not in told:
                sign = "-" if span in gold else "+"
                scores.mistakes.append(Mistake("entities", marked.id, sign, kind, marked.content[start:end]))
            elif gold[span]:
                scores.rates["entities.value"].append(gold[span] == told[span])
