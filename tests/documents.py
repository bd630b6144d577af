"""Documents for tests: PDFs in a font that needs no file, Word and Excel files, and damaged ones."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

import docx
import openpyxl
from PIL import Image
from reportlab.lib import pagesizes  # type: ignore[import-untyped]
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table  # type: ignore[import-untyped]

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
BODY = ParagraphStyle("body", fontName=FONT, fontSize=11, leading=18, firstLineIndent=22, wordWrap="CJK")
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=10, leading=13, wordWrap="CJK")


def pdf(*parts: str | Sequence[Sequence[str]], title: str = "", password: str = "", head: str = "") -> bytes:
    """A PDF: the first text is the headline, further ones are paragraphs, a list of rows is a ruled table."""
    out = BytesIO()
    encrypt = StandardEncryption(password) if password else None
    template = SimpleDocTemplate(out, pagesize=pagesizes.A4, title=title, encrypt=encrypt)
    story = [_flowable(part, number) for number, part in enumerate(parts)]

    def decorate(canvas: Canvas, _: object) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(80, 810, head)
        canvas.drawCentredString(300, 30, f"{canvas.getPageNumber()}")

    template.build(story, onFirstPage=decorate, onLaterPages=decorate)
    return out.getvalue()


def _flowable(part: str | Sequence[Sequence[str]], number: int) -> Flowable:
    if isinstance(part, str):
        return Paragraph(part, TITLE if number == 0 else BODY)
    rows = [[Paragraph(cell, CELL) for cell in row] for row in part]
    return Table(rows, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])


def placed_pdf(lines: Sequence[tuple[float, float, str]], turn: int = 0) -> bytes:
    """A PDF of one page with texts at places (x, y); `turn` turns the page's content left, in degrees."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=pagesizes.A4)
    canvas.translate(*{0: (0, 0), 90: (595, 0), 180: (595, 842), 270: (0, 842)}[turn])
    canvas.rotate(turn)
    canvas.setFont(FONT, 10)
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    canvas.save()
    return out.getvalue()


def scanned_pdf(pages: int = 2) -> bytes:
    """A PDF of pictures."""
    out = BytesIO()
    canvas = Canvas(out)
    for _ in range(pages):
        canvas.drawImage(ImageReader(Image.new("L", (200, 280), 220)), 50, 100, 400, 560)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(*parts: str | Sequence[Sequence[str]], title: str = "") -> bytes:
    """A Word file; "# …" is a heading, a list of rows a table."""
    document = docx.Document()
    document.core_properties.title = title
    for part in parts:
        if not isinstance(part, str):
            table = document.add_table(0, len(part[0]))
            for row in part:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif part.startswith("# "):
            document.add_heading(part[2:], 1)
        else:
            document.add_paragraph(part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def excel(sheets: Mapping[str, Sequence[Sequence[object]]], percent: str = "") -> bytes:
    """An Excel file; the cell `percent` of the first sheet is shown in per cent."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if percent:
        book.worksheets[0][percent].number_format = "0.0%"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(body: bytes, name: str, part: bytes) -> bytes:
    """An office file with one of its parts replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, part)
    return out.getvalue()
