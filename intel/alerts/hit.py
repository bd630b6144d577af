"""What a trigger found: something that may be told, with lines that prove it and keys to know it again by."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from intel.brief.flash import MOST_WITNESSES
from intel.channels.alert import Line


@dataclass(frozen=True, slots=True)
class Item:
    """A line with the keys of the report it is of; it was told where any of them was.

    `weight` is how urgent it is, 0 to 10; a source that is not `sure` adds nothing to what others tell.
    """

    line: Line
    keys: frozenset[str]
    weight: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found of one subject; `account` is "" for a source.

    `items` are told once each, and only together with one that weighs at least `least` with its
    `witness`es. `whole`: they prove one thing together, so all are told unless all were. `seen` is the
    state of the subject, "" where it has none; a change of it is what is told. `initial` is the state that
    a subject is taken to have had before it was first seen; with None the first sight tells nothing.
    """

    subject: str
    title: str
    items: tuple[Item, ...]
    account: str = ""
    least: float = 0.0
    witness: float = 0.0
    whole: bool = False
    seen: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    initial: str | None = None

    @property
    def urgency(self) -> float:
        """The heaviest item, and what further sources add to it."""
        sources = len({item.line.source for item in self.items if item.sure})
        best = max((item.weight for item in self.items), default=0.0)
        return best + self.witness * min(max(sources - 1, 0), MOST_WITNESSES)

    @property
    def keys(self) -> frozenset[str]:
        """All that is told by it."""
        return frozenset().union(*(item.keys for item in self.items))

    def changed(self, before: str | None) -> Hit | None:
        """The hit as a change from the state seen before; None where it is none, or nothing to tell."""
        if not self.seen:
            return self if self.items else None
        was = self.initial if before is None else before
        if was is None or was == self.seen or not self.items:
            return None
        change = f"{self.labels.get(was, was)} → {self.labels.get(self.seen, self.seen)}"
        return replace(self, title=f"{self.title}：{change}")

    def without(self, told: Collection[str]) -> Hit | None:
        """What of it is left for somebody who was told that; None where nothing is worth telling."""
        new = tuple(item for item in self.items if item.keys.isdisjoint(told))
        left = self if self.whole and new else replace(self, items=new)
        return left if new and left.urgency >= self.least else None


def key(*parts: str) -> str:
    """A short digest, so that what was told can be known again and not be read."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
