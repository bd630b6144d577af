"""The pages of what runs by itself: jobs, outbox, alerts, new sources; and the journeys through them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import web
from intel.acts import Acts
from intel.added_sources import AddedSources
from intel.alert_tables import AlertSentRow
from intel.alerts.book import RuleBook
from intel.alerts.rule import Kind, Rule
from intel.api import create_app
from intel.api.access import proof_of
from intel.api.desk import COOKIE, Options
from intel.api.limiting import Limits
from intel.bootstrap import Workspace
from intel.brief import Lang
from intel.config import CHINA
from intel.jobs.desk import desk
from intel.jobs.kinds import KINDS
from intel.jobs.progress import Progress, progress
from intel.jobs.views import STATES, JobView
from intel.outbox import Outbox, OutboxRow, State
from intel.retention import CLASSES
from intel.teams import Team, Teams
from intel.users import UserRole, Users
from intel.web.jobs import result
from intel.web.language import details, tables, words
from spiders.kinds import KINDS as SOURCE_KINDS
from tests.asking import CHEAP, PASSWORD, UNLIMITED
from tests.browsing import GRAVE, Enter, chromium, entering, serving, without_complaint
from tests.hostile_server import Site
from tests.hostile_server import serving as hosting
from tests.making import root
from tests.test_pages import QUOTE, filled, own_chinese
from tests.trying import STORY, furnish

NOW = datetime.now(UTC)
LONGEST = 120_000  # milliseconds after which what a window waits for is taken for stuck
PAGES = (
    "/jobs", "/outbox", "/outbox/1", "/outbox/2", "/outbox/3", "/alerts", "/source-trials",
    "/accounts/taobao",
)  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """A site to collect from."""
    with hosting() as running:
        yield running


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, place: Site) -> Workspace:
    """The database of the pages' tests; its demo is the site: the setting that lets loopback be reached."""
    made = filled(tmp_path_factory.mktemp("running"), demo=True, demo_port=place.port)
    _messages(made)
    rule = Rule("ours", Kind.EVENT, ("sales",), ("jd",), threshold=6.0, urgent=9.0)
    RuleBook(made.engine).ship()
    RuleBook(made.engine).keep(rule, root(NOW))
    with Session(made.engine) as session, session.begin():
        sent = {"rule": "ours", "recipient": "sales", "form": "single", "lines": 2}
        session.add(AlertSentRow(**sent, at=NOW, title="京东 · 网点爆仓"))
    Users(made.engine, CHEAP).add("member", UserRole.OPERATOR, PASSWORD, root(NOW))
    Teams(made.engine).put(Team("jd", ("member",), ("jd",)), root(NOW))
    return made


def _messages(workspace: Workspace) -> None:
    """A message that waits, one that was given up, one that was delivered; and one on another account."""
    told = {"title": "淘宝 · 信息是否足够", "verdict": "信息不足。", "gaps": ["账期多长？"]}
    alert = {"heading": "网点爆仓", "quote": STORY, "source": "观察", "day": "2026-11-12", "rating": "B2"}
    alert |= {"url": "https://a.example/1", "note": ""}
    rows = (
        ("folder", "taobao", "verdict", told | {"text": "", "format": ""}, State.PENDING, ""),
        ("webhook", "taobao", "verdict", told, State.DEAD, "HTTP 500 (attempt 12, the last)"),
        ("alert:sales", "taobao", "alert", {"title": "淘宝", "lines": [alert]}, State.DELIVERED, ""),
        ("folder", "jd", "verdict", told, State.DEAD, "只属于jd"),
    )
    with Session(workspace.engine) as session, session.begin():
        for number, (to, account, kind, content, state, error) in enumerate(rows):
            row = OutboxRow(key=f"k{number}", destination=to, account=account, kind=kind, content=content)
            row.state, row.error, row.made_at, row.due_at = state.value, error, NOW, NOW + timedelta(hours=1)
            row.ended_at = None if state is State.PENDING else NOW
            session.add(row)


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    with serving(workspace) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Enter]:
    with entering(browser, address) as entered:
        yield entered


