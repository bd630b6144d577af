"""What a person sees in a terminal: tables of views, progress of long work, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import to_json
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from intel.columns import drawn
from intel.config import CHINA, Settings
from intel.hints import hinting as hinting
from intel.model import NO_SUCH_HOST, Article
from intel.views import FindingView

if TYPE_CHECKING:  # loading Scrapy takes a second
    from spiders.tally import Progress as SourceProgress

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
_MOMENT = 2000  # articles are indexed in about a second


def print_json(value: object) -> None:
    """One JSON document on standard output, as UTF-8 text."""
    out.file.write(as_json(value))


def as_json(value: object) -> str:
    """A JSON document as text, with a line break at its end."""
    return to_json(value, indent=2).decode() + "\n"


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], none: str = "") -> None:
    """A table of plain values; moments are shown in China's time, None as nothing.

    Instead of a table without rows stands the sentence `none`: that there is nothing, and what makes one.
    """
    if none and not rows:
        out.print(hinting(none))
        return
    cells = [[shown(value) for value in row] for row in rows]
    counts = [place for place in range(len(columns)) if all(isinstance(row[place], int) for row in rows)]
    console = Console(highlight=False)
    console.print(drawn(columns, cells, counts if rows else (), console.width))


def shown(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return str(value)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """A bar on standard error; call what it gives with how many are done and a note.

    Where standard error is no terminal, one line is written for each tenth instead.
    """
    if not err.is_terminal:
        yield _lines(label, total)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), console=err) as bar:
        task = bar.add_task(label, total=total, note="")
        yield lambda done, note: bar.update(task, completed=done, note=note)


@contextmanager
def collecting(total: int, label: str = "collecting") -> Iterator[Callable[[SourceProgress], None]]:
    """A crawl of so many sources on standard error: each one under way with its counts, then how it ended.

    Where standard error is no terminal, one line is written for each tenth instead.
    """
    seen: dict[str, SourceProgress] = {}

    def whole(progress: SourceProgress) -> tuple[int, str]:
        seen[progress.source] = progress
        ended = sum(one.run is not None for one in seen.values())
        return ended, f"{sum(one.pages for one in seen.values())} pages"

    if not err.is_terminal:
        say = _lines(label, total)
        yield lambda progress: say(*whole(progress))
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(12), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), console=err) as bars:
        everything = bars.add_task(label, total=total, note="")
        under_way: dict[str, TaskID] = {}

        def tell(progress: SourceProgress) -> None:
            ended, pages = whole(progress)
            bars.update(everything, completed=ended, note=pages)
            if progress.source not in under_way:
                under_way[progress.source] = bars.add_task(progress.source, total=None, note="")
            task = under_way[progress.source]
            note = f"{progress.requests} requests, {progress.new} new, {progress.known} known"
            bars.update(task, completed=progress.pages, note=note)
            if progress.run is not None:
                bars.remove_task(task)
                why = f" ({progress.run.reason})" if progress.run.reason else ""
                bars.console.print(f"{progress.source}: {progress.run.state}{why}, {note}", markup=False)

        yield tell


def say_without_network(reasons: Iterable[str]) -> None:
    """Say that this machine may have no network, if that is why every source failed."""
    every = [*reasons]
    if every and all(NO_SUCH_HOST in reason for reason in every):
        err.print("no host name was found at all: has this machine a network, and a name server?")


@contextmanager
def counting(label: str) -> Iterator[Callable[[str, int], None]]:
    """Work whose end is not known, on a terminal: call what it gives with a name and how many are done."""
    if not err.is_terminal:
        yield lambda name, done: None
        return
    with err.status(label) as status:
        yield lambda name, done: status.update(f"{label} {name}: {done}")


def _lines(label: str, total: int) -> Callable[[int, str], None]:
    said = 0

    def tell(done: int, note: str) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if tenth > said:
            said = tenth
            err.print(f"{label}: {done} of {total} {note}".rstrip())

    return tell


def tenths(label: str) -> Callable[[int, int], None]:
    """Tell on standard error, with each tenth, how many are done of what takes more than a moment."""
    said = 0

    def tell(done: int, total: int) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if tenth > said and total > _MOMENT:
            said = tenth
            err.print(f"{label}: {done} of {total}")

    return tell


def counts(numbers: Mapping[str, int]) -> str:
    """Counts by name, the largest first."""
    return ", ".join(
        f"{name} {number}" for name, number in sorted(numbers.items(), key=lambda n: (-n[1], n[0]))
    )


def findings(views: Sequence[FindingView]) -> None:
    """Findings as a person reads them: day, topic, quote, source and link."""
    for view in views:
        event = f" · {view.event}" if view.event else ""
        numbers = f"[dim]#{view.id} article {view.article} story {view.story}[/]"
        out.print(f"[bold]{view.dated_at.astimezone(CHINA):%Y-%m-%d}[/] {view.topic}{event} {numbers}")
        out.print(f"  “{escape(view.quote)}”")
        if told := [*view.couriers, *filter(None, (view.problem, view.stance, view.period, view.speaker))]:
            out.print(f"  {escape(' · '.join(told))}")
        out.print(
            f"  {escape(view.source_label)} ({view.reliability}{view.credibility}: {escape(view.why)}) "
            f"{escape(view.title)}"
            f"{f', {escape(view.place)}' if view.place else ''} {view.url}\n",
            style="dim",
        )
    err.print(f"{len(views)} findings")


def article(read: Article, as_json: bool) -> None:
    """An extracted article with the evidence for its date."""
    published = read.published
    fields = {
        "url": read.url,
        "title": read.title,
        "author": read.author,
        "publisher": read.publisher,
        "published": published.at.isoformat() if published else None,
        "precision": published.precision.value if published else None,
        "date_evidence": published.evidence if published else None,
        "date_origin": published.origin if published else None,
        "lang": read.lang,
        "encoding": read.encoding,
        "missed": list(read.missed),
        "body": read.text,
    }
    if as_json:
        print_json(fields)
        return
    for name, value in fields.items():
        out.print(f"[bold]{name}[/]: {escape(str(value))}" if value is not None else f"[bold]{name}[/]: 未知")


def next_steps(settings: Settings, briefing: Path) -> None:
    """Where the demo left its work, and what to type next."""
    out.print(f"\n[bold]database[/]  {settings.shown_url.removeprefix('sqlite:///')}")
    out.print(f"[bold]briefing[/]  {briefing}")
    intel = escape(_typed(sys.argv[0]))
    out.print("\n[bold]next[/]")
    examples = (
        "findings 淘宝 --topic carrier_problems",
        "brief 拼多多",
        "coverage 唯品会",
        "battlecard 极兔 --client 淘宝",
        "run              (goes on with what is not known yet)",
        "--help",
    )
    for example in examples:
        out.print(f"  {intel} --demo {example}")
    out.print(f"  {intel} --demo serve   (the web pages; it prints a link that logs you in once)")
    out.print(f"  {intel} city   (serves the demo's pages, so that the links open)")


def _typed(program: str) -> str:
    """How a person would type the program from the folder they are in."""
    path = Path(program).absolute()
    if path.name == "__main__.py":
        return "python -m intel"
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
