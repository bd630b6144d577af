"""A text as somebody gives it in, what people see of it out, and the way back for what was read in that.

Zero-width and control characters, halves of surrogate pairs and the tags of pasted HTML split names. Pages
lose them where they are laid out (`pipelines.layout`); who gives one to be tagged asks for offsets into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from intel.model import Argument, Entity, Event, Finding, Mention
from pipelines import markup
from pipelines.charset import seen_places
from pipelines.flow import Analysis

_Part = TypeVar("_Part", Mention, Entity, Argument, Event, Finding)
_Worded = TypeVar("_Worded", Entity, Argument)
_Quoted = TypeVar("_Quoted", Event, Finding)


@dataclass(frozen=True, slots=True)
class Given:
    """A text as given, and what is seen of it: the character at i stands at `places[i]` of `whole`."""

    whole: str
    seen: str
    places: Sequence[int]

    @classmethod
    def of(cls, whole: str) -> Given:
        """The text and what is seen of it."""
        shown, stood = markup.shown(whole)
        kept = seen_places(shown)
        if len(kept) == len(shown):
            return cls(whole, shown, stood)
        return cls(whole, "".join(shown[place] for place in kept), [stood[place] for place in kept])

    def restored(self, analysis: Analysis) -> Analysis:
        """The analysis of `seen` as one of `whole`: its spans there, and the words that stand there."""
        if self.seen == self.whole:
            return analysis
        mentions = [self._placed(one) for one in analysis.mentions]
        return replace(
            analysis,
            mentions=tuple(replace(one, surface=self._words(one)) for one in mentions),
            entities=tuple(self._worded(one) for one in analysis.entities),
            events=tuple(self._event(one) for one in analysis.events),
            findings=tuple(self._quoted(one) for one in analysis.findings),
        )

    def _event(self, event: Event) -> Event:
        return replace(
            self._quoted(event), arguments=tuple(self._worded(argument) for argument in event.arguments)
        )

    def _worded(self, part: _Worded) -> _Worded:
        placed = self._placed(part)
        return replace(placed, text=self._words(placed))

    def _quoted(self, part: _Quoted) -> _Quoted:
        placed = self._placed(part)
        return replace(placed, quote=self._words(placed))

    def _placed(self, part: _Part) -> _Part:
        return replace(part, start=self.places[part.start], end=self.places[part.end - 1] + 1)

    def _words(self, part: _Part) -> str:
        return self.whole[part.start : part.end]
