"""Features in, a score for each label out: linear models as the training wrote them.

A model file (numpy .npz) holds the features it knows, ascending, a row of 8-bit weights for each, and for
each label the scale of its weights and its bias. Scores are margins: above 0 means yes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intel.refusal import Refusal
from pipelines.features import BITS, Features

MODELS = Path(__file__).parent / "models"


class BadModel(Refusal, RuntimeError):
    """A model that is missing or cannot be read; the message names the file and the mend."""


@dataclass(frozen=True, slots=True)
class Linear:
    """One model. `rows` maps a feature to its row of `weights` (row 0 is of unknown features)."""

    labels: tuple[str, ...]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, features: Features) -> NDArray[np.float32]:
        """The margin of each label."""
        found = self.weights.take(self.rows.take(features), axis=0)
        total = found.sum(axis=0) / np.sqrt(max(1, len(features)))
        return np.asarray(total + self.bias, dtype=np.float32)

    def all_scores(self, questions: Sequence[Features]) -> NDArray[np.float32]:
        """The margins of many questions, a row each."""
        if not questions:
            return np.zeros((0, len(self.labels)), dtype=np.float32)
        sizes = np.array([len(one) for one in questions])
        # `take` reads scattered rows twice as fast as indexing does.
        found = self.weights.take(self.rows.take(np.concatenate(questions)), axis=0)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        totals = np.add.reduceat(found, starts, axis=0) / np.sqrt(sizes)[:, None]
        return np.asarray(totals + self.bias, dtype=np.float32)

    def weigh(self, features: Features, label: int) -> NDArray[np.float32]:
        """How much each feature speaks for a label."""
        return np.asarray(self.weights[self.rows[features], label], dtype=np.float32)


def stored(file: Path, *names: str) -> tuple[NDArray[np.generic], ...]:
    """The named arrays of a model file. Raises BadModel for a file that is missing, damaged or another's."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return tuple(arrays[name] for name in names)
    except FileNotFoundError:
        raise BadModel(f"the model {file} is missing: reinstall the package, or run: make model") from None
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise BadModel(
            f"the model {file} cannot be read ({error}): reinstall it, or run: make model"
        ) from error


def load(name: str, folder: Path = MODELS) -> Linear:
    """The model of that name. Raises BadModel."""
    known, small, scale, bias, labels = stored(
        folder / f"{name}.npz", "features", "weights", "scale", "bias", "labels"
    )
    rows = np.zeros(1 << BITS, dtype=np.int32)
    rows[known.astype(np.int32)] = np.arange(1, len(known) + 1, dtype=np.int32)
    weights = np.zeros((len(known) + 1, len(labels)), dtype=np.float32)
    weights[1:] = small.astype(np.float32) * scale.astype(np.float32)
    return Linear(tuple(map(str, labels)), rows, weights, bias.astype(np.float32))
