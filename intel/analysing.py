"""JSON lines of texts to JSON lines of tags: how the reading's quality is measured from outside.

In, a line: {"id", "title", "text"}. Out, a line each, in order:
{"id", "lang", "accounts": [{"id", "surface", "start", "end", "about"}],
 "events": [{"type", "subject": [account ids or names], "counterparty": […], "trigger", "quote",
             "args": {role: text}}],
 "topics": [{"id", "account", "quote"}]}
Offsets are code points in title + "\\n" + text. Events are those that count (asserted or announced).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from intel.model import COUNTED, Account, Event
from pipelines.flow import Analysis, Watchlist, analyse

PARTIES = ("subject", "counterparty")


def analyse_lines(lines: Iterable[bytes], out: TextIO, accounts: Iterable[Account]) -> list[tuple[int, str]]:
    """Tag each line; gives back the number of each bad line and what is wrong with it."""
    watchlist = Watchlist.of(accounts)
    bad = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = _item(line)
        except ValueError as error:
            bad.append((number, str(error)))
            continue
        tagged = _tagged(item["id"], analyse(f"{item['title']}\n{item['text']}", watchlist))
        out.write(json.dumps(tagged, ensure_ascii=False) + "\n")
        out.flush()
    return bad


def _item(line: bytes) -> Mapping[str, Any]:
    item = json.loads(line)
    if not isinstance(item, dict) or "id" not in item:
        raise ValueError('not an object with "id", "title" and "text"')
    title, text = item.get("title", ""), item.get("text", "")
    if not isinstance(title, str) or not isinstance(text, str):
        raise ValueError('"title" and "text" must be texts')
    return {"id": item["id"], "title": title, "text": text}


def _tagged(identifier: object, analysis: Analysis) -> dict[str, Any]:
    return {
        "id": identifier,
        "lang": analysis.lang,
        "accounts": [
            {"id": m.account, "surface": m.surface, "start": m.start, "end": m.end, "about": m.about}
            for m in analysis.mentions
        ],
        "events": [_event(event) for event in analysis.events if event.status in COUNTED],
        "topics": [{"id": f.topic, "account": f.account, "quote": f.quote} for f in analysis.findings],
    }


def _event(event: Event) -> dict[str, Any]:
    parties = {role: [one.who for one in event.filling(role)] for role in PARTIES}
    rest = {one.role: one.text for one in reversed(event.arguments) if one.role not in PARTIES}
    return {"type": event.type, **parties, "trigger": event.trigger, "quote": event.quote, "args": rest}
