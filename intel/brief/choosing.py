"""Findings to choices: each report told by its best source, each quote once, ranked by what it is worth.

A quote that answers several topics is shown under one of them and counted under the others. What ranks
high: news that the next step depends on (`intel/briefing.toml`), believed, recent, and understood without
the text around it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from intel.brief.evidence import Evidence
from intel.brief.figures import numbers
from intel.brief.rules import Rules
from intel.brief.standing import named, only_in_passing, says_something, standing
from intel.config import CHINA
from intel.model import Account
from intel.views import FindingView
from pipelines.text import fold

One = TypeVar("One")
Key = TypeVar("Key")
# 11月5日 and TB-WL-2026-003: their digits are no figures.
_NO_FIGURE = re.compile(
    r"[0-9]{1,2}月(?:[0-9]{1,2}[日号])?|[0-9]{1,2}[日号]|[a-z][a-z0-9]{0,9}(?:-[a-z0-9]{1,9}){1,5}",
    re.IGNORECASE,
)
_EVENT = 1.5  # times as good as a statement of the same report
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """A quote to show: its best finding, other topics it answers, sources of its copies, and its worth.

    `worth` is that of news, `lasting` that of knowledge, which ages more slowly; `named` is whether the quote
    or its article's title names the account, and not in passing.
    """

    finding: FindingView
    topics: tuple[str, ...]
    copies: tuple[str, ...]
    worth: float
    lasting: float
    named: bool = True

    @property
    def evidence(self) -> Evidence:
        """The quote with what proves it."""
        return evidence(self.finding, self.copies)


def evidence(finding: FindingView, copies: tuple[str, ...] = ()) -> Evidence:
    """A finding as evidence."""
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
        story=finding.story,
    )


def choose(
    account: Account, findings: Sequence[FindingView], rules: Rules, now: datetime
) -> tuple[Choice, ...]:
    """What to show of an account's findings, newest first. Findings of other accounts yield to its own."""
    told = list(_witnesses(one for one in findings if says_something(one.quote)))
    crowd = Counter(finding.topic for finding, _ in told)
    groups: dict[str, list[tuple[FindingView, tuple[str, ...]]]] = defaultdict(list)
    for finding, copies in told:
        groups[_MARKS.sub("", fold(finding.quote)) or finding.quote].append((finding, copies))
    chosen = [_choice(account, group, crowd, rules, now) for group in groups.values()]
    articles = by(chosen, lambda one: str(one.finding.article)).values()
    return tuple(newest_first(one for of_article in articles for one in _whole(of_article)))


def _witnesses(findings: Iterable[FindingView]) -> Iterable[tuple[FindingView, tuple[str, ...]]]:
    """Of each story on a topic the findings of its best article, with the labels of its other sources.

    Of an event that this article does not tell, those of the best one that does.
    """
    stories: dict[int, list[FindingView]] = defaultdict(list)
    for finding in findings:
        stories[finding.story].append(finding)
    for told in stories.values():
        order = {one.article: (one.reliability, one.dated_at, one.article) for one in told}
        for topic in dict.fromkeys(one.topic for one in told):
            tellings = [one for one in told if one.topic == topic]
            teller = _tellers(tellings, order)
            for one in tellings:
                if one.article == teller[one.event]:
                    others = (other.source_label for other in told if other.source_label != one.source_label)
                    yield one, tuple(dict.fromkeys(others))


def _tellers(
    tellings: Sequence[FindingView], order: Mapping[int, tuple[object, ...]]
) -> Mapping[str | None, int]:
    """By event (None: without one) the article whose findings of a story are shown."""
    first = min((one.article for one in tellings), key=lambda article: order[article])
    told = {one.event for one in tellings if one.article == first} | {None}
    apart = by((one for one in tellings if one.event not in told), lambda one: one.event)
    best = {event: min((one.article for one in of), key=lambda at: order[at]) for event, of in apart.items()}
    return dict.fromkeys(told, first) | best


def _choice(
    account: Account,
    group: Sequence[tuple[FindingView, tuple[str, ...]]],
    crowd: Counter[str],
    rules: Rules,
    now: datetime,
) -> Choice:
    """One quote, told once: under its own account's scarcest topic, by its most reliable source."""

    def fitness(one: tuple[FindingView, tuple[str, ...]]) -> tuple[object, ...]:
        finding = one[0]
        return (
            finding.account != account.id,
            finding.reliability,
            finding.event is None,
            crowd[finding.topic],
            finding.dated_at,
            finding.id,
        )

    best, copies = min(group, key=fitness)
    others = (finding.source_label for finding, _ in group if finding.source_label != best.source_label)
    topics = dict.fromkeys(finding.topic for finding, _ in group if finding.topic != best.topic)
    return Choice(
        best,
        tuple(topics),
        tuple(dict.fromkeys((*copies, *others))),
        worth(best, account, rules, now, rules.half_life),
        worth(best, account, rules, now, rules.half_life_known),
        named(f"{best.quote}\n{best.title}", account)
        and not only_in_passing(best.quote, account, rules.quote),
    )


