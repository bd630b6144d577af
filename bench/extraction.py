"""How well and how fast pages become articles, beside other libraries.

    python -m bench.extraction FOLDER [--lang zh|en]

FOLDER holds gold.json, which maps KEY to author, date and body, and html/KEY.html as served; or, as
tests/extraction does, NAME/page.html with NAME/expected.json. `--lang` takes the bodies of one
language. Printed per
extractor: body F1 over character bigrams (white space and cell borders left out, a bigram counted as
often as it occurs), publication dates, authors, and pages per second of processor time.

A gold date counts as hit when ours agrees as far as the gold tells it (2018: the year; 1996-6: the
month); "day" counts only those whose day is told. Authors are compared with white space folded; "named"
are pages whose gold names one, "silent" those that must yield none. Blank labels are left out.
Libraries that are not installed are left out of the table.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from intel.model import NotAnArticle, Page
from pipelines.charset import decode
from pipelines.dates import CHINA
from pipelines.extract import extract
from pipelines.text import language

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_NOBODY = "UNKNOWN"
_WORST = 12


@dataclass(frozen=True, slots=True)
class Gold:
    """One labelled page. `date` holds year, month, day as far as told; `author` is None if none is named."""

    key: str
    html: bytes
    body: str
    author: str | None
    date: tuple[int, ...]
    blank: bool


@dataclass(frozen=True, slots=True)
class Got:
    """What an extractor made of a page; None where it does not offer the field."""

    body: str
    author: str | None = None
    date: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One extractor's answers to all pages and the processor seconds they took."""

    name: str
    got: Mapping[str, Got]
    seconds: float


Extractor = Callable[[bytes], Got]


def pages(folder: Path) -> list[Gold]:
    """The labelled pages of a folder; one that holds none is said, and ends the measuring."""
    if not (folder / "gold.json").exists():
        saved = sorted(folder.iterdir()) if folder.is_dir() else []
        found = [_saved(path) for path in saved if _saved_article(path)]
        return found or sys.exit(f"no labelled pages in {folder}: neither a gold.json nor saved articles")
    labels = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    return [_gold(folder, key, label) for key, label in labels.items()]


def _expected(path: Path) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((path / "expected.json").read_text(encoding="utf-8"))
    return read


def _saved_article(path: Path) -> bool:
    return "body" in _expected(path)


def _saved(path: Path) -> Gold:
    expected = _expected(path)
    return Gold(
        key=path.name,
        html=(path / "page.html").read_bytes(),
        body="\n".join(expected["body"]),
        author=expected["author"],
        date=_day(expected["published"]) or (),
        blank=False,
    )


def _gold(folder: Path, key: str, label: Mapping[str, str]) -> Gold:
    author = _spaced(label["author"])
    told = _DATE.match(label["date"])
    return Gold(
        key=key,
        html=(folder / "html" / f"{key}.html").read_bytes(),
        body=label["body"],
        author=None if author in {"", _NOBODY} else author,
        date=tuple(int(part) for part in told.groups() if part) if told else (),
        blank=not author,
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _bigrams(text: str) -> Counter[str]:
    dense = re.sub(r"[\s|]", "", text)
    return Counter(dense[at : at + 2] for at in range(len(dense) - 1))


def f1(got: str, gold: str) -> float:
    """Harmonic mean of precision and recall over character bigrams with their counts."""
    ours, theirs = _bigrams(got), _bigrams(gold)
    common = sum((ours & theirs).values())
    return 2 * common / (sum(ours.values()) + sum(theirs.values())) if common else 0.0


def _day(value: str | datetime | None) -> tuple[int, ...] | None:
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo else value
        return (local.year, local.month, local.day)
    told = _DATE.match((value or "").replace("/", "-").replace("年", "-").replace("月", "-"))
    return tuple(int(part) for part in told.groups() if part) if told else None


def _ours(html: bytes) -> Got:
    now = datetime.now(UTC)
    try:
        article = extract(Page("https://example.org/", "bench", now, html), now)
    except NotAnArticle:
        return Got("")
    return Got(article.text, article.author, _day(article.published.at) if article.published else None)


def _parse_alone(html: bytes) -> Got:
    text = decode(html).text.encode()
    lxml_html = import_module("lxml.html")
    lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(encoding="utf-8"))
    return Got("")


