import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import NotAnArticle
from pipelines.charset import clean, decode

SIMPLIFIED = "<p>北京某快递公司今天宣布，双十一期间日均处理包裹超过四百万件，同比增长百分之八。</p>"
TRADITIONAL = "<p>臺北某快遞公司今天宣佈，雙十一期間日均處理包裹超過四百萬件，較去年增長百分之八。</p>"
ENGLISH = "<p>The café’s couriers “naïvely” ran 3 routes – résumé at noon. Volumes rose in every city.</p>"


@pytest.mark.parametrize(
    ("text", "written", "header"),
    [
        (SIMPLIFIED, "gb18030", "text/html; charset=utf-8"),
        (SIMPLIFIED, "gb18030", "text/html; charset=iso-8859-1"),
        (SIMPLIFIED, "gb18030", "text/html; charset=big5"),
        (SIMPLIFIED, "gb18030", ""),
        (SIMPLIFIED, "utf-8", "text/html; charset=gb2312"),
        (SIMPLIFIED, "utf-8", "text/html; charset=gbk"),
        (SIMPLIFIED, "utf-8-sig", "text/html; charset=gb2312"),
        (SIMPLIFIED, "utf-16", "text/html"),
        (TRADITIONAL, "big5", "text/html; charset=utf-8"),
        (TRADITIONAL, "big5", "text/html; charset=gbk"),
        (TRADITIONAL, "big5", ""),
        (TRADITIONAL, "utf-8", "text/html; charset=big5"),
        (ENGLISH, "cp1252", "text/html; charset=utf-8"),
        (ENGLISH, "cp1252", ""),
        (ENGLISH, "utf-8", "text/html; charset=iso-8859-1"),
    ],
)
def test_the_bytes_decide_the_encoding_not_the_header(text: str, written: str, header: str) -> None:
    assert decode(text.encode(written), header).text == text


def test_a_meta_tag_that_lies_is_not_believed() -> None:
    page = '<meta charset="utf-8">' + SIMPLIFIED
    assert decode(page.encode("gb18030")).text == page


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5"])
def test_a_character_cut_off_at_the_end_spoils_nothing_before_it(encoding: str) -> None:
    text = TRADITIONAL if encoding == "big5" else SIMPLIFIED
    whole = text.removesuffix("</p>")[:-1]
    cut = (whole + "件").encode(encoding)[:-1]
    assert decode(cut, "text/html; charset=gbk").text == whole


def test_a_few_bad_bytes_do_not_turn_a_page_into_another_encoding() -> None:
    page = SIMPLIFIED.encode("gb18030") + b"\xff\xff" + SIMPLIFIED.encode("gb18030")
    decoded = decode(page, "text/html; charset=gb2312")
    assert decoded.encoding == "gb18030"
    assert decoded.text.count("双十一期间") == 2


def test_bytes_that_are_no_text_are_undecodable() -> None:
    with pytest.raises(NotAnArticle) as raised:
        decode(bytes(range(0x80, 0x100)) * 40)
    assert raised.value.reason == "undecodable"


def test_invisible_directional_and_control_characters_are_removed() -> None:
    assert clean("顺\u200b丰\u202e控\x00股\ufeff上\ud800涨\u2066%") == "顺丰控股上涨%"


def test_windows_quotes_written_as_control_references_are_read() -> None:
    assert clean("\x93fast\x94 \x96 cheap") == "“fast” – cheap"


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html; charset=gbk", "text/html; charset=\x00", "charset=rot13"]),
)
def test_any_bytes_decode_or_are_undecodable(body: bytes, header: str) -> None:
    try:
        assert decode(body, header).encoding
    except NotAnArticle as rejection:
        assert rejection.reason == "undecodable"
