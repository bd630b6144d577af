"""Which of many sentences a judgement can rest on: rules of tables, and who plays which part, to `Sought`.

In: rules, a cast and a day. Out: what to read, how far back, and whether a sentence that was read fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from sys import maxsize
from typing import NamedTuple

from intel.brief.standing import says_something
from intel.days import begin_of
from intel.evidence import Cast, Rule, naming
from intel.views import EvidenceView, Sought
from pipelines.text import fold

_CLAUSE = re.compile("[，。；、！？,;!?]")


def seeker(asked: Rule, cast: Cast, as_of: date) -> Callable[[EvidenceView], bool]:
    """Whether a sentence is what a rule asks for; whom it speaks of, and since when, is looked up once."""
    if any(part not in cast for part in (*asked.parties, *asked.leaving, *asked.joining, *asked.about)):
        return lambda _: False
    since = None if asked.within is None else begin_of(as_of - timedelta(days=asked.within))
    most = maxsize if asked.most is None else asked.most
    parties, leaving, joining = (
        {cast[part].id for part in some} for some in (asked.parties, asked.leaving, asked.joining)
    )
    sides = leaving | joining
    about = tuple(naming(cast[part]) for part in asked.about)
    says = _saying(asked, cast)

    is_told = _telling(asked)

    def fit(view: EvidenceView) -> bool:
        if not is_told(view):
            return False
        if (since is not None and view.dated_at < since) or len(view.parties) > most:
            return False
        if parties and not all(one in view.parties or one == view.account for one in parties):
            return False
        # Most rules ask for none of these.
        if sides and not (leaving <= {*view.leaving} and joining <= {*view.joining}):
            return False
        if about and not _about(view, about):
            return False
        # The head of a table is no evidence.
        return says(fold(view.quote)) and says_something(view.quote)

    return fit


def sought(asked: Iterable[Rule], cast: Cast, as_of: date) -> Sought:
    """The sentences that fit one of the rules."""
    by_topic: dict[str, list[Rule]] = {}
    by_event: dict[str, list[Rule]] = {}
    for one in asked:
        for names, known in ((one.topics, by_topic), (one.events, by_event)):
            for name in names:
                known.setdefault(name, []).append(one)
    topics, events = (
        {name: _tests(rules, cast, as_of) for name, rules in known.items()} for known in (by_topic, by_event)
    )

    def fit(view: EvidenceView) -> bool:
        tests = topics.get(view.topic) if view.kind == "finding" else events.get(view.event)
        # Of a hundred thousand sentences most have no rule, or none of the words: as plain as can be.
        if tests is None:
            return False
        for fits in tests.plain:
            if fits(view):
                return True
        return tests.words is not None and bool(
            tests.words.search(fold(view.quote)) and any(fits(view) for fits in tests.worded)
        )

    return Sought(_looking_back(by_topic), _looking_back(by_event), fit)


class _Tests(NamedTuple):
    """The rules of a topic or a type of events: those that ask for words, with these, and the others."""

    plain: Sequence[Callable[[EvidenceView], bool]]
    worded: Sequence[Callable[[EvidenceView], bool]]
    words: re.Pattern[str] | None


def _tests(rules: Sequence[Rule], cast: Cast, as_of: date) -> _Tests:
    needed = [one.words or one.along for one in rules]
    words = "|".join(one.pattern for one in needed if one)
    plain, worded = (
        [seeker(one, cast, as_of) for one, word in zip(rules, needed, strict=True) if bool(word) is worded]
        for worded in (False, True)
    )
    return _Tests(plain, worded, re.compile(words) if words else None)


def _looking_back(asked: Mapping[str, Sequence[Rule]]) -> Mapping[str, int | None]:
    return {name: _longest([one.within for one in rules]) for name, rules in asked.items()}


def _longest(days: Sequence[int | None]) -> int | None:
    told = [one for one in days if one is not None]
    return max(told) if len(told) == len(days) else None


def either(one: Sought, other: Sought) -> Sought:
    """The sentences that either of two is after."""

    def joined(mine: Mapping[str, int | None], theirs: Mapping[str, int | None]) -> Mapping[str, int | None]:
        both = {name: _longest([mine[name], theirs[name]]) for name in mine.keys() & theirs.keys()}
        return {**mine, **theirs, **both}

    return Sought(
        joined(one.topics, other.topics),
        joined(one.events, other.events),
        lambda view: one.fits(view) or other.fits(view),
    )


def fitting(
    asked: Sequence[Rule], told: Iterable[EvidenceView], cast: Cast, as_of: date
) -> list[EvidenceView]:
    """The sentences that fit one of the rules, in their order."""
    wanted = sought(asked, cast, as_of)
    topics, events = wanted.topics, wanted.events
    known = (view for view in told if view.topic in topics or view.event in events)
    return [view for view in known if wanted.fits(view)]


def _telling(asked: Rule) -> Callable[[EvidenceView], bool]:
    """Whether a sentence is a finding or an event that a rule asks for, whatever its words."""
    topics, stances, problems = asked.topics, asked.stances, asked.problems
    events, roles, statuses = asked.events, asked.roles, asked.statuses
    any_problem = "*" in problems

    def is_told(view: EvidenceView) -> bool:
        if view.kind == "event":
            known = view.event in events and view.status in statuses
            return known and (not roles or view.role in roles)
        if view.kind != "finding" or view.topic not in topics or (stances and view.stance not in stances):
            return False
        return not problems or view.problem in problems or (any_problem and bool(view.problem))

    return is_told


def _about(view: EvidenceView, about: Iterable[re.Pattern[str]]) -> bool:
    around = fold(f"{view.title}\n{view.quote}")
    return all(name.search(around) for name in about)


def _saying(asked: Rule, cast: Cast) -> Callable[[str], bool]:
    """Whether a folded text says what a rule asks for."""
    if any(part not in cast for part in asked.names):
        return lambda _: False
    names = [naming(cast[part]) for part in asked.names]
    there = [one.search for one in (asked.words, *names) if one is not None]

    def says(text: str) -> bool:
        # What must be there first, as most sentences lack it; what stands in a clause stands in the whole.
        if asked.along is not None and not asked.along.search(text):
            return False
        if not all(search(text) for search in there) or (asked.unless and asked.unless.search(text)):
            return False
        return not asked.clause or any(all(s(part) for s in there) for part in _CLAUSE.split(text))

    return says
