"""Events in an article: what it names and how its sentences read in, Events with roles and status out.

The rules (`pipelines.event_tellings`) hear triggers; the trained models weigh them together with the
wording of the sentence, and decide which types it tells, of whom, and how it asserts them. An event is
told once per article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from intel.model import COUNTED, Argument, Entity, Event, Status
from pipelines import event_model as learned
from pipelines.courier_moves import moves
from pipelines.event_parties import Scene
from pipelines.event_rules import EventType, table
from pipelines.event_status import Told, settled
from pipelines.event_tellings import Telling, measure_of, measures, once, within
from pipelines.symbols import COURIER, Name
from pipelines.text import fold
from pipelines.timespans import TIMES
from pipelines.viewpoints import Candidate, Line, Seen
from pipelines.whole_text import certainty

MODELS = ("types", "statuses", "parties")
_CHANGE = "carrier_change"
_NEWS = timedelta(days=365)
_OPENING = re.compile(r"[“\"]?(?:In |Back in )?(?:19|20)\d\d(?:年[^，。；、]{0,6})?[，,]")  # 2021年深秋，
_GOES_ON = ("起", "以来", "以來", "至今")  # 自2025年3月起累计拖欠: what began then is not over
# One company's penalty or figures are an event of their own, though a sentence tells of several.
_EACH_ITS_OWN = frozenset({"earnings", "penalty", "service_quality"})


def find(seen: Seen, heard: Iterable[Telling], entities: Sequence[Entity]) -> tuple[Event, ...]:
    """The events of an article, in text order, with every status; only those in COUNTED happened.

    `heard` is what the rules heard in it. All spans point into `seen.content`; `quote` is a whole sentence.
    """
    by_line: dict[int, list[Telling]] = {}
    for telling in heard:
        by_line.setdefault(telling.event.start, []).append(telling)
    rules = [sorted({one.event.rule for one in by_line.get(line.start, ())}) for line in seen.lines]
    told = [
        one
        for line, types in zip(seen.lines, learned.types(seen, rules), strict=True)
        for one in _told(seen, line, types, (by_line.get(line.start, ()), entities))
    ]
    title_end = seen.content.find("\n")
    in_body = {one.kind.name for one in told if one.event.start > title_end}
    # A title repeats what the text says more fully.
    told = [one for one in told if one.event.start > title_end or one.kind.name not in in_body]
    return tuple(sorted(once(told), key=lambda event: (event.start, event.type)))


def dated(events: Iterable[Event], entities: Iterable[Entity], published: date | None) -> tuple[Event, ...]:
    """The events with the ISO values of their dates and periods, as dated entities have them.

    What a sentence dates more than a year before the publication is background.
    """
    times = [one for one in entities if one.kind in TIMES]
    values = {(one.start, one.end): one.value for one in times}
    return tuple(
        replace(
            event,
            arguments=tuple(_dated(one, values) for one in event.arguments),
            status=Status.BACKGROUND if published and _long_past(event, times, published) else event.status,
        )
        for event in events
    )


def _dated(argument: Argument, values: Mapping[tuple[int, int], str]) -> Argument:
    if argument.role not in TIMES or argument.value:
        return argument
    return replace(argument, value=values.get((argument.start, argument.end), ""))


def _long_past(event: Event, times: Sequence[Entity], published: date) -> bool:
    """Whether all times of a sentence are of more than a year before; a year alone where it opens it."""
    if event.status not in COUNTED:
        return False
    told = [one for one in within(times, event.start, event.end) if one.value]
    latest = (published - _NEWS).isoformat()
    dates = [one for one in told if one.kind == "date" or _OPENING.match(event.quote)]
    return bool(dates) and all(
        (last := one.value.rpartition("/")[2]) < latest[: len(last)]
        and not event.quote.startswith(_GOES_ON, one.end - event.start)
        for one in told
    )


def _told(
    seen: Seen,
    line: Line,
    types: Iterable[tuple[str, float]],
    known: tuple[Sequence[Telling], Sequence[Entity]],
) -> Iterator[Telling]:
    """The events of the types that a sentence tells; `known` is what the rules heard, and the names."""
    heard, entities = known
    for name, margin in types:
        mine = [telling for telling in heard if telling.kind.name == name]
        start, end = (mine[0].start, mine[0].end) if mine else learned.telling_words(seen, line, name)
        kind = table().types[name]
        subjects, opposite = learned.parties(seen, line, name, mine)
        cue = mine[0].event.status.value if mine else "none"
        moving = list(_moving(seen, line, opposite)) if kind.name == _CHANGE else []
        status = _status(seen, line, (kind.name, cue), subjects, bool(moving))
        if status is None:
            continue
        scene = Scene((), seen.content[line.start : line.end], line.start, (start, end))
        arguments = [
            *(_argument(seen, "counterparty", one.name) for one in opposite),
            *moving,
            *measures(kind, scene, within(entities, line.start, line.end)),
        ]
        groups = [*_grouped(kind, subjects)]
        sums = _sums_of_each(kind, groups, within(entities, line.start, line.end))
        for number, group in enumerate(groups):
            rest = [one for one in arguments if one.role != "amount"] if sums else arguments
            whole = [
                *(_argument(seen, "subject", one.name) for one in group),
                *rest,
                *sums[number : number + 1],
            ]
            yield _telling(seen, line, (kind, status, (start, end)), whole, margin)


def _status(
    seen: Seen, line: Line, heard: tuple[str, str], subjects: Iterable[Candidate], moves: bool
) -> Status | None:
    """How a sentence asserts an event; `heard` is its type and the status that cues give its trigger."""
    kind, cue = heard
    named = [fold(seen.content[one.name.start : one.name.end]) for one in subjects]
    told = Told(kind, fold(seen.content[line.start : line.end]), named, moves)
    return settled(told, learned.status(seen, line, kind, cue))


def _grouped(kind: EventType, subjects: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    if kind.name in _EACH_ITS_OWN and len(subjects) > 1:
        yield from ([one] for one in sorted(subjects, key=lambda one: one.name.start))
    elif subjects or not kind.needs_subject:
        yield subjects


def _sums_of_each(
    kind: EventType, groups: Sequence[Sequence[Candidate]], entities: Sequence[Entity]
) -> Sequence[Argument]:
    """甲、乙分别被罚款5000元和1万元: as many sums as subjects are one each, in their order; else none."""
    sums = [measure_of("amount", one) for one in entities if one.kind == "money"]
    if kind.all_figures or "amount" not in kind.roles or len(groups) < 2 or len(sums) != len(groups):
        return ()
    order = sorted(range(len(groups)), key=lambda number: groups[number][0].name.start)
    return [sums[order.index(number)] for number in range(len(groups))]


def _moving(seen: Seen, line: Line, opposite: Sequence[Candidate]) -> Iterator[Argument]:
    """The couriers that leave or join a client by a sentence; they are its counterparties besides."""
    told = {one.name for one in opposite}
    couriers = [name for name in line.names if name.sign == COURIER or name in told]
    others = [name for name in line.names if name not in couriers]
    spans = (
        [(name.start - line.start, name.end - line.start) for name in some] for some in (couriers, others)
    )
    sides = moves(fold(seen.content[line.start : line.end]), *spans)
    yield from (_argument(seen, side, couriers[number]) for number, side in sides.items())


def _argument(seen: Seen, role: str, name: Name) -> Argument:
    return Argument(role, seen.content[name.start : name.end], name.start, name.end, name.account)


def _telling(
    seen: Seen,
    line: Line,
    what: tuple[EventType, Status, tuple[int, int]],
    arguments: Sequence[Argument],
    margin: float,
) -> Telling:
    kind, status, (start, end) = what
    event = Event(
        type=kind.name,
        trigger=seen.content[start:end],
        start=line.start,
        end=line.end,
        quote=seen.content[line.start : line.end],
        status=status,
        rule=f"{kind.name}.model",
        arguments=tuple(sorted(arguments, key=lambda one: (one.start, one.end))),
        certainty=certainty(margin),
    )
    return Telling(event, kind, start, end, (margin,))
