"""The web pages in a real browser: every page whole, lawful and readable, and the journeys through them."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import bootstrap, reader, series, web
from intel.acts import By
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits
from intel.assessment import Judgement
from intel.bookmarks import Bookmarks
from intel.bootstrap import Workspace
from intel.config import CHINA, Settings
from intel.field import FIELD
from intel.field_form import reported
from intel.model import Account, Point, Role
from intel.review import Reviewer
from intel.stages import Outcome, Stage, Step
from intel.tasks import Task, TaskState
from intel.teams import Team, Teams
from intel.users import UserRole, Users
from intel.views import FindingFilter, FindingView
from intel.web.language import MESSAGES_TOML
from intel.web.site import PLACE, tongue
from tests.asking import CHEAP, PASSWORD, UNLIMITED
from tests.browsing import GRAVE, Enter, chromium, entering, serving, without_complaint
from tests.making import SOURCES, page, reading, root

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=alert(1)>"
QUOTE = "淘宝商家称韵达华东多个网点爆仓，部分包裹延误三天。"
TEXT = f"淘宝物流业务负责人表示，双11当天产生包裹1.9亿件。{HOSTILE}{QUOTE}"
NOW = datetime.now(UTC)
TEMPLATES = Path(web.__file__).parent / "templates"
PAGES = (
    "/", "/accounts", "/accounts/taobao", "/accounts/taobao/findings", "/accounts/taobao/signals",
    "/accounts/taobao/plan", "/accounts/taobao/briefings", "/articles/1?finding=1", "/stories/1", "/review",
    "/audit", "/tasks", "/tasks?account=taobao", "/field", "/field/new", "/search?q=爆仓", "/couriers",
    "/couriers/yunda?client=taobao", "/series", "/series/courier.volume", "/sources",
    "/sources/field", "/users", "/field/1", "/articles/3", "/accounts/evil", "/accounts/evil/plan",
    "/nothing-here",
)  # fmt: skip


def filled(home: Path, **options: Any) -> Workspace:
    """A database with two hostile reports on one account, a task for a person, and a user of every role."""
    workspace = bootstrap.init(
        Settings(home=home, **options), (*SOURCES, FIELD, replace(SOURCES[0], name="bad", label=HOSTILE))
    )
    workspace.store.load_accounts([Account("evil", HOSTILE, Role.CLIENT)])
    for number in (1, 2):
        url = f"http://wire.localhost/{number}"
        workspace.store.add_page(page(url, TEXT * number, "bad" if number == 2 else "wire"))
    for kept in workspace.store.pages(0, 9, unread_only=True):
        read = reading(HOSTILE, TEXT, phrase=QUOTE, at=NOW - timedelta(days=2))
        article = replace(read.article, url=kept.page.url)
        workspace.store.keep([(kept.id, replace(read, article=article))])
    day = NOW.date()
    ask = Task("taobao", "payment_behaviour.period", "visit", ("财务", "账期多长？"), 0.0, day, day)
    workspace.files.keep_tasks([ask])
    users = Users(workspace.engine, CHEAP)
    for role in UserRole:
        users.add(role.value, role, PASSWORD, root(NOW))
    _written_by_people(workspace)
    return workspace


def _written_by_people(workspace: Workspace) -> None:
    """Hostile texts wherever people write."""
    day, files = NOW.date(), workspace.files
    told = {"account": "evil", "author": "admin", "points": HOSTILE, "ideas": HOSTILE, "place": HOSTILE}
    _, kept = workspace.store.enter_report(reported(told | {"next_step": HOSTILE}, NOW), NOW)
    reader.read_one(workspace.store, workspace.query.watched(), kept)
    [ended] = files.keep_tasks([Task("evil", "payment_behaviour.period", "visit", (HOSTILE,), 0.0, day, day)])
    files.close(ended.id, TaskState.DROPPED, HOSTILE, "admin", day)
    files.add_judgement("evil", Judgement("effort", 1, 2, HOSTILE, "admin", day))
    files.add_step(Step("evil", Stage.GATHER, day))
    files.add_step(Step("evil", Stage.CLOSE, day, outcome=Outcome.LOST, reasons=HOSTILE))
    Bookmarks(workspace.engine).save("admin", HOSTILE[:80], "q=x", NOW)
    reviewer, by = Reviewer(workspace.engine), By("admin", HOSTILE, NOW)
    reviewer.undo(reviewer.date("1", day - timedelta(days=2), by).id, by)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return filled(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def site(workspace: Workspace) -> Iterator[str]:
    """The address of the pages, served on loopback."""
    with serving(workspace) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def enter(browser: Browser, site: str) -> Iterator[Enter]:
    """A window of a user who has logged in through the form."""
    with entering(browser, site) as entered:
        yield entered


def test_every_page_is_whole_on_a_phone_and_axe_finds_nothing_serious(enter: Enter) -> None:
    window = enter(viewport={"width": 360, "height": 800})
    faults: list[object] = []
    with without_complaint(window):
        for path in PAGES:
            answer = window.goto(path)
            assert answer is not None
            wanted = 404 if path == "/nothing-here" else 200
            faults += [(path, answer.status)] * (answer.status != wanted)
            faults += [(path, "taken")] * (window.title() == "taken")
            wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults += [(path, f"{wide} px too wide")] * (wide > 0)
            found = Axe().run(window).response["violations"]
            faults += [
                (path, one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in GRAVE
            ]
    assert not faults, "\n".join(map(str, faults))


def test_dark_pages_have_enough_contrast(enter: Enter) -> None:
    window = enter(color_scheme="dark")
    for path in ("/", "/accounts/taobao", "/review", "/sources"):
        window.goto(path)
        found = Axe().run(window).response["violations"]
        assert [one["id"] for one in found if one["impact"] in GRAVE] == [], path


def test_what_a_dark_screen_shows_is_printed_black_on_white_with_margins(enter: Enter) -> None:
    window = enter(color_scheme="dark")
    window.click("form[action='/theme'] button")
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"
    for path in ("/accounts/taobao", "/accounts/taobao/briefing"):
        window.goto(path)
        window.emulate_media(media="print")
        ink, paper = window.evaluate(
            "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
        )
        assert max(map(int, re.findall(r"\d+", ink))) < 64, (path, ink)
        assert set(re.findall(r"\d+", paper)) == {"255"}, (path, paper)
        margins = window.evaluate(
            "[...document.styleSheets].flatMap(s => [...s.cssRules])"
            ".filter(r => r instanceof CSSPageRule).map(r => r.style.margin)"
        )
        assert margins == ["14mm 13mm"], path
        assert not window.locator("nav, form, .crumbs, .of-day, .more").locator("visible=true").count(), path
        window.emulate_media(media="screen")


def test_a_page_is_read_and_a_form_sent_without_javascript(enter: Enter) -> None:
    window = enter(java_script_enabled=False)
    window.goto("/accounts/taobao")
    assert window.locator("#verdict").inner_text() == "信息不足"
    assert QUOTE in window.inner_text("body")
    window.click("form[action='/language'] button")
    assert window.locator("#verdict").inner_text() == "We do not know enough"
    assert window.url.endswith("/accounts/taobao")


def test_the_keyboard_alone_reaches_content_and_decides(enter: Enter, workspace: Workspace) -> None:
    window = enter()
    window.goto("/review?account=taobao")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.className") == "skip"
    assert window.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    window.keyboard.press("j")
    window.keyboard.press("y")
    window.wait_for_selector("[data-decided]")
    assert [one.confirmed for one in _findings(workspace)].count(True) >= 1
    window.keyboard.press("u")
    window.wait_for_selector("text=已撤销")
    assert not any(one.confirmed for one in _findings(workspace))


def test_a_rejected_finding_changes_the_verdict_and_the_briefing(enter: Enter, workspace: Workspace) -> None:
    window = enter("analyst")
    window.goto("/accounts/taobao")
    before = window.locator(".legend").inner_text()
    window.locator("a", has_text=QUOTE).first.click()
    assert window.locator("#finding").inner_text() == QUOTE
    assert window.locator(".chosen .rating").inner_text() in window.inner_text(".chosen .meta")
    assert "来源可靠性" in str(window.locator(".chosen .rating").get_attribute("title"))
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
    window.goto("/couriers/yunda?client=taobao")
    with window.expect_download() as saved:
        window.click("a[href*='form=docx']")
    assert saved.value.suggested_filename.startswith("battlecard-yunda-sf-taobao-")
    assert Path(saved.value.path()).read_bytes().startswith(b"PK")
    window.goto("/audit")
    assert "另一家的事" in window.inner_text("main")
    window.click("form[action^='/review/undo'] button")
    assert window.locator(".done").inner_text() == "已撤销。"


def test_a_finding_is_rejected_and_relinked_where_its_quote_is_read(tmp_path: Path) -> None:
    """Who came from a file to a quote that speaks of somebody else need not look for it in the queue."""
    client = _client(filled(tmp_path), "analyst")

    def decided(act: str, **said: str) -> str:
        hidden = _hidden(client, "/articles/1?finding=1", f"/review/{act}")
        answer = client.post(f"/review/{act}", data=hidden | {"why": "说的是另一家"} | said)
        assert answer.url.path == "/articles/1"
        return str(answer.text)

    assert "已记录决定。" in decided("relink/1", account="拼多多")
    assert "说的是另一家" in client.get("/audit").text
    assert QUOTE not in client.get("/accounts/taobao/findings").text
    assert QUOTE in client.get("/accounts/pinduoduo/findings").text

    number = re.findall(r'action="/review/findings/(\d+)/reject"', client.get("/articles/1").text)[0]
    assert "已记录决定。" in decided(f"findings/{number}/reject")
    assert f"/review/findings/{number}/reject" not in client.get("/articles/1").text
    assert "/review/findings" not in _client(filled(tmp_path / "viewed"), "viewer").get("/articles/1").text


def test_a_decision_is_taken_back_and_that_too_with_a_reason_each(tmp_path: Path) -> None:
    client = _client(filled(tmp_path), "analyst")
    finding = _hidden(client, "/articles/1?finding=1", "/review/findings/1/reject")
    client.post("/review/findings/1/reject", data=finding | {"why": "说的是另一家"})
    shown = [QUOTE in client.get("/accounts/taobao/findings").text]
    for number, why in ((3, "看错了"), (4, "没有看错")):
        act = f"/review/undo/{number}"
        client.post(act, data=_hidden(client, "/audit", act) | {"why": why})
        shown.append(QUOTE in client.get("/accounts/taobao/findings").text)
    assert shown == [False, True, False]
    told = client.get("/audit").text
    assert all(one in told for one in ("说的是另一家", "看错了", "没有看错", "#4 → #3", "#5 → #4"))


def _hidden(client: TestClient, page: str, act: str) -> dict[str, str]:
    """What a form sends along."""
    form = client.get(page).text.partition(f'action="{act}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_what_is_chosen_stands_in_the_address_and_moments_in_the_reader_s_zone(enter: Enter) -> None:
    window = enter("analyst", timezone_id="America/New_York")
    window.goto("/accounts/taobao/findings")
    window.select_option("select[name=topic]", index=1)
    window.wait_for_url("**topic=*")
    listed = window.inner_text("#listed")
    window.goto(window.url)
    assert window.inner_text("#listed") == listed
    assert window.input_value("select[name=topic]") in window.url
    window.goto("/review?account=taobao&topic=resources")  # nothing of it waits
    assert window.input_value("select[name=topic]") == "resources"
    assert window.locator(".empty a").get_attribute("href") == "/review?account=taobao"
    window.goto("/articles/1")
    assert str(window.locator("main time").first.get_attribute("title")).endswith(" (UTC+8)")
    window.goto("/stories/1")
    moment = window.locator("time[data-moment]").first
    told = datetime.fromisoformat(str(moment.get_attribute("datetime")))
    assert moment.inner_text() == f"{told.astimezone(ZoneInfo('America/New_York')):%Y-%m-%d %H:%M}"
    assert moment.get_attribute("title") == f"{told.astimezone(CHINA):%Y-%m-%d %H:%M} (UTC+8)"


def test_a_task_becomes_a_report_that_answers_its_question(enter: Enter, workspace: Workspace) -> None:
    window = enter("analyst", viewport={"width": 360, "height": 800})
    window.goto("/tasks?account=taobao")
    window.click(".board a[href^='/field/new']")
    window.fill("textarea[name=points]", "淘宝财务负责人表示，快递费账期为45天，每月对账后按时付款。")
    window.click("form.fields button")
    assert window.locator(".done").inner_text() == "已保存并读取。"
    assert workspace.files.tasks("taobao", under_way=True) == ()
    window.goto("/accounts/taobao")
    row = window.locator("[id='q-payment_behaviour.period']")
    assert "账期为45天" in (row.text_content() or "")
    window.goto("/accounts/taobao/briefings")  # its tab is the last of a row that is wider than the phone
    here = window.locator(".tabs [aria-current]").bounding_box()
    assert here and here["x"] >= 0 and here["x"] + here["width"] <= 360


def test_who_is_not_logged_in_is_led_to_the_door_and_back(workspace: Workspace) -> None:
    client = _client(workspace)
    answer = client.get("/accounts/taobao?since=2026-11-01", follow_redirects=False)
    assert answer.headers["location"].startswith("/login?next=%2Faccounts%2Ftaobao%3Fsince")
    sent = {"name": "viewer", "password": PASSWORD, "next": "/accounts/taobao"}
    assert client.post("/login", data=sent, follow_redirects=False).headers["location"] == "/accounts/taobao"


def test_a_form_sent_after_the_session_ended_comes_back_filled_in_to_the_same_user(enter: Enter) -> None:
    window = enter("analyst", viewport={"width": 360, "height": 800})

    def log_in(name: str) -> None:
        window.fill("input[name=name]", name)
        window.fill("input[name=password]", PASSWORD)
        window.click("form[action='/login'] button")

    for back, kept in (("admin", ""), ("analyst", "仓库在嘉兴")):
        window.goto("/field/new?account=taobao")
        window.fill("textarea[name=points]", "仓库在嘉兴")
        window.select_option("select[name=way]", "phone")
        window.context.clear_cookies()
        window.click("form.fields > button")
        assert "没有提交" in window.locator(".alert").inner_text()
        log_in(back)
        assert window.url.endswith("/field/new?account=taobao")
        assert window.input_value("textarea[name=points]") == kept
        assert window.input_value("select[name=way]") == ("phone" if kept else "visit")
        assert window.locator(".done").count() == bool(kept)
        if not kept:
            window.context.clear_cookies()
            window.goto("/login")
            log_in("analyst")
    window.click("form.fields > button")
    window.wait_for_url("**done=reported**")  # and its load: Chromium cannot go back while it changes pages
    window.go_back()
    assert window.locator(".done").count() == 0


def test_a_login_that_failed_leads_where_it_was_to_lead_and_a_link_pasted_there_is_followed(
    enter: Enter, workspace: Workspace
) -> None:
    client = _client(workspace)
    sent = {"name": " viewer ", "password": "no", "next": "/accounts/taobao"}
    told = client.post("/login", data=sent).text
    assert 'value="/accounts/taobao"' in told and 'value="viewer"' in told
    used = client.post("/login/link", data={"token": "no", "next": "/tasks"}).text
    assert 'value="/tasks"' in used and "<details open>" in used
    window = enter("viewer")
    window.context.clear_cookies()
    window.goto("/login?next=/tasks")
    token = Users(workspace.engine, CHEAP).link("viewer", root(datetime.now(UTC)))
    window.evaluate(f"location.hash = 'link={token}'")
    window.wait_for_url("**/tasks")


def test_who_asked_too_often_is_told_how_long_to_wait(workspace: Workspace) -> None:
    rates = replace(UNLIMITED, login="1/5 minutes")
    app = create_app(workspace, [web.router], Options(hasher=CHEAP, limits=Limits(rates)))
    client = TestClient(app, headers={"Accept-Language": "en"})
    sent = {"name": "viewer", "password": "no"}
    assert client.post("/login", data=sent).status_code == 401
    refused = client.post("/login", data=sent)
    assert refused.status_code == 429 and "Try again in 5 minutes." in refused.text


def test_what_is_not_right_in_an_address_is_named_and_an_empty_group_of_the_menu_left_out(
    workspace: Workspace,
) -> None:
    client = _client(workspace, "viewer")
    assert "填得不对的：起始日期" in client.get("/accounts/taobao/findings?since=x").text
    told = client.get("/nothing-here").text
    assert 'href="/accounts"' in told and "运行" not in told.split("<main")[0]


def test_a_wrong_password_and_a_used_link_are_told(workspace: Workspace) -> None:
    client = _client(workspace)
    assert "用户名或密码不对" in client.post("/login", data={"name": "viewer", "password": "no"}).text
    token = Users(workspace.engine, CHEAP).link("viewer", root(datetime.now(UTC)))
    assert client.post("/login/link", data={"token": token}, follow_redirects=False).status_code == 303
    assert "这个链接已用过" in client.post("/login/link", data={"token": token}).text


def test_a_form_without_its_proof_or_right_is_refused(workspace: Workspace) -> None:
    client = _client(workspace, "viewer")
    assert client.post("/seen").status_code == 403
    assert client.get("/review").status_code == 403
    assert client.get("/users").status_code == 403


def test_a_member_of_a_team_sees_only_its_accounts(workspace: Workspace) -> None:
    Users(workspace.engine, CHEAP).add("member", UserRole.ANALYST, PASSWORD, root(NOW))
    Teams(workspace.engine).put(Team("jd", ("member",), ("jd",)), root(NOW))
    client = _client(workspace, "member")
    assert client.get("/accounts/jd").status_code == 200
    for path in ("", "/findings", "/signals", "/plan", "/briefings", "/briefing"):
        assert client.get(f"/accounts/taobao{path}").status_code == 404, path
    assert QUOTE not in client.get("/").text


def test_pages_run_nothing_that_is_not_in_a_file_of_ours(workspace: Workspace) -> None:
    client = _client(workspace, "admin")
    with_hostile = 0
    for path in (*PAGES, f"/search?q={quote(HOSTILE)}", f"/accounts?role={quote(HOSTILE)}"):
        answer = client.get(path)
        assert "unsafe" not in answer.headers["content-security-policy"]
        parsed = _Tags()
        parsed.feed(answer.text)
        assert parsed.running == [], path
        assert HOSTILE not in answer.text, path
        with_hostile += "alert(1)" in answer.text
    assert with_hostile > 15  # else nothing was tried


def test_every_page_is_outlined_for_who_hears_it(workspace: Workspace) -> None:
    """One first heading, no level left out, and every table's heads said to be of a column or a row."""
    client, faults = _client(workspace, "admin"), []
    for path in PAGES:
        main = client.get(path).text.partition("<main")[2]
        levels = [int(level) for level in re.findall(r"<h([1-6])", main)]
        jumps = [(one, two) for one, two in pairwise(levels) if two > one + 1]
        unscoped = re.search(r"<th(?=[ >])(?![^>]* scope=)", main)
        if levels[:1] != [1] or levels.count(1) != 1 or jumps or unscoped:
            faults.append((path, levels))
    assert faults == []


