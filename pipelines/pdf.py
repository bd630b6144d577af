"""Bytes of a PDF in; the lines of each page out, wrapped lines joined, table rows as cells joined by " | ".

PDFium reads the characters with their places; the rest is here: what stands in the cells of a ruled
table is a row, what is parted by a wide gap is a cell, what runs on to the next line is one paragraph.
Measured on a made report of 62 pages, each with a ruled table: 1.2 s of CPU; pdfplumber 5.1 s, pypdf
1.1 s without tables and without joining lines.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from intel.model import NotAnArticle
from pipelines.dates import CHINA
from pipelines.pdf_page import GAP, Char, Ruling, columns, upright

MAX_PAGES = 600
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_FEWEST = 12  # characters a page, on average, below which there is no text layer
_UNREADABLE = 0.3  # of all characters: fonts without a mapping to characters
_NEAR = 3.0  # points by which rulings may miss each other
_END = re.compile(r"[。！？；：.!?;:”」』）)…]$")
_LATIN = re.compile(r"[A-Za-z0-9,;)\]%]$")
_ITEM = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、．.]|[●•▪◆■\-—]|第[一二三四五六七八九十百\d]{1,4}[条章节])"
)
_LABEL = re.compile(r"^[^：:，。]{2,14}[：:]")
_CREATED = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class Row:
    """A line as read: its text, top and size in points. `table`: a row of cells. `joins`: runs on below."""

    text: str
    top: float
    size: float
    table: bool = False
    joins: bool = False
    indented: bool = False


@dataclass(frozen=True, slots=True)
class Pdf:
    """The rows of each page, and what the file says of itself. `margins`: headers and footers, each once."""

    pages: tuple[tuple[Row, ...], ...]
    title: str
    created: datetime | None
    margins: tuple[str, ...] = ()


def read_pdf(body: bytes) -> Pdf:
    """Read a PDF.

    Raises NotAnArticle: encrypted_document, broken_document, too_large, scanned_document or no_text.
    """
    if b"%%EOF" not in body[-4096:]:
        raise NotAnArticle("broken_document", "the PDF has no end")
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        reason = "encrypted_document" if error.err_code == _PASSWORD else "broken_document"
        raise NotAnArticle(reason, str(error)) from error
    try:
        return _read(document)
    except pdfium.PdfiumError as error:
        raise NotAnArticle("broken_document", str(error)) from error
    finally:
        document.close()


def _read(document: pdfium.PdfDocument) -> Pdf:
    if len(document) > MAX_PAGES:
        raise NotAnArticle("too_large", f"{len(document)} pages")
    pages, images, characters = [], 0, []
    for page in document:
        chars = list(_characters(page))
        characters += [char.text for char in chars]
        images += not chars and any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
        pages.append(tuple(_rows(*upright(chars, list(_rulings(page))))))
        page.close()
    _require_text(characters, len(pages), images)
    about = document.get_metadata_dict()
    kept = _without_running_lines(pages)
    left = {row.text: None for page, rest in zip(pages, kept, strict=True) for row in page if row not in rest}
    return Pdf(kept, about.get("Title", ""), _created(about), tuple(left))


def _require_text(characters: Sequence[str], pages: int, images: int) -> None:
    if len(characters) < _FEWEST * max(pages, 1):
        seen = f"{len(characters)} characters on {pages} pages"
        raise NotAnArticle("scanned_document" if images else "no_text", seen)
    odd = sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in characters)
    if odd > _UNREADABLE * len(characters):
        raise NotAnArticle("scanned_document", f"{odd} of {len(characters)} characters are unreadable")


def _created(about: dict[str, str]) -> datetime | None:
    found = _CREATED.match(about.get("CreationDate", ""))
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=CHINA) if found else None
    except ValueError:
        return None


# ---- what PDFium gives


def _characters(page: pdfium.PdfPage) -> Iterator[Char]:
    layer = page.get_textpage()
    box = raw.FS_RECTF()
    for index in range(layer.count_chars()):
        code = raw.FPDFText_GetUnicode(layer.raw, index)
        if code <= 32 or code == 0xA0 or code == 0x3000 or 0xD800 <= code <= 0xDFFF or code == 0xFFFE:
            continue
        if raw.FPDFText_GetLooseCharBox(layer.raw, index, box):
            size = raw.FPDFText_GetFontSize(layer.raw, index)
            yield Char(chr(code), box.left, box.bottom, box.right, box.top, size)
    layer.close()


def _rulings(page: pdfium.PdfPage) -> Iterator[Ruling]:
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        matrix = thing.get_matrix()
        last = first = None
        for index in range(min(raw.FPDFPath_CountSegments(thing.raw), 4000)):
            segment = raw.FPDFPath_GetPathSegment(thing.raw, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = matrix.on_point(x.value, y.value)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                first = point
            elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
                yield from _ruling(last, point)
            if raw.FPDFPathSegment_GetClose(segment) and first is not None:
                yield from _ruling(point, first)
            last = point


def _ruling(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Ruling]:
    (x0, y0), (x1, y1) = one, other
    if abs(x0 - x1) < 1 and abs(y0 - y1) > _NEAR:
        yield Ruling(True, (x0 + x1) / 2, min(y0, y1), max(y0, y1))
    elif abs(y0 - y1) < 1 and abs(x0 - x1) > _NEAR:
        yield Ruling(False, (y0 + y1) / 2, min(x0, x1), max(x0, x1))


# ---- rows


def _rows(chars: Sequence[Char], rulings: Sequence[Ruling]) -> Iterator[Row]:
    """The rows of a page from top to bottom."""
    cells = _Grid(rulings)
    inside: dict[tuple[int, int], list[Char]] = {}
    free = []
    for char in chars:
        place = cells.place((char.left + char.right) / 2, char.middle)
        if place is None:
            free.append(char)
        else:
            inside.setdefault(place, []).append(char)
    stretches = list(columns(_visual_lines(free)))
    rows = [row for stretch in stretches for row in _paragraph_rows(stretch)]
    ruled = sorted(cells.rows(inside), key=lambda row: -row.top)
    # On a page of columns a row's height is not its place; ruled tables come last there.
    yield from [*rows, *ruled] if len(stretches) > 1 else sorted([*rows, *ruled], key=lambda row: -row.top)


class _Grid:
    """The cells that rulings make: bands between level ones, parted by the upright ones that cross them."""

    def __init__(self, rulings: Sequence[Ruling]) -> None:
        self._upright = [one for one in rulings if one.upright]
        level = [one for one in rulings if not one.upright]
        touched = [
            one for one in level
            if any(one.low - _NEAR <= up.at <= one.high + _NEAR
                   and up.low - _NEAR <= one.at <= up.high + _NEAR
                   for up in self._upright)
        ]  # fmt: skip
        self._bands = _clusters([one.at for one in touched]) if len(self._upright) >= 2 else []
        self._columns = {
            band: _clusters([up.at for up in self._upright if up.low - _NEAR <= middle <= up.high + _NEAR])
            for band, middle in enumerate((low + high) / 2 for low, high in pairwise(self._bands))
        }

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Band and column of a point; None outside all tables."""
        for band, (low, high) in enumerate(pairwise(self._bands)):
            if low - 1 <= y < high - 1:
                for column, (left, right) in enumerate(pairwise(self._columns[band])):
                    if left <= x <= right:
                        return band, column
        return None

    def rows(self, inside: dict[tuple[int, int], list[Char]]) -> Iterator[Row]:
        """A row for each band that holds text; the empty cells at its ends are left out."""
        for band in {band for band, _ in inside}:
            columns = [
                _cell(inside.get((band, column), [])) for column in range(len(self._columns[band]) - 1)
            ]
            text = " | ".join(columns).strip(" |") if sum(map(bool, columns)) == 1 else " | ".join(columns)
            size = median(
                char.size for column in range(len(columns)) for char in inside.get((band, column), [])
            )
            yield Row(text, self._bands[band + 1], size, table=True)


