"""Pages that say they are not for the public wait for a decision, and are not read before it."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from intel import bootstrap, reader
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.model import Page
from intel.search_query import Search
from pipelines.confidential import marker
from tests import documents
from tests.conftest import Command
from tests.making import NOON, SOURCES, TEXT

BODY = [
    "淘宝物流业务负责人表示，双11当天平台产生包裹1.9亿件。",
    "韵达华东多个网点爆仓。",
    "中通与圆通时效正常。",
] * 3


@pytest.mark.parametrize(
    "line",
    [
        "内部资料 请勿外传",
        "内部资料，注意保存",
        "【内部资料】",
        "★机密★",
        "机密★10年",
        "密级：机密",
        "绝 密",
        "内部使用 请勿外传",
        "内部使用，请勿外传！",
        "某某快递股份有限公司内部资料 严禁外传",
        "仅供内部使用",
        "仅限内部传阅 第3页 共12页",
        "公司机密 未经许可不得复制",
        "商业秘密",
        "CONFIDENTIAL",
        "Confidential – Internal Use Only",
        "Strictly Confidential",
        "FOR INTERNAL USE ONLY",
        "— Company Confidential —",
        "Private & Confidential",
        "Confidential. Do not distribute.",
        "內部資料 請勿外傳",
    ],
)
def test_a_line_that_is_a_marker_at_the_head_or_foot_of_a_text_marks_it(line: str) -> None:
    assert marker("快递成本表", [line, *BODY]) == line
    assert marker("快递成本表", [*BODY, line]) == line
    assert marker("快递成本表", BODY, [line]) == line


@pytest.mark.parametrize(
    "line",
    [
        "据称一份标有“机密”的文件被泄露，涉及快递价格。",
        "该公司前员工因泄露商业秘密被判刑。",
        "机密计算将用于物流数据共享。",
        "内部资料显示，淘宝退货率升至38%。",
        "记者获得的一份内部文件称，韵达将裁撤网点。",
        "公司要求员工对报价严格保密，请勿外传，否则追责。",
        "This confidential memo was obtained by reporters.",
        "The talks are confidential, people familiar said.",
        "秘密",
        "内部人士透露",
        "国家秘密保护条例修订",
        "保密局：机密级文件管理办法公布",
        "资料",
        "第3页",
        "Internal revenue rose 10%.",
        "2026年11月12日",
        "机密：揭秘双11背后的快递战",
    ],
)
def test_a_word_in_a_sentence_or_headline_is_no_marker(line: str) -> None:
    assert marker(line, [line, *BODY, line]) == ""


def test_a_weak_marker_in_the_middle_of_a_text_is_none_unless_it_is_repeated() -> None:
    middle = [*BODY, "内部资料", *BODY]
    assert marker("菜单", middle) == ""
    assert marker("菜单", ["首段。", *BODY, *["机密", *BODY] * 3]) == "机密"


def test_an_unmistakable_marker_counts_wherever_it_stands() -> None:
    assert marker("成本", [*BODY, "内部使用 请勿外传", *BODY]) == "内部使用 请勿外传"


def test_a_title_that_opens_with_a_marker_in_brackets_marks_the_text() -> None:
    assert marker("【内部资料】2026年揽收价", BODY) == "【内部资料】2026年揽收价"
    assert marker("【独家】机密文件曝光", BODY) == ""


# ---- kept, decided, read

HTML = """<html><head><meta charset="utf-8"><title>{title}</title></head><body><div class="head">{head}</div>
<h1>{title}</h1><div>发布时间：2026年11月12日 09:30</div>
<article>{body}</article><div>{foot}</div></body></html>"""
TELLS = "".join(f"<p>{sentence}。</p>" for sentence in TEXT.rstrip("。").split("。"))


def html(head: str = "", foot: str = "", title: str = "双11包裹创新高") -> bytes:
    return HTML.format(head=head, foot=foot, title=title, body=TELLS).encode()


def kept_page(name: str, body: bytes) -> Page:
    return Page(f"http://wire.localhost/{name}", "wire", NOON, body, "text/html")


PUBLIC = kept_page("public", html())
MARKED = kept_page("marked", html(head="某某快递内部资料 请勿外传", title="双11揽收成本"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = bootstrap.init(Settings(home=tmp_path / "home"), SOURCES)
    made.store.add_page(PUBLIC)
    made.store.add_page(MARKED)
    reader.read_pages(made.store, made.query.watched())
    yield made
    made.engine.dispose()


def titles(workspace: Workspace) -> list[str]:
    return sorted(hit.title for hit in Search(workspace.engine).page("淘宝").hits)


def test_a_marked_page_is_not_read_into_findings_and_is_listed_with_its_reason(
    intel: Command, workspace: Workspace
) -> None:
    assert titles(workspace) == ["双11包裹创新高"]
    assert workspace.query.kept().rejected == {"confidential": 1}
    [held] = json.loads(intel("quarantine", "list", "--json").out)
    assert (held["url"], held["marker"], held["decision"]) == (MARKED.url, "某某快递内部资料 请勿外传", "")
    reader.read_pages(workspace.store, workspace.query.watched(), again=True)
    assert titles(workspace) == ["双11包裹创新高"]


def test_a_released_page_is_read_now_and_whenever_all_is_read_again(
    intel: Command, workspace: Workspace
) -> None:
    said = intel("quarantine", "release", "2", "--why", "公司已在官网公布", "--by", "王敏")
    assert said.code == 0
    assert titles(workspace) == ["双11包裹创新高", "双11揽收成本"]
    reader.read_pages(workspace.store, workspace.query.watched(), again=True)
    assert len(titles(workspace)) == 2


def test_a_decision_is_kept_with_who_when_and_why(intel: Command, workspace: Workspace) -> None:
    intel("quarantine", "drop", "2", "--why", "泄露的文件", "--by", "王敏")
    assert json.loads(intel("quarantine", "list", "--json").out) == []
    [held] = json.loads(intel("quarantine", "list", "--all", "--json").out)
    assert (held["decision"], held["decided_by"], held["why"]) == ("dropped", "王敏", "泄露的文件")
    assert held["decided_at"]
    assert intel("quarantine", "release", "2", "--why", "x").code == 2


def test_a_dropped_page_s_bytes_are_gone_and_the_same_bytes_are_not_kept_again(
    intel: Command, workspace: Workspace
) -> None:
    intel("quarantine", "drop", "2", "--why", "泄露的文件")
    last = workspace.store.last_page(MARKED.url)
    assert last is None
    assert not workspace.store.add_page(MARKED)
    reader.read_pages(workspace.store, workspace.query.watched(), again=True)
    assert titles(workspace) == ["双11包裹创新高"]


def test_a_new_version_of_a_released_page_is_read_and_one_with_another_marker_waits(
    intel: Command, workspace: Workspace
) -> None:
    intel("quarantine", "release", "2", "--why", "公开")
    workspace.store.add_page(replace(MARKED, body=MARKED.body.replace("成本".encode(), "价格".encode())))
    workspace.store.add_page(replace(MARKED, body=html(foot="CONFIDENTIAL – INTERNAL USE ONLY")))
    count = reader.read_pages(workspace.store, workspace.query.watched())
    assert (count.read, dict(count.rejected)) == (1, {"confidential": 1})
    assert "双11揽收价格" in titles(workspace)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_marker_in_the_header_of_a_document_counts(workspace: Workspace, kind: str) -> None:
    if kind == "pdf":
        body = documents.pdf("双11揽收成本", *[TEXT] * 30, head="内部资料")
    else:
        document = docx.Document(io.BytesIO(documents.word([("双11揽收成本", "Title"), (TEXT, "Normal")])))
        document.sections[0].header.paragraphs[0].text = "机密"
        out = io.BytesIO()
        document.save(out)
        body = out.getvalue()
    workspace.store.add_page(Page("http://wire.localhost/d", "wire", NOON, body, "application/octet-stream"))
    assert reader.read_pages(workspace.store, workspace.query.watched()).rejected == {"confidential": 1}
