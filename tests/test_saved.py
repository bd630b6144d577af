import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from intel.model import Page
from spiders.saved import BadInput, pages

HTML = "<html><body><p>圆通在杭州新建转运中心。</p></body></html>"


def test_html_files_of_a_folder_are_taken_in_order_with_their_names_as_addresses(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text(HTML)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.htm").write_text(HTML)
    os.utime(tmp_path / "b.html", (1_780_000_000, 1_780_000_000))
    first, second = pages(tmp_path)
    assert isinstance(first, Page) and isinstance(second, Page)
    assert (first.url, second.url) == (f"file:{tmp_path.name}/b.html", f"file:{tmp_path.name}/sub/a.htm")
    assert first.fetched_at == datetime.fromtimestamp(1_780_000_000, UTC)
    assert first.body == HTML.encode()


def test_a_page_saved_by_a_browser_keeps_its_address(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!-- saved from url=(0026)http://news.example/7.html -->" + HTML)
    [found] = pages(tmp_path / "a.html")
    assert isinstance(found, Page) and found.url == "http://news.example/7.html"


def test_json_lines_give_a_page_a_line_and_a_bad_line_loses_nothing_else(tmp_path: Path) -> None:
    lines = [
        json.dumps({"url": "http://a/1", "html": HTML, "fetched_at": "2026-11-01T08:00:00+08:00"}),
        "{not json",
        json.dumps({"url": "http://a/2"}),
        json.dumps({"url": "http://a/3", "html": 3}),
        "",
        json.dumps({"url": "http://a/4", "html": HTML}),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    found = list(pages(tmp_path / "a.jsonl"))
    assert [one.url for one in found if isinstance(one, Page)] == ["http://a/1", "http://a/4"]
    assert [one.where for one in found if isinstance(one, BadInput)] == [
        "a.jsonl:2",
        "a.jsonl:3",
        "a.jsonl:4",
    ]


def warc(*answers: tuple[str, str]) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    for url, status in answers:
        http = StatusAndHeaders(status, [("Content-Type", "text/html; charset=gb18030")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(HTML.encode("gb18030")),
            http_headers=http,
            warc_headers_dict={"WARC-Date": "2026-10-01T00:00:00Z"},
        )
        writer.write_record(record)
    return buffer.getvalue()


def test_a_web_archive_gives_its_answers_with_their_addresses_and_moments(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc.gz").write_bytes(warc(("http://a/1", "200 OK"), ("http://a/2", "404 Not Found")))
    kept, refused = pages(tmp_path)
    assert isinstance(kept, Page) and isinstance(refused, BadInput)
    assert kept.url == "http://a/1"
    assert kept.body.decode("gb18030") == HTML
    assert kept.content_type == "text/html; charset=gb18030"
    assert kept.fetched_at == datetime(2026, 10, 1, tzinfo=UTC)
    assert "404" in refused.reason


def test_a_broken_off_archive_keeps_what_came_before_the_break(tmp_path: Path) -> None:
    whole = warc(("http://a/1", "200 OK"), ("http://a/2", "200 OK"))
    (tmp_path / "crawl.warc.gz").write_bytes(whole[:-40])
    found = list(pages(tmp_path))
    assert isinstance(found[0], Page) and found[0].url == "http://a/1"
    assert isinstance(found[-1], BadInput)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc").write_bytes(b"this is not an archive\n" * 5)
    [refused] = pages(tmp_path)
    assert isinstance(refused, BadInput) and refused.where == f"{tmp_path.name}/crawl.warc"


def test_a_file_of_another_kind_is_named_with_the_kinds_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"PK")
    [refused] = pages(tmp_path)
    assert isinstance(refused, BadInput) and "html" in refused.reason and "warc.gz" in refused.reason
