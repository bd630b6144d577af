"""Whether the service lives, whether it can work, and what it counted: for whoever runs it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response, Security
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from intel import db
from intel.api.access import PUBLIC, Require, principal
from intel.api.desk import BEARER, Desk, WholeDesk, find_caller
from intel.api.measuring import Measures
from intel.api.problem import Problem
from intel.users import Scope

router = APIRouter(tags=["service"])
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})


class Alive(BaseModel):
    """That it is well."""

    status: str = "ok"


@router.get("/healthz", dependencies=[PUBLIC])
def healthz() -> Alive:
    """Whether the process answers."""
    return Alive()


@router.get("/readyz", dependencies=[PUBLIC])
def readyz(desk: WholeDesk) -> Alive:
    """Whether the database can be read and has the schema of this version."""
    if not _is_ready(desk):
        raise Problem(503, "the database cannot be read, or is of another version", {"Retry-After": "10"})
    return Alive()


async def near_or_operator(
    request: Request, after: BackgroundTasks, _key: Annotated[object, Security(BEARER)]
) -> None:
    """A dependency: asked from this machine itself, not through a proxy, or with an operator's key."""
    host = request.client.host if request.client else ""
    if host not in _LOOPBACK or _FORWARDED & set(request.headers):
        caller = await run_in_threadpool(find_caller, request)
        await Require(Scope.OPERATE)(await principal(request, after, caller))


@router.get("/metrics", dependencies=[Depends(near_or_operator)], response_class=Response)
def metrics(request: Request) -> Response:
    """What was counted, as Prometheus reads it; from the machine itself, or with an operator's key."""
    measures = request.app.state.measures
    assert isinstance(measures, Measures)
    return Response(measures.text(), media_type=CONTENT_TYPE_LATEST)


def _is_ready(desk: Desk) -> bool:
    try:
        return db.is_current(desk.reading.engine)
    except SQLAlchemyError:
        return False
