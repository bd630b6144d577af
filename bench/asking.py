"""The service as it is served, in processes of its own, and clients that ask it over HTTP."""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import uvicorn

from bench.many import NEWEST
from intel import bootstrap, db, web
from intel.acts import By
from intel.api.app import create_app
from intel.api.desk import Options
from intel.api.limiting import Limits, Rates
from intel.config import Settings
from intel.keys import Keys
from intel.users import Scope, UserRole, Users

WAIT = 120.0  # seconds a server may take to start, and to answer


@contextmanager
def served(url: str, ports: Sequence[int]) -> Iterator[None]:
    """One process of the service on each port, over a database that is filled."""
    spawning = multiprocessing.get_context("spawn")
    processes = [spawning.Process(target=_serve, args=(url, port), daemon=True) for port in ports]
    for process in processes:
        process.start()
    try:
        for port in ports:
            _wait_for(port)
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def keys(url: str, count: int) -> Sequence[str]:
    """A key each of so many new users."""
    engine, now = db.open_engine(url), datetime.now(UTC)
    users, every = Users(engine), []
    known = {one.name for one in users.listed()}
    for number in range(count):
        name = f"bench-{number}"
        if name not in known:
            users.add(name, UserRole.ANALYST, "", By("bench", "", now))
        scopes = [Scope.READ, Scope.REVIEW]
        every.append(Keys(engine).issue(name, "bench", scopes, 1, By("bench", "", now))[1])
    engine.dispose()
    return every


def each(ports: Sequence[int], key: str, paths: Iterable[str]) -> Sequence[float]:
    """Milliseconds of the answer of every process to every path, one after the other."""
    taken = []
    for port in ports:
        client = http.client.HTTPConnection("127.0.0.1", port, WAIT)
        taken += [_milliseconds(client, key, path) for path in paths]
        client.close()
    return taken


def asked(ports: Sequence[int], keys: Sequence[str], paths: Sequence[str], seconds: float) -> Sequence[float]:
    """Milliseconds of every answer: a client a key, each asking one path after another, for so long."""
    taken: list[list[float]] = [[] for _ in keys]
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        address = (f"127.0.0.{number + 2}", 0)  # limits count by address
        client = http.client.HTTPConnection(
            "127.0.0.1", ports[number % len(ports)], WAIT, source_address=address
        )
        at = number * 7919
        while time.perf_counter() < until:
            at += 1
            path = paths[at % len(paths)]
            taken[number].append(_milliseconds(client, keys[number], path))
        client.close()

    clients = [Thread(target=ask, args=(number,)) for number in range(len(keys))]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return [one for mine in taken for one in mine]


def _milliseconds(client: http.client.HTTPConnection, key: str, path: str) -> float:
    began = time.perf_counter()
    client.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = client.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return 1000 * (time.perf_counter() - began)


def _serve(url: str, port: int) -> None:
    workspace = bootstrap.open_workspace(Settings(database_url=url))
    limits = Limits(Rates(*["100000/minute"] * 5))
    # The clock stands where the made-up articles end.
    app = create_app(workspace, [web.router], Options(clock=lambda: NEWEST, limits=limits))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def _wait_for(port: int) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server on port {port} within {WAIT:.0f} s")
