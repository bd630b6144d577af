"""Crawls for tests: each in a process of its own, since Twisted's reactor cannot be started twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from intel.cli import main
from intel.model import Page, Source, SourceRun, Validators
from intel.reader import READY
from spiders.crawl import CrawlOptions, crawl
from tests.hostile_server import Site

PROCESSES = multiprocessing.get_context("forkserver")
# A process has one server to fork from: for crawls, and for the reading, whose own list this replaces.
PROCESSES.set_forkserver_preload(["spiders.crawl", "intel.commands.collecting", *READY])
_LONGEST = 40
_LONGEST_COMMAND = 300


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class MemoryStore:
    """A PageStore in memory; `unkeepable` and `crashing` are addresses at which it fails."""

    pages: dict[str, Page] = field(default_factory=dict)
    known_validators: dict[str, Validators] = field(default_factory=dict)
    complete: dict[str, bool] = field(default_factory=dict)
    runs: list[SourceRun] = field(default_factory=list)
    crashing: frozenset[str] = frozenset()
    listening: int = 0

    def knows(self, url: str) -> bool:
        if url in self.crashing:
            raise ArithmeticError("the store is out of order")
        return url in self.pages

    def known(self, urls: Collection[str]) -> dict[str, datetime]:
        return {url: self.pages[url].fetched_at for url in urls if self.knows(url)}

    def last_page(self, url: str) -> Page | None:
        versions = [page for kept, page in self.pages.items() if kept.partition("#")[0] == url]
        return versions[-1] if versions else None

    def as_kept(self, page: Page) -> Page:
        return page

    def add_page(self, page: Page) -> bool:
        new = page.url not in self.pages or self.pages[page.url].digest != page.digest
        self.pages[page.url] = page
        sockets = psutil.Process().net_connections(kind="inet")
        self.listening += sum(1 for socket in sockets if socket.status == psutil.CONN_LISTEN)
        return new

    def validators(self, source: str) -> Validators:
        return self.known_validators.get(source, Validators())

    def set_validators(self, source: str, validators: Validators) -> None:
        self.known_validators[source] = validators

    def completed(self, source: str) -> bool:
        return self.complete.get(source, True)

    def set_completed(self, source: str, completed: bool) -> None:
        self.complete[source] = completed

    def add_run(self, run: SourceRun) -> None:
        self.runs = [one for one in self.runs if (one.source, one.started_at) != (run.source, run.started_at)]
        self.runs.append(run)

    @property
    def paths(self) -> set[str]:
        """The kept pages' addresses without scheme, host and version."""
        return {"/" + url.partition("#")[0].split("/", 3)[3] for url in self.pages}


@dataclass
class Ending:
    """How a crawl is cut short: this signal is sent to it after so many kept pages."""

    after: int
    number: int


def source(site: Site, path: str, kind: str, name: str = "", **options: object) -> Source:
    """A source on a test site, without delay."""
    url = path if "://" in path else site.url + path
    label = name or kind
    return Source(label, label, kind, "news", url, "test", "B", "test", delay=0.0, options=options)


def collect(
    site: Site,
    sources: Sequence[Source],
    store: MemoryStore,
    ending: Ending | None = None,
    target: Callable[..., None] | None = None,
    **options: Any,
) -> dict[str, SourceRun]:
    """Crawl with only the test site allowed; `store` holds afterwards what the crawl had committed.

    `target` stands in for `run` in the crawl's own process.
    """
    settings = CrawlOptions(**{"allowed": frozenset({f"localhost:{site.port}"}), "timeout": 3.0, **options})
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=target or run, args=(theirs, sources, store, settings, ending))
    process.start()
    theirs.close()
    store.__dict__.update(_last(ours))
    process.join(_LONGEST)
    return {run.source: run for run in store.runs}


def _last(pipe: Connection) -> dict[str, Any]:
    """The last state sent before the process ended."""
    state: dict[str, Any] = {}
    while pipe.poll(_LONGEST):
        try:
            state = pipe.recv()
        except EOFError:
            return state
    raise AssertionError(f"the crawl did not end within {_LONGEST} s")


def run(
    pipe: Connection,
    sources: Sequence[Source],
    store: MemoryStore,
    options: CrawlOptions,
    ending: Ending | None,
) -> None:
    """Crawl, and send the store's state through the pipe."""
    store.runs = []
    keep = store.add_page
    if ending is not None:
        store.add_page = _cut_short(keep, store, pipe, ending)  # type: ignore[method-assign, assignment]
    runs = crawl(sources, store, options)
    store.__dict__.pop("add_page", None)
    assert len(runs) == len(store.runs) and all(run in store.runs for run in runs)
    pipe.send(store.__dict__)
    pipe.close()


def _cut_short(
    keep: Callable[[Page], bool], store: MemoryStore, pipe: Connection, ending: Ending
) -> Callable[[Page], bool]:
    def add_page(page: Page) -> bool:
        new = keep(page)
        if len(store.pages) == ending.after:
            if ending.number == signal.SIGKILL:
                pipe.send({name: value for name, value in store.__dict__.items() if name != "add_page"})
            os.kill(os.getpid(), ending.number)
        return new

    return add_page


def command(*words: str) -> Said:
    """What `intel` says that crawls; it has the environment that this process has now."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = PROCESSES.Process(target=_command, args=(words, dict(os.environ), out, err))
        process.start()
        process.join(_LONGEST_COMMAND)
        assert process.exitcode is not None, f"{words} did not end within {_LONGEST_COMMAND} s"
        return Said(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _command(words: Sequence[str], environment: dict[str, str], out: Path, err: Path) -> None:
    PROCESSES.set_forkserver_preload([*READY])
    os.environ.clear()
    os.environ.update(environment)
    for file, number in ((out, sys.stdout.fileno()), (err, sys.stderr.fileno())):
        with file.open("wb") as opened:
            os.dup2(opened.fileno(), number)
    sys.argv = ["intel", *words]
    main()