def _clusters(values: Sequence[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _cell(chars: Sequence[Char]) -> str:
    lines = [_text(line) for line in _visual_lines(chars)]
    return "".join(_glued(first, second) for first, second in pairwise([*lines, ""])) if lines else ""


def _glued(first: str, second: str) -> str:
    return first + " " if _LATIN.search(first) and re.match(r"[A-Za-z(]", second) else first


def _visual_lines(chars: Sequence[Char]) -> list[list[Char]]:
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda one: -one.middle):
        if lines and lines[-1][0].middle - char.middle < max(lines[-1][0].size, char.size) * 0.5:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [sorted(line, key=lambda one: one.left) for line in lines]


def _text(line: Sequence[Char]) -> str:
    """The characters with spaces where Latin words part, and cells where the gap is wide."""
    parts = [line[0].text]
    for left, right in pairwise(line):
        gap, size = right.left - left.right, max(left.size, 1.0)
        if gap > GAP * size:
            parts.append(" | ")
        elif gap > 0.18 * size and (left.text.isascii() or right.text.isascii()):
            parts.append(" ")
        parts.append(right.text)
    return "".join(parts)


def _paragraph_rows(chars: Sequence[Char]) -> Iterator[Row]:
    lines = _visual_lines(chars)
    if not lines:
        return
    right = max(line[-1].right for line in lines)
    left = min(line[0].left for line in lines)
    for line in lines:
        text, size = _text(line), median(char.size for char in line)
        full = right - line[-1].right < 2 * size
        indented = line[0].left - left > 1.5 * size
        yield Row(text, line[0].top, size, " | " in text, full and " | " not in text, indented)


# ---- over the pages


def _without_running_lines(pages: Sequence[tuple[Row, ...]]) -> tuple[tuple[Row, ...], ...]:
    """The pages without page numbers and what stands at the top or bottom of most of them."""
    edges = Counter(shape for page in pages for shape in {_shape(row) for row in (*page[:2], *page[-2:])})
    running = {shape for shape, count in edges.items() if count >= 3 and count * 2 > len(pages)}
    return tuple(
        tuple(
            row
            for place, row in enumerate(page)
            if not (
                (place < 2 or place >= len(page) - 2)
                and not row.table
                and (_shape(row) in running or _PAGE_NUMBER.fullmatch(row.text))
            )
        )
        for page in pages
    )


_PAGE_NUMBER = re.compile(
    r"[-—\s]{0,3}(?:第\s?)?\d{1,4}(?:\s?页)?(?:\s?[/共]\s?(?:共\s?)?\d{1,4}(?:\s?页)?)?[-—\s]{0,3}"
)


def _shape(row: Row) -> str:
    return re.sub(r"\d{1,9}", "0", row.text)


def runs_on(row: Row, following: Row) -> bool:
    """Whether the next row is the same paragraph: the line is full, ends no sentence, nothing begins."""
    return (
        row.joins
        and not (row.table or following.table or following.indented)
        and abs(row.size - following.size) < 0.6
        and not _END.search(row.text)
        and not _ITEM.match(following.text)
        and not _LABEL.match(following.text)
    )


def joined(row: str, following: str) -> str:
    """Two lines of a paragraph; Latin words keep their space."""
    return _glued(row, following) + following
