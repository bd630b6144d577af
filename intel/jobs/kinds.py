"""The table of job kinds: what is done by itself, when, and how. To add one, add a row.

A job gets a workspace and a subject ("" but for jobs of one source) and gives back what it did, in a few
words. It may be cut off at any moment and done again: it goes on from what is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intel import forgetting, gathering, retention, rounds
from intel.acts import By
from intel.alerts.evaluation import evaluate
from intel.bootstrap import Workspace
from intel.brief import Format, Kind, Order, render
from intel.claims import Claims
from intel.config import CHINA
from intel.delivering import Delivering
from intel.destinations import destinations
from intel.health_query import Histories
from intel.model import RunState

COLLECT, WORK, SEND = "collect", "work", "send"  # the queues
# Jobs of a queue that one worker does at a time: crawls and deliveries wait for servers, work needs a core.
QUEUES: Mapping[str, int] = {COLLECT: 2, WORK: 1, SEND: 1}
BY_SOURCE = ""  # instead of a cron expression: each source has its own


class Undone(Exception):
    """A job that could not be done and is not worth another try at once; the message says why."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its cron expression in China's time, its queue, and what it does.

    It is only put into its queue when it is `wanted`.
    """

    cron: str
    queue: str
    run: Callable[[Workspace, str], str]
    wanted: Callable[[Workspace], bool] = lambda workspace: True


def _collect(workspace: Workspace, source: str) -> str:
    [run] = [one for one in rounds.collect(workspace, [source]) if one.source == source]
    if run.state is RunState.INTERRUPTED:
        raise KeyboardInterrupt
    if run.state is RunState.FAILED:
        raise Undone(run.reason or "failed")
    return f"{run.state.value}, {run.new} new"


def _read(workspace: Workspace, _: str) -> str:
    count = rounds.read(workspace)
    return f"{count.read} articles, {count.rejected.total()} rejected"


def _unread(workspace: Workspace) -> bool:
    return workspace.store.page_count(unread_only=True) > 0


def _gaps(workspace: Workspace, _: str) -> str:
    since = datetime.now(UTC) - timedelta(days=1)
    histories = Histories(workspace.engine).all()
    runs = [run for one in histories.values() for run in one.runs if run.started_at >= since]
    worked = rounds.work_gaps(workspace, runs)
    return f"{len(worked.answered)} answered, {len(worked.given_up)} given up, {len(worked.opened)} opened"


def _brief(kind: Kind) -> Callable[[Workspace, str], str]:
    """Writes a briefing on what no delivered one of its kind held, and remembers it as delivered."""

    def write(workspace: Workspace, _: str) -> str:
        now = datetime.now(UTC)
        order = Order(
            now, kind=kind, new=True, most=rounds.MOST[kind], charts=True, demo=workspace.settings.demo
        )
        accounts = gathering.chosen(workspace, None, kind)
        document = rounds.brief(rounds.handed_on(workspace, accounts), accounts, order)
        if not document.findings:
            return "nothing new"
        body = render(document, Format.HTML)
        name = f"{kind.value}-{now.astimezone(CHINA):%Y-%m-%d-%H%M}.html"
        rounds.write(workspace.briefings / name, body)
        rounds.deliver(workspace, document, Format.HTML, body)
        return name

    return write


def _alerts(workspace: Workspace, _: str) -> str:
    outcome = evaluate(workspace, datetime.now(UTC))
    return f"{sum(outcome.sent.values())} alerts, {outcome.waiting} wait for their hour"


def _deliver(workspace: Workspace, _: str) -> str:
    known = destinations(workspace)
    delivering = Delivering(workspace.engine, known.connectors, lambda: datetime.now(UTC))
    states = Counter(one.state.value for one in delivering.due())
    if known.wrong:
        raise Undone("; ".join(known.wrong))
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing due"


def _due(workspace: Workspace) -> bool:
    known = destinations(workspace).connectors
    return bool(Claims(workspace.engine).due(known, datetime.now(UTC)))


def _client_pages(workspace: Workspace, _: str) -> str:
    return f"{len(rounds.write_briefings(workspace))} briefings"


def _retain(workspace: Workspace, _: str) -> str:
    from intel.trying import Trials  # what fetches takes long to load

    Trials.of(workspace.settings).forget(datetime.now(UTC))
    days = retention.load_days(workspace.settings.retention)
    gone = sum(
        one.rows for one in retention.let_go(workspace.engine, days, By("intel jobs", "", datetime.now(UTC)))
    )
    if gone:
        forgetting.compact(workspace.engine)
    return f"{gone} rows gone"


KINDS: Mapping[str, JobKind] = {
    "collect": JobKind(BY_SOURCE, COLLECT, _collect),
    "read": JobKind("* * * * *", WORK, _read, _unread),
    "gaps": JobKind("20 6 * * *", WORK, _gaps),
    "alerts": JobKind("*/5 * * * *", WORK, _alerts),
    "deliver": JobKind("* * * * *", SEND, _deliver, _due),
    "pages": JobKind("40 6 * * *", WORK, _client_pages),
    "flash": JobKind("*/30 * * * *", WORK, _brief(Kind.FLASH)),
    "weekly": JobKind("0 8 * * 1", WORK, _brief(Kind.WEEKLY)),
    "retain": JobKind("30 3 * * *", WORK, _retain),
}
