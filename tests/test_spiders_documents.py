"""The spiders of documents, filings and tenders against a real server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from intel.model import RunState
from spiders.kinds import KINDS
from spiders.options import BadOption
from tests import documents
from tests.crawling import MemoryStore, collect, source
from tests.hostile_server import Answer, Site, _handler_class
from tests.loopback import listening

JSON = {"Content-Type": "application/json"}
FILES = ("2026-11-20/1.PDF", "2026-11-19/2.PDF", "2026-11-18/3.PDF", "2026-11-17/4.PDF")


@contextmanager
def taking_forms() -> Iterator[Site]:
    """A site that answers posted forms as if they were the query of the address."""

    class Handler(_handler_class()):  # type: ignore[misc]
        def do_POST(self) -> None:  # noqa: N802
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(self.server.site.answer(f"{self.path}?{form}", dict(self.headers)))

    site = Site(0)

    def prepare(server: ThreadingHTTPServer) -> None:
        site.port = server.server_port
        server.site = site  # type: ignore[attr-defined]

    with listening(Handler, prepare=prepare):
        yield site


def announcement(file: str, title: str, code: str = "002352") -> dict[str, object]:
    return {
        "announcementTitle": title,
        "announcementTime": 1795104000000,
        "adjunctUrl": f"finalpage/{file}",
        "secCode": code,
        "secName": "恒达快运",
    }


def answer(*announcements: dict[str, object], more: bool = False) -> Answer:
    return Answer(json.dumps({"announcements": announcements, "hasMore": more}).encode(), headers=JSON)


def with_files(site: Site) -> None:
    for file in FILES:
        site.pages[f"/finalpage/{file}"] = Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"})


# ---- documents


def test_the_documents_of_a_list_are_kept_whatever_type_the_server_says(
    site: Site, store: MemoryStore
) -> None:
    body = documents.pdf("公告", "正文。")
    site.pages["/list"] = Answer(
        b'<ul><li><a href="/a.pdf">one</a></li><li><a href="/get?f=b.XLSX">two</a></li>'
        b'<li><a href="/c.html">no</a></li></ul>'
    )
    site.pages["/a.pdf"] = Answer(body, headers={"Content-Type": "application/octet-stream"})
    site.pages["/get?f=b.XLSX"] = Answer(documents.excel({"a": [["x"]]}))
    run = collect(site, [source(site, "/list", "document", item="li")], store)["document"]
    assert (run.state, run.new) == (RunState.OK, 2)
    assert store.paths == {"/a.pdf", "/get?f=b.XLSX"}
    assert store.pages[f"{site.url}/a.pdf"].body == body
    assert store.pages[f"{site.url}/a.pdf"].listed_title == "one"


# ---- filings


def test_posted_pages_of_announcements_are_followed_and_carry_title_and_date(store: MemoryStore) -> None:
    with taking_forms() as site:
        with_files(site)
        site.pages["/query?column=szse&pageNum=1"] = answer(
            announcement(FILES[0], "<em>业务</em>简报"), more=True
        )
        site.pages["/query?column=szse&pageNum=2"] = answer(announcement(FILES[1], "恒达快运：季度报告"))
        filing = source(site, "/query", "filing", form={"column": "szse"})
        run = collect(site, [filing], store)["filing"]
        assert (run.state, run.new) == (RunState.OK, 2)
        first, second = (store.pages[f"{site.url}/finalpage/{file}"] for file in FILES[:2])
        assert (first.listed_title, second.listed_title) == ("恒达快运：业务简报", "恒达快运：季度报告")
        assert first.listed_at is not None and first.listed_at.timestamp() == 1795104000
        assert parse_qs(site.asked[1][0].partition("?")[2]) == {"column": ["szse"], "pageNum": ["1"]}


def test_announcements_are_chosen_by_code_and_title(site: Site, store: MemoryStore) -> None:
    with_files(site)
    site.pages["/query?pageNum=1"] = answer(
        announcement(FILES[0], "年度报告"),
        announcement(FILES[1], "年度报告摘要"),
        announcement(FILES[2], "年度报告", code="600233"),
        announcement(FILES[3], "董事会决议"),
    )
    filing = source(site, "/query", "filing", codes=["002352"], words=["报告"], without=["摘要"])
    collect(site, [filing], store)
    assert store.paths == {f"/finalpage/{FILES[0]}"}


def test_an_endpoint_without_announcements_is_empty_and_a_changed_one_fails(
    site: Site, store: MemoryStore
) -> None:
    site.pages["/none?pageNum=1"] = Answer(b'{"announcements": null, "hasMore": false}', headers=JSON)
    site.pages["/odd?pageNum=1"] = Answer(b'{"code": 500}', headers=JSON)
    site.pages["/page?pageNum=1"] = Answer(b"<html>maintenance</html>")
    runs = collect(
        site, [source(site, f"/{name}", "filing", name) for name in ("none", "odd", "page")], store
    )
    assert runs["none"].state is RunState.EMPTY
    assert runs["odd"].reason == "no list of entries at 'announcements': has the layout changed?"
    assert runs["page"].reason.startswith("not a list of announcements: ")


# ---- tenders


def test_a_notice_board_gives_the_notices_of_the_trade(site: Site, store: MemoryStore) -> None:
    titles = ("快递服务招标公告", "办公楼空调采购公告", "退货揽收中标结果")
    items = "".join(f"<li><a href=/n/{n}>{title}</a></li>" for n, title in enumerate(titles))
    site.pages["/board"] = Answer(f"<meta charset=utf-8><ul>{items}</ul>".encode())
    for number in range(3):
        site.pages[f"/n/{number}"] = Answer(b"<p>text</p>")
    collect(site, [source(site, "/board", "tender", item="li", words=["courier"])], store)
    assert store.paths == {"/n/0", "/n/2"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("document", {"item": "li", "types": [".pdf"]}),
        ("filing", {"codes": [2352]}),
        ("filing", {"files": "static"}),
        ("tender", {"item": "li", "words": [""]}),
    ],
)
def test_options_that_make_no_sense_are_refused(kind: str, options: dict[str, object]) -> None:
    with pytest.raises(BadOption):
        KINDS[kind].check(options)
