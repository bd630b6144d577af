"""Jobs: what runs, waits and failed, what is due next, and who works; for operators, who retry and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, Field

from intel.api.access import Operator
from intel.api.jobs import at_desk
from intel.jobs.kinds import KINDS
from intel.jobs.progress import Progress, progress
from intel.jobs.schedule import Planned, plan
from intel.jobs.views import STATES, JobView, NoJobs
from intel.jobs.workers import Workers, WorkerView
from intel.rounds import listed_sources
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.language import Words
from intel.web.site import Asked, Visit, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 50  # on a page
NEXT = 12  # of what is due
ASKED_AGAIN = frozenset({"failed", "cancelled"})
ENDED_BY_HAND = frozenset({"waiting", "running"})


class Choice(BaseModel):
    """Which jobs: in a state, of a kind, after so many newer ones."""

    state: str = ""
    kind: str = ""
    skip: Annotated[int, Field(ge=0, le=1_000_000)] = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A job with what its source is called, how long it took or takes, how far it is and what it did."""

    job: JobView
    source: str
    took: timedelta | None
    progress: Progress | None
    told: str

    @property
    def may_retry(self) -> bool:
        """Whether it can be asked for again."""
        return self.job.state in ASKED_AGAIN

    @property
    def may_cancel(self) -> bool:
        """Whether it can be ended."""
        return self.job.state in ENDED_BY_HAND


@dataclass(frozen=True, slots=True)
class JobsView:
    """The jobs chosen, what is due next, and the workers that live."""

    chosen: Choice
    states: Sequence[str]
    kinds: Sequence[str]
    lines: Sequence[Line]
    later: str
    earlier: str
    due: Sequence[tuple[datetime, Planned, str]]
    workers: Sequence[WorkerView]
    begun: bool  # whether anything has ever worked here

    @property
    def moving(self) -> bool:
        """Whether something may change by itself soon."""
        return any(one.may_cancel for one in self.lines)


@dataclass(frozen=True, slots=True)
class JobPage:
    """One job, and the others of its name, the last first."""

    line: Line
    others: Sequence[Line]


@router.get("/jobs")
def jobs(asked: Asked, who: Operator, chosen: Annotated[Choice, Query()]) -> Response:
    """What is done by itself, was done, and comes next."""
    reading, now = asked.desk.reading, asked.desk.now()
    states = tuple(dict.fromkeys(STATES.values()))
    wanted = [chosen.state] if chosen.state in states else ()
    try:
        with at_desk(asked.desk) as at:
            found = at.listed(MOST + 1, wanted, chosen.kind if chosen.kind in KINDS else "", chosen.skip)
        begun = True
    except NoJobs:
        found, begun = [], False
    names = _names(asked)
    due = sorted(((one.next_due(now), one) for one in plan(reading)), key=lambda row: (row[0], row[1].name))
    view = JobsView(
        chosen=chosen,
        states=states,
        kinds=list(KINDS),
        lines=[_line(asked, one, names) for one in found[:MOST]],
        later=_moved(chosen, -MOST) if chosen.skip else "",
        earlier=_moved(chosen, MOST) if len(found) > MOST else "",
        due=[(moment, one, names.get(one.subject, one.subject)) for moment, one in due[:NEXT]],
        workers=Workers(reading.engine, timedelta(seconds=reading.settings.takeover_seconds)).living(now),
        begun=begun,
    )
    return asked.show("jobs.html.jinja", view, who)


@router.get("/jobs/job")
def job_page(asked: Asked, who: Operator, job: str = "") -> Response:
    """One job with all that it told, and the others of its name. Raises NoJob, NoJobs."""
    with at_desk(asked.desk) as at:
        found = at.job(job)
        others = [one for one in at.listed(MOST, kind=found.kind) if one.subject == found.subject]
    names = _names(asked)
    lines = [_line(asked, one, names) for one in others if one.id != found.id]
    return asked.show("job.html.jinja", JobPage(_line(asked, found, names), lines), who)


Named = Annotated[str, Form(max_length=200)]
Why = Annotated[str, Form(max_length=500)]
Back = Annotated[str, Form(max_length=2000)]


@router.post("/jobs/retry")
def retry(asked: Asked, who: Operator, job: Named, why: Why = "", back: Back = "/jobs") -> Response:
    """Ask again for a job that failed or was cancelled. Raises NoJob, NoJobs, WrongState."""
    with at_desk(asked.desk) as at:
        at.retry(job, asked.sight(who).by(why))
    return done(back, "job_asked")


@router.post("/jobs/cancel")
def cancel(asked: Asked, who: Operator, job: Named, why: Why = "", back: Back = "/jobs") -> Response:
    """End a job that waits or runs. Raises NoJob, NoJobs, WrongState."""
    with at_desk(asked.desk) as at:
        at.cancel(job, asked.sight(who).by(why))
    return done(back, "job_cancelled")


def _line(asked: Visit, job: JobView, names: dict[str, str]) -> Line:
    started = job.started_at
    took = (job.ended_at or asked.desk.now()) - started if started else None
    how_far = progress(asked.desk.reading.engine, job)
    return Line(job, names.get(job.subject, job.subject), took, how_far, result(asked.words, job.told))


def result(words: Words, told: str) -> str:
    """What a job said that it did, in the reader's language; "" where there are no words for it."""
    parts = [_part(words, part) for part in told.split(", ")]
    return words.say("comma").join(parts) if all(parts) else ""


def _part(words: Words, part: str) -> str:
    number, _, what = part.partition(" ")
    if number.isdecimal() and words.has("job_results", what):
        return words.label("job_results", what).format(n=number)
    table = next((one for one in ("job_results", "run_states") if words.has(one, part)), "")
    return words.label(table, part) if table else ""


def _names(asked: Visit) -> dict[str, str]:
    return {one.name: one.label for one in listed_sources(asked.desk.reading)}


def _moved(chosen: Choice, by: int) -> str:
    return link("/jobs", state=chosen.state, kind=chosen.kind, skip=max(chosen.skip + by, 0))
