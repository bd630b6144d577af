"""Sources: the catalogue with the health of each, and one with its history and its lawful basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from intel import rounds
from intel.added_sources import AddedSource, AddedSources
from intel.api.access import Reader
from intel.health import SourceHealth, listed
from intel.health_query import Histories
from intel.model import Source, SourceRun
from intel.query import unknown
from intel.views import SourceView
from intel.web.edge import PageRoute
from intel.web.site import Asked

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SourcesView:
    """Sources with their health, the worst first, then those that are switched off."""

    rows: Sequence[tuple[SourceView, SourceHealth | None]]
    channels: Sequence[str]
    channel: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A source with its runs, the last first, and who added it where it was added beside the catalogue."""

    source: Source
    health: SourceHealth | None
    runs: Sequence[tuple[SourceRun, int]]
    added: AddedSource | None

    @property
    def robots(self) -> tuple[str, datetime] | None:
        """What its robots.txt said when somebody last tried the source out, and when that was."""
        check = self.health.check if self.health else None
        if check:
            return check.robots, check.checked_at
        return (self.added.robots, self.added.at) if self.added else None

    @property
    def forbidden(self) -> int:
        """How many pages its robots.txt kept the runs from."""
        return sum(run.rejected.get("robots", 0) for run, _ in self.runs)


@router.get("/sources")
def catalogue(asked: Asked, who: Reader, channel: str = "") -> Response:
    """The table of sources and how they do."""
    views = {one.name: one for one in asked.sight(who).sources()}
    health = {one.source: one for one in rounds.health(asked.desk.reading, asked.desk.now())}
    ordered = [*(name for name in health if name in views), *(name for name in views if name not in health)]
    rows = [(views[name], health.get(name)) for name in ordered if channel in ("", views[name].channel)]
    channels = sorted({one.channel for one in views.values()})
    return asked.show("sources.html.jinja", SourcesView(rows, channels, channel), who)


@router.get("/sources/{name}")
def one(name: str, asked: Asked, who: Reader) -> Response:
    """A source. Raises UnknownName."""
    reading = asked.desk.reading
    table = {one.name: one for one in rounds.all_sources(reading)}
    if name not in table:
        raise unknown("source", name, table, table)
    history = Histories(reading.engine).all().get(name)
    view = SourcePage(
        source=table[name],
        health=next((one for one in rounds.health(reading, asked.desk.now()) if one.source == name), None),
        runs=[(run, listed(run)) for run in (history.runs if history else ())],
        added=next((one for one in AddedSources(reading.engine).listed() if one.source.name == name), None),
    )
    return asked.show("source.html.jinja", view, who)
