"""`intel serve` and `intel worker`: the API, the pages and the jobs, until they are told to stop."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from intel import rounds, screen
from intel.acts import By
from intel.bootstrap import Workspace
from intel.config import Settings
from intel.jobs.kinds import QUEUES
from intel.refusal import Refusal
from intel.users import UserRole, Users, login_link
from spiders.city.server import start as running_city

if TYPE_CHECKING:
    from intel.jobs.engine import Worker


class CannotServe(Refusal, RuntimeError):
    """The service cannot start as asked; the message says what to change."""


VISITOR = "demo"


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on (INTEL_HOST).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port (INTEL_PORT).")] = None,
    jobs: Annotated[bool, typer.Option("--jobs/--no-jobs", help="Also do what is due by itself.")] = True,
) -> None:
    """Run the API, the pages and the jobs in one process, until Ctrl-C."""
    import uvicorn  # what other commands do without is loaded here

    from intel import web
    from intel.api.app import create_app
    from intel.api.kept import renewing
    from intel.web.loading import load

    settings: Settings = context.obj
    host, port = host or settings.host, port or settings.port
    listener = _listening(host, port)
    workspace = rounds.init(settings)
    app = create_app(workspace, [web.router])
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    server = uvicorn.Server(config)
    with _city(settings), _working(workspace) if jobs else nullcontext():
        screen.out.print(f"http://{host}:{port}/ until Ctrl-C{'' if jobs else '; no jobs are done'}")
        if settings.demo:
            link = login_link(f"http://{host}:{port}", _visitor(workspace))
            screen.out.print(f"log in, once, within ten minutes: {link}", markup=False, soft_wrap=True)
        load()
        # What is loaded stays: looking through it for garbage took a sixth of the longest answers.
        gc.freeze()
        with renewing(app.state.desk.kept):
            server.run(sockets=[listener])


def worker(
    context: typer.Context,
    queue: Annotated[
        list[str] | None, typer.Option(help="Only jobs of this queue; may be given several times.")
    ] = None,
) -> None:
    """Do jobs beside `intel serve`, on this machine or another, until Ctrl-C."""
    settings: Settings = context.obj
    if wrong := set(queue or ()) - set(QUEUES):
        raise CannotServe(f"no queue {sorted(wrong)[0]!r}; there are: {', '.join(QUEUES)}")
    workspace = rounds.init(settings)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with _city(settings), _working(workspace, tuple(queue or QUEUES)) as working:
        screen.out.print(f"worker {working.id} until Ctrl-C")
        stop.wait()


def _visitor(workspace: Workspace) -> str:
    """A token that lets in the demo's user, who may do everything there."""
    users = Users(workspace.engine)
    by = By("intel serve", "", datetime.now(UTC))
    if VISITOR not in {one.name for one in users.listed()}:
        users.add(VISITOR, UserRole.ADMIN, "", by)
    return users.link(VISITOR, by)


def _listening(host: str, port: int) -> socket.socket:
    """A bound socket. Raises CannotServe where another program has the port."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        why = f"cannot listen on {host}:{port}: {error.strerror}; choose another --port"
        raise CannotServe(why) from error


@contextmanager
def _working(workspace: Workspace, queues: tuple[str, ...] = tuple(QUEUES)) -> Iterator[Worker]:
    from intel.jobs.engine import Worker

    working = Worker(workspace, queues)
    working.start()
    try:
        yield working
    finally:
        screen.err.print("stopping; what is under way goes on at the next start")
        working.stop()


@contextmanager
def _city(settings: Settings) -> Iterator[None]:
    if not settings.demo:
        yield
        return
    with running_city(settings.demo_port):
        yield
