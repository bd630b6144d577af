"""A source tried before it is added: a few of its pages are fetched as a crawl would, and nothing is kept.

A process can crawl once, so a server has each try done by a process of its own, `python -m intel.trying`: it
reads a source as a line of JSON, tells how far it is, and at last what it found. It may take so long and no
longer; when its standard input closes, it stops. How a try stands is a file, so that every server process of
an installation knows it.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread, Timer
from typing import Self

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
LOOK = 0.5  # seconds between two looks whether a try is to end
KEEP = timedelta(days=1)  # that a try is remembered: it shows what others wrote
_KEPT = 20  # tries that are remembered
_ID = re.compile(r"[\w-]{12}", re.A)

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


_TRIAL = TypeAdapter(Trial)


def try_source(settings: Settings, source: Source, tell: Callable[[Progress], None]) -> CheckResult:
    """Try a source in this process, which can do so once."""
    [result] = check([source], CrawlOptions.of(settings), datetime.now(UTC), SAMPLES, tell)
    return result


class Trials:
    """The tries of an installation, a file each in `folder`; the oldest are forgotten."""

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of an installation."""
        return cls(settings.folder / "trials")

    def start(self, settings: Settings, source: Source, by: str) -> Trial:
        """Begin to try a source. Raises TooMany."""
        trial = Trial(secrets.token_urlsafe(9), source, by, datetime.now(UTC))
        with self._alone():
            if sum(one.running for one in self.listed()) >= AT_ONCE:
                raise TooMany(f"{AT_ONCE} tries run already; wait for one to end")
            self.forget(trial.started_at)
            process = _started(settings, source)
            self._keep(trial)
        for work in (self._follow, self._watch):
            Thread(target=work, args=(trial.id, process), daemon=True).start()
        return trial

    def listed(self) -> list[Trial]:
        """Those that are remembered, the last first."""
        found = filter(None, (self.trial(path.stem) for path in self._folder.glob("*.json")))
        return sorted(found, key=lambda one: one.started_at, reverse=True)

    def trial(self, identifier: str) -> Trial | None:
        """One of them; its server may be gone, and with it what it had to tell."""
        if not _ID.fullmatch(identifier):
            return None
        try:
            trial = _TRIAL.validate_json(self._file(identifier).read_bytes())
        except FileNotFoundError:
            return None
        longest = timedelta(seconds=self._seconds + 2 * GRACE)
        gone = trial.running and datetime.now(UTC) - trial.started_at > longest
        return replace(trial, failure=self._why) if gone else trial

    def stop(self, identifier: str) -> None:
        """End a try, if it runs."""
        if (trial := self.trial(identifier)) is not None and trial.running:
            self._file(identifier, "stop").touch()

    def forget(self, now: datetime) -> None:
        """Remember no more than the last tries, and none for longer than a day."""
        for number, trial in enumerate(self.listed(), 1):
            if number >= _KEPT or now - trial.started_at > KEEP:
                self._file(trial.id).unlink(missing_ok=True)

    @property
    def _why(self) -> str:
        return f"the try ended before it had a result (at most {self._seconds:.0f} seconds)"

    def _follow(self, identifier: str, process: subprocess.Popen[str]) -> None:
        """Keep what a process tells until it ends."""
        assert process.stdout is not None
        with process:
            for line in process.stdout:
                self._hear(identifier, line)
        self._file(identifier, "stop").unlink(missing_ok=True)
        trial = self.trial(identifier)
        if trial is not None and trial.running:
            self._keep(replace(trial, failure=self._why))

    def _watch(self, identifier: str, process: subprocess.Popen[str]) -> None:
        """End a process that takes too long or is no longer wanted."""
        until = time.monotonic() + self._seconds
        while process.poll() is None:
            if time.monotonic() > until or self._file(identifier, "stop").exists():
                _end(process)
                return
            time.sleep(min(LOOK, self._seconds))

    def _hear(self, identifier: str, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        trial = self.trial(identifier)
        if trial is None:
            return
        if word == "progress":
            requests, pages = map(int, rest.split())
            self._keep(replace(trial, requests=requests, pages=pages))
        elif word == "result":
            self._keep(replace(trial, result=_RESULT.validate_json(rest)))

    def _file(self, identifier: str, ending: str = "json") -> Path:
        return self._folder / f"{identifier}.{ending}"

    def _keep(self, trial: Trial) -> None:
        """Write how a try stands, whole or not at all."""
        partial = self._file(trial.id, "partial")
        partial.touch(mode=0o600)
        partial.write_bytes(_TRIAL.dump_json(trial))
        partial.replace(self._file(trial.id))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A block that one process at a time is in."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


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
