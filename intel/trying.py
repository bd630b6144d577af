"""A source tried before it is added: a few of its pages are fetched as a crawl would, and nothing is kept.

A process can crawl once, so a server has each try done by a process of its own, `python -m intel.trying`: it
reads a source as a line of JSON, tells how far it is, and at last what it found. It may take so long and no
longer; when its standard input closes, it stops.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock, Thread, Timer

from pydantic import TypeAdapter

from intel.config import Settings
from intel.model import Source
from intel.parent import end_with_it
from intel.refusal import Refusal
from spiders.check import CheckResult, check
from spiders.crawl import CrawlOptions
from spiders.tally import Progress

SAMPLES = 4  # entries that are fetched and shown
SECONDS = 120.0  # a try may take
GRACE = 10.0  # seconds to stop by itself, before it is killed
AT_ONCE = 2
_KEPT = 20  # tries that a server remembers

_SOURCE, _RESULT = TypeAdapter(Source), TypeAdapter(CheckResult)


class TooMany(Refusal, RuntimeError):
    """As many tries run as may run at once."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A try of a source: how far it is, and in the end its result, or why there is none."""

    id: str
    source: Source
    by: str
    started_at: datetime
    requests: int = 0
    pages: int = 0
    result: CheckResult | None = None
    failure: str = ""

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.result is None and not self.failure


def try_source(settings: Settings, source: Source, tell: Callable[[Progress], None]) -> CheckResult:
    """Try a source in this process, which can do so once."""
    [result] = check([source], CrawlOptions.of(settings), datetime.now(UTC), SAMPLES, tell)
    return result


class Trials:
    """The tries of one server. They are forgotten when it ends, and the oldest of many before."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._trials: OrderedDict[str, Trial] = OrderedDict()
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def start(self, settings: Settings, source: Source, by: str) -> Trial:
        """Begin to try a source. Raises TooMany."""
        trial = Trial(secrets.token_urlsafe(9), source, by, datetime.now(UTC))
        with self._lock:
            if len(self._processes) >= AT_ONCE:
                raise TooMany(f"{AT_ONCE} tries run already; wait for one to end")
            self._processes[trial.id] = _started(settings, source)
            self._trials[trial.id] = trial
            while len(self._trials) > _KEPT:
                self._trials.popitem(last=False)
        Thread(target=self._follow, args=(trial.id,), daemon=True).start()
        return trial

    def listed(self) -> list[Trial]:
        """Those that are remembered, the last first."""
        with self._lock:
            return list(self._trials.values())[::-1]

    def trial(self, identifier: str) -> Trial | None:
        """One of them."""
        with self._lock:
            return self._trials.get(identifier)

    def stop(self, identifier: str) -> None:
        """End a try, if it runs."""
        with self._lock:
            process = self._processes.get(identifier)
        if process is not None:
            _end(process)

    def _follow(self, identifier: str) -> None:
        """Read what a process tells until it ends."""
        process = self._processes[identifier]
        assert process.stdout is not None
        timer = Timer(self._seconds, _end, (process,))
        timer.start()
        with process:
            for line in process.stdout:
                self._hear(identifier, line)
        timer.cancel()
        with self._lock:
            del self._processes[identifier]
            trial = self._trials.get(identifier)
            if trial is not None and trial.running:
                why = f"the try ended before it had a result (at most {self._seconds:.0f} seconds)"
                self._trials[identifier] = replace(trial, failure=why)

    def _hear(self, identifier: str, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        with self._lock:
            trial = self._trials.get(identifier)
            if trial is None:
                return
            if word == "progress":
                requests, pages = map(int, rest.split())
                trial = replace(trial, requests=requests, pages=pages)
            elif word == "result":
                trial = replace(trial, result=_RESULT.validate_json(rest))
            self._trials[identifier] = trial


def _started(settings: Settings, source: Source) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "intel.trying"],
        env=os.environ | settings.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(_SOURCE.dump_json(source).decode() + "\n")
    process.stdin.flush()
    return process


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process to stop, and kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    killer = Timer(GRACE, process.kill)
    killer.daemon = True
    killer.start()


def main() -> int:
    """Try the source that stands on standard input; the exit code."""
    source = _SOURCE.validate_json(_line())
    end_with_it()
    result = try_source(Settings(), source, lambda one: _say(f"progress {one.requests} {one.pages}"))
    _say(f"result {_RESULT.dump_json(result).decode()}")
    return 0


def _line() -> bytes:
    """The first line of standard input; nothing that follows is taken from who waits for its end."""
    read = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        read += byte
    return bytes(read)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