def _readability(html: bytes) -> Got:
    summary = import_module("readability").Document(decode(html).text).summary(html_partial=True)
    return Got(import_module("lxml.html").fromstring(summary).text_content())


def _trafilatura(html: bytes) -> Got:
    found = import_module("trafilatura").bare_extraction(decode(html).text, with_metadata=True)
    return Got(found.text or "", found.author, _day(found.date)) if found else Got("")


def _htmldate(html: bytes) -> Got:
    return Got("", date=_day(import_module("htmldate").find_date(decode(html).text, original_date=True)))


def _gne(html: bytes) -> Got:
    found = import_module("gne").GeneralNewsExtractor().extract(decode(html).text)
    return Got(found["content"], found["author"] or None, _day(found["publish_time"]))


EXTRACTORS: tuple[tuple[str, str, Extractor], ...] = (
    ("ours", "pipelines", _ours),
    ("readability-lxml", "readability", _readability),
    ("trafilatura", "trafilatura", _trafilatura),
    ("gne", "gne", _gne),
    ("htmldate", "htmldate", _htmldate),
    ("lxml parse alone", "lxml", _parse_alone),
)


def run(name: str, extractor: Extractor, golds: list[Gold]) -> Score:
    """Let one extractor read every page; the first page is read once before, to load what it needs."""
    extractor(golds[0].html)
    began = time.process_time()
    got = {gold.key: extractor(gold.html) for gold in golds}
    return Score(name, got, time.process_time() - began)


def _hits(score: Score, golds: list[Gold], *, days: bool) -> tuple[int, int]:
    dated = [gold for gold in golds if (len(gold.date) == 3 if days else gold.date)]
    hits = sum((score.got[gold.key].date or ())[: len(gold.date)] == gold.date for gold in dated)
    return hits, len(dated)


def _rows(score: Score, golds: list[Gold]) -> Iterator[str]:
    bodies = [f1(score.got[gold.key].body, gold.body) for gold in golds]
    read = any(got.body for got in score.got.values())
    yield f"{statistics.mean(bodies):.3f}  {statistics.median(bodies):.3f}" if read else "    -      -"
    for days in (True, False):
        hits, dated = _hits(score, golds, days=days)
        yield f"{hits:>3} of {dated}" if any(got.date for got in score.got.values()) else "       -"
    named = [gold for gold in golds if gold.author]
    silent = [gold for gold in golds if not gold.author and not gold.blank]
    exact = sum(_spaced(score.got[gold.key].author or "") == gold.author for gold in named)
    quiet = sum(not score.got[gold.key].author for gold in silent)
    writes = any(got.author for got in score.got.values())
    yield f"{exact:>3} of {len(named)}" if writes else "       -"
    yield f"{quiet:>3} of {len(silent)}" if writes else "       -"
    yield f"{len(golds) / score.seconds:>8.0f}"


def main() -> None:
    """Print the table, then the pages that ours reads worst."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with gold.json and html/")
    parser.add_argument("--lang", choices=("zh", "en"), help="only pages whose body is in this language")
    chosen = parser.parse_args()
    golds = [
        gold for gold in pages(chosen.folder) if chosen.lang in {None, language(gold.body).partition("-")[0]}
    ]
    print(f"{len(golds)} pages")
    fields = ("day", "as told", "author", "silent")
    print(
        f"{'':<18}{'F1 mean':<9}{'median':<8}" + "".join(f"{field:<11}" for field in fields) + "pages/cpu s"
    )
    for name, module, extractor in EXTRACTORS:
        if find_spec(module) is None:
            print(f"{name:<18}not installed")
            continue
        score = run(name, extractor, golds)
        print(f"{name:<18}" + "   ".join(_rows(score, golds)))
        if name == "ours":
            ours = score
    print("\nours, worst bodies first")
    worst = sorted(
        ((f1(ours.got[gold.key].body, gold.body), gold) for gold in golds), key=lambda each: each[0]
    )
    for value, gold in worst[:_WORST]:
        got = ours.got[gold.key]
        print(f"  {gold.key[:20]} {value:.3f}  date {got.date} for {gold.date}", end="  ")
        print(f"author {got.author} for {gold.author}")


if __name__ == "__main__":
    main()