def _whole(choices: Sequence[Choice]) -> list[Choice]:
    """The quotes of an article that are no part of another; those answer the topics of their parts too."""
    kept: list[Choice] = []
    for one in sorted(choices, key=lambda one: (one.finding.start - one.finding.end, one.finding.start)):
        around = next((i for i, other in enumerate(kept) if _holds(other.finding, one.finding)), None)
        if around is None:
            kept.append(one)
            continue
        whole = kept[around]
        topics = dict.fromkeys((*whole.topics, one.finding.topic, *one.topics))
        topics.pop(whole.finding.topic, None)
        kept[around] = replace(whole, topics=tuple(topics))
    return kept


def _holds(whole: FindingView, part: FindingView) -> bool:
    return whole.start <= part.start and part.end <= whole.end


def news(finding: FindingView) -> str | None:
    """The type of event that it is news of; that nothing will change is no news of the change."""
    return None if finding.stance == "lowers" else finding.event


def weight(finding: FindingView, rules: Rules) -> float:
    """What such news weighs, 0 to 10."""
    event = news(finding)
    if event is None:
        return rules.topics.get(finding.topic, rules.default)
    return rules.events.get(event, rules.default)


def believed(finding: FindingView, rules: Rules) -> float:
    """Its weight as far as it can be believed."""
    return weight(finding, rules) * rules.credibility[str(finding.credibility)]


def worth(finding: FindingView, account: Account, rules: Rules, now: datetime, half_life: float) -> float:
    """What it is worth to read now, if half of its worth is gone after so many days."""
    alone = standing(finding.quote, account, rules, finding.title)
    certain: float = finding.certainty**rules.doubt
    return believed(finding, rules) * fresh((now - finding.dated_at).days, half_life) * certain * alone


def fresh(age: int, half_life: float) -> float:
    """What is left after so many days, 1 of today's."""
    left: float = 0.5 ** (max(age, 0) / half_life)
    return left


def best_of_stories(
    choices: Iterable[Choice], worth: Callable[[Choice], float] = lambda one: one.worth
) -> list[Choice]:
    """The best quote of each report, the most worth first."""
    best: dict[int, Choice] = {}
    for one in sorted(choices, key=lambda one: -worth(one)):
        best.setdefault(one.finding.story, one)
    return list(best.values())


def top(choices: Iterable[Choice], most: int, same_event: int) -> list[Choice]:
    """The reports most worth reading, at most so many of one event type or topic; newest first.

    None that was read with little certainty or names the account neither in the quote nor in the title. Of a
    report an event is told rather than a statement, and nothing whose figures a better report tells.
    """
    fit = [one for one in choices if one.named and not one.finding.hardly_certain]
    left = [_best_last(told) for told in by(fit, lambda one: one.finding.story).values()]
    taken: list[Choice] = []
    kinds: Counter[str] = Counter()
    while left and len(taken) < most:
        report = max(left, key=lambda told: told[-1].worth)
        one = report.pop()
        kind = news(one.finding) or one.finding.topic
        again = any(_same_figures(one, other) for other in taken)
        if kinds[kind] < same_event and not again:
            kinds[kind] += 1
            taken.append(one)
        if not (again and report):
            left.remove(report)
    return newest_first(taken)


def _best_last(report: Sequence[Choice]) -> list[Choice]:
    """The quotes of a report; what tells an event comes before a statement."""
    return sorted(report, key=lambda one: one.worth * (_EVENT if news(one.finding) else 1))


def _same_figures(one: Choice, other: Choice) -> bool:
    """Whether two reports tell the same: at least two figures, and half of those of the shorter quote."""
    mine, theirs = (numbers(_NO_FIGURE.sub(" ", fold(each.finding.quote))) for each in (one, other))
    common = len(mine & theirs)
    return common >= 2 and common * 2 >= min(len(mine), len(theirs))


def spread(choices: Sequence[Choice], most: int | None) -> list[Choice]:
    """At most so many quotes: the best of each report before a report's second; newest first."""
    if most is None or len(choices) <= most:
        return newest_first(choices)
    first = best_of_stories(choices, lambda one: one.lasting)
    rest = sorted((one for one in choices if one not in first), key=lambda one: -one.lasting)
    return newest_first([*first, *rest][:most])


def newest_first(choices: Iterable[Choice]) -> list[Choice]:
    """By day, newest first, then as they stand in the text."""
    return sorted(choices, key=lambda one: (-one.finding.dated_at.timestamp(), one.finding.start))


def by(choices: Iterable[One], key: Callable[[One], Key]) -> dict[Key, list[One]]:
    """Choices or findings by a key, in the order in which keys first come."""
    groups: dict[Key, list[One]] = {}
    for one in choices:
        groups.setdefault(key(one), []).append(one)
    return groups
