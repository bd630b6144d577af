"""An app of the API in this process, and clients that ask it as one user or another."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from intel import bootstrap
from intel.api import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.keys import Keys
from intel.model import Source
from intel.users import ALLOWED, UserRole, Users

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
UNLIMITED = Rates(*["1000000/minute"] * 5)


@dataclass
class Clock:
    """A clock that a test turns."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Service:
    """An app over a database, with a user of every role."""

    workspace: Workspace
    clock: Clock = field(default_factory=Clock)
    rates: Rates = UNLIMITED

    def __post_init__(self) -> None:
        self.users = Users(self.workspace.engine, CHEAP)
        self.keys = Keys(self.workspace.engine)
        self.app: FastAPI = create_app(
            self.workspace,
            options=Options(clock=self.clock, hasher=CHEAP, limits=Limits(self.rates)),
        )

    @classmethod
    def new(cls, home: Path, sources: tuple[Source, ...] = ()) -> "Service":
        """On a fresh database."""
        service = cls(bootstrap.init(Settings(home=home), sources))
        for role in UserRole:
            service.users.add(role.value, role, PASSWORD, NOW)
        return service

    def key(self, user: str, *, days: int = 30) -> str:
        """A key with all scopes that the user's role allows."""
        scopes = ALLOWED[self.users.user(user).role]
        return self.keys.issue(user, "test", scopes, (self.clock(), days))[1]

    def anonymous(self, url: str = "http://testserver", host: str = "testclient") -> TestClient:
        """A client that nobody knows."""
        return TestClient(self.app, url, raise_server_exceptions=False, client=(host, 50000))

    def asking(self, user: str) -> TestClient:
        """A client with a key of a user."""
        client = self.anonymous()
        client.headers["Authorization"] = f"Bearer {self.key(user)}"
        return client

    def logged_in(self, user: str) -> TestClient:
        """A browser in which a user has logged in, without proof against forgery."""
        client = self.anonymous()
        answer = client.post("/api/v1/session", json={"name": user, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return client
