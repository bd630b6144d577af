"""Units of a text in; organisations, persons, positions, places and products out, as the training learned.

The model is a conditional random field in CRFsuite's format; beside it stands its digest, because the
library reads a file that was cut short without a word.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pycrfsuite

from intel.model import Entity
from pipelines.linear import MODELS, BadModel
from pipelines.name_features import sequences

NAMES = frozenset({"org", "person", "position", "place", "product"})
SHIPPED = MODELS / "zh" / "courier_names"
FILE, DIGEST = "names.crfsuite", "names.sha256"
_OUTSIDE, _BEGINS = "O", "B-"


@dataclass(frozen=True, slots=True)
class NameModel:
    """A loaded model. `data` is the file: the tagger reads in it as long as it lives."""

    data: bytes
    tagger: pycrfsuite.Tagger

    def names(self, content: str, folded: str, told: Sequence[Entity]) -> list[Entity]:
        """The names in a text, sorted, none overlapping; `told`, sorted, is what the rules found in it.

        The certainty of a name that no rule found is that of its least certain unit.
        """
        ruled = {(one.kind, one.start, one.end) for one in told}
        found: list[Entity] = []
        for units in sequences(content, folded, told):
            labels = self.tagger.tag(units.features)
            for one in spans(labels, units.starts, units.ends):
                is_ruled = (one.kind, one.start, one.end) in ruled
                found.append(one if is_ruled else self._weighed(one, labels, units.starts))
        return found

    def _weighed(self, name: Entity, labels: Sequence[str], starts: Sequence[int]) -> Entity:
        """A name of the sequence that was tagged last, with its certainty."""
        units = range(bisect_left(starts, name.start), bisect_left(starts, name.end))
        return replace(name, certainty=min(self.tagger.marginal(labels[unit], unit) for unit in units))

    def save(self, folder: Path) -> None:
        """Write the model and its digest into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(self.data)
        (folder / DIGEST).write_text(hashlib.sha256(self.data).hexdigest() + "\n", encoding="ascii")


def load(folder: Path) -> NameModel:
    """The model of a folder. Raises BadModel for one that is missing, damaged or another's."""
    file = folder / FILE
    try:
        data = file.read_bytes()
        digest = (folder / DIGEST).read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        missing = error.filename
        raise BadModel(f"the model {missing} is missing: reinstall the package, or run: make model") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadModel(
            f"the model {file} cannot be read ({error}): reinstall it, or run: make model"
        ) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadModel(f"the model {file} cannot be read (damaged): reinstall it, or run: make model")
    return opened(data, str(file))


def opened(data: bytes, name: str) -> NameModel:
    """The model in some bytes; `name` is for the complaint. Raises BadModel."""
    tagger = pycrfsuite.Tagger()
    try:
        tagger.open_inmemory(data)
        tagger.labels()
    except ValueError as error:
        raise BadModel(
            f"the model {name} cannot be read ({error}): reinstall it, or run: make model"
        ) from error
    return NameModel(data, tagger)


@cache
def shipped() -> NameModel:
    """The model that comes with the package. Raises BadModel."""
    return load(SHIPPED)


def spans(labels: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[Entity]:
    """Labels of units, B-kind and I-kind, as entities; a kind that goes on without a beginning begins."""
    found: list[Entity] = []
    kind = ""
    for label, start, end in zip(labels, starts, ends, strict=True):
        if label == _OUTSIDE:
            kind = ""
        elif label.startswith(_BEGINS) or label[2:] != kind:
            kind = label[2:]
            found.append(Entity(kind, start, end, ""))
        else:
            found[-1] = Entity(kind, found[-1].start, end, "")
    return found


def labels(entities: Sequence[Entity], starts: Sequence[int]) -> list[str]:
    """The labels of units that `spans` reads back as these entities, sorted and without overlap."""
    found: list[str] = []
    at, within = 0, -1
    for start in starts:
        while at < len(entities) and entities[at].end <= start:
            at += 1
        if at == len(entities) or start < entities[at].start or entities[at].kind not in NAMES:
            found.append(_OUTSIDE)
            continue
        found.append(("I-" if within == at else _BEGINS) + entities[at].kind)
        within = at
    return found
