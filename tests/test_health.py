"""How sources do, told from their rows and the counts of their runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from intel.health import UNHEARD, Health, History, SourceHealth, assess, assess_all, due_times
from intel.health_query import Histories
from intel.model import RunState, Source, SourceRun
from tests.conftest import Kept
from tests.making import SOURCES

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAILY = Source(
    "daily", "每日", "listing", "news", "https://news.example/list", "某社", "C", "公开", "30 6 * * *", 10
)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ran(
    ago: timedelta = 10 * HOUR, state: RunState = RunState.OK, reason: str = "", **counts: int
) -> SourceRun:
    counts = counts or {"known": 12}
    return SourceRun("daily", NOW - ago, NOW - ago + HOUR / 6, state, reason=reason, **counts)  # type: ignore[arg-type]


def history(*runs: SourceRun, new: timedelta = DAY) -> History:
    return History(runs, first_run=NOW - 90 * DAY, last_success=NOW - DAY, last_new=NOW - new)


def health(*runs: SourceRun, source: Source = DAILY, new: timedelta = DAY) -> SourceHealth:
    return assess(source, history(*runs, new=new), NOW)


def test_a_source_that_lists_enough_in_time_is_well() -> None:
    found = health(ran(new=3, known=9))
    assert (found.state, found.listed, found.what_to_do) == (Health.OK, 12, "")


def test_a_source_without_a_run_has_never_run() -> None:
    found = assess(DAILY, History(), NOW)
    assert found.state is Health.NEVER_RUN and "intel collect --source daily" in found.what_to_do


@pytest.mark.parametrize(
    "reason",
    [
        "no entry fits 'ul li': has the layout changed?",
        "no list of entries at 'announcements': has the layout changed?",
        "not a feed: an HTML page",
        "not a sitemap: html at the top",
        "not a list: application/pdf",
    ],
)
def test_an_answer_that_no_longer_fits_is_a_changed_layout(reason: str) -> None:
    found = health(ran(state=RunState.FAILED, reason=reason))
    assert (found.state, found.why) == (Health.CHANGED_LAYOUT, reason)
    assert DAILY.url in found.what_to_do and "tests/sources/daily" in found.what_to_do


def test_a_sitemap_of_which_nothing_fits_any_more_is_a_changed_layout() -> None:
    run = ran(state=RunState.EMPTY, reason="none of 40 addresses fits the include patterns", requests=2)
    assert health(run).state is Health.CHANGED_LAYOUT


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("robots.txt forbids", "enabled = false"),
        ("robots.txt unreachable: HTTP 503", "wait for the next run"),
        ("robots.txt unreachable: host name not found", "mend url"),
        ("robots.txt unreachable: HTTP 403", "do not work around it"),
        ("robots.txt unreachable: TLS certificate or handshake refused", "certificates stay checked"),
        ("HTTP 403", "do not work around"),
        ("the host asks for more than 600 seconds", "do not work around"),
        ("HTTP 404", "mend url"),
        ("host name not found", "mend url"),
        ("cdn.example is 10.0.0.7, a private address", "leads inside"),
        ("TLS certificate or handshake refused", "certificates stay checked"),
        ("crashed: ArithmeticError: out of order", "a fault of ours"),
        ("HTTP 503", "tried again by itself"),
        ("no page could be had: no answer in time (9 of 9)", "tried again by itself"),
        ("something that nobody foresaw", "intel sources check --source daily"),
    ],
)
def test_a_failed_run_says_what_to_do(reason: str, advice: str) -> None:
    found = health(ran(state=RunState.FAILED, reason=reason))
    assert found.state is Health.FAILING and advice in found.what_to_do


def test_failures_in_a_row_are_counted() -> None:
    failed = [ran(days * DAY + 9 * HOUR, RunState.FAILED, "HTTP 500") for days in range(3)]
    found = health(*failed, ran(4 * DAY))
    assert found.failures == 3 and "3 runs in a row" in found.why


def test_not_modified_does_not_clear_an_earlier_failure() -> None:
    found = health(ran(state=RunState.NOT_MODIFIED), ran(DAY, RunState.FAILED, "HTTP 500"))
    assert (found.state, found.failures) == (Health.FAILING, 1)


def test_not_modified_after_a_good_run_is_well() -> None:
    assert health(ran(state=RunState.NOT_MODIFIED), ran(DAY)).state is Health.OK


def test_an_interrupted_run_decides_nothing() -> None:
    assert health(ran(state=RunState.INTERRUPTED, known=1), ran(DAY)).state is Health.OK


def begun(heard: timedelta) -> SourceRun:
    """A run that began an hour ago and told so long ago, for the last time, how far it is."""
    return replace(ran(HOUR, RunState.BEGUN, "under way", pages=3), finished_at=NOW - heard)


def test_a_run_that_is_not_heard_of_was_killed_however_lately_it_began() -> None:
    assert health(begun(UNHEARD / 2), ran(DAY)).state is Health.OK
    found = health(begun(UNHEARD), ran(DAY))
    assert found.state is Health.FAILING and "was killed before its end" in found.why
    assert "with 3 pages" in found.why and "intel collect --source daily" in found.what_to_do
    assert health(ran(HOUR / 2), begun(UNHEARD)).state is Health.OK


def test_the_first_run_of_a_source_is_killed_as_any_other() -> None:
    assert health(begun(UNHEARD)).state is Health.FAILING
    assert health(begun(UNHEARD / 2)).state is Health.NEVER_RUN


@pytest.mark.parametrize("state", [RunState.BEGUN, RunState.INTERRUPTED])
def test_a_source_whose_runs_were_all_cut_off_has_never_run(state: RunState) -> None:
    found = health(replace(ran(HOUR, state, "stopped"), finished_at=NOW))
    assert found.state is Health.NEVER_RUN and found.why.endswith(": stopped")


def test_less_than_the_expected_minimum_is_silence() -> None:
    found = health(ran(known=4))
    assert (found.state, found.listed, found.expected_minimum) == (Health.SILENT, 4, 10)
    assert "expected at least 10" in found.why


def test_an_empty_answer_is_silence_where_something_was_expected() -> None:
    empty = ran(state=RunState.EMPTY, requests=1)
    assert health(empty).state is Health.SILENT
    assert health(empty, source=replace(DAILY, expected_minimum=0)).state is Health.OK


def test_pages_that_were_rejected_count_as_listed() -> None:
    run = replace(ran(known=8), rejected={"http_404": 2})
    assert health(run).state is Health.OK


def test_a_list_whose_pages_can_no_longer_be_had_is_failing() -> None:
    found = health(replace(ran(known=12), rejected={"http_403": 4}))
    assert found.state is Health.FAILING and "http_403 4" in found.why


def test_a_run_that_was_missed_is_silence() -> None:
    found = health(ran(3 * DAY))
    assert found.state is Health.SILENT and "due 2026-11-24 06:30" in found.why


def test_a_run_may_start_some_hours_late() -> None:
    early = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in China, three and a half hours after its time
    run = replace(ran(), started_at=early - DAY)
    assert assess(DAILY, history(run), early).state is Health.OK


def test_a_monthly_source_is_not_due_in_between() -> None:
    monthly = replace(DAILY, schedule="0 10 10-22 * *")
    assert health(ran(2 * DAY), source=monthly).state is Health.OK


def test_nothing_new_for_long_is_silence() -> None:
    found = health(ran(), new=40 * DAY)
    assert found.state is Health.SILENT and found.why == "nothing new for 40 days"


def test_what_is_scheduled_rarely_may_be_quiet_for_longer() -> None:
    quarterly = replace(DAILY, schedule="0 10 1 1,4,7,10 *")
    assert health(ran(), source=quarterly, new=200 * DAY).state is Health.OK


def test_a_watched_page_may_stay_as_it_is() -> None:
    watched = replace(DAILY, kind="watch", expected_minimum=1)
    assert health(ran(known=1), source=watched, new=400 * DAY).state is Health.OK


def test_due_times_are_chinas() -> None:
    assert next(due_times("30 6 * * *", NOW)).isoformat() == "2026-11-24T06:30:00+08:00"


def test_the_worst_comes_first_and_disabled_sources_do_not_come() -> None:
    well, broken, off = (replace(DAILY, name=name) for name in ("well", "broken", "off"))
    histories = {
        "well": history(ran()),
        "broken": history(ran(state=RunState.FAILED, reason="not a feed: empty answer")),
    }
    found = assess_all((well, replace(off, enabled=False), broken), histories, NOW)
    assert [one.source for one in found] == ["broken", "well"]


def test_the_store_gives_back_each_sources_history(kept: Kept) -> None:
    name = SOURCES[0].name
    for days, state, new in ((5, RunState.OK, 4), (3, RunState.NOT_MODIFIED, 0), (1, RunState.FAILED, 0)):
        run = ran(days * DAY, state, "HTTP 500" if state is RunState.FAILED else "", new=new)
        kept.store.add_run(replace(run, source=name, rejected={"robots": days}))
    found = Histories(kept.engine).all()
    assert set(found) == {name}
    past = found[name]
    assert [run.state for run in past.runs] == [RunState.FAILED, RunState.NOT_MODIFIED, RunState.OK]
    assert past.runs[0].rejected == {"robots": 1} and past.first_run == NOW - 5 * DAY
    assert (past.last_success, past.last_new) == (NOW - 3 * DAY + HOUR / 6, NOW - 5 * DAY + HOUR / 6)


def test_only_the_last_runs_are_looked_back_on(kept: Kept) -> None:
    for days in range(5):
        kept.store.add_run(replace(ran(days * DAY), source=SOURCES[0].name))
    (past,) = Histories(kept.engine).all(look_back=2).values()
    assert [run.started_at for run in past.runs] == [NOW, NOW - DAY]
