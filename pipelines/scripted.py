"""An article that a page holds only as data of its scripts, as a page of its own.

In: the tree of a page that shows no text. Out: a tree with what the data calls the article's title, author,
source, time and text, in the order in which templates show them; the body is then read from it like any
other. Data is JSON-LD, a script of type JSON, or an object that a script assigns (`window.__STATE__ = {…}`).
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import islice

from lxml import etree

from pipelines.layout import tidy

_BYTES = 2_000_000
_ASSIGNED = re.compile(
    r"(?:window|self|globalThis)(?:\.\w{1,40}|\[[\"']\w{1,40}[\"']\])\s{0,9}=\s{0,9}(?=[{\[])"
)
_MARKUP = re.compile(r"<[^<>]{1,500}>")
_STOP = re.compile(r"[。！？，.!?,]")
_LEAST = 80
_OBJECTS, _MOST = 20_000, 50
_TEXT = re.compile(
    r"(?:article_?|main_?|full_?)?(?:body|content|text|html)(?:_?(?:html|text|body|content))?", re.I
)
_FIELDS = (
    ("作者：", re.compile(r"(?:article_?)?(?:author|writer|byline)(?:_?(?:name|info))?|nick_?name", re.I)),
    ("来源：", re.compile(r"(?:article_?)?(?:source|media|publisher|origin)(?:_?(?:name|info))?", re.I)),
    (
        "发布时间：",
        re.compile(r"(?:date_?)?(?:publish(?:ed)?|pub|issue)_?(?:time|date|at|on|ed)?|p_?time", re.I),
    ),
)
_TITLE = re.compile(r"(?:article_?)?(?:title|headline)", re.I)
_ROLE = re.compile(r"(?:本[报刊网])?(?:记者|通讯员)\s{0,3}")
_NAMES = ("name", "nick", "nickname", "nick_name", "title")


def scripted(root: etree._Element) -> etree._Element | None:
    """The article of the data that tells the most, as a tree; None where none tells any."""
    best: dict[str, object] = {}
    text = ""
    for described in _objects(root):
        for key, value in described.items():
            if _TEXT.fullmatch(key) and len(written := _written(value)) > len(text):
                best, text = described, written
    plain = tidy(_MARKUP.sub("", text))
    if len(plain) < _LEAST or not _STOP.search(plain):
        return None
    title = next(
        (value for key, value in best.items() if _TITLE.fullmatch(key) and isinstance(value, str)), ""
    )
    lines = "".join(f"<p>{label}{escape(said)}</p>" for label, said in _said(best))
    body = text if _MARKUP.search(text) else "".join(f"<p>{escape(one)}</p>" for one in text.splitlines())
    head = "".join(f"<style>{sheet.text}</style>" for sheet in root.iter("style"))
    page = f"<html><head>{head}</head><body><h1>{escape(title)}</h1>{lines}<article>{body}</article>"
    # JSON can write what no page can: a zero, half of a pair.
    return etree.fromstring(
        page.replace("\0", "").encode("utf-8", "ignore"), etree.HTMLParser(encoding="utf-8")
    )


def _said(described: dict[str, object]) -> Iterator[tuple[str, str]]:
    """What the object says of the article, each once and with the label that templates give it."""
    for label, form in _FIELDS:
        values = (_name(value, label) for key, value in described.items() if form.fullmatch(key))
        if said := next(filter(None, values), ""):
            yield label, said


def _name(value: object, label: str) -> str:
    if isinstance(value, list):
        return "、".join(filter(None, (_name(one, label) for one in value)))[:60]
    if isinstance(value, dict):
        value = next((value[key] for key in _NAMES if isinstance(value.get(key), str)), "")
    if label.startswith("发") and isinstance(value, int) and 10**9 <= value < 10**13:
        seconds = value if value < 10**11 else value // 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    return _ROLE.sub("", tidy(value)[:60]) if isinstance(value, str) else ""


def _written(value: object) -> str:
    """A text, or the paragraphs of a list of them."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = (
        one
        if isinstance(one, str)
        else next((str(one[key]) for key in ("text", "content", "value") if key in one), "")
        for one in value
        if isinstance(one, str | dict)
    )
    return "".join(part if _MARKUP.search(part) else f"<p>{escape(part)}</p>" for part in parts if part)


def _objects(root: etree._Element) -> Iterator[dict[str, object]]:
    """Every object in the data of the scripts, outer ones first."""
    pending = deque(_data(root))
    for _ in range(_OBJECTS):
        if not pending:
            return
        item = pending.popleft()
        if isinstance(item, dict):
            yield item
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _data(root: etree._Element) -> Iterator[object]:
    decoder = json.JSONDecoder(strict=False)
    left = _BYTES
    for script in root.iter("script"):
        text = (script.text or "").strip()[:left]
        left -= len(text)
        starts = (
            [0]
            if "json" in (script.get("type") or "")
            else [one.end() for one in islice(_ASSIGNED.finditer(text), _MOST)]
        )
        for start in starts:
            try:
                yield decoder.raw_decode(text, start)[0]
            except (ValueError, RecursionError):
                continue
