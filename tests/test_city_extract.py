"""What is read out of the demo city's pages is what was written for them, and its lists are no articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from intel.config import CHINA, PROJECT
from intel.model import Article, NotAnArticle, Page, Selectors, Source
from pipelines.extract import extract
from spiders.catalogue import load_sources
from spiders.city.answer import Answer
from spiders.city.content import City, Manuscript, Paragraph, Table, load
from spiders.city.press import printed

NOW = datetime(2026, 11, 24, 12, tzinfo=CHINA)
CITY: City = load()
ANSWERS = printed(CITY, 8760)
SELECTED = [
    source
    for source in load_sources(PROJECT / "spiders" / "city" / "sources.toml")
    if Selectors.of(source.options)
]
SITES = sorted(name for name, written in CITY.manuscripts.items() if any(not one.fault for one in written))


def read(host: str, path: str, answer: Answer) -> Article:
    return extract(Page(f"http://{host}{path}", "city", NOW, answer.body, answer.content_type), NOW)


def good(site: str) -> Iterator[tuple[Manuscript, Article]]:
    host = f"{site}.localhost"
    for manuscript in CITY.manuscripts[site]:
        if not manuscript.fault:
            path = CITY.sites[site].path(manuscript)
            yield manuscript, read(host, path, ANSWERS[host][path])


def written(manuscript: Manuscript) -> str:
    parts = []
    for block in manuscript.blocks:
        if isinstance(block, Table):
            parts += ["|".join(row) for row in (block.header, *block.rows)]
        elif isinstance(block, Paragraph) and not block.hidden:
            parts.append(block.text)
    return "".join(parts)


def pairs(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(character for character in text if not character.isspace() and character != "|"))


def f1(one: str, other: str) -> float:
    left, right = pairs(one), pairs(other)
    return 2 * (left & right).total() / (left.total() + right.total())


@pytest.mark.parametrize("site", SITES)
def test_a_body_is_the_text_that_was_written_and_nothing_around_it(site: str) -> None:
    scores = [f1(article.text, written(manuscript)) for manuscript, article in good(site)]
    assert sum(scores) / len(scores) > 0.97 and min(scores) > 0.9


@pytest.mark.parametrize("site", SITES)
def test_title_and_day_are_those_of_the_manuscript(site: str) -> None:
    for manuscript, article in good(site):
        assert article.title.split() == manuscript.title.split(), article.url
        assert article.published is not None, article.url
        assert article.published.at.astimezone(CHINA).date() == manuscript.published.date(), article.url


@pytest.mark.parametrize("source", SELECTED, ids=lambda source: source.name)
def test_the_selectors_of_a_source_find_what_was_written(source: Source) -> None:
    host = f"{source.name}.localhost"
    for manuscript in CITY.manuscripts[source.name]:
        if manuscript.fault:
            continue
        path = CITY.sites[source.name].path(manuscript)
        answer = ANSWERS[host][path]
        page = Page(f"http://{host}{path}", source.name, NOW, answer.body, answer.content_type)
        article = extract(page, NOW, Selectors.of(source.options))
        assert {"title", "body"}.isdisjoint(article.missed), article.url
        assert article.title.split() == manuscript.title.split(), article.url
        assert f1(article.text, written(manuscript)) > 0.98, article.url
        assert article.published and article.published.at.date() == manuscript.published.date(), article.url


def lists() -> Iterator[tuple[str, str]]:
    for site in SITES:
        host = f"{site}.localhost"
        for path in ("/", CITY.sites[site].entry_path):
            answer = ANSWERS[host].get(path)
            if answer is not None and "html" in answer.content_type:
                yield host, path


@pytest.mark.parametrize(("host", "path"), sorted(set(lists())))
def test_a_front_page_or_a_list_is_no_article(host: str, path: str) -> None:
    with pytest.raises(NotAnArticle):
        read(host, path, ANSWERS[host][path])
