"""What the rules take for evidence: a content, its mentions and events in, Findings by cues and events out.

At most one for an account, a topic and a sentence. What counts as evidence stands in topics.toml;
`pipelines.topics` weighs what is found here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import ahocorasick

from intel.model import Event, Finding, Mention, Role
from pipelines.focus import turned_on
from pipelines.text import fold, sentences
from pipelines.topic_rules import Cue, EventRule, Need, Reach, topic_table

_NUMBER = re.compile(r"\d|[一二两三四五六七八九十百千][成倍万亿千百十个家天年月日]|百分之|万分之|double|half")
_CLAUSE = re.compile(r"[,;，；。!！?？\n]")
# A title repeats its lead: with this share of the shorter's bigrams in the longer they say one thing.
_SAME_WORDS = 0.7
# Room for 11月20日， before the name a sentence opens with.
_LEADING = 8
_FAR = 12  # sentences that a paragraph is looked back for whom it speaks of


def find(
    content: str, mentions: Sequence[Mention], events: Sequence[Event], roles: Mapping[str, Role]
) -> tuple[Finding, ...]:
    """The evidence that rules find in an article. `roles` maps account ids to what they are to us."""
    text = _read(content, mentions, roles)
    found: dict[tuple[str, str, int], Finding] = {}
    # Events first: where an event and a cue agree on a sentence, the event is the better reason.
    for finding in (*_from_events(text, events), *_from_cues(text)):
        found.setdefault((finding.account, finding.topic, finding.start), finding)
    return tuple(sorted(found.values(), key=lambda f: (f.start, f.account, f.topic)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence; `words` maps each word of the table that it holds to where that first stands."""

    number: int
    start: int
    end: int
    folded: str
    words: Mapping[str, int]
    mentions: tuple[Mention, ...]
    moods: frozenset[str]
    opens_paragraph: bool


@dataclass(frozen=True, slots=True)
class _Text:
    """A text read. `namings` are the first mentions, in title and body, of the accounts that it turns on."""

    content: str
    roles: Mapping[str, Role]
    sentences: tuple[_Sentence, ...]
    mentions: tuple[Mention, ...]
    central: frozenset[Mention]

    starts: tuple[int, ...]
    namings: tuple[Mention, ...]

    def finding(self, account: str, topic: str, sentence: _Sentence, rule: str, event: str | None) -> Finding:
        quote = self.content[sentence.start : sentence.end]
        return Finding(account, topic, sentence.start, sentence.end, quote, rule, event)

    def accounts(self, mentions: Iterable[Mention], roles: Collection[Role]) -> tuple[str, ...]:
        """The accounts of these roles, each once, in text order."""
        return tuple(dict.fromkeys(m.account for m in mentions if self.roles.get(m.account) in roles))


# --- reading -----------------------------------------------------------------------------------


def _read(content: str, mentions: Sequence[Mention], roles: Mapping[str, Role]) -> _Text:
    folded = fold(content)
    spans = sentences(content)
    starts = [start for start, _ in spans]
    words: list[dict[str, int]] = [{} for _ in spans]
    named: list[list[Mention]] = [[] for _ in spans]
    for at, word in _words_in(folded):
        words[bisect_right(starts, at) - 1].setdefault(word, at)
    for mention in mentions:
        named[bisect_right(starts, mention.start) - 1].append(mention)
    cut = tuple(
        _Sentence(
            number,
            start,
            end,
            folded[start:end],
            words[number],
            tuple(named[number]),
            frozenset(name for name, mood in topic_table().moods.items() if _any(mood.words, words[number])),
            number == 0 or "\n" in content[spans[number - 1][1] : start],
        )
        for number, (start, end) in enumerate(spans)
    )
    places = [(mention.start, mention.end, mention.account) for mention in mentions]
    turns_on = turned_on(folded, places)
    central = frozenset(mention for mention in mentions if mention.about and mention.account in turns_on)
    title_end = content.find("\n")
    first: dict[tuple[str, bool], Mention] = {}
    for mention in mentions:
        if mention in central:
            first.setdefault((mention.account, mention.start < title_end), mention)
    return _Text(content, roles, cut, tuple(mentions), central, tuple(starts), tuple(first.values()))


@cache
def _automaton() -> ahocorasick.Automaton:
    table = topic_table()
    automaton = ahocorasick.Automaton()
    lists = [*table.groups.values(), *(mood.words for mood in table.moods.values())]
    for topic in table.topics.values():
        lists += (words for cue in topic.cues for words in (cue.words, cue.along, cue.unless))
        lists += (words for rule in topic.events for words in (rule.along, rule.unless))
    for word in {word for words in lists for word in words}:
        automaton.add_word(word, word)
    automaton.make_automaton()
    return automaton


