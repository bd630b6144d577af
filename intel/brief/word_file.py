"""A briefing as a Word file, with real headings, links and pictures that say what they show."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from intel import charts
from intel.brief.blocks import (
    AskLine,
    Chart,
    CountLine,
    Document,
    EvidenceLine,
    Heading,
    Listing,
    Note,
    Part,
    Section,
    Table,
    UnknownLine,
)
from intel.brief.drawings import drawing
from intel.brief.evidence import Evidence
from intel.brief.words import Lang
from intel.fonts import NoChineseFont
from intel.rendering import is_web, line

INK, SOFT, LINK, GAP = (RGBColor.from_string(c) for c in ("1C2430", "5B6675", "0B5CAD", "B3541E"))
LATIN, CHINESE = "Calibri", "Microsoft YaHei"
PAPER, MARGIN, TEXT_WIDTH = (Cm(21), Cm(29.7)), Cm(2.25), Cm(16.5)  # A4
RULE, SHADE = "C9D2DC", "EEF2F6"
LONGEST_ADDRESS = 2000  # Word refuses longer ones
MANY = 6  # columns; more are months


def word_file(document: Document) -> bytes:
    """The whole briefing as .docx."""
    return _Writer(document).written()


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._word: WordDocument = docx.Document()
        chinese = document.lang is Lang.ZH
        self._between = "、" if chinese else ", "
        self._colon = "：" if chinese else ": "
        self._brackets = ("（", "）") if chinese else (" (", ")")
        self._blocks: dict[type, Callable[..., None]] = {
            Heading: self._heading,
            Section: self._section,
            EvidenceLine: self._evidence,
            CountLine: self._count,
            Note: self._note,
            UnknownLine: self._unknown,
            AskLine: self._ask,
            Listing: self._listing,
            Table: self._table,
            Chart: self._chart,
        }

    def written(self) -> bytes:
        """The file's bytes."""
        self._styles()
        self._footer()
        document = self._document
        title = line(document.title.text)
        self._word.core_properties.title = title[:255]
        self._word.core_properties.author = ""
        self._word.core_properties.language = "zh-CN" if document.lang is Lang.ZH else "en"
        self._word.core_properties.created = document.written_at.replace(tzinfo=None)
        self._word.add_heading(title, 0)
        self._soft(self._word.add_paragraph(), " · ".join(line(said.text) for said in document.facts))
        for block in document.blocks:
            self._block(block, 1)
        self._note(document.footnote, 1)
        out = io.BytesIO()
        self._word.save(out)
        return out.getvalue()

    def _styles(self) -> None:
        """A page of text: quiet headings, one typeface for Latin and one for Chinese."""
        for section in self._word.sections:
            section.page_width, section.page_height = PAPER
            section.left_margin = section.right_margin = MARGIN
            section.top_margin = section.bottom_margin = Cm(2)
        sizes = {"Normal": 10.5, "Title": 22, "Heading 1": 15, "Heading 2": 12, "Heading 3": 10.5}
        for name, size in sizes.items():
            style: Any = self._word.styles[name]  # the stubs know no fonts of styles
            style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), CHINESE)

    def _footer(self) -> None:
        """On each page what it is of, and which of how many it is."""
        paragraph = self._word.sections[0].footer.paragraphs[0]
        self._soft(paragraph, f"{line(self._document.title.text)} · ")
        self._field(paragraph, "PAGE")
        self._soft(paragraph, " / ")
        self._field(paragraph, "NUMPAGES")

    def _field(self, paragraph: Paragraph, name: str) -> None:
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        run = self._soft(paragraph, "1")
        field.append(run._element)
        paragraph._p.append(field)

    def _block(self, block: object, depth: int) -> None:
        self._blocks[type(block)](block, depth)

    def _heading(self, block: Heading, depth: int) -> None:
        left, right = self._brackets
        count = f"{left}{block.count.text}{right}" if block.count else ""
        self._word.add_heading(line(block.said.text) + count, min(depth, 3))

    def _section(self, block: Section, depth: int) -> None:
        self._heading(block.heading, depth)
        # What changed and what to ask have the first page to themselves.
        self._word.paragraphs[-1].paragraph_format.page_break_before = block.part is Part.CHARTS
        for one in block.blocks:
            self._block(one, depth + 1)

    def _evidence(self, block: EvidenceLine, _depth: int) -> None:
        proof = block.evidence
        paragraph = self._word.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.space_after = Pt(5)
        paragraph.add_run(f"{proof.day} ").bold = True
        tags = self._between.join(line(tag.text) for tag in block.tags)
        if tags:
            self._soft(paragraph, f"{tags}{self._colon}")
        paragraph.add_run(line(proof.said))
        paragraph.add_run().add_break()
        left, right = self._brackets
        self._soft(paragraph, f"{line(proof.source)}{left}{proof.rating}{right} · ")
        self._link(paragraph, proof)
        place = [line(proof.place)] if proof.place else []
        copies = self._between.join(line(copy) for copy in proof.copies)
        also = [f"{line(self._document.also.text)} {copies}"] if copies else []
        remark = [line(block.remark.text)] if block.remark else []
        if rest := " · ".join([*place, *also, *remark]):
            self._soft(paragraph, f" · {rest}")

    def _count(self, block: CountLine, _depth: int) -> None:
        paragraph = self._word.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        self._soft(paragraph, line(block.said.text))

    def _note(self, block: Note, _depth: int) -> None:
        paragraph = self._word.add_paragraph()
        self._soft(paragraph, line(block.said.text))
        for run in paragraph.runs:
            run.italic = True

    def _unknown(self, block: UnknownLine, _depth: int) -> None:
        run = self._word.add_paragraph().add_run(line(block.said.text))
        run.bold, run.font.color.rgb = True, GAP

    def _ask(self, block: AskLine, _depth: int) -> None:
        paragraph = self._word.add_paragraph(style="List Bullet")
        paragraph.add_run(line(block.said.text))
        left, right = self._brackets
        self._soft(paragraph, f"{left}{line(block.why.text)}{right}")

    def _listing(self, block: Listing, _depth: int) -> None:
        paragraph = self._word.add_paragraph()
        paragraph.add_run(f"{line(block.said.text)}{self._colon}").bold = True
        paragraph.add_run(self._between.join(line(item.text) for item in block.items))

    def _table(self, block: Table, _depth: int) -> None:
        columns = len(block.header)
        table = self._word.add_table(rows=0, cols=columns)
        table.autofit = False
        rest = int(TEXT_WIDTH * (0.75 if columns > MANY else 0.6) / max(columns - 1, 1))
        widths = [TEXT_WIDTH - rest * (columns - 1), *[rest] * (columns - 1)]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Length(width)
        for place, cells in enumerate([block.header, *(row.cells for row in block.rows)]):
            row: Any = table.add_row()
            whole = row._tr.get_or_add_trPr()
            for mark in ("cantSplit", "tblHeader") if place == 0 else ("cantSplit",):
                whole.append(OxmlElement(f"w:{mark}"))
            for number, (cell, said) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = widths[number]
                _drawn(cell, SHADE if place == 0 else "")
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if number else WD_ALIGN_PARAGRAPH.LEFT
                run = paragraph.add_run(line(said.text) if said else "")
                run.font.size, run.bold = Pt(7 if columns > MANY else 9), place == 0
        self._word.add_paragraph().paragraph_format.space_after = Pt(2)

    def _chart(self, block: Chart, depth: int) -> None:
        self._word.add_heading(line(block.said.text), min(depth, 3))
        try:
            picture = charts.png(drawing(block))
        except NoChineseFont:
            self._soft(self._word.add_paragraph(), line(block.no_font.text))
        else:
            shape = self._word.add_picture(io.BytesIO(picture), width=TEXT_WIDTH)
            described = shape._inline.docPr  # the library has no way of its own to say what a picture shows
            described.set("descr", line(block.alt.text))
            described.set("title", line(block.said.text))
        self._table(block.table, depth)

    def _soft(self, paragraph: Paragraph, text: str) -> Run:
        run = paragraph.add_run(text)
        run.font.color.rgb, run.font.size = SOFT, Pt(9)
        return run

    def _link(self, paragraph: Paragraph, proof: Evidence) -> None:
        """The article's title, as a link where its address is one of the web."""
        address = line(proof.url).replace(" ", "%20")
        if not is_web(address) or len(address) > LONGEST_ADDRESS:
            self._soft(paragraph, line(proof.heading))
            return
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run = paragraph.add_run(line(proof.heading))
        run.font.color.rgb, run.font.size, run.font.underline = LINK, Pt(9), True
        link.append(run._element)
        paragraph._p.append(link)


def _drawn(cell: Any, shade: str) -> None:
    """A thin line below a cell, and a shade behind it where one is given."""
    borders = OxmlElement("w:tcBorders")
    below = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("color", RULE)):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    cell._tc.get_or_add_tcPr().append(borders)
    if shade:
        behind = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", shade)):
            behind.set(qn(f"w:{name}"), value)
        cell._tc.tcPr.append(behind)
