"""Selectors of a source: what they find wins, what they do not find is read without them and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intel import bootstrap, reader
from intel.config import Settings
from intel.model import Article, NotAnArticle, Page, Selectors, Source
from pipelines.extract import extract
from spiders.catalogue import BadSources, load_sources
from tests import documents
from tests.making import WIRE
from tests.test_spiders_catalogue import ROW

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STORY = (
    "华中分拨中心本周投运，配备三套自动分拣设备，承担周边四省的中转任务。",
    "负责人表示，旺季的临时场地不再启用，区域内的中转时间预计缩短三个小时。",
)
TEASER = "本站编辑部每天早上为读者挑选三条最要紧的行业消息，发送到您的邮箱，欢迎免费订阅并转告同行。"
HTML = f"""<html><head><title>投运 - 某报</title><meta name="PubDate" content="2026-11-20 09:30"></head>
<body><div class="nav"><a href="/">首页</a></div>
<div class="page"><h2 class="name">华中分拨中心投运</h2><h1>某报物流版</h1>
<div class="line">来源：物流周刊　2026年11月21日</div><div class="who">文/林一帆</div>
<div class="text"><p>{STORY[0]}</p><p>{STORY[1]}</p></div>
<div class="offer"><p>{TEASER}</p></div></div></body></html>"""


def read(html: str = HTML, **selectors: str) -> Article:
    page = Page("https://news.example.org/a/1", "wire", NOW, html.encode(), "text/html; charset=utf-8")
    return extract(page, NOW, Selectors(**selectors))


# ---- what a selector finds wins


def test_the_body_is_what_its_selector_selects_and_nothing_beside_it() -> None:
    article = read(body="div.text")
    assert article.text.split("\n") == list(STORY) and article.missed == ()


def test_several_elements_make_one_body_and_none_of_it_counts_twice() -> None:
    assert read(body="div.text, div.text p, div.offer").text.split("\n") == [*STORY, TEASER]


def test_a_title_an_author_and_a_date_are_what_their_selectors_select() -> None:
    article = read(title=".name", author=".who", published=".line")
    assert (article.title, article.author) == ("华中分拨中心投运", "林一帆")
    assert article.published is not None
    assert (article.published.at.day, article.published.origin) == (21, "selector")


@pytest.mark.parametrize(
    ("shown", "author"),
    [
        ("作者：林一帆　阅读 312", "林一帆"),
        ("特約記者 林一帆", "林一帆"),
        ("By Hannah Brooke | July 20, 2026", "Hannah Brooke"),
        ("林一帆 · 2026-11-20 08:00", "林一帆"),
    ],
)
def test_an_author_is_the_name_without_what_stands_beside_it(shown: str, author: str) -> None:
    assert read(HTML.replace("文/林一帆", shown), author=".who").author == author


def test_a_selector_may_name_an_attribute() -> None:
    article = read(published="meta[name=PubDate]::attr(content)", title="h2.name::text")
    assert article.published is not None and article.title == "华中分拨中心投运"
    assert (article.published.at.day, article.published.evidence) == (20, "2026-11-20 09:30")


def test_a_body_that_scripts_bring_out_is_read() -> None:
    article = read(HTML.replace('class="text"', 'class="text" style="visibility: hidden"'), body="div.text")
    assert article.text.split("\n") == list(STORY)


def test_text_that_nobody_sees_in_a_selected_body_is_not_read() -> None:
    hidden = f'<p style="display:none">{TEASER}</p>'
    assert TEASER not in read(HTML.replace("<p>", hidden + "<p>", 1), body="div.text").text


def test_white_text_on_a_dark_ground_around_the_body_is_seen() -> None:
    dark = HTML.replace("<body>", '<body bgcolor="#000000">').replace("<p>", '<p style="color:#fff">')
    assert read(dark, body="div.text").text.split("\n") == list(STORY)


def test_the_credit_is_still_found_around_a_selected_body() -> None:
    article = read(title=".name", body="div.text", published=".line", author=".who")
    assert article.publisher == "物流周刊"


def test_fields_without_a_selector_are_read_from_what_stands_around_the_selected_body() -> None:
    article = read(body="div.text")
    assert (article.author, article.publisher) == ("林一帆", "物流周刊")
    assert article.published is not None and article.published.at.day == 21


# ---- what it does not find


@pytest.mark.parametrize("field", ["title", "body", "published", "author"])
def test_a_field_whose_selector_finds_nothing_is_read_without_it_and_named(field: str) -> None:
    article = read(**{field: "div.of-the-old-layout"})
    plain = read()
    assert article == replace(plain, missed=(field,))


def test_a_selected_label_is_no_body() -> None:
    article = read(body="h2.name")
    assert article.missed == ("body",) and STORY[0] in article.text


def test_an_error_in_the_place_of_the_body_is_no_article() -> None:
    gone = (
        "您访问的文章不存在或已被删除，请返回首页，看看编辑为您推荐的其他行业消息与报道，也可以用搜索查找。"
    )
    html = f"<html><body><h2 class=name>提示</h2><div class=text><p>{gone}</p></div></body></html>"
    with pytest.raises(NotAnArticle, match="error_page"):
        read(html, title=".name", body="div.text")


def test_an_editorial_office_is_no_author() -> None:
    article = read(HTML.replace("文/林一帆", "某报编辑部"), author=".who")
    assert (article.author, article.missed) == (None, ("author",))


def test_a_text_without_a_date_is_no_date() -> None:
    article = read(published=".name")
    assert article.missed == ("published",)
    assert article.published is not None and article.published.origin != "selector"


# ---- the row


def table(tmp_path: Path, options: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(f"{ROW}{options}\n", encoding="utf-8")
    return path


def test_a_row_gives_its_pages_selectors(tmp_path: Path) -> None:
    text = '[source.options.article]\ntitle = "h1"\npublished = "time::attr(datetime)"'
    (source,) = load_sources(table(tmp_path, text))
    assert Selectors.of(source.options) == Selectors(title="h1", published="time::attr(datetime)")


def test_a_row_without_selectors_has_none(tmp_path: Path) -> None:
    (source,) = load_sources(table(tmp_path, ""))
    assert Selectors.of(source.options) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            'headline = "h1"',
            "options.article.headline: is no field of an article; the fields are title, body",
        ),
        ('title = "h1 >"', "options.article.title: 'h1 >' is no selector: "),
        ('title = "h1::shout"', "options.article.title: 'h1::shout' is no selector: "),
        ("title = 1", "options.article.title: 1 is no selector"),
        ('author = " "', "options.article.author: ' ' is no selector"),
        ('body = "p::text"', "options.article.body: 'p::text' selects a text"),
        ("", "options.article: names no field"),
    ],
)
def test_a_selector_that_makes_no_sense_is_named_with_row_and_key(
    tmp_path: Path, given: str, says: str
) -> None:
    with pytest.raises(BadSources) as caught:
        load_sources(table(tmp_path, f"[source.options.article]\n{given}"))
    assert f"source one: {says}" in str(caught.value)


def test_selectors_that_are_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSources, match=r"options\.article: 'h1' is not a table"):
        load_sources(table(tmp_path, 'article = "h1"'))


def test_a_watched_page_takes_no_selectors(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    row = ROW.replace('"listing"', '"watch"').replace(
        'item = "ul li"', '[source.options.article]\nbody = "p"'
    )
    path.write_text(row, encoding="utf-8")
    with pytest.raises(BadSources, match=r"options\.article: is no option of kind watch"):
        load_sources(path)


# ---- kept pages


def kept(source: Source, tmp_path: Path, *pages: Page) -> bootstrap.Workspace:
    workspace = bootstrap.init(Settings(home=tmp_path), [source])
    for page in pages:
        workspace.store.add_page(page)
    return workspace


def texts(workspace: bootstrap.Workspace) -> list[str]:
    with workspace.engine.connect() as connection:
        return [str(text) for (text,) in connection.exec_driver_sql("SELECT text FROM article ORDER BY url")]


def test_reading_again_uses_the_selectors_that_the_source_has_now(tmp_path: Path) -> None:
    page = Page("http://wire.localhost/1", WIRE.name, NOW, HTML.encode(), "text/html")
    with_teaser = replace(WIRE, options={"article": {"body": "div.text, div.offer"}})
    workspace = kept(with_teaser, tmp_path, page)
    reader.read_pages(workspace.store, workspace.query.watched())
    assert texts(workspace) == ["\n".join((*STORY, TEASER))]
    workspace.store.load_sources([replace(WIRE, options={"article": {"body": "div.text"}})])
    reader.read_pages(workspace.store, workspace.query.watched(), again=True)
    assert texts(workspace) == ["\n".join(STORY)]
    workspace.engine.dispose()


def test_what_selectors_did_not_find_is_counted_by_source_and_field(tmp_path: Path) -> None:
    pages = [Page(f"http://wire.localhost/{number}", WIRE.name, NOW, HTML.encode()) for number in (1, 2)]
    old = replace(WIRE, options={"article": {"body": "div.gone", "title": ".name"}})
    workspace = kept(old, tmp_path, *pages)
    count = reader.read_pages(workspace.store, workspace.query.watched())
    assert (count.read, count.missed) == (2, {(WIRE.name, "body"): 2})
    workspace.engine.dispose()


def test_a_document_of_a_source_with_selectors_is_read_as_a_document(tmp_path: Path) -> None:
    body = documents.pdf("淘宝物流服务商管理白皮书", *STORY)
    page = Page("http://wire.localhost/a.pdf", WIRE.name, NOW, body, "application/pdf")
    workspace = kept(replace(WIRE, options={"article": {"body": "div.text"}}), tmp_path, page)
    count = reader.read_pages(workspace.store, workspace.query.watched())
    assert (count.read, count.missed.total()) == (1, 0) and STORY[0][:12] in texts(workspace)[0]
    workspace.engine.dispose()