def _words_in(folded: str) -> Iterator[tuple[int, str]]:
    for last, word in _automaton().iter(folded):
        start = last - len(word) + 1
        if not (_splits_latin(folded, start) or _splits_latin(folded, last + 1)):
            yield start, word


def _splits_latin(text: str, at: int) -> bool:
    """Whether a Latin word goes on across this place, so that a match here ends inside it."""
    pair = text[at - 1 : at + 1] if at else ""
    return len(pair) == 2 and pair.isascii() and pair.isalpha()


def _any(words: Iterable[str], found: Mapping[str, int]) -> bool:
    return not found.keys().isdisjoint(words)


# --- evidence ----------------------------------------------------------------------------------


def _from_events(text: _Text, events: Sequence[Event]) -> Iterator[Finding]:
    starts = [sentence.start for sentence in text.sentences]
    for event in events:
        sentence = text.sentences[bisect_right(starts, event.start) - 1]
        for topic, rule in _event_rules().get(event.type, ()):
            if event.status not in topic_table().topics[topic].statuses:
                continue
            if not _allows(rule, sentence, text):
                continue
            for account in _parties(rule, event, sentence, text):
                yield text.finding(account, topic, sentence, f"event:{event.type}", event.type)


@cache
def _event_rules() -> Mapping[str, tuple[tuple[str, EventRule], ...]]:
    """Event type to the topics it is evidence for."""
    rules: dict[str, tuple[tuple[str, EventRule], ...]] = {}
    for name, topic in topic_table().topics.items():
        for rule in topic.events:
            rules[rule.type] = (*rules.get(rule.type, ()), (name, rule))
    return rules


def _parties(rule: EventRule, event: Event, sentence: _Sentence, text: _Text) -> tuple[str, ...]:
    """The accounts an event rule speaks of; a part nobody fills falls to whom the sentence is about."""
    filling = event.filling(rule.role)
    if rule.role == "named" or (rule.role == "subject" and not filling):
        return _owners(sentence, text, rule.roles, rule.reach, event.start)
    return tuple(
        dict.fromkeys(a.account for a in filling if a.account and text.roles.get(a.account) in rule.roles)
    )


def _from_cues(text: _Text) -> Iterator[Finding]:
    for sentence in text.sentences:
        if _heads_a_table(sentence.folded):
            continue
        for topic, number, cue in _cues_for(sentence):
            at = _holds(cue, sentence, text)
            if at is None:
                continue
            across = not {"courier", "named courier"}.isdisjoint(cue.needs)
            for account in _owners(sentence, text, cue.roles, cue.reach, at, across=across):
                yield text.finding(account, topic, sentence, f"cue:{topic}.{number}", None)


def _heads_a_table(line: str) -> bool:
    """Whether a line is a table row that names its columns: it says nothing without the rows below."""
    return " | " in line and not any(character.isdigit() for character in line)


def _cues_for(sentence: _Sentence) -> Iterator[tuple[str, int, Cue]]:
    """The cues one of whose words stands in the sentence, in the table's order."""
    ranks = sorted({rank for word in sentence.words for rank in _ranks().get(word, ())})
    return (_ranked()[rank] for rank in ranks)


@cache
def _ranked() -> tuple[tuple[str, int, Cue], ...]:
    return tuple(
        (name, number, cue)
        for name, topic in topic_table().topics.items()
        for number, cue in enumerate(topic.cues, 1)
    )


@cache
def _ranks() -> Mapping[str, tuple[int, ...]]:
    ranks: dict[str, tuple[int, ...]] = {}
    for rank, (_, _, cue) in enumerate(_ranked()):
        for word in cue.words:
            ranks[word] = (*ranks.get(word, ()), rank)
    return ranks


def _holds(cue: Cue, sentence: _Sentence, text: _Text) -> int | None:
    """Where the cue's word stands if everything the cue asks for is there, else None."""
    if not _allows(cue, sentence, text) or (cue.pattern and not cue.pattern.search(sentence.folded)):
        return None
    places = (sentence.words[word] for word in cue.words if word in sentence.words)
    return min((at for at in places if not _disturbed(at, sentence, cue.allow)), default=None)