@contextmanager
def asking(workspace: Workspace, user: str) -> Iterator[TestClient]:
    """A browser without scripts in which a user has logged in; its forms carry the proof."""
    app = create_app(workspace, [web.router], Options(hasher=CHEAP, limits=Limits(UNLIMITED)))
    with TestClient(app, headers={"Accept-Language": "zh-CN"}) as client:
        client.post("/login", data={"name": user, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = proof_of(client.cookies[COOKIE])
        yield client


# ---- whole, lawful, readable


def test_the_pages_are_whole_on_a_phone_and_axe_finds_nothing_serious_in_light_and_dark(enter: Enter) -> None:
    faults: list[object] = []
    for scheme in ("light", "dark"):
        window = enter(viewport={"width": 360, "height": 800}, color_scheme=scheme)
        with without_complaint(window):
            for path in PAGES:
                answer = window.goto(path)
                faults += [(path, answer and answer.status)] * (answer is None or answer.status != 200)
                wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
                faults += [(path, f"{wide} px too wide")] * (wide > 0)
                faults += [(path, scheme, *one) for one in _grave(window)]
    assert not faults, "\n".join(map(str, faults))


def _grave(window: Page) -> list[tuple[str, str]]:
    """What axe finds that keeps people out."""
    found = Axe().run(window).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in GRAVE]


def test_every_kind_state_and_reason_has_words() -> None:
    words = tables()
    assert set(KINDS) == set(words["job_kinds"])
    assert set(STATES.values()) == set(words["job_states"])
    assert {one.value for one in State} == set(words["message_states"])
    assert set(SOURCE_KINDS) == set(words["source_kinds"])
    assert {one.value for one in Kind} == set(words["rule_kinds"])
    assert set(CLASSES) == set(words["let_go"])


def test_an_english_page_says_nothing_of_its_own_in_chinese(workspace: Workspace) -> None:
    with asking(workspace, "admin") as client:
        client.cookies.set("intel_language", "en")
        for path in PAGES:
            assert own_chinese(client.get(path).text, "淘宝|京东|快递观察网|只属于") == [], path


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("HTTP 503 again after waiting as asked (Retry-After) (3 runs in a row)",
         "按要求等过之后，网站仍回答 HTTP 503（连续 3 次）"),
        ("checked 2026-11-20 08:00: no entry has a date", "2026-11-20 08:00 检查：没有一条带日期"),
        ("cut off at the last of 12 attempts", "第 12 次也是最后一次尝试时中断"),
        ("'0 0 30 2 *' is no cron line: minute hour day month weekday, in numbers, such as 30 6 * * 1-5",
         "“0 0 30 2 *”不是能用的时间表：分 时 日 月 星期，用数字写，如 30 6 * * 1-5"),
        ("5 is not a text: write it in \"quotes\"", "“5”不是要填的那一类值"),
        ("has no place for {query}; kind search needs one", "地址里没有 {query}，这一种来源必须有"),
        ("no page could be had: connection refused (2 of 2) (5 runs in a row)",
         "列出的网页一页也没有取到：拒绝连接（2 页中的 2 页）（连续 5 次）"),
        ("no entry fits 'ul.news li': has the layout changed?", "没有一条符合选择器：版面变了吗？"),
        ("crm-north: HTTP 503 (attempt 12, the last)", "对方回答 HTTP 503（第 12 次，也是最后一次）"),
        ("webhook: ConnectTimeout", "对方没有按时回应"),
        ("folder: PermissionError", "没有权限写入文件夹"),
        ("INTEL_CRM_WEBHOOK_URL is not https and not named in INTEL_CRM_WEBHOOK_ALLOWED",
         "INTEL_CRM_WEBHOOK_URL 不是 https，也没有写进 INTEL_CRM_WEBHOOK_ALLOWED"),
        ("recipient sales: port must be a number", "接收方 sales：port 写得不对"),
        ("nobody foresaw this", ""),
    ],
)  # fmt: skip
def test_what_programs_say_is_said_in_the_reader_s_language(told: str, said: str) -> None:
    assert words(Lang.ZH).detail(told) == said
    assert words(Lang.EN).detail(told) == told


