"""How many requests there were, how they ended and how long they took, for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from starlette.routing import BaseRoute
from starlette.types import Scope

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


@dataclass(frozen=True, slots=True)
class Measures:
    """The counters of one app; others may be added to `registry`."""

    registry: CollectorRegistry
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    # What a route knows of its path lacks the prefix under which it was included.
    paths: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by = ("method", "route", "status")
        requests = Counter("intel_http_requests", "Requests by route and status.", by, registry=self.registry)
        seconds = Histogram(
            "intel_http_seconds",
            "Seconds until an answer was sent.",
            ("method", "route"),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        object.__setattr__(self, "requests", requests)
        object.__setattr__(self, "seconds", seconds)

    @classmethod
    def new(cls) -> Measures:
        """Counters at zero, with those of the process."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        return cls(registry)

    def know(self, routes: Sequence[BaseRoute]) -> None:
        """Take in the routes of an app, once all are there."""
        for one in iter_route_contexts(routes):
            self.paths[id(one.original_route)] = one.path or "none"

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer, under its route's path as it is written down: addresses would be without end."""
        route = self.paths.get(id(scope.get("route")), "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
