"""An answer as of a past day stays what it was, whatever is decided later."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic_core import to_json
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from intel import account_file, bootstrap, db, dialects, past, rivals, signals
from intel.acts import By
from intel.bootstrap import Workspace
from intel.config import CHINA, Settings
from intel.coverage import State
from intel.days import end_of
from intel.db import AnyFindingRow, ArticleRow, EventRow, MentionRow
from intel.field import FIELD
from intel.model import Reading
from intel.query_evidence import EvidenceQuery
from intel.questions import Override
from intel.review import Correction, Reviewer
from intel.review_force import BadReview
from intel.review_views import Reviews
from intel.views import FindingFilter
from pipelines.field_report import SCHEME
from pipelines.reports import Report
from tests.asking import NOW, Service, tell
from tests.databases import Databases
from tests.making import SOURCES, STRAYED, page, reading
from tests.test_review import rewrite, two_parties

DAY = NOW.date()
CAST = {"rival": "jt", "ours": "zto", "client": "taobao"}


def knowing(url: str) -> None:
    """Fill a database with users, and what was told of 淘宝 and 拼多多."""
    with TemporaryDirectory() as home, Service.new(Path(home), (*SOURCES, FIELD), url) as service:
        tell(service.workspace)


@pytest.fixture
def service(tmp_path: Path, databases: Databases) -> Iterator[Service]:
    """An app that knows of 淘宝 and 拼多多."""
    url = databases.url(tmp_path, knowing)
    with Service(bootstrap.open_workspace(Settings(home=tmp_path, database_url=url))) as service:
        yield service
    databases.drop(url)


def told(service: Service, day: date, known_then: str = "false") -> dict[str, Any]:
    """What the API says of an account as of a day."""
    client = service.asking("analyst")
    base = "/api/v1/accounts/taobao"
    paths = (f"{base}/coverage", f"{base}/assessment", f"{base}/findings")
    asked = {"as_of": str(day), "known_then": known_then}
    return {path: client.get(path, params=asked).json() for path in paths} | {
        "rejected": client.get(f"{base}/findings", params=asked | {"rejected": "true"}).json()
    }


def decide(service: Service, act: str, number: int) -> int:
    """An analyst decides, by the service's clock."""
    answer = service.asking("analyst").post(f"/api/v1/{act.format(number)}", json={"why": "核实过"})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def numbers(service: Service) -> list[int]:
    """The findings of 淘宝."""
    return [one.id for one in service.workspace.query.findings("taobao", FindingFilter())]


def test_what_is_decided_later_changes_no_past_answer_and_every_later_one(service: Service) -> None:
    first, second, third, *_ = numbers(service)
    early = decide(service, "findings/{}/reject", third)
    decide(service, "findings/{}/confirm", second)
    before = told(service, DAY)
    for act, number in (
        ("findings/{}/confirm", first),
        ("findings/{}/reject", second),
        ("reviews/{}/undo", early),
    ):
        service.clock.turn(timedelta(days=2))
        now = told(service, service.clock().date())
        decide(service, act, number)
        assert told(service, DAY) == before, act
        assert told(service, service.clock().date()) != now, act


def test_a_page_of_what_was_kept_then_is_as_long_as_asked_for(service: Service) -> None:
    first, *_ = numbers(service)
    service.clock.turn(timedelta(days=2))
    decide(service, "findings/{}/reject", first)
    query, chosen = service.workspace.query, FindingFilter(as_of=end_of(DAY))
    assert [one.id for one in query.findings("taobao", chosen, limit=2)] == [
        one.id for one in query.findings("taobao", chosen)
    ][:2]
    assert first in {one.id for one in query.findings("taobao", chosen)}
    assert first not in {one.id for one in query.findings("taobao", FindingFilter())}


def test_a_moment_before_everything_knows_nothing(service: Service) -> None:
    service.clock.turn(timedelta(days=1))
    decide(service, "findings/{}/confirm", numbers(service)[0])
    long_ago = FindingFilter(as_of=datetime(2020, 1, 1, tzinfo=NOW.tzinfo))
    assert service.workspace.query.findings("taobao", long_ago) == []


# ---- the reads of one answer


def chosen_of(day: date) -> FindingFilter:
    return FindingFilter(as_of=end_of(day))


