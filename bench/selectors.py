"""What a source's own selectors save: pages of the demo city, read with them and without.

    python -m bench.selectors

Printed per source that has a selector of the body: pages per second of processor time with and without
selectors and of the parse alone, all in this run; then the same over all of them, and how often both
readings tell the same text, title, day and author.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import lxml.html

from intel.config import CHINA, PROJECT
from intel.model import Article, Page, Selectors
from pipelines.charset import decode
from pipelines.extract import extract
from spiders.catalogue import load_sources
from spiders.city.content import load
from spiders.city.press import printed

NOW = datetime(2026, 11, 24, 12, tzinfo=CHINA)
TABLE = PROJECT / "spiders" / "city" / "sources.toml"
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A page with the selectors of its source."""

    page: Page
    selectors: Selectors


def cases() -> dict[str, list[Case]]:
    """The city's articles without a fault, by source, of those with a selector of the body."""
    city = load()
    answers = printed(city, 8760)
    found = defaultdict(list)
    for source in load_sources(TABLE):
        selectors = Selectors.of(source.options)
        if selectors is None or not selectors.body:
            continue
        host = f"{source.name}.localhost"
        for manuscript in city.manuscripts[source.name]:
            path = city.sites[source.name].path(manuscript)
            if not manuscript.fault:
                answer = answers[host][path]
                page = Page(f"http://{host}{path}", source.name, NOW, answer.body, answer.content_type)
                found[source.name].append(Case(page, selectors))
    return found


def selected(case: Case) -> Article:
    """Read as its source says."""
    return extract(case.page, NOW, case.selectors)


def general(case: Case) -> Article:
    """Read as a page of no known source."""
    return extract(case.page, NOW)


def parsed(case: Case) -> None:
    """Only decoded and parsed."""
    lxml.html.document_fromstring(decode(case.page.body, case.page.content_type).text)


def rate(step: Callable[[Case], object], some: Sequence[Case]) -> float:
    """Pages per second of processor time, in the best of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for case in some:
            step(case)
        seconds.append(time.process_time() - began)
    return len(some) / min(seconds)


def _row(name: str, some: Sequence[Case]) -> None:
    with_them, without, bare = (rate(step, some) for step in (selected, general, parsed))
    print(f"{name:<22}{len(some):>5}{with_them:>10.0f}{without:>10.0f}{bare:>10.0f}{bare / with_them:>10.1f}")


def _told(article: Article, field: str) -> object:
    if field == "day":
        return article.published and article.published.at.astimezone(CHINA).date()
    told: object = getattr(article, field)
    return told


def main() -> None:
    """Print the table and what both readings agree in."""
    by_source = cases()
    every = [case for some in by_source.values() for case in some]
    rate(selected, every[:20])
    print(f"{'':<22}{'pages':>5}{'selected':>10}{'general':>10}{'parse':>10}{'parse/sel':>10}")
    for name, some in by_source.items():
        _row(name, some)
    _row("all", every)
    pairs = [(selected(case), general(case)) for case in every]
    missed = sum(map(len, (one.missed for one, _ in pairs)))
    for field in ("text", "title", "day", "author", "publisher"):
        same = sum(_told(one, field) == _told(other, field) for one, other in pairs)
        print(f"the same {field} in {same} of {len(pairs)}")
    print(f"selectors that found nothing: {missed}")


if __name__ == "__main__":
    main()