def _disturbed(at: int, sentence: _Sentence, allow: Collection[str]) -> bool:
    """Whether a question, a denial or the like covers what stands at this place."""
    moods = topic_table().moods
    for name in sentence.moods.difference(allow):
        if moods[name].scope == "sentence":
            return True
        places = (sentence.words[word] for word in moods[name].words if word in sentence.words)
        if any(
            not _CLAUSE.search(sentence.folded[slice(*_between(at, place, sentence))]) for place in places
        ):
            return True
    return False


def _between(one: int, other: int, sentence: _Sentence) -> tuple[int, int]:
    return min(one, other) - sentence.start, max(one, other) - sentence.start


_Test = Callable[[_Sentence, _Text], bool]
_NEEDS: Mapping[Need, _Test] = {
    "number": lambda sentence, _: bool(_NUMBER.search(sentence.folded)),
    "client": lambda sentence, text: bool(text.accounts(sentence.mentions, {Role.CLIENT})),
    "named courier": lambda sentence, text: bool(text.accounts(sentence.mentions, {Role.COMPETITOR})),
    "two couriers": lambda sentence, text: len(text.accounts(sentence.mentions, {Role.COMPETITOR})) > 1,
    "courier": lambda sentence, text: (
        bool(text.accounts(sentence.mentions, {Role.COMPETITOR}))
        or _any(topic_table().groups["courier"], sentence.words)
    ),
}


def _allows(rule: Cue | EventRule, sentence: _Sentence, text: _Text) -> bool:
    """Whether the sentence holds what the rule asks for beside its words or its event."""
    if (rule.along and not _any(rule.along, sentence.words)) or _any(rule.unless, sentence.words):
        return False
    return all(_NEEDS[need](sentence, text) for need in rule.needs)


# --- whose sentence it is ----------------------------------------------------------------------


def _owners(
    sentence: _Sentence, text: _Text, roles: Collection[Role], reach: Reach, at: int, *, across: bool = True
) -> tuple[str, ...]:
    """The accounts a sentence speaks of at `at`: those it names, else the one its surroundings are about.

    `across`: the sentence may name accounts of other roles and still be about the surroundings' one.
    """
    if named := [m for m in sentence.mentions if text.roles.get(m.account) in roles]:
        before = [m for m in named if m.start <= at]
        role = text.roles[(before[-1] if before else named[0]).account]
        return text.accounts(named, {role})
    if reach == "sentence" or (sentence.mentions and not across):
        return ()
    earlier = _earlier_in_paragraph(sentence, text, roles)
    accounts = text.accounts(earlier, roles)
    if len(accounts) == 1:
        return accounts if any(m in text.central or _leads(m, text) for m in earlier) else ()
    return () if accounts or reach == "paragraph" else _about(text, roles)


def _earlier_in_paragraph(sentence: _Sentence, text: _Text, roles: Collection[Role]) -> tuple[Mention, ...]:
    """The mentions in the nearest earlier sentence of the paragraph that names accounts of these roles."""
    here = sentence
    while not here.opens_paragraph and sentence.number - here.number < _FAR:
        here = text.sentences[here.number - 1]
        if named := tuple(m for m in here.mentions if text.roles.get(m.account) in roles):
            return named
    return ()


def _leads(mention: Mention, text: _Text) -> bool:
    """Whether the mention opens its sentence, perhaps after a date, and so is what it is about."""
    return mention.start - text.starts[bisect_right(text.starts, mention.start) - 1] <= _LEADING


def _about(text: _Text, roles: Collection[Role]) -> tuple[str, ...]:
    """The one account of these roles that the title, or failing that the article, is about."""
    title_end = text.content.find("\n")
    about = text.namings
    titled = text.accounts((mention for mention in about if mention.start < title_end), roles)
    accounts = titled or text.accounts(about, roles)
    return accounts if len(accounts) == 1 else ()


# --- echoes ------------------------------------------------------------------------------------


def without_echoes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out what another finding of the same account and topic says more fully."""
    kept: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: (-len(f.quote), f.start)):
        fuller = kept.setdefault((finding.account, finding.topic), [])
        if not any(_repeats(finding.quote, other.quote) for other in fuller):
            fuller.append(finding)
    lasting = {id(finding) for fuller in kept.values() for finding in fuller}
    return (finding for finding in findings if id(finding) in lasting)


def _repeats(shorter: str, longer: str) -> bool:
    few, many = _bigrams(shorter), _bigrams(longer)
    return len(few & many) >= _SAME_WORDS * len(few)


def _bigrams(quote: str) -> frozenset[str]:
    letters = [character for character in fold(quote) if character.isalnum()]
    return frozenset(map("".join, pairwise(letters)))