def test_the_reads_of_one_answer_see_one_state_and_its_other_reads_what_is_now(service: Service) -> None:
    first, *_ = numbers(service)
    service.clock.turn(timedelta(days=2))
    decide(service, "findings/{}/reject", first)
    with service.workspace.gone_back(DAY) as then:
        before = then.query.findings("taobao", chosen_of(DAY))
        read_more(service.workspace, [two_parties()])
        assert then.query.findings("taobao", chosen_of(DAY)) == before
        assert then.query.findings("taobao", FindingFilter()) != before
    assert len(service.workspace.query.findings("taobao", chosen_of(DAY))) > len(before)


def test_what_was_made_ready_for_one_reader_is_shown_to_no_other(service: Service) -> None:
    report = {"account": "taobao", "points": "对方表示韵达华东网点爆仓，延误三天以上。"}
    assert service.asking("analyst").post("/api/v1/field-reports", json=report).is_success
    service.clock.turn(timedelta(days=2))
    decide(service, "findings/{}/reject", numbers(service)[-1])
    every = service.workspace.query.findings("taobao", chosen_of(DAY))
    with service.workspace.gone_back(DAY) as then:
        assert then.query.findings("taobao", chosen_of(DAY)) == every
        others = then.seen_by([]).query.findings("taobao", chosen_of(DAY))
        public = [one.id for one in every if not one.url.startswith(SCHEME)]
        assert [one.id for one in others] == public != [one.id for one in every]
    with service.workspace.seen_by([]).gone_back(DAY) as then:
        assert then.query.findings("taobao", chosen_of(DAY)) == others


@pytest.mark.sqlite
def test_a_long_answer_s_last_statement_has_as_much_time_as_its_first(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.clock.turn(timedelta(days=2))
    decide(service, "findings/{}/reject", numbers(service)[0])
    now = 0.0
    monkeypatch.setattr(dialects, "time", SimpleNamespace(monotonic=lambda: now))
    engine = db.open_engine(service.workspace.settings.url, statement_seconds=1)
    counting = (
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 20000) SELECT count(*) FROM n"
    )
    with past.gone_back(engine, end_of(DAY)) as then, Session(past.as_of(then, end_of(DAY))) as session:
        now = 2.0
        assert session.scalar(text(counting)) == 20000
    engine.dispose()


# ---- every act, and all that is worked out of what is kept


def read_more(workspace: Workspace, readings: list[Reading]) -> None:
    """Keep readings as articles after those that are there."""
    first = workspace.query.kept().pages + 1
    for number, made in enumerate(readings, first):
        report = Report.from_bytes(made.report)
        bands = (f"{band:x}" for band in report.fingerprint.bands)
        read = replace(made, keys=(*bands, *report.keys))
        workspace.store.add_page(page(url=f"http://wire.localhost/{number}"))
        workspace.store.keep([(number, read)])


@pytest.fixture
def workspace(service: Service) -> Workspace:
    """A workspace with copies and rewrites of what was told, one of them of a day that is three weeks off."""
    read_more(
        service.workspace,
        [
            two_parties(),
            reading(title="转载"),
            rewrite("嘉兴退货仓停摆，积压包裹38万件，平台调来260人支援，商家退款140笔。", 12),
            rewrite("因断电，嘉兴一处仓库停了一天：260名员工连夜卸车，压着的38万件当晚清完，退款140笔。", 3),
        ],
    )
    return service.workspace


def answers(workspace: Workspace, day: date) -> dict[str, Any]:
    """All that is worked out of two clients as of a day; a story by its place among those named."""
    cast = {part: workspace.query.account(name) for part, name in CAST.items()}
    names = {one.id: one.name for one in workspace.query.watched()}
    found: dict[str, Any] = {}
    for account in (workspace.query.account(name) for name in ("taobao", "pinduoduo")):
        rejected = FindingFilter(rejected=True, as_of=end_of(day))
        material = rivals.client_material(workspace, account, day)
        found[account.id] = {
            "file": account_file.account_file(workspace, account, day),
            "rejected": workspace.query.findings(account.id, rejected),
            "signals": signals.combine(account, material, names, day),
            "factors": rivals.ranked(workspace, account, day),
            "told": [one._asdict() for one in EvidenceQuery(workspace.engine).told(account.id, day)],
        }
    couriers = [workspace.query.account(name) for name in ("yunda", "zto", "jt")]
    found["comparison"] = rivals.compared(workspace, couriers, day)
    found["card"] = rivals.carded(workspace, cast, day)
    seen: dict[int, int] = {}
    return dict(_by_place(json.loads(to_json(found)), seen))


