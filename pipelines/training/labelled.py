"""Labelled texts in one form: gold passages, what the corpus holds, and the rules' own examples.

Events are written type/status@subject+subject>counterparty;…, topics topic@account:stance;…, none as -.
A line of a table of the corpus (`*.tsv`) is three fields parted by tabs: sentence, events, topics, where
`context‖sentence` gives the sentence before it. A file of passages (`*.txt`) holds one after another: `%%`
and the genre, `# ` and the title if any, then a sentence a line, ` ## ` before its events and its topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from intel.gold import Passage
from intel.model import Status
from intel.taxonomy import taxonomy
from pipelines.event_rules import table

CORPUS = Path(__file__).parent.parent / "models" / "corpus"
_BEFORE, _HEAD, _TITLE, _LABELS = "‖", "%%", "# ", " ## "
# Files written for topics: with their event labels the event types did worse on other writers' passages
# (F1 .50 instead of .54), since events were not what their writers looked for.
_TOPICS_ONLY = "topics-"
_TOGETHER = 8  # neighbouring corpus lines are alike: they are never split between training and testing


class BadCorpus(ValueError):
    """A line that cannot be used; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class LabelledEvent:
    """An event told at content[start:end]; `counterparty` is None where it was not labelled."""

    start: int
    end: int
    type: str
    status: str
    subject: tuple[str, ...]
    counterparty: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class LabelledTopic:
    """Evidence at content[start:end]."""

    start: int
    end: int
    topic: str
    account: str
    stance: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text whose content from `start` on is labelled.

    `whole`: an event told several times is labelled only where it is told best. `only`: the one event type
    that the labels speak of, where nothing is said of others and of topics. `events_too`: whether its labels
    are taken for events, not only for topics.
    """

    content: str
    group: str
    start: int
    whole: bool
    events: tuple[LabelledEvent, ...]
    topics: tuple[LabelledTopic, ...] = ()
    only: str | None = None
    events_too: bool = True


def of_passages(passages: Iterable[Passage]) -> Iterator[Labelled]:
    """Gold passages; those that tell one report are one group."""
    for one in passages:
        yield Labelled(
            one.content,
            one.story,
            0,
            True,
            tuple(
                LabelledEvent(e.start, e.end, e.type, e.status.value, e.subject, e.counterparty)
                for e in one.events
            ),
            tuple(LabelledTopic(t.start, t.end, t.topic, t.account, t.stance) for t in one.topics),
        )


def of_corpus(folder: Path = CORPUS) -> Iterator[Labelled]:
    """The lines of the corpus. Raises BadCorpus."""
    for file in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    yield replace(
                        _line(line, f"{file.stem}:{number // _TOGETHER}"),
                        events_too=not file.stem.startswith(_TOPICS_ONLY),
                    )
                except ValueError as error:
                    raise BadCorpus(f"{file.name}:{number}: {error}") from error


def of_corpus_passages(folder: Path = CORPUS) -> Iterator[Labelled]:
    """The whole passages of the corpus. Raises BadCorpus."""
    for file in sorted(folder.glob("*.txt")):
        lines: list[str] = []
        start = 0
        for number, line in enumerate([*file.read_text(encoding="utf-8").splitlines(), _HEAD], 1):
            if not line.startswith(_HEAD):
                lines.append(line)
                continue
            if any(lines):
                try:
                    yield _passage(lines, f"{file.stem}:{start}")
                except ValueError as error:
                    raise BadCorpus(f"{file.name}:{start}: {error}") from error
            lines, start = [], number


def of_examples() -> Iterator[Labelled]:
    """The examples of the event table: each tells its type, or does not, whatever else it tells."""
    for kind in table().types.values():
        for example in kind.examples:
            content = f"\n{example.text}"
            subject = tuple(filter(None, [example.arguments.get("subject")]))
            event = LabelledEvent(1, len(content), kind.name, "asserted", subject, None)
            yield Labelled(content, f"{kind.name}:examples", 1, True, (event,), only=kind.name)
        for text in kind.counterexamples:
            yield Labelled(f"\n{text}", f"{kind.name}:counterexamples", 1, True, (), only=kind.name)


def _line(line: str, group: str) -> Labelled:
    fields = line.split("\t")
    if len(fields) != 3:
        raise ValueError(f"{len(fields)} fields instead of 3")
    before, _, sentence = fields[0].rpartition(_BEFORE)
    content = f"{before}\n{sentence}"
    span = len(before) + 1, len(content)
    events = tuple(_event(span, entry.strip()) for entry in _entries(fields[1]))
    return Labelled(
        content, group, span[0], False, events, tuple(_topic(span, e) for e in _entries(fields[2]))
    )


def _passage(lines: Iterable[str], group: str) -> Labelled:
    content = ""
    events: list[LabelledEvent] = []
    topics: list[LabelledTopic] = []
    for line in filter(None, map(str.strip, lines)):
        text, *labels = line.split(_LABELS)
        if len(labels) not in (0, 2):
            raise ValueError(f"{len(labels)} labels instead of 2 or none: {text}")
        if text.startswith(_TITLE):
            content = text.removeprefix(_TITLE)
        else:
            content += _gap(content) + text
        span = len(content) - len(text.removeprefix(_TITLE)), len(content)
        if labels:
            events += (_event(span, entry, without=()) for entry in _entries(labels[0]))
            topics += (_topic(span, entry) for entry in _entries(labels[1]))
    return Labelled(content, group, 0, True, tuple(events), tuple(topics))


def _gap(content: str) -> str:
    """What stands between a text and its next sentence: a line ends where no sentence does."""
    if "\n" not in content:
        return "\n"
    return "" if content[-1] in "。！？…”』」；" else " " if content[-1] in '.!?"' else "\n"


def _entries(field: str) -> list[str]:
    return (
        [] if field.strip() in ("-", "") else [entry.strip() for entry in field.split(";") if entry.strip()]
    )


def _event(span: tuple[int, int], entry: str, without: tuple[str, ...] | None = None) -> LabelledEvent:
    kind, _, parties = entry.partition("@")
    name, _, status = kind.partition("/")
    if name not in taxonomy().events:
        raise ValueError(f"no event type {name!r}")
    subject, told, counterparty = parties.partition(">")
    return LabelledEvent(
        *span, name, Status(status).value, _names(subject), _names(counterparty) if told else without
    )


def _names(field: str) -> tuple[str, ...]:
    return tuple(filter(None, field.split("+")))


def _topic(span: tuple[int, int], entry: str) -> LabelledTopic:
    topic, _, whose = entry.partition("@")
    account, _, stance = whose.partition(":")
    if topic not in taxonomy().topics or not account:
        raise ValueError(f"no topic of an account: {entry!r}")
    return LabelledTopic(*span, topic, account, stance)
