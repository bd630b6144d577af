"""The route table of an app, walked by the tests of the API and of the pages, and what they look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import select, text

from intel.api.access import Require, public
from intel.api.service import near_or_operator
from intel.db import ArgumentRow, Base, MentionRow
from intel.users import Scope
from tests.asking import Service


@dataclass(frozen=True)
class Route:
    """A row of the route table."""

    method: str
    path: str
    scope: Scope | None
    of_pages: bool = False
    takes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def declared(dependant: Dependant) -> Iterator[Scope | None]:
    """What a route says that it requires; None for nothing."""
    for one in dependant.dependencies:
        if isinstance(one.call, Require):
            yield one.call.scope
        elif one.call is near_or_operator:
            yield Scope.OPERATE
        elif one.call is public:
            yield None
        yield from declared(one)


def named(dependant: Dependant) -> Iterator[str]:
    """The parameters that a page takes, and the entries of a form."""
    for one in (*dependant.query_params, *dependant.body_params):
        yield from getattr(one.field_info.annotation, "model_fields", {}) or [one.alias]
    for part in dependant.dependencies:
        yield from named(part)


def told_apart(route: Route, queries: Iterable[str]) -> list[str]:
    """Of some queries the first of each that is another to a route, which looks at what it names alone."""
    first: dict[frozenset[tuple[str, str]], str] = {}
    for query in queries:
        seen = frozenset(pair for pair in parse_qsl(query) if pair[0] in route.takes)
        first.setdefault(seen, query)
    return list(first.values())


def routes(app: Any) -> list[Route]:
    """The route table; a route that does not say what it requires fails here."""
    found = []
    for context in iter_route_contexts(app.routes):
        if context.path == app.openapi_url:
            continue
        said = set(declared(context.dependant))
        assert len(said) == 1, f"{context.path} must say what it requires, once: {said}"
        of_pages = context.endpoint.__module__.startswith("intel.web.")
        methods = sorted(context.methods or ())
        path, takes = str(context.path), frozenset(named(context.dependant))
        found += [Route(method, path, scope, of_pages, takes) for method in methods for scope in said]
    return found


def of_the_api(app: Any) -> list[Route]:
    """The routes that programs ask; those of the pages are walked in test_pages_access."""
    return [one for one in routes(app) if not one.of_pages]


def numbers(service: Service) -> dict[str, int]:
    """For each resource the number of one that belongs to 淘宝 alone."""
    engine = service.workspace.engine
    admin = service.asking("admin")
    reviews = admin.get("/api/v1/audit", params={"account": "taobao"}).json()["items"]
    reports = admin.get("/api/v1/field-reports", params={"account": "taobao"}).json()["items"]
    tasks = admin.get("/api/v1/tasks", params={"account": "taobao"}).json()["items"]
    findings = admin.get("/api/v1/accounts/taobao/findings").json()["items"]
    with engine.connect() as connection:
        playing = select(ArgumentRow.event_id).where(ArgumentRow.account_id == "taobao")
        others = select(ArgumentRow.event_id).where(ArgumentRow.account_id == "pinduoduo")
        event = connection.scalar(playing.where(ArgumentRow.event_id.not_in(others)))
        mention = connection.scalar(select(MentionRow.id).where(MentionRow.account_id == "taobao"))
    assert event
    assert mention
    return {
        "findings": findings[-1]["id"],
        "events": event,
        "stories": 1,
        "articles": 1,
        "mentions": mention,
        "tasks": tasks[0]["id"],
        "field-reports": reports[0]["id"],
        "reviews": reviews[0]["review"]["id"],
        "keys": 1,
        "outbox": 1,
    }


def everything(service: Service) -> str:
    """All rows of all tables, but for when a key was used."""
    with service.workspace.engine.connect() as connection:
        tables = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if table.name not in ("api_key", "web_session")
        }
        tables["article_search"] = [
            tuple(row) for row in connection.execute(text("SELECT * FROM article_search"))
        ]
    return repr(tables)
