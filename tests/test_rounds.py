"""A round of work: what is asked of searches, and what a watched page's change comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from intel import bootstrap, reader, rounds
from intel.account_file import words_of_gaps
from intel.bootstrap import Workspace
from intel.brief import Format, Order
from intel.config import Settings
from intel.coverage import Answer, State
from intel.model import COUNTED, Page, Source
from intel.questions import all_questions
from intel.tasks import SEARCH as SEARCHING
from intel.tasks import Task
from intel.views import FindingFilter
from pipelines.watched import versioned
from spiders.queries import Query
from tests import documents
from tests.briefs import shown
from tests.making import NOON, WIRE

DAY = date(2026, 11, 26)
SEARCH = replace(
    WIRE,
    name="search",
    kind="search",
    url="http://search.localhost/?q={query}",
    options={"item": "li", "queries": ["{alias} {word}"], "max_queries": 60},
)
WATCH = replace(WIRE, name="prices", kind="watch", options={"account": "sf", "topic": "competitor_landscape"})
PRICES = """<html><head><title>顺丰速运 · 标快价目</title></head><body><h1>标快价目</h1>
<p>北京时间 {clock}</p><table><tr><th>区域</th><th>首重</th></tr>
<tr><td>省内</td><td>首重{near}元</td></tr><tr><td>跨省</td><td>首重18元</td></tr></table>{more}</body></html>"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = bootstrap.init(Settings(home=tmp_path), [WIRE, SEARCH, WATCH])
    yield made
    made.engine.dispose()


def asked(workspace: Workspace, day: date = DAY) -> list[Query]:
    return list(rounds.searches(workspace, [WIRE, SEARCH], day)["search"])


def of_taobao(queries: list[Query]) -> list[str]:
    return [query.text for query in queries if query.text.startswith("淘宝 ")]


def test_searches_are_asked_about_every_client_and_competitor_and_no_other_source_is(
    workspace: Workspace,
) -> None:
    first = {query.names[0] for query in asked(workspace)}
    assert {"淘宝", "圆通"} <= first and "阿里巴巴" not in first
    assert set(rounds.searches(workspace, [WIRE, SEARCH], DAY)) == {"search"}


def test_what_an_open_task_wants_is_asked_for_first(workspace: Workspace) -> None:
    [question] = [one for one in all_questions() if one.id == "market_outlook.rules"]
    task = Task("taobao", question.id, SEARCHING, question.search, 0.0, DAY)
    workspace.files.keep_tasks([task])
    assert set(of_taobao(asked(workspace))[:2]) == {f"淘宝 {word}" for word in question.search}


def test_a_question_with_an_answer_is_asked_for_after_those_without(workspace: Workspace) -> None:
    answers = [Answer(one, State.UNKNOWN, 0.0, "", ()) for one in all_questions()]
    known = replace(answers[0], state=State.CORROBORATED, score=0.9)
    words = words_of_gaps([known, *answers[1:]], 0)
    own = [word for word in known.question.search if word not in answers[1].question.search]
    assert own and list(words[-len(own) :]) == own


def test_another_gap_is_asked_for_first_on_another_day(workspace: Workspace) -> None:
    today, tomorrow = (of_taobao(asked(workspace, DAY + timedelta(days=days))) for days in (0, 1))
    assert today[1] == tomorrow[0]


def keep_version(
    workspace: Workspace, hour: int, near: int = 12, more: str = "", microsecond: int = 0
) -> None:
    at = NOON.replace(hour=hour, microsecond=microsecond)
    body = PRICES.format(clock=f"{hour}:30:11", near=near, more=more).encode()
    page = Page("http://prices.localhost/", "prices", at, body, "text/html")
    workspace.store.add_page(replace(page, url=versioned(page)))


def quotes(workspace: Workspace) -> list[str]:
    found = workspace.query.findings("sf", FindingFilter(topic="competitor_landscape"))
    return [one.quote for one in found if "：" in one.quote]


def read(workspace: Workspace, *, again: bool = False) -> reader.ReadingCount:
    return reader.read_pages(workspace.store, workspace.query.watched(), again=again)


def test_each_change_of_a_watched_page_is_a_finding_that_a_later_change_does_not_undo(
    workspace: Workspace,
) -> None:
    keep_version(workspace, 8)
    keep_version(workspace, 9, near=10)
    keep_version(workspace, 10, near=10, more="<p>偏远地区停止次日达承诺，请以页面公示为准。</p>")
    count = read(workspace)
    assert (count.read, count.rejected.total()) == (3, 0)
    told = quotes(workspace)
    assert told[-1] == "改为：省内 | 首重12元 → 省内 | 首重10元"
    assert told[0].startswith("新增：偏远地区停止次日达承诺")
    before = workspace.query.findings("sf", FindingFilter())
    read(workspace, again=True)
    after = workspace.query.findings("sf", FindingFilter())
    assert [replace(one, id=0, story=0) for one in after] == [replace(one, id=0, story=0) for one in before]


def test_a_price_that_goes_back_is_a_change_again(workspace: Workspace) -> None:
    for hour, near in ((8, 12), (9, 10), (10, 12)):
        keep_version(workspace, hour, near)
    read(workspace)
    assert [one.rpartition("首重")[2] for one in quotes(workspace)] == ["12元", "10元"]


def test_two_changes_within_a_second_are_two_findings(workspace: Workspace) -> None:
    keep_version(workspace, 8)
    keep_version(workspace, 9, near=10)
    read(workspace)
    keep_version(workspace, 9, near=11, microsecond=1)
    read(workspace)
    assert [one.rpartition("首重")[2] for one in quotes(workspace)] == ["11元", "10元"]


