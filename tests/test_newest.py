"""Accounts of which more is kept than is looked at: the newest of each topic, and none of it hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from intel import account_file, ratings
from intel.bootstrap import Workspace, open_workspace
from intel.config import Settings
from intel.coverage import State
from intel.db import ArticleRow, PageRow
from intel.views import FindingFilter, FindingView
from tests.conftest import Kept
from tests.making import NOON, SOURCES, page, reading

DAY = date(2026, 11, 20)
COST = "商家损失由网点赔付。"
BURST = "韵达华东网点爆仓。"
BOTH = "韵达华东网点爆仓，商家损失由网点赔付。"
MOVED = "中通与平台扩大合作。"


def keep(
    kept: Kept, days: int, phrase: str, topic: str = "carrier_problems", account: str = "taobao"
) -> None:
    """A report of so many days ago with one finding; it names 淘宝."""
    url = f"http://wire.localhost/{days}-{topic}-{account}"
    assert kept.store.add_page(page(url, body=f"{url}{phrase}"))
    text = f"{days}日 淘宝消息第{days * 7919}号。{phrase}"
    made = reading(f"第{days}号", text, topic=topic, phrase=phrase, at=NOON - timedelta(days=days))
    [finding] = made.findings
    told = replace(finding, account=account, event=None if phrase == COST else "service_disruption")
    with kept.engine.connect() as connection:
        number = connection.scalar(select(func.max(PageRow.id)))
    kept.store.keep([(number or 0, replace(made, findings=(told,)))])


@pytest.fixture
def workspace(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three findings of a topic are looked at."""
    monkeypatch.setattr(account_file, "LOOKED_AT", 3)
    return open_workspace(Settings(database_url=kept.url))


def days_ago(found: Iterable[FindingView]) -> list[int]:
    return [(NOON - one.dated_at).days for one in found]


def test_of_each_topic_only_the_newest_are_looked_at(kept: Kept) -> None:
    for days in (1, 2, 3, 4):
        keep(kept, days, BURST)
    keep(kept, 9, BURST, topic="quality_handling")
    assert days_ago(kept.query.findings("taobao", FindingFilter(newest=2))) == [1, 2, 9]
    as_of = FindingFilter(newest=2, as_of=NOON - timedelta(days=2))
    assert days_ago(kept.query.findings("taobao", as_of)) == [2, 3, 9]


def test_what_is_left_out_still_bears_witness_for_what_is_shown(kept: Kept) -> None:
    keep(kept, 1, BURST)
    kept.store.load_sources([*SOURCES, replace(SOURCES[0], name="other", label="另一家", owner="另一家")])
    keep(kept, 2, BURST)
    with kept.engine.begin() as connection:
        connection.execute(update(ArticleRow).values(source="other").where(ArticleRow.url.contains("/2-")))
    [shown] = kept.query.findings("taobao", FindingFilter(newest=1))
    assert shown.why.startswith("另有 1 家独立来源印证")


def test_findings_are_rated_however_far_apart_they_lie(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratings, "_SPANS", 1)
    for days in (1, 200, 400):
        keep(kept, days, BURST)
    found = kept.query.findings("taobao", FindingFilter())
    assert [one.why.partition("；")[0] for one in found] == ["仅此一家，来源可靠性 B"] * 3


def test_a_question_whose_answers_are_older_than_what_is_looked_at_is_not_unknown(
    kept: Kept, workspace: Workspace
) -> None:
    for days in (1, 2, 3):
        keep(kept, days, BURST)
    for days in (20, 30):
        keep(kept, days, COST)
    account = kept.query.account("taobao")
    file = account_file.account_file(workspace, account, DAY)
    known = {one.question.id: one for one in file.answers}
    assert known["carrier_problems.cost"].state is not State.UNKNOWN
    assert len(known["carrier_problems.cost"].findings) == 2
    assert len(file.findings) == 5


def test_from_when_on_nothing_is_left_out_is_said(kept: Kept, workspace: Workspace) -> None:
    account = kept.query.account("taobao")
    for days in (1, 2):
        keep(kept, days, BOTH)
    assert account_file.account_file(workspace, account, DAY).whole_since is None
    for days in (5, 7):
        keep(kept, days, BOTH)
    file = account_file.account_file(workspace, account, DAY)
    assert days_ago(file.findings) == [1, 2, 5]
    assert file.whole_since == (NOON - timedelta(days=5)).date()


def test_couriers_are_compared_by_reports_that_hold_or_by_older_ones_where_those_say_nothing(
    kept: Kept, workspace: Workspace
) -> None:
    account, topic = kept.query.account("taobao"), account_file.COURIERS_COMPARED
    keep(kept, 500, MOVED, topic, "zto")
    assert days_ago(account_file.evidence(workspace, account, DAY)) == [500]
    keep(kept, 10, MOVED, topic, "zto")
    keep(kept, 12, MOVED, "quality_handling", "zto")
    assert days_ago(account_file.evidence(workspace, account, DAY)) == [10, 500]
