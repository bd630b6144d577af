"""Sentences and events to Findings: verbatim quotes that answer a topic for an account.

In: an article as its sentences are seen, the Mentions, tellings and Events in it, and what each account is
to us. Out: Findings in text order, at most one for an account, a topic and a sentence. The cues of
topics.toml are heard first; the trained model weighs them together with the wording, seen from each account
that the sentence may speak of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intel.model import Entity, Event, Finding, Mention, Role, Status
from pipelines import topic_cues
from pipelines import topic_model as learned
from pipelines.compared import compared
from pipelines.event_tellings import Telling
from pipelines.meetings import only_met
from pipelines.text import fold, language
from pipelines.tone import harmed, tone
from pipelines.topic_facts import Facts, facts
from pipelines.topic_rules import topic_table
from pipelines.troubles import none_happened
from pipelines.viewpoints import Candidate, Line, Seen
from pipelines.whole_text import Asked, certainty
from pipelines.wishes import wish

MODELS = ("topics", "topic-stances")
_PROBLEMS, _INCUMBENTS, _DECIDERS = "carrier_problems", "incumbent_carriers", "decision_makers"
_DELIVERY = "delivery_performance"
_SWITCHING = "switching_intent"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a text besides: its entities, and what each account is to us, by id."""

    entities: Sequence[Entity]
    roles: Mapping[str, Role]


def find(
    seen: Seen,
    mentions: Sequence[Mention],
    heard: Iterable[Telling],
    events: Sequence[Event],
    known: Known,
) -> tuple[Finding, ...]:
    """Find the evidence in an article."""
    if not mentions:
        return ()
    hints = hints_of(seen, mentions, heard, known.roles)
    told: dict[int, list[Event]] = {}
    for event in events:
        told.setdefault(event.start, []).append(event)
    views = [(line, one) for line in seen.lines for one in judged(seen, line, known.roles)]
    asked = [features_of(line, one, hints) for line, one in views]
    places = [place(line, one, hints) for line, one in views]
    answered = learned.topics(asked, places, english=language(seen.content) == "en")
    found = [
        finding
        for view, answers in zip(views, answered, strict=True)
        for finding in _findings(seen, view, answers, told.get(view[0].start, ()), known)
    ]
    found = [*_told(found, seen.content.find("\n"))]
    kept = sorted((*found, *compared(seen, found, known.roles)), key=lambda f: (f.start, f.account, f.topic))
    return tuple(topic_cues.without_echoes(kept))


def _told(found: Sequence[Finding], title_end: int) -> Iterator[Finding]:
    """The findings; those of a title only for want of text."""
    in_text = {(one.account, one.topic) for one in found if one.start > title_end}
    yield from (one for one in found if one.start > title_end or (one.account, one.topic) not in in_text)


def judged(seen: Seen, line: Line, roles: Mapping[str, Role]) -> Iterator[Candidate]:
    """The clients and competitors that a sentence may speak of."""
    for candidate in seen.candidates(line):
        if roles.get(candidate.name.account or "") in (Role.CLIENT, Role.COMPETITOR):
            yield candidate


def hints_of(
    seen: Seen, mentions: Sequence[Mention], heard: Iterable[Telling], roles: Mapping[str, Role]
) -> Mapping[tuple[int, str | None], tuple[str, ...]]:
    """What rules say of a sentence (by its start), for an account or, under None, for any."""
    told: dict[tuple[int, str | None], list[str]] = {}
    heard = tuple(heard)
    for telling in heard:
        told.setdefault((telling.event.start, None), []).append(f"type {telling.kind.name}")
    for finding in topic_cues.find(seen.content, mentions, [telling.event for telling in heard], roles):
        told.setdefault((finding.start, finding.account), []).append(finding.topic)
    return {place: tuple(sorted(set(words))) for place, words in told.items()}


def features_of(
    line: Line, candidate: Candidate, hints: Mapping[tuple[int, str | None], tuple[str, ...]]
) -> learned.Features:
    """What the model is asked about a sentence seen from an account."""
    return learned.topic_features(line, candidate, _words(line, candidate, hints))


def place(line: Line, candidate: Candidate, hints: Mapping[tuple[int, str | None], tuple[str, ...]]) -> Asked:
    """Where the question for the topics of a sentence seen from an account was asked."""
    words = frozenset(_words(line, candidate, hints))
    return Asked(line.number, candidate.key, line.in_title, not candidate.places, words)


def _words(
    line: Line, candidate: Candidate, hints: Mapping[tuple[int, str | None], tuple[str, ...]]
) -> tuple[str, ...]:
    return (*hints.get((line.start, None), ()), *hints.get((line.start, candidate.name.account), ()))


def _findings(
    seen: Seen,
    view: tuple[Line, Candidate],
    answers: Sequence[tuple[str, float]],
    events: Sequence[Event],
    known: Known,
) -> Iterator[Finding]:
    if not answers:
        return
    line, candidate = view
    account = candidate.name.account
    assert account is not None
    quote = seen.content[line.start : line.end]
    folded = fold(quote)
    absent = none_happened(folded)
    gone = _gone(events)
    for topic, margin in answers:
        if (absent and topic == _PROBLEMS) or (topic == _DECIDERS and only_met(folded)):
            continue
        client = known.roles.get(account) is Role.CLIENT
        told = facts(seen, line, topic, known.entities, known.roles) if client else Facts()
        event = _event_behind(topic, account, events)
        sure = certainty(margin)
        yield Finding(
            account,
            topic,
            line.start,
            line.end,
            quote,
            f"{topic}.model",
            event.type if event else None,
            _stance(line, candidate, topic, folded, absent=absent, named=bool(told.couriers)),
            tuple(one for one in told.couriers if topic != _INCUMBENTS or one not in gone),
            told.problem,
            told.period,
            told.speaker,
            min(sure, event.certainty) if event else sure,
        )


def _gone(events: Iterable[Event]) -> frozenset[str | None]:
    """The couriers that a client has left by the events of a sentence."""
    left = [one.filling("leaving") for one in events if one.status is Status.ASSERTED]
    return frozenset(argument.account for some in left for argument in some)


def _stance(line: Line, candidate: Candidate, topic: str, folded: str, *, absent: bool, named: bool) -> str:
    """The stance that is told in so many words, else that the model hears.

    Who names a trouble to say that there is none is not dissatisfied. `named`: whether couriers are.
    """
    if topic == _SWITCHING and (plain := wish(folded, named)):
        return plain
    heard = learned.stance(line, candidate, topic)
    if not learned.can_be(topic, "satisfied"):
        return heard
    if absent:
        return "satisfied" if heard == "dissatisfied" else heard
    if heard == "satisfied" and topic in (_DELIVERY, _PROBLEMS) and harmed(folded):
        return "dissatisfied"
    return tone(folded) or heard


def _event_behind(topic: str, account: str, events: Sequence[Event]) -> Event | None:
    """The event of a sentence that is evidence for the topic, if the account is a party of it."""
    kinds = {rule.type for rule in topic_table().topics[topic].events}
    for event in events:
        parties = {one.account for one in event.arguments}
        if event.type in kinds and account in parties:
            return event
    return None
