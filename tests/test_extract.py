import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intel.model import Article, NotAnArticle, Page, Precision
from pipelines.dates import CHINA
from pipelines.extract import MAX_BYTES, extract

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)
HALF_PAST_NINE = datetime(2026, 11, 20, 9, 30, tzinfo=CHINA)
STORY = (
    "海州市邮政管理局介绍，今年前十个月，全市快递业务量完成三亿二千万件，同比增长百分之十一。",
    "“旺季期间我们新增了四条自动分拣线。”当地一家快递企业的负责人说，高峰日处理能力提高到九十万件。",
    "业内人士认为，价格竞争趋缓之后，服务质量和时效稳定性将成为客户选择快递企业的主要依据。",
)
OF_NO_SITE = "<title>海州快递业务量前十月增长一成</title>"
NAVIGATION = "".join(f'<li><a href="/c{number}">栏目第{number}页</a></li>' for number in range(20))


def document(
    inner: str, head: str = "<title>海州快递业务量前十月增长一成_海州新闻网</title>", meta: str = ""
) -> str:
    return (
        f'<html><head><meta charset="utf-8">{head}</head><body><ul class="nav">{NAVIGATION}</ul>'
        f'<div id="main"><h1>海州快递业务量前十月增长一成</h1><div class="info">{meta}</div>'
        f'<div class="content">{inner}</div></div>'
        f'<div class="footer">Copyright © 2014-2026 海州新闻网 版权所有 海ICP备00000000号</div></body></html>'
    )


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in (texts or STORY))


def page(html: str | bytes, content_type: str = "text/html", **more: object) -> Page:
    body = html if isinstance(html, bytes) else html.encode()
    values: dict[str, object] = {"url": "https://news.example.org/a", "source": "demo", "fetched_at": NOW}
    return Page(body=body, content_type=content_type, **(values | more))  # type: ignore[arg-type]


def read(html: str | bytes, content_type: str = "text/html", **more: object) -> Article:
    return extract(page(html, content_type, **more), NOW)


def reason(html: str | bytes, content_type: str = "text/html") -> str:
    with pytest.raises(NotAnArticle) as raised:
        read(html, content_type)
    return raised.value.reason


def test_the_body_is_the_story_and_nothing_around_it() -> None:
    assert read(document(paragraphs())).text == "\n".join(STORY)


def test_the_title_is_the_headline_without_the_site() -> None:
    assert read(document(paragraphs())).title == "海州快递业务量前十月增长一成"


def test_a_title_without_a_visible_headline_loses_the_name_of_the_site() -> None:
    html = f"<title>海州快递提速_海州新闻网</title><div>{paragraphs()}</div>"
    assert read(html).title == "海州快递提速"


def test_share_bars_editors_credits_and_related_links_are_no_body() -> None:
    related = "".join(f'<li><a href="/{n}">另一篇报道的标题第{n}号</a></li>' for n in range(6))
    inner = (
        f'<div>分享到：<a href="#">微博</a></div>{paragraphs()}<p>来源：海州日报</p>'
        "<p>（责任编辑：王小明）</p>"
        f"<h3>相关阅读</h3><ul>{related}</ul><p>扫一扫，手机阅读</p>"
    )
    assert read(document(inner)).text == "\n".join(STORY)


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">{}</p>',
        '<p style="visibility: hidden">{}</p>',
        "<p hidden>{}</p>",
        "<!-- {} -->",
        "<noscript>{}</noscript>",
        '<p style="color:#ffffff;background:#fff">{}</p>',
        '<p><font color="white">{}</font></p>',
        '<span style="font-size:0">{}</span>',
        "<script>document.write('{}')</script>",
    ],
)
def test_hidden_text_is_never_body(hidden: str) -> None:
    secret = "这里藏着一句读者看不到的话，用来误导采集程序。"
    article = read(document(paragraphs(*STORY[:2]) + hidden.format(secret) + paragraphs(STORY[2])))
    assert article.text == "\n".join(STORY)


