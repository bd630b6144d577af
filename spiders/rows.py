"""What the row of a source may say, by its kind: options in, BadOption for those that make no sense.

A spider is built on the row of its kind. Rows stand apart since every command reads the table of sources, and
what fetches takes long to load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from parsel import Selector

from intel.taxonomy import taxonomy
from spiders.options import COMMON_OPTIONS, LISTED_OPTIONS, BadOption
from spiders.queries import ALIAS, WORD
from spiders.urls import BadUrl, canonical_url

DOCUMENTS = ("pdf", "docx", "xlsx", "doc", "xls")  # endings of addresses that count as documents
QUERY = "{query}"
# A calendar has a next page for ever; no list of news is read further back than this.
_MOST_PAGES = 100
_OF_LISTS_ONLY = ("page_url", "first_page")
_PLACE = re.compile(r"\{[^{}]*\}")


class SourceRow:
    """What any kind has: its name, its options, those it needs, and what stands in its url to be filled."""

    kind: ClassVar[str]
    options: ClassVar[Mapping[str, type]] = {}
    required: ClassVar[frozenset[str]] = frozenset()
    common: ClassVar[Mapping[str, type]] = {**COMMON_OPTIONS, **LISTED_OPTIONS}
    place: ClassVar[str] = ""

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Raise BadOption for options of the right type that make no sense."""


class FeedRow(SourceRow):
    """One address that lists the newest articles."""

    kind = "feed"


class SitemapRow(SourceRow):
    """A site's own list of its pages."""

    kind = "sitemap"
    options: ClassVar[Mapping[str, type]] = {"include": list, "exclude": list, "include_sitemaps": list}

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Patterns must compile."""
        for name in cls.options:
            patterns = options.get(name, [])
            for pattern in patterns if isinstance(patterns, list) else ():
                try:
                    re.compile(pattern)
                except (re.error, TypeError) as error:
                    raise BadOption(name, f"{pattern!r} is no pattern: {error}") from error


class ListingRow(SourceRow):
    """A list that runs over pages."""

    kind = "listing"
    options: ClassVar[Mapping[str, type]] = {
        "format": str,
        "item": str,
        "link": str,
        "link_url": str,
        "title": str,
        "date": str,
        "next": str,
        "page_url": str,
        "first_page": int,
        "pages": int,
    }
    required = frozenset({"item"})
    selectors: ClassVar[tuple[str, ...]] = ("item", "link", "title", "date", "next")

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Selectors must compile and page addresses have their place for the number."""
        is_json = options.get("format") == "json"
        empty = Selector("{}" if is_json else "<p>", type="json" if is_json else "html")
        if options.get("format", "html") not in ("html", "json"):
            raise BadOption("format", "is neither html nor json")
        for name in cls.selectors:
            query = options.get(name)
            try:
                (empty.jmespath if is_json else empty.css)(str(query or "a"))
            except (ValueError, SyntaxError) as error:
                raise BadOption(name, f"{query!r} is no selector: {error}") from error
        for name, place in (("page_url", "{page}"), ("link_url", "{link}")):
            if place not in str(options.get(name, place)):
                raise BadOption(name, f"has no {place} in it")
        if not 1 <= int(str(options.get("pages", 1))) <= _MOST_PAGES:
            raise BadOption("pages", f"is not from 1 to {_MOST_PAGES}")


class SearchRow(ListingRow):
    """A site's own search."""

    kind = "search"
    required = frozenset({"item", "queries"})
    place = QUERY
    options: ClassVar[Mapping[str, type]] = {
        **{name: kind for name, kind in ListingRow.options.items() if name not in _OF_LISTS_ONLY},
        "queries": list,
        "charset": str,
        "max_queries": int,
        "snippet": str,
        "named": bool,
        "nothing": str,
    }
    selectors: ClassVar[tuple[str, ...]] = (*ListingRow.selectors, "snippet", "nothing")

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Beside what a list needs, the charset must exist, and queries be texts with known places."""
        super().check(options)
        try:
            "".encode(str(options.get("charset", "utf-8")))
        except LookupError as error:
            raise BadOption("charset", str(error)) from error
        if int(str(options.get("max_queries", 1))) < 1:
            raise BadOption("max_queries", "is below one; nothing would be asked")
        queries = options["queries"]
        if not isinstance(queries, list) or not queries:
            raise BadOption("queries", "is empty; nothing would be asked")
        for query in queries:
            if not isinstance(query, str) or set(_PLACE.findall(query)) - {ALIAS, WORD}:
                raise BadOption("queries", f"{query!r} is no text with places for {ALIAS} and {WORD}")
            if not query.strip() or (WORD in query and ALIAS not in query):
                raise BadOption("queries", f"{query!r} asks for nobody: {WORD} needs {ALIAS} beside it")


class WatchRow(SourceRow):
    """Pages that are worth knowing when they change."""

    kind = "watch"
    # Its pages carry no date and are no articles.
    common: ClassVar[Mapping[str, type]] = COMMON_OPTIONS
    options: ClassVar[Mapping[str, type]] = {"pages": list, "account": str, "topic": str}

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Pages must be addresses, and account and topic come together."""
        topic = options.get("topic")
        if topic is not None and topic not in taxonomy().topics:
            raise BadOption("topic", f"{topic!r} is none of {', '.join(taxonomy().topics)}")
        if ("account" in options) != ("topic" in options):
            raise BadOption("topic", "needs account beside it, and account needs topic")
        pages = options.get("pages", [])
        for page in pages if isinstance(pages, list) else ():
            try:
                canonical_url(str(page))
            except BadUrl as error:
                raise BadOption("pages", str(error)) from error


class DocumentRow(ListingRow):
    """A list whose entries are documents."""

    kind = "document"
    options: ClassVar[Mapping[str, type]] = {**ListingRow.options, "types": list}

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """As for a listing; `types` are endings without a dot."""
        super().check(options)
        types = options.get("types", list(DOCUMENTS))
        if not isinstance(types, list) or not all(isinstance(one, str) and one.isalnum() for one in types):
            raise BadOption("types", f"{types!r} is no list of endings such as pdf")


class FilingRow(SourceRow):
    """Announcements of listed companies."""

    kind = "filing"
    options: ClassVar[Mapping[str, type]] = {
        "files": str,
        "form": dict,
        "page_field": str,
        "pages": int,
        "codes": list,
        "words": list,
        "without": list,
    }

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """Lists hold texts: a code written as a number would lose its zeros (002352)."""
        for name in ("codes", "words", "without"):
            values = options.get(name, [])
            if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
                raise BadOption(name, f"{values!r} is no list of texts")
        if urlsplit(str(options.get("files", "https://a/"))).scheme not in ("http", "https"):
            raise BadOption("files", "is no http or https address")


class TenderRow(ListingRow):
    """A list of procurement notices."""

    kind = "tender"
    options: ClassVar[Mapping[str, type]] = {**ListingRow.options, "words": list}

    @classmethod
    def check(cls, options: Mapping[str, object]) -> None:
        """As for a listing; `words` are texts."""
        super().check(options)
        words = options.get("words", [])
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            raise BadOption("words", f"{words!r} is no list of words")


class StatisticsRow(ListingRow):
    """A list of statistical releases."""

    kind = "statistics"
