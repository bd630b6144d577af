"""A briefing as JSON for programs: the same tree, each count with what it counts."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from intel.brief.blocks import Document, Heading, Row
from intel.brief.evidence import Evidence
from intel.brief.words import SAID, Count, Figure, Label, Said
from intel.rendering import plain


def data(document: Document) -> bytes:
    """The whole briefing, UTF-8, indented."""
    head = {
        "kind": document.kind.value,
        "account": document.account,
        "lang": document.lang.value,
        "written_at": document.written_at.isoformat(),
        "since": document.since.isoformat() if document.since else None,
        "title": document.title.text,
        "facts": [said.text for said in document.facts],
    }
    tree = head | {
        "blocks": [_value(block) for block in document.blocks],
        "footnote": document.footnote.said.text,
    }
    return (json.dumps(_plain(tree), ensure_ascii=False, indent=2) + "\n").encode()


def _value(value: Any) -> Any:
    if isinstance(value, SAID):
        return _said(value)
    if isinstance(value, Evidence):
        return _evidence(value)
    if isinstance(value, Row):
        return [_value(cell) for cell in value.cells]
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    if hasattr(value, "name") and hasattr(value, "__dataclass_fields__"):
        block = {"block": value.name} | {one.name: _value(getattr(value, one.name)) for one in fields(value)}
        return block | ({"id": value.anchor} if isinstance(value, Heading) else {})
    return value


def _said(said: Said) -> Any:
    """A text; a count or figure as its number with the addresses of what proves it."""
    if isinstance(said, Count):
        urls = dict.fromkeys(one.url for one in said.of if isinstance(one, Evidence))
        labels = dict.fromkeys(one.key for one in said.of if isinstance(one, Label))
        return {"counts": said.measure.value, "number": said.number, "of": [*urls, *labels]}
    if isinstance(said, Figure):
        return {"value": said.text, "number": said.number, "evidence": _evidence(said.evidence)}
    return said.text


def _evidence(one: Evidence) -> dict[str, Any]:
    """All of it but the number of its story, which means nothing outside the database."""
    told = {item.name: getattr(one, item.name) for item in fields(one) if item.name != "story"}
    return told | {"day": one.day.isoformat(), "copies": list(one.copies)}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
