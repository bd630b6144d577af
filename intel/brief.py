"""Findings to a briefing: what is known of an account topic by topic, each sentence with its evidence.

In: the views of `intel.query`. Out: a Briefing, written as Markdown, HTML or JSON. Nothing is said that
is not a quote, a count or a label of the taxonomy; a topic without evidence says 未知.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic_core import to_json

from intel.config import CHINA
from intel.model import Account
from intel.views import FindingView

UNKNOWN = "未知"


class Format(StrEnum):
    """How a briefing can be written."""

    MD = "md"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One quote with who published it. `copies` are the other sources that carry the same report.

    `place` is where in a document it stands (第3页), None for a page. `credibility` is 1 to 6, and `why`.
    """

    quote: str
    place: str | None
    day: date
    title: str
    url: str
    source: str
    reliability: str
    credibility: int
    why: str
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventGroup:
    """The evidence of one event type on a topic, newest first; `event` is None for plain statements."""

    event: str | None
    label: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TopicSection:
    """What is known on a topic. `reports` counts independent stories; no evidence means unknown."""

    topic: str
    label: str
    reports: int
    groups: tuple[EventGroup, ...]


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many quotes a source gave."""

    source: str
    reliability: str
    quotes: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that is known of an account since a day, and what is not."""

    account: str
    name: str
    written_at: datetime
    since: date | None
    demo: bool
    quotes: int
    reports: int
    sections: tuple[TopicSection, ...]
    sources: tuple[SourceCount, ...]

    @property
    def known(self) -> tuple[TopicSection, ...]:
        """The topics with evidence."""
        return tuple(section for section in self.sections if section.groups)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The labels of the topics without evidence."""
        return tuple(section.label for section in self.sections if not section.groups)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a briefing is written for: the moment, the first day of interest, and whether on demo data."""

    written_at: datetime
    since: date | None = None
    demo: bool = False


def compose(
    account: Account,
    findings: Sequence[FindingView],
    labels: Mapping[str, Mapping[str, str]],
    occasion: Occasion,
) -> Briefing:
    """A briefing on an account from its findings.

    `labels` holds the taxonomy's "topics" and "events". Copies of a report are counted once.
    """
    witnesses = _witnesses(findings)
    sections = tuple(
        _section(topic, label, [w for w in witnesses if w[0].topic == topic], labels["events"])
        for topic, label in labels["topics"].items()
    )
    quoted = Counter((finding.source_label, finding.reliability) for finding, _ in witnesses)
    return Briefing(
        account=account.id,
        name=account.name,
        written_at=occasion.written_at,
        since=occasion.since,
        demo=occasion.demo,
        quotes=len(witnesses),
        reports=len({finding.story for finding, _ in witnesses}),
        sections=sections,
        sources=tuple(SourceCount(*source, count) for source, count in quoted.most_common()),
    )


Witness = tuple[FindingView, tuple[str, ...]]


def _witnesses(findings: Iterable[FindingView]) -> list[Witness]:
    """Of each story on a topic the findings of its best article, with the labels of its other sources."""

    def report(finding: FindingView) -> tuple[str, int]:
        return finding.topic, finding.story

    witnesses: list[Witness] = []
    for _, told in groupby(sorted(findings, key=report), key=report):
        tellings = list(told)
        best = min(tellings, key=lambda finding: (finding.reliability, finding.dated_at, finding.article))
        copies = dict.fromkeys(f.source_label for f in tellings if f.article != best.article)
        witnesses += [(finding, tuple(copies)) for finding in tellings if finding.article == best.article]
    return sorted(witnesses, key=lambda witness: (-witness[0].dated_at.timestamp(), witness[0].start))


def _section(topic: str, label: str, witnesses: Sequence[Witness], events: Mapping[str, str]) -> TopicSection:
    types = dict.fromkeys(finding.event for finding, _ in witnesses)
    # Witnesses are newest first, so groups come in the order of their newest evidence; plain ones last.
    groups = tuple(
        EventGroup(
            event=kind,
            label=_short(events[kind]) if kind else "相关陈述",
            evidence=tuple(_evidence(*witness) for witness in witnesses if witness[0].event == kind),
        )
        for kind in sorted(types, key=lambda kind: kind is None)
    )
    return TopicSection(topic, label, len({finding.story for finding, _ in witnesses}), groups)


def _short(label: str) -> str:
    return re.split("[：:]", label)[0]


def _evidence(finding: FindingView, copies: tuple[str, ...]) -> Evidence:
    return Evidence(
        quote=finding.quote,
        place=finding.place,
        day=finding.dated_at.astimezone(CHINA).date(),
        title=finding.title,
        url=finding.url,
        source=finding.source_label,
        reliability=finding.reliability,
        credibility=finding.credibility,
        why=finding.why,
        copies=copies,
    )


def render(briefing: Briefing, form: Format, most: int | None = None) -> str:
    """Write a briefing; Markdown and HTML show at most `most` quotes of an event type, then how many more."""
    if form is Format.JSON:
        return to_json(briefing, indent=2).decode() + "\n"
    template = _environment().get_template(f"brief.{form.value}.jinja")
    return template.render(briefing=briefing, most=most, unknown=UNKNOWN)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = _markdown
    environment.filters["local"] = lambda moment: moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    environment.filters["short"] = _short
    environment.tests["web"] = lambda url: url.startswith(("http://", "https://"))
    return environment


def _markdown(text: str) -> str:
    """The text on one line, with what Markdown would take for marks escaped."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(text.split()))
