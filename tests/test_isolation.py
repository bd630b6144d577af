"""A field report belongs to the account it was written on: who may not see it reads nothing of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import account_file, gathering, rivals, rounds
from intel.arrivals import Arrivals
from intel.bootstrap import Workspace
from intel.brief import Format, Kind, Order, render
from intel.db import AnyFindingRow, ArgumentRow, ArticleRow, EventRow, MentionRow
from intel.delivered import DeliveredQuery
from intel.field import FIELD
from intel.lists import Lists, Part
from intel.outbox import OutboxRow
from intel.query_evidence import EvidenceQuery
from intel.review_views import Reviews
from intel.search_query import Search
from intel.series import SeriesQuery
from intel.teams import Team, Teams
from intel.told import Told
from intel.users import UserRole
from intel.views import EventFilter, FindingFilter
from tests.asking import NOW, Service, tell
from tests.databases import Databases, migrated
from tests.making import SOURCES, root
from tests.test_api_access import NAMES
from tests.walking import Route, of_the_api, routes, told_apart

MARK = "暗号甲"
TOLD = (
    f"拼多多计划更换快递商，正在与中通接触（{MARK}）。\n"
    f"拼多多商家表示，极兔在河北的多个网点爆仓，部分包裹延误五天（{MARK}）。\n"
    f"拼多多的付款周期为月结90天（{MARK}）。"
)
# Where requests are counted, and nothing of reports is told.
COUNTING = frozenset({"/metrics"})


@pytest.fixture
def service(tmp_path: Path, databases: Databases) -> Iterator[Service]:
    """An app in which the viewer is of a team that sees 拼多多 and not 淘宝."""
    url = databases.url(tmp_path, migrated)
    with Service.new(tmp_path, (*SOURCES, FIELD), url) as service:
        tell(service.workspace)
        Teams(service.workspace.engine).put(Team("platforms", ("viewer",), ("pinduoduo",)), root(NOW))
        service.users.set_role("viewer", UserRole.ADMIN, root(NOW))
        yield service
    databases.drop(url)


def report(service: Service, account: str = "taobao") -> None:
    """A report on an account that speaks of 拼多多, and a review of what was read in it."""
    client = service.asking("analyst")
    answer = client.post("/api/v1/field-reports", json={"account": account, "points": TOLD})
    assert answer.json()["findings"] > 1, answer.text
    found = client.get("/api/v1/accounts/pinduoduo/findings").json()["items"]
    number = next(one["id"] for one in found if one["url"].startswith("field:"))
    confirmed = client.post(f"/api/v1/findings/{number}/confirm", json={"why": "听说过"})
    assert confirmed.status_code == 201, confirmed.text


def inside(service: Service) -> Mapping[str, set[int]]:
    """The numbers of all that was read in reports, by resource."""
    with Session(service.workspace.engine) as session:
        article = session.scalars(select(ArticleRow).where(ArticleRow.source == "field")).one()
        within: dict[str, Any] = {"findings": AnyFindingRow, "mentions": MentionRow, "events": EventRow}
        rows: dict[str, Any] = {
            name: set(session.scalars(select(row.id).where(row.article_id == article.id)))
            for name, row in within.items()
        }
        return rows | {"articles": {article.id}, "stories": {article.story_id}, "field-reports": {1}}


QUERIES = ("limit=200", "account=pinduoduo&q=拼多多&limit=200", f"q={MARK}", "kind=weekly")


def asked(every: Iterable[Route], client: TestClient, numbers: Mapping[str, set[int]]) -> dict[str, str]:
    """What every GET route answers: on 拼多多, on couriers, and on the numbers of resources."""
    told = {}
    for route in every:
        if route.method != "GET" or route.path in COUNTING:
            continue
        names = NAMES | {"account": "pinduoduo", "name": "pinduoduo" if route.of_pages else "platforms"}
        resource = re.search(r"/([\w-]+)/\{number\}", route.path)
        for number in sorted(numbers.get(resource[1], {1})) if resource else [0]:
            path = route.path.replace("{number}", str(number))
            for name, filling in names.items():
                path = re.sub(rf"\{{{name}(:\w+)?\}}", filling, path)
            for query in told_apart(route, QUERIES):
                answer = client.get(f"{path}?{query}")
                assert answer.status_code < 500, (path, answer.text)
                if route.of_pages and MARK in query:
                    continue  # what was asked for stands on the page again
                told[f"{path}?{query}"] = re.sub(r'"csrf_token":"\w*"', "", answer.text)
    return told


def test_no_answer_changes_by_a_report_that_is_another_team_s(service: Service) -> None:
    client, every = service.asking("viewer"), of_the_api(service.app)
    few: Mapping[str, set[int]] = {}
    before = asked(every, client, few)
    report(service)
    # Keys tell when they were used, acts who issued them; a review is listed for who sees all it quotes.
    changed = {
        path
        for path, text in asked(every, client, few).items()
        if text != before[path] and not re.search("/keys|/acts", path) and path.startswith("/api/")
    }
    assert changed == set()
    assert len(before) > 60


@pytest.mark.parametrize("path", ["/search", "/api/v1/search", "/api/v1/search/facets"])
def test_a_search_kept_for_one_team_is_not_given_to_another(service: Service, path: str) -> None:
    report(service)
    query = f"q={MARK}&source=field"
    found = service.asking("analyst").get(f"{path}?{query}").text
    viewer = service.asking("viewer")
    before = viewer.get(f"{path}?{query}").text
    assert found != before and viewer.get(f"{path}?{query}").text == before
    assert "客户接触" in found or '"total":1' in found or '"field"' in found, found
    assert "/articles/" not in before and '"total":1' not in before and '"field"' not in before, before


def test_a_marked_sentence_is_told_by_no_route_to_who_does_not_see_its_account(service: Service) -> None:
    report(service)
    numbers, every = inside(service), routes(service.app)
    everything = asked(every, service.asking("admin"), numbers)
    telling = {path.partition("?")[0] for path, text in everything.items() if MARK in text}
    routes_telling = {re.sub(r"/\d+$", "", path).removeprefix("/api/v1") for path in telling}
    # The check can fail: who sees all is told of it by each of these.
    assert routes_telling >= {
        *("/accounts/pinduoduo/findings", "/accounts/pinduoduo/coverage", "/accounts/pinduoduo/assessment"),
        *(
            "/findings",
            "/events",
            "/articles",
            "/search",
            "/briefing",
            "/reviews",
            "/audit",
            "/field-reports",
        ),
    }
    hidden = asked(every, service.asking("viewer"), numbers)
    assert [path for path, text in hidden.items() if MARK in text] == []
    alone = [
        path
        for path in hidden
        if re.match(r"/api/v1/(findings|events|articles|stories|field-reports)/\d", path)
    ]
    assert alone
    assert {hidden[path].partition('"status":')[2][:3] for path in alone} == {"404"}


def test_a_report_on_an_account_of_the_team_is_told(service: Service) -> None:
    report(service, "pinduoduo")
    seen = asked(routes(service.app), service.asking("viewer"), inside(service))
    telling = {path for path, text in seen.items() if MARK in text}
    assert any(path.startswith("/api/v1/accounts/pinduoduo/coverage") for path in telling)


# ---- each reading, below the API


def readings() -> dict[str, Callable[[Workspace], object]]:
    """Every reading of an account, by name."""
    day, rules = NOW.date(), FindingFilter()
    order = Order(written_at=NOW, kind=Kind.VISIT, charts=True)
    weekly = Order(written_at=NOW, kind=Kind.WEEKLY)

    def named(workspace: Workspace, *ids: str) -> Any:
        return [workspace.query.account(one) for one in ids]

    return {
        "findings": lambda w: w.query.findings("pinduoduo", rules),
        "beside": lambda w: w.query.beside("zto", rules),
        "counts": lambda w: (w.query.accounts(), w.query.topic_counts("pinduoduo")),
        "evidence": lambda w: EvidenceQuery(w.engine).told("pinduoduo", day),
        "file": lambda w: account_file.account_file(w, w.query.account("pinduoduo"), day),
        "over time": lambda w: account_file.over_time(w, w.query.account("pinduoduo"), day, 1),
        "visit": lambda w: render(rounds.brief(w, named(w, "pinduoduo"), order), Format.MD).decode(),
        "weekly": lambda w: render(rounds.brief(w, named(w, "zto", "pinduoduo"), weekly), Format.MD).decode(),
        "voices": lambda w: gathering.voices(w, w.query.account("pinduoduo")),
        "compared": lambda w: rivals.compared(w, named(w, "zto", "jt"), day),
        "card": lambda w: rivals.carded(
            w, dict(zip(("rival", "ours", "client"), named(w, "jt", "zto", "pinduoduo"), strict=True)), day
        ),
        "arrivals": lambda w: Arrivals(w.engine).since(NOW.replace(year=2000)).news,
        "events": lambda w: Lists(w.engine).events(EventFilter(), Part(99), None),
        "stories": lambda w: Lists(w.engine).stories("pinduoduo", Part(99), None),
        "search": lambda w: Search(w.engine).page(MARK).hits,
        "series": lambda w: [SeriesQuery(w.engine).points(one) for one in ("courier.price",)],
        "audit": lambda w: Reviews(w.engine).audit(),
        "delivered": lambda w: DeliveredQuery(w.engine).listed(),
        "silent": lambda w: w.query.silent_articles("pinduoduo", "brand", ("拼多多",), 99),
    }


def test_each_reading_is_of_what_may_be_seen(service: Service) -> None:
    report(service)
    workspace = service.workspace
    ours, theirs, nobodys = (workspace.seen_by(one) for one in (["taobao"], ["pinduoduo"], []))
    quoting = set()
    for name, read in readings().items():
        assert repr(read(ours)) == repr(read(workspace)), name
        assert repr(read(theirs)) == repr(read(nobodys)), name
        assert MARK not in repr(read(theirs)), name
        if MARK in repr(read(workspace)):
            quoting.add(name)
    assert quoting >= {
        "findings",
        "evidence",
        "file",
        "visit",
        "weekly",
        "card",
        "arrivals",
        "events",
        "search",
    }
    assert quoting >= {"audit", "over time", "beside"}
    [number] = inside(service)["articles"]
    assert MARK in Told(ours.engine).article(number).text
    with pytest.raises(LookupError):
        Told(theirs.engine).article(number)


def test_playing_a_part_in_an_event_of_a_report_shows_nothing_of_it(service: Service) -> None:
    report(service)
    with Session(service.workspace.engine) as session:
        playing = select(ArgumentRow.event_id).where(ArgumentRow.account_id == "pinduoduo")
        [number, *_] = session.scalars(
            select(EventRow.id).join(ArticleRow).where(ArticleRow.source == "field", EventRow.id.in_(playing))
        )
    client = service.asking("viewer")
    assert client.get(f"/api/v1/events/{number}").status_code == 404
    correction = {"status": "denied", "why": "x"}
    assert client.post(f"/api/v1/events/{number}/correct", json=correction).status_code == 404


# ---- what leaves us


def test_what_is_handed_on_of_an_account_quotes_reports_on_it_alone(service: Service) -> None:
    report(service)
    points = "拼多多计划引入第二家快递商（暗号乙）。"
    service.asking("analyst").post("/api/v1/field-reports", json={"account": "pinduoduo", "points": points})
    workspace = service.workspace
    workspace.settings.crm = "folder"
    for ids in (["pinduoduo"], ["pinduoduo", "taobao"]):
        accounts = [workspace.query.account(one) for one in ids]
        order = Order(written_at=NOW, kind=Kind.VISIT if len(ids) == 1 else Kind.WEEKLY)
        document = rounds.brief(rounds.handed_on(workspace, accounts), accounts, order)
        rounds.deliver(workspace, document, Format.MD, render(document, Format.MD))
    with Session(workspace.engine) as session:
        one, all_of_them = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    assert (one.account, all_of_them.account) == ("pinduoduo", "")
    assert "暗号乙" in str(one.content)
    assert "暗号乙" not in str(all_of_them.content)
    assert MARK not in str(one.content) + str(all_of_them.content)
