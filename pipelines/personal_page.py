"""A page's bytes in; the same bytes without private details of persons out, before anything is kept.

Text is judged as a reader sees it: tags inside a number or between a label and its number do not hide it,
nor do character references. Attributes (tel:, mailto:), comments and scripts are looked through as well.
Bytes in which nothing is found come back unchanged; documents (PDF, Word, Excel) do too: see docs/privacy.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import NamedTuple

from intel.model import NotAnArticle
from pipelines import charset
from pipelines.documents import holds_document
from pipelines.personal_data import Edit, Redacted, replaced

Finder = Callable[[str], Iterable[Edit]]

_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i ins label mark q s small span strong sub sup time tt u"
    " wbr".split()
)
_CELLS = frozenset({"td", "th"})
_TAG = re.compile(r"</?([a-z][a-z0-9-]{0,20})(?:[^<>]{0,5000}>)?|<[!?][^<>]{0,5000}>", re.I)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});?", re.I)
# Tags in which a number, an address or a name may stand; most hold none.
_TELLING = re.compile(
    r"\d{3}|@|&#|[\u3400-\u9fff]|\s(?:content|alt|title|value|summary|placeholder|(?:data|aria)-[\w-]{1,30})\s?=",
    re.I,
)
_UNSEEN = {"script": re.compile(r"</script", re.I), "style": re.compile(r"</style", re.I)}
_WHITE = str.maketrans("\r\n\t\u00a0", "    ")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def redacted_body(body: bytes, content_type: str, find: Finder) -> tuple[bytes, Redacted]:
    """The bytes without what `find` finds, in their own encoding, and the redaction of their text.

    The bytes are the very same object where nothing was found, and where they are no text.
    """
    if holds_document(body) or charset.binary(body):
        return body, Redacted("")
    text, encoding = _decoded(body, content_type)
    done = redacted_markup(text, find)
    if not done.edits:
        return body, done
    mark = next((mark for mark in _BOMS if body.startswith(mark)), b"")
    return mark + done.text.encode(encoding, "xmlcharrefreplace"), done


def _decoded(body: bytes, content_type: str) -> tuple[str, str]:
    try:
        decoded = charset.decode(body, content_type)
    except NotAnArticle:
        return body.decode("latin-1"), "latin-1"  # no text that we can read, but digits are digits
    return decoded.text, decoded.encoding


def redacted_markup(markup: str, find: Finder) -> Redacted:
    """Markup without what `find` finds in what it shows, in its attributes, comments and scripts.

    One edit is counted for each thing found, however many tags stand inside it.
    """
    seen = _View(_pieces(markup))
    found = replaced(seen.text, find(seen.text))
    if not found.edits:
        return Redacted(markup)
    parts = [part for edit in found.edits for part in seen.in_source(edit, markup)]
    return Redacted(replaced(markup, parts).text, found.edits)


def seen_lines(body: bytes, content_type: str) -> list[str]:
    """The lines a reader of a page may see, navigation and all; none where the bytes are no text."""
    if holds_document(body) or charset.binary(body):
        return []
    text, _ = _decoded(body, content_type)
    return "".join(piece.text for piece in _pieces(text, seen_only=True)).split("\n")


# ---- markup to what is seen


class _Piece(NamedTuple):
    """A run of the view that comes from source[start:end]; `verbatim`: character by character."""

    text: str
    start: int
    end: int
    verbatim: bool = True
    script: bool = False


class _View:
    """The text of pieces, and the way back from it into the source."""

    def __init__(self, pieces: Iterable[_Piece]) -> None:
        self._pieces = list(pieces)
        self._starts = []
        at = 0
        for piece in self._pieces:
            self._starts.append(at)
            at += len(piece.text)
        self.text = "".join(piece.text for piece in self._pieces)

    def in_source(self, edit: Edit, source: str) -> Iterator[Edit]:
        """The edits of the source that carry out one of the view: the mark, then cuts after it."""
        number = bisect_right(self._starts, edit.start) - 1
        mark = edit.mark
        while number < len(self._pieces) and self._starts[number] < edit.end:
            piece, at = self._pieces[number], self._starts[number]
            number += 1
            if piece.start == piece.end:  # a break that a tag makes
                continue
            start, end = piece.start, piece.end
            if piece.verbatim:
                start = piece.start + max(edit.start - at, 0)
                end = min(piece.end, piece.start + edit.end - at)
            quoted = f'"{mark}"' if mark and piece.script and _bare(source, start, end) else mark
            yield Edit(start, end, edit.kind, quoted)
            mark = ""


def _bare(source: str, start: int, end: int) -> bool:
    """Whether a value of JSON stands there without quotation marks."""
    before, after = source[max(0, start - 3) : start].rstrip(), source[end : end + 3].lstrip()
    return before[-1:] in (":", ",", "[") and after[:1] in (",", "}", "]")


def _pieces(markup: str, *, seen_only: bool = False) -> Iterator[_Piece]:
    """What is seen, in order, then attributes, comments and scripts, each apart from the others."""
    if markup.lstrip()[:1] in ("{", "["):
        yield _Piece(markup, 0, len(markup), script=True)
        return
    apart: list[_Piece] = []
    at = 0
    while at < len(markup):
        if markup.startswith("<!--", at):
            end = _after(markup.find("-->", at + 4), 3, markup)
            apart.append(_Piece(markup[at:end], at, end))
        elif tag := _TAG.match(markup, at):
            end = tag.end()
            name = (tag[1] or "!").lower()
            if name in _UNSEEN and markup[at + 1] != "/":
                closing = _UNSEEN[name].search(markup, end)
                end = closing.start() if closing else len(markup)
            if _TELLING.search(markup, at, end):
                apart.append(_Piece(markup[at:end], at, end, script=name == "script"))
            if name not in _INLINE:
                yield _Piece("\t" if name in _CELLS else "\n", at, at)
        else:
            end = markup.find("<", at + 1)
            end = len(markup) if end < 0 else end
            yield from _shown(markup, at, end)
        at = end
    for piece in () if seen_only else apart:
        yield _Piece("\n\n", piece.start, piece.start)
        yield piece


def _after(found: int, size: int, markup: str) -> int:
    return found + size if found >= 0 else len(markup)


def _shown(markup: str, start: int, end: int) -> Iterator[_Piece]:
    """Text between tags: white space as spaces, character references as the characters they mean."""
    for reference in _REFERENCE.finditer(markup, start, end):
        meant = unescape(reference[0]).translate(_WHITE)
        if meant == reference[0]:
            continue
        yield _Piece(markup[start : reference.start()].translate(_WHITE), start, reference.start())
        yield _Piece(meant, *reference.span(), verbatim=False)
        start = reference.end()
    yield _Piece(markup[start:end].translate(_WHITE), start, end)
