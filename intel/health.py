"""How a source does: its row, its runs, last check and a moment in; one state, why, and what to do out.

Pure: the clock and the runs are passed in. Nothing here looks at pages; a source that lists nothing, or
nothing new, is told from the counts of its runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice, pairwise, takewhile

from cronsim import CronSim

from intel.config import CHINA, HEARTBEAT
from intel.model import RunState, Source, SourceCheck, SourceRun, lost_pages

# A run may start so much later than its schedule says before it counts as missed.
GRACE = timedelta(hours=6)
# Without a new page for so long, or for so many intervals, a source counts as silent. Thirty days outlast
# the Spring Festival, when newsrooms and authorities publish nothing for two weeks.
QUIET = timedelta(days=30)
QUIET_INTERVALS = 3
# Pages that are watched for change may stay as they are for years.
_EVER_QUIET = frozenset({"watch"})
# Due times looked at for the longest gap in a schedule: a month of a twice-daily one.
_DUE_TIMES = 60
# Runs that tell nothing of their source.
_CUT_OFF = frozenset({RunState.INTERRUPTED, RunState.BEGUN})
# A run that was not heard of for so long was killed. Longer than it takes a worker to take over a job whose
# worker died, so that what goes on by itself is no alarm.
UNHEARD = 18 * HEARTBEAT
# So many failures, of runs in a row or of pages in a run, are no accident.
_LASTING = 3


class Health(StrEnum):
    """The state of a source, worst first; the first that fits counts."""

    CHANGED_LAYOUT = "changed_layout"
    FAILING = "failing"
    NEVER_RUN = "never_run"
    SILENT = "silent"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class History:
    """What is kept of a source's runs: the last ones, newest first, and three moments of all of them; and
    what the last check found.

    A success is a run that ended OK, EMPTY or NOT_MODIFIED: the source answered as it should.
    """

    runs: tuple[SourceRun, ...] = ()
    first_run: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    check: SourceCheck | None = None


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one source does. `listed` is what the run that decided named; `last` is the newest run of all,
    `check` the last try out of turn."""

    source: str
    label: str
    state: Health
    why: str
    what_to_do: str
    failures: int
    listed: int
    expected_minimum: int
    last_success: datetime | None
    last_new: datetime | None
    last: SourceRun | None
    check: SourceCheck | None


@dataclass(frozen=True, slots=True)
class _Case:
    """All that a rule looks at. `decisive` is the newest run that told anything of the source's state."""

    source: Source
    history: History
    now: datetime

    @property
    def newest(self) -> SourceRun | None:
        return next(iter(self.history.runs), None)

    @property
    def decisive(self) -> SourceRun | None:
        # "Not modified" says nothing about what went wrong before it, and a run that was cut off neither.
        silent = (RunState.NOT_MODIFIED, *_CUT_OFF)
        return next((run for run in self.history.runs if run.state not in silent), None)

    @property
    def failures(self) -> int:
        """Failed runs in a row, the newest ones."""
        telling = [run for run in self.history.runs if run.state not in _CUT_OFF]
        last = takewhile(lambda run: run.state in (RunState.FAILED, RunState.NOT_MODIFIED), telling)
        return sum(run.state is RunState.FAILED for run in last)


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: Health
    why: str
    what_to_do: str


