"""What the trained models say of events: which types a sentence tells, how it asserts them, of whom.

The rules of events.toml are heard first: what they found is evidence like any other, weighed by the training.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from intel.model import Status
from pipelines import assertion, concepts, features
from pipelines.event_parties import standing
from pipelines.event_tellings import Telling
from pipelines.features import Features
from pipelines.linear import Linear, load
from pipelines.name_features import cut
from pipelines.symbols import SIGNS, Name
from pipelines.text import fold, language
from pipelines.viewpoints import Candidate, Line, Seen, seen_from
from pipelines.whole_text import Asked, SecondLook, load_second_look

SUBJECT, COUNTERPARTY = "subject", "counterparty"
# Below this margin nobody is made the subject for want of a better one.
_UNLIKELY = -0.6
_BEHIND = 0.15  # joint subjects are about as sure as each other
# What stands between listed names: 圆通、申通和韵达; a place or a share in brackets may follow a name.
_LISTED = re.compile(
    r"\s{0,3}(?:[(][^()]{1,12}[)])?\s{0,3}(?:[、,/]|[、,]?\s{0,3}(?:以?及|[和与跟]|and\b|&))\s{0,3}"
)
# The least margin of a type. The thresholds that the training finds on its own writers let too much through
# of others' texts: this one was chosen on 568 texts of seven (docs/measurements.md).
BAR = 1.0
# Of English less was learned, so less is heard of it with as much certainty.
ENGLISH_BAR = 0.3
# Notices of platforms and plans of firms are worded as the rules of authorities are.
_RULES, _UNRULED = "policy", 2.0
# A run that tells a type: how many words, of how many symbols together at most.
_WORDS, _LONGEST = 3, 5
_EMPTY = frozenset(
    "的 了 着 过 在 于 与 和 及 或 从 由 向 对 把 将 被 让 给 为 以 是 有 也 都 还 又 就 而 并 但"
    " 起 后 前 上 下 中 内 等 其 该 本 这 那 一 个"
    " a an the of in on at to for and or its their by with from as is are was were has have it".split()
)
_EARLIER = 77  # tells the sentence before from the sentence


def type_features(line: Line, rules: Sequence[str], before: Line | None) -> Features:
    """A sentence, the names of the rules that fired in it, and the sentence before it."""
    words = [f"rule {rule}" for rule in rules] + [f"fired {rule.partition('.')[0]}" for rule in rules]
    words += ["title"] if line.in_title else []
    words += [f"signs {sign}" for sign in sorted({name.sign for name in line.names})]
    parts = [
        line.hashes,
        features.named(words),
        concepts.alone(line.concepts),
        concepts.together(line.concepts),
    ]
    if before is not None and not line.names:
        parts.append(features.salted(before.hashes, _EARLIER))
    return features.folded(np.concatenate(parts))


def status_features(seen: Seen, line: Line, kind: str, cue: str) -> Features:
    """A sentence that tells of an event of a type, and the status that the cues give its trigger."""
    line_cues = assertion.somewhere(fold(seen.content[line.start : line.end]))
    words = [f"cue {cue}", f"type {kind}", f"cue {cue} of {kind}", *(f"somewhere {one}" for one in line_cues)]
    return features.folded(np.concatenate((line.hashes, features.named(words))))


def party_features(seen: Seen, line: Line, candidate: Candidate, kind: str, frame: str) -> Features:
    """A sentence that tells of an event, seen from somebody; `frame` is the part the rules give them."""
    form = standing(fold(seen.content[candidate.name.start : candidate.name.end]))
    words = [f"frame {frame}", f"frame {frame} of {kind}", f"form {form}", f"form {form} of {kind}"]
    return seen_from(line, candidate, kind, words)


def frames(heard: Iterable[Telling]) -> Mapping[str, str]:
    """The part that the rules' tellings of an event give to each party, by its key."""
    return {
        (one.account or f"{one.start}"): role
        for telling in heard
        for role in (COUNTERPARTY, SUBJECT)
        for one in telling.event.filling(role)
    }


def place(line: Line, rules: Iterable[str]) -> Asked:
    """Where the question for the types of a sentence was asked."""
    return Asked(
        line.number, "", line.in_title, not line.names, frozenset(rule.partition(".")[0] for rule in rules)
    )


def types(seen: Seen, rules: Sequence[Sequence[str]]) -> list[list[tuple[str, float]]]:
    """The types of events that each sentence tells, each with its margin, the surest first.

    `rules` are the names of those that fired in each sentence.
    """
    judge = model("types")
    asked = [
        type_features(line, fired, seen.lines[line.number - 1] if line.number else None)
        for line, fired in zip(seen.lines, rules, strict=True)
    ]
    places = [place(line, fired) for line, fired in zip(seen.lines, rules, strict=True)]
    margins = second_look().again(judge.all_scores(asked), places, judge.labels)
    bar = ENGLISH_BAR if language(seen.content) == "en" else BAR
    return [
        [
            (kind, margin)
            for kind, margin in ((judge.labels[number], float(row[number])) for number in np.argsort(-row))
            if margin > (_UNRULED if kind == _RULES and not _has_authority(seen, line) else bar)
        ]
        for line, row in zip(seen.lines, margins, strict=True)
    ]