def test_every_detail_in_chinese_has_a_part_of_the_english_for_each_of_its_holes() -> None:
    for pattern, zh in details():
        assert pattern.groups >= len(set(re.findall(r"\{\d\}", zh))), zh
        assert re.search(r"[\u4e00-\u9fff]", zh), zh


def test_a_field_report_that_cannot_be_taken_says_why_in_the_reader_s_language(workspace: Workspace) -> None:
    sent = {"account": "taobao", "points": "x", "happened_on": "2026-11-20", "follow_up_on": "2026-11-01"}
    with asking(workspace, "analyst") as client:
        refused = client.post("/field", data=sent).text
        assert "跟进日期 2026-11-01 早于接触日期 2026-11-20" in refused and "would be before" not in refused
        client.cookies.set("intel_language", "en")
        assert "a follow-up on 2026-11-01 would be before" in client.post("/field", data=sent).text


# ---- who may


@pytest.mark.parametrize("path", ["/jobs", "/jobs/job?job=x", "/outbox", "/outbox/1", "/source-trials"])
def test_what_runs_is_for_operators(workspace: Workspace, path: str) -> None:
    with asking(workspace, "analyst") as client:
        assert client.get(path).status_code == 403
        assert f'href="{path.partition("?")[0]}"' not in client.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/retry", "/jobs/cancel", "/outbox/1/replay", "/outbox/1/drop", "/accounts/taobao/deliver",
        "/source-trials", "/source-trials/x/stop", "/source-trials/x/add", "/source-trials/added/x/remove",
    ],
)  # fmt: skip
def test_no_act_of_an_operator_is_open_to_others_or_without_proof(workspace: Workspace, path: str) -> None:
    form = {"job": "x", "why": "x"}
    with asking(workspace, "analyst") as client:
        assert client.post(path, data=form).status_code == 403
    with asking(workspace, "operator") as client:
        del client.headers["X-CSRF-Token"]
        assert client.post(path, data=form).status_code == 403


def test_an_operator_of_a_team_sees_and_moves_only_its_accounts_messages(workspace: Workspace) -> None:
    with asking(workspace, "member") as client:
        listed = client.get("/outbox").text
        assert "只属于jd" in listed and "HTTP 500" not in listed and "淘宝" not in listed.split("<main")[1]
        assert client.get("/outbox?account=taobao").status_code == 404
        for number in (1, 2, 3):
            assert client.get(f"/outbox/{number}").status_code == 404
            assert client.post(f"/outbox/{number}/replay").status_code == 404
            assert client.post(f"/outbox/{number}/drop", data={"why": "x"}).status_code == 404
        assert client.post("/accounts/taobao/deliver").status_code == 404
        assert client.get("/outbox/4").status_code == 200


def test_who_does_not_see_all_accounts_is_not_told_what_alerts_said(workspace: Workspace) -> None:
    Users(workspace.engine, CHEAP).add("other", UserRole.ANALYST, PASSWORD, root(NOW))
    Teams(workspace.engine).put(Team("taobao", ("other",), ("taobao",)), root(NOW))
    with asking(workspace, "other") as client:
        said = client.get("/alerts").text.split("<main")[1]
        assert "网点爆仓" not in said and "京东" not in said and "ours" not in said
        assert "客户要事" in said and 'href="/api/v1/accounts/taobao/feed"' in said
    with asking(workspace, "analyst") as client:
        assert "京东 · 网点爆仓" in client.get("/alerts").text


# ---- jobs


def test_where_nothing_ever_worked_the_page_says_how_to_begin(workspace: Workspace) -> None:
    with asking(workspace, "operator") as client:
        assert "<code>intel serve</code>" in client.get("/jobs").text
        assert client.post("/jobs/retry", data={"job": "x"}).status_code == 404
        assert client.get("/jobs/job?job=x").status_code == 404


