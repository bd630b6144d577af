"""The whole app: routes, guard, errors. In: a workspace. Out: what `uvicorn` runs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from intel.api import (
    accounts,
    admin,
    alerts,
    assessment,
    battlecards,
    briefings,
    coverage,
    events,
    feeds,
    field_reports,
    findings,
    jobs,
    outbox,
    problem,
    reviews,
    search,
    series,
    service,
    session,
    sources,
    specification,
    tasks,
)
from intel.api.desk import Desk, Options
from intel.api.guard import BODY_LIMIT, Guard
from intel.api.measuring import Measures
from intel.api.resource import PREFIX
from intel.api.tags import Tags
from intel.bootstrap import Workspace

ABOUT = """What public sources say of the accounts that we watch, and what our own people make of it.

Every quote stands in the words of its source, with address, date, reliability and credibility. A program
sends `Authorization: Bearer ik_…`; a browser has a cookie, and sends `X-CSRF-Token` with what it changes.
"""
# One module a resource; a new one is a line here.
RESOURCES = (
    session.router,
    accounts.router,
    findings.router,
    feeds.router,
    events.router,
    series.router,
    coverage.router,
    tasks.router,
    assessment.router,
    briefings.router,
    battlecards.router,
    sources.router,
    field_reports.router,
    reviews.router,
    search.router,
    jobs.router,
    outbox.router,
    alerts.router,
    admin.router,
)


_own = APIRouter(generate_unique_id_function=specification.name_of)
for _resource in RESOURCES:
    _own.include_router(_resource, prefix=PREFIX)
_own.include_router(service.router)


def create_app(
    workspace: Workspace, pages: Sequence[APIRouter] = (), options: Options | None = None
) -> FastAPI:
    """An app over a workspace. `pages` are routers that stand beside the API, such as the web pages."""
    app = FastAPI(
        title="courier-intel",
        version=version("courier-intel"),
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its scripts would come from another site
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk = Desk.of(workspace, options or Options())
    app.state.measures = measures = Measures.new()
    for router in (_own, *pages):
        app.router.routes.extend(router.routes)  # not included anew: that takes half a second an app
    measures.know(app.routes)
    problem.install(app)
    specification.install(app)
    app.add_middleware(Tags)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT)
    app.add_middleware(Guard, limits=desk.limits, measures=measures)
    return app
