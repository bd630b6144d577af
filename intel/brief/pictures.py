"""The charts of a briefing: tables of counts and figures that can be drawn, each with words in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intel.brief.blocks import Chart, ChartKind, Row, Table
from intel.brief.choosing import Choice
from intel.brief.coverage import STATES
from intel.brief.evidence import Evidence
from intel.brief.figures import proven
from intel.brief.material import Material, TopicState, Voice
from intel.brief.parts import evidence_of
from intel.brief.words import Count, Figure, Label, Lang, Measure, Period, Phrase, Said, Short, Vocabulary
from intel.config import CHINA
from intel.series import PointView, period_order

MONTHS = 12
COURIERS = 6
SERIES = 2
FEWEST_POINTS = 3


def charts(
    material: Material, choices: Sequence[Choice], states: Sequence[TopicState], vocabulary: Vocabulary
) -> tuple[Chart, ...]:
    """Those of the charts that have something to show."""
    own = [one for one in choices if one.finding.account == material.account.id]
    drawn = (
        timeline(own, vocabulary),
        voices(material.voices, vocabulary),
        coverage(choices, states, vocabulary),
        *(series(points, vocabulary) for points in _by_series(material.points)),
    )
    return tuple(chart for chart in drawn if chart is not None)


@dataclass(frozen=True, slots=True)
class _Words:
    title: Phrase | Label
    alt: Phrase


def _chart(vocabulary: Vocabulary, kind: ChartKind, words: _Words, table: Table) -> Chart:
    return Chart(
        kind=kind,
        said=words.title,
        alt=words.alt,
        table=table,
        no_font=vocabulary.word("no_font"),
        data_word=vocabulary.word("data_table"),
    )


def timeline(choices: Sequence[Choice], vocabulary: Vocabulary) -> Chart | None:
    """Independent reports of each event type by month, the last twelve."""
    events = [one for one in choices if one.finding.event]
    months = _months([_month(one) for one in events])
    types = [key for key in vocabulary.tables["events"] if any(one.finding.event == key for one in events)]
    if not months or not types:
        return None
    rows = []
    labels = [vocabulary.label("events", key) for key in types]
    for label in labels:
        of_type = [one for one in events if one.finding.event == label.key]
        counts = [_reports(evidence_of(one for one in of_type if _month(one) == month)) for month in months]
        if any(counts):
            rows.append(Row((Short(label), *counts)))
    words = _Words(vocabulary.word("chart_timeline"), _spanning(vocabulary, "alt_timeline", months, labels))
    return _chart(vocabulary, ChartKind.GRID, words, _by_period(vocabulary.word("event_type"), months, rows))


def voices(told: Sequence[Voice], vocabulary: Vocabulary) -> Chart | None:
    """Independent reports that name a courier beside the client, by month; the couriers named most."""
    months = _months([one.day.isoformat()[:7] for one in told])
    named: dict[str, set[int]] = {}
    for one in told:
        if one.day.isoformat()[:7] in months:
            named.setdefault(one.courier, set()).add(one.story)
    couriers = sorted(named, key=lambda courier: (-len(named[courier]), courier))[:COURIERS]
    if not couriers:
        return None
    labels = [vocabulary.label("accounts", courier) for courier in couriers]
    rows = [
        Row(
            (
                label,
                *(
                    _reports(tuple(_title(one) for one in told if _of(one, label.key, month)))
                    for month in months
                ),
            )
        )
        for label in labels
    ]
    words = _Words(vocabulary.word("chart_voice"), _spanning(vocabulary, "alt_voice", months, labels))
    return _chart(vocabulary, ChartKind.STACK, words, _by_period(vocabulary.word("courier"), months, rows))


def coverage(choices: Sequence[Choice], states: Sequence[TopicState], vocabulary: Vocabulary) -> Chart | None:
    """Topics by state, with the number of independent reports."""
    rows = []
    for one in states:
        answering = evidence_of(c for c in choices if one.topic in (c.finding.topic, *c.topics))
        count = Count(Measure.REPORTS, answering)
        cells = [count if one.state == state else None for state in STATES]
        rows.append(Row((Short(vocabulary.label("topics", one.topic)), *cells)))
    if not rows:
        return None
    topics = Count(Measure.LABELS, tuple(vocabulary.label("topics", one.topic) for one in states))
    header = (vocabulary.word("topic"), *(vocabulary.label("states", state) for state in STATES))
    words = _Words(vocabulary.word("chart_coverage"), vocabulary.say("alt_coverage", types=topics))
    return _chart(vocabulary, ChartKind.MATRIX, words, Table(header, tuple(rows)))


def series(points: Sequence[PointView], vocabulary: Vocabulary) -> Chart | None:
    """A statistical series of one subject over time, of the values that their quotes prove."""
    told = [one for one in points if proven(one.shown, one.quote)]
    if len(told) < FEWEST_POINTS:
        return None
    periods = tuple(one.period for one in told)
    label = vocabulary.label("series", told[0].series)
    lang = vocabulary.lang
    cells = tuple(
        Figure(one.shown, number, _point(one), lang=lang)
        for one, number in zip(told, _drawn(told, lang), strict=True)
    )
    row = Row((vocabulary.label("subjects", told[0].subject), *cells))
    first, last = Period(periods[0]), Period(periods[-1])
    words = _Words(
        vocabulary.say("chart_series", series=label), vocabulary.say("alt_series", first=first, last=last)
    )
    return _chart(vocabulary, ChartKind.LINES, words, _by_period(vocabulary.word("value"), periods, [row]))


def _by_series(points: Sequence[PointView]) -> list[list[PointView]]:
    """The longest series of single months or quarters, each by its best source, in order of time."""
    groups: dict[tuple[str, str, str], dict[str, PointView]] = {}
    for one in points:
        if "/" not in one.period:
            unit = one.shown.lstrip("0123456789.")  # 亿件 beside 万件 would be no line
            groups.setdefault((one.series, one.subject, unit), {}).setdefault(one.period, one)
    longest = sorted(groups.values(), key=len, reverse=True)[:SERIES]
    return [sorted(group.values(), key=lambda one: period_order(one.period)) for group in longest]


def _number(shown: str) -> float:
    return float(shown[: len(shown) - len(shown.lstrip("0123456789."))])


def _drawn(points: Sequence[PointView], lang: Lang) -> Iterator[float]:
    """The numbers that are drawn: by the scale they share in Chinese, in English by the largest one's."""
    if lang is Lang.ZH:
        yield from (_number(one.shown) for one in points)
    else:
        thousands = (len(f"{max(abs(one.value) for one in points):.0f}") - 1) // 3
        yield from (one.value / 1000**thousands for one in points)


