"""Saved pages to Pages: a folder or file of HTML, WARC or JSON lines that somebody else fetched.

Every input ends as a Page or as a BadInput that names it; nothing else is lost with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from intel.model import IMPORTED, Page, Source
from pipelines.field_report import SCHEME

IMPORT = Source(
    name="import",
    label="导入的页面",
    kind=IMPORTED,
    channel="news",
    url="",
    owner="导入的页面",
    reliability="F",
    lawful_basis="saved by the user",
    schedule="",
    expected_minimum=0,
    enabled=False,
)

# What browsers write into a page they save: <!-- saved from url=(0025)http://example.com/a -->
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class BadInput:
    """An input that holds no page: where, and what would be right."""

    where: str
    reason: str


def pages(path: Path, source: str = IMPORT.name) -> Iterator[Page | BadInput]:
    """The pages in a file, or in all files of a folder and the folders in it, in order of name."""
    path = path.resolve()
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    for file in files:
        name = file.relative_to(path.parent).as_posix()
        for found in _in_file(file, name, source):
            yield _ours(found, name)


def _ours(found: Page | BadInput, name: str) -> Page | BadInput:
    """An input that is not dressed up as a report of our own staff."""
    if isinstance(found, Page) and found.url.startswith(SCHEME):
        return BadInput(name, f"{found.url} is the address of a field report, which no page can have")
    return found


def _in_file(file: Path, name: str, source: str) -> Iterator[Page | BadInput]:
    reader = _READERS.get(file.name.lower().replace(".warc.gz", ".warc").rpartition(".")[2])
    if reader is None:
        known = ", ".join(_READERS)
        yield BadInput(name, f"not a kind of file that is read; known: {known}, warc.gz")
        return
    try:
        yield from reader(file, name, source)
    except OSError as error:
        yield BadInput(name, f"cannot be read: {error.strerror or error}")


def _html(file: Path, name: str, source: str) -> Iterator[Page | BadInput]:
    body = file.read_bytes()
    saved = _SAVED_FROM.search(body[:_HEAD])
    url = saved[1].decode("utf-8", "replace") if saved else f"file:{name}"
    fetched_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    yield Page(url=url, source=source, fetched_at=fetched_at, body=body, content_type="text/html")


def _json_lines(file: Path, name: str, source: str) -> Iterator[Page | BadInput]:
    fallback = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _json_page(line, f"{name}:{number}", source, fallback)


def _json_page(line: bytes, where: str, source: str, fallback: datetime) -> Page | BadInput:
    try:
        row = json.loads(line)
        url, html = row["url"], row["html"]
        fetched_at = datetime.fromisoformat(row["fetched_at"]) if "fetched_at" in row else fallback
    except (ValueError, KeyError, TypeError) as error:
        return BadInput(where, f'not a line {{"url": …, "html": …}}: {type(error).__name__} {error}')
    if not isinstance(url, str) or not isinstance(html, str):
        return BadInput(where, "url and html must be texts")
    fetched_at = fetched_at if fetched_at.tzinfo else fetched_at.replace(tzinfo=UTC)
    body = html.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    return Page(url, source, fetched_at, body, "text/html; charset=utf-8")


def _warc(file: Path, name: str, source: str) -> Iterator[Page | BadInput]:
    answers = 0
    with file.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response" and record.http_headers:
                    answers += 1
                    yield _warc_page(record, name, source)
        except ArchiveLoadFailed as error:
            yield BadInput(name, f"the archive breaks off: {error}")
            return
    if not answers:
        yield BadInput(name, "no web archive, or one without an answer in it")


def _warc_page(record: ArcWarcRecord, name: str, source: str) -> Page | BadInput:
    headers, http = record.rec_headers, record.http_headers
    url = headers.get_header("WARC-Target-URI", "")
    body = record.content_stream().read()
    if record.raw_stream.limit > 0:
        return BadInput(f"{name} {url}", "the archive breaks off in this answer")
    if http.get_statuscode() != "200":
        return BadInput(f"{name} {url}", f"the answer was {http.get_statuscode()}, not 200")
    fetched_at = datetime.fromisoformat(headers.get_header("WARC-Date"))
    return Page(url, source, fetched_at, body, http.get_header("Content-Type", ""))


_READERS = {
    "html": _html,
    "htm": _html,
    "xhtml": _html,
    "jsonl": _json_lines,
    "ndjson": _json_lines,
    "warc": _warc,
}
