"""The first page: what came in since the reader was last here, alerts, what waits, sources in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import AwareDatetime

from intel import rounds
from intel.alerts.book import RuleBook, Sent
from intel.api.access import Principal, Reader
from intel.api.asked import Day
from intel.arrivals import Arrivals, News
from intel.bookmarks import Bookmarks
from intel.config import CHINA
from intel.health import Health, SourceHealth
from intel.model import FieldReport, Role
from intel.tasks import Task
from intel.web.accounts import names
from intel.web.acts import done
from intel.web.edge import PageRoute
from intel.web.questions_view import question_texts
from intel.web.site import EMPTY, Asked, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FIRST = timedelta(days=7)  # what somebody is shown who was never here
MOST = 8
MOST_NEWS = 6  # accounts whose news is told at length; of the others, how much
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OverviewView:
    """All that is new or waits."""

    since: datetime
    up_to: datetime
    remembered: bool
    news: Sequence[News]
    others: Sequence[News]
    alerts: Sequence[Sent] | None
    names: dict[str, str]
    troubled: Sequence[SourceHealth]
    sources: int
    tasks: Sequence[Task]
    questions: dict[tuple[str, str], str]
    due: Sequence[FieldReport]
    empty: bool


@router.get("/")
def overview(asked: Asked, who: Reader, since: Annotated[Day | None, EMPTY] = None) -> Response:
    """What came in since a day, or since the reader last marked all as seen."""
    reading = asked.desk.reading
    seen = Bookmarks(reading.engine).seen(who.user)
    start = datetime.combine(since, time(), CHINA) if since else seen or asked.desk.now() - FIRST
    sight, health = asked.sight(who), rounds.health(reading, asked.desk.now())
    watched = {one.id: one for one in reading.query.watched()}
    tasks = [one for one in sight.tasks(under_way=True) if one.for_person]
    came_in = Arrivals(reading.engine).since(start, who.accounts)
    # Who reads it develops clients: a courier of whom more is written hides none of them.
    clients = {one.id for one in watched.values() if one.role is Role.CLIENT}
    news = sorted(came_in.news, key=lambda one: one.account not in clients)
    view = OverviewView(
        since=start,
        up_to=came_in.up_to,
        remembered=since is None and seen is not None,
        news=news[:MOST_NEWS],
        others=news[MOST_NEWS:],
        alerts=_alerts(asked, who, start),
        names=names(asked),
        troubled=[one for one in health if one.state is not Health.OK],
        sources=len(health),
        tasks=tasks[:MOST],
        questions=question_texts(asked.words, tasks, watched),
        due=sight.reports(due=asked.desk.today()),
        empty=reading.query.is_empty(),
    )
    return asked.show("overview.html.jinja", view, who)


def _alerts(asked: Visit, who: Principal, since: datetime) -> Sequence[Sent] | None:
    """What alerts told since; None for who may not see it: it is of any account."""
    if who.accounts is not None:
        return None
    return [one for one in RuleBook(asked.desk.reading.engine).log(MOST) if one.at > since]


@router.post("/seen")
def mark_seen(asked: Asked, who: Reader, up_to: Annotated[AwareDatetime, Form(ge=EPOCH)]) -> Response:
    """Keep that the reader has seen what the page showed."""
    Bookmarks(asked.desk.workspace.engine).see(who.user, up_to)
    return done("/", "seen")