def test_a_running_job_says_how_far_it_is(workspace: Workspace) -> None:
    long_ago = NOW - timedelta(days=9999)
    job = JobView("collect:wire@x", "collect", "wire", "running", long_ago, None, None, "", "")
    assert progress(workspace.engine, job) == Progress("pages", 1)
    later = replace(job, started_at=NOW + timedelta(days=1))
    assert progress(workspace.engine, later) == Progress("pages", 0)
    assert progress(workspace.engine, replace(job, kind="read")) == Progress("pages", 0, left=True)
    assert progress(workspace.engine, replace(job, kind="deliver")) == Progress("messages", 1, left=True)
    assert progress(workspace.engine, replace(job, state="done")) is None
    assert progress(workspace.engine, replace(job, kind="gaps")) is None


def test_what_a_job_did_is_told_in_the_reader_s_language() -> None:
    zh, en = words(Lang.ZH), words(Lang.EN)
    assert result(zh, "not_modified, 0 new") == "未更新，新增 0 页"
    assert result(en, "3 answered, 1 given up, 2 opened") == "3 answered, 1 given up, 2 opened"
    assert result(zh, "HTTP 503 after waiting") == ""  # there are no words for it: shown as it is


# ---- outbox


def test_a_message_that_was_given_up_is_sent_again_or_dropped_with_a_reason(
    enter: Enter, workspace: Workspace
) -> None:
    window = enter("operator")
    window.goto("/outbox?state=dead&account=taobao")
    assert "网站回答 HTTP 500（第 12 次，也是最后一次）" in window.inner_text("main")
    window.click("form[action='/outbox/2/replay'] button")
    assert window.locator(".done").inner_text() == "会重新发送。"
    assert window.url.split("/")[-1].startswith("outbox?state=dead&account=taobao")
    assert Outbox(workspace.engine).shown(2)[0].state is State.PENDING
    window.goto("/outbox/2")
    assert "账期多长？" in window.inner_text("main")
    window.click("summary")
    window.fill("input[name=why]", "客户已签约")
    window.click("form[action='/outbox/2/drop'] button")
    entry, content = Outbox(workspace.engine).shown(2)
    assert (entry.state, entry.error, content) == (State.DROPPED, "客户已签约", {})
    assert "内容已删除" in window.inner_text("main")


def test_what_cannot_be_done_with_a_message_is_told(workspace: Workspace) -> None:
    with asking(workspace, "operator") as client:
        assert client.post("/outbox/1/replay").status_code == 409
        assert client.post("/outbox/3/drop", data={"why": "x"}).status_code == 409
        assert client.get("/outbox/99").status_code == 404


# ---- the feed