def test_text_that_scripts_bring_out_is_body_where_nothing_else_is() -> None:
    told = read(f'<title>海州快递</title><div style="visibility:hidden;opacity:0">{paragraphs()}</div>')
    assert told.text == "\n".join(STORY)


def test_a_style_under_a_condition_hides_nothing() -> None:
    sheet = "<style>@media print { .story { display: none } }</style>"
    assert STORY[0] in read(document(f'{sheet}<div class="story">{paragraphs()}</div>')).text


@pytest.mark.parametrize(
    "sheet",
    [
        ".told { color: #fff; background: #FFFFFF }",
        "#told, .other { background-color: White !important; color: #fff }",
        ".told{color:#123456;background:#123456}",
        "p { margin: 0 } .told { color: white }",
        ".told { display: none }",
    ],
)
def test_text_in_the_colour_of_its_ground_by_the_style_sheet_is_no_body(sheet: str) -> None:
    secret = "这里藏着一句读者看不到的话，用来误导采集程序。"
    told = f'<style>{sheet}</style>{paragraphs()}<p class="told" id="told">{secret}</p>'
    assert read(document(told)).text == "\n".join(STORY)


@pytest.mark.parametrize(
    "head",
    [
        "<style>.told { color: #fff } body { background: #000 }</style>",
        "<style>.told { color: #fff } .top .told { background-image: linear-gradient(#000, #111) }</style>",
        '<style>.told { color: #fff }</style><link rel="stylesheet" href="/dark.css">',
        "<style>.told { color: #fff; background: #c00 }</style>",
        "<style>.told { background: #fff; border-color: #fff; color: #333 }</style>",
        "<style>@media print { .told { color: #fff } }</style>",
    ],
)
def test_text_that_the_style_sheet_may_set_apart_from_its_ground_is_body(head: str) -> None:
    told = "负责人还说，明年将在城东再建一座分拨中心，预计每天处理包裹三十万件。"
    page = document(f'{paragraphs()}<p class="told">{told}</p>', head=f"<title>海州快递</title>{head}")
    assert told in read(page).text


def test_a_relative_date_yields_to_what_the_page_declares() -> None:
    head = (
        '<title>海州快递</title><meta property="article:published_time" content="2026-11-18T10:00:00+08:00">'
    )
    published = read(document(paragraphs(), head=head, meta="5天前")).published
    assert published is not None
    assert (published.at.day, published.origin) == (18, "meta")


@pytest.mark.parametrize("opening", ["2026年9月1日公布", "海州市公布2026年9月1日"])
def test_a_date_in_a_sentence_yields_to_what_the_page_declares(opening: str) -> None:
    head = '<title>海州快递</title><meta name="PubDate" content="2026-11-18">'
    published = read(
        document(paragraphs(f"{opening}的新规，两个月来，{STORY[0]}", *STORY[1:]), head=head)
    ).published
    assert published is not None
    assert (published.at.month, published.origin) == (11, "meta")


@pytest.mark.parametrize(
    ("headline", "day"),
    [("海鲸商城快递服务招标公告发布 12月20日开标", 18), ("海鲸商城招标公告发布 11月19日", 19)],
)
def test_a_headline_s_own_day_is_not_when_it_was_published(headline: str, day: int) -> None:
    shown = document(paragraphs(), meta="发布时间：2026-11-18 09:30")
    published = read(shown.replace("海州快递业务量前十月增长一成", headline)).published
    assert published is not None and (published.at.month, published.at.day) == (11, day)


def test_a_last_paragraph_about_an_app_is_body() -> None:
    told = (
        "负责人说，用户打开海鲸APP即可查询包裹位置，系统上线三个月以来，客服电话减少了四成，"
        "投诉也少了，下一步将把同样的功能放进商家后台。"
    )
    assert read(document(paragraphs(*STORY, told))).text.endswith(told)


