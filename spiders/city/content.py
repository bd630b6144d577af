"""The city's TOML files to typed values: sites, what was written for them, and pages broken on purpose.

In: `sites.toml`, `broken.toml` and `articles/SITE.toml` (whichever of these exist).
Out: a `City`, validated: unique slugs, known sites, reprints resolved, dates inside the city's year.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from intel.config import CHINA

FOLDER = Path(__file__).parent
FIRST_DAY, LAST_DAY = date(2025, 11, 1), date(2026, 11, 30)
_PARTS = frozenset({".toml", ".html", ".css", ".jinja", ".py"})
_T = TypeVar("_T")


class CityContentError(Exception):
    """A file of the city that cannot be served; the message names the file, the entry and the fault."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. `hidden` ones are in the page but not to be seen (a fault some pages have)."""

    text: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Site:
    """One row of sites.toml: a virtual host and its habits.

    `entry` is how a reader finds its articles, a key of `spiders.city.entries.ENTRIES`.
    `entry_path`, `next_path` and `article_path` are format strings of `page`, `slug` and `at`.
    `charset` is what the bytes are in; `declared` what the page's meta says; `header` the content type.
    `feed_date` is how its feed writes a date; `closed` are paths its robots.txt forbids.
    `search_path` is where its own search answers a query, such as /search?q=, "" for a site without one.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    label: str
    shape: str
    channel: str
    owner: str
    entry: str
    article_path: str
    slogan: str
    record: str
    editors: tuple[str, ...]
    sections: tuple[str, ...]
    entry_path: str = ""
    next_path: str = ""
    page_size: int = 15
    lang: str = "zh-CN"
    charset: str = "utf-8"
    declared: str = "utf-8"
    header: str = "text/html; charset=utf-8"
    feed_date: str = "%a, %d %b %Y %H:%M:%S %z"
    robots: str = "User-agent: *\nAllow: /\n"
    closed: tuple[str, ...] = ()
    search_path: str = ""

    def path(self, manuscript: Manuscript) -> str:
        """Where the site puts this article."""
        return self.article_path.format(slug=manuscript.slug, at=manuscript.published)

    def list_path(self, page: int) -> str:
        """The path of a page of the list, counted from 1."""
        return (self.next_path if page > 1 else self.entry_path).format(page=page)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """An article as its author handed it in. `timed` is false where only the day is known.

    `fault` names what is wrong with its page (a key of `spiders.city.faults.FAULTS`), "" for a good one.
    What is `archived` no list shows any more; only the site's own search finds it.
    """

    site: str
    slug: str
    title: str
    published: datetime
    timed: bool
    blocks: tuple[Block, ...]
    author: str = ""
    credit: str = ""
    section: str = ""
    fault: str = ""
    archived: bool = False

    @property
    def number(self) -> int:
        """A stable number, for document numbers, picks of an editor and the like."""
        return int(hashlib.sha256(self.slug.encode()).hexdigest()[:6], 16)

    @property
    def summary(self) -> str:
        """The opening of the first paragraph, as feeds show it."""
        text = next((block.text for block in self.blocks if isinstance(block, Paragraph)), "")
        return text if len(text) <= 90 else text[:90] + "…"


@dataclass(frozen=True, slots=True)
class City:
    """All sites with their manuscripts, newest first. `digest` changes with any file of the city."""

    sites: Mapping[str, Site]
    manuscripts: Mapping[str, tuple[Manuscript, ...]]
    digest: str


@dataclass(frozen=True, slots=True)
class _Row:
    """An [[article]] or a [[broken]] table as written; `origin` is the file, for messages."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    slug: str
    published: datetime | date
    title: str = ""
    body: str = ""
    copy_of: str = ""
    author: str = ""
    credit: str = ""
    section: str = ""
    kind: str = ""
    archived: bool = False
    site: str = ""
    origin: str = ""

    @property
    def key(self) -> str:
        """How other rows and messages call it."""
        return f"{self.site}/{self.slug}"


def load(articles: Path = FOLDER / "articles") -> City:
    """Read the city; `articles` is the folder of the writers' files, one a site.

    Raises CityContentError.
    """
    sites = {site.name: site for site in _tables(FOLDER / "sites.toml", "site", TypeAdapter(Site))}
    rows = [*_written(articles, sites), *_tables(FOLDER / "broken.toml", "broken", TypeAdapter(_Row))]
    _check(rows, sites)
    by_key = {row.key: row for row in rows}
    manuscripts = [_manuscript(row, by_key, sites) for row in rows]
    newest_first = sorted(manuscripts, key=lambda m: (m.published, m.slug), reverse=True)
    return City(
        sites=sites,
        manuscripts={name: tuple(m for m in newest_first if m.site == name) for name in sites},
        digest=_digest(articles),
    )