def _point(one: PointView) -> Evidence:
    return Evidence(
        quote=one.quote,
        place=None,
        day=one.dated_at.astimezone(CHINA).date(),
        title=one.title,
        url=one.url,
        source=one.source_label,
        reliability=one.reliability,
        credibility=6,  # points are not rated one by one
        why="",
        copies=(),
        story=one.story,
    )


def _title(one: Voice) -> Evidence:
    return Evidence(
        quote=one.quote,
        place=None,
        day=one.day,
        title=one.quote,
        url=one.url,
        source=one.source,
        reliability=one.reliability,
        credibility=6,
        why="",
        copies=(),
        story=one.story,
    )


def _of(one: Voice, courier: str, month: str) -> bool:
    return one.courier == courier and one.day.isoformat().startswith(month)


def _month(one: Choice) -> str:
    return one.finding.dated_at.astimezone(CHINA).strftime("%Y-%m")


def _months(told: Sequence[str]) -> tuple[str, ...]:
    """All months from the first told to the last, at most the last twelve."""
    if not told:
        return ()
    year, month = map(int, max(told).split("-"))
    back = [f"{year - (month < n + 1):04d}-{(month - n - 1) % 12 + 1:02d}" for n in range(MONTHS)]
    first = max(min(told), back[-1])
    return tuple(one for one in reversed(back) if one >= first)


def _reports(proof: tuple[Evidence, ...]) -> Count | None:
    return Count(Measure.REPORTS, proof) if proof else None


def _by_period(first: Label, periods: Sequence[str], rows: Sequence[Row]) -> Table:
    header: tuple[Said, ...] = (first, *map(Period, periods))
    return Table(header, tuple(rows))


def _spanning(vocabulary: Vocabulary, key: str, months: Sequence[str], labels: Sequence[Label]) -> Phrase:
    types = Count(Measure.LABELS, tuple(labels))
    return vocabulary.say(key, first=Period(months[0]), last=Period(months[-1]), types=types)
