"""The whole app: routes, guard, errors. In: a workspace. Out: what `uvicorn` runs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from intel.api import problem, service, session
from intel.api.desk import Desk, Options
from intel.api.guard import BODY_LIMIT, Guard
from intel.api.measuring import Measures
from intel.bootstrap import Workspace

PREFIX = "/api/v1"
# One module a resource; a new one is a line here.
RESOURCES = (session.router,)


def create_app(
    workspace: Workspace, pages: Sequence[APIRouter] = (), options: Options | None = None
) -> FastAPI:
    """An app over a workspace. `pages` are routers that stand beside the API, such as the web pages."""
    app = FastAPI(
        title="courier-intel",
        version=version("courier-intel"),
        description=__doc__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its scripts would come from another site
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.desk = desk = Desk.of(workspace, options or Options())
    app.state.measures = measures = Measures.new()
    for router in RESOURCES:
        app.include_router(router, prefix=PREFIX)
    for router in (service.router, *pages):
        app.include_router(router)
    problem.install(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT)
    app.add_middleware(Guard, limits=desk.limits, measures=measures)
    return app