def blocks(body: str) -> tuple[Block, ...]:
    """Split a body at blank lines and table rows (`| a | b |`) into paragraphs and tables."""
    found: list[Block] = []
    for chunk in body.strip().split("\n\n"):
        lines = [line.strip() for line in chunk.splitlines() if line.strip()]
        for is_table, group in groupby(lines, key=lambda line: line.startswith("|")):
            rows = list(group)
            found.append(_table(rows) if is_table else Paragraph(_joined(rows)))
    return tuple(found)


def _tables(path: Path, name: str, adapter: TypeAdapter[_T]) -> list[_T]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get(name, [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityContentError(f"{path.name}: {error}") from error
    return [_typed(adapter, table, path.name) for table in tables]


def _typed(adapter: TypeAdapter[_T], table: Mapping[str, object], origin: str) -> _T:
    try:
        return adapter.validate_python(table)
    except ValidationError as error:
        name = table.get("slug") or table.get("name") or "an entry without a slug"
        raise CityContentError(f"{origin}: {name}: {error}") from error


def _written(folder: Path, sites: Mapping[str, Site]) -> Iterator[_Row]:
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in sites:
            raise CityContentError(f"{path.name}: there is no site {path.stem} in sites.toml")
        for row in _tables(path, "article", TypeAdapter(_Row)):
            yield replace(row, site=path.stem, origin=path.name)


def _joined(lines: Iterable[str]) -> str:
    """Join wrapped lines: with a space between Latin words, without one between characters."""
    text = ""
    for line in lines:
        text += f" {line}" if text and text[-1].isascii() and line[0].isascii() else line
    return text


def _table(lines: Iterable[str]) -> Table:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    header, *rest = [row for row in rows if not all(cell and set(cell) <= set("-: ") for cell in row)]
    return Table(header=header, rows=tuple(rest))


def _moment(published: datetime | date) -> datetime:
    """An aware datetime; what has no zone is China's time, a bare date its midnight."""
    if not isinstance(published, datetime):
        return datetime.combine(published, time(), CHINA)
    return published if published.tzinfo else published.replace(tzinfo=CHINA)


def _has_own_text(row: _Row) -> bool:
    """Either title and body, or a reference to the original with at most another title."""
    return not row.body if row.copy_of else bool(row.title.strip() and row.body.strip())


def _in_year(row: _Row) -> bool:
    return bool(row.kind) or FIRST_DAY <= _moment(row.published).date() <= LAST_DAY


_CHECKS: Mapping[str, Callable[[_Row], bool]] = {
    "the slug must be ASCII letters, digits and hyphens": lambda row: (
        row.slug.isascii() and row.slug.replace("-", "").isalnum()
    ),
    "give a title and a body, or copy_of without a body": _has_own_text,
    f"published must lie within {FIRST_DAY} and {LAST_DAY}": _in_year,
}


def _check(rows: Iterable[_Row], sites: Mapping[str, Site]) -> None:
    """Raise CityContentError naming the first fault of the first faulty row."""
    seen: set[str] = set()
    for row in rows:
        where = f"{row.origin or 'broken.toml'}: {row.slug}"
        if row.site not in sites:
            raise CityContentError(f"{where}: there is no site {row.site!r}")
        if row.key in seen:
            raise CityContentError(f"{where}: the slug is used twice on {row.site}")
        seen.add(row.key)
        for message, holds in _CHECKS.items():
            if not holds(row):
                raise CityContentError(f"{where}: {message}")


def _manuscript(row: _Row, by_key: Mapping[str, _Row], sites: Mapping[str, Site]) -> Manuscript:
    original = by_key.get(row.copy_of, row)
    if row.copy_of and (original is row or original.copy_of):
        raise CityContentError(f"{row.origin}: {row.slug}: copy_of {row.copy_of} names no original article")
    return Manuscript(
        site=row.site,
        slug=row.slug,
        title=row.title or original.title,
        published=_moment(row.published),
        timed=isinstance(row.published, datetime),
        blocks=blocks(original.body),
        author=row.author or original.author,
        credit=_credit(row) or (sites[original.site].label if row.copy_of else ""),
        section=row.section or original.section,
        fault=row.kind,
        archived=row.archived,
    )


def _credit(row: _Row) -> str:
    """The credited source; the layouts put their own 来源 before it."""
    return row.credit.removeprefix("来源：").removeprefix("转自：")


def _digest(articles: Path) -> str:
    """SHA-256 over every file the answers depend on."""
    files = {path for folder in (FOLDER, articles) for path in folder.rglob("*") if path.suffix in _PARTS}
    sha = hashlib.sha256()
    for path in sorted(files):
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()
