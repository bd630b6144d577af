"""JSON lines of texts to JSON lines of tags: how the reading's quality is measured from outside.

In, a line: {"id", "title", "text"}, and the day it was "published" if known. Out, a line each, in order:
{"id", "lang", "story", "accounts": [{"id", "surface", "start", "end", "about"}],
 "entities": [{"kind", "text", "start", "end", "value" of a measure, "certainty" of a learned name}],
 "events": [{"type", "subject": [account ids or names], "counterparty": […], "trigger", "quote",
             "args": {role: text}, "values": {role: number with unit, or ISO date}}],
 "topics": [{"id", "account", "quote"}]}
Offsets are code points in title + "\\n" + text as given, unseen characters included. Events are those that
count (asserted or announced).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TextIO

from intel.config import CHINA
from intel.model import COUNTED, Account, Entity, Event, Finding
from pipelines import entities
from pipelines.dedupe import grouped
from pipelines.flow import Analysis, Watchlist, analyse, dated, report_of
from pipelines.reports import Report
from pipelines.unseen import Given

PARTIES = ("subject", "counterparty")
_EXPECTED = 'JSON lines are expected, in each line one {"id", "title", "text"} (pages: intel extract)'


def analyse_lines(lines: Iterable[bytes], out: TextIO, accounts: Iterable[Account]) -> list[tuple[int, str]]:
    """Tag each line; gives back the number of each bad line and what is wrong with it.

    Which lines tell one story is known at the end only: nothing is written before.
    """
    watchlist = Watchlist.of(accounts)
    bad = []
    read: list[dict[str, Any]] = []
    reports: list[Report] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = _item(line)
        except ValueError as error:
            bad.append((number, str(error)))
            continue
        given = Given.of(f"{item['title']}\n{item['text']}")
        analysis = analyse(given.seen, watchlist)
        reports.append(report_of(given.seen, item["published"], analysis))
        read.append(_tagged(item, given.restored(dated(analysis, item["published"]))))
    for tagged, story in zip(read, grouped(reports), strict=True):
        tagged["story"] = read[story]["id"]
        # Half a surrogate pair goes out as JSON's escape for it, which is how it came in.
        line = json.dumps(tagged, ensure_ascii=False).encode("utf-8", "backslashreplace")
        out.write(line.decode() + "\n")
    return bad


def _item(line: bytes) -> Mapping[str, Any]:
    item = _json(line)
    if not isinstance(item, dict) or "id" not in item:
        raise ValueError('not an object with "id", "title" and "text"')
    _require_json(item["id"])
    title, text = (item.get(name) or "" for name in ("title", "text"))
    if not isinstance(title, str) or not isinstance(text, str):
        raise ValueError('"title" and "text" must be texts')
    return {"id": item["id"], "title": title, "text": text, "published": _day(item.get("published"))}


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{_EXPECTED}; this is none: {error}") from None


def _require_json(identity: Any) -> None:
    try:
        json.dumps(identity, allow_nan=False)
    except ValueError:
        raise ValueError('"id" holds a number that JSON cannot write') from None


def _day(published: Any) -> date | None:
    """The day, in China where a moment with its zone is given."""
    if not published:
        return None
    try:
        moment = datetime.fromisoformat(published)
        return (moment.astimezone(CHINA) if moment.tzinfo else moment).date()
    except (ValueError, TypeError, OverflowError):
        raise ValueError('"published" is neither a day (2026-11-20) nor a moment in ISO 8601') from None


def _tagged(item: Mapping[str, Any], analysis: Analysis) -> dict[str, Any]:
    return {
        "id": item["id"],
        "lang": analysis.lang,
        "story": item["id"],
        "accounts": [
            {"id": m.account, "surface": m.surface, "start": m.start, "end": m.end, "about": m.about}
            for m in analysis.mentions
        ],
        "entities": [_entity(one) for one in analysis.entities if one.kind in entities.KINDS],
        "events": [_event(event) for event in analysis.events if event.status in COUNTED],
        "topics": [_topic(finding) for finding in analysis.findings],
    }


def _entity(entity: Entity) -> dict[str, Any]:
    told = {"kind": entity.kind, "text": entity.text, "start": entity.start, "end": entity.end}
    return told | ({"value": entity.value} if entity.value else {}) | _doubt(entity)


def _doubt(entity: Entity) -> dict[str, Any]:
    return {} if entity.certainty == 1 else {"certainty": round(entity.certainty, 2)}


def _topic(finding: Finding) -> dict[str, Any]:
    told = {
        "couriers": finding.couriers,
        "problem": finding.problem,
        "period": finding.period,
        "speaker": finding.speaker,
    }
    return {
        "id": finding.topic,
        "account": finding.account,
        "quote": finding.quote,
        "stance": finding.stance,
        **{name: value for name, value in told.items() if value},
    }


def _event(event: Event) -> dict[str, Any]:
    parties = {role: [one.who for one in event.filling(role)] for role in PARTIES}
    rest = {one.role: one.text for one in reversed(event.arguments) if one.role not in PARTIES}
    values = {one.role: one.value for one in reversed(event.arguments) if one.value}
    return {
        "type": event.type,
        **parties,
        "trigger": event.trigger,
        "quote": event.quote,
        "args": rest,
        "values": values,
    }