def test_entities_of_a_document_type_are_not_expanded() -> None:
    bomb = (
        '<!DOCTYPE html [<!ENTITY a "海海海海海海海海"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    )
    article = read(bomb + document(paragraphs() + "<p>&c;&c;&c;</p>"))
    assert "海海海海" not in article.text


def test_white_text_on_a_dark_ground_is_body() -> None:
    inner = (
        f'<div style="background:#123456"><p style="color:#fff">{STORY[0]}</p>{paragraphs(*STORY[1:])}</div>'
    )
    assert STORY[0] in read(document(inner)).text


def test_each_row_of_a_table_is_a_line_with_its_cells() -> None:
    table = (
        "<table><tr><th>指标</th><th>单位</th><th>10月</th></tr>"
        "<tr><td>快递业务量</td><td>亿件</td><td>3.2</td></tr></table>"
    )
    lines = read(document(paragraphs() + table)).text.split("\n")
    assert lines[-2:] == ["指标 | 单位 | 10月", "快递业务量 | 亿件 | 3.2"]


def test_comments_longer_than_the_story_are_no_body() -> None:
    answer = "我觉得这家快递的服务确实有进步，但是价格还是偏高，希望以后能够更便宜一些。"
    comments = "".join(f"<div><p>{answer}{number}</p></div>" for number in range(20))
    assert read(
        document(f"{paragraphs()}").replace("</body>", f'<div id="comments">{comments}</div></body>')
    ).text == ("\n".join(STORY))


def test_invisible_characters_are_gone_so_that_offsets_hold() -> None:
    article = read(
        document(paragraphs(f"海州\u200b快递\u202e业务&#8203;量&#x2066;增长。{STORY[0]}", *STORY[1:]))
    )
    assert article.text.startswith("海州快递业务量增长。")


@pytest.mark.parametrize(
    ("meta", "expected", "origin"),
    [
        ("发布时间：2026年11月20日 09:30", HALF_PAST_NINE, "label"),
        ("2026-11-20 09:30 海州日报", HALF_PAST_NINE, "header"),
        ("发布于 3小时前", NOW - timedelta(hours=3), "relative"),
        ("<span>发布日期：</span><span>2026-11-20</span>", datetime(2026, 11, 20, tzinfo=CHINA), "label"),
        (
            '<time datetime="2026-11-20T09:30:00+08:00">Friday</time>',
            HALF_PAST_NINE,
            "time",
        ),
    ],
)
def test_the_date_is_what_the_page_tells_near_its_headline(
    meta: str, expected: datetime, origin: str
) -> None:
    published = read(document(paragraphs(), meta=meta)).published
    assert published is not None
    assert (published.at, published.origin) == (expected, origin)


def test_a_label_beats_a_date_in_the_story_and_in_the_footer() -> None:
    told = paragraphs("2020年1月2日，海州市第一家快递企业迁入新区，" + STORY[0], *STORY[1:])
    published = read(document(told, meta="时间：2026-11-19 08:00")).published
    assert published is not None
    assert published.at == datetime(2026, 11, 19, 8, 0, tzinfo=CHINA)


def test_a_page_that_tells_no_date_has_none() -> None:
    told = paragraphs("2020年1月2日，海州市第一家快递企业迁入新区，" + STORY[0], *STORY[1:])
    assert read(document(told)).published is None


def test_json_ld_tells_date_and_author() -> None:
    author = '{"@type":"Person","name":"林一帆"}'
    data = f'{{"@type":"NewsArticle","datePublished":"2026-11-18T10:00:00+08:00","author":{author}}}'
    head = f'<title>海州快递</title><script type="application/ld+json">{data}</script>'
    article = read(document(paragraphs(), head=head))
    assert article.published is not None
    assert (article.published.origin, article.published.at.day, article.author) == ("json-ld", 18, "林一帆")


def test_the_address_tells_the_day_where_the_page_does_not() -> None:
    published = read(document(paragraphs()), url="https://news.example.org/2026/11/17/c_1.html").published
    assert published is not None
    assert (published.at, published.precision, published.origin) == (
        datetime(2026, 11, 17, tzinfo=CHINA),
        Precision.DAY,
        "url",
    )


def test_the_list_tells_the_date_where_nothing_else_does() -> None:
    listed = datetime(2026, 11, 16, 7, 0, tzinfo=CHINA)
    published = read(document(paragraphs()), listed_at=listed).published
    assert published is not None
    assert (published.at, published.origin) == (listed, "listed")


def test_a_date_under_a_notice_is_its_date() -> None:
    published = read(document(paragraphs() + "<p>海州市邮政管理局</p><p>2026年11月12日</p>")).published
    assert published is not None
    assert (published.at.day, published.origin) == (12, "signed")


@pytest.mark.parametrize(
    ("meta", "tail", "author"),
    [
        ("作者：周晓林  时间：2026-11-20", "", "周晓林"),
        ("作者：<br>周晓林", "", "周晓林"),
        ("来源：海州日报 作者：周晓林、陈立", "", "周晓林、陈立"),
        ("", "（本报记者 周晓林）", "周晓林"),
        ("", "（周晓林 海州报道）", "周晓林"),
        ("文/周晓林", "", "周晓林"),
        ("", "（完）", None),
    ],
)
def test_the_author_is_read_from_label_or_signature(meta: str, tail: str, author: str | None) -> None:
    assert read(document(paragraphs(*STORY[:2], STORY[2] + tail), meta=meta)).author == author


@pytest.mark.parametrize(
    "meta", ["来源：海州日报", "稿件来源: 海州日报 责编：王小明", "2026年11月20日09:30 《海州日报》"]
)
def test_the_publisher_is_the_credited_source(meta: str) -> None:
    assert read(document(paragraphs(), meta=meta)).publisher == "海州日报"


def test_the_name_of_the_content_system_is_no_author() -> None:
    head = '<title>海州快递</title><meta name="author" content="某某建站软件">'
    assert read(document(paragraphs(), head=head)).author is None


def test_an_english_article_reads_as_well() -> None:
    told = (
        "The parcel carrier said on Thursday that it would open two sorting hubs in the region next spring.",
        "Volumes rose 8.5 percent in the third quarter, it said, while revenue per item fell slightly.",
        "Analysts expect merchants to negotiate lower rates, and some have asked rival carriers to bid.",
    )
    html = (
        "<html><head><title>Carrier to open two hubs - Example Post</title></head>"
        "<body><nav><a href='/'>Home</a>"
        "<a href='/w'>World</a></nav><article><h1>Carrier to open two hubs</h1><p>By Jane Miller</p>"
        f"<p>Published: November 19, 2026 3:15 p.m.</p>{paragraphs(*told)}</article>"
        "<footer>Copyright 2026 Example Post. All rights reserved.</footer></body></html>"
    )
    article = read(html)
    assert (article.title, article.lang, article.author) == ("Carrier to open two hubs", "en", "Jane Miller")
    assert article.text == "\n".join(told)
    assert article.published is not None
    assert article.published.at == datetime(2026, 11, 19, 15, 15, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("html", "content_type", "expected"),
    [
        (b"", "text/html", "empty_body"),
        (b" \n ", "text/html", "empty_body"),
        (b"x" * (MAX_BYTES + 1), "text/html", "too_large"),
        (document(paragraphs()).encode(), "application/pdf", "not_html"),
        (b'{"title": "a"}', "application/json", "not_html"),
        ("海州快递业务量增长。".encode(), "text/plain", "not_html"),
        (b"%PDF-1.7 ...", "text/html", "not_html"),
        ("海州快递业务量增长。".encode(), "text/html", "not_html"),
        (b"<p>" + bytes(range(0x80, 0x100)) * 40, "text/html", "undecodable"),
        (document(""), "text/html", "index_page"),
        ("<html><title>海州</title><body><p>海州</p></body></html>", "text/html", "no_text"),
        ("<title>安全验证</title><p>请完成下方验证后继续访问，拖动滑块。</p>", "text/html", "consent_wall"),
        ("<title>Before you continue</title><p>We value your privacy.</p>", "text/html", "consent_wall"),
        ("<title>404</title><p>抱歉，您访问的页面不存在，可能已被删除。</p>", "text/html", "error_page"),
        ("<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>", "text/html", "error_page"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_named(html: str | bytes, content_type: str, expected: str) -> None:
    assert reason(html, content_type) == expected


def test_a_flash_of_one_sentence_is_an_article() -> None:
    assert (
        read(document("<p>海州速递：前三季度净利润增长百分之二。</p>")).text
        == "海州速递：前三季度净利润增长百分之二。"
    )


def test_a_long_story_about_captchas_is_an_article() -> None:
    told = [
        f"第{number}点，安全验证码的设计影响用户体验，网站应当说明为什么需要它。" + STORY[0]
        for number in range(8)
    ]
    assert "验证码" in read(document(paragraphs(*told))).text


@pytest.mark.parametrize(
    ("written", "header"),
    [
        ("gb18030", "text/html; charset=utf-8"),
        ("big5", "text/html; charset=gb2312"),
        ("utf-8", "text/html; charset=big5"),
    ],
)
def test_no_mojibake_under_a_wrong_header(written: str, header: str) -> None:
    told = "海州快遞公司宣佈雙十一期間日均處理包裹超過四百萬件，較去年同期增長百分之八。"
    html = f"<html><body><div>{paragraphs(told, told, told)}</div></body></html>"
    assert read(html.encode(written), header).text.split("\n")[0] == told


def test_deep_nesting_does_not_hide_the_story() -> None:
    assert STORY[0] in read("<div>" * 800 + paragraphs() + "</div>" * 800).text


def test_nesting_past_what_the_parser_follows_is_a_named_rejection() -> None:
    assert reason("<div>" * 5000 + paragraphs()) == "no_text"


FRAGMENTS = st.sampled_from(
    [
        *("<p>", "</p>", "<table><tr><td>", "</td><td>", "</table>", "<pre>\n", "<a href=x>", "</a>", "<br>"),
        *("<!--", "快递业务量增长，", "2026年11月20日 09:30", "作者：", "来源：", "（记者 王小明）", "404"),
        *(
            "<font color=white>",
            "<td bgcolor=red>",
            "</html>",
            "&#xd800;",
            "&#8203;",
            "\x00",
            "\x85",
            "<title>",
        ),
        '<script type="application/ld+json">[1,{"@type":["NewsArticle"],"author":[null]}]</script>',
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=600), st.lists(FRAGMENTS, max_size=40).map(lambda parts: "".join(parts).encode())
    )
)
def test_any_bytes_are_an_article_or_a_named_rejection(body: bytes) -> None:
    try:
        article = read(body)
    except NotAnArticle as rejection:
        assert rejection.reason
    else:
        assert article.text
        article.content.encode()


@pytest.mark.parametrize(
    ("meta", "author", "publisher"),
    [
        ("文/林小帆 图/周舟 2026-11-20", "林小帆", None),
        ("作者 | 林小帆 2026-11-20", "林小帆", None),
        ("撰文｜林小帆　编辑｜周舟", "林小帆", None),
        ("编译/林小帆", "林小帆", None),
        ("署名：林小帆", "林小帆", None),
        ("本报记者 林小帆 通讯员 周舟", "林小帆、周舟", None),
        ("原创 林小帆 库房夜话", "林小帆", "库房夜话"),
        ("林小帆 +关注", "林小帆", None),
        ("撰文：林小帆　摄影：周舟", "林小帆", None),
        ("转载自：海州晚报 2026-11-20", None, "海州晚报"),
        ("《海州晚报》（2026年11月20日 第02版）", None, "海州晚报"),
        ("发布机构：海州市邮政管理局", None, "海州市邮政管理局"),
        ("By Owen Birch, 19 Nov 2026", "Owen Birch", None),
        ("By Ann May, Upland News Service", "Ann May", "Upland News Service"),
    ],
)
def test_a_line_above_the_story_names_who_wrote_it_and_for_whom(
    meta: str, author: str | None, publisher: str | None
) -> None:
    article = read(document(paragraphs(), head=OF_NO_SITE, meta=meta))
    assert (article.author, article.publisher, article.text) == (author, publisher, "\n".join(STORY))


@pytest.mark.parametrize("told", ["据《海州晚报》报道，", "据海州日报客户端11月20日消息，"])
def test_a_story_that_repeats_a_paper_credits_it(told: str) -> None:
    article = read(document(paragraphs(told + STORY[0], *STORY[1:])))
    assert article.publisher in {"海州晚报", "海州日报"}


def test_where_a_picture_is_from_credits_nobody() -> None:
    told = paragraphs(STORY[0]) + "<p>图片来源：受访者提供</p>" + paragraphs(*STORY[1:])
    article = read(document(told, head=OF_NO_SITE))
    assert (article.publisher, article.text) == (None, "\n".join(STORY))


def test_a_date_in_a_sentence_yields_to_the_one_that_a_script_holds() -> None:
    script = '<script>var ct = "1795132800";</script>'
    published = read(document(script + paragraphs("今天，仓库里只有三个人。", *STORY))).published
    assert published is not None
    assert (published.at.date().isoformat(), published.origin) == ("2026-11-20", "script")


def test_what_is_updated_later_was_published_when_its_head_says() -> None:
    foot = "<p>最后更新：2026-11-22</p>"
    published = read(document(paragraphs() + foot, meta="2026-11-20")).published
    assert published is not None and published.at.day == 20


# ---- what a reader brings out, and what only scripts show


FOLDED = '<div style="max-height: 0; overflow: hidden">' + paragraphs(*STORY[1:]) + "</div>"


@pytest.mark.parametrize(
    "control", ["<div>点击<a>展开剩余40%</a></div>", "<p><button>阅读全文</button>查看全文</p>"]
)
def test_text_that_a_reader_unfolds_is_body(control: str) -> None:
    assert read(document(f"<p>{STORY[0]}</p>{control}{FOLDED}")).text.endswith("\n".join(STORY[1:]))


def test_text_without_height_that_nothing_unfolds_is_no_body() -> None:
    assert read(document(f"<p>{STORY[0]}</p><p>{STORY[2]}</p>{FOLDED}")).text == f"{STORY[0]}\n{STORY[2]}"


def test_text_of_a_limited_height_is_body() -> None:
    limited = FOLDED.replace("max-height: 0", "max-height: 300px")
    assert read(document(f"<p>{STORY[0]}</p>{limited}")).text == "\n".join(STORY)


MARKED_UP = json.dumps(f"{paragraphs()}\0\ud800").replace("<", "\\u003C")
HELD = (
    '"title": "海州快递业务量前十月增长一成", "author": ["林一帆", "通讯员 周舟"], '
    '"media": {"name": "海州日报"},'
    f' "publishTime": "2026-11-20 09:30:00", "content": {MARKED_UP}'
)
OTHERS = '"list": [{"title": "另一篇", "content": "", "brief": "旺季临近，企业加开班次。"}]'
PLAIN = json.dumps("\n".join(STORY), ensure_ascii=False)
SCRIPTS = {
    "an object": (
        f'<script>window.__INITIAL_STATE__={{{OTHERS}, "article": {{{HELD}}}}};(function(){{}})()</script>'
    ),
    "a JSON script": (
        f'<script type="application/json" id="__NEXT_DATA__">{{"props": {{"post": {{{HELD}}}}}}}</script>'
    ),
    "JSON-LD": (
        '<script type="application/ld+json">{"@type": "NewsArticle",'
        ' "headline": "海州快递业务量前十月增长一成",'
        ' "author": [{"@type": "Person", "name": "林一帆"}, {"name": "周舟"}],'
        ' "publisher": {"name": "海州日报"},'
        f' "datePublished": "2026-11-20T09:30:00+08:00", "articleBody": {PLAIN}}}</script>'
    ),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_an_article_that_only_scripts_hold_is_read(script: str) -> None:
    article = read(
        f"<html><head><title>海州新闻网</title></head><body><div id=app></div>{script}</body></html>"
    )
    assert article.text == "\n".join(STORY)
    assert (article.title, article.author) == ("海州快递业务量前十月增长一成", "林一帆、周舟")
    assert article.publisher == "海州日报"
    assert article.published is not None and article.published.at == HALF_PAST_NINE


def test_data_beside_a_text_that_is_shown_changes_nothing() -> None:
    other = SCRIPTS["an object"].replace("海州日报", "另一家报纸")
    assert read(document(paragraphs(STORY[0], STORY[1])) + other).text == "\n".join(STORY[:2])


def test_what_a_style_sheet_hides_in_the_text_of_a_script_is_no_body() -> None:
    hidden = json.dumps(f'{paragraphs()}<p class="x">{STORY[0]}免费领取</p>').replace("<", "\\u003C")
    script = SCRIPTS["an object"].replace(MARKED_UP, hidden)
    html = f"<html><head><style>.x{{display:none}}</style></head><body>{script}</body></html>"
    assert read(html).text == "\n".join(STORY)


# ---- the site that only a title names


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("{}_海州新闻网", "海州新闻网"),
        ("{} - 物流 - 海州在线", "海州在线"),
        ("海州日报数字报-{}", "海州日报数字报"),
        ("{} - 《寄递》杂志", "寄递"),
        ("{} - 快递版 - 海州论坛 - Powered by Discuz!", "海州论坛"),
        ("{} | 通知公告", None),
        ("海州快递业务量 - 海州新闻网", "海州新闻网"),
        ("{}", None),
        ("海州新闻网", None),
    ],
)
def test_the_site_is_who_a_title_names_beside_the_headline(title: str, site: str | None) -> None:
    head = f"<title>{title.format('海州快递业务量前十月增长一成')}</title>"
    assert read(document(paragraphs(), head=head)).publisher == site


@pytest.mark.parametrize(
    "caption", ["分拨中心的夜班工人在装车。周舟 摄", "周舟摄", "分拨中心的夜班。（通讯员 周舟 摄）"]
)
def test_the_words_under_a_picture_that_name_who_took_it_are_no_body(caption: str) -> None:
    inner = f"<p>{STORY[0]}</p><p>{caption}</p>{paragraphs(*STORY[1:])}"
    assert read(document(inner)).text == "\n".join(STORY)


def test_a_time_that_an_attribute_holds_for_a_script_dates_the_page() -> None:
    meta = '<span data-publish="2026-11-20T09:30:00+08:00">刚刚</span>'
    article = read(document(paragraphs(), meta=meta))
    assert article.published is not None and article.published.at == HALF_PAST_NINE


def test_what_a_site_lists_and_says_of_its_rights_behind_a_story_is_no_body() -> None:
    told = (
        "The parcel carrier said on Thursday that it would open two sorting hubs in the region next spring.",
        "Volumes rose 8.5 percent in the third quarter, it said, while revenue per item fell slightly.",
        "Analysts expect merchants to negotiate lower rates, and some have asked rival carriers to bid.",
    )
    rest = (
        "Copyright 2026 Upland Media. All rights reserved. This material may not be published, rewritten, "
        "or redistributed without the written consent of its owner.",
        "Recent Stories",
        "Orchards on the hill hired seventy more hands for the late crop, their managers said this week.",
    )
    assert read(document(paragraphs(*told, *told, *rest))).text == "\n".join(told * 2)
