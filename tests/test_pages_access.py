"""Who may ask which page: every page and form for every role, nothing of accounts that a team must not see,
and nothing that an address or a form holds that a page does not answer in words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from intel.api.access import CSRF_HEADER, SAFE
from intel.users import UserRole
from intel.web.acts import done
from tests.asking import NOW, PASSWORD, Service, reopened
from tests.making import WIRE, root
from tests.snapshot import snapshot
from tests.walking import everything, named, numbers, routes

WHO = ("nobody", "reader", "analyst", "operator", "admin", "other")
# Who is told what, in the order of WHO: `reader` is a viewer of no team, `other` an admin in the team of
# 拼多多; what is asked for is 淘宝's. A number is a status, `door` the way to the login page, `done` a form
# that was taken.
ALL = "200 200 200 200 200 200"
READ = "door 200 200 200 200 200"
FILE = "door 200 200 200 200 404"
REVIEWED = "door 403 200 403 200 404"
KEPT = "done done done done done done"
SENT = "door done done done done done"
DECIDED = "door 403 done 403 done 404"
OPERATED = "door 403 403 200 200 200"
NO_SUCH = "door 403 403 404 404 404"
ADMIN = "door 403 403 403 200 200"
CHANGED = "door 403 403 403 done done"


@dataclass(frozen=True)
class Row:
    """An address of a route, with a form as people send it, and how each is answered."""

    path: str
    said: str
    form: Mapping[str, str] = field(default_factory=dict)


# In this order: what comes later may need what came before. A new page or form is a row here.
TABLE = {
    "GET /static/{name:path}": Row("/static/intel.css", ALL),
    "GET /favicon.ico": Row("/favicon.ico", ALL),
    "GET /login": Row("/login", ALL),
    "POST /login": Row("/login", "401 401 401 401 401 401", {"name": "nobody", "password": "wrong"}),
    "POST /login/link": Row("/login/link", "401 401 401 401 401 401", {"token": "used"}),
    "POST /language": Row("/language", KEPT, {"language": "zh", "back": "/accounts"}),
    "POST /theme": Row("/theme", KEPT, {"theme": "dark", "back": "/accounts"}),
    "GET /": Row("/", READ),
    "POST /seen": Row("/seen", SENT, {"up_to": "2026-11-20T00:00:00+08:00"}),
    "GET /accounts": Row("/accounts", READ),
    "GET /accounts/{name}": Row("/accounts/taobao", FILE),
    "GET /accounts/{name}/findings": Row("/accounts/taobao/findings", FILE),
    "GET /accounts/{name}/signals": Row("/accounts/taobao/signals", FILE),
    "GET /accounts/{name}/plan": Row("/accounts/taobao/plan", FILE),
    "POST /accounts/{name}/stage": Row("/accounts/taobao/stage", DECIDED, {"stage": "gather"}),
    "POST /accounts/{name}/judgements": Row(
        "/accounts/taobao/judgements", DECIDED, {"criterion": "effort", "low": "1", "high": "2", "why": "x"}
    ),
    "GET /accounts/{name}/briefings": Row("/accounts/taobao/briefings", FILE),
    "GET /accounts/{name}/briefing": Row("/accounts/taobao/briefing", FILE),
    "POST /accounts/{name}/briefing": Row("/accounts/taobao/briefing", DECIDED, {"kind": "before-visit"}),
    "GET /tasks": Row("/tasks?account=taobao", FILE),
    "POST /tasks/{number}/claim": Row("/tasks/{tasks}/claim", DECIDED),
    "POST /tasks/{number}/close": Row("/tasks/{tasks}/close", DECIDED, {"state": "done", "note": "x"}),
    "GET /articles/{number}": Row("/articles/1", FILE),
    "GET /stories/{number}": Row("/stories/1", FILE),
    "GET /review": Row("/review?account=taobao", REVIEWED),
    "POST /review/events/{number}": Row(
        "/review/events/{events}", DECIDED, {"kind": "price_change", "why": "x"}
    ),
    "POST /review/dates/{article}": Row("/review/dates/1", DECIDED, {"day": "2026-11-01", "why": "x"}),
    "POST /review/merge/{story}": Row("/review/merge/1", DECIDED, {"other": "2", "why": "x"}),
    "POST /review/split/{article}": Row("/review/split/1", DECIDED, {"why": "x"}),
    "POST /review/undo/{number}": Row("/review/undo/{reviews}", DECIDED, {"why": "x"}),
    "POST /review/findings/{number}/{act}": Row("/review/findings/{findings}/reject", DECIDED, {"why": "x"}),
    "POST /review/relink/{number}": Row("/review/relink/{findings}", DECIDED, {"why": "x"}),
    "GET /audit": Row("/audit?account=taobao", FILE),
    "GET /field": Row("/field", READ),
    "GET /field/new": Row("/field/new?account=taobao", REVIEWED),
    "POST /field": Row("/field", DECIDED, {"account": "taobao", "points": "对方表示账期45天。"}),
    "GET /field/{number}": Row("/field/{field-reports}", FILE),
    "POST /field/{number}/done": Row("/field/{field-reports}/done", DECIDED),
    "GET /search": Row("/search?q=爆仓", READ),
    "POST /searches": Row("/searches", SENT, {"name": "mine", "query": "q=x"}),
    "POST /searches/{number}/forget": Row("/searches/1/forget", SENT),
    "GET /couriers": Row("/couriers", READ),
    "GET /couriers/{name}": Row("/couriers/yunda", FILE),
    "GET /couriers/{name}/battlecard": Row("/couriers/yunda/battlecard", FILE),
    "GET /series": Row("/series", READ),
    "GET /series/{name}": Row("/series/courier.price", READ),
    "GET /sources": Row("/sources", READ),
    "GET /sources/{name}": Row("/sources/field", READ),
    "GET /jobs": Row("/jobs", OPERATED),
    "GET /jobs/job": Row("/jobs/job?job=collect:field:1", NO_SUCH),
    "POST /jobs/retry": Row("/jobs/retry", NO_SUCH, {"job": "collect:field:1"}),
    "POST /jobs/cancel": Row("/jobs/cancel", NO_SUCH, {"job": "collect:field:1"}),
    "GET /outbox": Row("/outbox?account=taobao", "door 403 403 200 200 404"),
    "GET /outbox/{number}": Row("/outbox/99", NO_SUCH),
    "POST /outbox/{number}/replay": Row("/outbox/99/replay", NO_SUCH),
    "POST /outbox/{number}/drop": Row("/outbox/99/drop", NO_SUCH, {"why": "x"}),
    "POST /accounts/{name}/deliver": Row("/accounts/taobao/deliver", "door 403 403 done done 404"),
    "GET /alerts": Row("/alerts", READ),
    "GET /source-trials": Row("/source-trials", OPERATED),
    "POST /source-trials": Row("/source-trials", "door 403 403 422 422 422", {"kind": "feed", "url": ""}),
    "GET /source-trials/{number}": Row("/source-trials/none", NO_SUCH),
    "POST /source-trials/{number}/stop": Row("/source-trials/none/stop", NO_SUCH),
    "POST /source-trials/{number}/add": Row("/source-trials/none/add", NO_SUCH, {"name": "x"}),
    "POST /source-trials/added/{name}/remove": Row("/source-trials/added/none/remove", NO_SUCH),
    "GET /acts": Row("/acts", ADMIN),
    "GET /users": Row("/users", ADMIN),
    "POST /users/{name}/role": Row("/users/reader/role", CHANGED, {"role": "viewer"}),
    "POST /users/{name}/disable": Row("/users/reader/disable", CHANGED),
    "POST /users/{name}/enable": Row("/users/reader/enable", CHANGED),
    "GET /{name:page}": Row("/nothing", "404 404 404 404 404 404"),
    "POST /logout": Row("/logout", SENT),
}
# What tells a reader of 拼多多's file nothing of 淘宝's, by what each page may hold.
MORE = (
    "/articles/3", "/stories/3", "/accounts/pinduoduo", "/accounts/pinduoduo/findings",
    "/accounts/pinduoduo/plan", "/accounts/pinduoduo/briefings", "/review", "/review?account=pinduoduo",
    "/tasks", "/tasks?account=pinduoduo", "/audit", "/field/new", "/search?q=拼多多",
)  # fmt: skip


@pytest.fixture
def service(known_home: Path, tmp_path: Path) -> Iterator[Service]:
    """An app over a copy of a known database, with a viewer of no team and a team that watches a page."""
    with reopened(known_home, tmp_path) as service:
        service.users.add("reader", UserRole.VIEWER, PASSWORD, root(NOW))
        service.users.set_role("viewer", UserRole.ADMIN, root(NOW))
        yield service


def browser(service: Service, who: str) -> TestClient:
    """A browser in which somebody is logged in, and which sends proof with its forms."""
    if who == "nobody":
        client = service.anonymous()
    else:
        client = service.logged_in("viewer" if who == "other" else who)
        client.headers[CSRF_HEADER] = client.get("/api/v1/session").json()["csrf_token"]
    client.follow_redirects = False
    return client


def asked(client: TestClient, name: str, row: Row, found: Mapping[str, int]) -> str:
    """How a browser is answered, in a word of the table."""
    path = row.path.format_map(found)
    method = name.split()[0]
    answer = client.get(path) if method == "GET" else client.post(path, data=dict(row.form))
    if answer.status_code != 303:
        return str(answer.status_code)
    return "door" if answer.headers["location"].startswith("/login?") else "done"


def test_every_page_and_form_is_in_the_table(service: Service) -> None:
    assert {str(one) for one in routes(service.app) if one.of_pages} == TABLE.keys()


@pytest.mark.parametrize("who", WHO)
def test_every_page_and_form_answers_everybody_as_the_table_says(service: Service, who: str) -> None:
    found = numbers(service)
    client, before = browser(service, who), everything(service)
    told = {}
    for name, row in TABLE.items():
        told[name] = asked(client, name, row, found)
        now = everything(service)
        if told[name] in ("403", "404", "door"):
            assert now == before, name
        before = now
    assert told == {name: row.said.split()[WHO.index(who)] for name, row in TABLE.items()}


def test_a_form_without_its_proof_or_of_another_site_changes_nothing(service: Service) -> None:
    found = numbers(service)
    client, open_ = browser(service, "admin"), {str(one) for one in routes(service.app) if one.scope is None}
    del client.headers[CSRF_HEADER]
    before = everything(service)
    for name, row in TABLE.items():
        if name.split()[0] not in SAFE:
            path, data = row.path.format_map(found), dict(row.form)
            foreign = client.post(path, data=data, headers={"Origin": "https://elsewhere.example"})
            assert foreign.status_code == 403, name
            if name not in open_:
                assert client.post(path, data=data).status_code == 403, name
                assert client.post(path, data={**data, "csrf_token": "guessed"}).status_code == 403, name
    assert everything(service) == before


def test_looking_at_pages_changes_nothing_in_the_database(service: Service) -> None:
    found = numbers(service)
    client, url = browser(service, "admin"), str(service.workspace.engine.url)
    before = snapshot(url), everything(service)
    paths = [row.path.format_map(found) for name, row in TABLE.items() if name.startswith("GET")]
    for path in (*paths, *MORE):
        assert client.get(path).status_code in (200, 404), path
        assert client.get(path, headers={"HX-Request": "true"}).status_code in (200, 404), path
    assert (snapshot(url), everything(service)) == before


def test_no_page_tells_a_team_anything_of_other_accounts(service: Service) -> None:
    found = numbers(service)
    admin, other = browser(service, "admin"), browser(service, "other")
    paths = [row.path.format_map(found) for name, row in TABLE.items() if name.startswith("GET")]
    telling = set()
    for path in (*paths, *MORE):
        for client in (admin, other):
            text = re.sub(r'name="back" value="[^"]*"', "", client.get(path).text)
            told = re.findall(r".{0,60}(?:taobao|淘宝双11|只属于taobao).{0,20}", text)
            if client is admin and told:
                telling.add(path)
            elif client is other:
                assert told == [], path
    # The check can fail: who sees all is told of 淘宝 by each of these.
    assert {"/", "/tasks", "/audit", "/review", "/field", "/field/new", "/series/courier.price"} <= telling
    assert {"/search?q=爆仓", "/tasks?account=taobao"} <= telling


def test_an_article_that_tells_of_several_shows_a_team_what_was_read_of_its_own(service: Service) -> None:
    whole, seen = (browser(service, who).get("/articles/3").text for who in ("admin", "other"))
    named = [re.findall(r'<span lang="zh-CN">([^<]+)</span><span>', text) for text in (whole, seen)]
    assert set(named[1]) == {"拼多多"} < set(named[0])
    assert seen.count("<blockquote") < whole.count("<blockquote")


def test_a_source_that_watches_a_page_for_a_task_is_of_the_account_s_file(service: Service) -> None:
    service.workspace.store.load_sources([replace(WIRE, name="recheck-7-1", label="淘宝的公告页")])
    assert "淘宝的公告页" in browser(service, "admin").get("/sources").text
    assert "淘宝的公告页" not in browser(service, "other").get("/sources").text


# ---- what an address or a form may hold

HOSTILE = (
    "", "-1", "1e9", "9" * 20, "nan", "0000-01", "0001-01-01", "9999-12-31", "\0", "//[",
    "<script>alert(1)</script>", "x" * 3000,
)  # fmt: skip
# No parameter of any page, but words that mean something to what makes pages.
NO_PARAMETERS = ("path", "self", "done", "next", "_block_vars", "_Context__obj", "view", "csrf")


def entries(service: Service) -> dict[str, tuple[str, ...]]:
    """The parameters that each page takes, and the entries of each form."""
    found = {}
    for context in iter_route_contexts(service.app.routes):
        for method in context.methods or ():
            if f"{method} {context.path}" in TABLE:
                found[f"{method} {context.path}"] = tuple(dict.fromkeys(named(context.dependant)))
    return found


def test_every_page_answers_in_words_whatever_stands_in_its_address(service: Service) -> None:
    client, wrong = browser(service, "admin"), []
    taken = {name: names for name, names in entries(service).items() if name.startswith("GET")}
    assert {"since", "until", "page"} <= set(taken["GET /accounts/{name}/findings"])
    tried = [(name, one) for name, names in taken.items() for one in names]
    tried += [("GET /accounts", one) for one in NO_PARAMETERS]
    found = numbers(service)
    for name, parameter in tried:
        path = TABLE[name].path.format_map(found).partition("?")[0]
        others = {"q": "爆仓"} if path == "/search" else {}
        for value in HOSTILE:
            answer = client.get(path, params=others | {parameter: value})
            if answer.status_code >= 500 or (answer.status_code >= 400 and "<main" not in answer.text):
                wrong.append((path, parameter, value[:40], answer.status_code))
    assert wrong == []
    assert len(tried) > 40


def test_an_address_that_names_nothing_is_a_page_that_says_so(service: Service) -> None:
    client = browser(service, "admin")
    for name, row in TABLE.items():
        method, template = name.split()
        if "{" in template and "{name:" not in template:
            for value in ("9" * 20, "-1", "0", "%00", "x" * 3000, "%ff", "😀"):
                path = re.sub(r"\{\w+\}", value, template.replace("{act}", "confirm"))
                answer = client.request(method, path, data=dict(row.form))
                assert (answer.status_code, "<main" in answer.text) == (404, True), (name, value[:20])


def test_every_form_is_answered_in_words_whatever_it_holds(service: Service) -> None:
    found, client, tried, wrong = numbers(service), browser(service, "admin"), 0, []
    for name, names in entries(service).items():
        if name.startswith("POST") and name != "POST /logout":
            path = TABLE[name].path.format_map(found)
            for entry in names:
                for value in ("", "9" * 20, "-1", "nan", "0001-01-01", "\0", "x" * 3000):
                    answer = client.post(path, data=dict(TABLE[name].form) | {entry: value})
                    told = answer.status_code < 400 or "<main" in answer.text
                    if answer.status_code >= 500 or not told:
                        wrong.append((name, entry, value[:20], answer.status_code))
                    tried += 1
    assert wrong == []
    assert tried > 300


def test_nobody_is_led_to_another_site(service: Service) -> None:
    client, form = browser(service, "admin"), {"language": "zh"}
    for target in (
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "evil", "", "//[",
        "/\t/evil.example", "/\n/evil.example", " //evil.example", "///evil.example", "javascript:alert(1)",
        "http:evil.example", "\0/evil",
    ):  # fmt: skip
        login = {"name": "reader", "password": PASSWORD, "next": target}
        answers = [
            service.anonymous().post("/login", data=login, follow_redirects=False),
            client.post("/language", data=form | {"back": target}),
            client.post("/theme", data={"theme": "dark", "back": target}),
        ]
        for answer in answers:
            assert answer.status_code == 303, target
            assert answer.headers["location"] == "/", target
    assert done(target, "seen").headers["location"] == "/?done=seen"