def test_every_link_within_a_page_leads_to_a_place_on_it(workspace: Workspace) -> None:
    """Long pages begin with what they hold; a part without its place would leave the reader at the top."""
    client, dead, listed = _client(workspace, "admin"), [], {}
    for path in PAGES:
        text = client.get(path).text
        dead += [(path, at) for at in re.findall(r'href="#([^"]+)"', text) if f'id="{at}"' not in text]
        listed[path] = len(re.findall("<a ", text.partition('class="contents"')[2].partition("</nav>")[0]))
    assert dead == []
    assert listed["/accounts/taobao"] >= 6
    assert listed["/couriers/yunda?client=taobao"] >= 4


def test_no_name_takes_the_place_of_what_a_page_has_kept(tmp_path: Path) -> None:
    workspace = filled(tmp_path)
    workspace.store.load_accounts([Account("odd", f"怪{PLACE}店", Role.CLIENT)])
    text = _client(workspace, "admin").get("/accounts/odd").text
    assert "怪\ufffd店" in text and PLACE not in text
    assert text.index("</h1>") < text.index('id="verdict"')


def test_the_overview_tells_of_clients_before_couriers_of_whom_more_came_in(tmp_path: Path) -> None:
    workspace = filled(tmp_path)
    news = (
        "韵达在陕西新开了7个转运中心，淘宝的件由它们分拣。",
        "商家说，淘宝发往西藏的包裹改由韵达派送后少等两天。",
        "韵达总裁换人，新任者此前管过淘宝的仓库。",
    )
    for number, told in enumerate(news, 7):
        workspace.store.add_page(page(f"http://wire.localhost/{number}", told, "wire"))
    for kept in workspace.store.pages(0, 9, unread_only=True):
        told = kept.page.body.decode()
        read = reading(kept.page.url, told, account="yunda", topic="competitors", phrase=told, at=NOW)
        article = replace(read.article, url=kept.page.url)
        workspace.store.keep([(kept.id, replace(read, article=article))])
    text = _client(workspace, "admin").get("/").text
    counts = dict(re.findall(r'id="news-(\w+)".*?(\d+) 篇独立报道', text))
    assert int(counts["yunda"]) > int(counts["taobao"])
    assert [*counts][-1] == "yunda"