def _by_place(value: Any, seen: dict[int, int]) -> Any:
    if isinstance(value, list):
        return [_by_place(one, seen) for one in value]
    if isinstance(value, dict):
        return {
            name: seen.setdefault(one, len(seen)) if name == "story" else _by_place(one, seen)
            for name, one in value.items()
        }
    return value


Act = Callable[[Workspace, Random, By], object]


def _one(workspace: Workspace, chance: Random, row: Any) -> int:
    with Session(workspace.engine) as session:
        numbers: list[int] = list(session.scalars(select(row.id).order_by(row.id)))
    return chance.choice(numbers)


def _other(chance: Random) -> str | None:
    return chance.choice(["taobao", "pinduoduo", "tmall", "yunda", None])


def _story(workspace: Workspace, chance: Random) -> int:
    return Reviews(workspace.engine).article(str(_one(workspace, chance, ArticleRow))).story


def _undo(workspace: Workspace, chance: Random, by: By) -> object:
    free = [one.review.id for one in Reviews(workspace.engine).audit() if one.undone_by is None]
    if not free:
        raise BadReview("nothing to take back")
    return Reviewer(workspace.engine).undo(chance.choice(free), by)


ACTS: dict[str, Act] = {
    "confirm": lambda w, c, by: Reviewer(w.engine).confirm(_one(w, c, AnyFindingRow), by),
    "reject": lambda w, c, by: Reviewer(w.engine).reject(_one(w, c, AnyFindingRow), by),
    "relink": lambda w, c, by: Reviewer(w.engine).relink(_one(w, c, AnyFindingRow), _other(c), by),
    "name": lambda w, c, by: Reviewer(w.engine).relink_mention(_one(w, c, MentionRow), _other(c), by),
    "event": lambda w, c, by: Reviewer(w.engine).event(
        _one(w, c, EventRow),
        Correction(c.choice(["strike", "service_quality"]), c.choice([None, "denied"])),
        by,
    ),
    "date": lambda w, c, by: Reviewer(w.engine).date(
        str(_one(w, c, ArticleRow)), date(2026, 11, c.choice([3, 12, 16])), by
    ),
    "merge": lambda w, c, by: Reviewer(w.engine).merge(_story(w, c), _story(w, c), by),
    "split": lambda w, c, by: Reviewer(w.engine).split(str(_one(w, c, ArticleRow)), by),
    "undo": _undo,
}


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 4))])
def test_an_answer_of_a_past_day_is_the_answer_that_was_given_that_day(
    workspace: Workspace, seed: int
) -> None:
    chance, day = Random(seed), DAY
    given = {day: answers(workspace, day)}
    acts = [*ACTS, "undo"] if seed == 0 else [*ACTS, *ACTS, "undo", "undo"]
    for name in chance.sample(acts, len(acts)):
        by = By("沈立", "核对过原文", datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA))
        try:
            ACTS[name](workspace, chance, by)
        except BadReview:
            continue
        day += timedelta(days=1)
        given[day] = answers(workspace, day)
        with workspace.engine.connect() as connection:
            assert connection.scalar(text(STRAYED)) == 0
    assert len(given) > len(acts) / 2
    assert len({json.dumps(one) for one in given.values()}) > len(acts) / 2
    assert {then: answers(workspace, then) for then in given} == given


def test_a_story_that_an_article_joined_and_left_since_has_its_number_of_then(workspace: Workspace) -> None:
    def story(article: int) -> int | None:
        with Session(workspace.engine) as session:
            return session.scalar(select(ArticleRow.story_id).where(ArticleRow.id == article))

    moving, staying, then = 7, 8, story(8)
    given = answers(workspace, DAY)
    for days, dated in ((1, date(2026, 11, 4)), (2, date(2026, 10, 4))):
        by = By("沈立", "核对过原文", datetime.combine(DAY + timedelta(days), datetime.min.time(), CHINA))
        Reviewer(workspace.engine).date(str(moving), dated, by)
        assert (story(moving) == story(staying)) == (days == 1)
    assert story(staying) != then
    assert answers(workspace, DAY) == given


