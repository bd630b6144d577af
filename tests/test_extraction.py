"""Pages in the markup of widely used templates: saved page → expected title, author, credit, day and body.

All are written by us. A page that is no article is expected with the reason why it is rejected.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intel.config import CHINA, PROJECT
from intel.model import NotAnArticle, Page
from pipelines.extract import extract

SAVED = PROJECT / "tests" / "extraction"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=CHINA)


@dataclass(frozen=True)
class Saved:
    """One saved page: its bytes and what should be read out of it."""

    name: str
    page: Page
    expected: dict[str, Any]


def saved(folder: Path) -> Saved:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    served = expected.get("content_type", "text/html")
    fetched = datetime.fromisoformat(expected.get("fetched", NOW.isoformat()))
    page = Page("https://news.example.org/a/1", "saved", fetched, (folder / "page.html").read_bytes(), served)
    return Saved(folder.name, page, expected)


PAGES = [saved(folder) for folder in sorted(SAVED.iterdir())]
ARTICLES = [page for page in PAGES if "body" in page.expected]
REJECTED = [page for page in PAGES if "rejected" in page.expected]


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.name)
def test_a_page_of_a_common_template_reads_as_a_reader_would(page: Saved) -> None:
    article = extract(page.page, page.page.fetched_at)
    published = article.published.at.astimezone(CHINA).date().isoformat() if article.published else None
    assert article.text.split("\n") == page.expected["body"]
    assert article.title == page.expected["title"]
    assert (article.author, article.publisher) == (page.expected["author"], page.expected["publisher"])
    assert published == page.expected["published"]


@pytest.mark.parametrize("page", REJECTED, ids=lambda page: page.name)
def test_a_page_without_an_article_says_what_it_is(page: Saved) -> None:
    with pytest.raises(NotAnArticle) as raised:
        extract(page.page, page.page.fetched_at)
    assert raised.value.reason == page.expected["rejected"]
