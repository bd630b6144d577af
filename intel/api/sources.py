"""Sources: how each did and does; an operator pauses one, and lets it go on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from intel import rounds
from intel.api.access import Operator, Reader
from intel.api.asked import Reason, Seen
from intel.api.desk import AtDesk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.resource import Resource
from intel.health import SourceHealth
from intel.pauses import Pause, Pauses
from intel.views import SourceView

router = Resource(tags=["sources"])
SourceName = Annotated[str, Path(max_length=100, examples=["kuaidi-guancha"])]


class Pausing(BaseModel):
    """Why a source is not to be asked for now."""

    why: Reason


@router.get("/sources")
def list_sources(_who: Reader, seen: Seen, limit: Limit = USUAL, cursor: Cursor = None) -> Page[SourceView]:
    """Every source with how its last run went, by name."""
    return paged(seen.sources(), limit, cursor, lambda one: (one.name,))


@router.get("/sources/health")
def get_health(_who: Reader, desk: AtDesk) -> list[SourceHealth]:
    """Which sources fail, fell silent or changed their layout, and what to do; the worst first."""
    return list(rounds.health(desk.reading, desk.now()))


@router.get("/sources/{source}")
def get_source(source: SourceName, _who: Reader, seen: Seen) -> SourceView:
    """One source with how its last run went."""
    return seen.source(source)


@router.get("/pauses")
def list_pauses(_who: Reader, desk: AtDesk) -> list[Pause]:
    """The sources that are paused: by whom, since when, why."""
    return list(Pauses(desk.reading.engine).listed())


@router.put("/sources/{source}/pause")
def pause_source(who: Operator, source: SourceName, pausing: Pausing, seen: Seen, desk: AtDesk) -> Pause:
    """Ask a source no more until it is let go on; its page says that it is not enabled."""
    name = seen.source(source).name
    return Pauses(desk.workspace.engine).pause(Pause(name, who.user, pausing.why, desk.now()))


@router.delete("/sources/{source}/pause", status_code=204)
def resume_source(who: Operator, source: SourceName, seen: Seen, desk: AtDesk) -> None:
    """Let a paused source go on, if the table of sources has it enabled."""
    name = seen.source(source).name
    Pauses(desk.workspace.engine).resume(name, rounds.all_sources(desk.reading), seen.by())
