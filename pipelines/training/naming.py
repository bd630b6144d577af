"""Marked text in; the model of names out, and the saved spaCy pipeline around it.

Sentences in which every name is marked come first, with variants about other names. A model of these fills in
what is left unmarked in texts of which only some names are known (gold passages, the corpus, FewFC), and the
shipped model is trained on all. Nothing is drawn that is not drawn alike the next time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pycrfsuite

from intel.gold import Passage
from intel.gold_entities import Marked
from intel.model import Entity
from pipelines import aliases, entities
from pipelines.aliases import Lexicon
from pipelines.name_features import Units, is_distinct, sequences
from pipelines.name_model import NAMES, NameModel, labels, opened
from pipelines.text import fold
from pipelines.training.labelled import Labelled
from pipelines.training.variants import Marking, variants

VARIANTS = 8
# Weights of the two penalties (the first makes the file small), and how long the fitting may go on.
_PARAMETERS = {"c1": 0.1, "c2": 0.05, "max_iterations": 100, "feature.possible_transitions": False}
# An argument that names several, or a subject that names nobody.
_SEVERAL = re.compile("[、，和及与]")
_UNNAMED = re.compile("商家|网点|客户|员工|加盟商|司机|买家|卖家|用户")
_SOMEBODY = re.compile(
    rf"^[某该本这那原前一二两三四五六七八九十几数多各\d]|^(?:平台|公司|店|协会)|(?:{_UNNAMED.pattern}|[员人们方户的])$"
)
_SHORTEST = 3
_NAMING = frozenset({"person", "position", "place"})

Sequences = list[tuple[list[list[str]], list[str]]]


def of_marked(marked: Iterable[Marked]) -> Iterator[Marking]:
    """Gold sentences in which every entity is marked."""
    for one in marked:
        yield Marking(one.content, one.entities, whole=True)


def of_gold(passages: Iterable[Passage]) -> Iterator[Marking]:
    """Gold passages: the names that mentions and arguments of events tell."""
    for passage in passages:
        found = [Entity("org", one.start, one.end, "") for one in passage.mentions]
        for event in passage.events:
            said = [(role, text) for role, text in event.arguments.items() if role in _NAMING]
            said = [(role, text) for role, text in said if not _SEVERAL.search(text)]
            parties = (*event.subject, *event.counterparty)
            said += [("org", text) for text in parties if len(text) >= 4 and not _UNNAMED.search(text)]
            for kind, text in said:
                start = passage.content.find(text, event.start, event.end)
                if start >= 0:
                    found.append(Entity(kind, start, start + len(text), ""))
        yield Marking(passage.content, tuple(_apart(found)))


def of_corpus_lines(lines: Iterable[Labelled]) -> Iterator[Marking]:
    """Lines of the corpus, of whose names nothing is told."""
    for line in lines:
        yield Marking(line.content, ())


def of_corpus_parties(passages: Iterable[Labelled]) -> Iterator[Marking]:
    """Sentences of the corpus's passages that tell of somebody by a name that no list has."""
    for passage in passages:
        parties: dict[tuple[int, int], set[str]] = {}
        for event in passage.events:
            named = {*event.subject, *(event.counterparty or ())}
            parties.setdefault((event.start, event.end), set()).update(named)
        for (start, end), names in parties.items():
            content = passage.content[start:end]
            found = [one for name in names for one in _named_apart(name, content)]
            if found:
                yield Marking(content, tuple(_apart(found)))


def _named_apart(name: str, content: str) -> Iterator[Entity]:
    """Where a sentence names somebody in a word of their own: not 该平台, 两家商户, 市里."""
    if len(name) < _SHORTEST or _SOMEBODY.search(name):
        return
    folded = fold(content)
    for match in re.finditer(re.escape(name), content):
        if is_distinct(folded, match.start(), match.end()):
            yield Entity("org", match.start(), match.end(), "")


def train_names(
    varied: Sequence[Marking], whole: Sequence[Marking], partly: Sequence[Marking], lexicon: Lexicon
) -> NameModel:
    """The model learned from wholly and partly marked texts, and from variants of the `varied` ones.

    The same texts give the same bytes.
    """
    chance = random.Random(2026)
    own = [pair for one in whole for pair in _sequences(one, _told(one.content, lexicon))]
    for one in varied:
        told = _told(one.content, lexicon)
        own += _sequences(one, told)
        watched = [entity for entity in told if entity.accounts]
        for another in variants(one, watched, VARIANTS, chance):
            own += _sequences(another, _told(another.content, lexicon))
    first = fit(own)
    filled = [pair for one in partly for pair in _filled(one, _told(one.content, lexicon), first)]
    return fit(own + filled)


def card(with_fewfc: bool) -> Mapping[str, object]:
    """What the saved pipeline says of itself."""
    ours = {
        "name": "tests/gold and pipelines/models/corpus of this project",
        "license": "that of this project",
    }
    theirs = {"name": "FewFC", "url": "https://github.com/TimeBurningFish/FewFC", "license": "CC BY-SA 4.0"}
    return {
        "name": "courier",
        "version": "1.0.0",
        "description": "Names and measures in Chinese and English texts about couriers and their clients",
        "license": "CC BY-SA 4.0" if with_fewfc else ours["license"],
        "sources": [ours, theirs] if with_fewfc else [ours],
    }


def fit(data: Sequences) -> NameModel:
    """A conditional random field fitted to sequences of features and labels."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_PARAMETERS)
    for features, right in data:
        trainer.append(features, right)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model"
        trainer.train(str(file))
        return opened(file.read_bytes(), "just trained")


def _told(content: str, lexicon: Lexicon) -> list[Entity]:
    folded = fold(content)
    return entities.known(folded, aliases.find(folded, lexicon), entities.measured(folded))


def _sequences(marking: Marking, told: Sequence[Entity]) -> Sequences:
    names = [entity for entity in marking.entities if entity.kind in NAMES]
    return [(units.features, labels(names, units.starts)) for units in _units(marking, told)]


def _units(marking: Marking, told: Sequence[Entity]) -> list[Units]:
    return [one for one in sequences(marking.content, fold(marking.content), told) if one.starts]


def _filled(marking: Marking, told: Sequence[Entity], model: NameModel) -> Sequences:
    """The text with the known names, and where none is known with what the rules and the first model say."""
    found = entities.named(marking.content, fold(marking.content), told, model)
    free = [
        entity
        for entity in found
        if not any(entity.start < one.end and one.start < entity.end for one in marking.entities)
    ]
    everything = sorted((*marking.entities, *free), key=lambda entity: entity.start)
    return _sequences(Marking(marking.content, tuple(everything)), told)


def _apart(found: Iterable[Entity]) -> Iterator[Entity]:
    """The entities in order, of overlapping ones the first and longest."""
    at = 0
    for entity in sorted(found, key=lambda one: (one.start, -one.end)):
        if entity.start >= at:
            at = entity.end
            yield entity
