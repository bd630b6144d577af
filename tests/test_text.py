from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import fold, language, sentences


def test_folding_maps_width_case_and_traditional_characters() -> None:
    assert fold("ＳＴＯ申通快遞（上海）") == "sto申通快递(上海)"
    assert fold("臺灣順豐與國家郵政局") == "台湾顺丰与国家邮政局"


@given(st.text())
def test_folding_keeps_the_length_and_is_settled_after_one_pass(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_language_is_told_from_script() -> None:
    assert language("圆通速递发布八月经营简报，单票收入2.11元。") == "zh"
    assert language("順豐速運宣布調整香港地區運費，並擴充國際航線網點。") == "zh-Hant"
    assert language("J&T Express and 极兔 opened a hub in Wuhan on Monday, the company said.") == "en"
    assert language("12345 —") == "other"


def test_sentences_end_at_stops_and_lines_but_not_in_numbers_or_abbreviations() -> None:
    text = "标题\n他说：“不涨价。”单票收入2.11元；同比降3.5%！Volume rose 3.5 percent to 9.1 bn. Mr. Li left."
    assert [text[a:b] for a, b in sentences(text)] == [
        "标题",
        "他说：“不涨价。”",
        "单票收入2.11元；",
        "同比降3.5%！",
        "Volume rose 3.5 percent to 9.1 bn.",
        "Mr. Li left.",
    ]


def test_a_sentence_without_an_end_is_cut_at_a_comma_but_not_in_a_number() -> None:
    text = "圆通涨价1,234元，" * 300
    pieces = [text[a:b] for a, b in sentences(text)]
    assert "".join(pieces) == text and all(piece.endswith("元，") for piece in pieces)
    assert max(map(len, pieces)) <= 900
    assert max(b - a for a, b in sentences("圆通涨价" * 1000)) <= 900
    short = "圆通涨价，" * 100
    assert sentences(short) == ((0, len(short)),)


@given(st.text(alphabet="。！a.B \n”中", max_size=60))
def test_sentences_are_ordered_and_lose_nothing_but_white_space(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans) and all(x[1] <= y[0] for x, y in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