def test_what_was_read_later_is_in_no_answer_as_it_was_known_that_day(workspace: Workspace) -> None:
    _was_read(workspace, datetime(2026, 11, 20, tzinfo=CHINA))
    then = answers(workspace, DAY)
    assert answers(workspace.known_then(), DAY) == then
    read_more(
        workspace,
        [rewrite("嘉兴仓停摆一天，积压包裹38万件，调来260人支援，退款140笔。", 8), reading(title="又载")],
    )
    _was_read(workspace, datetime(2026, 11, 25, tzinfo=CHINA), after=8)
    assert answers(workspace, DAY) != then
    assert answers(workspace.known_then(), DAY) == then
    day = date(2026, 11, 26)
    assert answers(workspace.known_then(), day) == answers(workspace, day)
    answer = account_file.account_file(
        workspace.known_then(), workspace.query.account("taobao"), date(2026, 11, 19)
    )
    assert {one.state for one in answer.answers} == {State.UNKNOWN}


def test_a_past_day_is_told_by_the_rules_and_weights_of_then(workspace: Workspace) -> None:
    taobao, files = workspace.query.account("taobao"), workspace.files
    then = account_file.account_file(workspace, taobao, DAY)
    later, asked = NOW + timedelta(days=1), then.answers[0].question.id
    files.set_override(Override("taobao", asked, skipped=True, by="分析员", why="不影响报价"), later)
    files.set_weight("taobao", "effort", 3.0, "分析员", later)
    now = account_file.account_file(workspace, taobao, DAY + timedelta(days=1))
    assert len(now.answers) == len(then.answers) - 1
    assert now.assessment.scores != then.assessment.scores
    again = account_file.account_file(workspace, taobao, DAY)
    assert (again.answers, again.verdict, again.assessment) == (then.answers, then.verdict, then.assessment)


def test_a_past_day_is_told_by_whose_a_source_was_and_how_far_it_was_believed(workspace: Workspace) -> None:
    before = answers(workspace, DAY)
    later = [
        replace(one, owner="同一家", reliability="E", channel="forum", label=f"新{one.label}")
        for one in SOURCES
    ]
    workspace.store.load_sources([*later, FIELD], NOW + timedelta(days=1))
    assert answers(workspace, DAY) == before
    assert answers(workspace, DAY + timedelta(days=1)) != before
    assert {one.reliability for one in workspace.query.findings("taobao", FindingFilter())} == {"E"}
    workspace.store.load_sources([*SOURCES, FIELD], NOW + timedelta(days=2))
    assert answers(workspace, DAY) == before
    found = workspace.query.findings("taobao", chosen_of(DAY + timedelta(days=1)))
    assert {(one.reliability, one.source_label[0]) for one in found} == {("E", "新")}


def test_the_api_and_the_account_s_page_tell_a_past_day_by_what_was_known_then(
    service: Service, workspace: Workspace
) -> None:
    _was_read(workspace, datetime(2026, 11, 20, tzinfo=CHINA))
    client = service.logged_in("analyst")

    def page_of(query: str) -> str:
        text = client.get(f"/accounts/taobao?as_of={DAY}{query}", headers={"Accept-Language": "zh"}).text
        return text[text.index('<details class="of-day"') : text.index('aria-labelledby="deliveries"')]

    def card(known_then: str) -> str:
        asked = {"courier": "jt", "against": "zto", "client": "taobao", "as_of": str(DAY)}
        return client.get("/api/v1/battlecard", params=asked | {"known_then": known_then}).text

    before, shown, played = told(service, DAY, "true"), page_of("&known_then=true"), card("true")
    assert before == told(service, DAY) and f"我们在 {DAY} 当时给出的档案" in shown
    read_more(
        workspace, [rewrite("嘉兴仓停摆一天，积压包裹38万件，调来260人支援，退款140笔。", 8), two_parties()]
    )
    _was_read(workspace, datetime(2026, 11, 25, tzinfo=CHINA), after=8)
    now = told(service, DAY)
    different = {what.rpartition("/")[2] for what in before if now[what] != before[what]}
    assert different == {"coverage", "findings"}  # the rewrite changes no value
    assert told(service, DAY, "true") == before
    assert page_of("&known_then=true") == shown
    assert page_of("") != shown and f"这是 {DAY} 结束时的档案" in page_of("")
    assert card("true") == played


def _was_read(workspace: Workspace, at: datetime, after: int = 0) -> None:
    with Session(workspace.engine) as session, session.begin():
        session.execute(update(ArticleRow).where(ArticleRow.id > after).values(read_at=at))