def test_the_feed_of_an_account_is_for_who_may_see_it_and_says_when_nothing_is_new(
    workspace: Workspace,
) -> None:
    feed = "/api/v1/accounts/taobao/feed"
    with asking(workspace, "viewer") as client:
        answer = client.get(feed)
        assert answer.headers["content-type"] == "application/atom+xml"
        assert f'<link rel="self" href="http://testserver{feed}" />' in answer.text
        unchanged = client.get(feed, headers={"If-None-Match": answer.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert f'href="{feed}"' in client.get("/accounts/taobao").text
    with asking(workspace, "member") as client:
        assert client.get(feed).status_code == 404
        assert client.get("/api/v1/accounts/jd/feed").status_code == 200
    with TestClient(create_app(workspace, [web.router])) as nobody:
        assert nobody.get(feed).status_code == 401


# ---- journeys


def _fill_trial(window: Page, url: str, kind: str = "feed", options: str = "") -> None:
    window.goto("/source-trials")
    window.fill("input[name=url]", url)
    window.select_option("select[name=kind]", kind)
    window.fill("textarea[name=options]", options)
    window.click("form.fields button.primary")


def test_a_source_is_tried_added_and_then_scheduled(enter: Enter, workspace: Workspace, place: Site) -> None:
    window = enter("operator")
    with without_complaint(window):
        _fill_trial(window, furnish(place))
        window.wait_for_selector("#gives", timeout=LONGEST)
    assert workspace.store.page_count(unread_only=True) == 0
    said = window.inner_text("main")
    assert "韵达华东爆仓" in said and STORY[:20] in said
    assert "HTTP 404 ×1" in said and "robots.txt 禁止 ×1" in said and "禁止其中一部分" in said
    assert window.locator(f"a[href='{place.url}/terms.html']").count() == 1
    assert _grave(window) == []
    window.fill("input[name=label]", "现场新闻")
    window.fill("input[name=name]", "on-site")
    window.fill("input[name=lawful_basis]", "公开网页，条款今天读过")
    window.select_option("select[name=schedule]", "30 6,18 * * *")
    window.check("input[name=terms_read]")
    window.check("input[name=anyway]")
    window.click("form[action$='/add'] button.primary")
    assert window.url.split("?")[0].endswith("/sources/on-site")
    assert window.locator("h1").inner_text() == "现场新闻"
    evidence = window.inner_text("main")
    assert "公开网页，条款今天读过" in evidence and "operator 添加" in evidence
    assert "它的 robots.txt：禁止其中一部分" in evidence
    assert f"使用条款有人读过，{datetime.now(CHINA).date()}" in evidence
    [added] = AddedSources(workspace.engine).listed()
    assert (added.by, added.source.schedule, added.source.enabled) == ("operator", "30 6,18 * * *", True)
    window.goto("/source-trials")
    assert "下次采集" in window.locator("section[aria-labelledby=added]").inner_text()
    window.click("section[aria-labelledby=added] summary")
    window.click("form[action='/source-trials/added/on-site/remove'] button")
    assert AddedSources(workspace.engine).listed() == []


def test_what_a_site_forbids_is_shown_and_cannot_be_added(enter: Enter, place: Site) -> None:
    window = enter("operator", java_script_enabled=False)
    url = furnish(place, robots="User-agent: *\nDisallow: /\n")
    _fill_trial(window, url)
    deadline = time.monotonic() + LONGEST / 1000
    while window.locator("#gives").count() == 0 and time.monotonic() < deadline:
        window.click("a.button")  # 刷新
    assert "robots.txt 禁止" in window.inner_text("main")
    assert window.locator("form[action$='/add']").count() == 0
    window.click("a.button.primary")
    assert window.input_value("input[name=url]") == url


def test_what_is_filled_in_wrong_is_told_by_its_field_and_stays(enter: Enter) -> None:
    window = enter("operator")
    _fill_trial(window, "https://a.example/news", "listing", "pages = 2")
    assert "选项 item 没有填，这一种来源必须有" in window.locator(".alert").inner_text()
    assert window.input_value("textarea[name=options]") == "pages = 2"
    assert window.locator("textarea[aria-invalid]").count() == 1


def test_from_the_door_over_a_rejected_finding_to_a_briefing_that_arrives_without_it(
    enter: Enter, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTEL_CRM_FOLDER_PATH", str(tmp_path / "crm"))
    window = enter("admin")
    window.click("nav.main a[href='/accounts']")
    window.click("main a[href='/accounts/taobao']")
    before = window.locator(".legend").inner_text()
    window.locator("a", has_text=QUOTE).first.click()
    assert window.locator("#finding").inner_text() == QUOTE
    window.go_back()
    assert window.locator("#verdict").inner_text() == "信息不足"
    window.goto("/review?account=taobao")
    window.fill("#shared-why", "另一家的事")
    window.click("[data-key=n]")
    window.wait_for_selector("[data-decided]")
    window.goto("/accounts/taobao")
    assert window.locator(".legend").inner_text() != before
    window.goto("/accounts/taobao/briefings")
    with window.expect_download() as saved:
        window.click("a[href*='form=md']")
    assert QUOTE not in Path(saved.value.path()).read_text("utf-8")
    window.click("form[action='/accounts/taobao/briefing'] button")
    window.goto("/accounts/taobao")
    section = window.locator("section[aria-labelledby=deliveries]")
    assert "文件夹" in section.inner_text()
    # The message of the tests waits for an hour; what comes after it keeps the order.
    with Session(workspace.engine) as session, session.begin():
        session.get_one(OutboxRow, 1).due_at = NOW
    section.locator("form[action$='/deliver'] button").click()
    assert window.locator(".done").inner_text() == "已全部送达。"
    assert "简报 → 文件夹" in section.inner_text().replace("\n", "") and "已送达" in section.inner_text()
    [record] = (tmp_path / "crm").rglob("*briefing*.json")
    assert json.loads(record.read_text("utf-8"))["account_name"] == "淘宝"
    assert not [file for file in (tmp_path / "crm").rglob("*") if QUOTE in _text(file)]


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def test_going_back_shows_the_page_as_it_is_and_two_tabs_do_no_harm(
    enter: Enter, workspace: Workspace
) -> None:
    window = enter("operator")
    window.goto("/outbox?state=dead")
    other = window.context.new_page()
    other.goto("/outbox?state=dead")
    window.click("form[action='/outbox/4/replay'] button")
    other.click("form[action='/outbox/4/replay'] button")  # it is no longer dead
    assert other.locator("h1").inner_text() == "与现有记录冲突"
    window.go_back()
    window.go_forward()
    assert window.locator("form[action='/outbox/4/replay']").count() == 0
    assert Outbox(workspace.engine).shown(4)[0].state is State.PENDING


def test_an_expired_session_leads_to_the_door_and_back_to_the_same_list(enter: Enter) -> None:
    window = enter("operator")
    window.goto("/outbox?state=dead")
    window.context.clear_cookies()
    window.goto("/outbox?state=pending")
    assert "一小时没有操作" in window.inner_text("main")
    window.fill("input[name=name]", "operator")
    window.fill("input[name=password]", PASSWORD)
    window.click("form[action='/login'] button")
    assert window.url.endswith("/outbox?state=pending")


def test_a_job_that_waits_is_cancelled_and_asked_for_again(enter: Enter, workspace: Workspace) -> None:
    _work_once(workspace)
    window = enter("operator")
    window.goto("/jobs?kind=pages&state=waiting")
    assert window.locator("#live tbody tr").count() == 1
    assert "没有工作进程在运行" in window.inner_text("main")
    name = str(window.locator("#live input[name=job]").get_attribute("value"))
    window.click("form[action='/jobs/cancel'] button")
    assert window.locator(".done").inner_text() == "已取消；做过的留下。"
    assert "kind=pages" in window.url and window.locator("#live tbody tr").count() == 0
    window.goto(f"/jobs/job?job={name}")
    assert window.locator(".head .state").inner_text() == "已取消"
    window.fill("form[action='/jobs/retry'] input[name=why]", "手滑取消")
    window.click("form[action='/jobs/retry'] button")
    assert window.locator(".done").inner_text() == "已再次提出，工作进程会接着做。"
    assert [one.why for one in Acts(workspace.engine).listed(2)] == ["手滑取消", ""]
    assert window.locator("section[aria-labelledby=others] tbody tr").count() == 1
    with desk(workspace) as at:
        assert [one.state for one in at.listed(9, kind="pages")] == ["waiting", "cancelled"]
        assert len(at.listed(1, kind="pages", skip=1)) == 1


def _work_once(workspace: Workspace) -> None:
    """A worker of a queue on which nothing comes has been here: the planned jobs wait."""
    program = (
        "import time\nfrom intel import bootstrap\nfrom intel.config import Settings\n"
        "from intel.jobs.desk import desk\nfrom intel.jobs.engine import Worker\n"
        "workspace = bootstrap.open_workspace(Settings())\n"
        "worker = Worker(workspace, ['nothing'])\nworker.start()\n"
        "while True:\n"
        "    with desk(workspace) as at:\n"
        "        if at.listed(1, kind='pages'):\n            break\n"
        "    time.sleep(0.1)\n"
        "worker.stop()\n"
    )
    environment = os.environ | workspace.settings.environment
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=LONGEST / 1000)
