"""Sources in, what each answers now out: robots.txt, how much it lists, dates, and whether its pages read.

It knocks as a crawl does, through the same gate, robots.txt and guard, for a page of the list and the
newest of its entries. Nothing is stored.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from intel.model import (
    TOO_OLD,
    NotAnArticle,
    Page,
    RunState,
    Selectors,
    Source,
    SourceCheck,
    SourceRun,
    Validators,
    lost_pages,
)
from pipelines.documents import holds_document, read_document
from pipelines.extract import extract
from spiders.crawl import CrawlOptions, crawl
from spiders.kinds import KINDS
from spiders.queries import Query
from spiders.tally import Progress
from spiders.terms import terms_links

# Entries that are fetched of each list, and pages of a source at most.
SAMPLES = 2
_MOST_PAGES = 6
# What a search is asked: it finds something wherever couriers are written of.
QUERY = Query("快递")
# Characters of a text that show whether it was read right.
_START = 160
# Clocks and time zones differ; a report from the day after tomorrow is misread.
_AHEAD = timedelta(days=2)
# What the address guard says (spiders/guard.py); then nobody was asked.
_CLOSED = re.compile(r"\ban? .{1,40} address; only public ones are collected$|an address in disguise$")
# A list whose newest entry is older is an archive, or no longer kept.
_STALE = timedelta(days=400)
# The fields that every article shows; many name no author.
_SHOWN = ("title", "body", "published")
_LEAST = {"pages": 1, "max_queries": 1}


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry that was fetched. `at` is as listed, else as the page says; `problem`: why it reads ill.

    `reason` is the slug of that. `missed` are the fields for which the row has a selector that found
    nothing, `text` is how the article begins.
    """

    url: str
    title: str | None
    at: datetime | None
    problem: str = ""
    missed: tuple[str, ...] = ()
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a source answered. Without `problems` all is well, and the row may be called verified.

    `robots`: allowed, partly (it forbids some entries), forbidden, unreachable, or unknown where nothing was
    asked for. `rejected` counts entries by the reason for which they were not had; `terms` are links of the
    pages to the owner's terms.
    """

    source: str
    url: str
    ok: bool
    robots: str
    state: RunState
    reason: str
    listed: int
    expected_minimum: int
    newest: datetime | None
    samples: tuple[Sample, ...]
    problems: tuple[str, ...]
    rejected: Mapping[str, int] = field(default_factory=dict)
    terms: tuple[str, ...] = ()

    def kept(self, at: datetime) -> SourceCheck:
        """What of it is kept, for the health of the source."""
        return SourceCheck(self.source, at, self.robots, self.listed, self.problems)


def check(
    sources: Sequence[Source],
    options: CrawlOptions,
    now: datetime,
    samples: int = SAMPLES,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[CheckResult, ...]:
    """Try the sources, in their order; `now` (aware) is what their dates are held against.

    So many `samples` are fetched of each list. As `spiders.crawl.crawl`, once a process.
    """
    stranger = _Stranger(now, samples)
    queries = {source.name: (QUERY,) for source in sources}
    briefly = replace(options, max_pages=_MOST_PAGES, queries=queries)
    runs = crawl([_shortened(source) for source in sources], stranger, briefly, progress)
    return tuple(
        judge(source, run, stranger.pages[source.name], now)
        for source, run in zip(sources, runs, strict=True)
    )


def judge(source: Source, run: SourceRun, pages: Sequence[Page], now: datetime) -> CheckResult:
    """What to say of a source whose run and sampled pages these are."""
    samples = tuple(_sample(page, now, Selectors.of(source.options)) for page in pages)
    listed = run.new + run.known + sum(run.rejected.values())
    problems = (*_of_run(source, run, listed), *_of_samples(samples, now))
    return CheckResult(
        source=source.name,
        url=source.url,
        ok=not problems,
        robots=_robots(run),
        state=run.state,
        reason=run.reason,
        listed=listed,
        expected_minimum=source.expected_minimum,
        newest=max((sample.at for sample in samples if sample.at), default=None),
        samples=samples,
        problems=problems,
        rejected=run.rejected,
        terms=terms_links(pages),
    )


class _Stranger:
    """A PageStore that claims to know all but a list's newest entries, so that only these are fetched."""

    def __init__(self, now: datetime, samples: int) -> None:
        self.pages: defaultdict[str, list[Page]] = defaultdict(list)
        self._now = now
        self._samples = samples

    def knows(self, url: str) -> bool:
        return False

    def known(self, urls: Collection[str]) -> Mapping[str, datetime]:
        return dict.fromkeys(list(urls)[self._samples :], self._now)

    def last_page(self, url: str) -> Page | None:
        return None

    def as_kept(self, page: Page) -> Page:
        return page

    def add_page(self, page: Page) -> bool:
        self.pages[page.source].append(page)
        return True

    def validators(self, source: str) -> Validators:
        return Validators()

    def set_validators(self, source: str, validators: Validators) -> None:
        """Not remembered."""

    def completed(self, source: str) -> bool:
        return True

    def set_completed(self, source: str, completed: bool) -> None:
        """Not remembered."""

    def add_run(self, run: SourceRun) -> None:
        """Not remembered: `crawl` gives it back."""


def _shortened(source: Source) -> Source:
    """The same source, asked for as little as its kind lets itself be asked for."""
    takes = KINDS[source.kind].options
    least = {name: number for name, number in _LEAST.items() if takes.get(name) is int}
    return replace(source, options={**source.options, **least})


def _sample(page: Page, now: datetime, selectors: Selectors | None) -> Sample:
    try:
        document = holds_document(page.body)
        article = read_document(page, now) if document else extract(page, now, selectors)
    except NotAnArticle as refusal:
        return Sample(page.url, page.listed_title, page.listed_at, str(refusal), reason=refusal.reason)
    published = article.published.at if article.published else None
    return Sample(
        url=page.url,
        title=article.title or page.listed_title,
        at=page.listed_at or published,
        missed=article.missed,
        text=" ".join(article.text.split())[:_START],
    )


def _robots(run: SourceRun) -> str:
    if "robots.txt forbids" in run.reason or "robots" in run.rejected:
        return "partly" if run.pages else "forbidden"
    if "robots.txt unreachable" in run.reason or "robots_unreachable" in run.rejected:
        return "unreachable"
    return "allowed" if run.requests and not _CLOSED.search(run.reason) else "unknown"


def _of_run(source: Source, run: SourceRun, listed: int) -> Iterator[str]:
    if run.state is RunState.FAILED:
        yield run.reason
    elif listed < source.expected_minimum:
        yield f"lists {listed} pages, expected at least {source.expected_minimum}"
    for slug, count in lost_pages(run.rejected).items():
        yield f"{count} of {listed} pages were not had: {slug}"
    if TOO_OLD in run.rejected and not run.pages:
        yield f"lists nothing of the last {source.options.get('days')} days"


def _of_samples(samples: Sequence[Sample], now: datetime) -> Iterator[str]:
    for sample in samples:
        if sample.problem:
            yield f"{sample.url} cannot be read: {sample.problem}"
        if sample.at and sample.at > now + _AHEAD:
            yield f"{sample.url} is dated {sample.at:%Y-%m-%d}, which is to come"
    for name in _SHOWN if samples else ():
        if all(name in sample.missed for sample in samples):
            yield f"article.{name} finds nothing on any page: has the layout changed?"
    dates = [sample.at for sample in samples if sample.at]
    if samples and not dates:
        yield "no entry has a date"
    elif dates and max(dates) < now - _STALE:
        yield f"the newest entry is of {max(dates):%Y-%m-%d}"