_COLLECT = "intel collect --source {name}"
_CHECK = "try it with: intel sources check --source {name}"
_MEND = (
    "open {url} in a browser, mend the selectors or the address of the row, save the new page under "
    "tests/sources/{name}, then " + _CHECK
)
# What the reason of a failed run says, and what a person does about it; the first that is found counts.
_REMEDIES: tuple[tuple[re.Pattern[str], Health, str], ...] = tuple(
    (re.compile(pattern), state, remedy)
    for pattern, state, remedy in (
        (
            r"layout changed|^not an? (?:feed|sitemap|list)|of \d+ addresses fits|no list of entries",
            Health.CHANGED_LAYOUT,
            _MEND,
        ),
        (
            r"robots\.txt forbids",
            Health.FAILING,
            "its owner wants no crawler there: set enabled = false, or find a feed or interface it offers",
        ),
        (
            r"HTTP (?:401|403|407|429|451)|asks? (?:us )?(?:to wait|for more)",
            Health.FAILING,
            "the host turns us away: raise delay, run more rarely, write to the owner; do not work around it",
        ),
        (
            r"HTTP (?:404|410)",
            Health.FAILING,
            "the address has moved: mend url, then " + _CHECK,
        ),
        (r"host name not found", Health.FAILING, "the host is gone or misspelt: mend url, then " + _CHECK),
        (
            r"TLS",
            Health.FAILING,
            "its certificate is not valid: tell the owner; certificates stay checked",
        ),
        # Every run asks for robots.txt first, so what is wrong with a host is said of it.
        (
            r"robots\.txt unreachable",
            Health.FAILING,
            "no rules means no visit: wait for the next run; if it lasts, ask the owner",
        ),
        (
            r"is \S+, an? \S+ address|address in disguise",
            Health.FAILING,
            "its name leads inside a network: if you did not expect that, set enabled = false",
        ),
        (r"crashed|could not be kept", Health.FAILING, "a fault of ours: report it with the log of the run"),
        (
            r"HTTP 5|no answer in time|connection|cannot connect|cut short",
            Health.FAILING,
            "trouble at the site: it is tried again by itself; if it lasts for days, " + _CHECK,
        ),
        (r"^lists \d+ pages", Health.SILENT, "it answers, but with less than it should: " + _MEND),
        (
            r"^the newest entry is of",
            Health.SILENT,
            "the list is no longer kept, or another one is meant: mend url",
        ),
        (r"^no entry has a date|cannot be read:", Health.CHANGED_LAYOUT, _MEND),
    )
)
_OTHERWISE = (Health.FAILING, _CHECK)


def assess(source: Source, history: History, now: datetime) -> SourceHealth:
    """The state of a source at `now` (aware)."""
    case = _Case(source, history, now)
    verdict = next(found for rule in _RULES if (found := rule(case)))
    decisive = case.decisive
    return SourceHealth(
        source=source.name,
        label=source.label,
        state=verdict.state,
        why=verdict.why,
        what_to_do=verdict.what_to_do.format(name=source.name, url=source.url),
        failures=case.failures,
        listed=listed(decisive) if decisive else 0,
        expected_minimum=source.expected_minimum,
        last_success=history.last_success,
        last_new=history.last_new,
        last=case.newest,
        check=history.check,
    )


def assess_all(
    sources: Sequence[Source], histories: Mapping[str, History], now: datetime
) -> tuple[SourceHealth, ...]:
    """The enabled sources, worst state first, in the order of the table within a state."""
    found = [assess(one, histories.get(one.name, History()), now) for one in sources if one.enabled]
    order = list(Health)
    return tuple(sorted(found, key=lambda health: order.index(health.state)))


def listed(run: SourceRun) -> int:
    """How many pages a run was told of: new ones, known ones and those that were rejected."""
    return run.new + run.known + sum(run.rejected.values())


def due_times(schedule: str, now: datetime) -> Iterator[datetime]:
    """The moments of a cron line in China's time, from now back."""
    yield from CronSim(schedule, now.astimezone(CHINA), reverse=True)


def _remedy(reason: str) -> tuple[Health, str]:
    """The state that a reason means, and what a person does about it."""
    found = ((state, remedy) for pattern, state, remedy in _REMEDIES if pattern.search(reason))
    return next(found, _OTHERWISE)


def _failed(case: _Case) -> _Verdict | None:
    run = case.decisive
    if run is None or not run.reason or run.state not in (RunState.FAILED, RunState.EMPTY):
        return None
    state, remedy = _remedy(run.reason)
    if run.state is RunState.EMPTY and state is not Health.CHANGED_LAYOUT:
        return None
    lasting = f" ({case.failures} runs in a row)" if case.failures >= _LASTING else ""
    return _Verdict(state, run.reason + lasting, remedy)


