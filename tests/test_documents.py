from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from intel.config import CHINA
from intel.model import Article, NotAnArticle, Page
from pipelines.documents import Document, holds_document, read_document
from tests import documents

NOW = datetime(2026, 11, 24, 9, tzinfo=CHINA)
TITLE = "恒达快运股份有限公司2026年10月快递业务经营简报公告"
LONG = (
    "本公司董事会及全体董事保证本公告内容不存在任何虚假记载，并对其内容的真实性承担责任。"
    "十月份公司完成业务量八千六百万件，同比增长百分之十二，华东区域三个转运中心相继投入使用，末端派送时效有所改善，"
    "客户投诉率较上月下降，公司将继续投入自动化分拣设备以应对旺季。"
)
DAY = datetime(2026, 10, 31)  # noqa: DTZ001 (sheets know no zone)
HEADER = ["网点", "业务量（万件）", "同比"]


def read(body: bytes, **page: object) -> Document:
    return read_document(Page("http://files.localhost/a", "files", NOW, body, **page), NOW)  # type: ignore[arg-type]


def reason(body: bytes) -> str:
    with pytest.raises(NotAnArticle) as refusal:
        read(body)
    return refusal.value.reason


def place(document: Document, quote: str) -> str:
    return document.page(document.content.index(quote))


# ---- PDF


def test_a_pdf_gives_its_headline_and_its_paragraphs_unwrapped() -> None:
    document = read(documents.pdf(TITLE, LONG, "特此公告。"))
    assert document.title == TITLE
    assert document.text.split("\n") == [LONG, "特此公告。"]
    assert (document.encoding, document.lang) == ("pdf", "zh")


def test_a_document_is_an_article_whose_quotes_know_their_page() -> None:
    document = read(documents.pdf(TITLE, *[LONG] * 12, "末页的一句话在这里。"))
    assert isinstance(document, Article)
    last = len({label for *_, label in document.pages})
    assert last >= 2 and place(document, "末页的一句话") == f"第{last}页"
    assert place(document, TITLE) == "第1页"
    assert all(start < end for start, end, _ in document.pages)
    assert document.pages[-1][1] == len(document.content)


def test_a_ruled_table_across_pages_is_rows_of_cells_each_with_its_page() -> None:
    rows = [
        HEADER,
        *([f"第{number}转运中心及其下属的若干分拨网点", str(number * 3), "12.5%"] for number in range(1, 70)),
    ]
    document = read(documents.pdf(TITLE, LONG, rows))
    assert "网点 | 业务量（万件） | 同比" in document.text
    assert "第69转运中心及其下属的若干分拨网点 | 207 | 12.5%" in document.text
    assert place(document, "第1转运中心") == "第1页" and place(document, "第69转运中心") == "第3页"


def test_the_lines_that_run_over_all_pages_are_left_out() -> None:
    document = read(documents.pdf(TITLE, *[LONG] * 40, head="恒达快运 内部编号 2026-110"))
    assert "内部编号" not in document.text
    assert not any(line.isdigit() for line in document.text.split("\n"))


LEFT = (
    "左栏的第一段讲述十月份业务量完成情况和同比",
    "增幅，华东地区占比过半。",
    "左栏的第二段说明转运中心建设进度以及投用",
    "的时间。",
)
RIGHT = (
    "右栏的第一段讲述客户服务指标，投诉率下降百",
    "分之十二，时效有改善。",
    "右栏的第二段说明价格调整的安排，自十一月起",
    "首重上调五角。",
)


def test_a_page_of_two_columns_is_read_column_by_column() -> None:
    lines = [(180.0, 780.0, "恒达快运十月经营情况的公告横贯两栏")]
    for number in range(8):
        height = 740.0 - 16 * number
        lines += [(60.0, height, LEFT[number % 4]), (320.0, height, RIGHT[number % 4])]
    document = read(documents.placed_pdf(lines))
    assert "|" not in document.text and document.title == "恒达快运十月经营情况的公告横贯两栏"
    paragraphs = ["".join(side[start : start + 2]) for side in (LEFT, RIGHT) for start in (0, 2, 0, 2)]
    assert document.text.split("\n") == paragraphs


def test_cells_in_a_row_without_rulings_are_no_columns() -> None:
    lines = [(60.0, 780.0, "恒达快运十月经营情况公告")]
    for number in range(9):
        lines += [
            (60.0, 740.0 - 20 * number, f"第{number}网点"),
            (320.0, 740.0 - 20 * number, f"{number * 31}.5"),
        ]
    assert "第3网点 | 93.5" in read(documents.placed_pdf(lines)).text


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_turned_is_read_upright(turn: int) -> None:
    wide = 540.0 if turn in (90, 270) else 780.0
    texts = (
        "恒达快运十月经营情况公告",
        "十月份公司完成业务量八千六百万件。",
        "华东区域三个转运中心投入使用。",
    )
    lines = [(60.0, wide - 24 * number, text) for number, text in enumerate(texts)]
    document = read(documents.placed_pdf(lines, turn))
    assert (document.title, *document.text.split("\n")) == texts


