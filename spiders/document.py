"""Lists of documents in, requests for the unknown PDF, Word and Excel files among them out."""

from __future__ import annotations

from urllib.parse import urlsplit

from spiders.listed import Entry
from spiders.listing import ListingSpider
from spiders.rows import DOCUMENTS, DocumentRow


class DocumentSpider(DocumentRow, ListingSpider):
    """A list whose entries are documents: announcements, annual reports, tables of figures.

    Options are those of a listing, and `types`: the endings of addresses that count as documents
    (default pdf, docx, xlsx, doc, xls); "any" takes every entry, for sites that serve documents at
    addresses without an ending. The store keeps the bytes; `pipelines.documents` tells what they are.
    """

    def wants(self, entry: Entry) -> bool:
        """Whether an entry is a document."""
        types = self.source.options.get("types", DOCUMENTS)
        assert isinstance(types, list | tuple)
        parts = urlsplit(entry.url)
        # download.jsp?file=2026/annual.pdf names it in the query.
        endings = (parts.path.rpartition(".")[2].lower(), parts.query.rpartition(".")[2].lower())
        return "any" in types or any(ending in types for ending in endings)