def _has_authority(seen: Seen, line: Line) -> bool:
    """Whether a sentence names an authority."""
    return any(standing(fold(seen.content[one.start : one.end])) == "authority" for one in line.names)


def status(seen: Seen, line: Line, kind: str, cue: str) -> Status:
    """How a sentence asserts an event of a type."""
    judge = model("statuses")
    return Status(judge.labels[int(np.argmax(judge.scores(status_features(seen, line, kind, cue))))])


def parties(
    seen: Seen, line: Line, kind: str, heard: Sequence[Telling]
) -> tuple[list[Candidate], list[Candidate]]:
    """Subjects and counterparties of an event that a sentence tells; `heard` are the rules' tellings of it.

    Where nobody is surely the subject, the likeliest is, unless all are unlikely.
    """
    judge = model("parties")
    framed = frames(heard)
    candidates = seen.candidates(line)
    margins = judge.all_scores(
        [party_features(seen, line, one, kind, framed.get(one.key, "none")) for one in candidates]
    )
    sides = (judge.labels.index(SUBJECT), judge.labels.index(COUNTERPARTY))
    rated = [
        (float(row[sides[0]]), float(row[sides[1]]), one)
        for row, one in zip(margins, candidates, strict=True)
    ]
    sure = [(subject, one) for subject, other, one in rated if subject > 0 and subject >= other]
    # Who is named in the sentence goes before who is carried into it, and the surest before the rest.
    sure = [pair for pair in sure if pair[1].places] or sure
    best = max((subject for subject, _ in sure), default=0.0)
    subjects = [one for subject, one in sure if subject > best - _BEHIND]
    if not subjects and rated:
        likeliest = max(rated, key=lambda each: each[0])
        subjects = [likeliest[2]] if likeliest[0] > _UNLIKELY else []
    with_them = _listed_with(subjects, seen, line)
    subjects += [
        one
        for subject, other, one in rated
        if one.key in with_them and subject >= other and one not in subjects
    ]
    opposite = [one for _, other, one in rated if other > 0 and one not in subjects]
    return subjects, opposite


def _listed_with(parties: Sequence[Candidate], seen: Seen, line: Line) -> set[str]:
    """The keys of all who stand in one list with one of the parties in a sentence."""
    keys, found = {one.key for one in parties}, set[str]()
    lists: list[list[Name]] = []
    for name in line.names:
        between = fold(seen.content[lists[-1][-1].end : name.start]) if lists else ""
        if lists and _LISTED.fullmatch(between):
            lists[-1].append(name)
        else:
            lists.append([name])
    for some in lists:
        here = {name.account or f"{name.start}" for name in some}
        if here & keys:
            found |= here
    return found


def telling_words(seen: Seen, line: Line, kind: str) -> tuple[int, int]:
    """The span of the one to three neighbouring words that speak most for a type; never of a name."""
    judge = model("types")
    label = judge.labels.index(kind)
    credit = np.zeros(line.last - line.first, dtype=np.float32)
    for n, each in enumerate(line.runs):
        weights = judge.weigh(features.folded(each[line.first : max(line.first, line.last - n)]), label)
        for shift in range(n + 1):
            credit[shift : shift + len(weights)] += weights / (n + 1)
    total = [0.0, *np.cumsum(credit, dtype=np.float64).tolist()]
    said = [
        ((total[last - line.first] - total[first - line.first]) / (last - first) ** 0.5, first, last)
        for first, last in _phrases(seen, line)
    ]
    if not said:
        return line.start, line.end
    _, first, last = max(said)
    return seen.symbols.starts[first], seen.symbols.ends[last - 1]


def _phrases(seen: Seen, line: Line) -> Iterator[tuple[int, int]]:
    """Runs of neighbouring words of a sentence, as symbols: short ones that neither begin nor end emptily."""
    words = list(_words(seen, line))
    for at, (first, _, begins) in enumerate(words):
        if not begins:
            continue
        for following, (start, last, ends) in enumerate(words[at : at + _WORDS]):
            if following and start != words[at + following - 1][1]:
                break
            if (
                ends
                and last - first <= _LONGEST
                and seen.symbols.ends[last - 1] - seen.symbols.starts[first] > 1
            ):
                yield first, last


def _words(seen: Seen, line: Line) -> Iterator[tuple[int, int, bool]]:
    """The words of a sentence as symbols, and whether each says something; marks and names part them."""
    read = seen.symbols
    text = fold(seen.content[line.start : line.end])
    ends = {line.start}
    at = line.start
    for word in cut(text):
        at += len(word)
        ends.add(at)
    first = line.first
    for number in range(line.first, line.last):
        start, end = read.starts[number], read.ends[number]
        if int(read.codes[number]) in SIGNS or not text[start - line.start].isalnum():
            first = number + 1
        elif end in ends or number + 1 == line.last:
            word = text[read.starts[first] - line.start : end - line.start]
            yield first, number + 1, word not in _EMPTY
            first = number + 1


@cache
def model(name: str) -> Linear:
    """A model of this step: types, statuses or parties."""
    return load(f"event-{name}")


@cache
def second_look() -> SecondLook:
    """The second look at the types."""
    return load_second_look("event-types")
