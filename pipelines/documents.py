"""Page to Document: the text of a PDF, Word or Excel file as an Article that knows its pages.

In: the bytes as served; what they are is told by their first bytes, since servers label documents as
anything. Out: a `Document`, which is an `Article` whose `pages` tell for every quote where it stands
(第3页, 二、财务数据, 运营数据!第5行), or `NotAnArticle`: besides the reasons of web pages these are
scanned_document, encrypted_document, broken_document, legacy_document and not_a_document. Reading is
bounded in bytes, pages, rows and unpacked size; time is the caller's to bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from intel.model import Article, Dated, NotAnArticle, Page, Precision
from pipelines.byline import Edges
from pipelines.dates import EARLIEST, TOLERANCE
from pipelines.metadata import Declared
from pipelines.published import published
from pipelines.text import language

if TYPE_CHECKING:
    from pipelines.pdf import Row

MAX_BYTES = 10 * 1024 * 1024
_PDF, _ZIP, _OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_WITHIN = 1024  # bytes that may stand before the PDF's mark
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Titles that programs write and lists show in place of one.
_NO_TITLE = re.compile(
    r"\s{0,9}|(?:microsoft (?:word|excel|powerpoint)|untitled|document|文档|新建|工作簿|book|"
    r"下载|附件|点击|查看|pdf|全文).{0,40}|"
    r".{0,60}\.(?:pdf|docx?|xlsx?|tmp|indd|wps)|.{0,200}(?:\.\.\.|…)|[\x00-\x7f]{0,8}",
    re.I | re.S,
)
_HEAD, _TAIL, _TITLE_WITHIN, _LONGEST_TITLE = 30, 15, 12, 120


@dataclass(frozen=True, slots=True)
class Document(Article):
    """An Article out of a document. `pages`: spans of the content, in order, with what to call each.

    `margins` are its headers and footers, which are no part of the text.
    """

    pages: tuple[tuple[int, int, str], ...] = ()
    margins: tuple[str, ...] = ()

    def page(self, start: int) -> str:
        """Where a quote that begins at `start` stands: 第3页, a heading, a row; "" for a listed title."""
        return next((label for begin, end, label in self.pages if begin <= start < end), "")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line to be written into the text. `size` is its height where that means something, else 0."""

    text: str
    place: str
    size: float = 0.0
    joins_next: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: str
    lines: tuple[_Line, ...]
    title: str
    created: datetime | None
    margins: tuple[str, ...] = ()


def holds_document(body: bytes) -> bool:
    """Whether the bytes are those of a document, or of an archive, rather than of a web page."""
    return any(mark in body[:within] for mark, within, _ in _KINDS)


def read_document(page: Page, now: datetime) -> Document:
    """Read a document. `now` (aware) bounds its date. Raises NotAnArticle."""
    if len(page.body) > MAX_BYTES:
        raise NotAnArticle("too_large", f"{len(page.body)} bytes")
    for mark, within, reader in _KINDS:
        if mark in page.body[:within]:
            return _document(page, reader(page.body), now)
    raise NotAnArticle("not_a_document", page.content_type)


def _document(page: Page, read: _Raw, now: datetime) -> Document:
    if not any(line.text.strip() for line in read.lines):
        raise NotAnArticle("no_text", read.kind)
    title, lines, of_text = _titled(page, read)
    text, pages = _laid_out(lines, len(title) + 1)
    head = ((0, len(title), of_text),) if of_text else ()
    return Document(
        url=page.url,
        title=title,
        text=text,
        lang=language(text or title),
        encoding=read.kind,
        published=_dated(page, read, now),
        pages=(*head, *pages),
        margins=read.margins,
    )


# ---- title


