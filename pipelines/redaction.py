"""What must not be kept, taken out of pages, articles and texts: private details, and who is forgotten.

In: a Page as fetched, or an Article as read. Out: the same without, and how many of which kind went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from intel.model import Article, Page
from pipelines import personal_data
from pipelines.documents import Document
from pipelines.forgotten import Forgotten, find_names
from pipelines.personal_data import Edit, Redacted
from pipelines.personal_page import redacted_body


@dataclass(frozen=True, slots=True)
class Redaction:
    """What this installation leaves out: private details always, and the persons it was told to forget."""

    forgotten: Forgotten = field(default_factory=Forgotten)

    def find(self, text: str) -> Iterator[Edit]:
        """What is left out of a text; spans may overlap."""
        yield from personal_data.find(text)
        yield from self.forgotten.find(text)

    def text(self, text: str) -> Redacted:
        """A text without it."""
        return personal_data.replaced(text, self.find(text))

    def page(self, page: Page) -> tuple[Page, Counter[str]]:
        """A page without it in body and listed title. A document's bytes stay until read."""
        body, done = redacted_body(page.body, page.content_type, self.find)
        listed = self.text(page.listed_title or "")
        if not done.edits and not listed.edits:
            return page, Counter()
        title = listed.text if listed.edits else page.listed_title
        return replace(page, body=body, listed_title=title), done.counts + listed.counts

    def article(self, article: Article) -> tuple[Article, Counter[str]]:
        """An article without it in title, text and credits; a document's places move along."""
        content = article.content
        parts = (article.title, article.text, article.author or "", article.publisher or "")
        # A person whom one part names in full may be 陆总 in another.
        names = self.forgotten.named("\n".join(parts))
        title, text, author, publisher = (
            personal_data.replaced(part, (*personal_data.find(part), *find_names(part, names)))
            for part in parts
        )
        counts = title.counts + text.counts + author.counts + publisher.counts
        if not counts:
            return article, counts
        changed = replace(
            article,
            title=title.text,
            text=text.text,
            author=author.text or None,
            publisher=publisher.text or None,
        )
        if isinstance(changed, Document):
            whole = Redacted(content, (*title.edits, *_later(text.edits, len(article.title) + 1)))
            pages = tuple((whole.moved(a), whole.moved(b), label) for a, b, label in changed.pages)
            changed = replace(changed, pages=tuple((a, b, self.text(label).text) for a, b, label in pages))
        return changed, counts


def _later(edits: tuple[Edit, ...], by: int) -> Iterator[Edit]:
    for edit in edits:
        yield edit._replace(start=edit.start + by, end=edit.end + by)
