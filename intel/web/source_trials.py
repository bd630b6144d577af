"""New sources, for operators: tried with a live preview of what they yield, then added and scheduled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from intel import adding
from intel.added_sources import AddedSource, AddedSources
from intel.api.access import Operator
from intel.api.problem import Problem
from intel.config import CHINA
from intel.jobs.schedule import plan
from intel.taxonomy import taxonomy
from intel.trying import TooMany, Trial, Trials
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.site import Asked, Visit, link
from spiders.check import CheckResult, Sample
from spiders.kinds import KINDS
from spiders.source_row import BadField

router = APIRouter(route_class=PageRoute, include_in_schema=False)
# Often enough for most places; by command any cron line can be given.
SCHEDULES = ("30 6 * * *", "30 6,18 * * *", "15 * * * *", "0 7 * * 1")
LETTERS = "ABCDEF"


class Asking(BaseModel):
    """A place to try: its kind, its address, options of its kind a line each."""

    kind: str = "feed"
    url: str = ""
    options: str = ""


class Said(BaseModel):
    """What a person says of a source that was tried."""

    name: str = ""
    label: str = ""
    channel: str = "news"
    owner: str = ""
    reliability: str = "C"
    lawful_basis: str = ""
    schedule: str = SCHEDULES[0]
    expected_minimum: int = 1
    terms_read: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class NewSourceView:
    """The form, what is wrong with it, the last tries, and what was added with when it is due next."""

    given: Asking
    wrong: BadField | None
    busy: bool
    kinds: Mapping[str, Sequence[str]]
    trials: Sequence[Trial]
    added: Sequence[tuple[AddedSource, datetime | None]]


@dataclass(frozen=True, slots=True)
class TrialView:
    """A try as it stands, and the form to add what was tried."""

    trial: Trial
    samples: Sequence[Sample]
    again: str
    said: Said
    wrong: BadField | None
    refusal: str
    channels: Sequence[str]
    schedules: Sequence[str] = SCHEDULES
    letters: str = LETTERS

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong beside entries that cannot be read, which stand with the entries."""
        result = self.trial.result
        unread = tuple(f"{one.url} cannot be read" for one in self.samples)
        return [one for one in (result.problems if result else ()) if not one.startswith(unread)]

    @property
    def may_add(self) -> bool:
        """Whether it gave anything, with its owner's leave."""
        result = self.trial.result
        return result is not None and _yields(result)


@router.get("/source-trials")
def new_source(asked: Asked, who: Operator, kind: str = "feed", url: str = "", options: str = "") -> Response:
    """The form to try a new source."""
    return _form(asked, who, Asking(kind=kind, url=url, options=options))


@router.post("/source-trials")
def begin(asked: Asked, who: Operator, given: Annotated[Asking, Form()]) -> Response:
    """Begin to try a source, in a process of its own."""
    try:
        source = adding.draft(given.kind, given.url, given.options.splitlines())
        trial = _trials(asked).start(asked.desk.workspace.settings, source, who.user)
    except BadField as error:
        return _form(asked, who, given, error)
    except TooMany:
        return _form(asked, who, given, busy=True)
    return RedirectResponse(f"/source-trials/{trial.id}", 303)


@router.get("/source-trials/{number}")
def trial_page(number: str, asked: Asked, who: Operator) -> Response:
    """A try: how far it is, then what it gives."""
    trial = _trial(asked, number)
    template = "trial_part.html.jinja" if asked.htmx else "trial.html.jinja"
    return asked.show(template, _view(trial, _suggested(trial)), who)


@router.post("/source-trials/{number}/stop")
def stop(number: str, asked: Asked, _who: Operator) -> Response:
    """End a try."""
    _trials(asked).stop(_trial(asked, number).id)
    return RedirectResponse(f"/source-trials/{number}", 303)


@router.post("/source-trials/{number}/add")
def add(number: str, asked: Asked, who: Operator, said: Annotated[Said, Form()]) -> Response:
    """Collect from now on what was tried; it keeps to its schedule."""
    trial = _trial(asked, number)
    result, now = trial.result, asked.desk.now()
    if result is None or not _yields(result):
        raise Problem(409, f"{trial.source.url} gave nothing to collect", code="yields_nothing")
    if not said.terms_read:
        return _again(asked, who, trial, said, refusal="terms_first")
    if not (result.ok or said.anyway):
        return _again(asked, who, trial, said, refusal="anyway_first")
    today = now.astimezone(CHINA).date().isoformat()
    fields = said.model_dump(exclude={"terms_read", "anyway"})
    try:
        source = adding.completed(trial.source, {**fields, "terms_reviewed": today})
        adding.add(asked.desk.workspace, source, result, who.user, now)
    except BadField as error:
        return _again(asked, who, trial, said, wrong=error)
    except adding.Untaken as error:
        raise Problem(409, str(error), code="Untaken") from None
    return done(f"/sources/{source.name}", "source_added")


@router.post("/source-trials/added/{name}/remove")
def remove(name: str, asked: Asked, who: Operator) -> Response:
    """Collect an added source no more. Raises UnknownName."""
    adding.remove(asked.desk.workspace, name, asked.sight(who).by())
    return done("/source-trials", "source_removed")


def _trials(asked: Visit) -> Trials:
    return Trials.of(asked.desk.workspace.settings)


def _trial(asked: Visit, number: str) -> Trial:
    found = _trials(asked).trial(number)
    if found is None:
        raise Problem(404, "")
    return found


def _form(
    asked: Visit, who: Operator, given: Asking, wrong: BadField | None = None, *, busy: bool = False
) -> Response:
    reading, now = asked.desk.reading, asked.desk.now()
    due = {one.subject: one.next_due(now) for one in plan(reading) if one.kind == "collect"}
    view = NewSourceView(
        given=given,
        wrong=wrong,
        busy=busy,
        kinds={name: _options_of(name) for name in KINDS},
        trials=_trials(asked).listed(),
        added=[(one, due.get(one.source.name)) for one in AddedSources(reading.engine).listed()],
    )
    return asked.show("source_trials.html.jinja", view, who, status=422 if wrong or busy else 200)


def _options_of(kind: str) -> Sequence[str]:
    spider = KINDS[kind]
    first = sorted(spider.required)
    return [*first, *(name for name in {**spider.options, **spider.common} if name not in first)]


def _again(
    asked: Visit, who: Operator, trial: Trial, said: Said, wrong: BadField | None = None, refusal: str = ""
) -> Response:
    return asked.show("trial.html.jinja", _view(trial, said, wrong, refusal), who, status=422)


def _view(trial: Trial, said: Said, wrong: BadField | None = None, refusal: str = "") -> TrialView:
    samples = trial.result.samples if trial.result else ()
    lines = "\n".join(adding.lines(trial.source.options))
    return TrialView(
        trial=trial,
        samples=sorted(samples, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True),
        again=link("/source-trials", kind=trial.source.kind, url=trial.source.url, options=lines),
        said=said,
        wrong=wrong,
        refusal=refusal,
        channels=[one for one in taxonomy().channels if one != "field"],
    )


def _suggested(trial: Trial) -> Said:
    """What can be said of a source after a try, for a person to mend."""
    listed = trial.result.listed if trial.result else 0
    known = {name: asdict(trial.source)[name] for name in ("name", "label", "owner")}
    return Said(**known, expected_minimum=max(1, listed // 2))


def _yields(result: CheckResult) -> bool:
    return result.robots != "forbidden" and bool(result.samples)
