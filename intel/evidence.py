"""Which sentences are evidence for what: rows of a table against `EvidenceView`s, copies counted once.

In: a row of a TOML table as `Rule`, and sentences. Out: those that fit, and of those `Evidence` as briefings
quote it: of each story one sentence of its most reliable article, the others named as copies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from sys import maxsize
from typing import Any

from intel.brief import Evidence
from intel.config import CHINA
from intel.days import begin_of
from intel.model import COUNTED, Account
from intel.views import EvidenceView, Sought
from pipelines.text import fold

# Who plays which part in a judgement: "rival", "ours", "client".
Cast = Mapping[str, Account]
_COUNTED = frozenset(status.value for status in COUNTED)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a sentence must be to count; what is empty is not asked.

    A sentence fits by its `topics` (a finding) or its `events` (an event in which the account has one of
    `roles`, with one of `statuses`; asserted and announced ones if none is named). `stances` and `problems`
    hold for findings ("*": any). It must hold one of `words` and one of `along` and none of `unless`.
    `parties` must be spoken of in it, `names` named in it, `about` in it or in its article's title, and
    `leaving` and `joining` be couriers that a client leaves or takes by it (all are parts of the cast).
    `within`: at most so many days old. `most`: with no more than so many parties, as a list of all couriers
    says little of one. With `clause` the names and one of `words` must stand in one clause: 停用韵达，引入
    极兔 is no 停用极兔.
    """

    topics: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    statuses: frozenset[str] = _COUNTED
    stances: frozenset[str] = frozenset()
    problems: frozenset[str] = frozenset()
    parties: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()
    words: re.Pattern[str] | None = None
    along: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    within: int | None = None
    most: int | None = None
    clause: bool = False


_CLAUSE = re.compile("[，。；、！？,;!?]")
_SETS = frozenset({"topics", "events", "roles", "statuses", "stances", "problems"})
_WORDS = frozenset({"words", "along", "unless"})


def rule(row: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Rule:
    """A row of a table as a Rule; `@name` among words stands for a group. Raises ValueError for a bad row."""
    unknown = row.keys() - {field.name for field in fields(Rule)}
    if unknown or not {"topics", "events"} & row.keys():
        raise ValueError(f"a rule names topics or events, and nothing unknown: {dict(row)}")
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name in _SETS:
            values[name] = frozenset(value)
        elif name in _WORDS:
            values[name] = one_of(spelled(value, groups))
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return Rule(**values)


def rules(rows: Iterable[Mapping[str, Any]], groups: Mapping[str, Sequence[str]]) -> tuple[Rule, ...]:
    """Rows of a table as Rules. Raises ValueError for a bad row."""
    return tuple(rule(row, groups) for row in rows)


def spelled(words: Iterable[str], groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The words with each `@name` replaced by the words of that group."""
    return tuple(one for word in words for one in (groups[word[1:]] if word.startswith("@") else (word,)))


def one_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for folded text that finds the longest of the words at each place."""
    return re.compile("|".join(re.escape(fold(word)) for word in sorted(words, key=lambda w: (-len(w), w))))


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
        return says(fold(view.quote))

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
        {name: [seeker(one, cast, as_of) for one in rules] for name, rules in known.items()}
        for known in (by_topic, by_event)
    )

    def fit(view: EvidenceView) -> bool:
        tests = topics.get(view.topic) if view.kind == "finding" else events.get(view.event)
        # Of a hundred thousand sentences most have no rule: as plain as can be.
        for fits in tests or ():  # noqa: SIM110
            if fits(view):
                return True
        return False

    return Sought(_looking_back(by_topic), _looking_back(by_event), fit)


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
    return [view for view in told if wanted.fits(view)]


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


@cache
def naming(account: Account) -> re.Pattern[str]:
    """A pattern for folded text that finds any name of an account."""
    return one_of(account.names)


def stories(told: Iterable[EvidenceView]) -> list[tuple[EvidenceView, tuple[str, ...]]]:
    """One sentence of each independent story, newest first, with the labels of the other sources.

    It is the first of the story's most reliable article. Stories told in the very same words are one.
    """
    # By rank alone: a story's number tells nothing of it, and is another one in the past.
    tellings: dict[int, list[EvidenceView]] = {}
    for view in sorted(told, key=lambda v: (v.reliability, v.dated_at, v.article, v.start, v.topic)):
        tellings.setdefault(view.story, []).append(view)
    found: dict[str, tuple[EvidenceView, dict[str, None]]] = {}
    for best, *others in tellings.values():
        words = "".join(fold(best.quote).split())
        first, copies = found.setdefault(words, (best, {}))
        copies |= dict.fromkeys(v.source_label for v in (best, *others) if v.article != first.article)
    newest = sorted(found.values(), key=lambda one: (-one[0].dated_at.timestamp(), one[0].url, one[0].start))
    return [(view, tuple(label for label in copies if label != view.source_label)) for view, copies in newest]


def witnesses(told: Iterable[EvidenceView]) -> tuple[Evidence, ...]:
    """Of each independent story one sentence as evidence, newest first."""
    return tuple(evidence(view, copies) for view, copies in stories(told))


def day(view: EvidenceView) -> date:
    """The day a sentence was published, in China."""
    return view.dated_at.astimezone(CHINA).date()


def evidence(view: EvidenceView, copies: tuple[str, ...] = ()) -> Evidence:
    """A sentence as briefings quote it."""
    return Evidence(
        quote=view.quote,
        place=view.place,
        day=day(view),
        title=view.title,
        url=view.url,
        source=view.source_label,
        reliability=view.reliability,
        credibility=view.credibility,
        why=view.why,
        copies=copies,
        story=view.story,
    )
