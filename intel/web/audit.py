"""The acts of those who run the service, for administrators: who did what, when and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from intel.acts import ActView
from intel.api.access import Admin
from intel.api.paging import BIGGEST
from intel.web.edge import PageRoute
from intel.web.site import EMPTY, Asked, link

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 50  # on a page


class Choice(BaseModel):
    """Which acts: those older than one."""

    before: Annotated[int | None, Field(ge=1, le=BIGGEST), EMPTY] = None


@dataclass(frozen=True, slots=True)
class ActsView:
    """Some acts, the newest first, each with what it changed: name, before, after."""

    lines: Sequence[tuple[ActView, Sequence[tuple[str, str, str]]]]
    later: str
    earlier: str


@router.get("/acts")
def acts(asked: Asked, who: Admin, chosen: Annotated[Choice, Query()]) -> Response:
    """Who did what."""
    found = asked.sight(who).acts(MOST + 1, chosen.before)
    view = ActsView(
        lines=[(one, _changes(one)) for one in found[:MOST]],
        later="/acts" if chosen.before else "",
        earlier=link("/acts", before=found[MOST - 1].id) if len(found) > MOST else "",
    )
    return asked.show("acts.html.jinja", view, who)


def _changes(act: ActView) -> Sequence[tuple[str, str, str]]:
    names = dict.fromkeys((*act.before, *act.after))
    told = [(name, _shown(act.before, name), _shown(act.after, name)) for name in names]
    return [(name, before, after) for name, before, after in told if before != after]


def _shown(values: Mapping[str, object], name: str) -> str:
    value = values.get(name, "")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
