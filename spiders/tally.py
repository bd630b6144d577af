"""The counts of one run of one source, kept while it runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from intel.model import RunState, SourceRun, lost_pages
from spiders.reasons import Trouble


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source has come. `run` is set once it has ended."""

    source: str
    requests: int
    pages: int
    new: int
    known: int
    run: SourceRun | None = None


@dataclass(slots=True)
class Tally:
    """What happened so far. `failure` is why the whole source failed, in words, once it has.

    `awaited` are listed pages not yet kept or given up; `passing` counts those that may be had next
    time. While either is above zero the run is not complete. `parts` counts, by reason, the parts of
    rendered pages that were not had.
    """

    source: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    requests: int = 0
    pages: int = 0
    listed: int = 0
    new: int = 0
    known: int = 0
    bytes: int = 0
    errors: int = 0
    awaited: int = 0
    passing: int = 0
    in_a_row: int = 0
    not_modified: bool = False
    capped: bool = False
    failure: str = ""
    remark: str = ""
    rejected: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    words: dict[str, str] = field(default_factory=dict)

    def reject(self, trouble: Trouble) -> None:
        """A listed page is given up."""
        self.rejected[trouble.slug] += 1
        self.words[trouble.slug] = trouble.words
        self.passing += trouble.passing
        self.in_a_row += trouble.passing

    def fail(self, reason: str) -> None:
        """The source as a whole failed; the first reason stays."""
        self.failure = self.failure or reason

    @property
    def complete(self) -> bool:
        """Whether all that the source lists now is kept, known or gone for good."""
        return not (self.failure or self.capped or self.awaited or self.passing)

    def progress(self, run: SourceRun | None = None) -> Progress:
        """The counts for a display."""
        return Progress(self.source, self.requests, self.pages, self.new, self.known, run)

    def begun(self) -> SourceRun:
        """The account of the run so far: what is left of one that is killed."""
        return self._account(RunState.BEGUN, "under way, or killed before its end; the next run goes on")

    def run(self, interrupted: bool) -> SourceRun:
        """The account of the run, as it ends now."""
        state, reason = self._outcome(interrupted)
        return self._account(state, "; ".join(filter(None, (reason, self._parts_in_words))))

    def _account(self, state: RunState, reason: str) -> SourceRun:
        return SourceRun(
            source=self.source,
            started_at=self.started_at,
            finished_at=datetime.now(UTC),
            state=state,
            requests=self.requests,
            pages=self.pages,
            new=self.new,
            known=self.known,
            bytes=self.bytes,
            errors=self.errors,
            rejected=dict(self.rejected),
            reason=reason,
        )

    @property
    def _parts_in_words(self) -> str:
        counted = ", ".join(f"{slug} {count}" for slug, count in self.parts.most_common())
        return f"parts of pages not had: {counted}" if counted else ""

    def _outcome(self, interrupted: bool) -> tuple[RunState, str]:
        if self.failure:
            return RunState.FAILED, self.failure
        if interrupted:
            return RunState.INTERRUPTED, "stopped before its end; the next run goes on"
        if self.not_modified:
            return RunState.NOT_MODIFIED, ""
        if not self.listed:
            return RunState.EMPTY, self.remark
        lost = Counter(lost_pages(self.rejected))
        if lost and not (self.pages or self.known):
            slug, count = lost.most_common(1)[0]
            return RunState.FAILED, f"no page could be had: {self.words[slug]} ({count} of {self.listed})"
        return RunState.OK, self.remark