def test_a_source_that_people_fill_is_neither_switched_off_nor_waiting_for_a_run(
    workspace: Workspace,
) -> None:
    client = _client(workspace, "viewer")
    row = client.get("/sources").text.partition('href="/sources/field"')[2].partition("</tr>")[0]
    assert "由人录入" in row
    assert "停用" not in row
    told = client.get("/sources/field").text
    assert "由人录入或导入" in told
    assert "intel collect" not in told
    assert "本公司人员署名的接触记录" in told and "robots.txt" not in told


def test_a_signal_of_which_nothing_is_known_has_no_points(workspace: Workspace) -> None:
    text = _client(workspace, "admin").get("/accounts/taobao/signals").text
    rows = re.findall(r"<tr><th scope=.row.*?</tr>", text.partition("</section>")[0], re.S)
    unknown = [row for row in rows if "<details>" not in row]
    assert unknown
    assert all("— / " in row and "0.0 / " not in row for row in unknown)


def test_a_page_that_tells_an_error_keeps_its_menu(workspace: Workspace) -> None:
    answer = _client(workspace, "analyst").get("/accounts/nobody")
    assert answer.status_code == 404 and 'href="/review"' in answer.text


def test_a_quote_says_in_which_language_it_is() -> None:
    told = {"Quality weighs 40 points": "en", "京东 JD.com": "zh-CN", "38%": "zh-CN", "": "zh-CN"}
    assert {text: tongue(text) for text in told} == told


