"""An answer as of a past day stays what it was, whatever is decided later."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intel.days import end_of
from intel.views import FindingFilter
from tests.asking import NOW, Service, tell
from tests.databases import Databases
from tests.making import SOURCES

DAY = NOW.date()


@pytest.fixture
def service(tmp_path: Path, databases: Databases) -> Iterator[Service]:
    """An app that knows of 淘宝 and 拼多多."""
    url = databases.url(tmp_path)
    with Service.new(tmp_path, SOURCES, url) as service:
        tell(service.workspace)
        yield service
    databases.drop(url)


def told(service: Service, day: date) -> dict[str, Any]:
    """What the API says of an account as of a day."""
    client = service.asking("analyst")
    base = "/api/v1/accounts/taobao"
    paths = (f"{base}/coverage", f"{base}/assessment", f"{base}/findings")
    return {path: client.get(f"{path}?as_of={day}").json() for path in paths} | {
        "rejected": client.get(f"{base}/findings?rejected=true&as_of={day}").json()
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
