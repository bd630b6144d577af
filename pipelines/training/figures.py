"""How the labels of a model do on folds that its fitting did not see."""

from __future__ import annotations

from dataclasses import dataclass

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """How a label does on unseen folds."""

    label: str
    positives: int
    hits: int
    found: int
    threshold: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / max(1, self.positives + self.found)
