"""What counts as evidence: rows of a table as rules for sentences, and sentences as evidence, copies once.

In: a row of a TOML table; and sentences. Out: a `Rule`; and `Evidence` as briefings quote it: of each story
one sentence of its most reliable article, the others named as copies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any

from intel.brief import Evidence
from intel.config import CHINA
from intel.model import COUNTED, Account
from intel.views import EvidenceView
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
