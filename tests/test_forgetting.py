"""Persons, addresses and sources that were forgotten are nowhere, and do not come back."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zstandard
from dbos import DBOS
from sqlalchemy import JSON, String, Table, insert, select, text
from sqlalchemy.orm import Session

from intel import bootstrap, reader, sweep
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.db import UtcDateTime
from intel.jobs.desk import desk
from intel.jobs.engine import jobs_url
from intel.model import Page, RunState, SourceCheck, SourceRun
from intel.review_rules import sentence_of
from intel.search_query import Search
from intel.views import FindingFilter
from pipelines.forgotten import PERSON, Forgotten, digest
from pipelines.personal_data import replaced
from tests import documents
from tests.conftest import Command
from tests.making import NOON, SOURCES, root

NAME = "陆知远"
KEY = b"k" * 32
# How the name stands in the index, the family name in forms of address, and the name in other encodings.
CANARIES = [NAME, "陆知 知远", "陆总", "陆先生"]
HTML = """<html><head><meta charset="{charset}"><title>{title}</title>
<meta name="author" content="{author}"></head><body><h1>{title}</h1>
<div>发布时间：2026年11月12日 09:30</div><article>{body}</article></body></html>"""
TOLD = (
    "<p>淘宝物流业务负责人陆<b>知</b>远表示，双11当天平台产生包裹1.9亿件，较去年增长一成。</p>"
    "<p>陆总还说，韵达华东多个网点爆仓，部分包裹延误三天以上，商家要求赔付。</p>"
    "<p>11月10日，陆知远出任淘宝首席运营官，此前陆先生负责菜鸟的末端网络。</p>"
    "<p>中通与圆通在同一地区的时效基本正常，末端派送没有出现积压。</p>"
)
OTHER = (
    "<p>圆通速递宣布投资20亿元在杭州建设转运中心，预计2027年投产，日处理能力四百万件。</p>"
    "<p>业内人士认为，淘宝商家对圆通的时效满意，赔付也比较及时，投诉率低于行业平均水平。</p>"
)
PDF = (
    "淘宝物流服务商管理白皮书",
    "淘宝物流总监陆知远介绍，淘宝与快递商的账期由30天延长到60天，自2026年12月1日起执行，新签合同一律适用。",
    *["本白皮书说明平台物流服务的一般原则，供合作方参考，不作为合同条款，请以页面公示内容为准。"] * 40,
    "淘宝将于2027年1月启动新一轮物流招标，由陆知远牵头，中通、圆通已经报名，合同为期两年。",
)


def html(title: str, body: str, author: str = "", charset: str = "utf-8") -> bytes:
    return HTML.format(title=title, body=body, author=author, charset=charset).encode(charset)


PAGES = (
    Page(
        "http://wire.localhost/1",
        "wire",
        NOON,
        html("双11包裹创新高", TOLD, NAME),
        "text/html",
        "陆知远谈双11",
    ),
    Page("http://wire.localhost/2", "wire", NOON, html("圆通建转运中心", OTHER), "text/html"),
    Page("http://wire.localhost/3", "wire", NOON, html("淘宝换帅", TOLD, charset="gb18030"), "text/html"),
    Page("http://wire.localhost/4.pdf", "wire", NOON, documents.pdf(*PDF), "application/pdf"),
    Page(
        "http://forum.localhost/5",
        "forum",
        NOON,
        html("商家说圆通", OTHER.replace("20亿", "30亿")),
        "text/html",
    ),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose database has read all pages."""
    home = tmp_path_factory.mktemp("home")
    workspace = bootstrap.init(Settings(home=home), SOURCES)
    for page in PAGES:
        assert workspace.store.add_page(page)
    count = reader.read_pages(workspace.store, workspace.query.watched())
    assert (count.read, dict(count.rejected)) == (5, {})
    run = SourceRun("wire", NOON, NOON, RunState.FAILED, reason=f"page names {NAME}")
    workspace.store.add_run(run)
    workspace.briefings.mkdir()
    (workspace.briefings / "taobao.html").write_text(f"<p>“{NAME}表示”</p>")
    (workspace.briefings / "pinduoduo.html").write_text("<p>未知</p>")
    workspace.engine.dispose()
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change; the command works on it."""
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def workspace(home: Path) -> Iterator[Workspace]:
    opened = bootstrap.open_workspace(Settings(home=home))
    yield opened
    opened.engine.dispose()


def dumped(home: Path) -> str:
    connection = sqlite3.connect(home / "intel.db")
    dump = "\n".join(connection.iterdump())
    connection.close()
    return dump


def everything(home: Path) -> str:
    """All that a database holds as text: every table, the index's too, kept pages unpacked, raw bytes."""
    connection = sqlite3.connect(home / "intel.db")
    told = ["\n".join(connection.iterdump())]
    for (body,) in connection.execute("SELECT body FROM page"):
        page = zstandard.decompress(body)
        told += [page.decode("utf-8", "replace"), page.decode("gb18030", "replace")]
    for (report,) in connection.execute("SELECT report FROM article"):
        told.append(report.decode("utf-8", "replace"))
    connection.close()
    for file in home.glob("*"):
        if file.is_file():
            told += [file.read_bytes().decode(encoding, "replace") for encoding in ("utf-8", "utf-16-le")]
    return "\n".join(told).replace("<b>", "").replace("</b>", "")