def test_the_day_of_a_change_is_when_it_was_seen(workspace: Workspace) -> None:
    keep_version(workspace, 8)
    keep_version(workspace, 9, near=10)
    read(workspace)
    [found] = [one for one in workspace.query.findings("sf", FindingFilter()) if "→" in one.quote]
    assert found.dated_at == NOON.replace(hour=9)
    assert found.url.startswith("http://prices.localhost/#as-of-")


def test_what_a_watched_page_no_longer_says_counts_as_no_event(workspace: Workspace) -> None:
    keep_version(workspace, 8, more="<p>顺丰速运宣布自3月1日起上调跨省标快价格10%。</p>")
    keep_version(workspace, 9)
    read(workspace)
    [change] = [
        one for one in workspace.query.findings("sf", FindingFilter()) if one.quote.startswith("删除")
    ]
    assert change.event is None and change.rule == "watch.change"
    assert {"price_change"}.isdisjoint(_counted_events(workspace, change.article))


def _counted_events(workspace: Workspace, article: int) -> set[str]:
    with workspace.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT type, status FROM event WHERE article_id = ?", (article,))
        return {kind for kind, status in rows if status in COUNTED}


def _events(workspace: Workspace) -> list[tuple[str, str, str | None, str]]:
    """Type, role, account and text of every argument of an event that counts, in order."""
    query = (
        "SELECT event.type, role, account_id, text FROM argument JOIN event ON event.id = event_id"
        " WHERE status IN ('asserted', 'announced') ORDER BY event.id, argument.id"
    )
    with workspace.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.parametrize(
    ("first", "then", "amount"),
    [
        ("<p>首重{}元</p>", (12, 10), "10元"),
        ("<table><tr><td>同城</td><td>{}元/票</td></tr></table>", (8, 9), "9元/票"),
        ("<p>Same city ¥{}</p>", (12, 14), "¥14"),
    ],
)
def test_a_changed_price_is_an_event_of_the_account_with_the_new_amount(
    workspace: Workspace, first: str, then: tuple[int, int], amount: str
) -> None:
    for hour, price in zip((8, 9), then, strict=True):
        keep_version(workspace, hour, more=first.format(price))
    read(workspace)
    subject, how_much = [one for one in _events(workspace) if one[0] == "price_change"][-2:]
    assert (subject[1:3], how_much[1:]) == (("subject", "sf"), ("amount", None, amount))
    found = [one for one in workspace.query.findings("sf", FindingFilter()) if "→" in one.quote]
    assert ("price_change", "competitor_landscape") in {(one.event, one.topic) for one in found}


@pytest.mark.parametrize("line", ["<p>遗失包裹最高赔付{}元</p>", "<p>网点{}个</p>"])
def test_a_changed_number_that_is_no_price_is_no_change_of_price(workspace: Workspace, line: str) -> None:
    keep_version(workspace, 8, more=line.format(500))
    keep_version(workspace, 9, more=line.format(800))
    read(workspace)
    found = [one.event for one in workspace.query.findings("sf", FindingFilter()) if "→" in one.quote]
    assert found and "price_change" not in found


def test_a_changed_price_of_a_page_that_names_nobody_is_an_event_of_its_account(
    workspace: Workspace,
) -> None:
    for hour, price in ((8, 12), (9, 10)):
        body = f"<title>价目</title><h1>价目</h1><p>以下价格含税。</p><p>同城{price}元</p>".encode()
        page = Page("http://prices.localhost/", "prices", NOON.replace(hour=hour), body, "text/html")
        workspace.store.add_page(replace(page, url=versioned(page)))
    read(workspace)
    assert _events(workspace)[-2:] == [
        ("price_change", "subject", "sf", ""),
        ("price_change", "amount", None, "10元"),
    ]


def test_every_changed_price_of_a_list_is_an_event(workspace: Workspace) -> None:
    for hour, prices in ((8, (12, 22)), (9, (10, 20))):
        more = "".join(
            f"<p>{name}首重{price}元</p>" for name, price in zip(("近程", "远程"), prices, strict=True)
        )
        keep_version(workspace, hour, more=more)
    read(workspace)
    amounts = [
        text for kind, role, _, text in _events(workspace) if (kind, role) == ("price_change", "amount")
    ]
    assert amounts[-2:] == ["10元", "20元"]


def test_a_source_that_names_no_account_is_read_for_what_its_changes_say(tmp_path: Path) -> None:
    plain: Source = replace(WATCH, options={})
    workspace = bootstrap.init(Settings(home=tmp_path), [WIRE, plain])
    keep_version(workspace, 8)
    keep_version(workspace, 9, near=10)
    read(workspace)
    assert not [one for one in workspace.query.findings("sf", FindingFilter()) if one.rule == "watch.change"]
    workspace.engine.dispose()


def test_a_quote_out_of_a_document_says_on_which_page_it_stands(workspace: Workspace) -> None:
    body = documents.pdf(
        "淘宝物流服务商管理白皮书",
        *["本白皮书说明平台物流服务的一般原则，供合作方参考，不作为合同条款，请以页面公示内容为准。"] * 60,
        "淘宝与快递商的账期由30天延长到60天，自2026年12月1日起执行，新签合同一律适用。",
    )
    workspace.store.add_page(Page("http://wire.localhost/book.pdf", "wire", NOON, body, "application/pdf"))
    read(workspace)
    [found] = workspace.query.findings("taobao", FindingFilter(topic="payment_behaviour"))
    assert found.place == "第4页"
    order = Order(datetime.now(UTC))
    briefing = rounds.brief(workspace, [workspace.query.account("taobao")], order)
    for form in Format:
        assert "第4页" in shown(briefing, form)
