"""The Word file opens whatever text it holds, and has what a reader of Word looks for."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Cm
from matplotlib import font_manager

from intel.brief import Document, Format, Kind, Lang, compose, render
from tests.briefs import BASE, CONTROLS, HOSTILE, LABELS, NOW, ORDER, briefing, found, material, shown

FIELDS = ("quote", "title", "source_label", "place", "url", "why")


def opened(document: Document) -> WordDocument:
    return docx.Document(io.BytesIO(render(document, Format.DOCX)))


def charted() -> Document:
    return briefing(found(), order=replace(ORDER, charts=True))


@pytest.mark.parametrize(
    "text", [HOSTILE, CONTROLS, "字" * 40_000, " \u3000韵达\t", "\u0301\U0001f69a"], ids="hcltu"
)
@pytest.mark.parametrize("field", FIELDS)
def test_any_text_in_any_field_gives_a_file_that_opens(field: str, text: str) -> None:
    body = render(briefing(found(**{field: text})), Format.DOCX)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
    assert docx.Document(io.BytesIO(body)).paragraphs


def test_a_name_of_an_account_may_hold_any_text() -> None:
    labels = {**LABELS, "accounts": {"taobao": HOSTILE + CONTROLS}}
    assert opened(compose([material(found())], ORDER, labels)).paragraphs[0].style


@pytest.mark.parametrize("form", [Format.MD, Format.HTML, Format.JSON])
def test_control_characters_are_written_in_no_other_format_either(form: Format) -> None:
    text = render(briefing(found(quote=CONTROLS, title=CONTROLS, url=f"http://a/{CONTROLS}")), form).decode()
    assert not [character for character in text if character < " " and character not in "\n\r\t"]
    assert "\u202e" not in text and "\ufffe" not in text


def test_a_quote_is_whole_but_for_what_xml_refuses() -> None:
    assert HOSTILE in shown(briefing(found(quote=HOSTILE)), Format.DOCX)


def test_headings_are_headings_and_quotes_are_list_items() -> None:
    made = opened(briefing(found(), found(event=None, topic="resources", dated_at=NOW - timedelta(days=99))))
    styles = {(p.style.name if p.style else "") for p in made.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet"} <= styles


def test_the_title_of_an_article_links_to_it() -> None:
    links = [
        link
        for p in opened(briefing(found(url="http://wire.localhost/7"))).paragraphs
        for link in p.hyperlinks
    ]
    assert ("http://wire.localhost/7", BASE.title) in [(link.address, link.text) for link in links]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http://a/" + "x" * 3000])
def test_what_is_no_address_of_the_web_is_no_link(url: str) -> None:
    assert not [link for p in opened(briefing(found(url=url))).paragraphs for link in p.hyperlinks]


def test_chinese_has_a_typeface_of_its_own() -> None:
    fonts = opened(briefing(found())).styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei" and fonts.get(qn("w:eastAsiaTheme")) is None


def test_each_picture_says_what_it_shows_and_has_its_data_below() -> None:
    made = opened(charted())
    told = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert len(told) == 2 and all("数据见表。" in text for text in told)
    assert len(made.tables) == len(told) + 1  # and the table of sources


def test_it_is_printed_on_numbered_pages_with_tables_that_can_be_read() -> None:
    made: Any = opened(charted())  # the stubs take what a file leaves out for possible
    [section] = made.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fields = section.footer._element.iter(qn("w:fldSimple"))
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE", "NUMPAGES"]
    broken = [p.text for p in made.paragraphs if p.paragraph_format.page_break_before]
    assert broken == ["图表"]
    for table in made.tables:
        head, *rows = table._tbl.tr_lst
        assert head.findall(f".//{qn('w:tblHeader')}") and rows
        assert head.find(f".//{qn('w:shd')}").get(qn("w:fill")) == "EEF2F6"
        assert round(sum(column.width for column in table.columns) / Cm(1), 1) == 16.5


def test_without_a_chinese_font_the_file_says_so_and_has_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    made = opened(charted())
    assert "本机没有中文字体，图略；数据见表。" in [p.text for p in made.paragraphs]
    assert not made.inline_shapes and len(made.tables) == 3


@pytest.mark.parametrize("kind", Kind)
def test_the_file_names_itself_and_nobody(kind: Kind) -> None:
    made = opened(compose([material(found())], replace(ORDER, kind=kind, lang=Lang.EN), LABELS))
    assert made.core_properties.title == made.paragraphs[0].text != ""
    assert made.core_properties.author == "" and made.core_properties.language == "en"