def held(home: Path, canaries: list[str] = CANARIES) -> list[str]:
    text = everything(home)
    return [canary for canary in canaries if canary in text]


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "intel.db")
    found = connection.execute(query).fetchall()
    connection.close()
    return found


# ---- persons


def test_a_forgotten_person_is_in_no_table_no_page_and_no_byte_of_the_database(
    intel: Command, home: Path
) -> None:
    assert held(home) == CANARIES
    said = intel("forget", "person", NAME, "--yes")
    assert said.code == 0 and NAME not in said.out + said.err
    assert held(home) == []
    gone = {name for name, *_ in (line.split() for line in said.out.splitlines()[1:])}
    assert gone == {"article", "page", "source_run", "briefings"}


def test_what_was_said_of_accounts_stays_and_every_span_stays_true(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    def told() -> dict[str, set[str]]:
        return {
            account: {one.topic for one in workspace.query.findings(account, FindingFilter())}
            for account in ("taobao", "yto", "yunda")
        }

    before = told()
    intel("forget", "person", NAME, "--yes")
    assert told() == before
    quotes = [one.quote for one in workspace.query.findings("taobao", FindingFilter())]
    assert any(quote.startswith("淘宝物流业务负责人〔姓名已略〕表示，双11当天") for quote in quotes)
    assert all(quote.strip() == quote and quote for quote in quotes)
    for content, start, end, surface in rows(
        home,
        "SELECT title || char(10) || text, start, end, surface FROM mention"
        " JOIN article ON article.id = article_id",
    ):
        assert str(content)[int(str(start)) : int(str(end))] == surface


def test_the_search_index_finds_the_person_no_more_and_the_rest_still(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    assert len(Search(workspace.engine).page(NAME).hits) == 2
    intel("forget", "person", NAME, "--yes")
    assert Search(workspace.engine).page(NAME).hits == ()
    assert len(Search(workspace.engine).page("爆仓").hits) == 2


def test_a_document_that_names_the_person_loses_its_bytes_and_its_places_stay_true(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    intel("forget", "person", NAME, "--yes")
    [(size,)] = rows(home, "SELECT length(body) FROM page WHERE url LIKE '%4.pdf' AND dropped_at IS NOT NULL")
    assert int(str(size)) < 20
    places = {
        one.quote[:6]: one.place
        for one in workspace.query.findings("taobao", FindingFilter())
        if one.url.endswith(".pdf")
    }
    assert places["淘宝将于20"] == "第3页"


def test_a_dry_run_tells_what_would_go_and_changes_nothing(intel: Command, home: Path) -> None:
    before = dumped(home)
    said = intel("forget", "person", NAME, "--dry-run")
    assert [line.split() for line in said.out.splitlines()[1:]] == [
        ["article", "3"],
        ["briefings", "1"],
        ["page", "3"],
        ["source_run", "1"],
    ]
    assert dumped(home) == before and not (home / "forget.key").exists()


@pytest.mark.parametrize(("answer", "left"), [("n\n", CANARIES), ("y\n", [])])
def test_without_yes_it_asks_first(intel: Command, home: Path, answer: str, left: list[str]) -> None:
    intel("forget", "person", NAME, stdin=answer)
    assert held(home) == left


def test_the_name_may_be_given_on_standard_input_so_that_no_history_keeps_it(
    intel: Command, home: Path
) -> None:
    intel("forget", "person", "-", "--yes", stdin=f"{NAME}\n")
    assert held(home) == []


def test_briefings_that_quote_the_person_are_deleted_and_others_are_not(intel: Command, home: Path) -> None:
    intel("forget", "person", NAME, "--yes")
    assert [file.name for file in (home / "briefings").iterdir()] == ["pinduoduo.html"]


def test_with_an_organisation_only_texts_that_name_it_are_cleared(intel: Command, home: Path) -> None:
    intel("forget", "person", NAME, "--organisation", "拼多多", "--yes")
    assert NAME in held(home)
    intel("forget", "person", NAME, "--organisation", "taobao", "--yes")
    texts = "".join(str(text) for (text,) in rows(home, "SELECT title || text FROM article"))
    assert NAME not in texts and "〔姓名已略〕" in texts


@pytest.mark.parametrize("name", ["陆", "Lu", "  ", "一个很长的名字"])
def test_a_name_that_is_no_full_name_is_refused(intel: Command, home: Path, name: str) -> None:
    said = intel("forget", "person", name, "--yes")
    assert said.code == 2 and "name" in said.err


# ---- not coming back


def bring_back(workspace: Workspace) -> None:
    for page in PAGES:
        changed = page.body.replace(b"</body>", b"<!-- new --></body>")
        workspace.store.add_page(replace(page, body=changed))
    reader.read_pages(workspace.store, workspace.query.watched(), again=True)


def test_a_later_crawl_and_a_reading_of_everything_do_not_bring_the_person_back(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    intel("forget", "person", NAME, "--yes")
    bring_back(workspace)
    workspace.store.add_page(
        Page("http://wire.localhost/9.pdf", "wire", NOON, documents.pdf(*PDF[::-1]), "application/pdf")
    )
    reader.read_pages(workspace.store, workspace.query.watched())
    workspace.engine.dispose()
    assert len(rows(home, "SELECT id FROM page")) > len(PAGES)
    assert held(home) == []


def test_a_person_in_a_field_report_or_a_review_is_forgotten_and_the_rest_of_it_stays(
    intel: Command, home: Path
) -> None:
    intel("init")
    said = f"{NAME}说，韵达网点爆仓，他的电话是13812345678。客户的付款周期是月结45天。"
    assert intel("field", "add", "淘宝", "--points", said, "--author", "沈立").code == 0
    assert "13812345678" not in everything(home)
    number = str(rows(home, "SELECT min(id) FROM finding")[0][0])
    assert intel("review", "confirm", number, "--by", "沈立", "--why", f"{NAME}当面说过").code == 0
    assert NAME in everything(home)
    assert intel("forget", "person", NAME, "--yes").code == 0
    assert held(home) == []
    assert "月结45天" in everything(home) and "当面说过" in everything(home)
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        sqlite3.connect(home / "intel.db").execute("UPDATE review SET who = 'x'")


@pytest.mark.parametrize("name", [NAME, "陆总"])
def test_a_rejection_holds_on_when_a_name_in_its_sentence_is_forgotten(
    intel: Command, home: Path, name: str
) -> None:
    told = json.loads(intel("findings", "淘宝", "--json").out)
    said = next(one for one in told if name in one["quote"] and "wire" in one["url"])
    assert intel("review", "reject", str(said["id"]), "--by", "沈立", "--why", "误读").code == 0
    rejected = "SELECT count(*) FROM finding WHERE state = 'rejected'"
    before = rows(home, rejected)
    assert before == [(1,)]
    assert intel("forget", "person", NAME, "--yes").code == 0
    assert intel("read", "--all").code == 0
    assert held(home) == [] and rows(home, rejected) == before


def test_a_restored_backup_is_refused_until_it_is_cleared_of_what_was_forgotten_since(
    intel: Command, home: Path, filled: Path
) -> None:
    intel("forget", "person", NAME, "--yes")
    intel("forget", "url", PAGES[1].url, "--yes")
    with sqlite3.connect(filled / "intel.db") as backup, sqlite3.connect(home / "intel.db") as restored:
        backup.backup(restored)
    restored.close()
    for command in (["search", "淘宝"], ["read"], ["init"], ["brief", "taobao"]):
        said = intel(*command)
        assert said.code == 2 and "forget apply" in said.err and NAME not in said.out
    assert intel("forget", "apply").code == 0
    assert held(home) == []
    assert intel("search", "淘宝").code == 0
    assert rows(home, "SELECT url FROM page WHERE url LIKE '%/2'") == []


def test_a_forgetting_that_was_cut_off_is_finished_before_anything_is_shown(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    workspace.tombstones.bury(PERSON, NAME, "", root(NOON))
    assert intel("search", "淘宝").code == 2
    intel("forget", "apply")
    assert held(home) == []


def test_without_its_key_or_with_another_one_the_database_is_not_used(intel: Command, home: Path) -> None:
    intel("forget", "person", NAME, "--yes")
    key = home / "forget.key"
    kept = key.read_text()
    key.write_text("00" * 32 + "\n")
    assert "not the key" in intel("search", "淘宝").err
    key.unlink()
    assert "forget.key" in intel("search", "淘宝").err
    key.write_text(kept)
    assert intel("search", "淘宝").code == 0


def test_what_is_kept_of_the_forgotten_are_digests_that_only_the_owner_can_read(
    intel: Command, home: Path
) -> None:
    intel("forget", "person", NAME, "--yes", "--by", "数据保护")
    assert {(home / name).stat().st_mode & 0o777 for name in ("forget.key", "forgotten.jsonl")} == {0o600}
    [row] = [row for row in rows(home, "SELECT digest, kind, scope, by FROM tombstone") if row[1] == "person"]
    assert len(str(row[0])) == 64 and row[1:] == ("person", "", "数据保护")
    assert digest(b"another key", PERSON, NAME) != row[0]


# ---- addresses and sources


def test_a_forgotten_address_is_deleted_with_all_that_was_read_from_it_and_not_fetched_again(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    url = PAGES[1].url
    assert intel("forget", "url", "HTTP://Wire.localhost/2#top", "--yes").code == 0
    assert held(home, [url, "圆通建转运中心"]) == []
    assert not workspace.store.add_page(replace(PAGES[1], body=b"other"))
    assert set(workspace.store.known([url, PAGES[0].url, "http://wire.localhost/new"])) == {url, PAGES[0].url}


def test_a_forgotten_source_is_deleted_with_its_pages_and_not_collected_again(
    intel: Command, home: Path, workspace: Workspace
) -> None:
    workspace.store.add_run(SourceRun("forum", NOON, NOON, RunState.OK))
    DBOS.migrate(jobs_url(workspace.settings))
    with desk(workspace) as at:
        for name in ("forum", "forums"):
            at.ask("collect", name, root(NOON))
    said = intel("forget", "source", "forum", "--yes")
    assert said.code == 0 and re.search(r"job +1\n", said.out)
    with desk(workspace) as at:
        assert [one.subject for one in at.listed(9)] == ["forums"]
    assert held(home, ["forum.localhost/5", "商家说圆通"]) == []
    workspace.store.load_sources(SOURCES)
    workspace.store.keep_checks([SourceCheck("forum", NOON, "allowed", 3)])
    assert [source.name for source in workspace.query.sources()] == ["wire"]
    assert not workspace.store.add_page(PAGES[4])
    assert intel("forget", "source", "forum", "--yes").code == 2


# ---- export


def test_an_export_tells_all_that_is_held_of_a_person(intel: Command, home: Path, tmp_path: Path) -> None:
    told = json.loads(intel("export", "person", NAME).out)
    assert [one["url"][-5:] for one in told["articles"]] == ["ost/1", "ost/3", "4.pdf"]
    assert told["articles"][0]["credits"] == [NAME]
    assert (
        "11月10日，陆知远出任淘宝首席运营官，此前陆先生负责菜鸟的末端网络。"
        in told["articles"][1]["sentences"]
    )
    assert {event["text"] for one in told["articles"] for event in one["events"]} == {NAME}
    assert [one["url"][-1] for one in told["pages"]] == ["1", "3"]
    assert [one["table"] for one in told["other"]] == ["source_run"]
    assert len(told["briefings"]) == 1
    intel("export", "person", NAME, "-o", str(tmp_path / "person.json"))
    assert json.loads((tmp_path / "person.json").read_text())["articles"] == told["articles"]


def test_of_a_forgotten_person_nothing_is_left_to_export(intel: Command, home: Path) -> None:
    intel("forget", "person", NAME, "--yes")
    told = json.loads(intel("export", "person", NAME).out)
    assert [told[part] for part in ("articles", "pages", "other", "briefings")] == [[], [], [], []]


# ---- recognising by digest


def known(*names: str, scope: str = "") -> Forgotten:
    scopes = frozenset({scope} if scope else ())
    return Forgotten(KEY, {digest(KEY, PERSON, name): scopes for name in names})


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("陆知远", "负责人陆知远表示，陆总已到任。", "负责人〔姓名已略〕表示，〔姓名已略〕已到任。"),
        ("陆知远", "負責人陸知遠表示", "負責人〔姓名已略〕表示"),
        ("陈默", "联系：陈　默、陈 默", "联系：〔姓名已略〕、〔姓名已略〕"),
        ("欧阳文山", "欧阳文山与欧阳女士", "〔姓名已略〕与〔姓名已略〕"),
        ("阿迪力·买买提", "阿迪力•买买提说", "〔姓名已略〕说"),
        ("Zhiyuan Lu", "CEO Zhiyuan Lu’s plan. Mr. Lu left.", "CEO 〔姓名已略〕’s plan. 〔姓名已略〕 left."),
        ("Mary Ann Smith", "said MARY ANN  SMITH.", "said 〔姓名已略〕."),
        ("陆知远", "陆先生与他人", "陆先生与他人"),
        ("陆知远", "陆知", "陆知"),
        ("高峰", "总裁高峰表示，早高峰与业务高峰期不同。", "总裁〔姓名已略〕表示，早高峰与业务高峰期不同。"),
    ],
)
def test_a_name_is_known_by_its_digest_in_every_way_it_is_written(name: str, text: str, left: str) -> None:
    assert replaced(text, known(name).find(text)).text == left


def test_a_name_of_an_organisation_s_person_is_left_in_texts_that_do_not_name_it() -> None:
    forgotten = known(NAME, scope="淘宝")
    assert list(forgotten.find("圆通的陆知远")) == []
    assert len(list(forgotten.find("淘宝的陆知远"))) == 1


def test_a_process_that_forgets_knows_every_table_of_the_database(home: Path) -> None:
    asked = "from intel import sweep; print(*(table.name for table in sweep.swept()))"
    run = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    made = {str(name) for (name,) in rows(home, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    ours = {name for name in made if not name.startswith(("sqlite_", "article_search", "alembic_"))}
    assert set(run.stdout.split()) == ours - sweep.READ_AGAIN - sweep.CONFIGURED


@pytest.mark.parametrize("name", [NAME, "Zhiyuan Lu"])
def test_every_text_of_every_table_is_swept_in_whatever_form_it_holds_the_name(
    tmp_path: Path, name: str
) -> None:
    workspace = bootstrap.init(Settings(home=tmp_path), [])
    said = f"淘宝物流负责人 {name} 表示，11月起更换快递商。"
    quoted = {"account": "taobao", "quote": said, "sentence": sentence_of(said)}
    with Session(workspace.engine) as session:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in sweep.swept():
            session.execute(insert(table), _filled(table, said, quoted))
        swept = sweep.rewrite(session, known(name).find)
        left = "\n".join(
            json.dumps([str(value) for value in row], ensure_ascii=False)
            for table in sweep.swept()
            for row in session.execute(select(table))
        )
    workspace.engine.dispose()
    bare = "".join(name.split())
    assert [spelled for spelled in (name, bare, bare.lower()) if spelled in left] == []
    assert set(swept) == {table.name for table in sweep.swept() if said in str(_filled(table, said, quoted))}


def _filled(table: Table, said: str, quoted: dict[str, str]) -> dict[str, object]:
    """A row of a table, all of whose texts say the same."""
    values: dict[type, object] = {int: 1, float: 1.0, bool: True, date: NOON.date()}
    row: dict[str, object] = {}
    for column in table.columns:
        if isinstance(column.type, JSON):
            in_full = {name: told for name, told in quoted.items() if name != "sentence"}
            row[column.name] = quoted if str(column) == "review.target" else in_full
        elif column.name == "account":  # an id, which a trigger copies to a key
            row[column.name] = "taobao"
        elif isinstance(column.type, String):
            row[column.name] = "x" if column.primary_key or column.foreign_keys else said
        elif isinstance(column.type, UtcDateTime):
            row[column.name] = NOON
        else:
            row[column.name] = values[column.type.python_type]
    return row


def test_no_column_of_bytes_is_left_that_nobody_said_how_to_clear() -> None:
    assert sweep.unseen_bytes() == frozenset()