def test_a_date_is_taken_from_the_text_before_the_list() -> None:
    listed = datetime(2026, 11, 20, tzinfo=CHINA)
    told = read(documents.pdf(TITLE, "公告日期：2026年11月18日", LONG), listed_at=listed)
    untold = read(documents.pdf(TITLE, LONG), listed_at=listed)
    assert told.published and told.published.at.date().isoformat() == "2026-11-18"
    assert untold.published and (untold.published.at, untold.published.origin) == (listed, "listed")


def test_a_title_of_the_list_is_kept_unless_it_says_nothing() -> None:
    body = documents.pdf(TITLE, LONG)
    assert read(body, listed_title="恒达快运：2026年10月经营简报").title == "恒达快运：2026年10月经营简报"
    assert read(body, listed_title="附件下载").title == TITLE


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (documents.scanned_pdf(), "scanned_document"),
        (documents.pdf(TITLE, LONG, password="geheim"), "encrypted_document"),
        (documents.pdf(TITLE, *[LONG] * 9)[:-2000], "broken_document"),
        (b"%PDF-1.7\nnothing of the kind\n%%EOF", "broken_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "legacy_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_document"),
        (b"%PDF-" + bytes(11 * 1024 * 1024), "too_large"),
        (b"<html>", "not_a_document"),
    ],
    ids=["scanned", "password", "cut short", "no pdf", "old word", "password word", "huge", "html"],
)
def test_a_document_that_cannot_be_read_says_why(body: bytes, why: str) -> None:
    assert reason(body) == why


# ---- Word and Excel


def test_a_word_file_gives_paragraphs_tables_and_their_headings() -> None:
    document = read(
        documents.word("年度报告", "# 一、概况", LONG, "# 二、数据", [HEADER, ["华东", "320", "8%"]])
    )
    assert document.title == "年度报告"
    assert "华东 | 320 | 8%" in document.text.split("\n")
    assert place(document, "华东 | 320") == "二、数据" and place(document, LONG) == "一、概况"


def test_an_excel_file_gives_rows_with_sheet_and_number_as_shown() -> None:
    rows: list[list[object]] = [
        ["月度业务量统计表"],
        [],
        [*HEADER],
        ["华东", 320.5, 0.125],
        ["合计", 88, DAY],
    ]
    document = read(documents.excel({"运营数据": rows, "空表": list[list[object]]()}, percent="C4"))
    assert document.title == "月度业务量统计表"
    assert "华东 | 320.5 | 12.5%" in document.text and "合计 | 88 | 2026-10-31" in document.text
    assert place(document, "华东 | 320.5") == "运营数据!第4行"


def test_a_hidden_sheet_is_not_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["指标", "本月", "说明"])
    book.worksheets[0].append(
        ["业务量（万件）", 860, "本表数据未经审计，以定期报告披露为准，敬请投资者注意投资风险"]
    )
    for state in ("hidden", "veryHidden"):
        sheet = book.create_sheet(state)
        sheet.append(["内部底价", 3.2])
        sheet.sheet_state = state
    out = BytesIO()
    book.save(out)
    text = read(out.getvalue()).content
    assert "业务量（万件） | 860" in text and "底价" not in text


def test_an_office_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = documents.repacked(documents.word(LONG), "word/media/a.bin", bytes(80 * 1024 * 1024))
    assert len(bomb) < 200_000 and reason(bomb) == "too_large"


def test_entities_are_never_expanded() -> None:
    part = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]><a>&b;</a>'
    for name, body in (
        ("word/document.xml", documents.word(LONG)),
        ("xl/workbook.xml", documents.excel({"a": [["x"]]})),
    ):
        assert reason(documents.repacked(body, name, part)) == "broken_document"


def test_a_damaged_office_file_and_a_plain_archive_are_told_apart() -> None:
    whole = documents.word(LONG)
    assert reason(whole[: len(whole) // 2]) == "broken_document"
    assert reason(documents.repacked(whole, "word/document.xml", b"<w:document")) == "broken_document"
    archive = documents.repacked(b"PK\x05\x06" + bytes(18), "readme.txt", b"hello")
    assert reason(archive) == "not_a_document"


def test_documents_are_told_by_their_first_bytes() -> None:
    assert holds_document(documents.pdf(TITLE, LONG)) and holds_document(documents.word(LONG))
    assert not holds_document("<html><body>网页</body></html>".encode())
