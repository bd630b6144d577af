"""Which sentences are evidence for what: rows of a table against `EvidenceView`s, copies counted once.

In: a row of a TOML table as `Rule`, and sentences. Out: those that fit, and of those `Evidence` as briefings
quote it: of each story one sentence of its most reliable article, the others named as copies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from intel.brief import Evidence
from intel.brief.standing import says_something
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


def fits(asked: Rule, view: EvidenceView, cast: Cast, as_of: date) -> bool:
    """Whether a sentence is what a rule asks for; the head of a table is none."""
    if not says_something(view.quote):
        return False
    if not (_is_event(asked, view) or _is_finding(asked, view)):
        return False
    if asked.within is not None and view.dated_at < _since(as_of, asked.within):
        return False
    if asked.most is not None and len(view.parties) > asked.most:
        return False
    if not (
        _all_in(asked.parties, (view.account, *view.parties), cast)
        and _all_in(asked.leaving, view.leaving, cast)
        and _all_in(asked.joining, view.joining, cast)
    ):
        return False
    if asked.about and not _about(asked, view, cast):
        return False
    return _says(asked, fold(view.quote), cast)


def _all_in(parts: Iterable[str], accounts: Collection[str], cast: Cast) -> bool:
    return all(part in cast and cast[part].id in accounts for part in parts)


@lru_cache(maxsize=1000)
def _since(as_of: date, within: int) -> datetime:
    return begin_of(as_of - timedelta(days=within))


def sought(asked: Iterable[Rule], cast: Cast, as_of: date) -> Sought:
    """The sentences that fit one of the rules."""
    by_topic: dict[str, list[Rule]] = {}
    by_event: dict[str, list[Rule]] = {}
    for one in asked:
        for names, known in ((one.topics, by_topic), (one.events, by_event)):
            for name in names:
                known.setdefault(name, []).append(one)

    def fit(view: EvidenceView) -> bool:
        rules = by_topic.get(view.topic) if view.kind == "finding" else by_event.get(view.event)
        # Of a hundred thousand sentences most have no rule: as plain as can be.
        for one in rules or ():  # noqa: SIM110
            if fits(one, view, cast, as_of):
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


def _is_event(asked: Rule, view: EvidenceView) -> bool:
    if view.kind != "event" or view.event not in asked.events or view.status not in asked.statuses:
        return False
    return not asked.roles or view.role in asked.roles


def _is_finding(asked: Rule, view: EvidenceView) -> bool:
    if view.kind != "finding" or view.topic not in asked.topics:
        return False
    if asked.stances and view.stance not in asked.stances:
        return False
    return (
        not asked.problems or view.problem in asked.problems or ("*" in asked.problems and bool(view.problem))
    )


def _about(asked: Rule, view: EvidenceView, cast: Cast) -> bool:
    around = fold(f"{view.title}\n{view.quote}")
    return all(part in cast and naming(cast[part]).search(around) for part in asked.about)


def _says(asked: Rule, text: str, cast: Cast) -> bool:
    if asked.unless is not None and asked.unless.search(text):
        return False
    if asked.along is not None and not asked.along.search(text):
        return False
    if asked.clause:
        return any(_names_and_words(asked, part, cast) for part in _CLAUSE.split(text))
    return _names_and_words(asked, text, cast)


def _names_and_words(asked: Rule, text: str, cast: Cast) -> bool:
    if asked.words is not None and not asked.words.search(text):
        return False
    return all(part in cast and naming(cast[part]).search(text) for part in asked.names)


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