class _Tags(HTMLParser):
    """What of a page a browser would run, or take from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip().lower() for name, value in attrs}
        loads = given.get("src") or (given.get("href") if tag == "link" else "/static/")
        if (
            tag in ("iframe", "object", "embed", "base", "style")
            or (tag == "script" and "src" not in given)
            or not (loads or "").startswith("/static/")
            or any(name.startswith("on") or name == "style" for name in given)
            or any(value.startswith(("javascript:", "data:", "vbscript:")) for value in given.values())
        ):
            self.running.append(f"{tag} {given}")


def test_every_message_is_in_both_languages_and_every_one_that_templates_say_is_there() -> None:
    told = tomllib.loads(MESSAGES_TOML.read_text("utf-8"))
    lacking = [
        (name, key) for name, table in told.items() for key, one in table.items() if set(one) != {"zh", "en"}
    ]
    assert lacking == []
    text = "\n".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.jinja"))
    said = set(re.findall(r'say\("(\w+)"[,)]', text))
    assert said - set(told["words"]) == set()


def test_an_english_page_says_nothing_of_its_own_in_chinese(workspace: Workspace) -> None:
    client = _client(workspace, "admin")
    client.cookies.set("intel_language", "en")
    for path in (
        "/accounts/taobao",
        "/accounts/taobao/signals",
        "/tasks?account=taobao",
        "/review",
        "/sources",
        "/series",
    ):
        assert own_chinese(client.get(path).text, "淘宝|快递观察网|客户接触记录") == [], path


def test_an_english_page_writes_values_as_english_does_and_leaves_the_quote(workspace: Workspace) -> None:
    volume = Point("courier.volume", "yunda", "2026-10", Decimal("20.3e8"), Decimal("1e7"), "件", None, 0, 9)
    with Session(workspace.engine) as session, session.begin():
        series.keep(session, 1, [volume])
    client = _client(workspace, "admin")
    for path in ("/series/courier.volume", "/couriers"):
        assert "20.3亿件" in client.get(path).text, path
    client.cookies.set("intel_language", "en")
    for path in ("/series/courier.volume", "/couriers"):
        told = client.get(path).text
        assert "2.03 billion parcels" in told and "20.3亿件" not in told, path
        assert own_chinese(told, "淘宝|韵达|快递观察网") == [], path
    assert '<span class="sub">parcels</span>' in client.get("/series/courier.volume").text


def own_chinese(text: str, names: str) -> list[str]:
    """The Chinese words of a page that are neither marked as such nor one of the names."""
    ours = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", text, flags=re.S)
    ours = re.sub(rf"{names}|[^\x00-\x7f]*(?=</option>)", "", ours)
    return re.findall(r"[\u4e00-\u9fff]{2,}", re.sub(r"<[^>]+>", "", ours))


def _findings(workspace: Workspace) -> Sequence[FindingView]:
    return workspace.query.findings("taobao", FindingFilter())


def _client(workspace: Workspace, user: str = "") -> TestClient:
    app = create_app(workspace, [web.router], Options(hasher=CHEAP, limits=Limits(UNLIMITED)))
    client = TestClient(app, headers={"Accept-Language": "zh-CN"})
    if user:
        client.post("/login", data={"name": user, "password": PASSWORD})
    return client
