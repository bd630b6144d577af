"""An account file to what its page shows: verdict and why, the matrix, what changed, couriers, value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from intel.account_file import AccountFile
from intel.config import CHINA
from intel.coverage import Answer, State, counts
from intel.model import Account
from intel.query import LOOKED_AT
from intel.views import FindingView
from intel.web.drawing import Numbers, Picture, stacked
from intel.web.language import Words
from intel.web.reasons import lack_step, question_text, verdict_sentence, why
from intel.web.site import link

RECENT = timedelta(days=30)
MOST_CHANGED, MOST_EVENTS, MOST_QUOTES, MONTHS = 6, 12, 3, 12
# From what can be built on to what is not known.
ORDER = (State.CORROBORATED, State.SINGLE_SOURCE, State.STALE, State.CONTRADICTED, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class LackView:
    """Something that stands in the way of a verdict, and what would take it away."""

    text: str
    state: str
    why: str
    step: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A question of the matrix with the findings behind its answer."""

    id: str
    text: str
    must: bool
    state: str
    score: int
    why: str
    count: int
    findings: tuple[FindingView, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the bar of states, in percent."""

    state: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class CourierRow:
    """A courier of the client: in how many independent reports, with which problems, and the newest word."""

    id: str
    name: str
    reports: int
    problems: tuple[tuple[str, int], ...]
    newest: FindingView
    link: str


@dataclass(frozen=True, slots=True)
class FileView:
    """The first page of an account file."""

    account: Account
    day: date
    since: date
    enough: bool
    sentence: str
    lacks: tuple[LackView, ...]
    answered: int
    must: int
    parts: tuple[Part, ...]
    topics: tuple[tuple[str, tuple[Cell, ...]], ...]
    changed: tuple[FindingView, ...]
    changed_count: int
    couriers: tuple[CourierRow, ...]
    events: tuple[FindingView, ...]
    months: Picture | None
    file: AccountFile
    looked_at: int = LOOKED_AT


def file_view(words: Words, file: AccountFile, since: date | None, names: dict[str, str]) -> FileView:
    """The page of an account file; `names` are what accounts are called."""
    start = since or file.day - RECENT
    changed = once(one for one in file.findings if _day(one) >= start)
    events = once((one for one in file.findings if one.event), by_event=True)
    return FileView(
        account=file.account,
        day=file.day,
        since=start,
        enough=file.verdict.sufficient,
        sentence=verdict_sentence(words, file.verdict),
        lacks=tuple(_lacks(words, file)),
        answered=file.verdict.answered,
        must=file.verdict.must_have,
        parts=tuple(parts_of(file.answers)),
        topics=tuple(_topics(words, file)),
        changed=tuple(changed[:MOST_CHANGED]),
        changed_count=len(changed),
        couriers=tuple(courier_rows(words, file, names)),
        events=tuple(events[:MOST_EVENTS]),
        months=by_month(words, [one for one in events if one.account == file.account.id], file),
        file=file,
    )


def once(findings: Iterable[FindingView], *, by_event: bool = False) -> list[FindingView]:
    """One finding a report (and event), the most credible, newest report first."""
    best: dict[tuple[int, str], FindingView] = {}
    for one in findings:
        key = one.story, (one.event or "") if by_event else ""
        known = best.get(key)
        if known is None or (one.credibility, one.reliability) < (known.credibility, known.reliability):
            best[key] = one
    return sorted(best.values(), key=lambda one: (-one.dated_at.timestamp(), one.url, one.start))


def parts_of(answers: Sequence[Answer]) -> Iterable[Part]:
    """The bar of states: how much of all questions is in each."""
    told, start = counts(answers), 0.0
    for state in ORDER:
        width = 100.0 * told[state] / max(1, len(answers))
        if width:
            yield Part(state.value, told[state], round(start, 2), round(width, 2))
        start += width


def _lacks(words: Words, file: AccountFile) -> Iterable[LackView]:
    answers = {one.question.id: one for one in file.answers}
    for lack in file.verdict.lacks:
        answer = answers.get(lack.question)
        yield LackView(
            text=question_text(words, answer, file.account)
            if answer
            else words.label("criteria", lack.criterion),
            state=lack.state.value,
            why=why(words, answer, file.day) if answer else words.say("why_criterion"),
            step=lack_step(words, lack),
            anchor=f"q-{lack.question}" if answer else "value",
        )


def _topics(words: Words, file: AccountFile) -> Iterable[tuple[str, tuple[Cell, ...]]]:
    for topic, answers in groupby(file.answers, key=lambda one: one.question.topic):
        yield words.short("topics", topic), tuple(_cell(words, file, one) for one in answers)


def _cell(words: Words, file: AccountFile, answer: Answer) -> Cell:
    topic = answer.question.topic
    return Cell(
        id=answer.question.id,
        text=question_text(words, answer, file.account),
        must=answer.question.must,
        state=answer.state.value,
        score=round(answer.score * 100),
        why=why(words, answer, file.day),
        count=len(answer.findings),
        findings=answer.findings[:MOST_QUOTES],
        more=link(f"/accounts/{file.account.id}/findings", topic=topic),
    )


def courier_rows(words: Words, file: AccountFile, names: dict[str, str]) -> Iterable[CourierRow]:
    """The couriers that findings of a client name, those with most reports first."""
    told: dict[str, list[FindingView]] = {}
    for one in file.findings:
        for courier in one.couriers if one.account == file.account.id else ():
            told.setdefault(courier, []).append(one)
    ranked = sorted(told.items(), key=lambda item: (-len({one.story for one in item[1]}), item[0]))
    for courier, findings in ranked:
        problems = Counter(
            problem for _, problem in sorted({(one.story, one.problem) for one in findings if one.problem})
        )
        yield CourierRow(
            id=courier,
            name=names.get(courier, courier),
            reports=len({one.story for one in findings}),
            problems=tuple((words.label("problems", name), n) for name, n in problems.most_common(4)),
            newest=findings[0],
            link=link(f"/accounts/{file.account.id}/findings", courier=courier),
        )


def by_month(words: Words, events: Sequence[FindingView], file: AccountFile) -> Picture | None:
    """How many reports of the commonest events there were in each of the last months that are whole."""
    whole = file.whole_since
    months = [one for one in _months(file.day) if whole is None or one > f"{whole:%Y-%m}"]
    told = [(one.event or "", f"{one.dated_at.astimezone(CHINA):%Y-%m}") for one in events]
    told = [pair for pair in told if pair[1] in months]
    if not told:
        return None
    kinds = [name for name, _ in Counter(name for name, _ in told).most_common(5)]
    counted = Counter(told)
    rows = [*kinds, ""] if any(name not in kinds for name, _ in told) else kinds
    values = [
        [
            float(
                counted[name, month]
                if name
                else sum(n for (kind, when), n in counted.items() if when == month and kind not in kinds)
            )
            for month in months
        ]
        for name in rows
    ]
    labels = [words.short("events", name) if name else words.say("other") for name in rows]
    return stacked(Numbers(labels, [month[2:] for month in months], values))


def _months(day: date) -> Iterable[str]:
    first = day.year * 12 + day.month - MONTHS
    return (f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, first + MONTHS))


def _day(finding: FindingView) -> date:
    return finding.dated_at.astimezone(CHINA).date()
