"""Bytes of a Word or Excel file in; its lines with the heading, or sheet and row, they stand under out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

import docx
import openpyxl
from docx.document import Document as DocxDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from intel.model import NotAnArticle
from pipelines.dates import aware

MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 5000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
_FARTHEST_ROW = 200_000  # styled but empty rows cost time too
# Office files hold no document type; one that does is there to be expanded.
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_BROKEN = (OpcError, InvalidFileException, LxmlError, zipfile.BadZipFile, KeyError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and what to call the place it stands in."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Office:
    """The lines of a file, and what it says of itself. `margins`: a Word file's headers and footers."""

    kind: str
    lines: tuple[Line, ...]
    title: str
    created: datetime | None
    margins: tuple[str, ...] = ()


def read_office(body: bytes) -> Office:
    """Read a .docx or .xlsx. Raises NotAnArticle: broken_document, too_large or not_a_document."""
    kind = _kind(body)
    try:
        return _READERS[kind](BytesIO(body))
    except _BROKEN as error:
        raise NotAnArticle("broken_document", f"{kind}: {type(error).__name__}: {error}"[:200]) from error


def _kind(body: bytes) -> str:
    """docx or xlsx, once it is known that unpacking it is safe."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
                raise NotAnArticle("too_large", f"{size} bytes in {len(parts)} parts when unpacked")
            names = archive.namelist()
            kind = "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else ""
            if not kind:
                raise NotAnArticle("not_a_document", "a zip archive")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_doctype(archive.read(part), part.filename)
            return kind
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotAnArticle("broken_document", f"{type(error).__name__}: {error}") from error


def _refuse_doctype(part: bytes, name: str) -> None:
    if any(doctype in part for doctype in _DOCTYPES):
        raise NotAnArticle("broken_document", f"a document type in {name}")


# ---- Word


def _word(file: BytesIO) -> Office:
    document = docx.Document(file)
    lines: list[Line] = []
    heading = "正文"
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            text = " ".join(block.text.split())
            if text and _is_heading(block):
                heading = text[:60]
            lines += [Line(text, heading)] * bool(text)
        else:
            lines += (Line(row, heading) for row in _word_rows(block))
    about = document.core_properties
    created = about.modified or about.created
    dated = created and aware(created)
    return Office("docx", tuple(lines), about.title or "", dated, tuple(dict.fromkeys(_margins(document))))


def _margins(document: DocxDocument) -> Iterator[str]:
    for section in document.sections:
        for margin in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            yield from (" ".join(paragraph.text.split()) for paragraph in margin.paragraphs if paragraph.text)


def _is_heading(paragraph: Paragraph) -> bool:
    style = paragraph.style.name if paragraph.style is not None else None
    return bool(style) and str(style).lower().startswith(("heading", "title", "标题"))


def _word_rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        # A merged cell is given once for each column it spans.
        cells = {id(cell._tc): " ".join(cell.text.split()) for cell in row.cells}
        if any(cells.values()):
            yield " | ".join(cells.values())


# ---- Excel


def _excel(file: BytesIO) -> Office:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    try:
        lines: list[Line] = []
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":  # what the publisher shows nobody is not quoted
                continue
            for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
                if len(lines) >= MAX_ROWS or number > _FARTHEST_ROW:
                    raise NotAnArticle("too_large", f"more than {min(len(lines), number)} rows")
                text = _excel_row(row)
                if text:
                    lines.append(Line(text, f"{sheet.title}!第{number}行"))
        about = book.properties
        created = about.modified or about.created
        return Office("xlsx", tuple(lines), about.title or "", created and aware(created))
    finally:
        book.close()


def _excel_row(row: tuple[Cell | MergedCell | ReadOnlyCell | EmptyCell, ...]) -> str:
    cells = [_shown(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells) if any(cells) else ""


def _shown(cell: Cell | MergedCell | ReadOnlyCell | EmptyCell) -> str:
    """A cell as the sheet shows it: 12.3% for 0.123 in a percent format, a day without its midnight."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    if isinstance(value, float) and "%" in str(getattr(cell, "number_format", "")):
        return f"{value * 100:.6g}%"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


_READERS = {"docx": _word, "xlsx": _excel}
