"""What a source's own selectors save: pages of the demo city, or labelled ones, read with them and without.

    python -m bench.selectors [FOLDER]

Printed per source that has a selector of the body: pages per second of processor time with and without
selectors and of the parse alone, all in this run; then the same over all of them, and how often both
readings tell the same text, title, day and author.

FOLDER holds labelled pages as `bench.extraction` takes them. They have no source, so their selectors are
guessed, one set a page, by `bench.guessed`: of the body by the gold, of the other fields by the general
reading.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import lxml.html

from bench.extraction import f1, pages
from bench.guessed import guess
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
    """A page with the selectors of its source, and its body where that is marked by hand."""

    page: Page
    selectors: Selectors
    body: str = ""

    @property
    def whole(self) -> bool:
        """Whether every field has a selector."""
        selectors = self.selectors
        return all((selectors.title, selectors.body, selectors.published, selectors.author))


def labelled(folder: Path) -> dict[str, list[Case]]:
    """The labelled pages of which an element is the body, by whether every field has a selector."""
    found = defaultdict(list)
    for gold in pages(folder):
        page = Page(f"http://labelled.localhost/{gold.key}", "bench", NOW, gold.html)
        read = extract(page, NOW)
        if selectors := guess(_tree(page), gold.body, read, page, NOW):
            case = Case(page, selectors, gold.body)
            found["all four fields" if case.whole else "some fields"].append(case)
    return found


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


def _tree(page: Page) -> lxml.html.HtmlElement:
    text = decode(page.body, page.content_type).text
    return lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))


def parsed(case: Case) -> None:
    """Only decoded and parsed."""
    _tree(case.page)


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


def _differences(every: Sequence[Case]) -> Iterator[str]:
    """What both readings agree in, and the pages on which they do not."""
    pairs = [(case.page, selected(case), general(case)) for case in every]
    for field in ("text", "title", "day", "author", "publisher"):
        differing = [page.url for page, one, other in pairs if _told(one, field) != _told(other, field)]
        yield f"the same {field} in {len(pairs) - len(differing)} of {len(pairs)}"
        if field != "text":
            yield from (f"  not in {url}" for url in differing)
    yield f"selectors that found nothing: {sum(len(one.missed) for _, one, _ in pairs)}"
    if all(case.body for case in every):
        for name, place in (("with selectors", 0), ("without", 1)):
            fits = [f1(pair[1:][place].text, case.body) for pair, case in zip(pairs, every, strict=True)]
            yield f"F1 to the marked body {name}: {sum(fits) / len(fits):.3f}"


def main() -> None:
    """Print the table and what both readings agree in."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="labelled pages in place of the demo city's")
    folder = parser.parse_args().folder
    by_source = labelled(folder) if folder else cases()
    every = [case for some in by_source.values() for case in some]
    rate(selected, every[:20])
    print(f"{'':<22}{'pages':>5}{'selected':>10}{'general':>10}{'parse':>10}{'parse/sel':>10}")
    for name, some in by_source.items():
        _row(name, some)
    _row("all", every)
    for line in _differences(every):
        print(line)


if __name__ == "__main__":
    main()
