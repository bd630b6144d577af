"""Briefings for tests: findings that differ in what matters, and the text that each format shows a reader."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import docx

from intel.brief import Document, Format, Material, Order, compose, render
from intel.config import CHINA
from intel.model import Account, Role
from intel.taxonomy import taxonomy
from intel.views import FindingView
from tests import making

TAOBAO = Account("taobao", "淘宝", Role.CLIENT)
YUNDA = Account("yunda", "韵达", Role.COMPETITOR)
LABELS = {
    "topics": taxonomy().topics,
    "events": taxonomy().events,
    "accounts": {"taobao": "淘宝", "yunda": "韵达", "zto": "中通"},
}
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ORDER = Order(NOW)
BASE = making.found(
    quote="韵达华东多个网点爆仓，部分淘宝包裹延误三天。",
    dated_at=datetime(2026, 11, 18, 9, tzinfo=CHINA),
    title="双11 华东爆仓",
)
HOSTILE = '<script>alert(1)</script><img src=x onerror="y">"\'**[a](javascript:b)** $x$ & ]]>'
CONTROLS = "韵达\x00华东\x0b爆仓\x1b[31m\ud800\ufffe\u202e倒\r\n行"


def found(**changes: object) -> FindingView:
    """A finding of its own article and story, unless told which."""
    one = making.found()
    defaults: dict[str, object] = {
        "article": one.id,
        "story": one.id,
        "url": f"http://wire.localhost/{one.id}",
        "quote": f"第{one.id}次：{BASE.quote}",
    }
    return replace(BASE, id=one.id, **(defaults | changes))  # type: ignore[arg-type]


def material(*findings: FindingView, **changes: Any) -> Material:
    """What is kept on 淘宝."""
    return replace(Material(TAOBAO, findings), **changes)


def briefing(*findings: FindingView, order: Order = ORDER, **changes: Any) -> Document:
    """A briefing on 淘宝."""
    return compose([material(*findings, **changes)], order, LABELS)


def written(document: Document, form: Format) -> str:
    """A briefing of a format that is text."""
    return render(document, form).decode()


class Page(HTMLParser):
    """The tags of a page, and the text that it shows or says of its pictures and ratings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag == "style"
        self.texts += [value for name, value in attrs if name in ("title", "aria-label", "alt") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def shown(document: Document, form: Format) -> str:
    """All text of a written briefing that a reader sees or is told, without addresses and markup."""
    body = render(document, form)
    return "\n".join(_SHOWN[form](body))


def _markdown(body: bytes) -> Iterator[str]:
    text = re.sub(r"\]\(<[^>]*>\)", "]", body.decode())
    yield re.sub(r"\\(.)", r"\1", text)


def _page(body: bytes) -> Iterator[str]:
    yield from Page(body.decode()).texts


def _word(body: bytes) -> Iterator[str]:
    opened = docx.Document(io.BytesIO(body))
    for element in opened.element.body.iter():
        if element.tag.endswith("}t"):
            yield element.text or ""
        elif element.tag.endswith("}docPr"):
            yield from (element.get(name) or "" for name in ("descr", "title"))
    yield opened.core_properties.title


# Values that name what a thing is to a program, or its address.
_OF_PROGRAMS = {"block", "part", "kind", "id", "counts", "url", "account", "lang", "of"}


def _data(body: bytes) -> Iterator[str]:
    yield from _strings(json.loads(body))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _OF_PROGRAMS:
                yield from _strings(one)


_SHOWN = {Format.MD: _markdown, Format.HTML: _page, Format.DOCX: _word, Format.JSON: _data}
