"""Labelled texts in; what each model is asked about them, with the right answers, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from intel.taxonomy import taxonomy
from pipelines import accounts, entities, topic_model, topics
from pipelines import event_model as learned
from pipelines.event_tellings import Telling, tellings
from pipelines.features import Features
from pipelines.flow import Watchlist
from pipelines.text import fold
from pipelines.training.labelled import Labelled, LabelledEvent
from pipelines.viewpoints import Candidate, Line, Seen, see
from pipelines.whole_text import Asked


@dataclass(slots=True)
class Task:
    """Questions of one model: features, the right labels, labels left open, and the group of each.

    `natural`: the sentence stood in a whole text, so that it is as likely to hold something as any. `places`
    are where such a question was asked, with its text.
    """

    natural: list[bool] = field(default_factory=list)
    features: list[Features] = field(default_factory=list)
    right: list[frozenset[str]] = field(default_factory=list)
    left_open: list[frozenset[str]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    places: dict[int, tuple[str, Asked]] = field(default_factory=dict)

    def ask(
        self,
        asked: Features,
        right: Iterable[str],
        text: Labelled,
        left_open: Iterable[str] = (),
        place: Asked | None = None,
    ) -> None:
        """Add a question about a sentence of a text."""
        if place and text.whole and text.only is None:
            self.places[len(self.features)] = text.content, place
        self.features.append(asked)
        self.right.append(frozenset(right))
        self.left_open.append(frozenset(left_open))
        self.groups.append(text.group)
        self.natural.append(text.whole and text.only is None)


def tasks(texts: Iterable[Labelled], watchlist: Watchlist) -> Mapping[str, Task]:
    """The questions of every model, by its name."""
    found = {
        name: Task() for name in ("event-types", "event-statuses", "event-parties", "topics", "topic-stances")
    }
    for text in texts:
        _ask(found, text, watchlist)
    return found


def _ask(found: Mapping[str, Task], text: Labelled, watchlist: Watchlist) -> None:
    named = entities.find(text.content, watchlist.lexicon)
    mentions = accounts.link(text.content, named)
    seen = see(text.content, named, mentions, watchlist.roles)
    heard = tellings(text.content, named, mentions)
    hints = topics.hints_of(seen, mentions, heard, watchlist.roles)
    for line in seen.lines:
        if line.end <= text.start:
            continue
        here = [telling for telling in heard if telling.event.start == line.start]
        if text.events_too:
            _ask_events(found, text, seen, line, here)
        if text.only is not None:
            continue
        evidence = [one for one in text.topics if one.start < line.end and line.start < one.end]
        # A title is evidence only for want of a sentence, so that nothing can be learned from its silence.
        shut = set(taxonomy().topics) if line.in_title and text.whole and not evidence else ()
        for candidate in topics.judged(seen, line, watchlist.roles):
            mine = [one for one in evidence if one.account == candidate.name.account]
            asked = topics.features_of(line, candidate, hints)
            where = topics.place(line, candidate, hints)
            found["topics"].ask(asked, [one.topic for one in mine], text, shut, where)
            for one in mine:
                if one.topic in topic_model.STANCES:
                    asked = topic_model.stance_features(line, candidate, one.topic)
                    found["topic-stances"].ask(asked, [one.stance or topic_model.NEUTRAL], text)


def _ask_events(
    found: Mapping[str, Task], text: Labelled, seen: Seen, line: Line, heard: Sequence[Telling]
) -> None:
    told = [one for one in text.events if one.start < line.end and line.start < one.end]
    types = {one.type for one in told}
    elsewhere = {one.type for one in text.events} - types
    # A gold event is labelled where it is told best; the title and other tellings of it are not wrong.
    open_ones = {kind for kind in elsewhere if line.in_title or kind in {t.kind.name for t in heard}}
    before = seen.lines[line.number - 1] if line.number else None
    rules = sorted({telling.event.rule for telling in heard})
    asked = learned.type_features(line, rules, before)
    if text.only is not None:
        open_ones |= set(taxonomy().events) - {text.only}
    found["event-types"].ask(asked, types, text, open_ones, learned.place(line, rules))
    for event in told:
        mine = [telling for telling in heard if telling.kind.name == event.type]
        cue = mine[0].event.status.value if mine else "none"
        found["event-statuses"].ask(
            learned.status_features(seen, line, event.type, cue), [event.status], text
        )
        frames = learned.frames(mine)
        for candidate in seen.candidates(line):
            asked = learned.party_features(
                seen, line, candidate, event.type, frames.get(candidate.key, "none")
            )
            left_open = [learned.COUNTERPARTY] if event.counterparty is None else []
            found["event-parties"].ask(asked, _parts(event, candidate, text.content), text, left_open)


def _parts(event: LabelledEvent, candidate: Candidate, content: str) -> list[str]:
    named = {learned.SUBJECT: event.subject, learned.COUNTERPARTY: event.counterparty or ()}
    return [role for role, names in named.items() if any(_is(name, candidate, content) for name in names)]


def _is(name: str, candidate: Candidate, content: str) -> bool:
    if candidate.name.account:
        return candidate.name.account == name
    written = fold(content[candidate.name.start : candidate.name.end])
    return written in fold(name) or fold(name) in written
