"""Answers about an account are kept until something they show changes, whoever changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from intel import bootstrap, db, search_index, sweep, web
from intel.acts import By
from intel.api import create_app
from intel.api.desk import Options
from intel.api.kept import Kept as Answers
from intel.api.limiting import Limits
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.db import ArticleRow
from intel.query import COMPARED, EVERYWHERE
from intel.review import Reviewer
from intel.store import Store
from intel.views import FindingFilter, FindingStanding
from intel.web.site import PLACE
from pipelines.personal_data import Edit
from tests.asking import CHEAP, NOW, UNLIMITED, Clock, Service, known
from tests.databases import Databases
from tests.making import SOURCES

BY = By("分析员", "看过原文", NOW)
PAGES = ("/accounts/taobao/signals", "/couriers/yunda", "/couriers/yunda?client=taobao", "/couriers")
PATHS = ("/accounts/taobao", "/api/v1/accounts/taobao/coverage", "/api/v1/accounts/taobao/findings")
# A change of each table that an account's file shows something of, and whose number grows.
CHANGES = {
    "UPDATE finding SET stance = 'raises' WHERE account_id = 'taobao'": "taobao",
    "UPDATE finding SET topic = 'competitor_landscape' WHERE account_id = 'pinduoduo'": COMPARED,
    "DELETE FROM finding WHERE account_id = 'taobao'": "taobao",
    "DELETE FROM mention WHERE account_id = 'taobao'": "taobao",
    "UPDATE argument SET account_id = 'taobao'": "taobao",
    "UPDATE event SET status = 'denied'": COMPARED,
    "UPDATE event SET status = 'announced'": "pinduoduo",
    "DELETE FROM event": "pinduoduo",
    "UPDATE article SET dated_at = '2026-11-01 00:00:00+00:00'": "taobao",
    "UPDATE article SET story_id = 1": "pinduoduo",
    "UPDATE source SET reliability = 'A' WHERE name = 'wire'": EVERYWHERE,
    "UPDATE account SET name = '淘宝天猫' WHERE id = 'taobao'": EVERYWHERE,
    "DELETE FROM alias": EVERYWHERE,
    "DELETE FROM question_rule": "taobao",
    "UPDATE criterion_weight SET weight = 3": "taobao",
    "DELETE FROM judgement": "pinduoduo",
    "UPDATE task SET state = 'done'": "taobao",
    "DELETE FROM stage": "taobao",
    "UPDATE field_report SET author = '别人'": "pinduoduo",
    "DELETE FROM briefing": "taobao",
    "UPDATE series_point SET value = value + 1": "taobao",
    "INSERT INTO notice (article_id, kind, procurement, facts) VALUES (1, 'tender', '', '{}')": EVERYWHERE,
}


def filled(url: str) -> None:
    """A database with something of every kind."""
    with TemporaryDirectory() as home:
        known(Path(home), url)


def app(workspace: Workspace, clock: Clock) -> FastAPI:
    """The API and the pages."""
    options = Options(clock=clock, hasher=CHEAP, limits=Limits(UNLIMITED))
    return create_app(workspace, [web.router], options)


@pytest.fixture
def service(tmp_path: Path, databases: Databases) -> Iterator[Service]:
    """An app with pages over such a database."""
    url = databases.url(tmp_path, filled)
    with Service(bootstrap.open_workspace(Settings(home=tmp_path, database_url=url))) as service:
        service.app = app(service.workspace, service.clock)
        yield service
    databases.drop(url)


def told(client: TestClient) -> list[str]:
    answers = [client.get(path) for path in PATHS]
    assert {one.status_code for one in answers} == {200}
    return [one.text for one in answers]


@contextmanager
def looked_at() -> Iterator[list[str]]:
    """The statements that any database is sent meanwhile."""
    sent = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_every_change_of_what_a_file_shows_grows_its_number(service: Service) -> None:
    for change, whose in CHANGES.items():
        with service.workspace.engine.connect() as connection:
            number = text("SELECT sum(number) FROM account_version WHERE account_id = :whose")
            before = connection.scalar(number, {"whose": whose}) or 0
            changed = connection.execute(text(change)).rowcount
            assert changed, change
            assert (connection.scalar(number, {"whose": whose}) or 0) > before, change
            connection.rollback()


def test_what_changes_nothing_that_is_shown_grows_no_number(service: Service) -> None:
    query = service.workspace.query
    before = query.version("taobao")
    service.workspace.store.load_sources(SOURCES)
    service.workspace.store.set_completed("wire", True)
    assert query.version("taobao") == before
    with service.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE task SET state = 'done' WHERE account_id = 'pinduoduo'"))
    assert query.version("taobao") == before


def test_an_answer_is_worked_out_anew_when_another_process_changed_something(service: Service) -> None:
    client = service.asking("admin")
    first = told(client)
    assert told(client) == first
    finding = service.workspace.query.findings("taobao", FindingFilter())[0]
    elsewhere = db.open_engine(service.workspace.engine.url.render_as_string(hide_password=False))
    Reviewer(elsewhere).reject(finding.id, BY)
    elsewhere.dispose()
    now = told(client)
    assert all(was != is_ for was, is_ in zip(first, now, strict=True))
    listed = f'"id":{finding.id},'
    assert listed in first[2] and listed not in now[2]


def test_a_search_is_made_anew_when_the_index_changed(service: Service) -> None:
    client, query = service.asking("admin"), service.workspace.query
    paths = ("/search?q=爆仓", "/api/v1/search?q=爆仓", "/api/v1/search/facets?q=爆仓")
    first = [client.get(path).text for path in paths]
    assert [client.get(path).text for path in paths] == first
    before = query.searched_version()
    with service.workspace.engine.begin() as connection:
        number = connection.scalar(select(ArticleRow.id).order_by(ArticleRow.id).limit(1)) or 0
        search_index.remove(connection, number)
    assert query.searched_version() > before
    assert all(client.get(path).text != was for path, was in zip(paths, first, strict=True))


def test_an_answer_kept_is_the_answer_worked_out(service: Service) -> None:
    kept = service.asking("admin")
    told(kept)
    Store(service.workspace.engine).load_sources([replace(one, reliability="A") for one in SOURCES])
    with Service(service.workspace, service.clock) as other:
        other.app = app(service.workspace, service.clock)
        assert told(other.asking("admin")) == told(kept)


def test_a_kept_answer_takes_two_statements_and_no_transaction(service: Service) -> None:
    client = service.asking("admin")
    told(client)
    with looked_at() as sent:
        told(client)
    # Of the page the last messages of the outbox are looked at beside.
    asked = [one for one in sent if "outbox" not in one and one != "BEGIN"]
    assert len(asked) == 2 * len(PATHS), asked
    assert sum(one == "BEGIN" for one in sent) <= sum("outbox" in one for one in sent)


def test_pages_are_renewed_after_a_change_before_anybody_asks(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = service.app.state.desk.kept
    monkeypatch.setattr(kept, "_slow", 0.0)
    client = service.asking("admin")

    def shown() -> list[str]:
        return [client.get(path).text for path in (*PAGES, *PATHS)]

    first = shown()
    [number] = {one.id for one in service.workspace.query.findings("taobao", FindingFilter())[:1]}
    Reviewer(service.workspace.engine).reject(number, BY)
    while kept.renew() or kept.renew():
        pass
    with looked_at() as statements:
        second = shown()
    assert second != first
    assert not [one for one in statements if "FROM finding" in one or "FROM series_point" in one]


def test_pages_of_couriers_and_signals_are_worked_out_once_until_what_they_show_changes(
    service: Service,
) -> None:
    client = service.asking("admin")

    def shown() -> list[str]:
        answers = [client.get(path) for path in PAGES]
        assert {one.status_code for one in answers} == {200}
        return [one.text for one in answers]

    first = shown()
    with looked_at() as statements:
        assert shown() == first
    assert not [one for one in statements if "FROM finding" in one or "FROM series_point" in one]
    with service.workspace.engine.begin() as connection:
        connection.execute(text("UPDATE source SET label = '改了名的报' WHERE name = 'wire'"))
    assert ["改了名的报" in page for page in shown()] == [True] * len(PAGES)


def test_what_rests_on_one_account_alone_stays_when_another_is_compared(service: Service) -> None:
    client, query = service.asking("admin"), service.workspace.query
    first = client.get("/accounts/taobao/signals").text
    before = query.version("taobao"), query.own_version("taobao")
    with service.workspace.engine.begin() as connection:
        told = "UPDATE finding SET topic = 'competitor_landscape' WHERE account_id = 'pinduoduo'"
        assert connection.execute(text(told)).rowcount
    assert query.version("taobao") > before[0] and query.own_version("taobao") == before[1]
    with looked_at() as statements:
        assert client.get("/accounts/taobao/signals").text == first
    assert not [one for one in statements if "FROM finding" in one]


def test_lists_of_accounts_and_of_gaps_are_worked_out_once_until_what_they_show_changes(
    service: Service,
) -> None:
    client = service.asking("admin")

    def shown() -> list[str]:
        answers = [client.get(path) for path in ("/accounts", "/tasks?account=taobao")]
        assert {one.status_code for one in answers} == {200}
        return [one.text for one in answers]

    first = shown()
    with looked_at() as statements:
        assert shown() == first
    assert not [one for one in statements if "FROM finding" in one or "FROM mention" in one]
    with service.workspace.engine.begin() as connection:
        connection.execute(text("DELETE FROM finding WHERE account_id = 'taobao'"))
    assert [now == before for now, before in zip(shown(), first, strict=True)] == [False, False]


def test_findings_stand_as_they_are_shown(service: Service) -> None:
    query = service.workspace.query
    for chosen in (FindingFilter(), FindingFilter(newest=1), FindingFilter(topic="carrier_problems")):
        shown = query.findings("taobao", chosen)
        stand = query.standings("taobao", chosen)
        assert list(stand) == [
            FindingStanding(**{field.name: getattr(one, field.name) for field in fields(FindingStanding)})
            for one in shown
        ]
        assert query.findings("taobao", FindingFilter(numbers=(shown[-1].id,))) == shown[-1:]


def test_the_review_queue_follows_every_decision_and_what_takes_it_back(service: Service) -> None:
    client, reviewer = service.asking("analyst"), Reviewer(service.workspace.engine)

    def waiting(number: int) -> bool:
        page = client.get("/review?account=taobao")
        assert page.status_code == 200
        return f'aria-labelledby="r{number}"' in page.text

    finding = service.workspace.query.findings("taobao", FindingFilter())[0]
    for decide in (reviewer.confirm, reviewer.reject):
        assert waiting(finding.id) and waiting(finding.id)
        decided = decide(finding.id, BY)
        assert not waiting(finding.id)
        reviewer.undo(decided.id, BY)
    assert waiting(finding.id)


def test_who_may_see_less_is_not_given_what_another_was(service: Service) -> None:
    assert told(service.asking("admin"))
    assert {service.asking("viewer").get(path).status_code for path in PATHS} == {404}


def test_forgetting_makes_answers_anew(service: Service) -> None:
    query = service.workspace.query
    before = query.version("pinduoduo")

    def hidden(words: str) -> list[Edit]:
        start = words.find("只属于pinduoduo")
        return [] if start < 0 else [Edit(start, start + 3, "person", "…")]

    with Session(service.workspace.engine) as session, session.begin():
        assert sweep.rewrite(session, hidden)
    assert query.version("pinduoduo") > before


def test_answers_are_kept_by_version_and_the_oldest_are_dropped() -> None:
    answers, worked = Answers(most=10), list[str]()

    def ask(what: str, version: int) -> bytes:
        def work() -> bytes:
            worked.append(what)
            return what.encode() * 4

        return answers.answer(what, lambda: version, work)

    assert [ask("a", 1), ask("a", 1), ask("b", 1)] == [b"aaaa", b"aaaa", b"bbbb"]
    assert worked == ["a", "b"]
    ask("a", 2)
    assert worked == ["a", "b", "a"]
    ask("c", 1)  # b was not asked for longest
    ask("a", 2)
    assert worked == ["a", "b", "a", "c"]
    ask("b", 1)
    assert worked == ["a", "b", "a", "c", "b"]


def test_no_text_takes_the_place_of_the_part_that_is_kept(service: Service) -> None:
    with Session(service.workspace.engine) as session, session.begin():
        session.execute(text("UPDATE account SET name = :name WHERE id = 'taobao'"), {"name": f"淘{PLACE}宝"})
    page = service.asking("admin").get("/accounts/taobao").text
    assert page.count('<section class="card verdict') == 1
    assert page.index("<h1") < page.index("淘\ufffd宝</h1>") < page.index('<section class="card verdict')
    assert PLACE not in page