def _check_failed(case: _Case) -> _Verdict | None:
    """A check that found something is believed until a run after it."""
    check, run = case.history.check, case.newest
    if check is None or not check.problems or (run is not None and run.started_at > check.checked_at):
        return None
    problem = check.problems[0]
    state, remedy = _remedy(problem)
    return _Verdict(state, f"checked {_moment(check.checked_at)}: {problem}", remedy)


def _pages_lost(case: _Case) -> _Verdict | None:
    run = case.decisive
    lost = lost_pages(run.rejected) if run else {}
    if run is None or run.new or run.pages or sum(lost.values()) < _LASTING:
        return None
    counted = ", ".join(f"{slug} {count}" for slug, count in lost.items())
    return _Verdict(Health.FAILING, f"lists pages, but none of the new ones could be had: {counted}", _CHECK)


def _never_run(case: _Case) -> _Verdict | None:
    if any(run.state not in _CUT_OFF for run in case.history.runs):
        return None
    run = case.newest
    if run is None:
        return _Verdict(Health.NEVER_RUN, "no run yet", "collect it with: " + _COLLECT)
    why = f"no run has come to its end; that of {_moment(run.started_at)}: {run.reason}"
    return _Verdict(Health.NEVER_RUN, why, "what it fetched is kept; go on with: " + _COLLECT)


def _killed(case: _Case) -> _Verdict | None:
    run = case.newest
    if run is None or run.state is not RunState.BEGUN or case.now - run.finished_at < UNHEARD:
        return None
    last = f"last heard of at {_moment(run.finished_at)}, with {run.pages} pages"
    why = f"the run of {_moment(run.started_at)} was killed before its end ({last})"
    remedy = "what it fetched is kept; go on with: " + _COLLECT
    return _Verdict(Health.FAILING, why, remedy + "; if it is killed again, has the machine memory enough?")


def _overdue(case: _Case) -> _Verdict | None:
    due = next(due_times(case.source.schedule, case.now - GRACE), None)
    run = case.newest
    if run is None or due is None or run.started_at >= due:
        return None
    why = f"due {_moment(due)}, last run {_moment(run.started_at)}"
    return _Verdict(Health.SILENT, why, "nothing started it: is the scheduler running? " + _CHECK)


def _too_few(case: _Case) -> _Verdict | None:
    run = case.decisive
    if run is None or run.state is RunState.FAILED or listed(run) >= case.source.expected_minimum:
        return None
    why = f"listed {listed(run)} pages, expected at least {case.source.expected_minimum}"
    return _Verdict(Health.SILENT, why, "it answers, but with less than it should: " + _MEND)


def _nothing_new(case: _Case) -> _Verdict | None:
    since = case.history.last_new or case.history.first_run
    patience = max(QUIET, QUIET_INTERVALS * _longest_gap(case.source.schedule, case.now))
    if since is None or case.source.kind in _EVER_QUIET or case.now - since <= patience:
        return None
    why = f"nothing new for {(case.now - since).days} days"
    remedy = "compare {url} with what is kept; if it really publishes so rarely, give it a rarer schedule"
    return _Verdict(Health.SILENT, why, remedy)


def _fine(case: _Case) -> _Verdict | None:
    return _Verdict(Health.OK, "", "")


# The first rule with a verdict decides; the last one always has one.
_RULES: tuple[Callable[[_Case], _Verdict | None], ...] = (
    _check_failed,
    _failed,
    _pages_lost,
    _killed,
    _never_run,
    _overdue,
    _too_few,
    _nothing_new,
    _fine,
)


def _longest_gap(schedule: str, now: datetime) -> timedelta:
    times = islice(due_times(schedule, now), _DUE_TIMES)
    return max((later - earlier for later, earlier in pairwise(times)), default=QUIET)


def _moment(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
