"""Sources: how each did and does; an operator pauses one, and lets it go on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from intel import rounds
from intel.account_file import RECHECK
from intel.api.access import Operator, Principal, Reader
from intel.api.asked import Reason
from intel.api.desk import AtDesk, Desk
from intel.api.paging import USUAL, Cursor, Limit, Page, paged
from intel.api.problem import missing
from intel.health import SourceHealth, assess_all
from intel.health_query import Histories
from intel.pauses import Pause, Pauses
from intel.views import SourceView

router = APIRouter(tags=["sources"])
SourceName = Annotated[str, Path(max_length=100, examples=["kuaidi-guancha"])]


class Pausing(BaseModel):
    """Why a source is not to be asked for now."""

    why: Reason


@router.get("/sources")
def list_sources(who: Reader, desk: AtDesk, limit: Limit = USUAL, cursor: Cursor = None) -> Page[SourceView]:
    """Every source with how its last run went, by name."""
    return paged(_seen(desk, who), limit, cursor, lambda one: (one.name,))


@router.get("/sources/health")
def get_health(_who: Reader, desk: AtDesk) -> list[SourceHealth]:
    """Which sources fail, fell silent or changed their layout, and what to do; the worst first."""
    histories = Histories(desk.reading.engine).all()
    return list(assess_all(rounds.listed_sources(desk.workspace.settings), histories, desk.now()))


@router.get("/sources/{source}")
def get_source(source: SourceName, who: Reader, desk: AtDesk) -> SourceView:
    """One source with how its last run went."""
    return _source(desk, who, source)


@router.get("/pauses")
def list_pauses(_who: Reader, desk: AtDesk) -> list[Pause]:
    """The sources that are paused: by whom, since when, why."""
    return list(Pauses(desk.reading.engine).listed())


@router.put("/sources/{source}/pause")
def pause_source(who: Operator, source: SourceName, pausing: Pausing, desk: AtDesk) -> Pause:
    """Ask a source no more until it is let go on; its page says that it is not enabled."""
    name = _source(desk, who, source).name
    return Pauses(desk.workspace.engine).pause(Pause(name, who.user, pausing.why, desk.now()))


@router.delete("/sources/{source}/pause", status_code=204)
def resume_source(who: Operator, source: SourceName, desk: AtDesk) -> None:
    """Let a paused source go on, if the table of sources has it enabled."""
    name = _source(desk, who, source).name
    Pauses(desk.workspace.engine).resume(name, rounds.all_sources(desk.workspace.settings))


def _source(desk: Desk, who: Principal, name: str) -> SourceView:
    found = next((one for one in _seen(desk, who) if one.name == name), None)
    if found is None:
        raise missing("source", name)
    return found


def _seen(desk: Desk, who: Principal) -> list[SourceView]:
    """The sources; those that watch a page again for a task are part of its account's file."""
    views = desk.reading.query.sources()
    return [one for one in views if who.accounts is None or not one.name.startswith(RECHECK)]