def _titled(page: Page, read: _Raw) -> tuple[str, tuple[_Line, ...], str]:
    """The title, the lines left for the text, and the place of the title if the text begins with it.

    A list's title is the publisher's own; else the biggest of the first lines, the file's own title,
    the first line.
    """
    listed = " ".join((page.listed_title or "").split())
    if listed and not _NO_TITLE.fullmatch(listed):
        return listed, read.lines, ""
    big = _biggest(read.lines)
    if big is None and not _NO_TITLE.fullmatch(read.title):
        return " ".join(read.title.split())[:_LONGEST_TITLE], read.lines, ""
    first, last = big or (0, 1)
    title = "".join(line.text for line in read.lines[first:last])[:_LONGEST_TITLE]
    return title, (*read.lines[:first], *read.lines[last:]), read.lines[first].place


def _biggest(lines: Sequence[_Line]) -> tuple[int, int] | None:
    """The run of first lines in the biggest type, if that is bigger than the type of the text."""
    head = lines[:_TITLE_WITHIN]
    usual = sorted(line.size for line in lines)[len(lines) // 2]
    biggest = max((line.size for line in head if len(line.text) > 3), default=0.0)
    if biggest < usual * 1.15 or not biggest:
        return None
    first = next(
        place for place, line in enumerate(head) if line.size >= biggest - 0.5 and len(line.text) > 3
    )
    last = first + 1
    while last < len(head) and abs(head[last].size - biggest) < 0.5 and last - first < 4:
        last += 1
    return first, last


# ---- text


def _laid_out(lines: Iterable[_Line], start: int) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """The text and the spans of its places, from `start` on; neighbours of one place are one span."""
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    position, joins = start, True
    for line in lines:
        glue = "" if joins else "\n"
        piece = glue + line.text
        parts.append(piece)
        begin, position = position, position + len(piece)
        if spans and spans[-1][2] == line.place:
            spans[-1] = (spans[-1][0], position, line.place)
        else:
            spans.append((begin + len(glue), position, line.place))
        joins = line.joins_next
    return "".join(parts), tuple(spans)


def _dated(page: Page, read: _Raw, now: datetime) -> Dated | None:
    """What the text's labels, its head, address, list or signature tell; last the day the file was made."""
    texts = [line.text for line in read.lines]
    edges = Edges(above=(), first=texts[:_HEAD], last=texts[-_TAIL:], below=())
    found = published(page, edges, Declared(titles=(), authors=(), publishers=(), dates=()), now)
    if found is not None or read.created is None or not EARLIEST <= read.created <= now + TOLERANCE:
        return found
    return Dated(read.created, Precision.DAY, read.created.date().isoformat(), "metadata")


# ---- kinds


def _pdf(body: bytes) -> _Raw:
    from pipelines import pdf  # its library is loaded by the first such file, not by every command

    read = pdf.read_pdf(body)
    rows = [(row, f"第{number}页") for number, page in enumerate(read.pages, 1) for row in page]
    following: list[Row | None] = [row for row, _ in rows[1:]] + [None]
    lines = []
    for (row, place), after in zip(rows, following, strict=True):
        joins = after is not None and pdf.runs_on(row, after)
        text = pdf.joined(row.text, after.text)[: -len(after.text)] if joins and after else row.text
        lines.append(_Line(text, place, 0.0 if row.table else row.size, joins))
    return _Raw("pdf", tuple(lines), read.title, read.created, read.margins)


def _office(body: bytes) -> _Raw:
    from pipelines import office  # as with PDF

    read = office.read_office(body)
    lines = tuple(_Line(line.text, line.place) for line in read.lines)
    return _Raw(read.kind, lines, read.title, read.created, read.margins)


def _ole(body: bytes) -> _Raw:
    """Word and Excel before 2007 are not read; a newer one behind a password comes in the same dress."""
    encrypted = _ENCRYPTED_STREAM in body
    raise NotAnArticle("encrypted_document" if encrypted else "legacy_document", "an OLE compound file")


_KINDS: tuple[tuple[bytes, int, Callable[[bytes], _Raw]], ...] = (
    (_PDF, _PDF_WITHIN, _pdf),
    (_ZIP, len(_ZIP), _office),
    (_OLE, len(_OLE), _ole),
)
